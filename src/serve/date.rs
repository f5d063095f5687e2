//! The `date` line of answers, made once a second.

use std::sync::atomic::{AtomicI64, Ordering};

use arc_swap::ArcSwap;
use std::sync::{Arc, LazyLock};

static SECOND: AtomicI64 = AtomicI64::new(i64::MIN);
static LINE: LazyLock<ArcSwap<Vec<u8>>> = LazyLock::new(|| ArcSwap::from_pointee(Vec::new()));

/// `date: Sat, 21 Nov 2026 06:00:00 GMT` with its line break.
pub(super) fn now() -> arc_swap::Guard<Arc<Vec<u8>>> {
    let now = jiff::Timestamp::now();
    let second = now.as_second();
    if SECOND.swap(second, Ordering::Relaxed) != second {
        let line = now.strftime("date: %a, %d %b %Y %H:%M:%S GMT\r\n").to_string();
        LINE.store(Arc::new(line.into_bytes()));
    }
    LINE.load()
}
