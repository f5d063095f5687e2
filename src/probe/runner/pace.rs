//! When the paid part of a run goes on: it stops after one answer that can't change, or after two
//! in a row that tell nothing, and pauses after a limit on the rate of calls. A refusal tells nothing
//! where the plainest request, which asks for nothing special, was refused in the same way.

use std::time::Duration;

use super::MAX_WAIT;
use crate::contract::{Classification, Contract, Exchange, RequestRank, TaskEnd};
use crate::probe::outcome::retry_after;

/// So many answers in a row that tell nothing end the paid part: the next would cost as much.
const MAX_SILENT: u32 = 2;

/// The pause after a limit that does not say when to come back.
const PAUSE: Duration = Duration::from_secs(1);

/// What the answers so far say of those to come.
#[derive(Debug, Default)]
pub(super) struct PaidPart {
    silent: u32,
    /// What the plainest request was answered.
    plainest: Option<Classification>,
    stopped: Option<String>,
    pause: Option<Duration>,
}

impl PaidPart {
    /// Why nothing more of the paid part is sent, where that is so.
    pub(super) fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// Waits as long as the last answer asked for.
    pub(super) async fn pause(&mut self) {
        if let Some(pause) = self.pause.take() {
            tokio::time::sleep(pause).await;
        }
    }

    /// Takes an exchange into account.
    pub(super) fn note(
        &mut self,
        contract: &Contract<'_>,
        rank: RequestRank,
        exchange: &Exchange,
        now_ms: i64,
    ) {
        if self.stopped.is_some() || exchange.not_sent.is_some() {
            return;
        }
        let class = Classification::new(contract, exchange);
        let stop = |why: &str| {
            let seen = seen(&class, exchange);
            Some(format!("the paid part stopped after `{}`: {why} ({seen})", exchange.ask))
        };
        if class.is_permanent() {
            self.stopped = stop("no later answer can be another");
            return;
        }
        let is_as_plain = self.plainest.as_ref().is_some_and(|own| own.is_same_refusal(&class));
        let is_silent = class.tells_nothing() || is_as_plain || ends_badly(exchange);
        self.silent = if is_silent { self.silent + 1 } else { 0 };
        if self.silent >= MAX_SILENT && is_as_plain {
            self.stopped = stop("it is refused as the plainest request is");
        } else if self.silent >= MAX_SILENT {
            self.stopped = stop("answers in a row tell nothing");
        } else if exchange.status == Some(429) {
            let wait = retry_after(&exchange.headers, now_ms).unwrap_or(PAUSE);
            if wait > MAX_WAIT {
                self.stopped = stop("the server asks for a longer pause than a run makes");
            }
            self.pause = Some(wait);
        }
        if rank == RequestRank::Plainest {
            self.plainest = Some(class);
        }
    }
}

/// Whether a task was paid for that failed, or whose end nobody saw: it has no image to look at.
fn ends_badly(exchange: &Exchange) -> bool {
    exchange.task.as_ref().is_some_and(|task| match task.end {
        TaskEnd::Failed
        | TaskEnd::TimedOut
        | TaskEnd::NoAnswer
        | TaskEnd::NoResult
        | TaskEnd::NotPollable => true,
        TaskEnd::Done | TaskEnd::SendingStopped | TaskEnd::Unknown => false,
    })
}

/// What came, in a few words.
fn seen(class: &Classification, exchange: &Exchange) -> String {
    match &exchange.task {
        Some(task) if ends_badly(exchange) => task.end.to_string(),
        Some(_) | None if exchange.failed.is_some() => class.reason.clone(),
        Some(_) | None => class.observed(),
    }
}
