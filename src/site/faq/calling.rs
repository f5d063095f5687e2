//! How a listing is called: the request, the task, the prompt, and what it can't do.

use askama::Template;

use crate::catalog::{AuthClause, AuthScheme, CallName, Field, FieldClause, TaskState};
use crate::site::call_sequence::task_words;
use crate::site::faq::context::{AnswerBasis, FaqContext, FaqNames};
use crate::site::faq::fact_text::{FactText, and_list, one_line};
use crate::site::format::distinct;
use crate::site::urls;

#[derive(Template)]
#[template(path = "faq/call.txt", escape = "none")]
struct CallText<'a> {
    names: &'a FaqNames,
    method: String,
    url: String,
    header: String,
    scheme: String,
    is_payment: bool,
    variable: String,
    required: String,
    optional: String,
    shape: Option<FactText>,
    client: Option<FactText>,
}

/// How do I call it?
pub(super) fn call(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> askama::Result<String> {
    let contract = faq.contract;
    let Some(create) = contract.and_then(|it| it.call(CallName::Create)) else {
        return Ok(String::new());
    };
    basis.clause(faq, create.clause);
    let auth = contract.and_then(|it| it.clauses::<AuthClause>().next());
    if let Some(auth) = auth {
        basis.clause(faq, auth.clause);
    }
    let fields = |required: bool| {
        let fields = contract.iter().flat_map(|it| it.clauses::<FieldClause>());
        let fields = fields.filter(|field| field.required == required);
        and_list(&distinct(fields.map(|field| one_line(&field.name))))
    };
    let provider = faq.site.catalog.providers.get(&faq.listing.provider);
    let call = CallText {
        names: &faq.names,
        method: create.method.to_string(),
        url: one_line(&create.url.replace("{model}", &faq.names.slug)),
        header: auth.map(|auth| one_line(&auth.header)).unwrap_or_default(),
        scheme: auth.map(|auth| one_line(auth.word())).unwrap_or_default(),
        is_payment: auth.is_some_and(|auth| auth.scheme == Some(AuthScheme::X402)),
        variable: one_line(provider.and_then(|it| it.key_env.as_deref()).unwrap_or_default()),
        required: fields(true),
        optional: fields(false),
        shape: faq.fact(basis, Field::ApiShape, None),
        client: faq.fact(basis, Field::Client, None),
    };
    call.render()
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
pub(super) fn mode(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> askama::Result<String> {
    let mode = faq.fact(basis, Field::Mode, None);
    let contract = faq.contract;
    let poll = contract.and_then(|contract| contract.call(CallName::Poll));
    if let Some(poll) = poll {
        basis.clause(faq, poll.clause);
    }
    let words = |state: TaskState| {
        let words = contract.iter().flat_map(|contract| task_words(contract, state));
        and_list(&words.map(one_line).collect::<Vec<_>>())
    };
    let url = poll.as_ref().map_or("", |poll| poll.url.as_str());
    let mode = ModeText {
        names: &faq.names,
        mode,
        poll: one_line(&url.replace("{model}", &faq.names.slug)),
        under_way: words(TaskState::UnderWay),
        done: words(TaskState::Done),
        failed: words(TaskState::Failed),
        webhook: faq.fact(basis, Field::Capabilities, Some("webhook")),
    };
    mode.render()
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
pub(super) fn capabilities(
    faq: &FaqContext<'_, '_>,
    basis: &mut AnswerBasis,
) -> askama::Result<String> {
    let (mut yes, mut no, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    let mut disputed = Vec::new();
    for (key, words) in ASKED_FOR {
        match faq.fact(basis, Field::Capabilities, Some(key)) {
            Some(told) if !told.is_one() => disputed.push(format!("{words}: {}", told.said)),
            Some(told) if told.is_yes() => yes.push(words.to_owned()),
            Some(_) => no.push(words.to_owned()),
            None => unknown.push(words.to_owned()),
        }
    }
    if unknown.len() == ASKED_FOR.len() {
        return Ok(String::new());
    }
    basis.page("all its capabilities", &urls::page(&faq.listing.entity));
    let capabilities = CapabilitiesText {
        names: &faq.names,
        yes: and_list(&yes),
        no: and_list(&no),
        disputed,
        unknown: and_list(&unknown),
    };
    capabilities.render()
}
