//! The words of one part of a log, by number, and what they mean: sizes, qualities, listings, tags.
//! Each thread that scans has its own; the numbers of one say nothing to another.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::aggregate::MAX_WORDS;
use super::columns::Meaning;
use super::log_kind::LogKind;
use super::row_error::RowErrorKind;
use super::row_plan::RowCondition;
use super::timestamp::{Periods, TimeFormat, day_of};
use crate::catalog::Size;

/// The longest word of a quality, listing or tag, in bytes.
const MAX_WORD_BYTES: usize = 200;

/// How much of a digest stands for the rest of a long tag.
const DIGEST_BYTES: usize = 8;

/// How a log is to be read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    pub map: Vec<(Meaning, String)>,
    /// Words that stand for others: of which column, what is written, what is meant.
    pub words: Vec<(Meaning, String, String)>,
    /// Within which days rows are not told apart.
    pub periods: Periods,
    pub by_tag: bool,
    /// Whether rows of different listings (or models) are told apart.
    pub by_listing: bool,
    /// How times are written, where that is no common form.
    pub time_format: Option<TimeFormat>,
    /// What stands between the fields of a line, where it is not to be found from the header.
    pub delimiter: Option<u8>,
    /// What all rows have: of which meaning, what.
    pub constants: Vec<(Meaning, String)>,
    /// Which rows count.
    pub conditions: Vec<RowCondition>,
    /// Which gateway wrote the log.
    pub kind: Option<LogKind>,
    /// Columns that the names of folders have, such as `day=2026-11-20`.
    pub folders: Vec<(String, String)>,
    /// Whether a row may have fewer images than none: then it is a refund.
    pub allow_negative: bool,
}

impl ReadOptions {
    /// The day of a time.
    pub(super) fn day_of(&self, text: &[u8]) -> Result<i32, RowErrorKind> {
        self.time_format.as_ref().map_or_else(|| day_of(text), |format| format.day_of(text))
    }
}

/// Words by number.
#[derive(Debug, Default)]
pub(super) struct NumberedStrings {
    numbers: HashMap<String, u32>,
    pub(super) words: Vec<String>,
}

impl NumberedStrings {
    fn number(&mut self, word: &str) -> Result<u32, RowErrorKind> {
        if let Some(number) = self.numbers.get(word) {
            return Ok(*number);
        }
        let number = u32::try_from(self.words.len()).map_err(|_| RowErrorKind::LongWord)?;
        self.words.push(word.to_owned());
        self.numbers.insert(word.to_owned(), number);
        Ok(number)
    }
}

/// What the words that were met mean.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    /// Sizes by number; `None` where the log leaves the size open.
    pub(super) sizes: Vec<Option<Size>>,
    sizes_by_value: HashMap<Option<Size>, u32>,
    pub(super) qualities: NumberedStrings,
    pub(super) listings: NumberedStrings,
    pub(super) tags: NumberedStrings,
}

/// How a log may leave the size open: by nothing, or by the word with which a seller chooses.
const OPEN_SIZES: [&str; 2] = ["", "auto"];

impl Dictionary {
    /// Returns the number of a word of a column.
    pub(super) fn number(
        &mut self,
        options: &ReadOptions,
        meaning: Meaning,
        text: &[u8],
    ) -> Result<u32, RowErrorKind> {
        let text = std::str::from_utf8(text).map_err(|_| RowErrorKind::NotUtf8)?.trim();
        if text.len() > MAX_WORD_BYTES {
            return match meaning {
                Meaning::Tag => self.tags.number(&cut(text)),
                Meaning::Size => Err(RowErrorKind::NotASize),
                Meaning::Quality
                | Meaning::Width
                | Meaning::Height
                | Meaning::Listing
                | Meaning::Model
                | Meaning::Time
                | Meaning::Images => Err(RowErrorKind::LongWord),
            };
        }
        let text = meant(options, meaning, text);
        match meaning {
            Meaning::Size => self.size(text),
            Meaning::Quality => self.qualities.number(text),
            Meaning::Tag => self.tags.number(text),
            Meaning::Listing
            | Meaning::Model
            | Meaning::Width
            | Meaning::Height
            | Meaning::Time
            | Meaning::Images => self.listings.number(text),
        }
    }

    fn size(&mut self, text: &str) -> Result<u32, RowErrorKind> {
        let size = match parse_size(text) {
            Some(size) => Some(size),
            None if OPEN_SIZES.contains(&text) => None,
            None => return Err(RowErrorKind::NotASize),
        };
        let next = u32::try_from(self.sizes.len()).unwrap_or(MAX_WORDS);
        let number = *self.sizes_by_value.entry(size).or_insert(next);
        if number == next {
            self.sizes.push(size);
        }
        Ok(number)
    }
}

/// Reads a size in any of the spellings that logs have: `1024x1024`, `1024×1024`, `1024 X 1024`,
/// `1024-x-1024`.
fn parse_size(text: &str) -> Option<Size> {
    let (width, height) = text.split_once(['x', 'X', '×', '*'])?;
    let between = |c: char| c == '-' || c.is_whitespace();
    let (width, height) = (width.trim_end_matches(between), height.trim_start_matches(between));
    format!("{width}x{height}").parse().ok()
}

/// A long tag by its beginning and a digest of all of it: no two become one.
fn cut(text: &str) -> String {
    let end = text.floor_char_boundary(MAX_WORD_BYTES - 2 * DIGEST_BYTES - "…#".len());
    let digest = Sha256::digest(text.as_bytes());
    let digest = digest.first_chunk::<DIGEST_BYTES>().map_or(0, |first| u64::from_be_bytes(*first));
    format!("{}…#{digest:016x}", &text[..end])
}

fn meant<'a>(reading: &'a ReadOptions, meaning: Meaning, text: &'a str) -> &'a str {
    let stands = |(of, written, _): &&(Meaning, String, String)| *of == meaning && written == text;
    reading.words.iter().find(stands).map_or(text, |(.., meant)| meant)
}
