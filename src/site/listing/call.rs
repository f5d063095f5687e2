//! How a listing is called: its calls, the key, the fields of a request and of the answers.

use serde_json::Value as Json;

use crate::catalog::{
    AnswerClause, AuthClause, AuthScheme, CallClause, CallName, Field, FieldClause, TaskClause,
    TaskState,
};
use crate::contract::{Contract, Image, ResponseContext};
use crate::site::escape::CodeBlock;
use crate::site::format::yes_no;
use crate::site::listing::context::ListingContext;
use crate::site::urls;
use crate::site::view::fact::FactView;
use crate::site::view::side::{ClauseWording, WordingSides};

/// The start of 2026: a time for examples, so that a page does not change by the day.
const EXAMPLE_SECONDS: i64 = 1_767_225_600;

/// One request that can be sent, or one way to show a key.
#[derive(Debug)]
pub(crate) struct CallRow<'s> {
    pub(crate) what: &'static str,
    pub(crate) says: String,
    pub(crate) billable: &'static str,
    pub(crate) by: WordingSides<'s>,
}

/// One field of a request or an answer, as some sources describe it.
#[derive(Debug)]
pub(crate) struct FieldRow<'s> {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) required: &'static str,
    pub(crate) allowed: String,
    pub(crate) fact: String,
    pub(crate) default: String,
    pub(crate) example: String,
    pub(crate) by: WordingSides<'s>,
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
pub(crate) struct ResponsePart<'s> {
    pub(crate) title: &'static str,
    pub(crate) rows: Vec<FieldRow<'s>>,
    pub(crate) samples: Vec<BodySample>,
}

/// The calls by their names in clauses.
const CALLS: [(CallName, &str, &str); 3] = [
    (CallName::Create, "Create an image", "The answer to the first call"),
    (CallName::Poll, "Check the task", "The answer while and after the task runs"),
    (CallName::Result, "Fetch the result", "The answer with the result"),
];

/// The requests and the key, each wording for itself.
pub(crate) fn calls<'s>(context: &ListingContext<'s, '_>) -> Vec<CallRow<'s>> {
    let call = |ClauseWording { says: call, by }: ClauseWording<'s, &CallClause>| {
        let known = CALLS.iter().find(|(name, ..)| *name == call.name);
        let says = format!("{} {}", call.method, call.url);
        let billable = yes_no(Some(call.billable));
        CallRow { what: known.map_or("", |(_, what, _)| what), says, billable, by }
    };
    let key = |ClauseWording { says: auth, by }: ClauseWording<'s, &AuthClause>| {
        let what = "Authenticate";
        let (what, says) = match &auth.scheme {
            Some(AuthScheme::X402) => {
                ("Pay for the call", "<payment, signed as x402 says>".to_owned())
            }
            None => (what, "<key>".to_owned()),
            Some(AuthScheme::Word(word)) => (what, format!("{word} <key>")),
        };
        let says = format!("{}: {says}", auth.header);
        CallRow { what, says, billable: "", by }
    };
    let keys = context.wordings(|_| true).into_iter().map(key);
    context.wordings(|_| true).into_iter().map(call).chain(keys).collect()
}

/// Method and address of the first call, or nothing.
pub(crate) fn first_call(context: &ListingContext<'_, '_>) -> String {
    let contract = context.contract.as_ref();
    let call = contract.and_then(|contract| contract.call(CallName::Create));
    let address = |call: &CallClause| call.url.replace("{model}", context.listing.slug());
    call.map(|call| format!("{} {}", call.method, address(&call))).unwrap_or_default()
}

/// The fields of the request.
pub(crate) fn request<'s>(context: &ListingContext<'s, '_>) -> Vec<FieldRow<'s>> {
    let row = |ClauseWording { says: field, by }: ClauseWording<'s, &FieldClause>| FieldRow {
        name: field.name.clone(),
        kind: field.json_type.to_string(),
        required: yes_no(Some(field.required)),
        allowed: accepted_text(context, field),
        fact: field.fact.and_then(|field| fact_href(context, field)).unwrap_or_default(),
        default: default_text(context, field),
        example: field.example.clone().unwrap_or_default(),
        by,
    };
    context.wordings(|_| true).into_iter().map(row).collect()
}

/// A field of an answer.
fn answer_row<'s>(
    ClauseWording { says: answer, by }: ClauseWording<'s, &AnswerClause>,
) -> FieldRow<'s> {
    FieldRow {
        name: answer.path.clone(),
        kind: answer.json_type.to_string(),
        required: yes_no(Some(answer.required)),
        allowed: allowed(answer.allowed.as_deref(), answer.min, answer.max, answer.count),
        fact: String::new(),
        default: String::new(),
        example: answer.example.clone().unwrap_or_default(),
        by,
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
    let page = urls::page(&context.listing.entity);
    context.fact(field).map(|fact| format!("{page}#{}", FactView::anchor_of(fact.key)))
}

/// The answers of all calls.
pub(crate) fn response_parts<'s>(context: &ListingContext<'s, '_>) -> Vec<ResponsePart<'s>> {
    let Some(contract) = &context.contract else { return Vec::new() };
    let part = |&(call, _, title): &(CallName, &str, &'static str)| {
        let wordings = context.wordings(|answer: &AnswerClause| answer.call == call);
        let rows: Vec<_> = wordings.into_iter().map(answer_row).collect();
        let samples = || samples(context, contract, call);
        (!rows.is_empty()).then(|| ResponsePart { title, rows, samples: samples() })
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
    let is_at_once = is_first && contract.answers_at_once();
    let images = if is_first && !is_at_once { vec![] } else { vec![image] };
    let variants = contract.answer_variants(call);
    let several = variants.len() > 1;
    let mut sources: Vec<_> = variants.into_iter().map(Some).collect();
    if sources.is_empty() {
        sources.push(None);
    }
    let mut sample = |(number, source): (usize, Option<&str>)| {
        moment.word = word(contract, state, source).filter(|_| !is_at_once);
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

/// The word for a state: the source's own, or the first that any has.
fn word(contract: &Contract<'_>, state: TaskState, source: Option<&str>) -> Option<String> {
    let tasks = contract.clauses::<TaskClause>();
    let mut own = tasks.filter(|task| Some(task.clause.source.as_str()) == source);
    let own = own.find_map(|task| task.body.words(state)?.first());
    own.or_else(|| contract.task_words(state).first()).cloned()
}

/// What a clause allows, in words; nothing where it says nothing of that.
fn allowed(
    allowed: Option<&[String]>,
    min: Option<u64>,
    max: Option<u64>,
    count: Option<u64>,
) -> String {
    let mut words = Vec::new();
    words.extend(allowed.map(|allowed| allowed.join(", ")));
    match (min, max) {
        (Some(min), Some(max)) => words.push(format!("{min} to {max}")),
        (Some(min), None) => words.push(format!("from {min}")),
        (None, Some(max)) => words.push(format!("up to {max}")),
        (None, None) => {}
    }
    if let Some(count) = count {
        words.push(if count == 1 { "1 item".to_owned() } else { format!("{count} items") });
    }
    words.join("; ")
}
