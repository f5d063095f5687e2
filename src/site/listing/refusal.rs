//! How a listing refuses and fails: status, code, meaning, whether to try again, whether it costs.

use crate::catalog::{Condition, ErrorBodyClause, ErrorClause, Field, Value};
use crate::site::escape::CodeBlock;
use crate::site::format::yes_no;
use crate::site::listing::clause::{self, ClauseSide};
use crate::site::listing::context::ListingContext;

/// One refusal or failure.
#[derive(Debug)]
pub(crate) struct RefusalRow {
    pub(crate) status: String,
    pub(crate) code: String,
    pub(crate) kind: String,
    pub(crate) meaning: String,
    pub(crate) retryable: &'static str,
    pub(crate) charged: &'static str,
    pub(crate) retry_after: bool,
    pub(crate) disputed: bool,
    pub(crate) sides: Vec<ClauseSide>,
    pub(crate) notes: Vec<String>,
}

/// The refusals with their status, and the codes that no source pairs with one.
pub(crate) fn refusals(context: &ListingContext<'_, '_>) -> (Vec<RefusalRow>, Vec<RefusalRow>) {
    let Some(contract) = &context.contract else { return (Vec::new(), Vec::new()) };
    let general = context.value(Field::FailureCharged).and_then(Value::try_as_flag_ref).copied();
    let mut rows = Vec::new();
    for promise in &contract.promises {
        let errors = promise.typed::<ErrorClause>().map(|error| error.clause);
        let wordings = clause::wordings(context, errors);
        let disputed = wordings.len() > 1;
        for wording in wordings {
            let Some(error) = wording.typed::<ErrorClause>() else { continue };
            rows.push(RefusalRow {
                status: error.status.map(|status| status.to_string()).unwrap_or_default(),
                code: error.code_text().unwrap_or_default(),
                kind: error.error_type.clone().unwrap_or_default(),
                meaning: meaning(&error),
                retryable: yes_no(error.retryable),
                charged: yes_no(error.charged.or(general)),
                retry_after: error.retry_after == Some(true),
                disputed,
                sides: wording.sides,
                notes: wording.notes,
            });
        }
    }
    rows.into_iter().partition(|row: &RefusalRow| !row.status.is_empty())
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
    let body = contract.error_case(*Condition::ALL.iter().find(whole)?).body;
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
