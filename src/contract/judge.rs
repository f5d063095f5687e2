//! Judging: an answer held against a promise. What was seen is a value that can be kept and
//! judged again; nothing is sent here.

use serde::{Deserialize, Serialize};

use super::expectation::{Check, Expectation};
use super::{Contract, Exchange};

mod accepted_values;
mod errors;
mod fields;
mod images;

use accepted_values::taken;
use errors::{error_body, refused, said};
use fields::{answer, words};
use images::{all_sizes, count, delivery, drawn, pictures};

pub(super) use accepted_values::{fits, taken_by};
pub use errors::{lacks_retry_after, unpaired};
pub(super) use images::{has_size, mode_of};

/// What was seen of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As promised.
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
pub struct Judgement {
    /// The judgement.
    pub outcome: Verdict,
    /// Why, in a line.
    pub reason: String,
    /// What was seen, in a line.
    pub observed: String,
}

impl Judgement {
    fn new(outcome: Verdict, reason: impl Into<String>, observed: impl Into<String>) -> Self {
        Self { outcome, reason: reason.into(), observed: observed.into() }
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
pub fn judge(contract: &Contract<'_>, check: &Check<'_>, seen: &[Option<Exchange>]) -> Judgement {
    if let Expectation::AllSizes(sizes, default) = &check.expectation {
        return all_sizes(sizes, *default, seen);
    }
    if let Expectation::Taken(values, sides) = &check.expectation {
        return taken(values, sides, seen);
    }
    let exchange = check.requests.first().and_then(|ask| seen.get(*ask)).and_then(Option::as_ref);
    let Some(exchange) = exchange else { return Judgement::skipped("it was not asked") };
    if let Some(verdict) = no_answer(exchange) {
        return verdict;
    }
    let status = exchange.status.unwrap_or(0);
    match &check.expectation {
        Expectation::RefusedEntry(condition) => {
            refused(contract, *condition, exchange, Verdict::Broken)
        }
        Expectation::Refused(condition) => refused(contract, *condition, exchange, Verdict::Looser),
        Expectation::ErrorBody(promise) => error_body(promise, exchange),
        test => {
            if let Some(verdict) = key_refused(exchange) {
                return verdict;
            }
            if matches!(test, Expectation::Pictures) && (400..500).contains(&status) {
                // Whether it may be refused is another check's, and of a dispute perhaps one side.
                return Judgement::skipped("it was refused, so there is no image to look at");
            }
            if !(200..300).contains(&status) {
                let says = said(contract, exchange);
                return Judgement::broken("refused, though it is promised", says);
            }
            if !exchange.is_json {
                return Judgement::broken("the answer is no JSON", format!("status {status}"));
            }
            answered(contract, test, exchange)
        }
    }
}

/// What came back of a request; or why it tells nothing of what is taken and what is not.
fn told(ask: usize, seen: &[Option<Exchange>]) -> Result<&Exchange, Judgement> {
    let Some(exchange) = seen.get(ask).and_then(Option::as_ref) else {
        return Err(Judgement::skipped("it was not asked"));
    };
    no_answer(exchange).or_else(|| key_refused(exchange)).map_or(Ok(exchange), Err)
}

/// The verdict where the key or its balance was refused, which says nothing of anything else.
fn key_refused(exchange: &Exchange) -> Option<Judgement> {
    let status = exchange.status.filter(|status| (401..=403).contains(status))?;
    Some(Judgement::unclear("the key or its balance was refused", format!("status {status}")))
}

/// Where there is no answer to judge: not sent, cut, overloaded.
fn no_answer(exchange: &Exchange) -> Option<Judgement> {
    if let Some(why) = &exchange.not_sent {
        return Some(Judgement::skipped(why.clone()));
    }
    if exchange.too_large {
        return Some(Judgement::broken("the answer is too large", ""));
    }
    if let Some(why) = &exchange.failed {
        return Some(Judgement::unclear(why.clone(), ""));
    }
    match exchange.status {
        Some(status @ (429 | 500..)) => {
            Some(Judgement::unclear("the server could not serve", format!("status {status}")))
        }
        Some(status @ 300..400) => {
            Some(Judgement::broken("redirected elsewhere", format!("status {status}")))
        }
        _ => None,
    }
}

fn answered(contract: &Contract<'_>, test: &Expectation<'_>, exchange: &Exchange) -> Judgement {
    match test {
        Expectation::Answer(promise) => answer(contract, promise, exchange),
        Expectation::TaskWords(promise) => words(contract, promise, exchange),
        Expectation::Drawn(sizes) => drawn(sizes, exchange),
        Expectation::Delivery(modes) => delivery(modes, exchange),
        Expectation::Pictures => pictures(exchange),
        Expectation::Count(low, high) => count(*low, *high, exchange),
        Expectation::InAnswer => {
            if exchange.images.iter().any(|image| image.link.is_none()) {
                Judgement::holds("an image in the answer")
            } else {
                Judgement::broken("the answer holds no image", "")
            }
        }
        Expectation::TaskEnds => match &exchange.task {
            None => Judgement::skipped("answered at once"),
            Some(task) if task.end == "done" => Judgement::holds("done"),
            Some(task) => match &task.senseless {
                Some(why) => Judgement::broken(why.clone(), task.end.clone()),
                None => Judgement::unclear("the task did not end well", task.end.clone()),
            },
        },
        Expectation::PollNeedsKey => match exchange.task.as_ref().map(|task| task.without_key) {
            None => Judgement::skipped("answered at once"),
            Some(None) => Judgement::unclear("the poll without a key had no answer", ""),
            Some(Some(status @ 200..300)) => {
                Judgement::broken("a task is told without a key", format!("status {status}"))
            }
            Some(Some(status @ (429 | 500..))) => {
                Judgement::unclear("the server could not serve", format!("status {status}"))
            }
            Some(Some(status)) => Judgement::holds(format!("status {status}")),
        },
        Expectation::Within(most) => {
            let took = exchange.latency_ms;
            let seen = format!("{took} ms");
            match &exchange.task {
                Some(_) if exchange.body.is_null() => {
                    Judgement::skipped("an earlier run submitted the task")
                }
                Some(task) if task.end != "done" => {
                    Judgement::unclear("the task did not end", seen)
                }
                // Between two polls nobody looks: it may have ended long before it was seen.
                Some(task) if took > most * 1000 && task.under_way_ms <= most * 1000 => {
                    Judgement::unclear("it ended between two polls", seen)
                }
                _ if took > most * 1000 => Judgement::broken(format!("more than {most} s"), seen),
                _ => Judgement::holds(seen),
            }
        }
        // The status was judged before.
        _ => Judgement::holds(exchange.status.map_or_else(String::new, |s| format!("status {s}"))),
    }
}

/// Whether the answer holds an image at once, where a task was possible.
fn is_sync(exchange: &Exchange) -> bool {
    exchange.task.is_none() && !exchange.images.is_empty()
}
