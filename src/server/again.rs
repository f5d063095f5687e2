//! A stream with what was read of it before; a client that takes nothing for too long is cut, and
//! a first head that can't be read is refused in the words and with the headers of every other
//! refusal. After the routes were asked something, a later one is refused by hyper.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use super::Clock;
use super::answer::Answer;

/// What the routes read from and write to.
pub(super) struct Again {
    read: Vec<u8>,
    stream: TcpStream,
    patience: Duration,
    /// Runs while nothing can be written.
    stalled: Option<Pin<Box<Sleep>>>,
    /// Whether the routes were asked anything yet.
    asked: Arc<AtomicBool>,
    clock: Clock,
    /// What is still to be written of a refusal.
    refusal: Option<Vec<u8>>,
}

impl Again {
    pub(super) fn new(
        read: Vec<u8>,
        stream: TcpStream,
        patience: Duration,
        asked: Arc<AtomicBool>,
        clock: Clock,
    ) -> Self {
        Self { read, stream, patience, stalled: None, asked, clock, refusal: None }
    }

    /// Writes our refusal in the place of hyper's, which has no headers that could be set: what is
    /// written before the routes were asked anything can be nothing else.
    fn refuse(&mut self, context: &mut Context<'_>, theirs: &[u8]) -> Poll<io::Result<usize>> {
        let clock = self.clock;
        let left = self.refusal.get_or_insert_with(|| refusal(theirs, clock));
        while !left.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, left))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            left.drain(..written);
        }
        Poll::Ready(Ok(theirs.len()))
    }

    /// Lets a write that waits end in time.
    fn watched<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let patience = self.patience;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        match stalled.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
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
        let written = if self.asked.load(Relaxed) {
            Pin::new(&mut self.stream).poll_write(context, bytes)
        } else {
            self.refuse(context, bytes)
        };
        self.watched(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if !self.asked.load(Relaxed) {
            let first = slices.iter().find(|slice| !slice.is_empty());
            return self.poll_write(context, first.map_or(&[], |slice| slice));
        }
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.watched(context, written)
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

/// The refusal of a head with the status that was found for it.
fn refusal(theirs: &[u8], clock: Clock) -> Vec<u8> {
    let end = theirs.iter().position(|byte| *byte == b'\r').unwrap_or(theirs.len());
    let why = match theirs.get(9..12) {
        Some(b"414") => "the address is too long",
        Some(b"431") => "the head of the request is too long",
        _ => "the head of the request is malformed",
    };
    let body = json!({ "format": 1, "error": why }).to_string();
    let rest = Answer::of_the_moment(body.len());
    let date = super::date::now(clock);
    [&theirs[..end], b"\r\n", &date, b"connection: close\r\n", &rest, body.as_bytes()].concat()
}
