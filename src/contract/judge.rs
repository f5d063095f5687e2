//! Judging: every exchange of a run is classified once, and each check is judged on the class.
//! What was seen is a value that can be kept and judged again; nothing is sent here.

use serde::{Deserialize, Serialize};

use super::exchange::{BodyPrefix, SkipCause};
use super::expectation::{Check, Expectation};
use super::{Contract, Exchange, Plan, Promise};
use crate::catalog::AnswerClause;

mod accepted_values;
mod answer_shape;
mod classify;
mod error_details;
mod errors;
mod fields;
mod foreign;
mod images;
mod tasks;

use answer_shape::AnswerShape;
use errors::{error_body, refused};
use fields::{answer, answer_has, words};
use images::{all_sizes, count, delivery, drawn, in_answer, pictures};
use tasks::{poll_needs_key, task_ends, within};

pub(super) use accepted_values::fits;
pub use classify::{AnswerClass, Classification};
pub use error_details::error_code;
pub use errors::{lacks_retry_after, unpaired};
pub use fields::{absent_fields, other_codes};
pub(super) use images::{has_size, mode_of};
pub use images::{odd_images, stated_kind};

/// What was seen of a promise.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
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
        self.into()
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
    /// What made it so, where that is the whole answer's class and not this promise's matter.
    pub cause: Option<Box<Classification>>,
}

impl Assessment {
    fn new(outcome: Verdict, reason: impl Into<String>, observed: impl Into<String>) -> Self {
        let (reason, observed) = (reason.into(), observed.into());
        Self { outcome, reason, observed, skip: None, cause: None }
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

    fn is_skipped(&self) -> bool {
        self.outcome == Verdict::Skipped
    }

    fn unclear(reason: impl Into<String>, observed: impl Into<String>) -> Self {
        Self::new(Verdict::Inconclusive, reason, observed)
    }

    /// A verdict that hangs on what an answer was as a whole.
    fn caused(outcome: Verdict, reason: impl Into<String>, cause: &Classification) -> Self {
        let verdict = Self::new(outcome, reason, cause.observed());
        Self { cause: Some(Box::new(cause.clone())), ..verdict }
    }
}

/// All that came of a plan's requests, each classified once.
#[derive(Debug)]
pub struct Judge<'j, 'c> {
    contract: &'j Contract<'c>,
    plan: &'j Plan<'c>,
    exchanges: &'j [Option<Exchange>],
    /// In the plan's order.
    classes: Vec<Option<Classification>>,
    shapes: Vec<AnswerShape<'c>>,
    /// The place of the plainest request, with which every refusal is compared.
    plainest: Option<usize>,
}

impl<'j, 'c> Judge<'j, 'c> {
    /// Classifies every exchange, which stand in the plan's order.
    pub fn new(
        contract: &'j Contract<'c>,
        plan: &'j Plan<'c>,
        exchanges: &'j [Option<Exchange>],
    ) -> Self {
        let class = |exchange: &Exchange| Classification::new(contract, exchange);
        let classes = exchanges.iter().map(|exchange| exchange.as_ref().map(class)).collect();
        let shape = |exchange: &Option<Exchange>| {
            exchange
                .as_ref()
                .map_or_else(AnswerShape::default, |exchange| AnswerShape::new(contract, exchange))
        };
        let shapes = exchanges.iter().map(shape).collect();
        let plainest = plan.checks.iter().find(|check| check.id == "accepted");
        let plainest = plainest.and_then(|check| check.requests.first().copied());
        Self { contract, plan, exchanges, classes, shapes, plainest }
    }

    /// Judges one check of the plan.
    pub fn assess(&self, check: &Check<'c>) -> Assessment {
        let first = check.requests.first().copied().unwrap_or(usize::MAX);
        self.judge(check, first).unwrap_or_else(|early| early)
    }

    /// The judgement, or the one that the class of the first answer leaves no choice about.
    fn judge(&self, check: &Check<'c>, first: usize) -> Result<Assessment, Assessment> {
        let contract = self.contract;
        let accepted = || self.accepted(check, first);
        Ok(match &check.expectation {
            Expectation::AllSizes(default, wanted, sides) => {
                all_sizes(self, *default, wanted, sides)
            }
            Expectation::Taken(values, sides) => accepted_values::taken(self, values, sides),
            Expectation::RefusedEntry(condition) => {
                let (exchange, class) = self.refusal(first, true)?;
                refused(contract, *condition, (exchange, class), Verdict::Broken)
            }
            Expectation::Refused(condition) => {
                let (exchange, class) = self.refusal(first, false)?;
                refused(contract, *condition, (exchange, class), Verdict::Looser)
            }
            Expectation::ErrorBody(promise) => {
                let (exchange, class) = self.refusal(first, true)?;
                error_body(promise, exchange, class)
            }
            Expectation::Accepted => {
                let status = accepted()?.status;
                let seen = status.map_or_else(String::new, |status| format!("status {status}"));
                Assessment::holds(seen)
            }
            Expectation::Json => self.json(accepted()?),
            Expectation::Answer(promise) => {
                let exchange = self.with_fields(check, first)?;
                let own = answer(contract, promise, exchange, &self.shapes[first]);
                self.elsewhere(promise, first).filter(|_| own.is_skipped()).unwrap_or(own)
            }
            Expectation::TaskWords(promise) => words(contract, promise, accepted()?),
            Expectation::Drawn(sizes) | Expectation::DrawnByDefault(sizes) => {
                drawn(contract, sizes, accepted()?)
            }
            Expectation::Delivery(modes) => delivery(modes, accepted()?),
            Expectation::Pictures => pictures(contract, accepted()?),
            Expectation::Count(low, high) => count(contract, (*low, *high), accepted()?),
            Expectation::InAnswer => in_answer(accepted()?),
            Expectation::TaskEnds => task_ends(contract, accepted()?),
            Expectation::PollNeedsKey => poll_needs_key(accepted()?),
            Expectation::Within(seconds) => within(contract, *seconds, accepted()?),
        })
    }

    /// An exchange that was sent, with its class.
    fn sent(&self, request: usize) -> Result<(&'j Exchange, &Classification), Assessment> {
        let exchange = self.exchanges.get(request).and_then(Option::as_ref);
        let class = self.classes.get(request).and_then(Option::as_ref);
        let Some((exchange, class)) = exchange.zip(class) else {
            let skip = Some(SkipCause::NotRequested);
            return Err(Assessment { skip, ..Assessment::skipped("it was not asked") });
        };
        if class.class == AnswerClass::NotSent {
            let why = exchange.not_sent.clone().unwrap_or_default();
            return Err(Assessment { skip: exchange.skip, ..Assessment::skipped(why) });
        }
        Ok((exchange, class))
    }

    /// An answer of the endpoint itself to a request that should be refused.
    fn refusal(
        &self,
        request: usize,
        is_entry: bool,
    ) -> Result<(&'j Exchange, &Classification), Assessment> {
        let (exchange, class) = self.sent(request)?;
        // Where each call is paid for by itself, money is what lets in.
        let money_lets_in = self.contract.is_paid_by_call();
        match class.class {
            AnswerClass::AccountRefused
                if is_entry && (money_lets_in || !class.is_about_money()) =>
            {
                Ok((exchange, class))
            }
            AnswerClass::Malformed if is_entry => Ok((exchange, class)),
            AnswerClass::Refused if self.is_as_plain(request) => Err(as_plain(class)),
            AnswerClass::Accepted | AnswerClass::Refused => Ok((exchange, class)),
            AnswerClass::AccountRefused
            | AnswerClass::NotServed
            | AnswerClass::PromptRefused
            | AnswerClass::Redirected
            | AnswerClass::Malformed
            | AnswerClass::TaskFailed
            | AnswerClass::NotSent => Err(unclear(class)),
        }
    }

    /// An answer that tells whether a request is taken; `None` of it where it was refused. Where
    /// the plainest is among those that are compared, its refusal tells as much as theirs.
    fn taken(&self, request: usize, among: &[usize]) -> Result<Option<&'j Exchange>, Assessment> {
        let (exchange, class) = self.sent(request)?;
        let is_plainest_asked = self.plainest.is_some_and(|plainest| among.contains(&plainest));
        match class.class {
            AnswerClass::Accepted => Ok(Some(exchange)),
            AnswerClass::Refused if !is_plainest_asked && self.is_as_plain(request) => {
                Err(as_plain(class))
            }
            AnswerClass::Refused => Ok(None),
            AnswerClass::AccountRefused
            | AnswerClass::NotServed
            | AnswerClass::PromptRefused
            | AnswerClass::Redirected
            | AnswerClass::Malformed
            | AnswerClass::TaskFailed
            | AnswerClass::NotSent => Err(unclear(class)),
        }
    }

    /// Of each of some requests whether it was taken; nothing where an answer does not tell.
    pub(super) fn all_taken(&self, requests: &[usize]) -> Option<Vec<bool>> {
        let taken = |at: &usize| self.taken(*at, requests).ok().map(|taken| taken.is_some());
        requests.iter().map(taken).collect()
    }

    /// An answer that was accepted, for evidence on a dispute.
    pub(super) fn accepted_answer(&self, request: usize) -> Option<&'j Exchange> {
        self.taken(request, &[]).ok().flatten()
    }

    /// The first answer of a check, where it was accepted. Of all checks of one request only the
    /// one that promises that it is taken breaks by a refusal.
    fn accepted(&self, check: &Check<'c>, request: usize) -> Result<&'j Exchange, Assessment> {
        let (exchange, class) = self.sent(request)?;
        let breaks = self.promises_taking(check, request);
        let broken = |reason: &str| Assessment::caused(Verdict::Broken, reason, class);
        Err(match class.class {
            AnswerClass::Accepted => return Ok(exchange),
            AnswerClass::Refused if self.is_as_plain(request) => as_plain(class),
            AnswerClass::Refused if breaks => broken("refused, though it is promised"),
            AnswerClass::Refused => {
                let reason = "it was refused, so there is no answer to look at";
                Assessment::caused(Verdict::Skipped, reason, class)
            }
            AnswerClass::Redirected | AnswerClass::Malformed if breaks => broken(&class.reason),
            AnswerClass::AccountRefused
            | AnswerClass::NotServed
            | AnswerClass::PromptRefused
            | AnswerClass::Redirected
            | AnswerClass::Malformed
            | AnswerClass::TaskFailed
            | AnswerClass::NotSent => unclear(class),
        })
    }

    /// The judgement of a field that the plainest answer has not, by the first other answer that has
    /// it: what is there is judged.
    fn elsewhere(&self, promise: &Promise<'c>, first: usize) -> Option<Assessment> {
        let taken = |at: usize| Some((at, self.taken(at, &[]).ok()??));
        let others = (0..self.exchanges.len()).filter(|at| *at != first).filter_map(taken);
        let has_field = |(_, exchange): &(usize, &Exchange)| {
            promise.typed::<AnswerClause>().any(|answer| answer_has(&answer, exchange))
        };
        let (at, exchange) = others.into_iter().find(has_field)?;
        let found = answer(self.contract, promise, exchange, &self.shapes[at]);
        if found.is_skipped() {
            return None;
        }
        let observed = format!("{} (`{}`)", found.observed, exchange.ask);
        Some(Assessment { observed, ..found })
    }

    /// The same, or an answer in which no image was found but whose fields can be looked at.
    fn with_fields(&self, check: &Check<'c>, request: usize) -> Result<&'j Exchange, Assessment> {
        let (exchange, class) = self.sent(request)?;
        if class.class == AnswerClass::Malformed && exchange.is_json && !exchange.too_large {
            return Ok(exchange);
        }
        self.accepted(check, request)
    }

    /// Whether a check is the one that promises that its request is taken.
    fn promises_taking(&self, check: &Check<'c>, request: usize) -> bool {
        let of_request = |other: &&Check<'c>| other.requests.first() == Some(&request);
        let checks = || self.plan.checks.iter().filter(of_request);
        let accepted = checks().find(|other| matches!(other.expectation, Expectation::Accepted));
        let first = accepted.or_else(|| checks().find(|other| other.expectation.is_of_taking()));
        first.is_some_and(|first| first.id == check.id)
    }

    /// Whether a request was refused just as the plainest one, which asks for nothing special: then
    /// nobody knows whether it was for what it asks.
    fn is_as_plain(&self, request: usize) -> bool {
        let class = |at: usize| self.classes.get(at).and_then(Option::as_ref);
        let Some((plain, own)) = self.plainest.and_then(class).zip(class(request)) else {
            return false;
        };
        self.plainest != Some(request) && own.is_same_refusal(plain)
    }

    /// Whether an answer is JSON and says so.
    fn json(&self, exchange: &Exchange) -> Assessment {
        let declared = exchange.header("content-type").unwrap_or_default();
        if exchange.prefix == Some(BodyPrefix::ByteOrderMark) {
            return Assessment::broken("the answer begins with a byte order mark", declared);
        }
        if !is_json_type(declared) && self.contract.has_common_shape() {
            let reason =
                format!("JSON comes as `{declared}`, so that common clients don't read it");
            return Assessment::broken(reason, declared);
        }
        Assessment::holds(declared)
    }
}

/// Whether a declared type is JSON.
pub fn is_json_type(declared: &str) -> bool {
    let kind = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind == "text/json" || kind.ends_with("+json")
}

/// What an answer that tells nothing of a promise leaves of it.
fn unclear(class: &Classification) -> Assessment {
    Assessment::caused(Verdict::Inconclusive, &*class.reason, class)
}

fn as_plain(class: &Classification) -> Assessment {
    let reason = "the plainest request is refused in the same way";
    Assessment::caused(Verdict::Inconclusive, reason, class)
}
