//! Fields of an answer and words of a task, each held against all sides of its promise.

use serde_json::Value;

use super::{Judgement, is_sync};
use crate::catalog::{Clause, ClauseKind};
use crate::contract::{Contract, Exchange, Promise, TaskEvidence, at, each};

/// A field of the answer, as the first side says that fits.
pub(super) fn answer(
    contract: &Contract<'_>,
    promise: &Promise<'_>,
    exchange: &Exchange,
) -> Judgement {
    if contract.has_tasks() && is_sync(exchange) {
        return Judgement::skipped("answered at once, of which no source shows the shape");
    }
    if let Some(other) = other_shape(contract, promise, exchange) {
        return Judgement::skipped(format!("the answer has the shape that {other} shows"));
    }
    let mut reasons = Vec::new();
    for clause in &promise.sides {
        if let Some(task) = exchange.task.as_ref().filter(|task| task.end == "done")
            && clause.text("when").is_some_and(|when| is_word_of(contract, "failed", when))
        {
            return Judgement::skipped(format!("the task ended as {}", task.end));
        }
        let body = match (clause.text("call"), &exchange.task) {
            (Some("poll"), Some(task)) => of_state(contract, clause, task),
            (Some("result"), Some(task)) => task.result.as_ref(),
            (Some("poll" | "result"), None) => None,
            (_, Some(_)) if exchange.body.is_null() => {
                return Judgement::skipped("an earlier run had the first answer");
            }
            _ => Some(&exchange.body),
        };
        let Some(body) = body else {
            return match &exchange.task {
                None => Judgement::broken("there is no task to ask for", ""),
                Some(task) => Judgement::unclear("the task did not come so far", task.end.clone()),
            };
        };
        match keeps(clause, body, exchange.asked_at) {
            Ok(Some(seen)) => {
                let side = if promise.is_disputed() {
                    format!(", as {} says", clause.side())
                } else {
                    String::new()
                };
                return Judgement::holds(format!("{seen}{side}"));
            }
            Ok(None) => reasons.push(None),
            Err(why) => reasons.push(Some(why)),
        }
    }
    match reasons.into_iter().flatten().next() {
        Some(why) => Judgement::broken(why, ""),
        None => Judgement::skipped("not in this answer, and not required"),
    }
}

/// Where sources show different shapes of one answer, and it has that of another source than the
/// one that alone makes this promise: that source.
fn other_shape<'c>(
    contract: &'c Contract<'_>,
    promise: &Promise<'_>,
    exchange: &Exchange,
) -> Option<&'c str> {
    let own = promise.sides.first().filter(|_| !promise.is_disputed())?;
    let call = own.text("call")?;
    let shapes = contract.answer_variants(call);
    if call != "create" || !shapes.contains(&own.source.as_str()) {
        return None;
    }
    let fits = |source: &str| {
        let promises = contract
            .promises
            .iter()
            .filter(|promise| promise.kind == ClauseKind::Answer && promise.is_disputed());
        let mut sides = promises
            .flat_map(|promise| &promise.sides)
            .filter(|side| side.source == source && side.text("call") == Some(call));
        sides.all(|side| matches!(keeps(side, &exchange.body, exchange.asked_at), Ok(Some(_))))
    };
    let mut others = shapes.into_iter().filter(|source| *source != own.source);
    if fits(&own.source) { None } else { others.find(|source| fits(source)) }
}

/// The body in which a clause of a poll is to be looked for.
fn of_state<'t>(
    contract: &Contract<'_>,
    clause: &Clause,
    task: &'t TaskEvidence,
) -> Option<&'t Value> {
    let Some(when) = clause.text("when") else { return task.polls.first() };
    if is_word_of(contract, "done", when) && task.end != "done" {
        return None;
    }
    if is_word_of(contract, "failed", when) && task.end != "failed" {
        return None;
    }
    task.polls.last()
}

/// Whether any source has the word for a state.
fn is_word_of(contract: &Contract<'_>, state: &str, word: &str) -> bool {
    let mut clauses = contract.clauses(ClauseKind::Task);
    clauses.any(|clause| clause.texts(state).is_some_and(|all| all.iter().any(|w| w == word)))
}

/// Whether all values at a clause's path keep it: `None` where none is there, and may be absent.
fn keeps(clause: &Clause, body: &Value, asked_at: i64) -> Result<Option<String>, String> {
    let mut seen = None;
    for value in each(body, clause.text("path").unwrap_or_default()) {
        seen = value_keeps(clause, value, asked_at)?.or(seen);
    }
    Ok(seen)
}

fn value_keeps(
    clause: &Clause,
    value: Option<&Value>,
    asked_at: i64,
) -> Result<Option<String>, String> {
    let path = clause.text("path").unwrap_or_default();
    let required = clause.flag("required") == Some(true);
    let Some(value) = value else {
        return if required { Err(format!("`{path}` is missing")) } else { Ok(None) };
    };
    let kind = clause.text("type").unwrap_or_default();
    let typed = match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        _ => true,
    };
    if !typed {
        if value.is_null() && !required {
            return Ok(None);
        }
        return Err(format!("`{path}` is not of type {kind}"));
    }
    let allowed = clause.texts("allowed").unwrap_or_default();
    if !allowed.is_empty() && !allowed.iter().any(|word| value == word.as_str()) {
        return Err(format!("`{path}` is none of {}", allowed.join(", ")));
    }
    let number = value.as_u64();
    if clause.count("min").zip(number).is_some_and(|(min, number)| number < min)
        || clause.count("max").zip(number).is_some_and(|(max, number)| number > max)
    {
        return Err(format!("`{path}` is outside its bounds"));
    }
    if let (Some(count), Some(items)) = (clause.count("count"), value.as_array())
        && items.len() as u64 != count
    {
        return Err(format!("`{path}` has {} items, not {count}", items.len()));
    }
    if clause.text("role") == Some("created") && kind != "object" {
        let seconds = value.as_i64().or_else(|| value.as_str()?.parse().ok());
        // A date in words is a time, too, but not one to reckon with.
        if seconds.is_some_and(|seconds| seconds.abs_diff(asked_at) > 86_400) {
            return Err(format!("`{path}` is more than a day off"));
        }
    }
    Ok(Some(format!("`{path}` is {kind}")))
}

/// The words of the states that were met.
pub(super) fn words(
    contract: &Contract<'_>,
    promise: &Promise<'_>,
    exchange: &Exchange,
) -> Judgement {
    let Some(task) = &exchange.task else {
        return if is_sync(exchange) {
            Judgement::skipped("answered at once")
        } else {
            Judgement::broken("neither a task nor an image in the answer", "")
        };
    };
    let met = met_words(contract, exchange, task);
    let state = ["under-way", "done", "failed"]
        .into_iter()
        .find(|state| promise.sides[0].texts(state).is_some());
    let Some(state) = state else { return Judgement::skipped("no state is named") };
    let known = |word: &String| {
        let mut states = ["under-way", "done", "failed"].into_iter();
        states.any(|state| {
            let mut clauses = contract.clauses(ClauseKind::Task);
            clauses.any(|clause| clause.texts(state).is_some_and(|all| all.contains(word)))
        })
    };
    if state == "under-way"
        && let Some(strange) = met.iter().find(|word| !known(word))
    {
        return Judgement::broken(format!("`{strange}` is no word of any source"), met.join(", "));
    }
    // A side fits whole: all words met of this state are its own.
    let of_state: Vec<&String> = met
        .iter()
        .filter(|word| {
            promise.sides.iter().any(|c| c.texts(state).is_some_and(|all| all.contains(word)))
        })
        .collect();
    if of_state.is_empty() {
        return Judgement::skipped("no such state was met");
    }
    let side = promise.sides.iter().find(|clause| {
        of_state.iter().all(|word| clause.texts(state).is_some_and(|all| all.contains(word)))
    });
    match side {
        Some(side) => Judgement::holds(format!("{}, as {} says", of_state[0], side.side())),
        None => Judgement::broken("words of several sides are mixed", met.join(", ")),
    }
}

/// Every state word of the answer and its polls.
pub(super) fn met_words(
    contract: &Contract<'_>,
    exchange: &Exchange,
    task: &TaskEvidence,
) -> Vec<String> {
    let word = |call: &str, body: &Value| {
        let mut clauses = contract.clauses(ClauseKind::Answer).filter(|clause| {
            clause.text("call") == Some(call) && clause.text("role") == Some("task-status")
        });
        clauses.find_map(|clause| at(body, clause.text("path")?)?.as_str().map(str::to_owned))
    };
    let polled = task.polls.iter().filter_map(|body| word("poll", body));
    let mut met: Vec<String> = word("create", &exchange.body).into_iter().chain(polled).collect();
    met.dedup();
    met
}
