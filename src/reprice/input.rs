//! A log's bytes: a file or a pipe, unpacked where its first bytes say that it is packed.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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

/// Counts what is read, before it is unpacked.
struct Counted<R> {
    log: R,
    watch: Arc<ReadProgress>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.log.read(into)?;
        self.watch.read(read);
        Ok(read)
    }
}

impl Input {
    /// Opens a file, or what is piped in where the path is `-`.
    pub fn open(path: &Path, watch: &Arc<ReadProgress>) -> Result<Self, InputError> {
        let fail = |source| InputError::Read { path: path.to_owned(), source };
        if path == Path::new("-") {
            return Self::from_reader(path, io::stdin(), watch)?.ok_or(InputError::Pipe);
        }
        let file = File::open(path).map_err(fail)?;
        let about = file.metadata().map_err(fail)?;
        if about.is_dir() {
            return Err(fail(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        if about.is_file() {
            watch.expect(about.len());
        }
        match Self::from_reader(path, file, watch)? {
            Some(text) => Ok(text),
            None if about.is_file() => Ok(Self::Parquet(path.to_owned())),
            None => Err(InputError::Pipe),
        }
    }

    /// Looks at the first bytes; `None` where they are Parquet's.
    fn from_reader(
        path: &Path,
        log: impl Read + Send + 'static,
        watch: &Arc<ReadProgress>,
    ) -> Result<Option<Self>, InputError> {
        let fail = |source| InputError::Read { path: path.to_owned(), source };
        let mut log = Counted { log, watch: Arc::clone(watch) };
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
