//! A log in Parquet, read by the parquet crate's column readers, some thousand rows at a time. All
//! cores take row groups in turn.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parquet::basic::LogicalType;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{
    PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData,
};
use parquet::file::reader::SerializedPageReader;
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnDescPtr;

use super::batch::{Aggregator, ColumnBatch};
use super::columns::{Columns, Meaning};
use super::dictionary::ReadOptions;
use super::input::EarlyEnd;
use super::progress::ReadProgress;
use super::row_error::BadRows;
use super::row_plan::RowPlan;
use super::usage::{Usage, UsageError};
use column::ColumnDecoder;
use values::ValueReader;

mod column;
mod gathered;
mod value_kind;
mod values;

/// Rows that are read at a time: few enough that their cells stay in a core's own cache.
const BATCH_ROWS: usize = 1024;

/// A file whose row groups are handed out in turn.
struct LogFile<'a> {
    path: &'a Path,
    /// How long it was when it was opened.
    length: u64,
    metadata: ParquetMetaData,
    options: &'a ReadOptions,
    /// The next row group that nobody has taken.
    next: AtomicUsize,
    progress: &'a ReadProgress,
}

/// The columns of a [`ColumnBatch`], in its order; absent where they are not wanted.
type WantedColumns = [Option<(usize, Meaning)>; 6];

/// Reads a file to its end, or until `progress` is told to stop.
pub(super) fn read_parquet(
    path: &Path,
    options: &ReadOptions,
    progress: &ReadProgress,
) -> std::result::Result<Usage, UsageError> {
    let file = File::open(path)?;
    let reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Skip);
    let metadata = reader.parse_and_finish(&file)?;
    let schema = metadata.file_metadata().schema_descr_ptr();
    let names: Vec<String> = schema.columns().iter().map(|it| it.path().string()).collect();
    let (length, next) = (file.metadata()?.len(), AtomicUsize::new(0));
    let log = LogFile { path, length, metadata, options, next, progress };
    let plan = RowPlan::new(&names, options)?;
    if let Some(columns) = plan.columns() {
        log.read_columns(&columns)
    } else {
        gathered::read(&log, &plan)
    }
}

fn damaged() -> ParquetError {
    ParquetError::General("the file is damaged".to_owned())
}

impl LogFile<'_> {
    fn descriptor(&self, column: usize) -> ColumnDescPtr {
        self.metadata.file_metadata().schema_descr().column(column)
    }

    /// Refuses a column that does not lie within the file: the parquet crate panics on one that
    /// begins before the file does, and makes room for all that a column claims to have.
    fn check_place(&self, column: usize) -> Result<()> {
        for group in self.metadata.row_groups() {
            let chunk = group.columns().get(column).ok_or_else(damaged)?;
            let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
            let end = start.checked_add(chunk.compressed_size()).ok_or_else(damaged)?;
            let is_within =
                start >= 0 && end >= start && u64::try_from(end).is_ok_and(|it| it <= self.length);
            if !is_within {
                return Err(damaged());
            }
        }
        Ok(())
    }

    /// Whether a column says that it has nothing but nulls.
    fn is_all_null(&self, column: usize) -> bool {
        let is_null = |group: &RowGroupMetaData| {
            let statistics = group.columns().get(column).and_then(|chunk| chunk.statistics());
            let nulls = statistics.and_then(Statistics::null_count_opt);
            nulls.is_some_and(|nulls| i64::try_from(nulls) == Ok(group.num_rows()))
        };
        let groups = self.metadata.row_groups();
        let is_of_null = self.descriptor(column).logical_type_ref() == Some(&LogicalType::Unknown);
        is_of_null || !groups.is_empty() && groups.iter().all(is_null)
    }

    /// Reads columns as they are.
    fn read_columns(&self, columns: &Columns) -> std::result::Result<Usage, UsageError> {
        let Columns { time, images, size, quality, listing, tag, .. } = *columns;
        let options = self.options;
        let wanted: WantedColumns = [
            Some((time, Meaning::Time)),
            Some((images, Meaning::Images)),
            Some((size, Meaning::Size)),
            quality.map(|at| (at, Meaning::Quality)),
            listing.filter(|_| options.by_listing).map(|at| (at, Meaning::Listing)),
            tag.filter(|_| options.by_tag).map(|at| (at, Meaning::Tag)),
        ];
        for (at, meaning) in wanted.into_iter().flatten() {
            self.values(at, meaning)?;
            self.check_place(at)?;
        }
        let parts = rayon::broadcast(|_| LogPart::new().read(self, &wanted));
        let mut usage = Usage::default();
        for part in parts {
            let part = part?;
            usage.partial = usage.partial.or(part.partial);
            usage.bad.merge(&part.bad);
            usage.add(&part.sums)?;
        }
        for bad in &mut usage.bad.first {
            let column = bad.column.and_then(|column| wanted[column]);
            bad.value = column.and_then(|(at, _)| gathered::value(self, at, bad.line));
        }
        Ok(usage)
    }

    fn values(&self, column: usize, meaning: Meaning) -> Result<ValueReader<'_>> {
        let is_all_null = self.is_all_null(column);
        ValueReader::new(&self.descriptor(column), meaning, self.options, is_all_null)
    }

    /// The next row group, with the number of its first row.
    fn next_group(&self) -> Option<(&RowGroupMetaData, usize, u64)> {
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        let group = self.metadata.row_groups().get(at)?;
        let before = &self.metadata.row_groups()[..at];
        let first = 1 + before.iter().map(RowGroupMetaData::num_rows).sum::<i64>();
        Some((group, at, u64::try_from(first).unwrap_or(1)))
    }

    /// Why a row group could not be read to its end.
    fn early_end(&self, error: UsageError) -> std::result::Result<EarlyEnd, UsageError> {
        let is_cut = std::fs::metadata(self.path).is_ok_and(|now| now.len() < self.length);
        if is_cut {
            return Ok(EarlyEnd::Cut);
        }
        self.progress.stop();
        Err(error)
    }
}

/// What one thread has read.
struct LogPart {
    sums: Aggregator,
    bad: BadRows,
    partial: Option<EarlyEnd>,
}

impl LogPart {
    fn new() -> Self {
        Self { sums: Aggregator::new(), bad: BadRows::default(), partial: None }
    }

    /// Reads row groups until none is left.
    fn read(
        mut self,
        log: &LogFile<'_>,
        wanted: &WantedColumns,
    ) -> std::result::Result<Self, UsageError> {
        // Copies of an open file share their place in it: each thread opens its own.
        let file = Arc::new(File::open(log.path)?);
        while let Some((group, _, first)) = log.next_group() {
            self.partial = match self.group(log, &file, (group, first), wanted) {
                Ok(partial) => partial,
                Err(error) => Some(log.early_end(error)?),
            };
            self.sums.tally.settle()?;
            if self.partial.is_some() {
                break;
            }
            log.progress.read(usize::try_from(group.compressed_size()).unwrap_or(0));
        }
        Ok(self)
    }

    /// Reads a row group whose first row has the number `row`; tells whether it was told to stop.
    fn group(
        &mut self,
        log: &LogFile<'_>,
        file: &Arc<File>,
        (group, mut row): (&RowGroupMetaData, u64),
        wanted: &WantedColumns,
    ) -> std::result::Result<Option<EarlyEnd>, UsageError> {
        let rows = usize::try_from(group.num_rows()).map_err(|_| damaged())?;
        let mut columns = Vec::new();
        for wanted in wanted {
            let Some((at, meaning)) = *wanted else {
                columns.push(None);
                continue;
            };
            let (chunk, descriptor) = (group.column(at), group.schema_descr().column(at));
            let pages = SerializedPageReader::new(Arc::clone(file), chunk, rows, None)?;
            let values = log.values(at, meaning)?;
            columns.push(Some(ColumnDecoder::new(pages, &descriptor, values)));
        }
        let mut cells = ColumnBatch::default();
        let mut left = rows;
        while left > 0 {
            if log.progress.is_stopped() {
                return Ok(Some(EarlyEnd::Interrupted));
            }
            let batch = left.min(BATCH_ROWS);
            for (column, cells) in columns.iter_mut().zip(&mut cells) {
                match column {
                    Some(column) => column.fill(&mut self.sums.names, batch, cells)?,
                    None => cells.resize(batch, 0),
                }
            }
            let bad = &mut self.bad;
            self.sums.add(log.options, &cells, |at, column, kind| {
                bad.add(row + at as u64, column, kind);
            })?;
            log.progress.scanned(batch as u64);
            left -= batch;
            row += batch as u64;
        }
        Ok(None)
    }
}
