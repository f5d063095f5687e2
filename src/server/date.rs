//! The `date` line of answers, made once a second.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use arc_swap::ArcSwap;

use super::Clock;

static SECOND: AtomicI64 = AtomicI64::new(i64::MIN);
static LINE: LazyLock<ArcSwap<Vec<u8>>> = LazyLock::new(|| ArcSwap::from_pointee(Vec::new()));

/// `date: Sat, 21 Nov 2026 06:00:00 GMT` with its line break.
pub(super) fn now(clock: Clock) -> arc_swap::Guard<Arc<Vec<u8>>> {
    let second = clock() / 1000;
    // Read first: all workers share the line, and a write of each would cost more than its making.
    if SECOND.load(Ordering::Acquire) != second {
        let now = jiff::Timestamp::from_second(second).unwrap_or_default();
        let line = now.strftime("date: %a, %d %b %Y %H:%M:%S GMT\r\n").to_string();
        LINE.store(Arc::new(line.into_bytes()));
        SECOND.store(second, Ordering::Release);
    }
    LINE.load()
}
