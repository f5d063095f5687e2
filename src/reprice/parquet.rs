//! A log in Parquet, read by the parquet crate's column readers, some thousand rows at a time. All
//! cores take row groups in turn.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{
    ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData,
};
use parquet::file::reader::SerializedPageReader;

use super::batch::{Aggregator, ColumnBatch};
use super::columns::{Columns, Meaning};
use super::dictionary::ReadOptions;
use super::progress::ReadProgress;
use super::row_error::BadRows;
use super::row_plan::RowPlan;
use super::usage::{Usage, UsageError};
use column::ColumnDecoder;
use values::ValueReader;

mod column;
mod values;

/// Rows that are read at a time: few enough that their cells stay in a core's own cache.
const BATCH_ROWS: usize = 1024;

/// What is read of a file.
struct LogFile<'a> {
    path: &'a Path,
    metadata: ParquetMetaData,
    options: &'a ReadOptions,
    /// The columns of a [`ColumnBatch`], in its order; absent where they are not wanted.
    columns: [Option<(usize, Meaning)>; 6],
    /// The next row group that nobody has taken.
    next: AtomicUsize,
    progress: &'a ReadProgress,
}

/// Reads a file to its end, or until `progress` is told to stop.
pub(super) fn read_parquet(
    path: &Path,
    options: &ReadOptions,
    progress: &ReadProgress,
) -> std::result::Result<Usage, UsageError> {
    let file = File::open(path)?;
    let reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Skip);
    let metadata = reader.parse_and_finish(&file)?;
    let schema = metadata.file_metadata().schema_descr();
    let names: Vec<String> = schema.columns().iter().map(|it| it.path().string()).collect();
    let columns = RowPlan::new(&names, options)?.columns().ok_or(UsageError::OnlyText)?;
    let Columns { time, images, size, quality, listing, tag, .. } = columns;
    let columns = [
        Some((time, Meaning::Time)),
        Some((images, Meaning::Images)),
        Some((size, Meaning::Size)),
        quality.map(|at| (at, Meaning::Quality)),
        listing.filter(|_| options.by_listing).map(|at| (at, Meaning::Listing)),
        tag.filter(|_| options.by_tag).map(|at| (at, Meaning::Tag)),
    ];
    let length = file.metadata()?.len();
    for (at, meaning) in columns.into_iter().flatten() {
        ValueReader::new(&schema.column(at), meaning, options)?;
        for group in metadata.row_groups() {
            check_place(group.columns().get(at).ok_or_else(damaged)?, length)?;
        }
    }
    let next = AtomicUsize::new(0);
    let log = LogFile { path, metadata, options, columns, next, progress };
    let parts = rayon::broadcast(|_| LogPart::new().read(&log));
    let mut usage = Usage::default();
    for part in parts {
        let part = part?;
        usage.partial |= part.partial;
        usage.bad.merge(&part.bad);
        usage.add(&part.sums)?;
    }
    Ok(usage)
}

fn damaged() -> ParquetError {
    ParquetError::General("the file is damaged".to_owned())
}

/// Refuses a column that does not lie within the file: the parquet crate panics on one that begins
/// before the file does, and makes room for all that a column claims to have.
fn check_place(column: &ColumnChunkMetaData, length: u64) -> Result<()> {
    let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
    let end = start.checked_add(column.compressed_size()).ok_or_else(damaged)?;
    let is_within = start >= 0 && end >= start && u64::try_from(end).is_ok_and(|it| it <= length);
    if is_within { Ok(()) } else { Err(damaged()) }
}

/// What one thread has read.
struct LogPart {
    sums: Aggregator,
    bad: BadRows,
    partial: bool,
}

impl LogPart {
    fn new() -> Self {
        Self { sums: Aggregator::new(), bad: BadRows::default(), partial: false }
    }

    /// Reads row groups until none is left.
    fn read(mut self, log: &LogFile<'_>) -> std::result::Result<Self, UsageError> {
        // Copies of an open file share their place in it: each thread opens its own.
        let file = Arc::new(File::open(log.path)?);
        loop {
            let group = log.next.fetch_add(1, Ordering::Relaxed);
            let Some(metadata) = log.metadata.row_groups().get(group) else { return Ok(self) };
            let before = &log.metadata.row_groups()[..group];
            let first = 1 + before.iter().map(RowGroupMetaData::num_rows).sum::<i64>();
            let whole = self.group(log, &file, group, u64::try_from(first).unwrap_or(1));
            if whole.is_err() {
                log.progress.stop();
            }
            if !whole? {
                self.partial = true;
                return Ok(self);
            }
            log.progress.read(usize::try_from(metadata.compressed_size()).unwrap_or(0));
        }
    }

    /// Reads the row group whose first row has the number `row`; `false` where it was told to stop.
    fn group(
        &mut self,
        log: &LogFile<'_>,
        file: &Arc<File>,
        group: usize,
        mut row: u64,
    ) -> std::result::Result<bool, UsageError> {
        let group = log.metadata.row_group(group);
        let rows = usize::try_from(group.num_rows()).map_err(|_| damaged())?;
        let mut columns = Vec::new();
        for wanted in log.columns {
            let Some((at, meaning)) = wanted else {
                columns.push(None);
                continue;
            };
            let (chunk, descriptor) = (group.column(at), group.schema_descr().column(at));
            let pages = SerializedPageReader::new(Arc::clone(file), chunk, rows, None)?;
            let values = ValueReader::new(&descriptor, meaning, log.options)?;
            columns.push(Some(ColumnDecoder::new(pages, &descriptor, values)));
        }
        let mut cells = ColumnBatch::default();
        let mut left = rows;
        while left > 0 {
            if log.progress.is_stopped() {
                self.sums.tally.settle()?;
                return Ok(false);
            }
            let batch = left.min(BATCH_ROWS);
            for (column, cells) in columns.iter_mut().zip(&mut cells) {
                match column {
                    Some(column) => column.fill(&mut self.sums.names, batch, cells)?,
                    None => cells.resize(batch, 0),
                }
            }
            let bad = &mut self.bad;
            self.sums.add(log.options, &cells, |at, _, kind| bad.add(row + at as u64, kind))?;
            log.progress.scanned(batch as u64);
            left -= batch;
            row += batch as u64;
        }
        self.sums.tally.settle()?;
        Ok(true)
    }
}
