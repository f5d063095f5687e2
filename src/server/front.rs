//! One connection: requests for files are answered from the shelf at once, without allocating;
//! as soon as anything else is asked, the connection and what was read of it go to the routes.

use std::io::{self, IoSlice};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::Clock;
use super::again::Again;
use super::asked::Asked;
use super::compare_api::{COMPARE, at_once};
use super::counts::Tally;
use super::long::Long;
use super::router::Served;

/// The longest head of a request.
const MOST_HEAD: usize = 16 * 1024;

/// More header lines than any browser sends.
const MOST_HEADERS: usize = 64;

/// What a connection needs.
pub(super) struct Front {
    pub(super) served: Served,
    pub(super) routes: axum::Router,
    pub(super) idle: Duration,
    pub(super) clock: Clock,
    pub(super) tally: Tally,
    pub(super) ended: tokio::sync::watch::Receiver<bool>,
}

/// What to do with the bytes that were read.
enum Turn {
    /// So many of them were a request, and it was answered; the connection ends if so asked.
    Answered { bytes: usize, last: bool },
    /// More are needed.
    More,
    /// It is not for the shelf.
    Other,
}

impl Front {
    /// Serves one connection to its end. A client that breaks off is no event.
    pub(super) async fn serve(self, mut stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let mut read = Vec::with_capacity(4096);
        let mut until = Instant::now() + self.idle;
        // Kept from request to request: to set both anew each time takes locks.
        let timer = tokio::time::sleep_until(until);
        let mut ended = self.ended.clone();
        let ended = ended.changed();
        tokio::pin!(timer, ended);
        loop {
            match self.answer(&mut stream, &read).await {
                Ok(Turn::Answered { bytes, last }) => {
                    read.drain(..bytes);
                    if last {
                        let _ = stream.shutdown().await;
                        return;
                    }
                    until = Instant::now() + self.idle;
                    if !read.is_empty() {
                        continue;
                    }
                }
                Ok(Turn::More) if read.len() < MOST_HEAD => {}
                Ok(Turn::More | Turn::Other) => return self.route(stream, read).await,
                Err(_) => return,
            }
            // A head that trickles in has no longer than one that does not begin.
            let received = loop {
                tokio::select! {
                    biased;
                    received = stream.read_buf(&mut read) => break received,
                    () = &mut timer => {
                        if Instant::now() >= until {
                            return;
                        }
                        timer.as_mut().reset(until);
                    }
                    _ = &mut ended => return,
                }
            };
            if !matches!(received, Ok(1..)) {
                return;
            }
        }
    }

    /// Answers the request at the start of what was read, where it is one for a file.
    async fn answer(&self, stream: &mut TcpStream, read: &[u8]) -> io::Result<Turn> {
        if read.is_empty() {
            return Ok(Turn::More);
        }
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        let bytes = match request.parse(read) {
            Ok(httparse::Status::Complete(bytes)) => bytes,
            Ok(httparse::Status::Partial) => return Ok(Turn::More),
            // The routes say what is wrong with it.
            Err(_) => return Ok(Turn::Other),
        };
        let head_only = match request.method {
            Some("GET") => false,
            Some("HEAD") => true,
            _ => return Ok(Turn::Other),
        };
        let Some(asked) = Asked::of(&request) else { return Ok(Turn::Other) };
        let path = request.path.unwrap_or_default();
        let (address, query) = path.split_once('?').unwrap_or((path, ""));
        let loaded = self.served.live.now();
        let asked_now;
        let answer = if let Some(answer) = loaded.shelf.at(address) {
            answer
        } else if address == COMPARE
            && let Some(answer) = at_once(&self.served, &loaded, query)
        {
            asked_now = answer;
            &asked_now
        } else {
            return Ok(Turn::Other);
        };
        let Some(wire) = asked.wire(answer) else { return Ok(Turn::Other) };
        let unchanged = asked.has(&wire.tag);
        let (status, (rest, long)) = if unchanged {
            (NOT_MODIFIED, (wire.unchanged(), None))
        } else if head_only {
            (OK, (wire.head(), None))
        } else {
            (OK, wire.whole())
        };
        if wire.tag.is_empty() {
            self.tally.answer();
        } else {
            self.tally.file(answer.kind, unchanged);
        }
        let date = super::date::now(self.clock);
        let parts = [status, &date, if asked.last { CLOSE } else { b"" }, rest];
        // Who asks and does not read holds a place that others wait for.
        tokio::time::timeout(self.idle, write_all(stream, parts, long)).await??;
        Ok(Turn::Answered { bytes, last: asked.last })
    }

    /// Hands the connection on.
    async fn route(mut self, stream: TcpStream, read: Vec<u8>) {
        let asked = Arc::new(AtomicBool::new(false));
        let io = Again::new(read, stream, self.idle, Arc::clone(&asked), self.clock);
        let routes = TowerToHyperService::new(self.routes.clone());
        let service = service_fn(move |request| {
            asked.store(true, Relaxed);
            routes.call(request)
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.idle)
            .max_buf_size(MOST_HEAD)
            .serve_connection(TokioIo::new(io), service);
        tokio::pin!(connection);
        tokio::select! {
            _ = &mut connection => return,
            _ = self.ended.changed() => {}
        }
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\n";
const NOT_MODIFIED: &[u8] = b"HTTP/1.1 304 Not Modified\r\n";
const CLOSE: &[u8] = b"connection: close\r\n";

/// Writes the parts, in one call to the system where it takes them at once; then a long body.
async fn write_all(
    stream: &mut TcpStream,
    parts: [&[u8]; 4],
    long: Option<&Long>,
) -> io::Result<()> {
    let mut slices = parts.map(IoSlice::new);
    if let Some(long) = long {
        return long.send(stream, &mut slices).await;
    }
    let mut left = slices.as_mut_slice();
    while left.iter().any(|slice| !slice.is_empty()) {
        let written = stream.write_vectored(left).await?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        IoSlice::advance_slices(&mut left, written);
    }
    Ok(())
}
