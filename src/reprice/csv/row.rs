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

/// Walks over one row, and tells each field: whether it is quoted, and from where to where its
/// text goes, without the quotes around it. `last` says that no bytes come after these.
pub(super) fn walk(
    bytes: &[u8],
    start: usize,
    last: bool,
    mut field: impl FnMut(bool, usize, usize),
) -> End {
    let open = || if last || bytes.len() - start > MAX_ROW_BYTES { End::Broken } else { End::Open };
    let mut at = start;
    loop {
        let (quoted, from, to, after) = if bytes.get(at) == Some(&b'"') {
            let Some(close) = closing(bytes, at + 1) else { return open() };
            // A quote as the last byte at hand may be the first half of a doubled one.
            if close + 1 == bytes.len() && !last {
                return open();
            }
            (true, at + 1, close, close + 1)
        } else {
            let end = memchr2(b',', b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
            if memchr(b'"', &bytes[at..end]).is_some() {
                return End::Broken;
            }
            let crlf = bytes.get(end) == Some(&b'\n') && bytes[at..end].ends_with(b"\r");
            (false, at, end - usize::from(crlf), end)
        };
        field(quoted, from, to);
        match bytes.get(after..) {
            Some([b',', ..]) => at = after + 1,
            Some([b'\n', ..]) => return End::At(after + 1),
            Some([b'\r', b'\n', ..]) => return End::At(after + 2),
            Some([b'\r']) if !last => return open(),
            Some([]) if last => return End::At(after),
            Some([]) => return open(),
            _ => return End::Broken,
        }
    }
}

/// The quote that closes a field, which is not one of two in a row.
fn closing(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let quote = at + memchr(b'"', bytes.get(at..)?)?;
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        at = quote + 2;
    }
}

/// The fields of one row, without their quotes.
pub(super) fn fields(row: &[u8]) -> Result<Vec<Vec<u8>>, RowErrorKind> {
    let mut fields = Vec::new();
    let end = walk(row, 0, true, |quoted, from, to| fields.push(text(row, quoted, from, to)));
    if matches!(end, End::At(_)) { Ok(fields) } else { Err(RowErrorKind::BrokenQuoting) }
}

/// A field's text, in which two quotes are one.
fn text(row: &[u8], quoted: bool, from: usize, to: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(to - from);
    let mut rest = &row[from..to];
    while let Some(quote) = memchr(b'"', rest).filter(|_| quoted) {
        text.extend_from_slice(&rest[..=quote]);
        rest = rest.get(quote + 2..).unwrap_or_default();
    }
    text.extend_from_slice(rest);
    text
}
