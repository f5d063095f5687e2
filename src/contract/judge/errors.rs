//! Refusals held against what sources pair with their condition, and against the stated shapes of
//! their bodies.

use serde_json::Value;

use super::error_details::{error_code, error_type};
use super::{AnswerClass, Assessment, Classification, Verdict};
use crate::catalog::{
    AnswerClause, AnswerRole, CodeType, Condition, ErrorBodyClause, ErrorClause, TypedClause,
};
use crate::contract::error_case::errors;
use crate::contract::{Contract, Exchange, Promise, at};

pub(super) fn refused(
    contract: &Contract<'_>,
    condition: Condition,
    (exchange, class): (&Exchange, &Classification),
    accepted: Verdict,
) -> Assessment {
    let seen = class.observed();
    if class.class == AnswerClass::Accepted {
        return Assessment::new(accepted, "taken, though it is outside what is promised", seen);
    }
    if class.class == AnswerClass::Malformed {
        return Assessment::caused(accepted, "answered, though it should be refused", class);
    }
    let status = exchange.status.unwrap_or(0);
    match unlike(contract, condition, exchange, status) {
        Some(why) => Assessment::caused(Verdict::Broken, why, class),
        None if (200..300).contains(&status) => {
            Assessment::caused(Verdict::Broken, format!("refused with status {status}"), class)
        }
        None => Assessment::holds(seen + &quote(contract, exchange).unwrap_or_default()),
    }
}

/// The price that an answer quotes, where the contract has a place for one.
fn quote(contract: &Contract<'_>, exchange: &Exchange) -> Option<String> {
    let mut answers = contract.clauses::<AnswerClause>();
    let place = answers.find(|answer| answer.role == Some(AnswerRole::Price))?;
    let amount = at(&exchange.body, &place.path)?.as_str()?;
    Some(format!(", quotes {amount}"))
}

/// In what a refusal differs from all that sources pair with its condition, or with a broader one
/// and its status where they do not speak of this one.
fn unlike(
    contract: &Contract<'_>,
    condition: Condition,
    exchange: &Exchange,
    status: u16,
) -> Option<String> {
    let of = |error: &TypedClause<'_, ErrorClause>| has_status(error, status);
    let own = errors(contract, condition);
    let statuses: Vec<_> = own.iter().filter_map(|error| error.status).collect();
    if !statuses.is_empty() && !statuses.contains(&u64::from(status)) {
        return Some(format!("the status is not {}", any_of(statuses)));
    }
    let broader = condition.broader().filter(|_| own.is_empty());
    let paired = own.into_iter().chain(broader.into_iter().flat_map(|b| errors(contract, b)));
    let mut paired: Vec<_> = paired.filter(of).collect();
    if broader.is_some() && !paired.is_empty() {
        // Whatever else comes with this status may be said of so broad a thing, too.
        paired.extend(contract.clauses::<ErrorClause>().filter(|error| error.status.is_some()));
        paired.retain(of);
    }
    let codes: Vec<_> = paired.iter().filter_map(|error| error.code_text()).collect();
    let types: Vec<_> = paired.iter().filter_map(|error| error.error_type.as_deref()).collect();
    let (code, word) = (error_code(contract, &exchange.body), error_type(contract, &exchange.body));
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
    let errors = contract.clauses::<ErrorClause>();
    let errors: Vec<_> = errors.filter(|error| has_status(error, status)).collect();
    let known = |text: &String| {
        errors.iter().any(|error| {
            error.code_text().as_ref() == Some(text) || error.error_type.as_ref() == Some(text)
        })
    };
    let words = [
        ("code", error_code(contract, &exchange.body)),
        ("type", error_type(contract, &exchange.body)),
    ];
    let strange = words.into_iter().filter_map(|(key, word)| Some((key, word?)));
    let strange = strange.filter(|(_, word)| !known(word));
    let strange: Vec<_> = strange.map(|(key, word)| format!("{key} `{word}`")).collect();
    (!strange.is_empty())
        .then(|| format!("no source pairs status {status} with {}", strange.join(" and ")))
}

/// Whether a limit's refusal came without the Retry-After that a source promises.
pub fn lacks_retry_after(contract: &Contract<'_>, exchange: &Exchange) -> Option<String> {
    exchange.status.filter(|status| *status == 429)?;
    let mut errors = contract.clauses::<ErrorClause>();
    let promised =
        errors.find(|error| error.status == Some(429) && error.retry_after == Some(true));
    let side = promised?.clause.side();
    let has = exchange.headers.iter().any(|(name, _)| name == "retry-after");
    (!has).then(|| format!("429 came without Retry-After, which {side} promises"))
}

/// Whether a clause speaks of a status, or of none.
fn has_status(error: &ErrorClause, status: u16) -> bool {
    error.status.is_none_or(|known| known == u64::from(status))
}

/// The shape of a refusal's body: all that one side says of it.
pub(super) fn error_body(
    promise: &Promise<'_>,
    exchange: &Exchange,
    class: &Classification,
) -> Assessment {
    if matches!(class.class, AnswerClass::Accepted | AnswerClass::Malformed) {
        return Assessment::skipped("it was not refused");
    }
    let mut reasons = Vec::new();
    for shape in promise.typed::<ErrorBodyClause>() {
        match misshapen(&shape, &exchange.body) {
            None => return Assessment::holds(format!("as {} says", shape.clause.side())),
            Some(why) => reasons.push(format!("{}: {why}", shape.clause.side())),
        }
    }
    Assessment::broken("the body has the shape of no source", reasons.join("; "))
}

/// What a body lacks of one side's shape.
fn misshapen(shape: &ErrorBodyClause, body: &Value) -> Option<String> {
    let is_text = |value: &Value| value.is_string();
    let may_be_null = |value: &Value| value.is_string() || value.is_null();
    let is_code = |value: &Value| match shape.code_type {
        Some(CodeType::Integer) => value.is_i64() || value.is_u64(),
        Some(CodeType::NullOrString) => may_be_null(value),
        Some(CodeType::String) => value.is_string(),
        None => true,
    };
    let unlike = |path: &Option<String>, fits: &dyn Fn(&Value) -> bool| {
        let path = path.as_ref()?;
        let Some(value) = at(body, path) else { return Some(format!("`{path}` is missing")) };
        (!fits(value)).then(|| format!("`{path}` has another type"))
    };
    unlike(&shape.code, &is_code)
        .or_else(|| unlike(&shape.message, &is_text))
        .or_else(|| unlike(&shape.error_type, &is_text))
        .or_else(|| unlike(&shape.param, &may_be_null))
}
