//! The server: the site from memory, and what only a server can do, on axum and hyper.
//!
//! Who is served, for how long and how many at once is bounded. `axum::serve` bounds none of that,
//! so that the loop here accepts connections by itself, hands each to hyper, and adds three bounds
//! that neither has: a number of connections in all and for each address, beyond which the one that
//! has been quiet the longest gives way (`connections`); an end for a client that takes nothing of
//! what is written (`guarded_stream`); and a pause where the system has no descriptor left. The time
//! for a head and its size are hyper's, the time for an answer and the size of a body tower-http's.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use sha2::{Digest, Sha256};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tower::ServiceExt;

use crate::catalog::hex;

mod compare_api;
mod connections;
mod console;
mod error;
mod guarded_stream;
mod loader;
mod metrics;
mod reload;
mod router;
mod snapshot;
mod static_files;

pub use console::{Console, ConsoleAuth, ConsoleError, ConsoleTarget, SpendPolicy};
pub use loader::{LoadError, SnapshotLoader};
pub use reload::{ReloadEvent, keep_current};
pub use snapshot::{SharedSnapshot, Snapshot};

use connections::{ConnectionPlace, Connections};
use guarded_stream::GuardedStream;
use metrics::Metrics;

/// Milliseconds since 1970.
pub type Clock = fn() -> i64;

/// Connections that wait to be accepted; more are refused by the system.
const BACKLOG: u32 = 4096;

/// The longest head of a request.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// How long connections have to come to an end when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// The pause after a connection that could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// How the server serves.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Connections at once; for one more, the one that has been quiet the longest gives way.
    pub connections: usize,
    /// Connections of one address at once.
    pub connections_per_address: usize,
    /// How long a connection may wait for a whole head, or for its client to take something.
    pub idle_timeout: Duration,
    /// When to stop by itself.
    pub stop_after: Option<Duration>,
    /// Questions at once; more are sent away.
    pub questions: usize,
    /// How long an answer may take.
    pub answer_timeout: Duration,
    /// The clock, for dates and ages.
    pub clock: Clock,
    /// The file of runs that metrics are read from.
    pub history: Option<PathBuf>,
}

impl ServerOptions {
    /// The usual bounds, with a clock.
    pub fn new(clock: Clock) -> Self {
        Self {
            // Leaves a hundred of the usual 1,024 descriptors of a process for files.
            connections: 900,
            connections_per_address: 450,
            idle_timeout: Duration::from_secs(10),
            stop_after: None,
            questions: 64,
            answer_timeout: Duration::from_secs(10),
            clock,
            history: None,
        }
    }
}

/// Says why the server does not serve.
#[derive(Debug, thiserror::Error)]
#[error("can't serve on {address}")]
pub struct ServeError {
    address: SocketAddr,
    source: std::io::Error,
}

/// Serves until a signal or the time of the options ends it: no new connection is accepted then,
/// and those under way may come to their end.
pub async fn serve(
    listener: TcpListener,
    snapshot: SharedSnapshot,
    console: Option<Console>,
    options: ServerOptions,
) -> Result<(), ServeError> {
    let address = listener.local_addr().unwrap_or(SocketAddr::from(([0, 0, 0, 0], 0)));
    let metrics = Arc::new(Metrics::default());
    let server = Server {
        router: router::router(Arc::clone(&metrics), &snapshot, console, &options),
        connections: Connections::new(options.connections, options.connections_per_address),
        graceful: GracefulShutdown::new(),
        idle_timeout: options.idle_timeout,
        metrics,
    };
    let outcome = tokio::select! {
        () = stopped(options.stop_after) => Ok(()),
        error = server.accept(&listener) => Err(ServeError { address, source: error }),
    };
    drop(listener);
    let _ = tokio::time::timeout(GRACE, server.graceful.shutdown()).await;
    outcome
}

/// What all connections share.
struct Server {
    router: axum::Router,
    connections: Arc<Connections>,
    graceful: GracefulShutdown,
    idle_timeout: Duration,
    metrics: Arc<Metrics>,
}

impl Server {
    /// Accepts connections for as long as the listener can.
    async fn accept(&self, listener: &TcpListener) -> std::io::Error {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    // An address with its share of busy connections gets no other.
                    if let Some(place) = self.connections.place(peer.ip()).await {
                        self.serve_connection(stream, place);
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::InvalidInput => return error,
                // A client that is gone already ends nothing; a descriptor that is missing comes
                // from a quiet connection.
                Err(error) => {
                    if error.kind() != std::io::ErrorKind::ConnectionAborted {
                        self.connections.evict_one();
                    }
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    /// Serves one connection in the background. A client that breaks off is no event.
    fn serve_connection(&self, stream: TcpStream, place: ConnectionPlace) {
        let _ = stream.set_nodelay(true);
        let place = Arc::new(place);
        let stream = GuardedStream::new(stream, Arc::clone(&place), self.idle_timeout);
        let (router, requests) = (self.router.clone(), Arc::clone(&place));
        let service = service_fn(move |request: Request<Incoming>| {
            requests.begin_request();
            let (answer, requests) = (router.clone().oneshot(request), Arc::clone(&requests));
            async move {
                let answer = answer.await;
                requests.end_request();
                answer
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.idle_timeout)
            .max_buf_size(MAX_HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        let connection = self.graceful.watch(connection);
        let metrics = Arc::clone(&self.metrics);
        tokio::spawn(async move {
            metrics.connections.inc();
            metrics.connections_total.inc();
            tokio::select! {
                _ = connection => {}
                () = place.evicted() => {}
            }
            metrics.connections.dec();
        });
    }
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

/// The first bytes of a digest in hex, for validators and for names that nobody guesses.
fn hex_digest(data: &[u8], bytes: usize) -> String {
    hex(&Sha256::digest(data)[..bytes])
}
