//! What a reader of a log tells while it reads, and what it may be told: to stop.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How far a log was read.
#[derive(Debug, Default)]
pub struct ReadProgress {
    expected: AtomicU64,
    bytes: AtomicU64,
    rows: AtomicU64,
    stopped: AtomicBool,
}

impl ReadProgress {
    /// Bytes of the whole log, where that is known.
    pub fn expected(&self) -> Option<u64> {
        Some(self.expected.load(Ordering::Relaxed)).filter(|bytes| *bytes > 0)
    }

    /// Bytes that were read so far.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Rows that were read so far.
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Asks the reader to end soon, with what it has.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether the reader was asked to end.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    pub(super) fn expect(&self, bytes: u64) {
        self.expected.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn read(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn scanned(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }
}
