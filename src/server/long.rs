//! Long bodies, which the system hands out itself: they stand in a file that is only in memory, and
//! a socket takes its pages as they are. To copy a body of 50 kB into a socket takes longer than
//! all else that is done for a request. Where there is no such file, bodies stay with their heads.

use std::fs::File;
use std::io::{self, IoSlice};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tokio::io::Interest;
use tokio::net::TcpStream;

/// Shorter bodies are sooner copied than handed out, which takes a second call to the system. Longer
/// ones are, too: more than a pipe holds is handed out in turns, and that was slower.
const LEAST: usize = 16 * 1024;
const MOST: usize = 64 * 1024;

/// Bodies begin on pages of their own.
const PAGE: u64 = 4096;

/// Where long bodies are put while a site is made.
#[derive(Debug)]
pub(super) struct Store {
    file: Option<Arc<File>>,
    end: AtomicU64,
}

/// A body in a file.
#[derive(Debug, Clone)]
pub(super) struct Long {
    file: Arc<File>,
    start: u64,
    length: usize,
}

impl Default for Store {
    fn default() -> Self {
        Self { file: system::file().ok().map(Arc::new), end: AtomicU64::new(0) }
    }
}

impl Store {
    /// Keeps a body that is long; `None` where it is not, or where it can't be kept.
    pub(super) fn keep(&self, body: &[u8]) -> Option<Long> {
        let file = self.file.as_ref().filter(|_| (LEAST..=MOST).contains(&body.len()))?;
        let length = body.len();
        let start = self.end.fetch_add((length as u64).next_multiple_of(PAGE), Relaxed);
        system::write(file, body, start).ok()?;
        Some(Long { file: Arc::clone(file), start, length })
    }

    /// Nothing is written from now on.
    pub(super) fn seal(&self) {
        if let Some(file) = &self.file {
            system::seal(file);
        }
    }
}

impl Long {
    /// The bytes.
    pub(super) fn read(&self) -> io::Result<Vec<u8>> {
        let mut body = vec![0; self.length];
        system::read(&self.file, &mut body, self.start)?;
        Ok(body)
    }

    /// Writes a head and the body after it.
    pub(super) async fn send(
        &self,
        stream: &TcpStream,
        mut head: &mut [IoSlice<'_>],
    ) -> io::Result<()> {
        while head.iter().any(|slice| !slice.is_empty()) {
            let write = || system::write_before_more(stream, head);
            let written = stream.async_io(Interest::WRITABLE, write).await?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            IoSlice::advance_slices(&mut head, written);
        }
        let (mut at, end) = (self.start, self.start + self.length as u64);
        while at < end {
            let left = usize::try_from(end - at).unwrap_or(usize::MAX);
            let hand = || system::hand_out(stream, &self.file, &mut at, left);
            if stream.async_io(Interest::WRITABLE, hand).await? == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
        }
        Ok(())
    }
}

#[cfg(target_os = "linux")]
mod system {
    use super::{File, IoSlice, TcpStream, io};
    use std::os::unix::fs::FileExt;

    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create, sendfile};
    use rustix::net::{SendAncillaryBuffer, SendFlags, sendmsg};

    pub(super) fn file() -> io::Result<File> {
        Ok(memfd_create("cogdex", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?.into())
    }

    pub(super) fn write(file: &File, body: &[u8], start: u64) -> io::Result<()> {
        file.write_all_at(body, start)
    }

    pub(super) fn seal(file: &File) {
        // It guards against ourselves alone; a system that does not seal serves the same.
        let _ = fcntl_add_seals(file, SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK);
    }

    pub(super) fn read(file: &File, body: &mut [u8], start: u64) -> io::Result<()> {
        file.read_exact_at(body, start)
    }

    /// What is written waits for what follows, to go out with it.
    pub(super) fn write_before_more(stream: &TcpStream, head: &[IoSlice<'_>]) -> io::Result<usize> {
        let flags = SendFlags::MORE | SendFlags::NOSIGNAL;
        Ok(sendmsg(stream, head, &mut SendAncillaryBuffer::default(), flags)?)
    }

    pub(super) fn hand_out(
        stream: &TcpStream,
        file: &File,
        at: &mut u64,
        length: usize,
    ) -> io::Result<usize> {
        Ok(sendfile(stream, file, Some(at), length)?)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::{File, IoSlice, TcpStream, io};

    fn absent<T>() -> io::Result<T> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn file() -> io::Result<File> {
        absent()
    }

    pub(super) fn write(_: &File, _: &[u8], _: u64) -> io::Result<()> {
        absent()
    }

    pub(super) fn seal(_: &File) {}

    pub(super) fn read(_: &File, _: &mut [u8], _: u64) -> io::Result<()> {
        absent()
    }

    pub(super) fn write_before_more(_: &TcpStream, _: &[IoSlice<'_>]) -> io::Result<usize> {
        absent()
    }

    pub(super) fn hand_out(_: &TcpStream, _: &File, _: &mut u64, _: usize) -> io::Result<usize> {
        absent()
    }
}
