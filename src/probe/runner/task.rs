//! Following what a request started: its task to the end, and every image behind its link.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::answer::{seen, unredacted, written};
use super::{Outcome, Request, Runner};
use crate::catalog::{AnswerClause, AnswerRole, CallName, TaskState};
use crate::contract::{Contract, Credential, Exchange, ImageEvidence, TaskEnd, TaskEvidence, at};
use crate::history::{HistoryError, NewTask, ReservationId};
use crate::probe::client::Client;
use crate::probe::image_links::{ImageRefs, image_refs};
use crate::probe::image_search::{FoundImages, ImageSearch};
use crate::probe::images::FetchedImage;
use crate::probe::outcome::retry_after;

/// After so many polls in a row that make no sense a task is given up; so many in a row that had no
/// answer at the end of its time are no mere delay.
const MAX_MISSES: u32 = 5;

/// The longest pause between two polls, where the server asks for no longer one.
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// More changes of state than any task has; those in the middle are forgotten.
const MAX_POLLS: usize = 16;

/// What an answer started.
pub(super) struct Started {
    task: Option<String>,
    images: ImageRefs,
}

impl Started {
    /// Reads a body as it came, before any key is taken out of it.
    pub(super) fn new(contract: &Contract<'_>, body: &Value) -> Self {
        let task = task_id(contract, body).filter(|_| contract.has_tasks());
        Self { task, images: image_refs(contract, CallName::Create, body) }
    }
}

/// Looks at every image of an answer, and notes its task, which is not followed.
pub(super) async fn note_start(
    client: &Client,
    exchange: &mut Exchange,
    started: Started,
    timeout: Duration,
) {
    let Some(task) = started.task else {
        // None is waited for, so that nobody asks for the time.
        let mut images = ImageSearch::new(timeout, Duration::ZERO, || 0);
        note_images(exchange, images.look(client, started.images).await);
        return;
    };
    let (id, end) = (client.redacted(&task), TaskEnd::SendingStopped);
    exchange.task = Some(TaskEvidence { id, end, ..TaskEvidence::default() });
}

/// Follows a task where there is one, and looks at every image.
pub(super) async fn finish(
    runner: &mut Runner<'_, '_>,
    exchange: &mut Exchange,
    started: Started,
    reservation: Option<ReservationId>,
) -> Result<(), HistoryError> {
    let Some(task) = started.task else {
        look(runner, exchange, started.images).await;
        return Ok(());
    };
    if runner.tools.client.finds_key(&task) {
        // It would have to be stored, and to stand in an address.
        let (id, end) = (runner.tools.client.redacted(&task), TaskEnd::NotPollable);
        exchange.task = Some(TaskEvidence { id, end, ..TaskEvidence::default() });
        return Ok(());
    }
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

fn task_id(contract: &Contract<'_>, body: &Value) -> Option<String> {
    let answers = contract.clauses::<AnswerClause>();
    let mut ids =
        answers.filter(|a| a.call == CallName::Create && a.role == Some(AnswerRole::TaskId));
    // An id of another type than promised is still the task's, which was paid for.
    ids.find_map(|answer| match at(body, &answer.path)? {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    })
}

/// Polls a task to its end, asks for its result, and looks at every image.
pub(super) async fn follow(runner: &mut Runner<'_, '_>, exchange: &mut Exchange, id: &str) {
    let id_shown = runner.tools.client.redacted(id);
    let mut task = TaskEvidence { id: id_shown, ..TaskEvidence::default() };
    let start = Instant::now();
    let before = exchange.latency_ms;
    task.under_way_ms = before;
    let mut found = poll(runner, &mut task, id, (start, before), &mut exchange.key_echoed).await;
    exchange.latency_ms = before + since(start);
    if let Some(request) = free_poll(runner, CallName::Poll, id)
        && let Outcome::Answered(answered) = runner.send(&request, Credential::None).await
    {
        task.without_key = Some(answered.status);
    }
    if task.is_done()
        && let Some(request) = free_poll(runner, CallName::Result, id)
    {
        let outcome = result(runner, &request, start).await;
        match told(&outcome) {
            Ok(body) => {
                found = raw_refs(runner, CallName::Result, &outcome);
                task.result = Some(body);
            }
            Err(miss) => {
                task.end = TaskEnd::NoResult;
                task.senseless = miss.reason();
            }
        }
    }
    let done = task.is_done();
    exchange.task = Some(task);
    if done && let Some(found) = found {
        look(runner, exchange, found).await;
    }
}

/// Polls until the task ends or the time is up; gives the images of the last poll.
async fn poll(
    runner: &Runner<'_, '_>,
    task: &mut TaskEvidence,
    id: &str,
    (start, before): (Instant, u64),
    key_echoed: &mut bool,
) -> Option<ImageRefs> {
    let (mut found, mut misses, mut senseless) = (None, 0, 0);
    let mut pause = Duration::ZERO;
    while senseless < MAX_MISSES && start.elapsed() + pause < runner.tools.options.task_timeout {
        tokio::time::sleep(pause).await;
        let Some(request) = free_poll(runner, CallName::Poll, id) else {
            task.end = TaskEnd::NotPollable;
            return found;
        };
        let asked = before + since(start);
        let outcome = runner.send(&request, Credential::Operator).await;
        if outcome == Outcome::Stopped {
            task.end = TaskEnd::SendingStopped;
            return found;
        }
        *key_echoed |= matches!(&outcome, Outcome::Answered(answered) if answered.key_echoed);
        match told(&outcome) {
            Ok(body) => {
                (misses, senseless) = (0, 0);
                task.senseless = None;
                let end = ended(runner, &body);
                note(runner, &mut task.polls, body);
                found = raw_refs(runner, CallName::Poll, &outcome);
                if let Some(end) = end {
                    task.end = end;
                    return found;
                }
                task.under_way_ms = asked;
            }
            Err(miss) => {
                misses += 1;
                senseless = if miss.may_pass() { 0 } else { senseless + 1 };
                task.senseless = miss.reason();
            }
        }
        pause = next_pause(runner, misses, &outcome);
    }
    if misses < MAX_MISSES {
        // One that was followed by others tells nothing, and few at the end may be a delay.
        task.senseless = None;
    } else {
        task.end = TaskEnd::NoAnswer;
    }
    found
}

/// The result of a task that is done; its store may lag behind its state.
async fn result(runner: &Runner<'_, '_>, request: &Request, start: Instant) -> Outcome {
    let mut misses = 0;
    loop {
        let outcome = runner.send(request, Credential::Operator).await;
        let may_pass = told(&outcome).is_err_and(|miss| miss.may_pass());
        misses += 1;
        let pause = next_pause(runner, misses, &outcome);
        let in_time = start.elapsed() + pause < runner.tools.options.task_timeout;
        if !may_pass || !in_time || misses >= MAX_MISSES || outcome == Outcome::Stopped {
            return outcome;
        }
        tokio::time::sleep(pause).await;
    }
}

/// The pause after a poll: longer with each miss, and as long as the server asks for.
fn next_pause(runner: &Runner<'_, '_>, misses: u32, outcome: &Outcome) -> Duration {
    let interval = runner.tools.options.poll_interval;
    let own = (interval * misses.max(1)).min(MAX_PAUSE).max(interval);
    let Outcome::Answered(answered) = outcome else { return own };
    retry_after(&answered.headers, (runner.tools.clock)()).map_or(own, |asked| asked.max(own))
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

/// How a task ended, by a word in whatever case: the wrong case is the word's fault alone.
fn ended(runner: &Runner<'_, '_>, body: &Value) -> Option<TaskEnd> {
    match runner.contract.task_state(word(runner, body)?)? {
        TaskState::Done => Some(TaskEnd::Done),
        TaskState::Failed => Some(TaskEnd::Failed),
        TaskState::UnderWay => None,
    }
}

async fn look(runner: &mut Runner<'_, '_>, exchange: &mut Exchange, refs: ImageRefs) {
    let found = runner.images.look(runner.tools.client, refs).await;
    if let FoundImages::Images(images) = &found {
        let room = runner.tools.options.images_kept.saturating_sub(runner.shown.len());
        let images = images.iter().filter_map(|(image, _)| FetchedImage::new(image));
        runner.shown.extend(images.take(room));
    }
    note_images(exchange, found);
}

/// Writes down what the images of an answer are, or that there are none.
fn note_images(exchange: &mut Exchange, found: FoundImages) {
    match found {
        FoundImages::Images(images) => {
            exchange.images.extend(images.into_iter().map(|(image, place)| seen(image, &place)));
        }
        FoundImages::Nowhere(0) => {}
        FoundImages::Nowhere(places) => {
            let why = format!(
                "no source says where the image stands, and of {places} places none has one"
            );
            exchange.images.push(ImageEvidence { trouble: Some(why), ..<_>::default() });
        }
    }
}

/// The images that an answer names, read before any key is taken out of it.
fn raw_refs(runner: &Runner<'_, '_>, call: CallName, outcome: &Outcome) -> Option<ImageRefs> {
    let Outcome::Answered(answered) = outcome else { return None };
    Some(image_refs(runner.contract, call, &unredacted(answered)?))
}

/// Why a poll tells nothing of its task.
enum PollMiss {
    /// There was no answer, or none for now.
    NotNow,
    /// The task is not there, or not there yet.
    NotFound,
    Senseless(String),
}

impl PollMiss {
    /// Whether a later poll may be answered otherwise.
    fn may_pass(&self) -> bool {
        match self {
            Self::NotNow | Self::NotFound => true,
            Self::Senseless(_) => false,
        }
    }

    /// What is wrong with the answer, where it had one that is wrong to the end.
    fn reason(self) -> Option<String> {
        match self {
            Self::NotNow => None,
            Self::NotFound => Some("a poll is answered 404".to_owned()),
            Self::Senseless(why) => Some(why),
        }
    }
}

/// The body of a poll, or why it has none that tells anything.
fn told(outcome: &Outcome) -> Result<Value, PollMiss> {
    let senseless = |why: &str| PollMiss::Senseless(why.to_owned());
    match outcome {
        Outcome::Answered(answered) => match answered.status {
            200..300 => written(&answered.body).ok_or_else(|| senseless("a poll is no JSON")),
            404 => Err(PollMiss::NotFound),
            401..=403 | 408 | 425 | 429 | 499.. => Err(PollMiss::NotNow),
            status => Err(senseless(&format!("a poll is answered {status}"))),
        },
        Outcome::TooLarge => Err(senseless("a poll is too large")),
        Outcome::ConnectFailed(_)
        | Outcome::TimedOut
        | Outcome::Cut(_)
        | Outcome::Refused(_)
        | Outcome::Stopped => Err(PollMiss::NotNow),
    }
}

fn since(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}
