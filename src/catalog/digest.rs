//! The digest of a catalog's data: the same for the same data, however it is laid out or commented.

use std::fmt::Write;

use sha2::{Digest, Sha256};
use toml::de::{DeTable, DeValue};

/// The digest of one file's tables.
pub(crate) type FileDigest = [u8; 32];

/// Most files have no more data than this, and then room is made for it once.
const USUAL_BYTES: usize = 4096;

/// Digests a file's tables: keys sorted, every value with its type, no white space or comment.
pub(crate) fn of_table(path: &str, table: &DeTable<'_>) -> FileDigest {
    let mut data = Vec::with_capacity(USUAL_BYTES);
    text(&mut data, b'f', path);
    entries(&mut data, table);
    Sha256::digest(&data).into()
}

/// Digests the files' digests, in the order of their paths; lower-case hex.
pub(crate) fn of_files(digests: &[FileDigest]) -> String {
    let mut hash = Sha256::new();
    for digest in digests {
        hash.update(digest);
    }
    hex(&hash.finalize())
}

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        // A write to a string can't fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A tag and a length before each text, so that no two sets of data look alike.
fn text(data: &mut Vec<u8>, tag: u8, text: &str) {
    count(data, tag, text.len());
    data.extend_from_slice(text.as_bytes());
}

fn count(data: &mut Vec<u8>, tag: u8, count: usize) {
    let mut head = [tag; 9];
    head[1..].copy_from_slice(&(count as u64).to_le_bytes());
    data.extend_from_slice(&head);
}

/// The day on which a page was looked at again states nothing: `checked` is no data.
fn entries(data: &mut Vec<u8>, table: &DeTable<'_>) {
    let stated = || table.iter().filter(|(key, _)| key.get_ref() != "checked");
    count(data, b't', stated().count());
    for (key, item) in stated() {
        text(data, b'k', key.get_ref());
        value(data, item.get_ref());
    }
}

fn value(data: &mut Vec<u8>, item: &DeValue<'_>) {
    match item {
        DeValue::String(string) => text(data, b's', string),
        DeValue::Integer(integer) => text(data, b'i', &integer.to_string()),
        DeValue::Float(float) => text(data, b'd', float.as_str()),
        DeValue::Boolean(yes) => text(data, b'b', if *yes { "1" } else { "0" }),
        DeValue::Datetime(datetime) => text(data, b'z', &datetime.to_string()),
        DeValue::Array(array) => {
            count(data, b'a', array.len());
            for item in array {
                value(data, item.get_ref());
            }
        }
        DeValue::Table(table) => entries(data, table),
    }
}
