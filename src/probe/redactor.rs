//! Finds keys in what is about to be written, in every form that a server may have given them,
//! and makes a stranger's text harmless to print.

mod masked_links;
mod unescaped;

use std::borrow::Cow;
use std::ops::Range;

use aho_corasick::{AhoCorasick, BuildError, MatchKind};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::api_key::ApiKey;
use crate::catalog::is_dangerous;
pub(super) use masked_links::{masked_links, masked_value};
use unescaped::{ByteView, SINGLE, any};

/// What stands in place of a key.
const MARK: &[u8] = b"[key]";

/// How often escapes are undone: an address in JSON in JSON.
const MAX_LEVELS: usize = 3;

/// Below this many bytes a key is sought as it stands alone; its parts would be found anywhere.
const SHORT: usize = 4;

/// From so many bytes on, a part of a key is as secret as the key, and a text that holds it holds
/// it on purpose.
const MIN_PART_BYTES: usize = 8;

/// A piece of so many bytes from a key stands nowhere by chance, be it cut out by a server that
/// shows no whole keys, or by the end of a field.
const MIN_PIECE_BYTES: usize = 12;

/// Where keys such as `id.secret` and `id:secret` have their parts.
const PART_ENDS: [char; 2] = ['.', ':'];

/// Takes keys out of everything that is written.
#[derive(Clone)]
pub struct Redactor {
    /// Keys with their parts.
    all: KeySearch,
    /// Keys that stand nowhere by chance, without parts that are no secret.
    telling: KeySearch,
}

/// A search for some keys in all their forms.
#[derive(Clone)]
struct KeySearch {
    /// Raw, reversed and in hexadecimal digits; upper and lower case count as one.
    plain: AhoCorasick,
    /// Pieces of base64, where the case matters.
    base64: AhoCorasick,
    /// Of each piece, whether the digit before and the digit after hold bits of the key.
    shared: Vec<(bool, bool)>,
}

/// The keys could not be made into a search.
#[derive(Debug, thiserror::Error)]
#[error("can't search for the keys")]
pub struct RedactorError(#[from] BuildError);

impl Redactor {
    /// Seeks all of these keys, and their parts.
    pub fn new<'k>(keys: impl IntoIterator<Item = &'k ApiKey>) -> Result<Self, RedactorError> {
        let (mut all, mut telling) = (Vec::new(), Vec::new());
        for key in keys {
            let key = key.expose();
            let long = |part: &&str| part.len() >= MIN_PART_BYTES;
            all.push(key);
            all.extend(key.split(PART_ENDS).filter(long));
            telling.extend(Some(key).filter(long));
            telling.extend(key.rsplit(PART_ENDS).next().filter(long));
        }
        let is_plain = |byte: &u8| byte.is_ascii_graphic() && !b"\\\"%&".contains(byte);
        let pieces = all.iter().flat_map(|key| key.as_bytes().windows(MIN_PIECE_BYTES));
        // A piece that begins within an escape would leave half of it behind.
        let pieces: Vec<_> = pieces.filter(|piece| piece.iter().all(is_plain)).collect();
        Ok(Self { all: KeySearch::new(&all, &pieces)?, telling: KeySearch::new(&telling, &[])? })
    }

    /// The bytes with every form of a key replaced by `[key]`, and whether there was one.
    pub fn redact(&self, bytes: &[u8]) -> (Vec<u8>, bool) {
        let found = self.all.found(bytes);
        let mut written = Vec::with_capacity(bytes.len());
        let mut done = 0;
        for range in &found {
            written.extend_from_slice(&bytes[done..range.start]);
            written.extend_from_slice(MARK);
            done = range.end;
        }
        written.extend_from_slice(&bytes[done..]);
        (written, !found.is_empty())
    }

    /// The text with every form of a key replaced by `[key]`.
    pub fn redact_text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.redact(text.as_bytes()).0).into_owned()
    }

    /// Whether a key stands in the bytes in any form, and not by chance: one that is shorter than
    /// 8 bytes may be a word of any address.
    pub fn finds(&self, bytes: &[u8]) -> bool {
        !self.telling.found(bytes).is_empty()
    }
}

impl KeySearch {
    /// Of keys in all their forms, and of pieces as they stand.
    fn new(keys: &[&str], cut: &[&[u8]]) -> Result<Self, RedactorError> {
        let mut plain: Vec<Vec<u8>> = cut.iter().map(|piece| piece.to_vec()).collect();
        let mut pieces = Vec::new();
        for key in keys {
            plain.push(key.as_bytes().to_vec());
            if key.len() < SHORT {
                continue;
            }
            plain.extend(forms(key));
            pieces.extend(base64_pieces(key.as_bytes()));
        }
        let (pieces, shared): (Vec<_>, Vec<_>) = pieces.into_iter().unzip();
        let search = |patterns: &[Vec<u8>], fold: bool| {
            // Overlapping matches are all wanted: one key may begin within another.
            AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .ascii_case_insensitive(fold)
                .build(patterns)
        };
        Ok(Self { plain: search(&plain, true)?, base64: search(&pieces, false)?, shared })
    }

    /// Where keys stand, in order and without overlaps.
    fn found(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        let mut all = Vec::new();
        let raw = ByteView::new(bytes);
        // Most of what comes holds no escape, and one look at it is enough.
        if !bytes.iter().any(|byte| any(*byte)) {
            self.search(&raw, &mut all);
            return all;
        }
        self.search(&raw, &mut all);
        self.descend(&raw, MAX_LEVELS, &mut all);
        let mut view = raw;
        for _ in 0..MAX_LEVELS {
            let Some(next) = view.unescaped(any) else { break };
            self.search(&next, &mut all);
            view = next;
        }
        all
    }

    /// Undoes what writers did one after another, each with its one kind of escape, in every
    /// order: only the right one leads to the whole of a key that looks like escapes itself.
    fn descend(&self, view: &ByteView<'_>, levels: usize, all: &mut Vec<Range<usize>>) {
        for next in SINGLE.iter().filter_map(|way| view.unescaped(*way)) {
            self.search(&next, all);
            if levels > 1 {
                self.descend(&next, levels - 1, all);
            }
        }
    }

    /// Adds what a view shows, merged at once: the same keys are seen in many views.
    fn search(&self, view: &ByteView<'_>, all: &mut Vec<Range<usize>>) {
        let plain = self.plain.find_overlapping_iter(&*view.bytes);
        all.extend(plain.map(|found| view.source(&found.range())));
        let base64 = self.base64.find_overlapping_iter(&*view.bytes);
        all.extend(base64.map(|found| {
            let (before, after) = self.shared[found.pattern()];
            let start = found.start() - usize::from(before && found.start() > 0);
            let end = found.end() + usize::from(after && found.end() < view.bytes.len());
            view.source(&(start..end))
        }));
        merge(all);
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redactor(…)")
    }
}

/// The forms that no unescaping leads to: other orders, other digits, and the key where it
/// looks like an escape itself.
fn forms(key: &str) -> Vec<Vec<u8>> {
    let digit = |half: u8| char::from_digit(u32::from(half), 16);
    let hex: String =
        key.bytes().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).flatten().collect();
    let mut forms = vec![
        key.chars().rev().collect::<String>().into_bytes(),
        key.bytes().rev().collect(),
        hex.into_bytes(),
        key.replace(' ', "+").into_bytes(),
    ];
    let mut view = ByteView::new(key.as_bytes());
    while let Some(next) = view.unescaped(any).filter(|next| next.bytes.len() >= SHORT) {
        forms.push(next.bytes.to_vec());
        view = next;
    }
    forms
}

/// What of a key's base64 does not depend on its neighbours, in all three alignments, and whether
/// the digits before and after it hold bits of the key too.
fn base64_pieces(key: &[u8]) -> Vec<(Vec<u8>, (bool, bool))> {
    let mut pieces = Vec::new();
    for before in 0..3 {
        let padded = [&[0; 2][..before], key].concat();
        let first = (before * 8).div_ceil(6);
        let last = padded.len() * 8 / 6;
        let shared = (before > 0, padded.len() % 3 > 0);
        for text in [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
            pieces.extend(text.as_bytes().get(first..last).map(|piece| (piece.to_vec(), shared)));
        }
    }
    pieces
}

fn merge(ranges: &mut Vec<Range<usize>>) {
    ranges.sort_by_key(|range| (range.start, range.end));
    ranges.dedup_by(|next, last| {
        let overlap = next.start < last.end;
        if overlap {
            last.end = last.end.max(next.end);
        }
        overlap
    });
}

/// A stranger's text as one harmless line: no control or invisible characters, line breaks as
/// spaces, no `##[`, which is a command wherever it stands in a workflow's log, and at most `most` characters, with `…` where more stood.
pub fn clean(text: &str, most: usize) -> String {
    let kept = |c: char| match c {
        '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if is_dangerous(c) => None,
        c => Some(c),
    };
    let mut all = text.chars().filter_map(kept);
    let mut line: String = all.by_ref().take(most).collect();
    if all.next().is_some() {
        line.pop();
        line.push('…');
    }
    line.replace("##[", "## [")
}

/// Bytes as text that is redacted, whose links are masked, and that is cleaned and capped, in this
/// order: a key that is cut in half would not be found any more.
pub(super) fn harmless(redactor: &Redactor, bytes: &[u8], most: usize) -> (String, bool) {
    let (bytes, found) = redactor.redact(bytes);
    let text: Cow<'_, str> = String::from_utf8_lossy(&bytes);
    (clean(&masked_links(&text), most), found)
}
