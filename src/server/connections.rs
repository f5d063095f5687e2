//! Which connections are open, and which one gives way when there is no place for another: the one
//! that has been quiet the longest. A connection is quiet while none of its requests is in a
//! handler; only a request that has come whole, or bytes that the client took, end its quiet.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Every open connection, with the bounds on their number.
#[derive(Debug)]
pub(super) struct Connections {
    max: usize,
    max_per_address: usize,
    open: Mutex<HashMap<u64, Arc<ConnectionState>>>,
    /// Counts events, so that the smallest number is the one that lies back the farthest.
    events: AtomicU64,
    /// A connection has ended or become quiet.
    freed: Notify,
}

/// What is known of one connection.
#[derive(Debug)]
pub(super) struct ConnectionState {
    address: IpAddr,
    in_handler: AtomicBool,
    /// Whether bytes that are written belong to an answer of ours.
    is_answering: AtomicBool,
    last_event: AtomicU64,
    evicted: Notify,
}

/// The place of an open connection, which is free again when this is dropped.
#[derive(Debug)]
pub(super) struct ConnectionPlace {
    all: Arc<Connections>,
    number: u64,
    state: Arc<ConnectionState>,
}

impl Connections {
    pub(super) fn new(max: usize, max_per_address: usize) -> Arc<Self> {
        Arc::new(Self {
            max,
            max_per_address,
            open: Mutex::default(),
            events: AtomicU64::new(0),
            freed: Notify::new(),
        })
    }

    /// A place for a new connection, for which a quiet one may have to give way; waits while no
    /// connection is quiet. `None` where the address has its share, and none of these is quiet.
    pub(super) async fn place(self: &Arc<Self>, peer: IpAddr) -> Option<ConnectionPlace> {
        let address = network(peer);
        loop {
            {
                let mut open = self.lock();
                let share = open.values().filter(|state| state.address == address).count();
                if share >= self.max_per_address && !evict(&mut open, |it| it.address == address) {
                    return None;
                }
                if open.len() < self.max || evict(&mut open, |_| true) {
                    return Some(self.open(&mut open, address));
                }
            }
            self.freed.notified().await;
        }
    }

    /// Closes the connection that has been quiet the longest, to free its file descriptor.
    pub(super) fn evict_one(&self) {
        evict(&mut self.lock(), |_| true);
    }

    fn open(
        self: &Arc<Self>,
        open: &mut HashMap<u64, Arc<ConnectionState>>,
        address: IpAddr,
    ) -> ConnectionPlace {
        let number = self.next_event();
        let state = Arc::new(ConnectionState {
            address,
            in_handler: AtomicBool::new(false),
            is_answering: AtomicBool::new(false),
            last_event: AtomicU64::new(number),
            evicted: Notify::new(),
        });
        open.insert(number, Arc::clone(&state));
        ConnectionPlace { all: Arc::clone(self), number, state }
    }

    fn next_event(&self) -> u64 {
        self.events.fetch_add(1, Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<ConnectionState>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the connection that has been quiet the longest to end; false where none is quiet.
fn evict(
    open: &mut HashMap<u64, Arc<ConnectionState>>,
    may_end: impl Fn(&ConnectionState) -> bool,
) -> bool {
    let quiet = open.iter().filter(|(_, it)| !it.in_handler.load(Relaxed) && may_end(it));
    let oldest = quiet.min_by_key(|(_, it)| it.last_event.load(Relaxed)).map(|(number, _)| *number);
    let Some(state) = oldest.and_then(|number| open.remove(&number)) else { return false };
    state.evicted.notify_one();
    true
}

/// What counts as one address: a whole network of IPv6, since one customer has all of it.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

impl ConnectionPlace {
    /// A request has come whole.
    pub(super) fn begin_request(&self) {
        self.state.in_handler.store(true, Relaxed);
        self.state.is_answering.store(true, Relaxed);
        self.record_activity();
    }

    /// The answer is there, and only has to be written.
    pub(super) fn end_request(&self) {
        self.state.in_handler.store(false, Relaxed);
        self.record_activity();
        self.all.freed.notify_one();
    }

    /// Whether an answer of ours is being made or written.
    pub(super) fn is_answering(&self) -> bool {
        self.state.is_answering.load(Relaxed)
    }

    /// All that was written has left; the answer is at its end unless it is still being made.
    pub(super) fn flushed(&self) {
        if !self.state.in_handler.load(Relaxed) {
            self.state.is_answering.store(false, Relaxed);
        }
    }

    pub(super) fn record_activity(&self) {
        self.state.last_event.store(self.all.next_event(), Relaxed);
    }

    /// Waits until the connection has to give way.
    pub(super) async fn evicted(&self) {
        self.state.evicted.notified().await;
    }
}

impl Drop for ConnectionPlace {
    fn drop(&mut self) {
        self.all.lock().remove(&self.number);
        self.all.freed.notify_one();
    }
}
