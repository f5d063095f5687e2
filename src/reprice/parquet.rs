//! A log in Parquet: columns side by side, row group by row group, some thousands of rows at a time.
//! All cores take row groups in turn.

use std::fs::File;
use std::sync::atomic::{AtomicUsize, Ordering};

use parquet::file::reader::{FileReader, SerializedFileReader};

use super::batch::{Aggregator, ColumnBatch};
use super::columns::{Columns, Meaning};
use super::dictionary::ReadOptions;
use super::progress::Progress;
use super::row_error::BadRows;
use super::usage::{Usage, UsageError, needed};
use cells::{ColumnDecoder, Kind};
use shared::Shared;

mod cells;
mod hybrid;
mod shared;

/// Rows that are read at a time: few enough that their cells stay in a core's own cache.
const BATCH: usize = 1024;

/// A column that is read: its place in the file and how.
type Read = (usize, Kind);

/// What is read of a file: time, images and size; quality, listing and tag where they are wanted.
struct Plan<'a> {
    file: SerializedFileReader<Shared>,
    reading: &'a ReadOptions,
    needed: [Read; 3],
    wanted: [Option<Read>; 3],
    /// The number of the first row of each row group, from 1.
    firsts: Vec<u64>,
}

/// Reads a file to its end, or until `watch` is told to stop.
pub(super) fn read_parquet(
    file: File,
    reading: &ReadOptions,
    watch: &Progress,
) -> Result<Usage, UsageError> {
    let file = SerializedFileReader::new(Shared::new(file)?)?;
    let schema = file.metadata().file_metadata().schema_descr_ptr();
    let names: Vec<String> = schema.columns().iter().map(|it| it.path().string()).collect();
    let Columns { time, images, size, quality, listing, tag, .. } = needed(&names, reading)?;
    let kind =
        |at: usize, meaning| Ok::<Read, UsageError>((at, Kind::of(&schema.column(at), meaning)?));
    let some = |at: Option<usize>, meaning| at.map(|at| kind(at, meaning)).transpose();
    let mut firsts = Vec::new();
    let mut row = 1;
    for group in file.metadata().row_groups() {
        firsts.push(row);
        row += u64::try_from(group.num_rows()).unwrap_or(0);
    }
    let plan = Plan {
        reading,
        needed: [
            kind(time, Meaning::Time)?,
            kind(images, Meaning::Images)?,
            kind(size, Meaning::Size)?,
        ],
        wanted: [
            some(quality, Meaning::Quality)?,
            some(listing.filter(|_| reading.by_listing), Meaning::Listing)?,
            some(tag.filter(|_| reading.by_tag), Meaning::Tag)?,
        ],
        firsts,
        file,
    };
    let next = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let parts = std::thread::scope(|scope| {
        let work = || Part::new().groups(&plan, &next, watch);
        let others: Vec<_> = (1..cores.min(plan.firsts.len())).map(|_| scope.spawn(work)).collect();
        let mut parts = vec![work()];
        let joined = others.into_iter().map(std::thread::ScopedJoinHandle::join);
        parts.extend(joined.map(|it| it.unwrap_or_else(|p| std::panic::resume_unwind(p))));
        parts.into_iter().collect::<Result<Vec<_>, UsageError>>()
    })?;
    let mut usage = Usage::default();
    for part in &parts {
        usage.partial |= part.partial;
        usage.bad.merge(&part.bad);
        usage.add(&part.sums)?;
    }
    Ok(usage)
}

/// What one thread has read.
struct Part {
    sums: Aggregator,
    bad: BadRows,
    partial: bool,
}

impl Part {
    fn new() -> Self {
        Self { sums: Aggregator::new(), bad: BadRows::default(), partial: false }
    }

    fn groups(
        mut self,
        plan: &Plan<'_>,
        next: &AtomicUsize,
        watch: &Progress,
    ) -> Result<Self, UsageError> {
        loop {
            let group = next.fetch_add(1, Ordering::Relaxed);
            let Some(first) = plan.firsts.get(group) else { return Ok(self) };
            let whole = self.group(plan, group, *first, watch);
            if whole.is_err() {
                watch.stop();
            }
            let whole = whole?;
            self.sums.tally.settle()?;
            if !whole {
                self.partial = true;
                return Ok(self);
            }
            let bytes = plan.file.metadata().row_group(group).compressed_size();
            watch.read(usize::try_from(bytes).unwrap_or(0));
        }
    }

    /// Reads a row group; `false` where it was told to stop.
    fn group(
        &mut self,
        plan: &Plan<'_>,
        group: usize,
        first: u64,
        watch: &Progress,
    ) -> Result<bool, UsageError> {
        let pages = plan.file.get_row_group(group)?;
        let open = |(at, kind): &Read| {
            Ok::<_, UsageError>(ColumnDecoder::new(
                pages.get_column_page_reader(*at)?,
                *kind,
                plan.reading,
            ))
        };
        let mut columns: Vec<Option<ColumnDecoder<'_>>> = Vec::new();
        for column in &plan.needed {
            columns.push(Some(open(column)?));
        }
        for column in &plan.wanted {
            columns.push(column.as_ref().map(&open).transpose()?);
        }
        let mut cells = ColumnBatch::default();
        let rows = plan.file.metadata().row_group(group).num_rows();
        let mut left = usize::try_from(rows).unwrap_or(0);
        let mut row = first;
        while left > 0 {
            if watch.is_stopped() {
                return Ok(false);
            }
            let batch = left.min(BATCH);
            for (column, cells) in columns.iter_mut().zip(&mut cells) {
                match column {
                    Some(column) => column.fill(&mut self.sums.names, batch, cells)?,
                    None => cells.resize(batch, 0),
                }
            }
            let bad = &mut self.bad;
            self.sums.add(plan.reading, &cells, |at, fault| bad.add(row + at as u64, fault))?;
            watch.scanned(batch as u64);
            left -= batch;
            row += batch as u64;
        }
        Ok(true)
    }
}
