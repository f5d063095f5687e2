//! Judging: an answer held against a promise. What was seen is a value that can be kept and
//! judged again; nothing is sent here.

use serde::{Deserialize, Serialize};

use super::check::{Check, Test};
use super::{Contract, Exchange};

mod fields;
mod pictures;
mod refusals;
mod taken;

use fields::{answer, words};
use pictures::{all_sizes, count, delivery, drawn, pictures};
use refusals::{error_body, refused, said};
use taken::taken;

pub(super) use pictures::{is_drawn, mode_of};
pub use refusals::{lacks_retry_after, unpaired};
pub(super) use taken::{fits, taken_by};

/// What was seen of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
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

impl Outcome {
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
pub struct Verdict {
    /// The judgement.
    pub outcome: Outcome,
    /// Why, in a line.
    pub reason: String,
    /// What was seen, in a line.
    pub observed: String,
}

impl Verdict {
    fn new(outcome: Outcome, reason: impl Into<String>, observed: impl Into<String>) -> Self {
        Self { outcome, reason: reason.into(), observed: observed.into() }
    }

    fn holds(observed: impl Into<String>) -> Self {
        Self::new(Outcome::Holds, "", observed)
    }

    fn broken(reason: impl Into<String>, observed: impl Into<String>) -> Self {
        Self::new(Outcome::Broken, reason, observed)
    }

    fn skipped(reason: impl Into<String>) -> Self {
        Self::new(Outcome::Skipped, reason, "")
    }

    fn unclear(reason: impl Into<String>, observed: impl Into<String>) -> Self {
        Self::new(Outcome::Inconclusive, reason, observed)
    }
}

/// Judges one check by what came of the plan's requests; `seen` is in the plan's order.
pub fn judge(contract: &Contract<'_>, check: &Check<'_>, seen: &[Option<Exchange>]) -> Verdict {
    if let Test::AllSizes(sizes, default) = &check.test {
        return all_sizes(sizes, *default, seen);
    }
    if let Test::Taken(values, sides) = &check.test {
        return taken(values, sides, seen);
    }
    let exchange = check.asks.first().and_then(|ask| seen.get(*ask)).and_then(Option::as_ref);
    let Some(exchange) = exchange else { return Verdict::skipped("it was not asked") };
    if let Some(verdict) = no_answer(exchange) {
        return verdict;
    }
    let status = exchange.status.unwrap_or(0);
    match &check.test {
        Test::RefusedEntry(condition) => refused(contract, *condition, exchange, Outcome::Broken),
        Test::Refused(condition) => refused(contract, *condition, exchange, Outcome::Looser),
        Test::ErrorBody(promise) => error_body(promise, exchange),
        test => {
            if let Some(verdict) = key_refused(exchange) {
                return verdict;
            }
            if matches!(test, Test::Pictures) && (400..500).contains(&status) {
                // Whether it may be refused is another check's, and of a dispute perhaps one side.
                return Verdict::skipped("it was refused, so there is no image to look at");
            }
            if !(200..300).contains(&status) {
                let says = said(contract, exchange);
                return Verdict::broken("refused, though it is promised", says);
            }
            if !exchange.is_json {
                return Verdict::broken("the answer is no JSON", format!("status {status}"));
            }
            answered(contract, test, exchange)
        }
    }
}

/// What came back of a request; or why it tells nothing of what is taken and what is not.
fn told(ask: usize, seen: &[Option<Exchange>]) -> Result<&Exchange, Verdict> {
    let Some(exchange) = seen.get(ask).and_then(Option::as_ref) else {
        return Err(Verdict::skipped("it was not asked"));
    };
    no_answer(exchange).or_else(|| key_refused(exchange)).map_or(Ok(exchange), Err)
}

/// The verdict where the key or its balance was refused, which says nothing of anything else.
fn key_refused(exchange: &Exchange) -> Option<Verdict> {
    let status = exchange.status.filter(|status| (401..=403).contains(status))?;
    Some(Verdict::unclear("the key or its balance was refused", format!("status {status}")))
}

/// Where there is no answer to judge: not sent, cut, overloaded.
fn no_answer(exchange: &Exchange) -> Option<Verdict> {
    if let Some(why) = &exchange.not_sent {
        return Some(Verdict::skipped(why.clone()));
    }
    if exchange.too_large {
        return Some(Verdict::broken("the answer is too large", ""));
    }
    if let Some(why) = &exchange.failed {
        return Some(Verdict::unclear(why.clone(), ""));
    }
    match exchange.status {
        Some(status @ (429 | 500..)) => {
            Some(Verdict::unclear("the server could not serve", format!("status {status}")))
        }
        Some(status @ 300..400) => {
            Some(Verdict::broken("redirected elsewhere", format!("status {status}")))
        }
        _ => None,
    }
}

fn answered(contract: &Contract<'_>, test: &Test<'_>, exchange: &Exchange) -> Verdict {
    match test {
        Test::Answer(promise) => answer(contract, promise, exchange),
        Test::TaskWords(promise) => words(contract, promise, exchange),
        Test::Drawn(sizes) => drawn(sizes, exchange),
        Test::Delivery(modes) => delivery(modes, exchange),
        Test::Pictures => pictures(exchange),
        Test::Count(low, high) => count(*low, *high, exchange),
        Test::InAnswer => {
            if exchange.images.iter().any(|image| image.link.is_none()) {
                Verdict::holds("an image in the answer")
            } else {
                Verdict::broken("the answer holds no image", "")
            }
        }
        Test::TaskEnds => match &exchange.task {
            None => Verdict::skipped("answered at once"),
            Some(task) if task.end == "done" => Verdict::holds("done"),
            Some(task) => match &task.senseless {
                Some(why) => Verdict::broken(why.clone(), task.end.clone()),
                None => Verdict::unclear("the task did not end well", task.end.clone()),
            },
        },
        Test::PollNeedsKey => match exchange.task.as_ref().map(|task| task.without_key) {
            None => Verdict::skipped("answered at once"),
            Some(None) => Verdict::unclear("the poll without a key had no answer", ""),
            Some(Some(status @ 200..300)) => {
                Verdict::broken("a task is told without a key", format!("status {status}"))
            }
            Some(Some(status @ (429 | 500..))) => {
                Verdict::unclear("the server could not serve", format!("status {status}"))
            }
            Some(Some(status)) => Verdict::holds(format!("status {status}")),
        },
        Test::Within(most) => {
            let took = exchange.latency_ms;
            let seen = format!("{took} ms");
            match &exchange.task {
                Some(_) if exchange.body.is_null() => {
                    Verdict::skipped("an earlier run submitted the task")
                }
                Some(task) if task.end != "done" => Verdict::unclear("the task did not end", seen),
                // Between two polls nobody looks: it may have ended long before it was seen.
                Some(task) if took > most * 1000 && task.under_way_ms <= most * 1000 => {
                    Verdict::unclear("it ended between two polls", seen)
                }
                _ if took > most * 1000 => Verdict::broken(format!("more than {most} s"), seen),
                _ => Verdict::holds(seen),
            }
        }
        // The status was judged before.
        _ => Verdict::holds(exchange.status.map_or_else(String::new, |s| format!("status {s}"))),
    }
}

/// Whether the answer holds an image at once, where a task was possible.
fn is_sync(exchange: &Exchange) -> bool {
    exchange.task.is_none() && !exchange.images.is_empty()
}
