//! Refusals held against what sources pair with their condition, and against the stated shapes of
//! their bodies.

use serde_json::Value;

use super::{Judgement, Verdict};
use crate::catalog::{Clause, ClauseKind};
use crate::contract::error_case::code_of;
use crate::contract::{Condition, Contract, Exchange, Promise, at};

pub(super) fn refused(
    contract: &Contract<'_>,
    condition: Condition,
    exchange: &Exchange,
    accepted: Verdict,
) -> Judgement {
    let status = exchange.status.unwrap_or(0);
    let seen = said(contract, exchange);
    if (200..300).contains(&status) {
        return Judgement::new(accepted, "taken, though it is outside what is promised", seen);
    }
    if status == 402 || (accepted == Verdict::Looser && matches!(status, 401 | 403)) {
        return Judgement::unclear("the key or its balance was refused", seen);
    }
    match unlike(contract, condition, exchange, status) {
        Some(why) => Judgement::broken(why, seen),
        None => Judgement::holds(seen),
    }
}

/// In what a refusal differs from all that sources pair with its condition, or with a broader one
/// and its status where they do not speak of this one.
fn unlike(
    contract: &Contract<'_>,
    condition: Condition,
    exchange: &Exchange,
    status: u16,
) -> Option<String> {
    let of = |clause: &&Clause| clause.count("status").is_none_or(|s| s == u64::from(status));
    let own = contract.errors(condition);
    let statuses: Vec<_> = own.iter().filter_map(|clause| clause.count("status")).collect();
    if !statuses.is_empty() && !statuses.contains(&u64::from(status)) {
        return Some(format!("the status is not {}", any_of(statuses)));
    }
    let broader = condition.broader().filter(|_| own.is_empty());
    let paired = own.into_iter().chain(broader.into_iter().flat_map(|b| contract.errors(b)));
    let mut paired: Vec<&Clause> = paired.filter(of).collect();
    if broader.is_some() && !paired.is_empty() {
        // Whatever else comes with this status may be said of so broad a thing, too.
        paired.extend(contract.clauses(ClauseKind::Error).filter(|c| c.count("status").is_some()));
        paired.retain(|clause| of(clause));
    }
    let codes: Vec<_> = paired.iter().filter_map(|clause| code_of(clause)).collect();
    let types: Vec<_> = paired.iter().filter_map(|clause| clause.text("type")).collect();
    let (code, word) = (code(contract, exchange), error_text(contract, exchange, "type"));
    if !codes.is_empty() && code.as_ref().is_some_and(|code| !codes.contains(code)) {
        return Some(format!("the code is not {}", any_of(codes)));
    }
    // A list that prints a word beside a status does not say whether it is the type or the code.
    let named = |text: &Option<String>| text.as_deref().is_some_and(|text| types.contains(&text));
    if !types.is_empty() && word.is_some() && !named(&word) && !named(&code) {
        return Some(format!("the type is not {}", any_of(types)));
    }
    None
}

/// Values, each once, in words.
fn any_of<T: ToString>(values: Vec<T>) -> String {
    let mut words: Vec<String> = Vec::new();
    for value in values {
        let word = value.to_string();
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(" or ")
}

/// The code and the type of a refusal that no source pairs with its status or any condition.
pub fn unpaired(contract: &Contract<'_>, exchange: &Exchange) -> Option<String> {
    let status = exchange.status.filter(|status| (400..500).contains(status))?;
    let of = |clause: &&Clause| clause.count("status").is_none_or(|s| s == u64::from(status));
    let clauses: Vec<&Clause> = contract.clauses(ClauseKind::Error).filter(of).collect();
    let known = |text: &String| {
        clauses.iter().any(|c| code_of(c).as_ref() == Some(text) || c.text("type") == Some(text))
    };
    let words =
        [("code", code(contract, exchange)), ("type", error_text(contract, exchange, "type"))];
    let strange = words.into_iter().filter_map(|(key, word)| Some((key, word?)));
    let strange = strange.filter(|(_, word)| !known(word));
    let strange: Vec<_> = strange.map(|(key, word)| format!("{key} `{word}`")).collect();
    (!strange.is_empty())
        .then(|| format!("no source pairs status {status} with {}", strange.join(" and ")))
}

/// Whether a limit's refusal came without the Retry-After that a source promises.
pub fn lacks_retry_after(contract: &Contract<'_>, exchange: &Exchange) -> Option<String> {
    exchange.status.filter(|status| *status == 429)?;
    let mut promised = contract.clauses(ClauseKind::Error).filter(|clause| {
        clause.count("status") == Some(429) && clause.flag("retry-after") == Some(true)
    });
    let side = promised.next()?.side();
    let has = exchange.headers.iter().any(|(name, _)| name == "retry-after");
    (!has).then(|| format!("429 came without Retry-After, which {side} promises"))
}

/// What an answer says of its refusal: status and code.
pub(super) fn said(contract: &Contract<'_>, exchange: &Exchange) -> String {
    let status = exchange.status.map_or_else(String::new, |status| format!("status {status}"));
    match code(contract, exchange) {
        Some(code) => format!("{status}, code {code}"),
        None => status,
    }
}

fn code(contract: &Contract<'_>, exchange: &Exchange) -> Option<String> {
    error_text(contract, exchange, "code")
}

fn error_text(contract: &Contract<'_>, exchange: &Exchange, key: &str) -> Option<String> {
    let mut shapes = contract.clauses(ClauseKind::ErrorBody);
    let found = shapes.find_map(|shape| at(&exchange.body, shape.text(key)?));
    match found? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The shape of a refusal's body: all that one side says of it.
pub(super) fn error_body(promise: &Promise<'_>, exchange: &Exchange) -> Judgement {
    let status = exchange.status.unwrap_or(0);
    if !(400..500).contains(&status) {
        return Judgement::skipped("it was not refused");
    }
    let mut reasons = Vec::new();
    for side in &promise.sides {
        match misshapen(side, &exchange.body) {
            None => return Judgement::holds(format!("as {} says", side.side())),
            Some(why) => reasons.push(format!("{}: {why}", side.side())),
        }
    }
    Judgement::broken("the body has the shape of no source", reasons.join("; "))
}

/// What a body lacks of one side's shape.
fn misshapen(side: &Clause, body: &Value) -> Option<String> {
    for key in ["code", "message", "type", "param"] {
        let Some(path) = side.text(key) else { continue };
        let Some(value) = at(body, path) else { return Some(format!("`{path}` is missing")) };
        let form = if key == "code" { side.text("code-type") } else { Some("string") };
        let fits = match form {
            _ if key == "param" => value.is_string() || value.is_null(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("null-or-string") => value.is_string() || value.is_null(),
            Some(_) => value.is_string(),
            None => true,
        };
        if !fits {
            return Some(format!("`{path}` has another type"));
        }
    }
    None
}
