//! Rows of a Parquet file whose fields come from anywhere: places within a column that holds JSON,
//! what is set for all rows, only some of the rows. Each column is read as text, and rows are then
//! read as those of other logs are.

use std::borrow::Cow;
use std::fs::File;
use std::sync::Arc;

use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::SerializedPageReader;

use super::column::check_levels;
use super::value_kind::ValueKind;
use super::{BATCH_ROWS, LogFile, damaged};
use crate::reprice::columns::{ColumnPath, Meaning};
use crate::reprice::csv::{Block, RowFormat, Scan, merge};
use crate::reprice::dictionary::ReadOptions;
use crate::reprice::input::EarlyEnd;
use crate::reprice::json_place::text_within;
use crate::reprice::row_error::shown_value;
use crate::reprice::row_plan::RowPlan;
use crate::reprice::usage::{Usage, UsageError};

/// Reads a file by a plan.
pub(super) fn read(log: &LogFile<'_>, plan: &RowPlan) -> std::result::Result<Usage, UsageError> {
    let mut columns: Vec<usize> = plan.places().into_iter().map(|place| place.at).collect();
    columns.sort_unstable();
    columns.dedup();
    for column in &columns {
        log.check_place(*column)?;
        log.values(*column, Meaning::Tag)?;
    }
    for meaning in [Meaning::Time, Meaning::Images] {
        if let Some(place) = plan.column_of(meaning).filter(|place| place.path.is_empty()) {
            log.values(place.at, meaning)?;
        }
    }
    // A time that is none in words needs no form.
    let is_instant = |place: &ColumnPath| {
        ValueKind::new(&log.descriptor(place.at)).is_ok_and(ValueKind::is_instant)
    };
    let time_format = log.options.time_format.clone();
    let time_format =
        time_format.filter(|_| !plan.column_of(Meaning::Time).is_some_and(is_instant));
    let options = ReadOptions { time_format, ..log.options.clone() };
    let gathered = plan.gathered_columns();
    let parts = rayon::broadcast(|_| {
        let mut scan = Scan::new(&gathered, &options, RowFormat::lines());
        let partial = read_groups(log, plan, &columns, &mut scan)?;
        Ok((scan, partial))
    });
    let parts = parts.into_iter().collect::<std::result::Result<Vec<_>, UsageError>>()?;
    let (scans, partial): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    merge(scans, 1, partial.into_iter().flatten().next())
}

/// Reads row groups until none is left.
fn read_groups(
    log: &LogFile<'_>,
    plan: &RowPlan,
    columns: &[usize],
    scan: &mut Scan<'_>,
) -> std::result::Result<Option<EarlyEnd>, UsageError> {
    let file = Arc::new(File::open(log.path)?);
    while let Some((group, number, _)) = log.next_group() {
        let block = Block::with_number(number);
        scan.begin(&block);
        let partial = match read_group(log, &file, group, (plan, columns), scan) {
            Ok(partial) => partial,
            Err(error) => Some(log.early_end(error)?),
        };
        scan.end(&block)?;
        if partial.is_some() {
            return Ok(partial);
        }
        log.progress.read(usize::try_from(group.compressed_size()).unwrap_or(0));
    }
    scan.ended = true;
    Ok(None)
}

fn read_group(
    log: &LogFile<'_>,
    file: &Arc<File>,
    group: &RowGroupMetaData,
    (plan, columns): (&RowPlan, &[usize]),
    scan: &mut Scan<'_>,
) -> std::result::Result<Option<EarlyEnd>, UsageError> {
    let mut left = usize::try_from(group.num_rows()).map_err(|_| damaged())?;
    let columns = columns.iter().map(|at| TextColumn::new(file, group, *at));
    let mut columns = columns.collect::<Result<Vec<_>>>()?;
    while left > 0 {
        if log.progress.is_stopped() {
            return Ok(Some(EarlyEnd::Interrupted));
        }
        let batch = left.min(BATCH_ROWS);
        for column in &mut columns {
            column.fill(batch)?;
        }
        for row in 0..batch {
            let line = scan.next_line();
            scan.gather(plan, line, |place| {
                let column = columns.iter().find(|column| column.at == place.at);
                let text = column.and_then(|column| column.texts.get(row)?.as_deref());
                let text = String::from_utf8_lossy(text.unwrap_or_default());
                if place.path.is_empty() {
                    text
                } else {
                    Cow::Owned(text_within(&text, &place.path))
                }
            })?;
        }
        log.progress.scanned(batch as u64);
        left -= batch;
    }
    Ok(None)
}

/// What stands in a column in the row of a number, from 1; `None` for a null.
pub(super) fn value(log: &LogFile<'_>, column: usize, row: u64) -> Option<String> {
    let file = Arc::new(File::open(log.path).ok()?);
    let mut before = usize::try_from(row.checked_sub(1)?).ok()?;
    for group in log.metadata.row_groups() {
        let rows = usize::try_from(group.num_rows()).ok()?;
        if before >= rows {
            before -= rows;
            continue;
        }
        let mut texts = TextColumn::new(&file, group, column).ok()?;
        while before > 0 {
            let some = before.min(BATCH_ROWS);
            texts.fill(some).ok()?;
            before -= some;
        }
        texts.fill(1).ok()?;
        return texts.texts.first()?.as_deref().map(shown_value);
    }
    None
}

/// One column of a row group as texts.
struct TextColumn {
    at: usize,
    kind: ValueKind,
    most: i16,
    reader: ColumnReader,
    levels: Vec<i16>,
    /// The rows that were read last.
    texts: Vec<Option<Vec<u8>>>,
}

impl TextColumn {
    fn new(file: &Arc<File>, group: &RowGroupMetaData, at: usize) -> Result<Self> {
        let rows = usize::try_from(group.num_rows()).map_err(|_| damaged())?;
        let (chunk, descriptor) = (group.column(at), group.schema_descr().column(at));
        let pages = SerializedPageReader::new(Arc::clone(file), chunk, rows, None)?;
        let kind = ValueKind::new(&descriptor).map_err(ParquetError::General)?;
        let most = descriptor.max_def_level();
        let reader = get_column_reader(descriptor, Box::new(CheckedPages(pages)));
        Ok(Self { at, kind, most, reader, levels: Vec::new(), texts: Vec::new() })
    }

    /// Reads the next rows.
    fn fill(&mut self, rows: usize) -> Result<()> {
        let texts = self.kind.texts(&mut self.reader, rows, &mut self.levels)?;
        self.texts.clear();
        if texts.len() == rows {
            self.texts.extend(texts.into_iter().map(Some));
            return Ok(());
        }
        let mut present = texts.into_iter();
        for level in &self.levels {
            let text =
                if *level < self.most { None } else { Some(present.next().ok_or_else(damaged)?) };
            self.texts.push(text);
        }
        if self.texts.len() == rows { Ok(()) } else { Err(damaged()) }
    }
}

/// Pages of which none is of a kind on which the parquet crate panics.
struct CheckedPages(SerializedPageReader<File>);

impl Iterator for CheckedPages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for CheckedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.0.get_next_page()?;
        page.as_ref().map(check_levels).transpose()?;
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.0.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.0.skip_next_page()
    }
}
