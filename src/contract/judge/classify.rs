//! What an exchange is, before any promise is held against it: each is classified once, by the
//! provider's own code where a clause knows it, else by its status.

use super::error_details::ErrorDetails;
use super::foreign::{ForeignPage, foreign_page};
use crate::catalog::{AnswerClause, AnswerRole, CallName, Condition};
use crate::contract::{Contract, Exchange, each};

/// The class of an exchange.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::Display, strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum AnswerClass {
    /// An image or a task came.
    Accepted,
    /// The endpoint itself refused the request, with whatever status.
    Refused,
    /// No answer of the endpoint: it could not serve, or another server spoke.
    NotServed,
    /// The key, the balance or the account was refused, which tells nothing of the request.
    AccountRefused,
    /// A content filter refused the prompt.
    PromptRefused,
    /// The endpoint points elsewhere.
    Redirected,
    /// A good status, with a body in which nothing can be found.
    Malformed,
    /// The task that was accepted came to no good end.
    TaskFailed,
    NotSent,
}

impl AnswerClass {
    /// The word in a report.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// An exchange's class, with what the answer says of its cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classification {
    pub class: AnswerClass,
    pub status: Option<u16>,
    /// The provider's own code, or the word that it has in its place.
    pub code: Option<String>,
    /// What the answer says of itself; for a page, its title.
    pub message: Option<String>,
    /// What the code means, where a clause or the common format says so.
    pub condition: Option<Condition>,
    pub request_id: Option<String>,
    /// Where a redirect points.
    pub location: Option<String>,
    /// Why it is of this class, in our words.
    pub reason: String,
}

impl Classification {
    /// Classifies an exchange; one whose task is under way is as accepted as one that is done.
    pub fn new(contract: &Contract<'_>, exchange: &Exchange) -> Self {
        let details = ErrorDetails::new(contract, exchange);
        let page = foreign_page(contract, exchange);
        let (class, reason) = class(contract, exchange, &details, page.as_ref());
        let is_good = class == AnswerClass::Accepted;
        let message = match (class, page) {
            (AnswerClass::NotSent, _) => exchange.not_sent.clone(),
            (_, Some(page)) => page.title.or(details.message).or(page.server),
            (_, None) => exchange.failed.clone().or(details.message).or(exchange.text.clone()),
        };
        Self {
            class,
            status: exchange.status,
            code: details.code.filter(|_| !is_good),
            message: message.filter(|_| !is_good),
            condition: details.condition.filter(|_| !is_good),
            request_id: details.request_id,
            location: exchange.header("location").map(str::to_owned),
            reason: exchange.failed.clone().unwrap_or_else(|| reason.to_owned()),
        }
    }

    /// Whether no further call with this key at this address would be answered otherwise.
    pub fn is_permanent(&self) -> bool {
        match self.class {
            AnswerClass::AccountRefused | AnswerClass::Redirected => true,
            AnswerClass::Accepted
            | AnswerClass::Refused
            | AnswerClass::NotServed
            | AnswerClass::PromptRefused
            | AnswerClass::Malformed
            | AnswerClass::TaskFailed
            | AnswerClass::NotSent => false,
        }
    }

    /// Whether the answer tells nothing of what was asked.
    pub fn tells_nothing(&self) -> bool {
        match self.class {
            AnswerClass::NotServed
            | AnswerClass::AccountRefused
            | AnswerClass::PromptRefused
            | AnswerClass::Redirected
            | AnswerClass::Malformed => true,
            AnswerClass::Accepted
            | AnswerClass::Refused
            | AnswerClass::TaskFailed
            | AnswerClass::NotSent => false,
        }
    }

    /// Whether two requests were refused in the same way, so that neither refusal is for what its
    /// request alone asks: the code decides, and without one the words, numbers and ids apart.
    pub fn is_same_refusal(&self, other: &Self) -> bool {
        let refused = |own: &Self| own.class == AnswerClass::Refused;
        refused(self)
            && refused(other)
            && (self.status, &self.code) == (other.status, &other.code)
            && (self.code.is_some() || words(self).eq(words(other)))
    }

    /// Whether the account was refused for its balance, and not for its key.
    pub(super) fn is_about_money(&self) -> bool {
        let in_words = self.code.is_none() && self.condition == Some(Condition::NoFunds);
        self.status == Some(402) || in_words
    }

    /// The status and the code, in a line.
    pub fn observed(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        parts.extend(self.status.map(|status| format!("status {status}")));
        parts.extend(self.code.as_ref().map(|code| format!("code {code}")));
        parts.join(", ")
    }
}

/// The words of a message without those that hold a digit, such as the id of a request.
fn words(class: &Classification) -> impl Iterator<Item = &str> {
    let words = class.message.iter().flat_map(|message| message.split_whitespace());
    words.filter(|word| !word.contains(|c: char| c.is_ascii_digit()))
}

fn class(
    contract: &Contract<'_>,
    exchange: &Exchange,
    details: &ErrorDetails,
    page: Option<&ForeignPage>,
) -> (AnswerClass, &'static str) {
    if exchange.not_sent.is_some() {
        return (AnswerClass::NotSent, "it was not sent");
    }
    if exchange.too_large {
        return (AnswerClass::Malformed, "the answer is too large");
    }
    if exchange.failed.is_some() {
        return (AnswerClass::NotServed, "no whole answer came");
    }
    let status = exchange.status.unwrap_or_default();
    if let 300..400 = status {
        return (AnswerClass::Redirected, "redirected elsewhere");
    }
    match status {
        // The endpoint's own balancer may speak for it.
        0..200 | 408 | 425 | 429 | 499.. => refusal(status, details),
        _ if let Some(page) = page => (AnswerClass::NotServed, page.reason()),
        200..300 if !exchange.is_json => (AnswerClass::Malformed, "the answer is no JSON"),
        200..300 if has_result(contract, exchange) => (AnswerClass::Accepted, ""),
        200..300 if !details.is_error => {
            (AnswerClass::Malformed, "neither a task nor an image in the answer")
        }
        _ => refusal(status, details),
    }
}

/// The class of a refusal: what its own code means, else what its status does.
fn refusal(status: u16, details: &ErrorDetails) -> (AnswerClass, &'static str) {
    let account = "the key or its balance was refused";
    let server = "the server could not serve";
    // A code says more than a status, but a refused key is no server's trouble.
    let condition = details
        .condition
        .filter(|condition| !matches!((status, condition.is_of_server()), (401..=403, true)));
    match condition {
        Some(Condition::NoFunds) => (AnswerClass::AccountRefused, "the balance is used up"),
        Some(Condition::NoPermission) => (AnswerClass::AccountRefused, "that is not permitted"),
        Some(Condition::NoPayment) => (AnswerClass::AccountRefused, "a payment is asked for"),
        Some(Condition::NoKey | Condition::WrongKey) => (AnswerClass::AccountRefused, account),
        Some(Condition::RateLimit) => (AnswerClass::NotServed, "too many requests"),
        Some(Condition::Overloaded | Condition::ServerError) => (AnswerClass::NotServed, server),
        Some(Condition::Unsafe) => {
            (AnswerClass::PromptRefused, "a content filter refused the prompt")
        }
        Some(
            Condition::UnknownModel
            | Condition::BadSize
            | Condition::BadQuality
            | Condition::BadRequest
            | Condition::MissingPrompt
            | Condition::PromptTooLong
            | Condition::NotFound,
        ) => (AnswerClass::Refused, "refused"),
        None => match told_status(status, details) {
            401..=403 | 434 => (AnswerClass::AccountRefused, account),
            0..200 | 408 | 425 | 429 | 499.. => (AnswerClass::NotServed, server),
            _ => (AnswerClass::Refused, "refused"),
        },
    }
}

/// The status of a refusal: some servers put it into the body of an answer with a good one.
fn told_status(status: u16, details: &ErrorDetails) -> u16 {
    let told = details.code.as_ref().and_then(|code| code.parse().ok());
    let told = told.filter(|told| (200..300).contains(&status) && (400..600).contains(told));
    told.unwrap_or(status)
}

/// Whether an image or a task is in an answer.
fn has_result(contract: &Contract<'_>, exchange: &Exchange) -> bool {
    if exchange.task.is_some() || !exchange.images.is_empty() {
        return true;
    }
    let body = &exchange.body;
    let has = |role: AnswerRole| {
        let mut answers = contract
            .clauses::<AnswerClause>()
            .filter(|answer| answer.call == CallName::Create && answer.role == Some(role));
        answers.any(|answer| each(body, &answer.path).into_iter().flatten().any(is_given))
    };
    let error = body.get("error").is_some_and(is_given);
    has(AnswerRole::ImageLink)
        || has(AnswerRole::ImageBase64)
        // A refusal may have an id, too.
        || (has(AnswerRole::TaskId) && (!error || has(AnswerRole::TaskStatus)))
        || (!error && has_link(body))
}

/// Whether there is something: neither null nor empty nor `false`.
pub(super) fn is_given(value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(object) => !object.is_empty(),
    }
}

/// Whether a text somewhere in a body leads to an image, or holds one.
fn has_link(value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match value {
        Value::String(text) => ["https://", "http://", "data:image/"]
            .iter()
            .any(|start| text.get(..start.len()).is_some_and(|s| s.eq_ignore_ascii_case(start))),
        Value::Array(items) => items.iter().any(has_link),
        Value::Object(object) => object.iter().any(|(key, value)| {
            (key == "b64_json" && value.as_str().is_some_and(|text| !text.is_empty()))
                || has_link(value)
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
