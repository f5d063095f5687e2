//! A socket whose client has to take what is written: one that takes nothing for too long is cut.
//!
//! hyper refuses a head that it can't read by itself, without any header that could be set. Those
//! refusals get our document and headers here. The one case where they do not: the head comes
//! behind a request whose answer the client has not taken yet, so that both are written at once.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use super::connections::ConnectionPlace;
use super::error::error_document;
use super::router::SECURITY_HEADERS;

/// What hyper reads from and writes to.
#[derive(Debug)]
pub(super) struct GuardedStream {
    stream: TcpStream,
    place: Arc<ConnectionPlace>,
    max_stall: Duration,
    /// Runs while nothing can be written.
    stall: Option<Pin<Box<Sleep>>>,
    /// Whether anything was written since the last flush.
    has_written: bool,
    /// What is still to be written of a refusal.
    refusal: Option<Vec<u8>>,
}

impl GuardedStream {
    pub(super) fn new(stream: TcpStream, place: Arc<ConnectionPlace>, max_stall: Duration) -> Self {
        Self { stream, place, max_stall, stall: None, has_written: false, refusal: None }
    }

    /// Writes our refusal in the place of hyper's, and says that all of hyper's was written.
    fn write_refusal(
        &mut self,
        context: &mut Context<'_>,
        theirs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let length = theirs.iter().map(|slice| slice.len()).sum();
        let rest = self.refusal.get_or_insert_with(|| {
            let theirs: Vec<u8> = theirs.iter().flat_map(|slice| slice.iter().copied()).collect();
            refusal(&theirs).unwrap_or(theirs)
        });
        while !rest.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, rest))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            rest.drain(..written);
        }
        Poll::Ready(Ok(length))
    }
}

impl AsyncRead for GuardedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for GuardedStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[io::IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = if self.place.is_answering() {
            Pin::new(&mut self.stream).poll_write_vectored(context, slices)
        } else {
            self.write_refusal(context, slices)
        };
        if written.is_ready() {
            self.stall = None;
            self.has_written = true;
            self.place.record_activity();
            return written;
        }
        let max_stall = self.max_stall;
        let stall = self.stall.get_or_insert_with(|| Box::pin(tokio::time::sleep(max_stall)));
        ready!(stall.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        if std::mem::take(&mut self.has_written) {
            self.place.flushed();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// hyper's refusal with our headers and document; `None` where it is something else.
fn refusal(theirs: &[u8]) -> Option<Vec<u8>> {
    let head = std::str::from_utf8(theirs).ok()?.strip_suffix("\r\n\r\n")?;
    let error = match head.get(..12)?.strip_prefix("HTTP/1.1 ")? {
        "414" => "the address is too long",
        "431" => "the head of the request is too long",
        "400" => "the head of the request is malformed",
        _ => return None,
    };
    let body = error_document(error).to_string();
    let kept = head.lines().filter(|line| !line.starts_with("content-length:"));
    let mut text: String = kept.flat_map(|line| [line, "\r\n"]).collect();
    let length = body.len().to_string();
    let ours = [
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("content-length", &length),
    ];
    for (name, value) in ours.into_iter().chain(SECURITY_HEADERS) {
        text.extend([name, ": ", value, "\r\n"]);
    }
    Some([&text, "\r\n", &body].concat().into_bytes())
}
