//! Following what a request started: its task to the end, and every image behind its link.

use serde_json::Value;
use tokio::time::Instant;

use super::answer::{parsed, seen, why};
use super::{Outcome, Request, Runner};
use crate::catalog::ClauseKind;
use crate::contract::{Credential, Exchange, TaskEvidence, at};
use crate::history::{HistoryError, NewTask, ReservationId};
use crate::probe::client::PICTURE_BYTES;
use crate::probe::image_links::{ImageRef, image_refs};

/// After so many polls without an answer a task is given up.
const MOST_MISSES: u32 = 5;

/// More changes of state than any task has; those in the middle are forgotten.
const MOST_POLLS: usize = 16;

impl Runner<'_, '_> {
    /// Follows a task where there is one, and looks at every image.
    pub(super) async fn finish(
        &mut self,
        exchange: &mut Exchange,
        reservation: Option<ReservationId>,
    ) -> Result<(), HistoryError> {
        let task = self.task_id(&exchange.body).filter(|_| self.contract.has_tasks());
        let Some(task) = task else {
            let found = image_refs(self.contract, "create", &exchange.body);
            self.look(exchange, found).await;
            return Ok(());
        };
        let opened = self.tools.history.open_task(&NewTask {
            run: self.run,
            reservation,
            listing: self.contract.listing.id.to_string(),
            base_url: self.base_url(),
            ask: exchange.ask.clone(),
            task: task.clone(),
        })?;
        self.follow(exchange, &task).await;
        // A task that was given up stays open, so that a later run can see its end.
        if exchange.task.as_ref().is_some_and(has_ended) {
            self.tools.history.close_task(opened)?;
        }
        Ok(())
    }

    fn task_id(&self, body: &Value) -> Option<String> {
        let clauses = self.contract.clauses(ClauseKind::Answer);
        let mut ids = clauses.filter(|clause| {
            clause.text("call") == Some("create") && clause.text("role") == Some("task-id")
        });
        ids.find_map(|clause| at(body, clause.text("path")?)?.as_str().map(str::to_owned))
    }

    /// Polls a task to its end, asks for its result, and looks at every image.
    pub(super) async fn follow(&mut self, exchange: &mut Exchange, id: &str) {
        let mut task = TaskEvidence { id: id.to_owned(), ..TaskEvidence::default() };
        let start = Instant::now();
        let before = exchange.latency_ms;
        task.under_way_ms = before;
        exchange.key_echoed |= self.poll(&mut task, start, before).await;
        exchange.latency_ms = before + since(start);
        if let Some(request) = self.free_poll("poll", id)
            && let Outcome::Answered(answered) = self.send(&request, Credential::None).await
        {
            task.without_key = Some(answered.status);
        }
        let mut found = task.polls.last().map(|body| image_refs(self.contract, "poll", body));
        if task.end == "done"
            && let Some(request) = self.free_poll("result", id)
        {
            match told(&self.send(&request, Credential::Operator).await) {
                Ok(body) => {
                    found = Some(image_refs(self.contract, "result", &body));
                    task.result = Some(body);
                }
                Err(why) => {
                    "it was done, and its result had no answer".clone_into(&mut task.end);
                    task.senseless = why;
                }
            }
        }
        let done = task.end == "done";
        exchange.task = Some(task);
        if done {
            self.look(exchange, found.unwrap_or_default()).await;
        }
    }

    /// Polls until the task ends or the time is up; tells whether a key came back.
    async fn poll(&self, task: &mut TaskEvidence, start: Instant, before: u64) -> bool {
        "it did not end in time".clone_into(&mut task.end);
        let (mut echoed, mut misses) = (false, 0);
        while start.elapsed() < self.tools.options.task_timeout && misses < MOST_MISSES {
            let Some(request) = self.free_poll("poll", &task.id) else {
                "its id can't stand in an address, or its poll may bill".clone_into(&mut task.end);
                break;
            };
            let asked = before + since(start);
            let outcome = self.send(&request, Credential::Operator).await;
            echoed |= matches!(&outcome, Outcome::Answered(answered) if answered.key_echoed);
            match told(&outcome) {
                _ if outcome == Outcome::Stopped => {
                    why(&outcome).clone_into(&mut task.end);
                    break;
                }
                Ok(body) => {
                    let end = self.ended(&body);
                    self.note(&mut task.polls, body);
                    task.senseless = None;
                    if let Some(end) = end {
                        end.clone_into(&mut task.end);
                        break;
                    }
                    task.under_way_ms = asked;
                }
                Err(why) => {
                    task.senseless = why;
                    misses += 1;
                }
            }
            tokio::time::sleep(self.tools.options.poll_interval).await;
        }
        if misses < MOST_MISSES {
            // One that was followed by others tells nothing.
            task.senseless = None;
        } else {
            "its polls had no answer".clone_into(&mut task.end);
        }
        echoed
    }

    /// A call for a task, where the contract says that it costs nothing.
    fn free_poll(&self, call: &str, id: &str) -> Option<Request> {
        self.contract.poll(call, id).filter(|request| !request.billable)
    }

    /// Keeps a poll: the first of each state in turn, and the last of all.
    fn note(&self, polls: &mut Vec<Value>, body: Value) {
        if polls.len() > 1 && polls.last().map(|last| self.word(last)) == Some(self.word(&body)) {
            polls.pop();
        }
        polls.push(body);
        if polls.len() > MOST_POLLS {
            polls.remove(1);
        }
    }

    /// The state that a poll names.
    fn word<'v>(&self, body: &'v Value) -> Option<&'v str> {
        let clauses = self.contract.clauses(ClauseKind::Answer);
        let mut status = clauses.filter(|c| c.text("role") == Some("task-status"));
        status.find_map(|clause| at(body, clause.text("path")?)?.as_str())
    }

    fn ended(&self, body: &Value) -> Option<&'static str> {
        let word = self.word(body);
        let is = |state: &str| {
            let mut clauses = self.contract.clauses(ClauseKind::Task);
            word.is_some_and(|word| {
                clauses.any(|c| c.texts(state).is_some_and(|all| all.iter().any(|w| w == word)))
            })
        };
        if is("done") {
            Some("done")
        } else if is("failed") {
            Some("failed")
        } else {
            None
        }
    }

    async fn look(&self, exchange: &mut Exchange, found: Vec<ImageRef>) {
        for image in found {
            let link = match &image {
                ImageRef::Link { link, .. } => link.clone(),
                ImageRef::Inline { base64 } => format!("data:image/png;base64,{base64}"),
            };
            let timeout = self.tools.options.timeout;
            let picture = self.tools.client.image(&link, PICTURE_BYTES, timeout).await;
            exchange.images.push(seen(picture, &image));
        }
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
        _ => Err(None),
    }
}

fn since(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Whether a task came to an end, be it a good one or not.
pub(super) fn has_ended(task: &TaskEvidence) -> bool {
    task.end == "done" || task.end == "failed"
}
