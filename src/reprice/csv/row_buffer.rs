//! Rows whose fields were gathered from several places, kept together until they are enough to be
//! read column by column.

use std::borrow::Cow;

use super::string_cache::PADDING;

/// Rows that are kept: as many as the scanner marks at a time.
const MAX_ROWS: usize = 512;

/// The fields of some rows, each with a comma behind it.
#[derive(Debug, Default)]
pub(super) struct RowBuffer {
    pub(super) bytes: Vec<u8>,
    /// Where each field ends.
    pub(super) ends: Vec<u32>,
    /// The line of each row within its block.
    pub(super) lines: Vec<u64>,
}

impl RowBuffer {
    pub(super) fn push(&mut self, line: u64, fields: &[Cow<'_, str>]) {
        for field in fields {
            self.bytes.extend_from_slice(field.as_bytes());
            self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
            self.bytes.push(b',');
        }
        self.lines.push(line);
    }

    pub(super) fn is_full(&self) -> bool {
        self.lines.len() >= MAX_ROWS
    }

    /// Puts bytes behind the last field, so that registers can be read there.
    pub(super) fn pad(&mut self) {
        self.bytes.resize(self.bytes.len() + PADDING, 0);
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.lines.clear();
    }
}
