//! Fields of an answer and words of a task, each held against all sides of its promise.

use serde_json::Value;

use super::{Assessment, is_sync};
use crate::catalog::{
    AnswerClause, AnswerRole, CallName, JsonType, TaskClause, TaskState, TypedClause,
};
use crate::contract::json_path::has_type;
use crate::contract::{Contract, Exchange, Promise, TaskEnd, TaskEvidence, at, each};

/// A field of the answer, as the first side says that fits.
pub(super) fn answer(
    contract: &Contract<'_>,
    promise: &Promise<'_>,
    exchange: &Exchange,
) -> Assessment {
    if contract.has_tasks() && is_sync(exchange) {
        return Assessment::skipped("answered at once, of which no source shows the shape");
    }
    if let Some(other) = other_shape(contract, promise, exchange) {
        return Assessment::skipped(format!("the answer has the shape that {other} shows"));
    }
    let mut reasons = Vec::new();
    for answer in promise.typed::<AnswerClause>() {
        if let Some(task) = exchange.task.as_ref().filter(|task| task.is_done())
            && let Some(when) = &answer.when
            && contract.is_task_word(TaskState::Failed, when)
        {
            return Assessment::skipped(format!("the task ended as {}", task.end));
        }
        let body = match (answer.call, &exchange.task) {
            (CallName::Poll, Some(task)) => of_state(contract, &answer, task),
            (CallName::Result, Some(task)) => task.result.as_ref(),
            (CallName::Poll | CallName::Result, None) => None,
            (CallName::Create, Some(_)) if exchange.body.is_null() => {
                return Assessment::skipped("an earlier run had the first answer");
            }
            (CallName::Create, _) => Some(&exchange.body),
        };
        let Some(body) = body else {
            return match &exchange.task {
                None => Assessment::broken("there is no task to ask for", ""),
                Some(task) => {
                    Assessment::unclear("the task did not come so far", task.end.to_string())
                }
            };
        };
        match keeps(&answer, body, exchange.asked_at) {
            Ok(Some(seen)) => {
                let side = if promise.is_disputed() {
                    format!(", as {} says", answer.clause.side())
                } else {
                    String::new()
                };
                return Assessment::holds(format!("{seen}{side}"));
            }
            Ok(None) => reasons.push(None),
            Err(why) => reasons.push(Some(why)),
        }
    }
    match reasons.into_iter().flatten().next() {
        Some(why) => Assessment::broken(why, ""),
        None => Assessment::skipped("not in this answer, and not required"),
    }
}

/// Where sources show different shapes of one answer, and it has that of another source than the
/// one that alone makes this promise: that source.
fn other_shape<'c>(
    contract: &'c Contract<'_>,
    promise: &Promise<'_>,
    exchange: &Exchange,
) -> Option<&'c str> {
    let own = promise.typed::<AnswerClause>().next().filter(|_| !promise.is_disputed())?;
    let shapes = contract.answer_variants(own.call);
    let own_source = own.clause.source.as_str();
    if own.call != CallName::Create || !shapes.contains(&own_source) {
        return None;
    }
    let fits = |source: &str| {
        let disputed = contract.promises.iter().filter(|promise| promise.is_disputed());
        let mut sides = disputed
            .flat_map(Promise::typed::<AnswerClause>)
            .filter(|side| side.clause.source == source && side.call == own.call);
        sides.all(|side| matches!(keeps(&side, &exchange.body, exchange.asked_at), Ok(Some(_))))
    };
    let mut others = shapes.iter().copied().filter(|source| *source != own_source);
    if fits(own_source) { None } else { others.find(|source| fits(source)) }
}

/// The body in which a field of a poll is to be looked for.
fn of_state<'t>(
    contract: &Contract<'_>,
    answer: &AnswerClause,
    task: &'t TaskEvidence,
) -> Option<&'t Value> {
    let Some(when) = &answer.when else { return task.polls.first() };
    if contract.is_task_word(TaskState::Done, when) && task.end != TaskEnd::Done {
        return None;
    }
    if contract.is_task_word(TaskState::Failed, when) && task.end != TaskEnd::Failed {
        return None;
    }
    task.polls.last()
}

/// Whether all values at a clause's path keep it: `None` where none is there, and may be absent.
fn keeps(answer: &AnswerClause, body: &Value, asked_at: i64) -> Result<Option<String>, String> {
    let mut seen = None;
    for value in each(body, &answer.path) {
        seen = value_keeps(answer, value, asked_at)?.or(seen);
    }
    Ok(seen)
}

fn value_keeps(
    answer: &AnswerClause,
    value: Option<&Value>,
    asked_at: i64,
) -> Result<Option<String>, String> {
    let AnswerClause { path, json_type, required, .. } = answer;
    let Some(value) = value else {
        return if *required { Err(format!("`{path}` is missing")) } else { Ok(None) };
    };
    if !has_type(value, *json_type) {
        if value.is_null() && !required {
            return Ok(None);
        }
        return Err(format!("`{path}` is not of type {json_type}"));
    }
    let allowed = answer.allowed.as_deref().unwrap_or_default();
    if !allowed.is_empty() && !allowed.iter().any(|word| value == word.as_str()) {
        return Err(format!("`{path}` is none of {}", allowed.join(", ")));
    }
    let number = value.as_u64();
    if answer.min.zip(number).is_some_and(|(min, number)| number < min)
        || answer.max.zip(number).is_some_and(|(max, number)| number > max)
    {
        return Err(format!("`{path}` is outside its bounds"));
    }
    if let (Some(count), Some(items)) = (answer.count, value.as_array())
        && items.len() as u64 != count
    {
        return Err(format!("`{path}` has {} items, not {count}", items.len()));
    }
    if answer.role == Some(AnswerRole::Created) && *json_type != JsonType::Object {
        let seconds = value.as_i64().or_else(|| value.as_str()?.parse().ok());
        // A date in words is a time, too, but not one to reckon with.
        if seconds.is_some_and(|seconds| seconds.abs_diff(asked_at) > 86_400) {
            return Err(format!("`{path}` is more than a day off"));
        }
    }
    Ok(Some(format!("`{path}` is {json_type}")))
}

/// The words of the states that were met.
pub(super) fn words(
    contract: &Contract<'_>,
    promise: &Promise<'_>,
    exchange: &Exchange,
) -> Assessment {
    let Some(task) = &exchange.task else {
        return if is_sync(exchange) {
            Assessment::skipped("answered at once")
        } else {
            Assessment::broken("neither a task nor an image in the answer", "")
        };
    };
    let met = met_words(contract, exchange, task);
    let sides: Vec<TypedClause<'_, TaskClause>> = promise.typed().collect();
    let named =
        |state: &&TaskState| sides.first().is_some_and(|side| side.words(**state).is_some());
    let Some(&state) = TaskState::ALL.iter().find(named) else {
        return Assessment::skipped("no state is named");
    };
    let known =
        |word: &String| TaskState::ALL.iter().any(|state| contract.is_task_word(*state, word));
    if state == TaskState::UnderWay
        && let Some(strange) = met.iter().find(|word| !known(word))
    {
        return Assessment::broken(format!("`{strange}` is no word of any source"), met.join(", "));
    }
    // A side fits whole: all words met of this state are its own.
    let has_word = |word: &&String| sides.iter().any(|side| side.has_word(state, word));
    let of_state: Vec<&String> = met.iter().filter(has_word).collect();
    if of_state.is_empty() {
        return Assessment::skipped("no such state was met");
    }
    let side = sides.iter().find(|side| of_state.iter().all(|word| side.has_word(state, word)));
    match side {
        Some(side) => Assessment::holds(format!("{}, as {} says", of_state[0], side.clause.side())),
        None => Assessment::broken("words of several sides are mixed", met.join(", ")),
    }
}

/// Every state word of the answer and its polls.
pub(super) fn met_words(
    contract: &Contract<'_>,
    exchange: &Exchange,
    task: &TaskEvidence,
) -> Vec<String> {
    let word = |call: CallName, body: &Value| {
        let mut answers = contract
            .clauses::<AnswerClause>()
            .filter(|answer| answer.call == call && answer.role == Some(AnswerRole::TaskStatus));
        answers.find_map(|answer| at(body, &answer.path)?.as_str().map(str::to_owned))
    };
    let polled = task.polls.iter().filter_map(|body| word(CallName::Poll, body));
    let first = word(CallName::Create, &exchange.body);
    let mut met: Vec<String> = first.into_iter().chain(polled).collect();
    met.dedup();
    met
}
