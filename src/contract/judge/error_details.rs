//! What an answer says of its refusal: code, type, message, and what they mean by the contract's
//! clauses. A clause without a code never speaks of an answer that has one.

use serde_json::Value;

use super::classify::is_given;
use crate::catalog::{
    AnswerClause, AnswerRole, Condition, ErrorBodyClause, ErrorClause, TypedClause,
};
use crate::contract::{Contract, Exchange, at};

/// Where servers put what no source of a contract shows: the format that most endpoints follow,
/// and those of common frameworks.
const USUAL_MESSAGES: [&str; 15] = [
    "error.message",
    "error_message",
    "error_msg",
    "fail_reason",
    "failure_reason",
    "message",
    "msg",
    "detail[].msg",
    "detail",
    "errors[].message",
    "error",
    "title",
    "base_resp.status_msg",
    "Response.Error.Message",
    "ResponseMetadata.Error.Message",
];
const USUAL_CODES: [&str; 9] = [
    "error.code",
    "error.type",
    "error_code",
    "errors[].code",
    "errcode",
    "code",
    "base_resp.status_code",
    "Response.Error.Code",
    "ResponseMetadata.Error.Code",
];

/// Objects within which an answer or a poll may have them, the innermost first.
const WRAPPERS: [&str; 5] = ["data.", "output.", "result.", "task.", ""];

/// Codes that stand for success in the common formats.
const GOOD_CODES: [&str; 2] = ["0", "200"];

/// Words of the common format, for contracts that state none.
const USUAL_CONDITIONS: [(&str, Condition); 12] = [
    ("insufficient_quota", Condition::NoFunds),
    ("billing_hard_limit_reached", Condition::NoFunds),
    ("insufficient_user_quota", Condition::NoFunds),
    ("content_policy_violation", Condition::Unsafe),
    ("content_filter", Condition::Unsafe),
    ("content_policy", Condition::Unsafe),
    ("moderation_blocked", Condition::Unsafe),
    ("rate_limit_exceeded", Condition::RateLimit),
    ("rate_limit_error", Condition::RateLimit),
    ("overloaded_error", Condition::Overloaded),
    ("server_error", Condition::ServerError),
    ("model_not_found", Condition::UnknownModel),
];

/// Words that together tell an empty balance, where a server has no code for it: what there is too
/// little of, and that there is too little.
const MONEY_WORDS: [&str; 6] = ["balance", "credit", "funds", "quota", "余额", "额度"];
const LACK_WORDS: [&str; 7] =
    ["insufficient", "not enough", "too low", "run out", "out of credit", "不足", "用尽"];

/// As much of a text as is kept, which is more than any report quotes: every check that hangs on
/// a refusal has its words.
const MAX_TEXT_LEN: usize = 2000;

/// What an answer says of its refusal.
#[derive(Debug, Clone, Default)]
pub(super) struct ErrorDetails {
    /// Whether the body speaks of an error at all.
    pub(super) is_error: bool,
    /// The code, or the type where there is no code.
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) condition: Option<Condition>,
    pub(super) request_id: Option<String>,
}

impl ErrorDetails {
    /// Reads them where the contract says, else at the usual places.
    pub(super) fn new(contract: &Contract<'_>, exchange: &Exchange) -> Self {
        let body = &exchange.body;
        let code = error_code(contract, body);
        let error_type = error_type(contract, body);
        let usual_code = || first_text(body, &USUAL_CODES).filter(|code| !is_good(contract, code));
        let message = error_text(contract, body, |shape| shape.message.as_deref())
            .or_else(|| first_text(body, &USUAL_MESSAGES));
        let status = exchange.status.unwrap_or_default();
        let own = [code.as_deref(), error_type.as_deref()];
        let clauses = clauses(contract, status, &own);
        let has_own = own.iter().any(Option::is_some);
        let stated =
            if has_own { clauses.iter().find_map(|clause| clause.when) } else { common(&clauses) };
        let usual = usual_condition(&own).filter(|_| clauses.is_empty());
        let says_empty = || tells_empty_balance(message.as_ref().or(exchange.text.as_ref())?);
        let condition = match stated.or(usual) {
            // A code for whatever is wrong with a request says less than its words.
            None | Some(Condition::BadRequest) => says_empty().or(stated),
            known => known,
        };
        let code = code.or(error_type).or_else(usual_code);
        let has_error = ["error", "errors"].iter().any(|key| body.get(key).is_some_and(is_given));
        let says_success =
            first_text(body, &USUAL_CODES).is_some_and(|code| is_good(contract, &code));
        Self {
            is_error: has_error || code.is_some() || (message.is_some() && !says_success),
            code,
            message,
            condition,
            request_id: request_id(exchange),
        }
    }

    /// Reads what the last poll of a task says of its failure.
    pub(super) fn of_task(contract: &Contract<'_>, poll: &Value) -> Self {
        let within = |names: &[&str]| {
            let mut places = WRAPPERS
                .iter()
                .flat_map(|wrapper| names.iter().map(move |name| format!("{wrapper}{name}")));
            places
                .find_map(|place| text(at(poll, &place)?).filter(|found| !is_good(contract, found)))
        };
        let (code, message) = (within(&USUAL_CODES), within(&USUAL_MESSAGES));
        let condition = usual_condition(&[code.as_deref()]);
        Self { is_error: true, code, message, condition, ..Self::default() }
    }
}

/// Whether a code stands for success: by a sample that a source shows, or by the common formats.
fn is_good(contract: &Contract<'_>, code: &str) -> bool {
    let mut answers = contract.clauses::<AnswerClause>();
    GOOD_CODES.contains(&code)
        || answers.any(|answer| {
            answer.role == Some(AnswerRole::Code) && answer.example.as_deref() == Some(code)
        })
}

/// What a code means in the common format.
fn usual_condition(own: &[Option<&str>]) -> Option<Condition> {
    let found = USUAL_CONDITIONS.iter().find(|(word, _)| own.contains(&Some(*word)));
    found.map(|(_, condition)| *condition)
}

/// What a message means that tells an empty balance.
fn tells_empty_balance(message: &str) -> Option<Condition> {
    let message = message.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| message.contains(word));
    (has(&MONEY_WORDS) && has(&LACK_WORDS)).then_some(Condition::NoFunds)
}

/// The clauses that speak of an answer: those with its code or type, with its status before those
/// without any; for an answer without a code those of its status that have none either.
fn clauses<'c>(
    contract: &Contract<'c>,
    status: u16,
    own: &[Option<&str>],
) -> Vec<TypedClause<'c, ErrorClause>> {
    let named = |clause: &ErrorClause| {
        let words = [clause.code_text(), clause.error_type.clone()];
        words.iter().flatten().any(|word| own.contains(&Some(word.as_str())))
    };
    let same_status =
        |clause: &ErrorClause| clause.status.is_some_and(|known| known == u64::from(status));
    let all = contract.clauses::<ErrorClause>();
    if own.iter().all(Option::is_none) {
        let plain = |clause: &TypedClause<'_, ErrorClause>| {
            clause.code_text().is_none() && clause.error_type.is_none() && same_status(clause)
        };
        return all.filter(plain).collect();
    }
    let all: Vec<_> = all.filter(|clause| named(clause)).collect();
    let exact: Vec<_> = all.iter().copied().filter(|clause| same_status(clause)).collect();
    if exact.is_empty() { all } else { exact }
}

/// The one condition that all of some clauses name; none where they name several, or one is silent.
fn common(clauses: &[TypedClause<'_, ErrorClause>]) -> Option<Condition> {
    let first = clauses.first()?.when?;
    clauses.iter().all(|clause| clause.when == Some(first)).then_some(first)
}

fn request_id(exchange: &Exchange) -> Option<String> {
    let names = ["x-request-id", "request-id", "cf-ray"];
    let header = names.iter().find_map(|name| exchange.header(name)).map(str::to_owned);
    header.or_else(|| first_text(&exchange.body, &["request_id", "error.request_id"]))
}

/// The code in the body of a refusal, where a source says that it stands there.
pub fn error_code(contract: &Contract<'_>, body: &Value) -> Option<String> {
    error_text(contract, body, |shape| shape.code.as_deref())
}

/// The type in the body of a refusal, where a source says that it stands there.
pub(super) fn error_type(contract: &Contract<'_>, body: &Value) -> Option<String> {
    error_text(contract, body, |shape| shape.error_type.as_deref())
}

fn error_text(
    contract: &Contract<'_>,
    body: &Value,
    path: impl Fn(&ErrorBodyClause) -> Option<&str>,
) -> Option<String> {
    let mut shapes = contract.clauses::<ErrorBodyClause>();
    shapes.find_map(|shape| text(at(body, path(&shape)?)?))
}

fn first_text(body: &Value, places: &[&str]) -> Option<String> {
    places.iter().find_map(|place| text(at(body, place)?))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.chars().take(MAX_TEXT_LEN).collect()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}
