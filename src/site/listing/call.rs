//! How a listing is called: its calls, the key, the fields of a request and of the answers.

use serde_json::Value as Json;

use crate::catalog::{Clause, ClauseKind, Field};
use crate::contract::{Contract, Image, ResponseContext};
use crate::site::escape::CodeBlock;
use crate::site::format::yes_no;
use crate::site::listing::clause::{self, ClauseSide, allowed, text};
use crate::site::listing::context::ListingContext;

/// The start of 2026: a time for examples, so that a page does not change by the day.
const EXAMPLE_SECONDS: i64 = 1_767_225_600;

/// One request that can be sent, or one way to show a key.
#[derive(Debug)]
pub(crate) struct CallRow {
    /// What it is for.
    pub(crate) what: &'static str,
    /// Method and address, or header and scheme.
    pub(crate) says: String,
    pub(crate) billable: &'static str,
    pub(crate) sides: Vec<ClauseSide>,
    pub(crate) notes: Vec<String>,
}

/// One field of a request or an answer, as some sources describe it.
#[derive(Debug)]
pub(crate) struct FieldRow {
    /// Its name, or its path in the answer.
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) required: &'static str,
    /// What it takes or holds, or nothing.
    pub(crate) allowed: String,
    /// Where that is told with its sources: a fact on the page, or nothing.
    pub(crate) fact: String,
    pub(crate) default: String,
    pub(crate) example: String,
    /// Whether other sources say something else of it.
    pub(crate) disputed: bool,
    pub(crate) sides: Vec<ClauseSide>,
    pub(crate) notes: Vec<String>,
}

/// A body that keeps the clauses of one source.
#[derive(Debug)]
pub(crate) struct BodySample {
    /// By whose description, where descriptions differ; else nothing.
    pub(crate) by: String,
    /// An id within the page.
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
const CALLS: [(&str, &str, &str); 3] = [
    ("create", "Draw an image", "The answer to the first call"),
    ("poll", "Ask how the task stands", "The answer while and after the task runs"),
    ("result", "Fetch the result", "The answer with the result"),
];

/// The requests and the key, each wording for itself.
pub(crate) fn calls(context: &ListingContext<'_, '_>) -> Vec<CallRow> {
    let Some(contract) = &context.contract else { return Vec::new() };
    let mut rows = Vec::new();
    for promise in &contract.promises {
        if !matches!(promise.kind, ClauseKind::Call | ClauseKind::Auth) {
            continue;
        }
        for wording in clause::wordings(context, promise.sides.iter().copied()) {
            let clause = wording.clause;
            let name = clause.text("name").unwrap_or_default();
            let known = CALLS.iter().find(|(call, ..)| *call == name);
            let is_call = promise.kind == ClauseKind::Call;
            let (first, second) = if is_call { ("method", "url") } else { ("header", "scheme") };
            let joint = if is_call { " " } else { ": " };
            let key = if is_call { "" } else { " <key>" };
            rows.push(CallRow {
                what: known.map_or("Show the key", |(_, what, _)| what),
                says: format!("{}{joint}{}{key}", text(clause, first), text(clause, second)),
                billable: if is_call { yes_no(clause.flag("billable")) } else { "" },
                sides: wording.sides,
                notes: wording.notes,
            });
        }
    }
    rows
}

/// Method and address of the first call, or nothing.
pub(crate) fn first_call(context: &ListingContext<'_, '_>) -> String {
    let call = context.contract.as_ref().and_then(|contract| contract.call("create"));
    let address = |c| text(c, "url").replace("{model}", context.listing.slug());
    call.map(|c| format!("{} {}", text(c, "method"), address(c))).unwrap_or_default()
}

/// The fields of the request.
pub(crate) fn request(context: &ListingContext<'_, '_>) -> Vec<FieldRow> {
    let Some(contract) = &context.contract else { return Vec::new() };
    field_rows(context, contract, |clause| clause.kind == ClauseKind::Field)
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
            let clause = wording.clause;
            let fact = clause.text("fact").and_then(Field::named);
            rows.push(FieldRow {
                name: text(clause, if fact_or_field(clause) { "name" } else { "path" }),
                kind: text(clause, "type"),
                required: yes_no(clause.flag("required")),
                allowed: accepted_text(context, clause, fact),
                fact: fact.and_then(|field| fact_href(context, field)).unwrap_or_default(),
                default: default_text(context, clause, fact),
                example: text(clause, "example"),
                disputed,
                sides: wording.sides,
                notes: wording.notes,
            });
        }
    }
    rows
}

/// What a field takes: by the clause, or by the fact that it refers to.
fn accepted_text(context: &ListingContext<'_, '_>, clause: &Clause, fact: Option<Field>) -> String {
    match fact {
        Some(Field::ModelCode) => context.listing.slug().to_owned(),
        Some(field) if allowed(clause).is_empty() => context.words(field),
        _ => allowed(clause),
    }
}

fn default_text(context: &ListingContext<'_, '_>, clause: &Clause, fact: Option<Field>) -> String {
    match fact {
        Some(Field::Sizes) => context.words(Field::DefaultSize),
        Some(Field::Qualities) => context.words(Field::DefaultQuality),
        Some(Field::Steps) => context.words(Field::DefaultSteps),
        Some(Field::Guidance) => context.words(Field::DefaultGuidance),
        _ => text(clause, "default"),
    }
}

/// The place of a fact on the page, where it is known.
fn fact_href(context: &ListingContext<'_, '_>, field: Field) -> Option<String> {
    context.fact(field).map(|fact| format!("#fact-{}", fact.key))
}

/// The answers of all calls.
pub(crate) fn response_parts(context: &ListingContext<'_, '_>) -> Vec<ResponsePart> {
    let Some(contract) = &context.contract else { return Vec::new() };
    let part = |(call, _, title): &(&'static str, &str, &'static str)| {
        let of_call = |clause: &Clause| {
            clause.kind == ClauseKind::Answer && clause.text("call") == Some(call)
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
    call: &'static str,
) -> Vec<BodySample> {
    let state = if call == "create" { "under-way" } else { "done" };
    let later = contract.call_host("poll").zip(contract.call_path("poll"));
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
    let images = if call == "create" && contract.has_tasks() { vec![] } else { vec![image] };
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
    let unstated = |clause: &Clause| UnstatedClause {
        what: text(clause, "what"),
        sides: vec![clause::clause_side(context, clause)],
    };
    contract.clauses(ClauseKind::Unknown).map(unstated).collect()
}

fn fact_or_field(clause: &Clause) -> bool {
    clause.kind == ClauseKind::Field
}

/// The word for a state: the source's own, or the first that any has.
fn word(contract: &Contract<'_>, state: &str, source: Option<&str>) -> Option<String> {
    let own = contract.clauses(ClauseKind::Task).filter(|c| Some(c.source.as_str()) == source);
    let mut own = own.map(|clause| clause.texts(state));
    own.find_map(|words| words?.first()).or_else(|| contract.task_words(state).first()).cloned()
}
