//! A log that was read: sums of rows and images by group, and what could not be read. All cores
//! take blocks in turn; what each has added up is put together at the end.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use jiff::civil::Date;

use super::bad::{BadRows, Fault};
use super::blocks::{Block, Blocks};
use super::columnar;
use super::columns::{ColumnError, Columns, Meaning};
use super::day::date_of;
use super::input::Input;
use super::names::Reading;
use super::row;
use super::scan::Scan;
use super::sums::Sums;
use super::tally::{Full, MOST_GROUPS};
use super::watch::Watch;
use crate::catalog::Size;

/// Rows that are alike for every price.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alike {
    /// The first day of their period.
    pub period: Date,
    /// Their size; `None` where the log leaves it open.
    pub size: Option<Size>,
    /// Their quality, where the log gives one.
    pub quality: Option<String>,
    /// Their listing or model, where these are told apart.
    pub listing: Option<String>,
    /// Their tag, where these are told apart.
    pub tag: Option<String>,
}

/// How much there is of a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Rows of the log.
    pub rows: u64,
    /// Images of all of them.
    pub images: u64,
}

/// A log that was read.
#[derive(Debug, Default)]
pub struct Usage {
    /// Rows that are alike, in order.
    pub groups: BTreeMap<Alike, Count>,
    /// The first and the last day of the rows that count.
    pub days: Option<(Date, Date)>,
    /// Rows that count.
    pub rows: u64,
    /// Rows that could not be read.
    pub bad: BadRows,
    /// Whether it was read in part alone.
    pub partial: bool,
}

/// Says why a log can't be read.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// A read failed, or what was packed can't be unpacked.
    #[error("the log can't be read to its end")]
    Read(#[from] io::Error),
    /// The Parquet file is damaged, or of a kind that is not known.
    #[error("the log can't be read")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// The header does not fit.
    #[error(transparent)]
    Columns(#[from] ColumnError),
    /// There is no header.
    #[error("the log is empty: it has not even a header")]
    Empty,
    /// The header's quotes are broken, or it is not UTF-8.
    #[error("the log's first line is no header: {}", .0.code())]
    Header(Fault),
    /// The sums would fill the memory.
    #[error(
        "the log has more than {MOST_GROUPS} different groups of day, size, quality, tag and \
         listing; leave out --by tag or --by day"
    )]
    Groups,
    /// A group has more images than 64 bits count.
    #[error("the log's images are beyond 64 bits")]
    Images,
}

impl From<Full> for UsageError {
    fn from(full: Full) -> Self {
        match full {
            Full::Groups => Self::Groups,
            Full::Images => Self::Images,
        }
    }
}

impl Usage {
    /// Reads a log to its end, or until `watch` is told to stop.
    pub fn read(input: Input, reading: &Reading, watch: &Watch) -> Result<Self, UsageError> {
        match input {
            Input::Text(log) => Self::text(log, reading, watch),
            Input::Parquet(file) => columnar::read(file, reading, watch),
        }
    }

    fn text(
        log: Box<dyn Read + Send>,
        reading: &Reading,
        watch: &Watch,
    ) -> Result<Self, UsageError> {
        let mut blocks = Blocks::new(log);
        let header = blocks.header()?;
        let names = header_names(&header)?;
        let columns = needed(&names, reading)?;
        let shared = Mutex::new(blocks);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let scans = std::thread::scope(|scope| {
            let work = || scanned(&shared, &columns, reading, watch);
            let others: Vec<_> = (1..cores).map(|_| scope.spawn(work)).collect();
            let mut scans = vec![work()];
            let joined = others.into_iter().map(std::thread::ScopedJoinHandle::join);
            scans.extend(joined.map(|it| it.unwrap_or_else(|p| std::panic::resume_unwind(p))));
            scans.into_iter().collect::<Result<Vec<_>, UsageError>>()
        })?;
        let first_line = memchr::memchr_iter(b'\n', &header).count() as u64 + 1;
        Self::of(scans, first_line)
    }

    /// Puts together what the threads have read; `first_line` is that of the first block.
    fn of(scans: Vec<Scan<'_>>, first_line: u64) -> Result<Self, UsageError> {
        let partial = !scans.iter().any(|scan| scan.ended);
        let mut usage = Self { partial, ..Self::default() };
        let mut lines: Vec<_> = scans.iter().flat_map(|scan| &scan.lines).copied().collect();
        lines.sort_unstable();
        let mut bases = BTreeMap::new();
        let mut line = first_line;
        for (block, count) in lines {
            bases.insert(block, line);
            line += count;
        }
        for scan in scans {
            let first = scan.bad.iter().map(|(block, line, fault)| {
                (bases.get(block).copied().unwrap_or(first_line) + line, *fault)
            });
            let bad = BadRows {
                count: scan.faults.iter().sum(),
                faults: scan.faults,
                first: first.collect(),
            };
            usage.bad.merge(&bad);
            usage.add(&scan.sums)?;
        }
        Ok(usage)
    }

    /// Adds the sums of one thread.
    pub(super) fn add(&mut self, sums: &Sums) -> Result<(), UsageError> {
        let Sums { names, tally, rows, days: (first, last) } = sums;
        let word = |words: &[String], at: usize| words.get(at).filter(|w| !w.is_empty()).cloned();
        for (together, rows, images) in tally.groups() {
            let (period, [size, quality, listing, tag]) = together.parts();
            let alike = Alike {
                period: date_of(period),
                size: names.sizes.get(size).copied().flatten(),
                quality: word(&names.qualities.words, quality),
                listing: word(&names.listings.words, listing),
                tag: word(&names.tags.words, tag),
            };
            let count = self.groups.entry(alike).or_default();
            count.rows += rows;
            count.images = count.images.checked_add(images).ok_or(UsageError::Images)?;
        }
        if self.groups.len() > MOST_GROUPS {
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

/// The columns, among them those by which rows are to be told apart.
pub(super) fn needed(names: &[String], reading: &Reading) -> Result<Columns, UsageError> {
    let columns = Columns::find(names, &reading.map)?;
    if reading.by_tag {
        Columns::require(columns.tag, Meaning::Tag, names)?;
    }
    if reading.by_listing {
        Columns::require(columns.listing, Meaning::Listing, names)?;
    }
    Ok(columns)
}

/// The names of the columns, without a byte order mark.
fn header_names(header: &[u8]) -> Result<Vec<String>, UsageError> {
    let header = header.strip_prefix(b"\xef\xbb\xbf").unwrap_or(header);
    if header.trim_ascii().is_empty() {
        return Err(UsageError::Empty);
    }
    if header.len() > row::LONGEST_ROW {
        return Err(UsageError::Header(Fault::TooLong));
    }
    let fields = row::fields(header).map_err(UsageError::Header)?;
    let text = |field| String::from_utf8(field).map_err(|_| UsageError::Header(Fault::NotUtf8));
    fields.into_iter().map(text).collect()
}

/// Takes blocks and reads them until there are no more.
fn scanned<'a, R: Read>(
    shared: &Mutex<Blocks<R>>,
    columns: &'a Columns,
    reading: &'a Reading,
    watch: &Watch,
) -> Result<Scan<'a>, UsageError> {
    let mut scan = Scan::new(columns, reading);
    let mut block = Block::new();
    while !watch.is_stopped() {
        // A thread that panicked has its panic passed on; the blocks are whole in any case.
        let next = shared.lock().unwrap_or_else(PoisonError::into_inner).next(&mut block);
        if !next? {
            scan.ended = true;
            break;
        }
        let before = scan.sums.rows;
        if let Err(full) = scan.block(&block) {
            watch.stop();
            return Err(full.into());
        }
        watch.scanned(scan.sums.rows - before);
    }
    Ok(scan)
}
