//! Tasks held against what is promised of them: that they end, in time, and are told to nobody else.

use serde_json::Value;

use super::error_details::ErrorDetails;
use super::{AnswerClass, Assessment, Classification, Verdict};
use crate::contract::{Contract, Exchange, TaskEnd, TaskEvidence};

pub(super) fn task_ends(contract: &Contract<'_>, exchange: &Exchange) -> Assessment {
    let Some(task) = &exchange.task else { return Assessment::skipped("answered at once") };
    match &task.senseless {
        _ if task.is_done() => Assessment::holds("done"),
        Some(why) => Assessment::broken(why.clone(), task.end.to_string()),
        None => not_done(contract, exchange, task),
    }
}

/// Where a task failed or never ended, nothing was drawn that could be judged.
pub(super) fn no_picture(contract: &Contract<'_>, exchange: &Exchange) -> Option<Assessment> {
    let task = exchange.task.as_ref().filter(|task| !task.is_done())?;
    Some(not_done(contract, exchange, task))
}

/// A task without a good end, with what its provider said of it.
fn not_done(contract: &Contract<'_>, exchange: &Exchange, task: &TaskEvidence) -> Assessment {
    let last = task.polls.last().unwrap_or(&Value::Null);
    let details = ErrorDetails::of_task(contract, last);
    let failed = task.end == TaskEnd::Failed;
    let cause = Classification {
        class: AnswerClass::TaskFailed,
        status: exchange.status,
        code: details.code.filter(|_| failed),
        message: details.message.filter(|_| failed),
        condition: details.condition.filter(|_| failed),
        request_id: exchange.header("x-request-id").map(str::to_owned),
        location: None,
        reason: "the task did not end well".to_owned(),
    };
    let said = [&cause.code, &cause.message].into_iter().flatten().cloned();
    let observed: Vec<String> = std::iter::once(task.end.to_string()).chain(said).collect();
    let verdict = Assessment::caused(Verdict::Inconclusive, &*cause.reason, &cause);
    Assessment { observed: observed.join(": "), ..verdict }
}

pub(super) fn poll_needs_key(exchange: &Exchange) -> Assessment {
    let Some(task) = &exchange.task else { return Assessment::skipped("answered at once") };
    match task.without_key {
        None => Assessment::unclear("the poll without a key had no answer", ""),
        Some(status @ 200..300) => {
            Assessment::broken("a task is told without a key", format!("status {status}"))
        }
        Some(status @ (408 | 425 | 429 | 499..)) => {
            Assessment::unclear("the server could not serve", format!("status {status}"))
        }
        Some(status) => Assessment::holds(format!("status {status}")),
    }
}

pub(super) fn within(contract: &Contract<'_>, seconds: u64, exchange: &Exchange) -> Assessment {
    let took = exchange.latency_ms;
    let seen = format!("{took} ms");
    match &exchange.task {
        Some(_) if exchange.body.is_null() => {
            Assessment::skipped("an earlier run submitted the task")
        }
        Some(task) if !task.is_done() => not_done(contract, exchange, task),
        // Between two polls nobody looks: it may have ended long before it was seen.
        Some(task) if took > seconds * 1000 && task.under_way_ms <= seconds * 1000 => {
            Assessment::unclear("it ended between two polls", seen)
        }
        _ if took > seconds * 1000 => Assessment::broken(format!("more than {seconds} s"), seen),
        _ => Assessment::holds(seen),
    }
}
