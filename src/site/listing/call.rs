//! How a listing is called: its calls, the key, the fields of a request and of the answers.

use serde_json::Value as Json;

use crate::catalog::{
    AnswerClause, AuthClause, CallClause, CallName, Clause, ClauseBody, Field, FieldClause,
    TaskClause, TaskState, TypedClause, UnknownClause,
};
use crate::contract::{Contract, Image, ResponseContext};
use crate::site::escape::CodeBlock;
use crate::site::format::yes_no;
use crate::site::listing::clause::{self, ClauseSide, allowed};
use crate::site::listing::context::ListingContext;

/// The start of 2026: a time for examples, so that a page does not change by the day.
const EXAMPLE_SECONDS: i64 = 1_767_225_600;

/// One request that can be sent, or one way to show a key.
#[derive(Debug)]
pub(crate) struct CallRow {
    pub(crate) what: &'static str,
    pub(crate) says: String,
    pub(crate) billable: &'static str,
    pub(crate) sides: Vec<ClauseSide>,
    pub(crate) notes: Vec<String>,
}

/// One field of a request or an answer, as some sources describe it.
#[derive(Debug)]
pub(crate) struct FieldRow {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) required: &'static str,
    pub(crate) allowed: String,
    pub(crate) fact: String,
    pub(crate) default: String,
    pub(crate) example: String,
    pub(crate) disputed: bool,
    pub(crate) sides: Vec<ClauseSide>,
    pub(crate) notes: Vec<String>,
}

/// A body that keeps the clauses of one source.
#[derive(Debug)]
pub(crate) struct BodySample {
    pub(crate) by: String,
    pub(crate) anchor: String,
    pub(crate) code: CodeBlock,
}

/// The answer to one call.
#[derive(Debug)]
pub(crate) struct ResponsePart {
    pub(crate) title: &'static str,
    pub(crate) rows: Vec<FieldRow>,
    pub(crate) samples: Vec<BodySample>,
}

/// What no source states.
#[derive(Debug)]
pub(crate) struct UnstatedClause {
    pub(crate) what: String,
    pub(crate) sides: Vec<ClauseSide>,
}

/// The calls by their names in clauses.
const CALLS: [(CallName, &str, &str); 3] = [
    (CallName::Create, "Draw an image", "The answer to the first call"),
    (CallName::Poll, "Ask how the task stands", "The answer while and after the task runs"),
    (CallName::Result, "Fetch the result", "The answer with the result"),
];

/// The requests and the key, each wording for itself.
pub(crate) fn calls(context: &ListingContext<'_, '_>) -> Vec<CallRow> {
    let Some(contract) = &context.contract else { return Vec::new() };
    let mut rows = Vec::new();
    for promise in &contract.promises {
        for wording in clause::wordings(context, promise.sides.iter().copied()) {
            let (what, says, billable) = if let Some(call) = wording.typed::<CallClause>() {
                let known = CALLS.iter().find(|(name, ..)| *name == call.name);
                let what = known.map_or("", |(_, what, _)| what);
                (what, format!("{} {}", call.method, call.url), yes_no(Some(call.billable)))
            } else if let Some(auth) = wording.typed::<AuthClause>() {
                ("Show the key", format!("{}: {} <key>", auth.header, auth.scheme), "")
            } else {
                continue;
            };
            let (sides, notes) = (wording.sides, wording.notes);
            rows.push(CallRow { what, says, billable, sides, notes });
        }
    }
    rows
}

/// Method and address of the first call, or nothing.
pub(crate) fn first_call(context: &ListingContext<'_, '_>) -> String {
    let contract = context.contract.as_ref();
    let call = contract.and_then(|contract| contract.call(CallName::Create));
    let address = |call: &CallClause| call.url.replace("{model}", context.listing.slug());
    call.map(|call| format!("{} {}", call.method, address(&call))).unwrap_or_default()
}

/// The fields of the request.
pub(crate) fn request(context: &ListingContext<'_, '_>) -> Vec<FieldRow> {
    let Some(contract) = &context.contract else { return Vec::new() };
    field_rows(context, contract, |clause| matches!(clause.body, ClauseBody::Field(_)))
}

fn field_rows<'c>(
    context: &ListingContext<'_, 'c>,
    contract: &Contract<'c>,
    fits: impl Fn(&Clause) -> bool,
) -> Vec<FieldRow> {
    let mut rows = Vec::new();
    for promise in &contract.promises {
        let sides = promise.sides.iter().copied().filter(|clause| fits(clause));
        let wordings = clause::wordings(context, sides);
        let disputed = wordings.len() > 1;
        for wording in wordings {
            let row = if let Some(field) = wording.typed::<FieldClause>() {
                request_row(context, &field)
            } else if let Some(answer) = wording.typed::<AnswerClause>() {
                answer_row(&answer)
            } else {
                continue;
            };
            let (sides, notes) = (wording.sides, wording.notes);
            rows.push(FieldRow { disputed, sides, notes, ..row });
        }
    }
    rows
}

/// A field of the request; who says so is added by the caller.
fn request_row(context: &ListingContext<'_, '_>, field: &FieldClause) -> FieldRow {
    FieldRow {
        name: field.name.clone(),
        kind: field.json_type.to_string(),
        required: yes_no(Some(field.required)),
        allowed: accepted_text(context, field),
        fact: field.fact.and_then(|field| fact_href(context, field)).unwrap_or_default(),
        default: default_text(context, field),
        example: field.example.clone().unwrap_or_default(),
        disputed: false,
        sides: Vec::new(),
        notes: Vec::new(),
    }
}

/// A field of an answer; who says so is added by the caller.
fn answer_row(answer: &AnswerClause) -> FieldRow {
    FieldRow {
        name: answer.path.clone(),
        kind: answer.json_type.to_string(),
        required: yes_no(Some(answer.required)),
        allowed: allowed(answer.allowed.as_deref(), answer.min, answer.max, answer.count),
        fact: String::new(),
        default: String::new(),
        example: answer.example.clone().unwrap_or_default(),
        disputed: false,
        sides: Vec::new(),
        notes: Vec::new(),
    }
}

/// What a field takes: by the clause, or by the fact that it refers to.
fn accepted_text(context: &ListingContext<'_, '_>, field: &FieldClause) -> String {
    let stated = allowed(field.allowed.as_deref(), field.min, field.max, None);
    match field.fact {
        Some(Field::ModelCode) => context.listing.slug().to_owned(),
        Some(fact) if stated.is_empty() => context.words(fact),
        _ => stated,
    }
}

fn default_text(context: &ListingContext<'_, '_>, field: &FieldClause) -> String {
    match field.fact {
        Some(Field::Sizes) => context.words(Field::DefaultSize),
        Some(Field::Qualities) => context.words(Field::DefaultQuality),
        Some(Field::Steps) => context.words(Field::DefaultSteps),
        Some(Field::Guidance) => context.words(Field::DefaultGuidance),
        _ => field.default.clone().unwrap_or_default(),
    }
}

/// The place of a fact on the page, where it is known.
fn fact_href(context: &ListingContext<'_, '_>, field: Field) -> Option<String> {
    context.fact(field).map(|fact| format!("#fact-{}", fact.key))
}

/// The answers of all calls.
pub(crate) fn response_parts(context: &ListingContext<'_, '_>) -> Vec<ResponsePart> {
    let Some(contract) = &context.contract else { return Vec::new() };
    let part = |&(call, _, title): &(CallName, &str, &'static str)| {
        let of_call = |clause: &Clause| {
            clause.typed::<AnswerClause>().is_some_and(|answer| answer.call == call)
        };
        let rows = field_rows(context, contract, of_call);
        (!rows.is_empty()).then(|| ResponsePart {
            title,
            rows,
            samples: samples(context, contract, call),
        })
    };
    CALLS.iter().filter_map(part).collect()
}

/// A body for each description of an answer.
fn samples<'c>(
    context: &ListingContext<'_, 'c>,
    contract: &Contract<'c>,
    call: CallName,
) -> Vec<BodySample> {
    let is_first = call == CallName::Create;
    let state = if is_first { TaskState::UnderWay } else { TaskState::Done };
    let later = contract.call_host(CallName::Poll).zip(contract.call_path(CallName::Poll));
    let task = "the-task".to_owned();
    let mut moment = ResponseContext {
        unix_seconds: EXAMPLE_SECONDS,
        poll_link: later
            .map(|(host, path)| format!("{host}{path}").replace("{task}", &task))
            .unwrap_or_default(),
        task,
        word: None,
    };
    let image = Image {
        size: context.default_size(),
        link: "https://images.example/image.png".to_owned(),
        base64: None,
    };
    let images = if is_first && contract.has_tasks() { vec![] } else { vec![image] };
    let variants = contract.answer_variants(call);
    let several = variants.len() > 1;
    let mut sources: Vec<_> = variants.into_iter().map(Some).collect();
    if sources.is_empty() {
        sources.push(None);
    }
    let mut sample = |(number, source): (usize, Option<&str>)| {
        moment.word = word(contract, state, source);
        let body = contract.answer(call, source, &moment, &images);
        (body != Json::Object(serde_json::Map::new())).then(|| BodySample {
            by: source
                .filter(|_| several)
                .map(|id| context.site.source_title(id))
                .unwrap_or_default()
                .to_owned(),
            anchor: format!("answer-{call}-{}", number + 1),
            code: CodeBlock::new("json", serde_json::to_string_pretty(&body).unwrap_or_default()),
        })
    };
    let mut samples: Vec<BodySample> = Vec::new();
    for new in sources.into_iter().enumerate().filter_map(&mut sample) {
        // Descriptions may differ in what an example does not show.
        match samples.iter_mut().find(|known| known.code.text == new.code.text) {
            Some(known) => known.by = format!("{}, or {}", known.by, new.by),
            None => samples.push(new),
        }
    }
    samples
}

/// What the sources leave open.
pub(crate) fn unstated_clauses(context: &ListingContext<'_, '_>) -> Vec<UnstatedClause> {
    let Some(contract) = &context.contract else { return Vec::new() };
    let unstated = |unknown: TypedClause<'_, UnknownClause>| UnstatedClause {
        what: unknown.what.clone(),
        sides: vec![clause::clause_side(context, unknown.clause)],
    };
    contract.clauses().map(unstated).collect()
}

/// The word for a state: the source's own, or the first that any has.
fn word(contract: &Contract<'_>, state: TaskState, source: Option<&str>) -> Option<String> {
    let tasks = contract.clauses::<TaskClause>();
    let mut own = tasks.filter(|task| Some(task.clause.source.as_str()) == source);
    let own = own.find_map(|task| task.body.words(state)?.first());
    own.or_else(|| contract.task_words(state).first()).cloned()
}
