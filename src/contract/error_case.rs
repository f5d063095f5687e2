//! Refusals that a contract describes: which clauses speak of a condition, and the body around
//! their codes. What no source shows is filled in, and known to be assumed.

use serde_json::{Value, json};

use super::Contract;
use super::json_path;
use super::validate::Condition;
use crate::catalog::{Clause, ClauseKind};

/// How a request is refused.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorCase {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Value,
    /// Whether a source promises a Retry-After header with it.
    pub retry_after: bool,
    /// Whether no source says of this very condition how it is refused.
    pub assumed: bool,
}

impl<'c> Contract<'c> {
    /// The clauses that say how a condition is refused, those with a status first.
    pub fn errors(&self, condition: Condition) -> Vec<&'c Clause> {
        let fits = |clause: &&'c Clause| clause.text("when") == Some(condition.word());
        let mut clauses: Vec<_> = self.clauses(ClauseKind::Error).filter(fits).collect();
        clauses.sort_by_key(|clause| clause.count("status").is_none());
        clauses
    }

    /// The clause that promises how a condition is refused: paired with a status first.
    pub fn error(&self, condition: Condition) -> Option<&'c Clause> {
        self.errors(condition).first().copied()
    }

    /// A refusal: the endpoint's error shape around the code of the condition, or of the broader
    /// one where no source speaks of this one.
    pub fn refusal(&self, condition: Condition) -> ErrorCase {
        let own = self.errors(condition);
        let broader = condition.broader().map(|broader| self.errors(broader)).unwrap_or_default();
        let clauses = || own.iter().chain(&broader);
        // A list of statuses and a list of codes may say of one condition what neither says alone.
        let number = |key: &str| clauses().find_map(|clause| clause.count(key));
        let chosen = own.first().or(broader.first());
        let status = number("status").and_then(|status| u16::try_from(status).ok());
        let status = status.unwrap_or(condition.usual_status());
        let code = chosen.and_then(|clause| code_of(clause)).or_else(|| {
            let same = if own.is_empty() { &broader } else { &own };
            same.iter().find_map(|clause| code_of(clause))
        });
        let text = |key: &str| chosen.and_then(|clause| clause.text(key)).map(str::to_owned);
        let message = text("message").unwrap_or_else(|| condition.words().to_owned());
        let retry_after = chosen.and_then(|clause| clause.flag("retry-after")) == Some(true);
        let assumed = !own.iter().any(|clause| clause.count("status").is_some());
        let body = self.error_body(status, code, &message, text("type"));
        ErrorCase { status, body, retry_after, assumed }
    }

    fn error_body(
        &self,
        status: u16,
        code: Option<String>,
        message: &str,
        kind: Option<String>,
    ) -> Value {
        let mut body = json!({});
        let Some(shape) = self.clauses(ClauseKind::ErrorBody).next() else { return body };
        if let Some(path) = shape.text("code") {
            let number = || code.as_ref().map_or(Ok(u64::from(status)), |code| code.parse());
            let value = match (shape.text("code-type"), number(), code) {
                (Some("integer"), Ok(number), _) => json!(number),
                (Some("null-or-string"), _, None) => Value::Null,
                (_, _, code) => json!(code.unwrap_or_else(|| status.to_string())),
            };
            json_path::set(&mut body, path, value);
        }
        if let Some(path) = shape.text("message") {
            json_path::set(&mut body, path, json!(message));
        }
        if let Some(path) = shape.text("type") {
            let word = kind.unwrap_or_else(|| "invalid_request_error".to_owned());
            json_path::set(&mut body, path, json!(word));
        }
        if let Some(path) = shape.text("param") {
            json_path::set(&mut body, path, Value::Null);
        }
        body
    }
}

/// The code that a clause pairs with its condition.
pub(super) fn code_of(clause: &Clause) -> Option<String> {
    let number = || clause.count("code-number").map(|number| number.to_string());
    clause.text("code").map(str::to_owned).or_else(number)
}
