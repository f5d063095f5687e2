//! How a listing is called: the request, the task, the prompt, and what it can't do.

use askama::Template;

use crate::catalog::{AuthClause, CallName, Field, FieldClause, TaskClause, TaskState};
use crate::site::faq::context::{AnswerBasis, FaqContext, FaqNames};
use crate::site::faq::fact_text::{FactText, listed, one_line};
use crate::site::urls;

#[derive(Template)]
#[template(path = "faq/call.txt", escape = "none")]
struct CallText<'a> {
    names: &'a FaqNames,
    method: String,
    url: String,
    header: String,
    scheme: String,
    variable: String,
    required: String,
    optional: String,
    shape: Option<FactText>,
    client: Option<FactText>,
}

/// How do I call it?
pub(super) fn call(asked: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let contract = asked.contract?;
    let create = contract.call(CallName::Create)?;
    basis.clause(asked, create.clause);
    let auth = contract.clauses::<AuthClause>().next();
    if let Some(auth) = auth {
        basis.clause(asked, auth.clause);
    }
    let fields = |required: bool| {
        let mut names: Vec<String> = Vec::new();
        for field in contract.clauses::<FieldClause>() {
            let name = one_line(&field.name);
            if field.required == required && !names.contains(&name) {
                names.push(name);
            }
        }
        listed(&names)
    };
    let provider = asked.site.catalog.providers.get(&asked.listing.provider);
    let call = CallText {
        names: &asked.names,
        method: create.method.to_string(),
        url: one_line(&create.url.replace("{model}", &asked.names.slug)),
        header: auth.map(|auth| one_line(&auth.header)).unwrap_or_default(),
        scheme: auth.map(|auth| one_line(&auth.scheme)).unwrap_or_default(),
        variable: one_line(provider.and_then(|it| it.key_env.as_deref()).unwrap_or_default()),
        required: fields(true),
        optional: fields(false),
        shape: asked.told(basis, Field::ApiShape),
        client: asked.told(basis, Field::Client),
    };
    call.render().ok()
}

#[derive(Template)]
#[template(path = "faq/mode.txt", escape = "none")]
struct ModeText<'a> {
    names: &'a FaqNames,
    mode: Option<FactText>,
    poll: String,
    under_way: String,
    done: String,
    failed: String,
    webhook: Option<FactText>,
}

/// Does the answer hold the image, or a task?
pub(super) fn mode(asked: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let mode = asked.told(basis, Field::Mode);
    let contract = asked.contract;
    let poll = contract.and_then(|contract| contract.call(CallName::Poll));
    if mode.is_none() && poll.is_none() {
        return None;
    }
    if let Some(poll) = poll {
        basis.clause(asked, poll.clause);
    }
    let words = |state: TaskState| {
        let mut words: Vec<String> = Vec::new();
        let clauses = contract.iter().flat_map(|contract| contract.clauses::<TaskClause>());
        for word in clauses.filter_map(|task| task.body.words(state)).flatten() {
            if !words.contains(word) {
                words.push(one_line(word));
            }
        }
        listed(&words)
    };
    let url = poll.as_ref().map_or("", |poll| poll.url.as_str());
    let mode = ModeText {
        names: &asked.names,
        mode,
        poll: one_line(&url.replace("{model}", &asked.names.slug)),
        under_way: words(TaskState::UnderWay),
        done: words(TaskState::Done),
        failed: words(TaskState::Failed),
        webhook: asked.named(basis, Field::Capabilities, "webhook"),
    };
    mode.render().ok()
}

#[derive(Template)]
#[template(path = "faq/prompt.txt", escape = "none")]
struct PromptText<'a> {
    names: &'a FaqNames,
    limit: FactText,
}

/// How long may a prompt be?
pub(super) fn prompt(asked: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let limit = asked.told(basis, Field::PromptLimit)?;
    PromptText { names: &asked.names, limit }.render().ok()
}

/// What people ask of any model, by its key, in words.
const ASKED_FOR: [(&str, &str); 5] = [
    ("streaming", "streaming"),
    ("tools", "tool calls"),
    ("vision", "reading images"),
    ("json-mode", "a JSON mode"),
    ("caching", "prompt caching"),
];

#[derive(Template)]
#[template(path = "faq/capabilities.txt", escape = "none")]
struct CapabilitiesText<'a> {
    names: &'a FaqNames,
    yes: String,
    no: String,
    disputed: Vec<String>,
    unknown: String,
}

/// Streaming, tools, vision, JSON mode, caching?
pub(super) fn capabilities(asked: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let (mut yes, mut no, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    let mut disputed = Vec::new();
    for (key, words) in ASKED_FOR {
        match asked.named(basis, Field::Capabilities, key) {
            Some(told) if !told.is_one() => disputed.push(format!("{words}: {}", told.sides)),
            Some(told) if told.is_yes() => yes.push(words.to_owned()),
            Some(_) => no.push(words.to_owned()),
            None => unknown.push(words.to_owned()),
        }
    }
    if unknown.len() == ASKED_FOR.len() {
        return None;
    }
    basis.page("all its capabilities", &urls::page(&asked.listing.entity));
    let capabilities = CapabilitiesText {
        names: &asked.names,
        yes: listed(&yes),
        no: listed(&no),
        disputed,
        unknown: listed(&unknown),
    };
    capabilities.render().ok()
}
