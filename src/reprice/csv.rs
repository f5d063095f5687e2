//! A log of values separated by commas, semicolons, tabs or bars: blocks of whole rows, in each of
//! which all delimiters are found first, and then each column is read by itself. All cores take
//! blocks in turn.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Mutex, PoisonError};

use super::dictionary::ReadOptions;
use super::input::EarlyEnd;
use super::progress::ReadProgress;
use super::row_error::{BadRow, BadRows, RowErrorKind};
use super::row_plan::RowPlan;
use super::usage::{Usage, UsageError};
pub(super) use blocks::{Block, Blocks};
pub(super) use row::RowFormat;
pub(super) use scan::Scan;

mod blocks;
mod delimiters;
mod head;
mod pair_cache;
mod row;
mod row_buffer;
mod scan;
mod string_cache;
mod time_cache;

/// Reads a log to its end, or until `progress` is told to stop.
pub(super) fn read_csv<R: Read + Send>(
    mut blocks: Blocks<R>,
    options: &ReadOptions,
    progress: &ReadProgress,
) -> Result<Usage, UsageError> {
    let (format, before) = head::skip_to_header(&mut blocks, options)?;
    let header = blocks.header()?;
    if let Some(end) = blocks.early_end.filter(|_| !header.ends_with(b"\n")) {
        return Ok(Usage { partial: Some(end), ..Usage::default() });
    }
    let plan = RowPlan::new(&header_names(&header, format)?, options)?;
    let direct = plan.columns();
    // Rows of plain columns are scanned as they are; of others the fields are gathered first.
    let gathers = direct.is_none().then_some(&plan);
    let columns = direct.unwrap_or_else(|| plan.gathered_columns());
    let shared = Mutex::new(blocks);
    let scans = rayon::broadcast(|_| {
        let mut scan = Scan::new(&columns, options, format).with_plan(gathers);
        scanned_by(&shared, &mut scan, progress, |scan, block| Ok(scan.block(block)?))?;
        Ok(scan)
    });
    let scans = scans.into_iter().collect::<Result<Vec<_>, UsageError>>()?;
    let first_line = before + memchr::memchr_iter(b'\n', &header).count() as u64 + 1;
    merge(scans, first_line, early_end_of(shared))
}

/// Why not all blocks were read, where their reader knows.
pub(super) fn early_end_of<R>(shared: Mutex<Blocks<R>>) -> Option<EarlyEnd> {
    shared.into_inner().unwrap_or_else(PoisonError::into_inner).early_end
}

/// Puts together what the threads have read; `first_line` is that of the first block.
pub(super) fn merge(
    scans: Vec<Scan<'_>>,
    first_line: u64,
    early_end: Option<EarlyEnd>,
) -> Result<Usage, UsageError> {
    let is_whole = scans.iter().any(|scan| scan.ended);
    let partial = early_end.or((!is_whole).then_some(EarlyEnd::Interrupted));
    let mut usage = Usage { partial, ..Usage::default() };
    let mut lines: Vec<_> = scans.iter().flat_map(|scan| &scan.lines).copied().collect();
    lines.sort_unstable();
    let mut bases = BTreeMap::new();
    let mut line = first_line;
    for (block, count) in lines {
        bases.insert(block, line);
        line += count;
    }
    for scan in scans {
        let first = scan.bad.into_iter().map(|(block, bad)| {
            let base = bases.get(&block).copied().unwrap_or(first_line);
            BadRow { line: base + bad.line, ..bad }
        });
        let count = scan.kinds.iter().sum();
        usage.bad.merge(&BadRows { count, kinds: scan.kinds, first: first.collect() });
        usage.left_out.merge(&scan.left_out);
        usage.add(&scan.sums)?;
    }
    Ok(usage)
}

/// The names of the columns.
fn header_names(header: &[u8], format: RowFormat) -> Result<Vec<String>, UsageError> {
    if header.trim_ascii().is_empty() {
        return Err(UsageError::Empty);
    }
    if header.len() > row::MAX_ROW_BYTES {
        return Err(UsageError::Header(RowErrorKind::TooLong));
    }
    let fields = row::fields(header, format).map_err(UsageError::Header)?;
    // A name that is no text is that of a column which nobody needs.
    Ok(fields.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect())
}

/// Takes blocks and lets them be read until there are no more.
pub(super) fn scanned_by<'a, R: Read>(
    shared: &Mutex<Blocks<R>>,
    scan: &mut Scan<'a>,
    progress: &ReadProgress,
    read: impl Fn(&mut Scan<'a>, &Block) -> Result<(), UsageError>,
) -> Result<(), UsageError> {
    let mut block = Block::new();
    while !progress.is_stopped() {
        // A thread that panicked has its panic passed on; the blocks are whole in any case.
        let next = shared.lock().unwrap_or_else(PoisonError::into_inner).next(&mut block);
        if !next? {
            scan.ended = true;
            break;
        }
        let before = scan.sums.rows;
        if let Err(full) = read(scan, &block) {
            progress.stop();
            return Err(full);
        }
        progress.scanned(scan.sums.rows - before);
    }
    Ok(())
}
