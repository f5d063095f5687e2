//! Rows that can't be read: each with its reason, counted, the first of them with their lines.

use crate::catalog::is_dangerous;
use strum::{EnumCount, IntoStaticStr, VariantArray};

/// Why a row of a log can't be read.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumCount, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum RowErrorKind {
    /// A quote is not closed, or stands within or behind a field.
    BrokenQuoting,
    /// A line is no JSON.
    BrokenJson,
    MissingColumns,
    ExtraColumns,
    #[strum(serialize = "not-utf-8")]
    NotUtf8,
    #[strum(serialize = "line-too-long")]
    TooLong,
    NotATime,
    /// A date whose year stands last: day and month can't be told apart.
    AmbiguousTime,
    /// There is no such day or hour, or it is far from any log's.
    TimeOutOfRange,
    /// The images are no whole number, or below zero.
    NotACount,
    NotASize,
    #[strum(serialize = "word-too-long")]
    LongWord,
    /// A time, size or number is null.
    MissingValue,
}

impl RowErrorKind {
    /// Returns the word of reports.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl RowErrorKind {
    /// What is accepted instead, where that can be said in few words.
    pub fn accepted(self) -> Option<&'static str> {
        match self {
            Self::NotATime => Some(
                "times are such as 2026-11-26T10:00:00Z, 2026-11-26 or seconds to nanoseconds \
                 since 1970; for others, give --time-format",
            ),
            Self::AmbiguousTime => {
                Some("day and month can't be told apart; give --time-format %m/%d/%Y or %d/%m/%Y")
            }
            Self::NotACount => Some(
                "images are whole numbers from 0 on, without separators of thousands; refunds \
                     are read with --allow-negative",
            ),
            Self::NotASize => Some("sizes are such as 1024x1024; translate a word with --read"),
            Self::BrokenQuoting
            | Self::BrokenJson
            | Self::MissingColumns
            | Self::ExtraColumns
            | Self::NotUtf8
            | Self::TooLong
            | Self::TimeOutOfRange
            | Self::LongWord
            | Self::MissingValue => None,
        }
    }
}

/// How many bad rows are kept with their lines.
pub(super) const MAX_FIRST: usize = 20;

/// More of a value is not kept.
const MAX_VALUE_CHARS: usize = 60;

/// One row that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BadRow {
    /// Which file it is in, where there are several.
    pub file: Option<String>,
    /// The line, or the row of a Parquet file, from 1.
    pub line: u64,
    pub kind: RowErrorKind,
    /// What stands where something else should, where one field is at fault.
    pub value: Option<String>,
    /// The column of a batch that is at fault, where it is one.
    pub(super) column: Option<usize>,
}

/// A value for a message: no more than a line of it, and nothing that a terminal obeys.
pub(super) fn shown_value(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let harmless = |c: char| if is_dangerous(c) { char::REPLACEMENT_CHARACTER } else { c };
    let mut shown: String = text.chars().take(MAX_VALUE_CHARS).map(harmless).collect();
    if text.chars().nth(MAX_VALUE_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

/// The bad rows of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BadRows {
    pub count: u64,
    /// How many of each kind, in the order of the kinds.
    pub kinds: [u64; RowErrorKind::COUNT],
    /// The first of them.
    pub first: Vec<BadRow>,
}

impl BadRows {
    /// Counts a row; `line` is not before those of the rows already counted.
    pub(super) fn add(&mut self, line: u64, column: usize, kind: RowErrorKind) {
        self.count += 1;
        self.kinds[kind as usize] += 1;
        if self.first.len() < MAX_FIRST {
            self.first.push(BadRow { file: None, line, kind, value: None, column: Some(column) });
        }
    }

    /// Adds what another file has.
    pub(super) fn append(&mut self, other: Self, file: &str) {
        self.count += other.count;
        for (mine, theirs) in self.kinds.iter_mut().zip(other.kinds) {
            *mine += theirs;
        }
        let first = other.first.into_iter();
        self.first.extend(first.map(|row| BadRow { file: Some(file.to_owned()), ..row }));
        self.first.truncate(MAX_FIRST);
    }

    /// Adds what another part of the log has.
    pub(super) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        for (mine, theirs) in self.kinds.iter_mut().zip(other.kinds) {
            *mine += theirs;
        }
        self.first.extend(other.first.iter().cloned());
        self.first.sort();
        self.first.truncate(MAX_FIRST);
    }

    /// Returns the kinds that were met, with how many rows each has.
    pub fn by_kind(&self) -> impl Iterator<Item = (RowErrorKind, u64)> + '_ {
        let each = RowErrorKind::VARIANTS.iter().copied().zip(self.kinds);
        each.filter(|(_, count)| *count > 0)
    }

    /// The kinds that were met, in one text: `2 not-a-time; 1 not-a-count`.
    pub fn reasons(&self) -> String {
        let each = self.by_kind().map(|(kind, count)| format!("{count} {}", kind.as_str()));
        each.collect::<Vec<_>>().join("; ")
    }
}
