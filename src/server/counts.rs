//! What is counted while serving: relaxed counters in pieces of their own, so that connections on
//! different cores do not wait for each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use crate::site::FileKind;

/// More than the cores of most machines; connections take turns on them.
const SHARDS: usize = 16;

/// The kinds of files that are told apart, and questions that are answered like one.
pub(super) const FILES: [&str; 5] = ["page", "twin", "data", "asset", "question"];

/// Routes, as they are named in metrics.
pub(super) const ROUTES: [&str; 6] = ["compare", "health", "metrics", "live", "console", "other"];

/// Statuses that routes answer with; any other is counted as the last.
pub(super) const STATUSES: [u16; 17] =
    [200, 301, 304, 400, 403, 404, 405, 408, 409, 413, 415, 429, 500, 502, 503, 504, 0];

/// Upper bounds of the histogram, in microseconds.
pub(super) const BOUNDS: [u64; 10] =
    [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// Counters of files, alone in their lines of the cache.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard {
    files: [[AtomicU64; 2]; FILES.len()],
}

/// Counters of one route.
#[derive(Debug, Default)]
pub(super) struct Route {
    pub(super) statuses: [AtomicU64; STATUSES.len()],
    pub(super) buckets: [AtomicU64; BOUNDS.len()],
    pub(super) micros: AtomicU64,
}

/// Everything that is counted.
#[derive(Debug, Default)]
pub(super) struct Counts {
    shards: [Shard; SHARDS],
    next: AtomicUsize,
    pub(super) routes: [Route; ROUTES.len()],
    pub(super) open: AtomicI64,
    pub(super) accepted: AtomicU64,
    pub(super) exchanged: AtomicU64,
    pub(super) refused: AtomicU64,
}

impl Counts {
    /// Files of a kind that were answered, whole or as unchanged.
    pub(super) fn files(&self, kind: usize, unchanged: bool) -> u64 {
        let shards = self.shards.iter();
        shards.map(|shard| shard.files[kind][usize::from(unchanged)].load(Relaxed)).sum()
    }

    /// Counts an answer of a route.
    pub(super) fn route(&self, name: &str, status: u16, took: Duration) {
        let place = |name: &str| ROUTES.iter().position(|known| *known == name);
        let route = &self.routes[place(name).unwrap_or(ROUTES.len() - 1)];
        let status = STATUSES.iter().position(|known| *known == status);
        route.statuses[status.unwrap_or(STATUSES.len() - 1)].fetch_add(1, Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        if let Some(bucket) = BOUNDS.iter().position(|bound| micros <= *bound) {
            route.buckets[bucket].fetch_add(1, Relaxed);
        }
        route.micros.fetch_add(micros, Relaxed);
    }
}

/// One connection's hand on the counters.
#[derive(Debug)]
pub(super) struct Tally {
    counts: Arc<Counts>,
    shard: usize,
}

impl Tally {
    /// Counts a connection as open until it is dropped.
    pub(super) fn new(counts: &Arc<Counts>) -> Self {
        counts.open.fetch_add(1, Relaxed);
        counts.accepted.fetch_add(1, Relaxed);
        let shard = counts.next.fetch_add(1, Relaxed) % SHARDS;
        Self { counts: Arc::clone(counts), shard }
    }

    /// Counts a file.
    pub(super) fn file(&self, kind: FileKind, unchanged: bool) {
        let kind = match kind {
            FileKind::Html => 0,
            FileKind::Markdown => 1,
            FileKind::Json | FileKind::Xml | FileKind::Text => 2,
            FileKind::Css | FileKind::JavaScript | FileKind::Svg => 3,
        };
        self.counts.shards[self.shard].files[kind][usize::from(unchanged)].fetch_add(1, Relaxed);
    }

    /// Counts an answer to a question that took no time worth measuring.
    pub(super) fn answer(&self) {
        self.counts.shards[self.shard].files[FILES.len() - 1][0].fetch_add(1, Relaxed);
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        self.counts.open.fetch_sub(1, Relaxed);
    }
}
