//! How a listing is called: the request, the task, the prompt, and what it can't do.

use askama::Template;

use crate::catalog::{AuthClause, CallName, Field, FieldClause, TaskClause, TaskState};
use crate::site::faq::context::{AnswerBasis, FaqContext, FaqNames};
use crate::site::faq::fact_text::{FactText, and_list, one_line};
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
pub(super) fn call(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let contract = faq.contract?;
    let create = contract.call(CallName::Create)?;
    basis.clause(faq, create.clause);
    let auth = contract.clauses::<AuthClause>().next();
    if let Some(auth) = auth {
        basis.clause(faq, auth.clause);
    }
    let fields = |required: bool| {
        let mut names: Vec<String> = Vec::new();
        for field in contract.clauses::<FieldClause>() {
            let name = one_line(&field.name);
            if field.required == required && !names.contains(&name) {
                names.push(name);
            }
        }
        and_list(&names)
    };
    let provider = faq.site.catalog.providers.get(&faq.listing.provider);
    let call = CallText {
        names: &faq.names,
        method: create.method.to_string(),
        url: one_line(&create.url.replace("{model}", &faq.names.slug)),
        header: auth.map(|auth| one_line(&auth.header)).unwrap_or_default(),
        scheme: auth.map(|auth| one_line(&auth.scheme)).unwrap_or_default(),
        variable: one_line(provider.and_then(|it| it.key_env.as_deref()).unwrap_or_default()),
        required: fields(true),
        optional: fields(false),
        shape: faq.text(basis, Field::ApiShape),
        client: faq.text(basis, Field::Client),
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
pub(super) fn mode(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let mode = faq.text(basis, Field::Mode);
    let contract = faq.contract;
    let poll = contract.and_then(|contract| contract.call(CallName::Poll));
    if mode.is_none() && poll.is_none() {
        return None;
    }
    if let Some(poll) = poll {
        basis.clause(faq, poll.clause);
    }
    let words = |state: TaskState| {
        let mut words: Vec<String> = Vec::new();
        let clauses = contract.iter().flat_map(|contract| contract.clauses::<TaskClause>());
        for word in clauses.filter_map(|task| task.body.words(state)).flatten() {
            if !words.contains(word) {
                words.push(one_line(word));
            }
        }
        and_list(&words)
    };
    let url = poll.as_ref().map_or("", |poll| poll.url.as_str());
    let mode = ModeText {
        names: &faq.names,
        mode,
        poll: one_line(&url.replace("{model}", &faq.names.slug)),
        under_way: words(TaskState::UnderWay),
        done: words(TaskState::Done),
        failed: words(TaskState::Failed),
        webhook: faq.text_named(basis, Field::Capabilities, "webhook"),
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
pub(super) fn prompt(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let limit = faq.text(basis, Field::PromptLimit)?;
    PromptText { names: &faq.names, limit }.render().ok()
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
pub(super) fn capabilities(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let (mut yes, mut no, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    let mut disputed = Vec::new();
    for (key, words) in ASKED_FOR {
        match faq.text_named(basis, Field::Capabilities, key) {
            Some(told) if !told.is_one() => disputed.push(format!("{words}: {}", told.sides)),
            Some(told) if told.is_yes() => yes.push(words.to_owned()),
            Some(_) => no.push(words.to_owned()),
            None => unknown.push(words.to_owned()),
        }
    }
    if unknown.len() == ASKED_FOR.len() {
        return None;
    }
    basis.page("all its capabilities", &urls::page(&faq.listing.entity));
    let capabilities = CapabilitiesText {
        names: &faq.names,
        yes: and_list(&yes),
        no: and_list(&no),
        disputed,
        unknown: and_list(&unknown),
    };
    capabilities.render().ok()
}
