//! Fields of an answer and words of a task, each held against all sides of its promise.

use serde_json::Value;

use super::Assessment;
use super::answer_shape::AnswerShape;
use crate::catalog::{
    AnswerClause, AnswerRole, CallName, ClauseKind, JsonType, TaskClause, TaskState, TypedClause,
};
use crate::contract::json_path::has_type;
use crate::contract::{Contract, Exchange, Promise, TaskEnd, TaskEvidence, at, each};

/// The longest text of an answer that a reason quotes.
const MAX_SHOWN_LEN: usize = 80;

/// What one side says of a field, held against a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    AsStated(String),
    /// It is not there, and need not be.
    Absent,
    Missing(String),
    Otherwise(String),
}

/// A field of the answer. Whatever is there is judged, and holds where one side says so; what is
/// not there is excused only where no source of the answer's shape states it.
pub(super) fn answer(
    contract: &Contract<'_>,
    promise: &Promise<'_>,
    exchange: &Exchange,
    shape: &AnswerShape<'_>,
) -> Assessment {
    let (mut otherwise, mut missing, mut is_excused) = (None, None, true);
    for answer in promise.typed::<AnswerClause>() {
        let body = match body_of(contract, &answer, exchange) {
            Ok(body) => body,
            Err(verdict) => return verdict,
        };
        let is_own = answer.call != CallName::Create || shape.binds(&answer.clause.source);
        is_excused &= !is_own;
        match keeps(&answer, body, exchange.asked_at) {
            Found::AsStated(seen) if promise.is_disputed() => {
                return Assessment::holds(format!("{seen}, as {} says", answer.clause.side()));
            }
            Found::AsStated(seen) => return Assessment::holds(seen),
            Found::Missing(why) if is_own => missing = missing.or(Some(why)),
            Found::Absent | Found::Missing(_) => {}
            Found::Otherwise(why) => otherwise = otherwise.or(Some(why)),
        }
    }
    if let Some(why) = otherwise {
        return Assessment::broken(why, "");
    }
    if !contract.answers_at_once() && is_sync(exchange) {
        return Assessment::skipped(
            "not applicable: no source shows what an immediate answer looks like",
        );
    }
    if let Some(why) = missing {
        return Assessment::broken(why, "");
    }
    match shape.source().filter(|_| is_excused) {
        Some(source) => {
            Assessment::skipped(format!("not applicable: the response follows {source}"))
        }
        None => Assessment::skipped("not in this answer, and not required"),
    }
}

/// Whether an answer has a field.
pub(super) fn answer_has(answer: &AnswerClause, exchange: &Exchange) -> bool {
    let body = match (answer.call, &exchange.task) {
        (CallName::Create, _) => Some(&exchange.body),
        (CallName::Poll, task) => task.as_ref().and_then(|task| task.polls.last()),
        (CallName::Result, task) => task.as_ref().and_then(|task| task.result.as_ref()),
    };
    body.is_some_and(|body| each(body, &answer.path).iter().any(Option::is_some))
}

/// The body in which a clause's field has to stand, or what is left to say without one.
fn body_of<'e>(
    contract: &Contract<'_>,
    answer: &AnswerClause,
    exchange: &'e Exchange,
) -> Result<&'e Value, Assessment> {
    if let Some(task) = exchange.task.as_ref().filter(|task| task.is_done())
        && let Some(when) = &answer.when
        && contract.is_task_word(TaskState::Failed, when)
    {
        return Err(Assessment::skipped(format!("the task ended as {}", task.end)));
    }
    let body = match (answer.call, &exchange.task) {
        (CallName::Poll, Some(task)) => of_state(contract, answer, task),
        (CallName::Result, Some(task)) => task.result.as_ref(),
        (CallName::Poll | CallName::Result, None) if is_sync(exchange) => {
            return Err(Assessment::skipped(
                "answered at once, of which no source shows the shape",
            ));
        }
        (CallName::Poll | CallName::Result, None) => None,
        (CallName::Create, Some(_)) if exchange.body.is_null() => {
            return Err(Assessment::skipped("an earlier run had the first answer"));
        }
        (CallName::Create, _) => Some(&exchange.body),
    };
    body.ok_or_else(|| match &exchange.task {
        None => Assessment::broken("there is no task to ask for", ""),
        Some(task) => Assessment::unclear("the task did not come so far", task.end.to_string()),
    })
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

/// Whether all values at a clause's path keep it; the worst of them counts.
pub(super) fn keeps(answer: &AnswerClause, body: &Value, asked_at: i64) -> Found {
    let mut all = Found::Absent;
    for value in each(body, &answer.path) {
        match value_keeps(answer, value, asked_at) {
            found @ (Found::Missing(_) | Found::Otherwise(_)) => return found,
            Found::Absent => {}
            found @ Found::AsStated(_) => all = found,
        }
    }
    all
}

fn value_keeps(answer: &AnswerClause, value: Option<&Value>, asked_at: i64) -> Found {
    let AnswerClause { path, json_type, required, .. } = answer;
    let Some(value) = value else {
        return if *required {
            Found::Missing(format!("`{path}` is missing"))
        } else {
            Found::Absent
        };
    };
    if !has_type(value, *json_type) {
        if value.is_null() && !required {
            return Found::Absent;
        }
        return Found::Otherwise(format!("`{path}` is {}, not of type {json_type}", shown(value)));
    }
    let allowed = answer.allowed.as_deref().unwrap_or_default();
    if !allowed.is_empty() && !allowed.iter().any(|word| value == word.as_str()) {
        let words = allowed.join(", ");
        return Found::Otherwise(format!("`{path}` is {}, none of {words}", shown(value)));
    }
    let number = value.as_i64().map(i128::from).or(value.as_u64().map(i128::from));
    let bound = |bound: Option<u64>| bound.map(i128::from).zip(number);
    if bound(answer.min).is_some_and(|(min, number)| number < min)
        || bound(answer.max).is_some_and(|(max, number)| number > max)
    {
        return Found::Otherwise(format!("`{path}` is {}, outside its bounds", shown(value)));
    }
    if let (Some(count), Some(items)) = (answer.count, value.as_array())
        && items.len() as u64 != count
    {
        return Found::Otherwise(format!("`{path}` has {} items, not {count}", items.len()));
    }
    if answer.role == Some(AnswerRole::Created) && *json_type != JsonType::Object {
        let seconds = value.as_i64().or_else(|| value.as_str()?.parse().ok());
        // A date in words is a time, too, but not one to reckon with.
        if seconds.is_some_and(|seconds| seconds.abs_diff(asked_at) > 86_400) {
            return Found::Otherwise(format!("`{path}` is {}, more than a day off", shown(value)));
        }
    }
    Found::AsStated(format!("`{path}` is {json_type}"))
}

/// A value for a reader: its type, and the value where it is a short one.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => format!("the flag `{flag}`"),
        Value::Number(number) => format!("the number `{number}`"),
        Value::String(text) if text.chars().count() > MAX_SHOWN_LEN => {
            let start: String = text.chars().take(MAX_SHOWN_LEN).collect();
            format!("the text `{start}…`")
        }
        Value::String(text) => format!("the text `{text}`"),
        Value::Array(items) => format!("an array of {}", items.len()),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// Codes of accepted answers that are other than a source's sample shows.
pub fn other_codes(contract: &Contract<'_>, exchange: &Exchange) -> Option<String> {
    let answers = contract
        .clauses::<AnswerClause>()
        .filter(|answer| answer.role == Some(AnswerRole::Code) && answer.call == CallName::Create);
    answers.into_iter().find_map(|answer| {
        let (value, example) = (at(&exchange.body, &answer.path)?, answer.example.as_deref()?);
        let is_other = match value {
            Value::String(text) => text != example,
            value => format!("{value}") != example,
        };
        let side = answer.clause.side();
        let (path, value) = (&answer.path, shown(value));
        is_other.then(|| format!("`{path}` is {value}, where {side} shows `{example}`"))
    })
}

/// Fields that sources describe and that came in none of some accepted answers; of a field and
/// what is within it only the field is named.
pub fn absent_fields(contract: &Contract<'_>, exchanges: &[&Exchange]) -> Vec<String> {
    let mut absent: Vec<TypedClause<'_, AnswerClause>> = Vec::new();
    let promises = contract.promises.iter().filter(|promise| promise.kind == ClauseKind::Answer);
    for promise in promises {
        let sides: Vec<_> = promise.typed::<AnswerClause>().collect();
        let is_optional = |side: &TypedClause<'_, AnswerClause>| {
            side.call == CallName::Create
                && !side.required
                && side.when.is_none()
                && !matches!(side.role, Some(AnswerRole::ImageLink | AnswerRole::ImageBase64))
        };
        let came = |path: &str| {
            let mut bodies = exchanges.iter().map(|exchange| &exchange.body);
            bodies.any(|body| each(body, path).iter().any(Option::is_some))
        };
        let is_absent = sides.iter().all(|side| is_optional(side) && !came(&side.path));
        absent.extend(sides.first().filter(|_| is_absent && !exchanges.is_empty()).copied());
    }
    let is_inner = |path: &str| {
        let starts =
            |other: &str| path.strip_prefix(other).is_some_and(|rest| rest.starts_with(['.', '[']));
        absent.iter().any(|other| starts(&other.path))
    };
    let outer = absent.iter().filter(|answer| !is_inner(&answer.path));
    let text = |answer: &TypedClause<'_, AnswerClause>| {
        let (path, side) = (&answer.path, answer.clause.side());
        format!("`{path}` came in no answer, though {side} describes it")
    };
    outer.map(text).collect()
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
        return Assessment::skipped("not tested: no task reached this state");
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

/// Whether the answer holds an image at once, where a task was possible.
fn is_sync(exchange: &Exchange) -> bool {
    exchange.task.is_none() && !exchange.images.is_empty()
}
