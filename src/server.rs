//! The server: the site from memory, and what only a server can do.
//!
//! Every file of the site is an answer that was built beforehand, for each encoding, and leaves in
//! one write (`front`), or without a copy (`long`); anything else is a route of axum's. Who is
//! served, for how long and how many at once is bounded. No clock but for dates and ages; what is
//! served can be exchanged whole.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

mod again;
mod answer;
mod asked;
mod compare_api;
mod console;
mod counts;
mod date;
mod error;
mod front;
mod guard;
mod hex;
mod host;
mod loader;
mod long;
mod metrics;
mod reload;
mod router;
mod snapshot;
mod static_files;

pub use console::{Console, ConsoleAuth, ConsoleError, ConsoleTarget, SpendPolicy};
pub use loader::{LoadError, SnapshotLoader};
pub use reload::{ReloadEvent, keep_current};
pub use snapshot::{SharedSnapshot, Snapshot};
pub use static_files::Shelf;

/// Milliseconds since 1970.
pub type Clock = fn() -> i64;

/// Connections that are waiting to be taken; more are refused by the system.
const BACKLOG: u32 = 4096;

/// How long connections have to come to an end when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// How the server serves.
#[derive(Debug, Clone)]
pub struct Options {
    /// Connections at once; more wait.
    pub connections: usize,
    /// How long a connection may be idle, or take to send the head of a request, or take nothing.
    pub idle: Duration,
    /// When to stop by itself.
    pub stop_after: Option<Duration>,
    /// Questions at once; more are sent away.
    pub questions: usize,
    /// How long an answer may take.
    pub patience: Duration,
    /// The clock, for dates and ages.
    pub clock: Clock,
    /// The file of runs that metrics are read from.
    pub history: Option<PathBuf>,
}

impl Options {
    /// The usual bounds, with a clock.
    pub fn new(clock: Clock) -> Self {
        Self {
            connections: 1024,
            idle: Duration::from_mins(1),
            stop_after: None,
            questions: 64,
            patience: Duration::from_secs(10),
            clock,
            history: None,
        }
    }
}

/// Says why the server does not serve.
#[derive(Debug, thiserror::Error)]
#[error("can't serve on {address}")]
pub struct ServeError {
    /// The address.
    pub address: SocketAddr,
    /// The cause.
    #[source]
    pub source: std::io::Error,
}

/// Serves until it is told to stop, by a signal or by the time of the options: no new connection
/// is taken then, and those under way may end.
pub async fn serve(
    listener: TcpListener,
    live: SharedSnapshot,
    console: Option<Console>,
    options: Options,
) -> Result<(), ServeError> {
    let address = listener.local_addr().unwrap_or(SocketAddr::from(([0, 0, 0, 0], 0)));
    let served = router::served(live.clone(), console, &options);
    let routes = router::routes(served.clone());
    let places = Arc::new(Semaphore::new(options.connections));
    let (ending, ended) = tokio::sync::watch::channel(false);
    let mut connections = JoinSet::new();
    let stop = stopped(options.stop_after);
    tokio::pin!(stop);
    loop {
        let place = tokio::select! {
            () = &mut stop => break,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        let stream = tokio::select! {
            () = &mut stop => break,
            taken = listener.accept() => match taken {
                Ok((stream, _)) => stream,
                // A client that is gone already, or no file left to open: neither ends the server.
                Err(error) if error.kind() == std::io::ErrorKind::InvalidInput => {
                    return Err(ServeError { address, source: error });
                }
                Err(_) => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    continue;
                }
            },
        };
        let front = front::Front {
            served: served.clone(),
            routes: routes.clone(),
            idle: options.idle,
            clock: options.clock,
            tally: counts::Tally::new(live.counts()),
            ended: ended.clone(),
        };
        connections.spawn(async move {
            front.serve(stream).await;
            drop(place);
        });
        // What has ended is forgotten, so that the set does not grow.
        while connections.try_join_next().is_some() {}
    }
    let _ = ending.send(true);
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, all).await;
    Ok(())
}

/// Takes an address; port 0 is any free one.
pub fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let fail = |source| ServeError { address, source };
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    };
    let socket = socket.map_err(fail)?;
    socket.set_reuseaddr(true).map_err(fail)?;
    socket.bind(address).map_err(fail)?;
    socket.listen(BACKLOG).map_err(fail)
}

async fn stopped(after: Option<Duration>) {
    let end = async {
        match after {
            Some(after) => tokio::time::sleep(after).await,
            None => std::future::pending().await,
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = end => {}
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
