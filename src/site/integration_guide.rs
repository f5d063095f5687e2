//! What to do in production about timeouts, retries, tasks that hang and links that die: our own
//! words around what the contract and the facts of an endpoint say.

use crate::catalog::{ErrorClause, Fact, Field, FieldKey, TypedClause};
use crate::contract::Contract;
use crate::site::call_sequence::CallStep;
use crate::site::context::SiteContext;
use crate::site::format::{counting_text, distinct, key_text};
use crate::site::view::fact;

/// So many error codes are named one by one; more are a list of their own on the page.
const MAX_NAMED: usize = 12;

/// The advice for an endpoint.
pub(crate) fn advice<'c>(site: &SiteContext<'c>, contract: &Contract<'c>) -> Vec<CallStep> {
    let mut advice = vec![
        timeouts(site, contract),
        retries(site, contract),
        tasks(site, contract),
        link_step(site, contract),
    ];
    advice.extend(limits(site, contract));
    advice
}

fn timeouts<'c>(site: &SiteContext<'c>, contract: &Contract<'c>) -> CallStep {
    let mut step = CallStep::new("Timeouts");
    let said = say_fact(&mut step, site, contract.fact(Field::Latency), |took| {
        format!("An image is said to take {took}. Wait well beyond the longest of these.")
    });
    if !said {
        step.say("No source states how long an image takes: measure, then set yours.");
    }
    step.say(
        "After a timeout the call may still have been charged, so it is not simply sent again.",
    );
    step
}

fn retries<'c>(site: &SiteContext<'c>, contract: &Contract<'c>) -> CallStep {
    let mut step = CallStep::new("Retries");
    let errors: Vec<_> = contract.clauses::<ErrorClause>().collect();
    for (wanted, phrase) in [
        (Some(true), "By the contract these may be tried again, after a pause"),
        (Some(false), "These need a hand first, and are not tried again"),
        (None, "Of these no source says whether a retry helps; take them as final"),
    ] {
        let fitting = errors.iter().filter(|error| error.retryable == wanted);
        let names = distinct(fitting.map(error_name));
        if !names.is_empty() {
            step.say(format!("{phrase}: {}.", named(&names)));
        }
    }
    if errors.is_empty() {
        step.say("No source states how a call is refused.");
    }
    step.cite(errors.iter().map(|error| site.source_link(&error.clause.source)));
    let said = say_fact(&mut step, site, contract.fact(Field::FailureCharged), |charged| {
        format!("Whether failed calls are charged: {charged}.")
    });
    if !said {
        step.say("Whether failed calls are charged is unknown: count each as paid.");
    }
    step
}

fn tasks<'c>(site: &SiteContext<'c>, contract: &Contract<'c>) -> CallStep {
    let mut step = CallStep::new("Tasks that hang");
    if contract.has_tasks() {
        step.say("Keep the id of a task before the first poll, so that a restart can go on with it and pays nothing twice.");
        step.say("Give up after a time of your own, and keep the id even then: no clause says when the provider gives up.");
    } else {
        step.say("The contract has no second call, so there is no task to wait for.");
    }
    say_fact(&mut step, site, contract.fact(Field::Mode).filter(fact::is_disputed), |modes| {
        format!("Sources differ on how the image comes ({modes}): be ready for both.")
    });
    let webhook = FieldKey::named(Field::Capabilities, "webhook");
    let webhook = site.catalog.fact(contract.listing, &webhook, site.settings.as_of);
    let said = say_fact(&mut step, site, webhook, |webhook| format!("Callbacks: {webhook}."));
    if !said && contract.has_tasks() {
        step.say("Whether it can call back instead is unknown: poll.");
    }
    step
}

fn link_step<'c>(site: &SiteContext<'c>, contract: &Contract<'c>) -> CallStep {
    let mut step = CallStep::new("Links that die");
    let said = say_fact(&mut step, site, contract.fact(Field::LinkLifetime), |lives| {
        format!(
            "A link is said to live {lives}. Copy the image to a store of yours; never hand the \
             link to others."
        )
    });
    if !said {
        step.say(
            "How long a link lives is unknown. Copy the image as soon as the answer is there.",
        );
    }
    step.say("A link is fetched without the key.");
    step
}

fn limits<'c>(site: &SiteContext<'c>, contract: &Contract<'c>) -> Option<CallStep> {
    let mut step = CallStep::new("Limits");
    for (field, phrase) in [
        (Field::Concurrency, "Calls under way at once"),
        (Field::LimitWindow, "The limit counts"),
        (Field::OutOfFunds, "Without balance a call is refused with"),
    ] {
        say_fact(&mut step, site, contract.fact(field), |value| format!("{phrase}: {value}."));
    }
    (!step.text.is_empty()).then_some(step)
}

/// Says what counts of a fact, with its sources; whether there is one.
fn say_fact(
    step: &mut CallStep,
    site: &SiteContext<'_>,
    fact: Option<Fact<'_>>,
    phrase: impl FnOnce(&str) -> String,
) -> bool {
    let Some(fact) = fact else { return false };
    step.say(phrase(&counting_text(&fact)));
    let sides = fact.effective_sides();
    step.cite(sides.map(|side| site.source_link(&side.statement.source)));
    true
}

fn named(names: &[String]) -> String {
    let mut text = names[..names.len().min(MAX_NAMED)].join(", ");
    if names.len() > MAX_NAMED {
        text = format!("{text}, and {} more below", names.len() - MAX_NAMED);
    }
    text
}

/// An error by its status, code and occasion.
fn error_name(error: &TypedClause<'_, ErrorClause>) -> String {
    let status = error.status.map(|status| status.to_string());
    let code = error.code_text().filter(|code| Some(code) != status.as_ref());
    let when = error.when.map(|when| key_text(when.as_str()));
    let mut parts: Vec<String> = Vec::new();
    parts.extend(status);
    parts.extend(code.map(|code| format!("code {code}")));
    parts.extend(when.map(|when| format!("({when})")));
    if parts.is_empty() { error.clause.id.clone() } else { parts.join(" ") }
}
