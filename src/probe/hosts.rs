//! Politeness: how many requests a host is asked at once, over all listings of a command.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

/// Turns at hosts, shared by all clients that were given a clone.
#[derive(Debug, Clone)]
pub struct Hosts {
    most: usize,
    turns: Arc<Mutex<BTreeMap<String, Arc<Semaphore>>>>,
}

impl Hosts {
    /// At most so many requests at once at each host and port, and one at least.
    pub fn new(most: usize) -> Self {
        Self { most: most.max(1), turns: Arc::default() }
    }

    /// Waits for a turn at the host of an address; it ends when the permit is dropped.
    pub(super) async fn turn(&self, url: &Url) -> Option<OwnedSemaphorePermit> {
        let port = url.port_or_known_default().unwrap_or_default();
        let host = format!("{}:{port}", url.host_str().unwrap_or_default());
        let turns = {
            let mut hosts = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(hosts.entry(host).or_insert_with(|| Arc::new(Semaphore::new(self.most))))
        };
        turns.acquire_owned().await.ok()
    }
}
