//! Following what a request started: its task to the end, and every image behind its link.

use serde_json::Value;

use super::answer::{parsed, seen};
use super::{Outcome, Runner};
use crate::catalog::ClauseKind;
use crate::contract::{Exchange, SeenTask, Who, at};
use crate::history::{HistoryError, NewTask, ReservationId};
use crate::probe::client::PICTURE_BYTES;
use crate::probe::links::{Found, links};

impl Runner<'_, '_> {
    /// Follows a task where there is one, and looks at every image.
    pub(super) async fn finish(
        &mut self,
        exchange: &mut Exchange,
        reservation: Option<ReservationId>,
    ) -> Result<(), HistoryError> {
        let task = self.task_id(&exchange.body).filter(|_| self.contract.has_tasks());
        let Some(task) = task else {
            let found = links(self.contract, "create", &exchange.body);
            self.look(exchange, found).await;
            return Ok(());
        };
        let opened = self.tools.history.open_task(&NewTask {
            run: self.run,
            reservation,
            listing: self.contract.listing.id.clone(),
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

    /// Polls until the task ends or the time is up. Polls cost nothing.
    pub(super) async fn follow(&mut self, exchange: &mut Exchange, id: &str) {
        let mut task = SeenTask { id: id.to_owned(), ..SeenTask::default() };
        let start = tokio::time::Instant::now();
        let before = exchange.latency_ms;
        "it did not end in time".clone_into(&mut task.end);
        let mut misses = 0;
        while start.elapsed() < self.tools.manner.task_timeout && misses < 5 {
            let Some(request) = self.contract.poll("poll", id) else {
                "its id can't stand in an address".clone_into(&mut task.end);
                break;
            };
            match self.send(&request, Who::Owner).await {
                Outcome::Answered(answered) if answered.status == 200 => {
                    exchange.key_echoed |= answered.key_echoed;
                    match parsed(&answered.body) {
                        Some(body) => task.polls.push(body),
                        None => misses += 1,
                    }
                    if task.polls.len() > 2 {
                        // The first and the last two tell everything.
                        task.polls.remove(1);
                    }
                }
                _ => misses += 1,
            }
            if let Some(end) = task.polls.last().and_then(|body| self.ended(body)) {
                end.clone_into(&mut task.end);
                break;
            }
            tokio::time::sleep(self.tools.manner.poll_interval).await;
        }
        if misses >= 5 {
            "its polls had no answer".clone_into(&mut task.end);
        }
        exchange.latency_ms =
            before + u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        if let Some(request) = self.contract.poll("poll", id)
            && let Outcome::Answered(answered) = self.send(&request, Who::Nobody).await
        {
            task.without_key = Some(answered.status);
        }
        let mut found = task.polls.last().map(|body| links(self.contract, "poll", body));
        if task.end == "done"
            && let Some(request) = self.contract.poll("result", id)
            && let Outcome::Answered(answered) = self.send(&request, Who::Owner).await
            && let Some(body) = parsed(&answered.body)
        {
            found = Some(links(self.contract, "result", &body));
            task.result = Some(body);
        }
        let done = task.end == "done";
        exchange.task = Some(task);
        if done {
            self.look(exchange, found.unwrap_or_default()).await;
        }
    }

    fn ended(&self, body: &Value) -> Option<&'static str> {
        let clauses = self.contract.clauses(ClauseKind::Answer);
        let mut status = clauses.filter(|c| c.text("role") == Some("task-status"));
        let word = status.find_map(|clause| at(body, clause.text("path")?)?.as_str());
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

    async fn look(&self, exchange: &mut Exchange, found: Vec<Found>) {
        for image in found {
            let link = match &image {
                Found::Link { link, .. } => link.clone(),
                Found::Inline { base64 } => format!("data:image/png;base64,{base64}"),
            };
            let timeout = self.tools.manner.timeout;
            let picture = self.tools.client.image(&link, PICTURE_BYTES, timeout).await;
            exchange.images.push(seen(picture, &image));
        }
    }
}

/// Whether a task came to an end, be it a good one or not.
pub(super) fn has_ended(task: &SeenTask) -> bool {
    task.end == "done" || task.end == "failed"
}
