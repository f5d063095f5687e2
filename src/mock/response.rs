//! A response as a value: what is sent, and how the sending itself goes wrong.

use serde_json::Value;

use super::fault::Fault;
use crate::catalog::{AnswerClause, AnswerRole, CallName, Condition, TaskClause, TaskState};
use crate::contract::Contract;

/// The header that names what no source shows.
pub(super) const ASSUMED: &str = "cogdex-assumed";

/// How a body leaves the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyDelivery {
    Whole,
    /// Half of it, and then the connection is cut.
    Cut,
    /// Half of it, and that is said to be all.
    Short,
    Never,
    /// Packed, and unpacking to 256 MiB.
    Bomb,
    Endless,
}

/// What a mock says to a request.
#[derive(Debug, Clone)]
pub(super) struct MockResponse {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    pub(super) delivery: BodyDelivery,
}

impl MockResponse {
    /// A JSON body.
    pub(super) fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes(), delivery: BodyDelivery::Whole }
    }

    /// Bytes of a type.
    pub(super) fn bytes(kind: &str, body: Vec<u8>) -> Self {
        let headers = vec![("content-type", kind.to_owned())];
        Self { status: 200, headers, body, delivery: BodyDelivery::Whole }
    }

    /// The same with another header.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same, leaving in another way.
    pub(super) fn delivered(mut self, delivery: BodyDelivery) -> Self {
        self.delivery = delivery;
        self
    }
}

/// A limit's refusal without the header that some sources promise: the fault decides on that.
pub(super) fn rate_limit(contract: &Contract<'_>) -> MockResponse {
    let mut response = refusal(contract, Condition::RateLimit);
    response.headers.retain(|(name, _)| *name != "retry-after");
    response
}

pub(super) fn refusal(contract: &Contract<'_>, condition: Condition) -> MockResponse {
    let refusal = contract.error_case(condition);
    let mut response = MockResponse::json(refusal.status, &refusal.body);
    if refusal.retry_after {
        response = response.with("retry-after", "1");
    }
    if refusal.assumed { response.with(ASSUMED, "how this is refused") } else { response }
}

pub(super) fn task_word(
    contract: &Contract<'_>,
    state: TaskState,
    variant: Option<&str>,
    fault: Option<Fault>,
) -> String {
    if fault == Some(Fault::UnknownStatus) {
        return "somewhere".to_owned();
    }
    let tasks = || contract.clauses::<TaskClause>().filter(|task| task.words(state).is_some());
    let own = tasks().find(|task| Some(task.clause.source.as_str()) == variant);
    let words = own.or_else(|| tasks().next()).and_then(|task| task.body.words(state));
    words.and_then(|words| words.first()).cloned().unwrap_or_else(|| state.to_string())
}

pub(super) fn shows_image(contract: &Contract<'_>, call: CallName) -> bool {
    contract
        .clauses::<AnswerClause>()
        .any(|answer| answer.call == call && answer.role == Some(AnswerRole::ImageLink))
}
