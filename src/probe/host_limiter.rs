//! Politeness: how many requests a host is asked at once, over all listings of a command, and
//! whether anything more is sent at all.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

/// Turns at hosts, shared by all clients that were given a clone.
#[derive(Debug, Clone)]
pub struct HostLimiter {
    most: usize,
    turns: Arc<Mutex<BTreeMap<String, Arc<Semaphore>>>>,
    stopped: Arc<AtomicBool>,
}

impl HostLimiter {
    /// At most so many requests at once at each host and port, and one at least.
    pub fn new(most: usize) -> Self {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        Self { most, turns: Arc::default(), stopped: Arc::default() }
    }

    /// Ends all sending: what is under way comes to its end, and nothing more leaves.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
    }

    /// Whether all sending has ended.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Waits for a turn at the host of an address; it ends when the permit is dropped. There is
    /// none once all sending has ended, for those either who waited when it did.
    pub(super) async fn acquire(&self, url: &Url) -> Option<OwnedSemaphorePermit> {
        if self.is_stopped() {
            return None;
        }
        let port = url.port_or_known_default().unwrap_or_default();
        let host = format!("{}:{port}", url.host_str().unwrap_or_default());
        let turns = {
            let mut hosts = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(hosts.entry(host).or_insert_with(|| Arc::new(Semaphore::new(self.most))))
        };
        let turn = turns.acquire_owned().await.ok();
        turn.filter(|_| !self.is_stopped())
    }
}
