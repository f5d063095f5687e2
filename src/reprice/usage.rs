//! A log that was read: sums of rows and images by group, and what could not be read. All cores
//! take blocks in turn; what each has added up is put together at the end.

use std::collections::BTreeMap;
use std::io::{self, Read};

use jiff::civil::Date;

use super::aggregate::{AggregateError, MAX_GROUPS};
use super::batch::Aggregator;
use super::columns::ColumnError;
use super::csv::{Blocks, read_csv};
use super::dictionary::ReadOptions;
use super::input::{EarlyEnd, Input};
use super::json_log::read_json;
use super::parquet::read_parquet;
use super::progress::ReadProgress;
use super::row_error::{BadRows, RowErrorKind};
use super::row_plan::LeftOut;
use super::text_encoding::decoded;
use super::timestamp::date_of;
use crate::catalog::{Overflow, Size};

/// Rows that are alike for every price.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UsageKey {
    /// The first day of their period.
    pub period: Date,
    pub size: Option<Size>,
    pub quality: Option<String>,
    /// Their listing or model, where these are told apart.
    pub listing: Option<String>,
    /// Their tag, where these are told apart.
    pub tag: Option<String>,
    /// Whether their images are given back.
    pub is_refund: bool,
}

/// How much there is of a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UsageCount {
    pub rows: u64,
    pub images: u64,
}

impl UsageCount {
    /// Adds as much again.
    pub(super) fn add(&mut self, other: Self) -> Result<(), Overflow> {
        self.rows = self.rows.checked_add(other.rows).ok_or(Overflow)?;
        let images = self.images.checked_add(other.images);
        // A refund is as many below zero.
        self.images = images.filter(|sum| i64::try_from(*sum).is_ok()).ok_or(Overflow)?;
        Ok(())
    }
}

/// A log that was read.
#[derive(Debug, Default)]
pub struct Usage {
    /// Rows that are alike, in order.
    pub groups: BTreeMap<UsageKey, UsageCount>,
    /// The first and the last day of the rows that count.
    pub days: Option<(Date, Date)>,
    pub rows: u64,
    pub bad: BadRows,
    /// Rows that do not count, by what the user or the kind of the log says.
    pub left_out: LeftOut,
    /// Why it is not all of the log.
    pub partial: Option<EarlyEnd>,
}

/// Says why a log can't be read.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    #[error("the log can't be read to its end")]
    Read(#[from] io::Error),
    #[error("the log can't be read")]
    Parquet(#[from] ::parquet::errors::ParquetError),
    #[error(transparent)]
    Columns(#[from] ColumnError),
    #[error("the log is empty: it has not even a header")]
    Empty,
    #[error("the log's first line is no header: {}", .0.as_str())]
    Header(RowErrorKind),
    #[error(
        "the log has more than {MAX_GROUPS} different groups of day, size, quality, tag and \
         listing; leave out --by tag or --by day"
    )]
    Groups,
    #[error("the log's images are beyond 64 bits")]
    Images,
}

impl From<AggregateError> for UsageError {
    fn from(full: AggregateError) -> Self {
        match full {
            AggregateError::Groups => Self::Groups,
            AggregateError::Images => Self::Images,
        }
    }
}

impl Usage {
    /// Reads a log to its end, or until `watch` is told to stop.
    pub fn read(
        input: Input,
        reading: &ReadOptions,
        watch: &ReadProgress,
    ) -> Result<Self, UsageError> {
        let read = match input {
            Input::Text(log) => decoded(log)
                .map_err(UsageError::from)
                .and_then(|log| read_text(log, reading, watch)),
            Input::Parquet(path) => read_parquet(&path, reading, watch),
        };
        if let Err(UsageError::Read(error)) = &read
            && let Some(end) = EarlyEnd::from_error(error)
        {
            return Ok(Self { partial: Some(end), ..Self::default() });
        }
        read
    }

    /// Adds what another file of the log has; its bad rows are told with its name.
    pub fn append(&mut self, other: Self, file: &str) -> Result<(), UsageError> {
        for (alike, count) in other.groups {
            let sum = self.groups.entry(alike).or_default();
            sum.add(count).map_err(|Overflow| UsageError::Images)?;
        }
        if self.groups.len() > MAX_GROUPS {
            return Err(UsageError::Groups);
        }
        self.rows += other.rows;
        self.partial = self.partial.or(other.partial);
        self.left_out.merge(&other.left_out);
        self.bad.append(other.bad, file);
        if let Some((first, last)) = other.days {
            let days = self.days.unwrap_or((first, last));
            self.days = Some((days.0.min(first), days.1.max(last)));
        }
        Ok(())
    }

    /// Adds the sums of one thread.
    pub(super) fn add(&mut self, sums: &Aggregator) -> Result<(), UsageError> {
        let Aggregator { names, tally, rows, days: (first, last) } = sums;
        let word = |words: &[String], at: usize| words.get(at).filter(|w| !w.is_empty()).cloned();
        for (together, rows, images) in tally.groups() {
            let (period, [size, quality, listing, tag]) = together.parts();
            let alike = UsageKey {
                period: date_of(period),
                size: names.sizes.get(size).copied().flatten(),
                quality: word(&names.qualities.words, quality),
                listing: word(&names.listings.words, listing),
                tag: word(&names.tags.words, tag),
                is_refund: together.is_refund(),
            };
            let count = self.groups.entry(alike).or_default();
            count.add(UsageCount { rows, images }).map_err(|Overflow| UsageError::Images)?;
        }
        if self.groups.len() > MAX_GROUPS {
            return Err(UsageError::Groups);
        }
        self.rows += rows;
        if first <= last {
            let (first, last) = (date_of(*first), date_of(*last));
            let days = self.days.unwrap_or((first, last));
            self.days = Some((days.0.min(first), days.1.max(last)));
        }
        Ok(())
    }
}

/// Reads CSV or JSON, whichever the beginning looks like.
fn read_text(
    log: Box<dyn Read + Send>,
    options: &ReadOptions,
    progress: &ReadProgress,
) -> Result<Usage, UsageError> {
    let mut blocks = Blocks::new(log);
    let start = blocks.peek()?;
    let mut first = start.iter().filter(|byte| !byte.is_ascii_whitespace());
    match (first.next(), first.next()) {
        (Some(b'{'), _) | (Some(b'['), Some(b'{' | b'[' | b']')) => {
            read_json(blocks, &start, options, progress)
        }
        _ => read_csv(blocks, options, progress),
    }
}
