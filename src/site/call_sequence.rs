//! How an image is asked for, step by step, from the clauses of a contract.

use crate::catalog::{
    AnswerClause, AnswerRole, AuthClause, AuthScheme, CallClause, CallName, Field, FieldClause,
    TaskClause, TaskState, TypedClause,
};
use crate::contract::Contract;
use crate::site::context::SiteContext;
use crate::site::format::{counting_text, distinct};
use crate::site::link::Link;

/// One step, or one piece of advice.
#[derive(Debug, Default)]
pub(crate) struct CallStep {
    pub(crate) title: String,
    pub(crate) text: Vec<String>,
    pub(crate) code: String,
    pub(crate) evidence: Vec<Link>,
}

impl CallStep {
    pub(crate) fn new(title: &str) -> Self {
        Self { title: title.to_owned(), ..Self::default() }
    }

    pub(crate) fn say(&mut self, text: impl Into<String>) {
        self.text.push(text.into());
    }

    pub(crate) fn cite(&mut self, links: impl IntoIterator<Item = Link>) {
        for link in links {
            if !self.evidence.contains(&link) {
                self.evidence.push(link);
            }
        }
    }
}

/// The calls of a contract in their order, down to the image.
pub(crate) fn steps<'c>(site: &SiteContext<'c>, contract: &Contract<'c>) -> Vec<CallStep> {
    let mut steps = Vec::new();
    steps.extend(contract.call(CallName::Create).map(|call| create_step(site, contract, &call)));
    steps.extend(contract.call(CallName::Poll).map(|call| poll_step(site, contract, &call)));
    steps.extend(contract.call(CallName::Result).map(|call| {
        let mut step = call_step(site, "Fetch the result", &call);
        step.say("When the task is done, this call holds the image.");
        step
    }));
    steps.push(image_step(site, contract));
    steps
}

fn call_step(site: &SiteContext<'_>, title: &str, call: &TypedClause<'_, CallClause>) -> CallStep {
    let mut step = CallStep::new(title);
    step.code = format!("{} {}", call.method, call.url);
    step.cite([site.source_link(&call.clause.source)]);
    step
}

fn create_step<'c>(
    site: &SiteContext<'c>,
    contract: &Contract<'c>,
    call: &TypedClause<'_, CallClause>,
) -> CallStep {
    let mut step = call_step(site, "Send the request", call);
    if let Some(auth) = contract.clauses::<AuthClause>().next() {
        let header = &auth.header;
        step.say(match &auth.scheme {
            Some(AuthScheme::X402) => {
                format!("A payment, signed as x402 says, goes into the header {header}.")
            }
            None => format!("The key goes into the header {header}, alone."),
            Some(AuthScheme::Word(word)) => {
                format!("The key goes into the header {header}, after the word {word}.")
            }
        });
    }
    let fields = contract.clauses::<FieldClause>().filter(|field| field.required);
    let required = distinct(fields.map(|field| field.body.name.as_str()));
    if !required.is_empty() {
        step.say(format!("Required: {}.", required.join(", ")));
    }
    step.say(if call.billable {
        "This is the call that is charged."
    } else {
        "This call isn’t charged."
    });
    if contract.has_tasks() {
        step.say("The response has a task ID. Store it first.");
    }
    step
}

fn poll_step<'c>(
    site: &SiteContext<'c>,
    contract: &Contract<'c>,
    call: &TypedClause<'_, CallClause>,
) -> CallStep {
    let mut step = call_step(site, "Poll until the task is completed or failed", call);
    for (state, phrase) in [
        (TaskState::UnderWay, "While it runs, the status is"),
        (TaskState::Done, "When it is done, the status is"),
        (TaskState::Failed, "If it failed, the status is"),
    ] {
        let words = task_words(contract, state).join(" or ");
        let words = if words.is_empty() { "not documented" } else { &words };
        step.say(format!("{phrase} {words}."));
    }
    let tasks = contract.clauses::<TaskClause>();
    step.cite(tasks.map(|task| site.source_link(&task.clause.source)));
    step
}

/// The words for a state of a task, of all sides.
pub(crate) fn task_words<'c>(contract: &Contract<'c>, state: TaskState) -> Vec<&'c str> {
    let tasks = contract.clauses::<TaskClause>();
    distinct(tasks.filter_map(|task| task.body.words(state)).flatten().map(String::as_str))
}

fn image_step<'c>(site: &SiteContext<'c>, contract: &Contract<'c>) -> CallStep {
    let mut step = CallStep::new("Download it");
    let roles = [
        (AnswerRole::ImageLink, "The link is at"),
        (AnswerRole::ImageBase64, "The image, as base64, is at"),
    ];
    for (role, phrase) in roles {
        let answers = || contract.clauses::<AnswerClause>().filter(|it| it.role == Some(role));
        step.cite(answers().map(|answer| site.source_link(&answer.clause.source)));
        let paths = distinct(answers().map(|answer| answer.body.path.as_str()));
        if !paths.is_empty() {
            step.say(format!("{phrase} {}.", paths.join(", or ")));
        }
    }
    if step.text.is_empty() {
        step.say("The documentation doesn’t show where the image is.");
    }
    step.say(match contract.fact(Field::LinkLifetime) {
        Some(fact) => format!("Download it: the link works for {}.", counting_text(&fact)),
        None => "We don’t know when the link expires. Download right away; no API key needed."
            .to_owned(),
    });
    step
}
