//! What stands before the rows of a log: blank lines, remarks, a line that names the delimiter, and
//! the header, from which the delimiter is found where nothing names it.

use std::io::{self, Read};

use super::super::dictionary::ReadOptions;
use super::blocks::Blocks;
use super::row::RowFormat;

/// What may stand between two fields; what is before stands for both where a header has as many.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Leaves out what stands before the header; gives how rows are written, and how many lines there
/// were.
pub(super) fn skip_to_header<R: Read>(
    blocks: &mut Blocks<R>,
    options: &ReadOptions,
) -> io::Result<(RowFormat, u64)> {
    let mut lines = 0;
    let mut delimiter = options.delimiter;
    loop {
        let line = blocks.peek_line()?;
        let named = named_delimiter(&line).filter(|_| lines == 0);
        let is_remark = line.starts_with(b"#") || line.trim_ascii().is_empty();
        if line.is_empty() || !is_remark && named.is_none() {
            let delimiter = delimiter.unwrap_or_else(|| delimiter_of(&line));
            let format = RowFormat::delimited(delimiter);
            blocks.set_format(format);
            return Ok((format, lines));
        }
        delimiter = delimiter.or(named);
        blocks.skip_bytes(line.len());
        lines += 1;
    }
}

/// What a line such as `sep=;` names, as spreadsheets write and read it.
fn named_delimiter(line: &[u8]) -> Option<u8> {
    let line = line.trim_ascii_end();
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let (name, delimiter) = line.split_at_checked(4)?;
    match delimiter {
        // A tab was taken for a blank at the end.
        [] if name.eq_ignore_ascii_case(b"sep=") => Some(b'\t'),
        [delimiter] if name.eq_ignore_ascii_case(b"sep=") => Some(*delimiter),
        _ => None,
    }
}

/// The delimiter that a header has most often outside of quotes.
fn delimiter_of(header: &[u8]) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut is_quoted = false;
    for byte in header {
        is_quoted ^= *byte == b'"';
        for (count, delimiter) in counts.iter_mut().zip(DELIMITERS) {
            *count += usize::from(!is_quoted && *byte == delimiter);
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    counts.iter().zip(DELIMITERS).find(|(count, _)| **count == most).map_or(b',', |(_, it)| it)
}
