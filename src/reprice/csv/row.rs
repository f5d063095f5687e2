//! One row of CSV with quotes in it: where it ends, and what its fields are. A broken quote costs
//! its own line alone: the next line is a row again.

use memchr::{memchr, memchr2};

use super::super::row_error::RowErrorKind;

/// A longer row is none. Within it a quote has to be closed, so that a lost one can't swallow the
/// log, nor fill the memory.
pub(super) const MAX_ROW_BYTES: usize = 1 << 20;

/// Where a row ends that begins at a known place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// After the newline at its end.
    At(usize),
    Broken,
    /// Not within the bytes at hand.
    Open,
}

/// How a log's rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::reprice) struct RowFormat {
    pub(super) delimiter: u8,
    pub(super) has_quotes: bool,
}

impl RowFormat {
    /// Fields that a delimiter separates, and quotes hold together.
    pub(super) fn delimited(delimiter: u8) -> Self {
        Self { delimiter, has_quotes: true }
    }

    /// Lines of another form.
    pub(in crate::reprice) fn lines() -> Self {
        Self { delimiter: b',', has_quotes: false }
    }
}

/// A field of a row: from where to where its text goes, without the quotes around it, and what
/// stands for a quote within.
#[derive(Debug, Clone, Copy)]
struct Field {
    from: usize,
    to: usize,
    escape: Option<u8>,
}

/// Where the row ends that begins at `start`; `last` says that no bytes come after these.
pub(super) fn end_of_row(bytes: &[u8], start: usize, last: bool, format: RowFormat) -> End {
    match walk(bytes, (start, last), (format, b'"'), |_| {}) {
        End::Broken => walk(bytes, (start, last), (format, b'\\'), |_| {}),
        end @ (End::At(_) | End::Open) => end,
    }
}

/// Walks over one row, and tells each field. A quote that a field does not begin with is part of
/// it; within quotes it is written twice, or behind the `escape`.
fn walk(
    bytes: &[u8],
    (start, last): (usize, bool),
    (format, escape): (RowFormat, u8),
    mut field: impl FnMut(Field),
) -> End {
    let open = || if last || bytes.len() - start > MAX_ROW_BYTES { End::Broken } else { End::Open };
    let after_blanks = |at: usize| {
        let is_blank = |b: &&u8| matches!(b, b' ' | b'\t') && **b != format.delimiter;
        at + bytes[at.min(bytes.len())..].iter().take_while(is_blank).count()
    };
    let mut at = start;
    loop {
        let first = after_blanks(at);
        let after = if bytes.get(first) == Some(&b'"') {
            let Some(close) = closing(bytes, first + 1, escape) else { return open() };
            // A quote as the last byte at hand may be the first half of a doubled one.
            if close + 1 == bytes.len() && !last {
                return open();
            }
            field(Field { from: first + 1, to: close, escape: Some(escape) });
            after_blanks(close + 1)
        } else {
            let end = memchr2(format.delimiter, b'\n', &bytes[at..]);
            let end = end.map_or(bytes.len(), |end| at + end);
            let crlf = bytes.get(end) == Some(&b'\n') && bytes[at..end].ends_with(b"\r");
            field(Field { from: at, to: end - usize::from(crlf), escape: None });
            end
        };
        match bytes.get(after..) {
            Some([next, ..]) if *next == format.delimiter => at = after + 1,
            Some([b'\n', ..]) => return End::At(after + 1),
            Some([b'\r', b'\n', ..]) => return End::At(after + 2),
            Some([b'\r']) if !last => return open(),
            Some([]) if last => return End::At(after),
            Some([]) => return open(),
            _ => return End::Broken,
        }
    }
}

/// The quote that closes a field, and stands for none within it.
fn closing(bytes: &[u8], mut at: usize, escape: u8) -> Option<usize> {
    loop {
        let mark = at + memchr2(b'"', escape, bytes.get(at..)?)?;
        let is_escape =
            bytes[mark] == escape && (escape != b'"' || bytes.get(mark + 1) == Some(&b'"'));
        if !is_escape {
            return Some(mark);
        }
        at = mark + 2;
    }
}

/// The fields of one row, without their quotes.
pub(super) fn fields(row: &[u8], format: RowFormat) -> Result<Vec<Vec<u8>>, RowErrorKind> {
    for escape in [b'"', b'\\'] {
        let mut fields = Vec::new();
        let end = walk(row, (0, true), (format, escape), |field| fields.push(text(row, field)));
        if matches!(end, End::At(_)) {
            return Ok(fields);
        }
    }
    Err(RowErrorKind::BrokenQuoting)
}

/// A field's text, in which an escape stands for no more than what is behind it.
fn text(row: &[u8], field: Field) -> Vec<u8> {
    let mut rest = &row[field.from..field.to];
    let Some(escape) = field.escape else { return rest.to_vec() };
    let mut text = Vec::with_capacity(rest.len());
    while let Some(at) = memchr(escape, rest) {
        let escaped = rest.get(at + 1).copied();
        text.extend_from_slice(&rest[..at]);
        // A backslash before anything else is one.
        if !matches!(escaped, Some(b'"' | b'\\')) {
            text.push(escape);
        }
        text.extend(escaped);
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    text.extend_from_slice(rest);
    text
}
