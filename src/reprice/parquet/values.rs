//! What the values of a column mean: cells of days, counts and words. The column's logical type
//! decides, and what can't be the meaning that is asked for is refused before anything is read,
//! unless the column has nothing but nulls.

use parquet::column::reader::ColumnReader;
use parquet::data_type::Int96;
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::ColumnDescriptor;

use super::value_kind::{ValueKind, parts_of_julian, records};
use crate::reprice::batch::{cell, count_cell, day_cell, parse_count};
use crate::reprice::columns::Meaning;
use crate::reprice::dictionary::{Dictionary, ReadOptions};
use crate::reprice::row_error::RowErrorKind;
use crate::reprice::timestamp::{day_of_number, within};

/// Times that are held against one day together.
const SAME_DAY: usize = 64;

/// Reads the values of a column as cells.
pub(super) struct ValueReader<'a> {
    meaning: Meaning,
    kind: ValueKind,
    options: &'a ReadOptions,
    /// The day that was met last, from its first moment to its end, with its cell.
    day: (i64, i64, u64),
}

impl<'a> ValueReader<'a> {
    /// Returns an error where the column's type says nothing of what is asked, and the column has
    /// more than nulls.
    pub(super) fn new(
        column: &ColumnDescriptor,
        meaning: Meaning,
        options: &'a ReadOptions,
        is_all_null: bool,
    ) -> Result<Self> {
        let unfit = |why| {
            let name = column.path().string();
            ParquetError::General(format!("`{name}` can't be the {meaning}: {why}"))
        };
        let kind = ValueKind::new(column).map_err(unfit)?;
        match kind.unfit(meaning, column) {
            Some(why) if !is_all_null => Err(unfit(why)),
            _ => Ok(Self { meaning, kind, options, day: (1, 0, 0) }),
        }
    }

    /// Reads so many rows, and adds the cells of those that are not null.
    pub(super) fn read(
        &mut self,
        column: &mut ColumnReader,
        names: &mut Dictionary,
        rows: usize,
        levels: &mut Vec<i16>,
        cells: &mut Vec<u64>,
    ) -> Result<()> {
        match column {
            ColumnReader::Int32ColumnReader(column) if self.is_plain_number() => {
                let values = records(column, rows, levels)?;
                let kind = self.kind;
                cells.extend(values.into_iter().map(|value| self.integer(kind.widened(value))));
            }
            ColumnReader::Int64ColumnReader(column) if self.is_plain_number() => {
                self.integers(&records(column, rows, levels)?, cells);
            }
            ColumnReader::Int96ColumnReader(column) if self.meaning == Meaning::Time => {
                cells.extend(records(column, rows, levels)?.iter().map(julian));
            }
            ColumnReader::ByteArrayColumnReader(column) if self.kind == ValueKind::Text => {
                for value in records(column, rows, levels)? {
                    cells.push(self.text(names, value.data()));
                }
            }
            column => {
                for text in self.kind.texts(column, rows, levels)? {
                    cells.push(self.text(names, &text));
                }
            }
        }
        Ok(())
    }

    /// Whether a whole number needs no text to be understood.
    fn is_plain_number(&self) -> bool {
        let has_format = self.options.time_format.is_some();
        let is_whole = matches!(self.kind, ValueKind::Number { scale: 0, .. });
        let is_time = self.meaning == Meaning::Time;
        is_time && matches!(self.kind, ValueKind::Instant(_))
            || is_whole && (is_time && !has_format || self.meaning == Meaning::Images)
    }

    /// The cell of a null.
    pub(super) fn null(&self, names: &mut Dictionary) -> u64 {
        if self.meaning.is_word() {
            self.text(names, b"")
        } else {
            cell(Err(RowErrorKind::MissingValue))
        }
    }

    fn text(&self, names: &mut Dictionary, text: &[u8]) -> u64 {
        if self.meaning == Meaning::Time {
            day_cell(self.options.day_of(text))
        } else if self.meaning == Meaning::Images {
            parse_count(text, self.options)
        } else {
            cell(names.number(self.options, self.meaning, text).map(u64::from))
        }
    }

    fn integers(&mut self, values: &[i64], cells: &mut Vec<u64>) {
        if matches!(self.kind, ValueKind::Instant(_)) {
            for some in values.chunks(SAME_DAY) {
                if self.is_one_day(some) {
                    cells.extend(std::iter::repeat_n(self.day.2, some.len()));
                } else {
                    cells.extend(some.iter().map(|value| self.integer(*value)));
                }
            }
        } else {
            cells.extend(values.iter().map(|value| self.integer(*value)));
        }
    }

    /// Whether all of these are of the day that was met last.
    #[inline]
    fn is_one_day(&self, values: &[i64]) -> bool {
        let (start, last) = (self.day.0, self.day.1.wrapping_sub(1));
        // One of the two is below zero where the number lies without.
        let within = |number: &i64| number.wrapping_sub(start) | last.wrapping_sub(*number);
        values.iter().fold(0, |any, number| any | within(number)) >= 0
    }

    #[inline]
    fn integer(&mut self, number: i64) -> u64 {
        match self.kind {
            ValueKind::Instant(each) => {
                if self.day.0 <= number && number < self.day.1 {
                    return self.day.2;
                }
                let day = number.div_euclid(each);
                let start = day.saturating_mul(each);
                self.day = (start, start.saturating_add(each), day_cell(within(day)));
                self.day.2
            }
            ValueKind::Number { is_unsigned, .. } => {
                let is_beyond = is_unsigned && number < 0;
                if self.meaning == Meaning::Images {
                    // What is beyond 63 bits is no count.
                    return count_cell(if is_beyond { i64::MAX } else { number }, self.options);
                }
                let seconds = u64::try_from(number).map_err(|_| RowErrorKind::TimeOutOfRange);
                day_cell(seconds.and_then(day_of_number))
            }
            ValueKind::Text
            | ValueKind::Julian
            | ValueKind::Float
            | ValueKind::Flag
            | ValueKind::TimeOfDay => cell(Err(RowErrorKind::MissingValue)),
        }
    }
}

fn julian(value: &Int96) -> u64 {
    let (day, nanoseconds) = parts_of_julian(value);
    day_cell(within(day + nanoseconds.div_euclid(86_400_000_000_000)))
}
