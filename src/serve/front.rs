//! One connection: requests for files are answered from the shelf in one write, without allocating;
//! as soon as anything else is asked, the connection and what was read of it go to the routes.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::answer::{Answer, Encoding, Wire};
use super::live::Live;

/// The longest head of a request.
const MOST_HEAD: usize = 16 * 1024;

/// More header lines than any browser sends.
const MOST_HEADERS: usize = 64;

/// What a connection needs.
pub(super) struct Front {
    pub(super) live: Live,
    pub(super) routes: axum::Router,
    pub(super) idle: Duration,
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
    pub(super) async fn serve(mut self, mut stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let mut read = Vec::with_capacity(4096);
        let mut until = Instant::now() + self.idle;
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
            let received = tokio::select! {
                biased;
                received = stream.read_buf(&mut read) => received,
                () = tokio::time::sleep_until(until) => return,
                _ = self.ended.changed() => return,
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
        let address = path.split_once('?').map_or(path, |(address, _)| address);
        let loaded = self.live.now();
        let Some(answer) = loaded.shelf.at(address) else { return Ok(Turn::Other) };
        let Some(wire) = asked.wire(answer) else { return Ok(Turn::Other) };
        let (status, rest) = if asked.has(&wire.tag) {
            (NOT_MODIFIED, wire.unchanged())
        } else if head_only {
            (OK, wire.head())
        } else {
            (OK, wire.whole())
        };
        let date = super::date::now();
        write_all(stream, [status, &date, if asked.last { CLOSE } else { b"" }, rest]).await?;
        Ok(Turn::Answered { bytes, last: asked.last })
    }

    /// Hands the connection on.
    async fn route(mut self, stream: TcpStream, read: Vec<u8>) {
        let io = TokioIo::new(Again { read, stream });
        let service = TowerToHyperService::new(self.routes);
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.idle)
            .max_buf_size(MOST_HEAD)
            .serve_connection(io, service);
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

/// What the headers of a request for a file say.
struct Asked<'r> {
    encodings: &'r [u8],
    known: &'r [u8],
    last: bool,
}

impl<'r> Asked<'r> {
    /// Reads the headers; `None` where the request has a body, or is not of HTTP/1.1.
    fn of(request: &httparse::Request<'_, 'r>) -> Option<Self> {
        if request.version != Some(1) {
            return None;
        }
        let mut asked = Self { encodings: b"", known: b"", last: false };
        let mut hosts = 0;
        for header in request.headers.iter() {
            let is = |name: &str| header.name.eq_ignore_ascii_case(name);
            match header.name.len() {
                4 if is("host") => hosts += 1,
                6 if is("expect") => return None,
                7 if is("upgrade") => return None,
                10 if is("connection") => {
                    asked.last |= header.value.eq_ignore_ascii_case(b"close");
                }
                13 if is("if-none-match") => asked.known = header.value,
                14 if is("content-length") => return None,
                15 if is("accept-encoding") => asked.encodings = header.value,
                17 if is("transfer-encoding") => return None,
                _ => {}
            }
        }
        // Without exactly one host a request is malformed, and the routes say so.
        (hosts == 1).then_some(asked)
    }

    fn wire<'a>(&self, answer: &'a Answer) -> Option<&'a Wire> {
        answer.wire(|encoding| encoding == Encoding::Identity || self.takes(encoding.word()))
    }

    /// Whether an encoding is named and not given the weight of nothing.
    fn takes(&self, word: &str) -> bool {
        let Ok(list) = std::str::from_utf8(self.encodings) else { return false };
        list.split(',').any(|item| {
            let (name, weight) = item.split_once(';').unwrap_or((item, ""));
            let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
            name.trim().eq_ignore_ascii_case(word)
                && weight.bytes().any(|b| (b'1'..=b'9').contains(&b))
        })
    }

    fn has(&self, tag: &str) -> bool {
        let Ok(list) = std::str::from_utf8(self.known) else { return false };
        let mut tags = list.split(',').map(|it| it.trim().trim_start_matches("W/"));
        !list.is_empty() && tags.any(|it| it == tag || it == "*")
    }
}

/// Writes the parts, in one call to the system where it takes them at once.
async fn write_all(stream: &mut TcpStream, parts: [&[u8]; 4]) -> io::Result<()> {
    let mut slices = parts.map(IoSlice::new);
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

/// A stream with what was read of it before.
struct Again {
    read: Vec<u8>,
    stream: TcpStream,
}

impl AsyncRead for Again {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.read.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let taken = self.read.len().min(buffer.remaining());
        buffer.put_slice(&self.read[..taken]);
        self.read.drain(..taken);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Again {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
