//! Rows as columns of cells, added up: a cell is a number that means a day, a count or a word, or a
//! fault. CSV and Parquet come together here.

use super::aggregate::{AggregateError, GroupTable};
use super::dictionary::{Dictionary, ReadOptions};
use super::row_error::RowErrorKind;
use strum::VariantArray;

/// From here on a cell is a fault, and no number.
pub(super) const FAULT: u64 = 1 << 63;

/// The cell of what was read.
#[inline]
pub(super) fn cell(read: Result<u64, RowErrorKind>) -> u64 {
    read.unwrap_or_else(|fault| FAULT + fault as u64)
}

/// The cell of a day.
#[inline]
pub(super) fn day_cell(day: Result<i32, RowErrorKind>) -> u64 {
    cell(day.map(|day| u64::from(day.cast_unsigned())))
}

/// More images than anyone draws in a row of a log; as for a job.
pub(super) const MAX_IMAGES: u64 = 1_000_000_000_000;

/// The images of a row: a whole number, which may have a plus and decimals of zero.
pub(super) fn parse_count(text: &[u8]) -> Result<u64, RowErrorKind> {
    let text = text.trim_ascii();
    let text = text.strip_prefix(b"+").unwrap_or(text);
    let end = text.iter().position(|b| *b == b'.').unwrap_or(text.len());
    let (text, decimals) = text.split_at(end);
    let is_whole = decimals != b"." && decimals.iter().skip(1).all(|b| *b == b'0');
    if text.is_empty() || text.len() > 15 || !is_whole {
        return Err(RowErrorKind::NotACount);
    }
    let mut number: u64 = 0;
    for digit in text {
        if !digit.is_ascii_digit() {
            return Err(RowErrorKind::NotACount);
        }
        number = number * 10 + u64::from(digit - b'0');
    }
    if number <= MAX_IMAGES { Ok(number) } else { Err(RowErrorKind::NotACount) }
}

fn fault(cell: u64) -> Option<RowErrorKind> {
    let number = usize::try_from(cell.checked_sub(FAULT)?).ok()?;
    RowErrorKind::VARIANTS.get(number).copied()
}

/// The cells of some rows: of the time, images and size; of quality, listing and tag, or zeros.
pub(super) type ColumnBatch = [Vec<u64>; 6];

/// What one thread has added up.
pub(super) struct Aggregator {
    pub(super) names: Dictionary,
    pub(super) tally: GroupTable,
    pub(super) rows: u64,
    /// The first and the last day of them; the other way round where there are none.
    pub(super) days: (i32, i32),
}

impl Aggregator {
    pub(super) fn new() -> Self {
        let days = (i32::MAX, i32::MIN);
        Self { names: Dictionary::default(), tally: GroupTable::new(), rows: 0, days }
    }

    /// Adds up rows; tells which of them are bad, counted from 0, in which column of the batch, and
    /// why.
    pub(super) fn add(
        &mut self,
        reading: &ReadOptions,
        cells: &ColumnBatch,
        mut bad: impl FnMut(usize, usize, RowErrorKind),
    ) -> Result<(), AggregateError> {
        let [times, images, sizes, qualities, listings, tags] = cells.each_ref().map(Vec::as_slice);
        let narrow = |cell: &u64| u32::try_from(*cell).unwrap_or(u32::MAX);
        let any = |cells: &[u64]| cells.iter().fold(0, |any, cell| any | cell);
        if let Some(first) = times.first()
            && times.iter().fold(0, |differ, time| differ | (time ^ first)) == 0
            && (any(images) | any(sizes) | any(qualities) | first) < FAULT
            && (any(listings) | any(tags)) == 0
        {
            // Most logs are in order, and have more rows a day than are read together.
            let day = narrow(first).cast_signed();
            self.days = (self.days.0.min(day), self.days.1.max(day));
            self.rows += times.len() as u64;
            let rows = sizes.iter().zip(qualities).zip(images);
            let rows =
                rows.map(|((size, quality), images)| (narrow(size), narrow(quality), *images));
            return self.tally.rows(reading.periods.start_of(day), rows);
        }
        let (mut last, mut period) = (-1, 0);
        let words = sizes.iter().zip(qualities).zip(listings).zip(tags);
        let rows = times.iter().zip(images).zip(words);
        for (row, ((time, images), (((size, quality), listing), tag))) in rows.enumerate() {
            if (time | images | size | quality | listing | tag) >= FAULT {
                // The count's fault first: a row without images is often no row at all.
                let all = [(1, images), (0, time), (2, size), (3, quality), (4, listing), (5, tag)];
                let fault = |(column, cell): (usize, &u64)| Some((column, fault(*cell)?));
                let fault = all.into_iter().find_map(fault);
                let (column, kind) = fault.unwrap_or((0, RowErrorKind::MissingValue));
                bad(row, column, kind);
                continue;
            }
            let day = narrow(time).cast_signed();
            if day != last {
                (last, period) = (day, reading.periods.start_of(day));
                self.days = (self.days.0.min(day), self.days.1.max(day));
            }
            self.rows += 1;
            let words = [narrow(size), narrow(quality), narrow(listing), narrow(tag)];
            self.tally.row(period, words, *images)?;
        }
        Ok(())
    }
}
