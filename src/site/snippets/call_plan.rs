//! What has to be done to get an image from an endpoint, in the terms of no language: which calls,
//! with what, and where in the answers things stand.

use serde_json::{Map, Value, json};

use crate::catalog::{
    AnswerClause, AnswerRole, AuthClause, AuthScheme, CallName, Fact, Field, FieldClause,
    FieldMeaning, FieldValue, PromptLimit, Size, TaskState, Texts,
};
use crate::contract::{Contract, ImageRequest};
use crate::site::call_sequence::task_words;
use crate::site::format::distinct;
use crate::site::snippets::literals::is_identifier;

/// The prompts of the snippets, the first that the listing's limit lets through.
const PROMPTS: [&str; 3] = ["A lighthouse on a cliff at dusk", "A lighthouse", "A cat"];

/// One step into an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PathStep {
    Name(String),
    First,
}

/// A place in an answer.
pub(crate) type AnswerPath = Vec<PathStep>;

/// A call to ask for a task, with the task's id between the two parts of its address.
#[derive(Debug)]
pub(crate) struct TaskCall {
    pub(crate) method: &'static str,
    pub(crate) is_here: bool,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// How a task is followed.
#[derive(Debug)]
pub(crate) struct TaskPlan {
    /// Where its id may stand in the first answer; several where sources differ.
    pub(crate) ids: Vec<AnswerPath>,
    pub(crate) poll: TaskCall,
    pub(crate) states: Vec<AnswerPath>,
    pub(crate) done: Vec<String>,
    pub(crate) failed: Vec<String>,
    pub(crate) result: Option<TaskCall>,
}

/// Everything that code needs.
#[derive(Debug)]
pub(crate) struct CallPlan {
    pub(crate) base: String,
    pub(crate) key: String,
    pub(crate) header: Option<SnippetHeader>,
    pub(crate) create: String,
    pub(crate) body: Map<String, Value>,
    pub(crate) task: Option<TaskPlan>,
    pub(crate) links: Vec<AnswerPath>,
    pub(crate) inline: Vec<AnswerPath>,
    pub(crate) file: String,
    /// Whether the first answer may hold the image, or a task: by what the sources say of it.
    pub(crate) is_either: bool,
}

/// How the key is shown.
#[derive(Debug)]
pub(crate) struct SnippetHeader {
    pub(crate) name: String,
    pub(crate) before: String,
}

impl CallPlan {
    /// The recipe for a listing; `None` where the contract lacks what code needs.
    pub(crate) fn from_contract(contract: &Contract<'_>) -> Option<Self> {
        let request = contract.create(&draw(contract))?;
        let base = contract.call_host(CallName::Create)?.to_owned();
        let create = request.url.strip_prefix(&base)?.to_owned();
        let Some(Value::Object(body)) = request.body else { return None };
        let task = if contract.has_tasks() { Some(task(contract, &base)?) } else { None };
        let last = match &task {
            None => CallName::Create,
            Some(task) if task.result.is_some() => CallName::Result,
            Some(_) => CallName::Poll,
        };
        let links = places(contract, last, AnswerRole::ImageLink);
        let inline = places(contract, last, AnswerRole::ImageBase64);
        // Without a task there is no answer but the first, and it has to show the image.
        if task.is_none() && links.is_empty() && inline.is_empty() {
            return None;
        }
        let provider = contract.catalog.providers.get(&contract.listing.provider);
        let key = provider.and_then(|provider| provider.key_env.as_deref()).unwrap_or_default();
        let key = if is_identifier(key) { key } else { "API_KEY" };
        let auth = contract.auth(CallName::Create);
        let inline = if links.is_empty() { inline } else { Vec::new() };
        let file = format!("image.{}", ending(contract));
        let (key, header) = (key.to_owned(), auth.map(|auth| header(&auth)));
        let is_either = task.is_some() && is_either(contract);
        Some(Self { base, key, header, create, body, task, links, inline, file, is_either })
    }
}

/// Whether sources say, or differ on, that an image comes at once or by a task.
fn is_either(contract: &Contract<'_>) -> bool {
    let mode = contract.fact(Field::Mode);
    let claims = mode.as_ref().map(Fact::effective_claims).unwrap_or_default();
    let modes = || claims.iter().filter_map(|claim| claim.value.try_as_text_ref());
    let says = |word: &str| modes().any(|mode| mode == word);
    says("sync or async") || (says("sync") && says("async"))
}

fn header(auth: &AuthClause) -> SnippetHeader {
    let before = match &auth.scheme {
        Some(AuthScheme::Word(word)) => format!("{word} "),
        Some(AuthScheme::X402) | None => String::new(),
    };
    SnippetHeader { name: auth.header.clone(), before }
}

fn task(contract: &Contract<'_>, base: &str) -> Option<TaskPlan> {
    let words = |state| task_words(contract, state).into_iter().map(str::to_owned).collect();
    let task = TaskPlan {
        ids: places(contract, CallName::Create, AnswerRole::TaskId),
        poll: ask(contract, CallName::Poll, base)?,
        states: places(contract, CallName::Poll, AnswerRole::TaskStatus),
        done: words(TaskState::Done),
        failed: words(TaskState::Failed),
        result: ask(contract, CallName::Result, base),
    };
    let known = !task.ids.is_empty() && !task.states.is_empty() && !task.done.is_empty();
    known.then_some(task)
}

fn ask(contract: &Contract<'_>, call: CallName, base: &str) -> Option<TaskCall> {
    let (host, path) = (contract.call_host(call)?, contract.call_path(call)?);
    let path = path.replace("{model}", contract.listing.slug());
    let is_here = host == base;
    let url = if is_here { path } else { format!("{host}{path}") };
    let (before, after) = url.split_once("{task}")?;
    let method = contract.call(call)?.method.as_str();
    Some(TaskCall { method, is_here, before: before.to_owned(), after: after.to_owned() })
}

/// Where something may stand in the answer to a call; several where sources differ.
fn places(contract: &Contract<'_>, call: CallName, role: AnswerRole) -> Vec<AnswerPath> {
    let answers = contract.clauses::<AnswerClause>();
    let places = answers.filter(|answer| answer.call == call && answer.role == Some(role));
    distinct(places.map(|answer| steps(&answer.path)).filter(|place| !place.is_empty()))
}

/// `data[].url` as steps.
fn steps(path: &str) -> AnswerPath {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (name, items) = part.strip_suffix("[]").map_or((part, false), |name| (name, true));
        if !name.is_empty() {
            steps.push(PathStep::Name(name.to_owned()));
        }
        if items {
            steps.push(PathStep::First);
        }
    }
    steps
}

/// What is drawn: the default size and quality where they are known and taken, so that a reader
/// sees where to change them.
fn draw(contract: &Contract<'_>) -> ImageRequest {
    let limit = contract.fact(Field::PromptLimit);
    let limit = limit.as_ref().and_then(Fact::value).and_then(FieldValue::try_as_limit_ref);
    let fits = |prompt: &&str| match limit {
        Some(PromptLimit::Chars(most)) => prompt.chars().count() as u64 <= *most,
        Some(PromptLimit::Tokens(_) | PromptLimit::AnyLength) | None => true,
    };
    let prompt = PROMPTS.into_iter().find(fits).unwrap_or(PROMPTS[2]);
    let mut draw = ImageRequest {
        size: size(contract),
        quality: quality(contract),
        ..ImageRequest::prompt(prompt)
    };
    draw.fields.extend(format(contract));
    for _ in 0..2 {
        let taken = contract.create(&draw).and_then(|request| request.body);
        if taken.is_some_and(|body| contract.validate_request(&body).is_none()) {
            break;
        }
        // What the contract would refuse is not shown; the quality goes first.
        if draw.quality.take().is_none() {
            draw.size = None;
        }
    }
    draw
}

fn size(contract: &Contract<'_>) -> Option<Size> {
    let default = contract.fact(Field::DefaultSize);
    if let Some(FieldValue::Size(size)) = default.as_ref().and_then(Fact::value) {
        return Some(*size);
    }
    let mut fields = contract.clauses::<FieldClause>();
    let field = fields.find(|field| field.meaning() == Some(FieldMeaning::Size));
    if let Some(size) = field.and_then(|field| field.example.as_ref()?.parse().ok()) {
        return Some(size);
    }
    let usual = Size { width: 1024, height: 1024 };
    let sizes = contract.fact(Field::Sizes)?;
    let offers =
        |known: &FieldValue| matches!(known, FieldValue::Sizes(sizes) if sizes.offers(usual));
    sizes.effective_claims().iter().all(|view| offers(view.value)).then_some(usual)
}

fn quality(contract: &Contract<'_>) -> Option<String> {
    let models = contract.fact(Field::QualityModels);
    let takes = models.as_ref().is_none_or(|fact| {
        fact.effective_claims().iter().all(|claim| {
            let codes = claim.value.try_as_texts_ref();
            codes.is_some_and(|codes| codes.0.iter().any(|it| it == contract.listing.slug()))
        })
    });
    let quality = contract.fact(Field::DefaultQuality)?.value()?.try_as_text_ref()?;
    takes.then(|| quality.clone())
}

/// Asks for a link, or else for the image itself, where the endpoint lets one choose.
fn format(contract: &Contract<'_>) -> Option<(String, Value)> {
    let name = contract.takes(FieldMeaning::ResponseFormat)?;
    let fact = contract.fact(Field::ResponseFormats)?;
    let FieldValue::Texts(Texts(formats)) = fact.value()? else { return None };
    let has_links = !places(contract, CallName::Create, AnswerRole::ImageLink).is_empty();
    let wanted = if has_links { "url" } else { "b64_json" };
    let format = formats.iter().find(|format| *format == wanted)?;
    Some((name.to_owned(), json!(format)))
}

/// The ending of the image's file: that of the default format, else of the usual one.
fn ending<'c>(contract: &Contract<'c>) -> &'c str {
    let mut fields = contract.clauses::<FieldClause>();
    let field = fields.find(|field| field.fact == Some(Field::OutputFormats));
    let default = field.and_then(|field| field.body.default.as_deref()).unwrap_or_default();
    let plain = !default.is_empty() && default.bytes().all(|b| b.is_ascii_alphanumeric());
    if plain { default } else { "png" }
}
