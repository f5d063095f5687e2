//! The digest of a catalog's data: the same for the same data, however it is laid out or commented.

use std::fmt::Write;

use sha2::{Digest, Sha256};
use toml::de::{DeTable, DeValue};

/// The digest of one file's tables.
pub(crate) type FileDigest = [u8; 32];

/// Digests a file's tables: keys sorted, every value with its type, no white space or comment.
pub(crate) fn of_table(path: &str, table: &DeTable<'_>) -> FileDigest {
    let mut hash = Sha256::new();
    text(&mut hash, b'f', path);
    entries(&mut hash, table);
    hash.finalize().into()
}

/// Digests the files' digests, in the order of their paths; lower-case hex.
pub(crate) fn of_files(digests: &[FileDigest]) -> String {
    let mut hash = Sha256::new();
    for digest in digests {
        hash.update(digest);
    }
    hash.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A tag and a length before each text, so that no two sets of data look alike.
fn text(hash: &mut Sha256, tag: u8, text: &str) {
    let mut head = [tag; 9];
    head[1..].copy_from_slice(&(text.len() as u64).to_le_bytes());
    hash.update(head);
    hash.update(text);
}

fn count(hash: &mut Sha256, tag: u8, count: usize) {
    let mut head = [tag; 9];
    head[1..].copy_from_slice(&(count as u64).to_le_bytes());
    hash.update(head);
}

fn entries(hash: &mut Sha256, table: &DeTable<'_>) {
    count(hash, b't', table.len());
    for (key, item) in table {
        text(hash, b'k', key.get_ref());
        value(hash, item.get_ref());
    }
}

fn value(hash: &mut Sha256, item: &DeValue<'_>) {
    match item {
        DeValue::String(string) => text(hash, b's', string),
        DeValue::Integer(integer) => text(hash, b'i', &integer.to_string()),
        DeValue::Float(float) => text(hash, b'd', float.as_str()),
        DeValue::Boolean(yes) => text(hash, b'b', if *yes { "1" } else { "0" }),
        DeValue::Datetime(datetime) => text(hash, b'z', &datetime.to_string()),
        DeValue::Array(array) => {
            count(hash, b'a', array.len());
            for item in array {
                value(hash, item.get_ref());
            }
        }
        DeValue::Table(table) => entries(hash, table),
    }
}
