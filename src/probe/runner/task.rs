//! Following what a request started: its task to the end, and every image behind its link.

use serde_json::Value;
use tokio::time::Instant;

use super::answer::{parsed, seen};
use super::{Outcome, Request, Runner};
use crate::catalog::{AnswerClause, AnswerRole, CallName, TaskState};
use crate::contract::{Credential, Exchange, TaskEnd, TaskEvidence, at};
use crate::history::{HistoryError, NewTask, ReservationId};
use crate::probe::client::PICTURE_BYTES;
use crate::probe::image_links::{ImageRef, image_refs};

/// After so many polls without an answer a task is given up.
const MAX_MISSES: u32 = 5;

/// More changes of state than any task has; those in the middle are forgotten.
const MAX_POLLS: usize = 16;

/// Follows a task where there is one, and looks at every image.
pub(super) async fn finish(
    runner: &mut Runner<'_, '_>,
    exchange: &mut Exchange,
    reservation: Option<ReservationId>,
) -> Result<(), HistoryError> {
    let task = task_id(runner, &exchange.body).filter(|_| runner.contract.has_tasks());
    let Some(task) = task else {
        let found = image_refs(runner.contract, CallName::Create, &exchange.body);
        look(runner, exchange, found).await;
        return Ok(());
    };
    let opened = runner.tools.history.open_task(&NewTask {
        run: runner.run,
        reservation,
        listing: runner.contract.listing.id.to_string(),
        base_url: runner.base_url(),
        ask: exchange.ask.clone(),
        task: task.clone(),
    })?;
    follow(runner, exchange, &task).await;
    // A task that was given up stays open, so that a later run can see its end.
    if exchange.task.as_ref().is_some_and(|task| task.end.is_final()) {
        runner.tools.history.close_task(opened)?;
    }
    Ok(())
}

fn task_id(runner: &Runner<'_, '_>, body: &Value) -> Option<String> {
    let answers = runner.contract.clauses::<AnswerClause>();
    let mut ids =
        answers.filter(|a| a.call == CallName::Create && a.role == Some(AnswerRole::TaskId));
    ids.find_map(|answer| at(body, &answer.path)?.as_str().map(str::to_owned))
}

/// Polls a task to its end, asks for its result, and looks at every image.
pub(super) async fn follow(runner: &mut Runner<'_, '_>, exchange: &mut Exchange, id: &str) {
    let mut task = TaskEvidence { id: id.to_owned(), ..TaskEvidence::default() };
    let start = Instant::now();
    let before = exchange.latency_ms;
    task.under_way_ms = before;
    exchange.key_echoed |= poll(runner, &mut task, start, before).await;
    exchange.latency_ms = before + since(start);
    if let Some(request) = free_poll(runner, CallName::Poll, id)
        && let Outcome::Answered(answered) = runner.send(&request, Credential::None).await
    {
        task.without_key = Some(answered.status);
    }
    let mut found = task.polls.last().map(|body| image_refs(runner.contract, CallName::Poll, body));
    if task.is_done()
        && let Some(request) = free_poll(runner, CallName::Result, id)
    {
        match told(&runner.send(&request, Credential::Operator).await) {
            Ok(body) => {
                found = Some(image_refs(runner.contract, CallName::Result, &body));
                task.result = Some(body);
            }
            Err(why) => {
                task.end = TaskEnd::NoResult;
                task.senseless = why;
            }
        }
    }
    let done = task.is_done();
    exchange.task = Some(task);
    if done {
        look(runner, exchange, found.unwrap_or_default()).await;
    }
}

/// Polls until the task ends or the time is up; tells whether a key came back.
async fn poll(
    runner: &Runner<'_, '_>,
    task: &mut TaskEvidence,
    start: Instant,
    before: u64,
) -> bool {
    let (mut echoed, mut misses) = (false, 0);
    while start.elapsed() < runner.tools.options.task_timeout && misses < MAX_MISSES {
        let Some(request) = free_poll(runner, CallName::Poll, &task.id) else {
            task.end = TaskEnd::NotPollable;
            break;
        };
        let asked = before + since(start);
        let outcome = runner.send(&request, Credential::Operator).await;
        echoed |= matches!(&outcome, Outcome::Answered(answered) if answered.key_echoed);
        match told(&outcome) {
            _ if outcome == Outcome::Stopped => {
                task.end = TaskEnd::SendingStopped;
                break;
            }
            Ok(body) => {
                let end = ended(runner, &body);
                note(runner, &mut task.polls, body);
                task.senseless = None;
                if let Some(end) = end {
                    task.end = end;
                    break;
                }
                task.under_way_ms = asked;
            }
            Err(why) => {
                task.senseless = why;
                misses += 1;
            }
        }
        tokio::time::sleep(runner.tools.options.poll_interval).await;
    }
    if misses < MAX_MISSES {
        // One that was followed by others tells nothing.
        task.senseless = None;
    } else {
        task.end = TaskEnd::NoAnswer;
    }
    echoed
}

/// A call for a task, where the contract says that it costs nothing.
fn free_poll(runner: &Runner<'_, '_>, call: CallName, id: &str) -> Option<Request> {
    runner.contract.poll(call, id).filter(|request| !request.billable)
}

/// Keeps a poll: the first of each state in turn, and the last of all.
fn note(runner: &Runner<'_, '_>, polls: &mut Vec<Value>, body: Value) {
    if polls.len() > 1 && polls.last().map(|last| word(runner, last)) == Some(word(runner, &body)) {
        polls.pop();
    }
    polls.push(body);
    if polls.len() > MAX_POLLS {
        polls.remove(1);
    }
}

/// The state that a poll names.
fn word<'v>(runner: &Runner<'_, '_>, body: &'v Value) -> Option<&'v str> {
    let answers = runner.contract.clauses::<AnswerClause>();
    let mut status = answers.filter(|answer| answer.role == Some(AnswerRole::TaskStatus));
    status.find_map(|answer| at(body, &answer.path)?.as_str())
}

fn ended(runner: &Runner<'_, '_>, body: &Value) -> Option<TaskEnd> {
    let word = word(runner, body)?;
    if runner.contract.is_task_word(TaskState::Done, word) {
        Some(TaskEnd::Done)
    } else if runner.contract.is_task_word(TaskState::Failed, word) {
        Some(TaskEnd::Failed)
    } else {
        None
    }
}

async fn look(runner: &Runner<'_, '_>, exchange: &mut Exchange, found: Vec<ImageRef>) {
    for image in found {
        let link = match &image {
            ImageRef::Link { link, .. } => link.clone(),
            ImageRef::Inline { base64 } => format!("data:image/png;base64,{base64}"),
        };
        let timeout = runner.tools.options.timeout;
        let picture = runner.tools.client.image(&link, PICTURE_BYTES, timeout).await;
        exchange.images.push(seen(picture, &image));
    }
}

/// The body of a poll; else why its answer is none, or nothing where it may come another time.
fn told(outcome: &Outcome) -> Result<Value, Option<String>> {
    match outcome {
        Outcome::Answered(answered) => match answered.status {
            200..300 => parsed(&answered.body).ok_or(Some("a poll is no JSON".to_owned())),
            401..=403 | 429 | 500.. => Err(None),
            status => Err(Some(format!("a poll is answered {status}"))),
        },
        Outcome::TooLarge => Err(Some("a poll is too large".to_owned())),
        Outcome::ConnectFailed(_)
        | Outcome::TimedOut
        | Outcome::Cut(_)
        | Outcome::Refused(_)
        | Outcome::Stopped => Err(None),
    }
}

fn since(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}
