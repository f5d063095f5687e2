//! Rows that can't be read: each with its reason, counted, the first of them with their lines.

/// Why a row of a log can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowErrorKind {
    /// A quote is not closed, or stands within or behind a field.
    BrokenQuoting,
    /// The row ends too early.
    MissingColumns,
    /// The row has more fields than the header.
    ExtraColumns,
    /// Its bytes are no text.
    NotUtf8,
    /// The row is longer than any row is.
    TooLong,
    /// The time is none that is known.
    NotATime,
    /// There is no such day or hour, or it is far from any log's.
    TimeOutOfRange,
    /// The images are no whole number above zero.
    NotACount,
    /// The size is not width x height.
    NotASize,
    /// A word is longer than any word is.
    LongWord,
    /// A time, size or number is null.
    MissingValue,
}

impl RowErrorKind {
    /// Every fault, in the order of their discriminants.
    pub const ALL: [Self; 11] = [
        Self::BrokenQuoting,
        Self::MissingColumns,
        Self::ExtraColumns,
        Self::NotUtf8,
        Self::TooLong,
        Self::NotATime,
        Self::TimeOutOfRange,
        Self::NotACount,
        Self::NotASize,
        Self::LongWord,
        Self::MissingValue,
    ];

    /// The word in reports.
    pub fn code(self) -> &'static str {
        match self {
            Self::BrokenQuoting => "broken-quoting",
            Self::MissingColumns => "missing-columns",
            Self::ExtraColumns => "extra-columns",
            Self::NotUtf8 => "not-utf-8",
            Self::TooLong => "line-too-long",
            Self::NotATime => "not-a-time",
            Self::TimeOutOfRange => "time-out-of-range",
            Self::NotACount => "not-a-count",
            Self::NotASize => "not-a-size",
            Self::LongWord => "word-too-long",
            Self::MissingValue => "missing-value",
        }
    }
}

/// How many bad rows are kept with their lines.
const FIRST: usize = 20;

/// The bad rows of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BadRows {
    /// How many there are.
    pub count: u64,
    /// How many of each fault, in the order of [`RowErrorKind::ALL`].
    pub faults: [u64; RowErrorKind::ALL.len()],
    /// The first of them: the line (or row of a Parquet file) from 1, and what is wrong.
    pub first: Vec<(u64, RowErrorKind)>,
}

impl BadRows {
    /// Counts a row; `line` is not before those of the rows already counted.
    pub(super) fn add(&mut self, line: u64, fault: RowErrorKind) {
        self.count += 1;
        self.faults[fault as usize] += 1;
        if self.first.len() < FIRST {
            self.first.push((line, fault));
        }
    }

    /// Adds what another part of the log has.
    pub(super) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        for (mine, theirs) in self.faults.iter_mut().zip(other.faults) {
            *mine += theirs;
        }
        self.first.extend(&other.first);
        self.first.sort_unstable();
        self.first.truncate(FIRST);
    }

    /// The faults that were met, with how many rows each has.
    pub fn by_fault(&self) -> impl Iterator<Item = (RowErrorKind, u64)> + '_ {
        let each = RowErrorKind::ALL.into_iter().zip(self.faults);
        each.filter(|(_, count)| *count > 0)
    }
}
