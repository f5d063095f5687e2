//! A log as blocks of whole rows, handed out in order to whoever asks. What lies between rows with
//! quotes is left as it is; a row that is too long is dropped here, so that memory stays flat.

use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr, memrchr};

use super::super::input::EarlyEnd;
use super::row::{End, MAX_ROW_BYTES, RowFormat, end_of_row};
use super::string_cache::PADDING;

/// How much is read at a time: it stays in the second cache of a core until it is scanned, and whoever
/// waits for a turn to read does so rarely enough.
const BLOCK: usize = 512 << 10;

/// Whole rows.
pub(in crate::reprice) struct Block {
    /// The rows, with [`PADDING`] after `end`.
    pub(in crate::reprice) bytes: Vec<u8>,
    pub(in crate::reprice) end: usize,
    pub(super) quoted: Vec<Range<usize>>,
    pub(super) number: usize,
    /// Whether a row that was too long is dropped before this block.
    pub(super) dropped: bool,
}

impl Block {
    pub(in crate::reprice) fn new() -> Self {
        Self::with_number(0)
    }

    /// The place of some rows among all.
    pub(in crate::reprice) fn with_number(number: usize) -> Self {
        let (bytes, quoted) = (Vec::new(), Vec::new());
        Self { bytes, end: 0, quoted, number, dropped: false }
    }
}

/// The blocks that are still to come.
pub(in crate::reprice) struct Blocks<R> {
    log: R,
    /// The beginning of a row whose rest was not read yet.
    rest: Vec<u8>,
    number: usize,
    ended: bool,
    /// Why not all of the log was read.
    pub(in crate::reprice) early_end: Option<EarlyEnd>,
    format: RowFormat,
}

impl<R: Read> Blocks<R> {
    pub(in crate::reprice) fn new(log: R) -> Self {
        let format = RowFormat::delimited(b',');
        Self { log, rest: Vec::new(), number: 0, ended: false, early_end: None, format }
    }

    /// Says how the rows are written that were not read yet.
    pub(in crate::reprice) fn set_format(&mut self, format: RowFormat) {
        self.format = format;
    }

    /// Reads the first line, whatever quotes it has; it stays the next to be read.
    pub(super) fn peek_line(&mut self) -> io::Result<Vec<u8>> {
        let mut block = Block::new();
        self.begin(&mut block);
        loop {
            let more = block.end <= MAX_ROW_BYTES && self.fill(&mut block)?;
            let bytes = &block.bytes[..block.end];
            let end = memchr(b'\n', bytes).map(|end| end + 1);
            if let Some(end) = end.or((!more).then_some(block.end)) {
                let line = bytes[..end].to_vec();
                self.rest = bytes.to_vec();
                return Ok(line);
            }
        }
    }

    /// What the log begins with; it stays the next to be read.
    pub(in crate::reprice) fn peek(&mut self) -> io::Result<Vec<u8>> {
        let mut block = Block::new();
        self.begin(&mut block);
        self.fill(&mut block)?;
        block.bytes.truncate(block.end);
        self.rest.clone_from(&block.bytes);
        Ok(block.bytes)
    }

    /// All that was not handed out yet.
    pub(in crate::reprice) fn into_reader(self) -> impl Read {
        io::Cursor::new(self.rest).chain(self.log)
    }

    /// Leaves out what was peeked at.
    pub(super) fn skip_bytes(&mut self, count: usize) {
        self.rest.drain(..count.min(self.rest.len()));
    }

    /// Puts what is left of the last block at the start of the next.
    fn begin(&mut self, block: &mut Block) {
        // What the block's bytes were before is overwritten: to clear them would cost a pass.
        block.end = self.rest.len();
        if block.bytes.len() < block.end {
            block.bytes.resize(block.end, 0);
        }
        block.bytes[..block.end].copy_from_slice(&self.rest);
        self.rest.clear();
    }

    /// Reads the first row, which may have quotes; empty where there is none.
    pub(super) fn header(&mut self) -> io::Result<Vec<u8>> {
        let mut block = Block::new();
        self.begin(&mut block);
        let end = loop {
            let more = self.fill(&mut block)?;
            match end_of_row(&block.bytes[..block.end], 0, !more, self.format) {
                End::At(end) => break end,
                End::Open if block.end <= MAX_ROW_BYTES => {}
                End::Open | End::Broken => {
                    let bytes = &block.bytes[..block.end];
                    break memchr(b'\n', bytes).map_or(block.end, |end| end + 1);
                }
            }
        };
        block.bytes.truncate(block.end);
        self.rest = block.bytes.split_off(end);
        Ok(block.bytes)
    }

    /// Fills `block` with the next rows; `false` at the end of the log.
    pub(super) fn next(&mut self, block: &mut Block) -> io::Result<bool> {
        (block.number, block.dropped) = (self.number, false);
        self.begin(block);
        loop {
            let more = self.fill(block)?;
            // Of a log that ends early the last row may lack digits: it is none.
            let is_end = !more && self.early_end.is_none();
            if is_end && block.end > 0 && block.bytes[block.end - 1] != b'\n' {
                block.bytes[block.end] = b'\n';
                block.end += 1;
            }
            let whole = self.split(block, is_end);
            if whole > 0 || !more {
                self.rest.extend_from_slice(&block.bytes[whole..block.end]);
                block.end = whole;
                break;
            }
            if block.end > MAX_ROW_BYTES {
                self.drop_row(block)?;
                block.dropped = true;
                break;
            }
        }
        self.number += 1;
        Ok(block.end > 0 || block.dropped)
    }

    /// Reads on behind what `block` has; `false` at the end of the log.
    fn fill(&mut self, block: &mut Block) -> io::Result<bool> {
        let wanted = block.end + BLOCK;
        if block.bytes.len() < wanted + PADDING {
            block.bytes.resize(wanted + PADDING, 0);
        }
        while block.end < wanted && !self.ended {
            match self.log.read(&mut block.bytes[block.end..wanted]) {
                Ok(0) => self.ended = true,
                Ok(read) => block.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.early_end = Some(EarlyEnd::from_error(&error).ok_or(error)?);
                    self.ended = true;
                }
            }
        }
        Ok(!self.ended)
    }

    /// Where the last whole row ends; notes the rows with quotes before it.
    fn split(&self, block: &mut Block, last: bool) -> usize {
        block.quoted.clear();
        let bytes = &block.bytes[..block.end];
        let mut at = 0;
        if !self.format.has_quotes {
            return memrchr(b'\n', bytes).map_or(0, |end| end + 1);
        }
        while let Some(quote) = memchr(b'"', &bytes[at..]).map(|quote| at + quote) {
            let start = memrchr(b'\n', &bytes[at..quote]).map_or(at, |end| at + end + 1);
            let end = match end_of_row(bytes, start, last, self.format) {
                End::At(end) => end,
                End::Open => return start,
                End::Broken => match memchr(b'\n', &bytes[start..]) {
                    Some(end) => start + end + 1,
                    None => return start,
                },
            };
            block.quoted.push(start..end);
            at = end;
        }
        memrchr(b'\n', &bytes[at..]).map_or(at, |end| at + end + 1)
    }

    /// Drops the row that `block` begins with, up to and with its newline.
    fn drop_row(&mut self, block: &mut Block) -> io::Result<()> {
        let mut at = 0;
        loop {
            if let Some(end) = memchr(b'\n', &block.bytes[at..block.end]) {
                self.rest.extend_from_slice(&block.bytes[at + end + 1..block.end]);
                break;
            }
            (block.end, at) = (0, 0);
            if !self.fill(block)? && block.end == 0 {
                break;
            }
        }
        block.end = 0;
        block.bytes.truncate(BLOCK + PADDING);
        block.bytes.shrink_to(BLOCK + PADDING);
        Ok(())
    }
}
