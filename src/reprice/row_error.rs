//! Rows that can't be read: each with its reason, counted, the first of them with their lines.

use strum::{EnumCount, IntoStaticStr, VariantArray};

/// Why a row of a log can't be read.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumCount, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum RowErrorKind {
    /// A quote is not closed, or stands within or behind a field.
    BrokenQuoting,
    MissingColumns,
    ExtraColumns,
    #[strum(serialize = "not-utf-8")]
    NotUtf8,
    #[strum(serialize = "line-too-long")]
    TooLong,
    NotATime,
    /// There is no such day or hour, or it is far from any log's.
    TimeOutOfRange,
    /// The images are no whole number above zero.
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

/// How many bad rows are kept with their lines.
const MAX_FIRST: usize = 20;

/// The bad rows of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BadRows {
    pub count: u64,
    /// How many of each kind, in the order of the kinds.
    pub kinds: [u64; RowErrorKind::COUNT],
    /// The first of them: the line (or row of a Parquet file) from 1, and what is wrong.
    pub first: Vec<(u64, RowErrorKind)>,
}

impl BadRows {
    /// Counts a row; `line` is not before those of the rows already counted.
    pub(super) fn add(&mut self, line: u64, kind: RowErrorKind) {
        self.count += 1;
        self.kinds[kind as usize] += 1;
        if self.first.len() < MAX_FIRST {
            self.first.push((line, kind));
        }
    }

    /// Adds what another part of the log has.
    pub(super) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        for (mine, theirs) in self.kinds.iter_mut().zip(other.kinds) {
            *mine += theirs;
        }
        self.first.extend(&other.first);
        self.first.sort_unstable();
        self.first.truncate(MAX_FIRST);
    }

    /// Returns the kinds that were met, with how many rows each has.
    pub fn by_kind(&self) -> impl Iterator<Item = (RowErrorKind, u64)> + '_ {
        let each = RowErrorKind::VARIANTS.iter().copied().zip(self.kinds);
        each.filter(|(_, count)| *count > 0)
    }
}
