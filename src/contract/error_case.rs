//! Refusals that a contract describes: which clauses speak of a condition, and the body around
//! their codes. What no source shows is filled in, and known to be assumed.

use serde_json::{Value, json};

use super::Contract;
use super::json_path;
use crate::catalog::{
    AnswerClause, AnswerRole, CodeType, Condition, ErrorBodyClause, ErrorClause, TypedClause,
};

/// How a request is refused.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorCase {
    pub status: u16,
    pub body: Value,
    /// Whether a source promises a Retry-After header with it.
    pub retry_after: bool,
    /// Whether no source says of this very condition how it is refused.
    pub assumed: bool,
}

/// The clauses that say how a condition is refused, those with a status first.
pub(super) fn errors<'c>(
    contract: &Contract<'c>,
    condition: Condition,
) -> Vec<TypedClause<'c, ErrorClause>> {
    let errors = contract.clauses::<ErrorClause>();
    let mut errors: Vec<_> = errors.filter(|error| error.when == Some(condition)).collect();
    errors.sort_by_key(|error| error.status.is_none());
    errors
}

/// A refusal: the endpoint's error shape around the code of the condition, or of the broader
/// one where no source speaks of this one.
pub(super) fn error_case(contract: &Contract<'_>, condition: Condition) -> ErrorCase {
    let own = errors(contract, condition);
    let broader = condition.broader().map(|broader| errors(contract, broader)).unwrap_or_default();
    // A list of statuses and a list of codes may say of one condition what neither says alone.
    let status = own.iter().chain(&broader).find_map(|error| error.status);
    let chosen = own.first().or(broader.first());
    let status = status.and_then(|status| u16::try_from(status).ok());
    let status = status.unwrap_or(condition.usual_status());
    let code = chosen.and_then(|error| error.code_text()).or_else(|| {
        let same = if own.is_empty() { &broader } else { &own };
        same.iter().find_map(|error| error.code_text())
    });
    let message = chosen.and_then(|error| error.body.message.as_deref());
    let message = message.unwrap_or(condition.description());
    let retry_after = chosen.is_some_and(|error| error.retry_after == Some(true));
    let assumed = !own.iter().any(|error| error.status.is_some());
    let error_type = chosen.and_then(|error| error.body.error_type.as_deref());
    let mut body = error_body(contract, status, code, message, error_type);
    if condition == Condition::NoPayment {
        quote_price(contract, &mut body);
    }
    ErrorCase { status, body, retry_after, assumed }
}

/// Puts the price of a call where its refusal has it, as a source shows it.
fn quote_price(contract: &Contract<'_>, body: &mut Value) {
    let mut answers = contract.clauses::<AnswerClause>();
    let quoted = answers.find_map(|answer| {
        let example = answer.body.example.as_ref()?;
        (answer.role == Some(AnswerRole::Price)).then_some((&answer.body.path, example))
    });
    if let Some((path, amount)) = quoted {
        json_path::set(body, path, json!(amount));
    }
}

fn error_body(
    contract: &Contract<'_>,
    status: u16,
    code: Option<String>,
    message: &str,
    error_type: Option<&str>,
) -> Value {
    let mut body = json!({});
    let Some(shape) = contract.clauses::<ErrorBodyClause>().next() else { return body };
    if let Some(path) = &shape.code {
        let number = || code.as_ref().map_or(Ok(u64::from(status)), |code| code.parse());
        let value = match (shape.code_type, number(), code) {
            (Some(CodeType::Integer), Ok(number), _) => json!(number),
            (Some(CodeType::NullOrString), _, None) => Value::Null,
            (_, _, code) => json!(code.unwrap_or_else(|| status.to_string())),
        };
        json_path::set(&mut body, path, value);
    }
    if let Some(path) = &shape.message {
        json_path::set(&mut body, path, json!(message));
    }
    if let Some(path) = &shape.error_type {
        let word = error_type.unwrap_or("invalid_request_error");
        json_path::set(&mut body, path, json!(word));
    }
    if let Some(path) = &shape.param {
        json_path::set(&mut body, path, Value::Null);
    }
    body
}
