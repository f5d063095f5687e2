//! A log's bytes: a file or a pipe, unpacked where its first bytes say that it is packed.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use bzip2::bufread::MultiBzDecoder;
use flate2::read::MultiGzDecoder;

use super::foreign::ForeignFile;
use super::progress::ReadProgress;

/// The most memory that a packed log may ask for while it is unpacked, as a power of two; what
/// asks for more was packed with `zstd --ultra --long`.
const MAX_WINDOW_LOG: u32 = 27;

/// A log as it was opened.
pub enum Input {
    Text(Box<dyn Read + Send>),
    Parquet(PathBuf),
}

/// The most bytes by which a file is known for what it is.
const MAGIC_BYTES: u64 = 264;

/// Says why a log can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    #[error("can't read `{}`", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// Parquet has its index at the end, and a pipe has to be read from its beginning.
    #[error("a Parquet file can't be read from a pipe; give its path")]
    Pipe,
    #[error("`{}` is {kind}; {}", path.display(), kind.way_out(path))]
    Foreign { path: PathBuf, kind: ForeignFile },
}

/// Says why what was read of a log is not all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EarlyEnd {
    #[error("interrupted")]
    Interrupted,
    /// The file became shorter than it was when it was opened.
    #[error("the file was cut while it was read")]
    Cut,
}

impl EarlyEnd {
    /// Finds out whether an error of a reader is one of these.
    pub fn from_error(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

/// Counts what is read, before it is unpacked, and ends where the reading is to end.
struct Counted<R> {
    log: R,
    watch: Arc<ReadProgress>,
    /// Bytes that are still to come, where that is known.
    left: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.watch.is_stopped() {
            return Err(io::Error::other(EarlyEnd::Interrupted));
        }
        let read = self.log.read(into)?;
        if read == 0 && self.left > 0 && !into.is_empty() {
            return Err(io::Error::other(EarlyEnd::Cut));
        }
        self.left = self.left.saturating_sub(read as u64);
        self.watch.read(read);
        Ok(read)
    }
}

/// How much is read of a pipe at a time, and how many such parts wait to be read.
const CHUNK_BYTES: usize = 256 << 10;
const MAX_CHUNKS: usize = 4;

/// How often it is looked whether an interrupt came while a pipe's writer says nothing.
const INTERRUPT_INTERVAL: Duration = Duration::from_millis(50);

/// A pipe, which a thread of its own reads: an interrupt does not wait for the pipe's writer.
struct PipeReader {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: io::Cursor<Vec<u8>>,
    watch: Arc<ReadProgress>,
}

impl PipeReader {
    /// Begins to read what `open` opens, which may have to wait, too.
    fn new<R: Read>(
        open: impl FnOnce() -> io::Result<R> + Send + 'static,
        watch: &Arc<ReadProgress>,
    ) -> Self {
        let (sender, chunks) = sync_channel(MAX_CHUNKS);
        std::thread::spawn(move || {
            let mut pipe = match open() {
                Ok(pipe) => pipe,
                Err(error) => return drop(sender.send(Err(error))),
            };
            loop {
                let mut chunk = vec![0; CHUNK_BYTES];
                let read = pipe.read(&mut chunk).map(|read| {
                    chunk.truncate(read);
                    chunk
                });
                let is_last = read.as_ref().is_ok_and(Vec::is_empty);
                let is_again = matches!(&read, Err(e) if e.kind() == io::ErrorKind::Interrupted);
                if is_last || !is_again && sender.send(read).is_err() {
                    return;
                }
            }
        });
        Self { chunks, chunk: io::Cursor::default(), watch: Arc::clone(watch) }
    }
}

impl Read for PipeReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.chunk.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            match self.chunks.recv_timeout(INTERRUPT_INTERVAL) {
                Ok(chunk) => self.chunk = io::Cursor::new(chunk?),
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
                Err(RecvTimeoutError::Timeout) if self.watch.is_stopped() => {
                    return Err(io::Error::other(EarlyEnd::Interrupted));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

impl Input {
    /// Looks at a file's first bytes and length, and closes it again: a wrong name is known before
    /// anything is read. Of a pipe there is nothing to look at.
    pub fn look(path: &Path, watch: &Arc<ReadProgress>) -> Result<(), InputError> {
        if is_pipe(path)? {
            return Ok(());
        }
        watch.expect(Self::open_file(path, &Arc::default())?.1);
        Ok(())
    }

    /// Opens a file, or what is piped in where the path is `-`.
    pub fn open(path: &Path, watch: &Arc<ReadProgress>) -> Result<Self, InputError> {
        if !is_pipe(path)? {
            return Ok(Self::open_file(path, watch)?.0);
        }
        let pipe = if path == Path::new("-") {
            PipeReader::new(|| Ok(io::stdin()), watch)
        } else {
            let path = path.to_owned();
            PipeReader::new(move || File::open(path), watch)
        };
        let pipe = Counted { log: pipe, watch: Arc::clone(watch), left: 0 };
        Self::from_reader(path, pipe)?.ok_or(InputError::Pipe)
    }

    /// Opens a file, and tells its length.
    fn open_file(path: &Path, watch: &Arc<ReadProgress>) -> Result<(Self, u64), InputError> {
        let fail = |source| InputError::Read { path: path.to_owned(), source };
        let file = File::open(path).map_err(fail)?;
        let about = file.metadata().map_err(fail)?;
        if about.is_dir() {
            return Err(fail(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        let log = Counted { log: file, watch: Arc::clone(watch), left: about.len() };
        let input = Self::from_reader(path, log)?;
        Ok((input.unwrap_or_else(|| Self::Parquet(path.to_owned())), about.len()))
    }

    /// Looks at the first bytes; `None` where they are Parquet's.
    fn from_reader(
        path: &Path,
        mut log: impl Read + Send + 'static,
    ) -> Result<Option<Self>, InputError> {
        let fail = |source| InputError::Read { path: path.to_owned(), source };
        let mut magic = Vec::new();
        log.by_ref().take(4).read_to_end(&mut magic).map_err(fail)?;
        if ForeignFile::may_begin_with(&magic) {
            log.by_ref().take(MAGIC_BYTES).read_to_end(&mut magic).map_err(fail)?;
        }
        if let Some(kind) = ForeignFile::from_magic(&magic) {
            return Err(InputError::Foreign { path: path.to_owned(), kind });
        }
        let all = io::Cursor::new(magic.clone()).chain(log);
        Ok(match magic.as_slice() {
            b"PAR1" => None,
            [0x1f, 0x8b, ..] => Some(Self::Text(Box::new(MultiGzDecoder::new(
                BufReader::with_capacity(1 << 16, all),
            )))),
            [b'B', b'Z', b'h', b'1'..=b'9'] => {
                let unpacked = MultiBzDecoder::new(BufReader::with_capacity(1 << 16, all));
                Some(Self::Text(Box::new(unpacked)))
            }
            [0x28, 0xb5, 0x2f, 0xfd] => {
                let mut unpacked = zstd::stream::read::Decoder::new(all).map_err(fail)?;
                unpacked.window_log_max(MAX_WINDOW_LOG).map_err(fail)?;
                Some(Self::Text(Box::new(unpacked)))
            }
            _ => Some(Self::Text(Box::new(all))),
        })
    }
}

/// Whether a path is to be read as it comes, and has no length.
fn is_pipe(path: &Path) -> Result<bool, InputError> {
    if path == Path::new("-") {
        return Ok(true);
    }
    let about = std::fs::metadata(path);
    let about = about.map_err(|source| InputError::Read { path: path.to_owned(), source })?;
    Ok(!about.is_file() && !about.is_dir())
}
