//! How a listing refuses and fails: status, code, meaning, whether to try again, whether it costs.

use crate::catalog::{Condition, ErrorBodyClause, ErrorClause, Field, FieldValue};
use crate::site::escape::CodeBlock;
use crate::site::format::yes_no;
use crate::site::listing::context::ListingContext;
use crate::site::view::side::{ClauseWording, WordingSides};

/// One refusal or failure.
#[derive(Debug)]
pub(crate) struct RefusalRow<'s> {
    pub(crate) status: String,
    pub(crate) code: String,
    pub(crate) kind: String,
    pub(crate) meaning: String,
    pub(crate) retryable: &'static str,
    pub(crate) charged: &'static str,
    pub(crate) retry_after: bool,
    pub(crate) by: WordingSides<'s>,
}

/// The refusals with their status, and the codes that no source pairs with one.
pub(crate) fn refusals<'s>(
    context: &ListingContext<'s, '_>,
) -> (Vec<RefusalRow<'s>>, Vec<RefusalRow<'s>>) {
    let general =
        context.value(Field::FailureCharged).and_then(FieldValue::try_as_flag_ref).copied();
    let row = |ClauseWording { says: error, by }: ClauseWording<'s, &ErrorClause>| RefusalRow {
        status: error.status.map(|status| status.to_string()).unwrap_or_default(),
        code: error.code_text().unwrap_or_default(),
        kind: error.error_type.clone().unwrap_or_default(),
        meaning: meaning(error),
        retryable: yes_no(error.retryable),
        charged: yes_no(error.charged.or(general)),
        retry_after: error.retry_after == Some(true),
        by,
    };
    let rows = context.wordings(|_| true).into_iter().map(row);
    rows.partition(|row| !row.status.is_empty())
}

/// What to do about refusals of one kind.
#[derive(Debug)]
pub(crate) struct ErrorAdvice {
    pub(crate) what: &'static str,
    /// Statuses and codes: `400 invalid_request`.
    pub(crate) codes: Vec<String>,
}

/// So many codes are named for each kind; the reference has all.
const MAX_CODES: usize = 8;

/// The refusals by what to do about them.
pub(crate) fn error_advice(context: &ListingContext<'_, '_>) -> Vec<ErrorAdvice> {
    const KINDS: [&str; 4] = [
        "Fix your request",
        "Fix your key or balance",
        "Wait and try again",
        "Report it to the seller",
    ];
    let mut kinds: [Vec<String>; 4] = Default::default();
    for ClauseWording { says: error, .. } in context.wordings(|_: &ErrorClause| true) {
        let status = error.status.or_else(|| Some(error.when?.usual_status().into()));
        let kind = match (error.when, status) {
            (Some(Condition::NoFunds), _) | (_, Some(401..=403)) => 1,
            (_, Some(500..)) if error.retryable != Some(true) => 3,
            (_, Some(408 | 429 | 500..)) => 2,
            (_, Some(_)) => 0,
            (_, None) => continue,
        };
        let parts = [error.status.map(|it| it.to_string()), error.code_text()];
        let code = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        if !code.is_empty() && !kinds[kind].contains(&code) {
            kinds[kind].push(code);
        }
    }
    let advice = KINDS.into_iter().zip(kinds).filter(|(_, codes)| !codes.is_empty());
    let advice = advice.map(|(what, mut codes)| {
        if codes.len() > MAX_CODES {
            let more = codes.len() - MAX_CODES;
            codes.truncate(MAX_CODES);
            codes.push(format!("{more} more"));
        }
        ErrorAdvice { what, codes }
    });
    advice.collect()
}

/// A body of a refusal of which every part is stated; none where each would be made up in part.
pub(crate) fn refusal_sample(context: &ListingContext<'_, '_>) -> Option<CodeBlock> {
    let contract = context.contract.as_ref()?;
    let shape = contract.clauses::<ErrorBodyClause>().next()?;
    let whole = |condition: &&Condition| {
        contract.error(**condition).is_some_and(|error| {
            (shape.code.is_none() || error.code_text().is_some())
                && (shape.error_type.is_none() || error.error_type.is_some())
                && (shape.message.is_none() || error.message.is_some())
        })
    };
    let mut body = contract.error_case(*Condition::ALL.iter().find(whole)?).body;
    // What the catalog has as a message may be our words for it, and is not printed as an answer's.
    let message = shape.message.as_ref().map(|path| format!("/{}", path.replace('.', "/")));
    if let Some(message) = message.and_then(|pointer| body.pointer_mut(&pointer)) {
        *message = serde_json::json!("…");
    }
    Some(CodeBlock::new("json", serde_json::to_string_pretty(&body).unwrap_or_default()))
}

/// The source's meaning, or the condition in our words.
fn meaning(error: &ErrorClause) -> String {
    match (&error.message, error.when) {
        (Some(message), _) if !message.is_empty() => message.clone(),
        (_, Some(condition)) => condition.description().to_owned(),
        (_, None) => "not stated".to_owned(),
    }
}
