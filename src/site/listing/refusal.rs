//! How a listing refuses and fails: status, code, meaning, whether to try again, whether it costs.

use crate::catalog::{ClauseKind, Field, Value};
use crate::contract::Condition;
use crate::site::escape::CodeBlock;
use crate::site::format::yes_no;
use crate::site::listing::clause::{self, ClauseSide, text};
use crate::site::listing::context::ListingContext;

/// One refusal or failure.
#[derive(Debug)]
pub(crate) struct RefusalRow {
    /// The status, or nothing where no source pairs one.
    pub(crate) status: String,
    pub(crate) code: String,
    pub(crate) kind: String,
    pub(crate) meaning: String,
    pub(crate) retryable: &'static str,
    pub(crate) charged: &'static str,
    /// Whether the answer says when to try again.
    pub(crate) retry_after: bool,
    pub(crate) disputed: bool,
    pub(crate) sides: Vec<ClauseSide>,
    pub(crate) notes: Vec<String>,
}

/// The refusals with their status, and the codes that no source pairs with one.
pub(crate) fn refusals(context: &ListingContext<'_, '_>) -> (Vec<RefusalRow>, Vec<RefusalRow>) {
    let Some(contract) = &context.contract else { return (Vec::new(), Vec::new()) };
    let general = match context.value(Field::FailureCharged) {
        Some(Value::Flag(charged)) => Some(*charged),
        _ => None,
    };
    let mut rows = Vec::new();
    for promise in contract.promises.iter().filter(|p| p.kind == ClauseKind::Error) {
        let wordings = clause::wordings(context, promise.sides.iter().copied());
        let disputed = wordings.len() > 1;
        for wording in wordings {
            let clause = wording.clause;
            let number = text(clause, "code-number");
            let code = text(clause, "code");
            rows.push(RefusalRow {
                status: text(clause, "status"),
                code: if code.is_empty() { number } else { code },
                kind: text(clause, "type"),
                meaning: meaning(&text(clause, "message"), clause.text("when")),
                retryable: yes_no(clause.flag("retryable")),
                charged: yes_no(clause.flag("charged").or(general)),
                retry_after: clause.flag("retry-after") == Some(true),
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
    let shape = contract.clauses(ClauseKind::ErrorBody).next()?;
    let whole = |condition: &&Condition| {
        let Some(clause) = contract.error(**condition) else { return false };
        let has = |key: &str| clause.says.iter().any(|(name, _)| *name == key);
        let stated = |part: &str, known: bool| known || shape.text(part).is_none();
        stated("code", has("code") || has("code-number"))
            && stated("type", has("type"))
            && stated("message", has("message"))
    };
    let body = contract.refusal(*Condition::ALL.iter().find(whole)?).body;
    Some(CodeBlock::new("json", serde_json::to_string_pretty(&body).unwrap_or_default()))
}

/// The source's meaning, or the condition in our words.
fn meaning(message: &str, when: Option<&str>) -> String {
    let condition = Condition::ALL.iter().find(|condition| Some(condition.word()) == when);
    match condition {
        _ if !message.is_empty() => message.to_owned(),
        Some(condition) => condition.words().to_owned(),
        None => "not stated".to_owned(),
    }
}
