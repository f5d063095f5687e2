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
pub const MAX_IMAGES: u64 = 1_000_000_000_000;

/// From here on a cell is a refund of as many images as it is beyond; no count is as high.
pub(super) const REFUND: u64 = 1 << 62;

/// The cell of so many images; below zero they are a refund, where there may be one.
#[inline]
pub(super) fn count_cell(images: i64, options: &ReadOptions) -> u64 {
    let count = images.unsigned_abs();
    if count > MAX_IMAGES || images < 0 && !options.allow_negative {
        return cell(Err(RowErrorKind::NotACount));
    }
    if images < 0 { REFUND + count } else { count }
}

/// The cell of the images of a row: a whole number, which may have a sign and decimals of zero.
pub(super) fn parse_count(text: &[u8], options: &ReadOptions) -> u64 {
    whole_number(text)
        .map_or_else(|| cell(Err(RowErrorKind::NotACount)), |images| count_cell(images, options))
}

fn whole_number(text: &[u8]) -> Option<i64> {
    let text = text.trim_ascii();
    let (is_negative, text) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    let end = text.iter().position(|b| *b == b'.').unwrap_or(text.len());
    let (text, decimals) = text.split_at(end);
    let is_whole = decimals != b"." && decimals.iter().skip(1).all(|b| *b == b'0');
    let is_number = text.iter().all(u8::is_ascii_digit);
    if text.is_empty() || text.len() > 15 || !is_whole || !is_number {
        return None;
    }
    let number = text.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
    Some(if is_negative { -number } else { number })
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
            && any(images) < REFUND
            && (any(sizes) | any(qualities) | first) < FAULT
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
            if *images >= REFUND {
                self.tally.refund(period, words, *images - REFUND)?;
            } else {
                self.tally.row(period, words, *images)?;
            }
        }
        Ok(())
    }
}
