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
        format!("The seller says an image takes {took}. Wait well beyond that.")
    });
    if !said {
        step.say("Nobody says how long an image takes: measure, then set your own timeout.");
    }
    step.say("You may already have been charged, so don’t resend after a timeout.");
    step
}

fn retries<'c>(site: &SiteContext<'c>, contract: &Contract<'c>) -> CallStep {
    let mut step = CallStep::new("Retries");
    let errors: Vec<_> = contract.clauses::<ErrorClause>().collect();
    for (wanted, phrase) in [
        (Some(true), "Wait, then retry"),
        (Some(false), "Fix these first; don’t retry"),
        (None, "Nobody says whether a retry helps; don’t retry"),
    ] {
        let fitting = errors.iter().filter(|error| error.retryable == wanted);
        let names = distinct(fitting.map(error_name));
        if !names.is_empty() {
            step.say(format!("{phrase}: {}.", named(&names)));
        }
    }
    if errors.is_empty() {
        step.say("Errors aren’t documented.");
    }
    step.cite(errors.iter().map(|error| site.source_link(&error.clause.source)));
    let said = say_fact(&mut step, site, contract.fact(Field::FailureCharged), |charged| {
        format!("Whether failed calls are charged: {charged}.")
    });
    if !said {
        step.say("Nobody says whether failed calls are charged: count each as paid.");
    }
    step
}

fn tasks<'c>(site: &SiteContext<'c>, contract: &Contract<'c>) -> CallStep {
    let mut step = CallStep::new("Tasks that hang");
    if contract.has_tasks() {
        step.say(
            "Store the task ID before you poll, so that a restart can go on without paying twice.",
        );
        step.say("Set your own timeout and keep the task ID. The provider states no limit.");
    } else {
        step.say("There is no task to wait for.");
    }
    say_fact(&mut step, site, contract.fact(Field::Mode).filter(fact::is_disputed), |modes| {
        format!("Pages disagree on how you get the image ({modes}). Handle both.")
    });
    let webhook = FieldKey::named(Field::Capabilities, "webhook");
    let webhook = site.catalog.fact(contract.listing, &webhook, site.settings.as_of);
    let said = say_fact(&mut step, site, webhook, |webhook| format!("Callbacks: {webhook}."));
    if !said && contract.has_tasks() {
        step.say("Webhooks aren’t documented, so poll.");
    }
    step
}

fn link_step<'c>(site: &SiteContext<'c>, contract: &Contract<'c>) -> CallStep {
    let mut step = CallStep::new("Links that die");
    let said = say_fact(&mut step, site, contract.fact(Field::LinkLifetime), |lives| {
        format!("The link works for {lives}. Copy the image to your own storage.")
    });
    if !said {
        step.say("We don’t know when the link expires. Download right away.");
    }
    step.say("No API key is needed to download.");
    step
}

fn limits<'c>(site: &SiteContext<'c>, contract: &Contract<'c>) -> Option<CallStep> {
    let mut step = CallStep::new("Limits");
    for (field, phrase) in [
        (Field::Concurrency, "Calls under way at once"),
        (Field::LimitWindow, "The limit counts"),
        (Field::OutOfFunds, "Error when out of credit"),
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
