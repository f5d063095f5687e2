//! Judging: an answer held against a promise. What was seen is a value that can be kept and
//! judged again; nothing is sent here.

use serde::{Deserialize, Serialize};

use super::exchange::SkipCause;
use super::expectation::{Check, Expectation};
use super::{Contract, Exchange};

mod accepted_values;
mod classify;
mod errors;
mod fields;
mod images;

use accepted_values::taken;
pub use classify::AnswerClass;
use classify::classify;
use errors::{describe_refusal, error_body, refused};
use fields::{answer, words};
use images::{all_sizes, count, delivery, drawn, pictures};

pub(super) use accepted_values::{fits, taken_by};
pub use errors::{error_code, lacks_retry_after, unpaired};
pub(super) use images::{has_size, mode_of};

/// What was seen of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Holds,
    /// Not as promised; also stricter than promised.
    Broken,
    /// More is let through than is stated.
    Looser,
    /// It could not be told.
    Inconclusive,
    /// It was not looked at.
    Skipped,
}

impl Verdict {
    /// The word in a report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Broken => "broken",
            Self::Looser => "looser",
            Self::Inconclusive => "inconclusive",
            Self::Skipped => "skipped",
        }
    }
}

/// A judgement with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    pub outcome: Verdict,
    /// Why, in a line.
    pub reason: String,
    /// What was seen, in a line.
    pub observed: String,
    /// Why it was skipped, where the request was not sent.
    pub skip: Option<SkipCause>,
}

impl Assessment {
    fn new(outcome: Verdict, reason: impl Into<String>, observed: impl Into<String>) -> Self {
        Self { outcome, reason: reason.into(), observed: observed.into(), skip: None }
    }

    fn holds(observed: impl Into<String>) -> Self {
        Self::new(Verdict::Holds, "", observed)
    }

    fn broken(reason: impl Into<String>, observed: impl Into<String>) -> Self {
        Self::new(Verdict::Broken, reason, observed)
    }

    fn skipped(reason: impl Into<String>) -> Self {
        Self::new(Verdict::Skipped, reason, "")
    }

    fn unclear(reason: impl Into<String>, observed: impl Into<String>) -> Self {
        Self::new(Verdict::Inconclusive, reason, observed)
    }
}

/// Judges one check by what came of the plan's requests; `seen` is in the plan's order.
pub fn judge(contract: &Contract<'_>, check: &Check<'_>, seen: &[Option<Exchange>]) -> Assessment {
    let first = check.requests.first().copied().unwrap_or(usize::MAX);
    judge_expectation(contract, &check.expectation, first, seen).unwrap_or_else(|early| early)
}

/// The judgement, or the one that the class of the first answer leaves no choice about.
fn judge_expectation(
    contract: &Contract<'_>,
    expectation: &Expectation<'_>,
    first: usize,
    seen: &[Option<Exchange>],
) -> Result<Assessment, Assessment> {
    let answer_of = || served_answer(first, seen);
    let accepted = || accepted_answer(contract, served_answer(first, seen)?);
    Ok(match expectation {
        Expectation::AllSizes(sizes, default) => all_sizes(sizes, *default, seen),
        Expectation::Taken(values, sides) => taken(values, sides, seen),
        Expectation::RefusedEntry(condition) => {
            refused(contract, *condition, answer_of()?, Verdict::Broken)
        }
        Expectation::Refused(condition) => {
            refused(contract, *condition, answer_of()?, Verdict::Looser)
        }
        Expectation::ErrorBody(promise) => error_body(promise, answer_of()?),
        Expectation::Accepted => {
            let status = accepted()?.status;
            Assessment::holds(status.map_or_else(String::new, |status| format!("status {status}")))
        }
        Expectation::Answer(promise) => answer(contract, promise, accepted()?),
        Expectation::TaskWords(promise) => words(contract, promise, accepted()?),
        Expectation::Drawn(sizes) => drawn(sizes, accepted()?),
        Expectation::Delivery(modes) => delivery(modes, accepted()?),
        Expectation::Pictures => match classify(answer_of()?) {
            // Whether it may be refused is another check's, and of a dispute perhaps one side.
            AnswerClass::Refused(400..500) => {
                Assessment::skipped("it was refused, so there is no image to look at")
            }
            AnswerClass::Accepted
            | AnswerClass::NoJson(_)
            | AnswerClass::Refused(_)
            | AnswerClass::AccountRefused(_)
            | AnswerClass::Redirected(_)
            | AnswerClass::NotServed(_)
            | AnswerClass::NoAnswer(_)
            | AnswerClass::TooLarge
            | AnswerClass::NotSent(_) => pictures(accepted()?),
        },
        Expectation::Count(low, high) => count(*low, *high, accepted()?),
        Expectation::InAnswer => {
            if accepted()?.images.iter().any(|image| image.link.is_none()) {
                Assessment::holds("an image in the answer")
            } else {
                Assessment::broken("the answer holds no image", "")
            }
        }
        Expectation::TaskEnds => task_ends(accepted()?),
        Expectation::PollNeedsKey => poll_needs_key(accepted()?),
        Expectation::Within(seconds) => within(*seconds, accepted()?),
    })
}

/// An answer that tells something of what is taken and what is not.
fn told(request: usize, seen: &[Option<Exchange>]) -> Result<&Exchange, Assessment> {
    let exchange = served_answer(request, seen)?;
    match classify(exchange) {
        AnswerClass::AccountRefused(status) => Err(account_refused(status)),
        AnswerClass::Accepted
        | AnswerClass::NoJson(_)
        | AnswerClass::Refused(_)
        | AnswerClass::Redirected(_)
        | AnswerClass::NotServed(_)
        | AnswerClass::NoAnswer(_)
        | AnswerClass::TooLarge
        | AnswerClass::NotSent(_) => Ok(exchange),
    }
}

fn account_refused(status: u16) -> Assessment {
    Assessment::unclear("the key or its balance was refused", format!("status {status}"))
}

fn not_served(status: u16) -> Assessment {
    Assessment::unclear("the server could not serve", format!("status {status}"))
}

/// An answer of the endpoint itself: neither missing nor from a server that could not serve.
fn served_answer(request: usize, seen: &[Option<Exchange>]) -> Result<&Exchange, Assessment> {
    let Some(exchange) = seen.get(request).and_then(Option::as_ref) else {
        return Err(Assessment {
            skip: Some(SkipCause::NotRequested),
            ..Assessment::skipped("it was not asked")
        });
    };
    match classify(exchange) {
        AnswerClass::Accepted
        | AnswerClass::NoJson(_)
        | AnswerClass::Refused(_)
        | AnswerClass::AccountRefused(_) => Ok(exchange),
        AnswerClass::Redirected(status) => {
            Err(Assessment::broken("redirected elsewhere", format!("status {status}")))
        }
        AnswerClass::NotServed(status) => Err(not_served(status)),
        AnswerClass::NoAnswer(why) => Err(Assessment::unclear(why, "")),
        AnswerClass::TooLarge => Err(Assessment::broken("the answer is too large", "")),
        AnswerClass::NotSent(why) => {
            Err(Assessment { skip: exchange.skip, ..Assessment::skipped(why) })
        }
    }
}

/// The same answer, where it was accepted.
fn accepted_answer<'e>(
    contract: &Contract<'_>,
    exchange: &'e Exchange,
) -> Result<&'e Exchange, Assessment> {
    match classify(exchange) {
        AnswerClass::Accepted => Ok(exchange),
        AnswerClass::NoJson(status) => {
            Err(Assessment::broken("the answer is no JSON", format!("status {status}")))
        }
        AnswerClass::AccountRefused(status) => Err(account_refused(status)),
        AnswerClass::Refused(_)
        | AnswerClass::Redirected(_)
        | AnswerClass::NotServed(_)
        | AnswerClass::NoAnswer(_)
        | AnswerClass::TooLarge
        | AnswerClass::NotSent(_) => {
            let observed = describe_refusal(contract, exchange);
            Err(Assessment::broken("refused, though it is promised", observed))
        }
    }
}

fn task_ends(exchange: &Exchange) -> Assessment {
    let Some(task) = &exchange.task else { return Assessment::skipped("answered at once") };
    match &task.senseless {
        _ if task.is_done() => Assessment::holds("done"),
        Some(why) => Assessment::broken(why.clone(), task.end.to_string()),
        None => Assessment::unclear("the task did not end well", task.end.to_string()),
    }
}

fn poll_needs_key(exchange: &Exchange) -> Assessment {
    let Some(task) = &exchange.task else { return Assessment::skipped("answered at once") };
    match task.without_key {
        None => Assessment::unclear("the poll without a key had no answer", ""),
        Some(status @ 200..300) => {
            Assessment::broken("a task is told without a key", format!("status {status}"))
        }
        Some(status @ (429 | 500..)) => not_served(status),
        Some(status) => Assessment::holds(format!("status {status}")),
    }
}

fn within(seconds: u64, exchange: &Exchange) -> Assessment {
    let took = exchange.latency_ms;
    let seen = format!("{took} ms");
    match &exchange.task {
        Some(_) if exchange.body.is_null() => {
            Assessment::skipped("an earlier run submitted the task")
        }
        Some(task) if !task.is_done() => Assessment::unclear("the task did not end", seen),
        // Between two polls nobody looks: it may have ended long before it was seen.
        Some(task) if took > seconds * 1000 && task.under_way_ms <= seconds * 1000 => {
            Assessment::unclear("it ended between two polls", seen)
        }
        _ if took > seconds * 1000 => Assessment::broken(format!("more than {seconds} s"), seen),
        _ => Assessment::holds(seen),
    }
}

/// Whether the answer holds an image at once, where a task was possible.
fn is_sync(exchange: &Exchange) -> bool {
    exchange.task.is_none() && !exchange.images.is_empty()
}
