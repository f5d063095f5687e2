//! What the values of a column mean: cells of days, counts and words. The column's logical type
//! decides, and what can't be the meaning that is asked for is refused before anything is read.

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{DataType, Int96};
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::ColumnDescriptor;

use super::damaged;
use crate::reprice::batch::{MAX_IMAGES, cell, day_cell, parse_count};
use crate::reprice::columns::Meaning;
use crate::reprice::dictionary::{Dictionary, ReadOptions};
use crate::reprice::row_error::RowErrorKind;
use crate::reprice::timestamp::{day_of_number, within};

/// Times that are held against one day together.
const SAME_DAY: usize = 64;

/// The day that INT96 counts from, as days before 1970-01-01.
const JULIAN_EPOCH: i64 = 2_440_588;

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ValueKind {
    Text,
    /// Days, or parts of them: so many a day.
    Instant(i64),
    /// A day, and nanoseconds within it.
    Julian,
    Number {
        scale: u32,
        is_unsigned: bool,
    },
    Float,
}

impl ValueKind {
    fn new(column: &ColumnDescriptor) -> std::result::Result<Self, String> {
        const DAY: i64 = 86_400;
        let (logical, converted) = (column.logical_type_ref(), column.converted_type());
        let decimal = |scale: i32| match u32::try_from(scale) {
            Ok(scale) if scale <= 38 => Ok(Self::Number { scale, is_unsigned: false }),
            _ => Err("its scale is not known".to_owned()),
        };
        match (logical, converted) {
            (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Ok(Self::Instant(1)),
            (Some(LogicalType::Timestamp(stamp)), _) => Ok(Self::Instant(match stamp.unit {
                TimeUnit::MILLIS => DAY * 1000,
                TimeUnit::MICROS => DAY * 1_000_000,
                TimeUnit::NANOS => DAY * 1_000_000_000,
            })),
            (None, ConvertedType::TIMESTAMP_MILLIS) => Ok(Self::Instant(DAY * 1000)),
            (None, ConvertedType::TIMESTAMP_MICROS) => Ok(Self::Instant(DAY * 1_000_000)),
            (Some(LogicalType::Time(_)), _)
            | (None, ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS) => {
                Err("it is a time of day".to_owned())
            }
            (Some(LogicalType::Decimal(kind)), _) => decimal(kind.scale),
            (None, ConvertedType::DECIMAL) => decimal(column.type_scale()),
            _ => match column.physical_type() {
                Type::BYTE_ARRAY => Ok(Self::Text),
                Type::INT32 | Type::INT64 => {
                    let is_unsigned = match logical {
                        Some(LogicalType::Integer(kind)) => !kind.is_signed,
                        _ => matches!(converted, ConvertedType::UINT_32 | ConvertedType::UINT_64),
                    };
                    Ok(Self::Number { scale: 0, is_unsigned })
                }
                Type::INT96 => Ok(Self::Julian),
                Type::FLOAT | Type::DOUBLE => Ok(Self::Float),
                other @ (Type::BOOLEAN | Type::FIXED_LEN_BYTE_ARRAY) => {
                    Err(format!("it is of type {other}"))
                }
            },
        }
    }

    fn fits(self, meaning: Meaning) -> bool {
        match (self, meaning) {
            (Self::Text, _)
            | (Self::Number { .. }, Meaning::Time | Meaning::Images)
            | (Self::Instant(_) | Self::Julian, Meaning::Time)
            | (Self::Float, Meaning::Images) => true,
            (Self::Instant(_) | Self::Julian | Self::Number { .. } | Self::Float, _) => false,
        }
    }
}

/// Reads the values of a column as cells.
pub(super) struct ValueReader<'a> {
    meaning: Meaning,
    kind: ValueKind,
    options: &'a ReadOptions,
    /// The day that was met last, from its first moment to its end, with its cell.
    day: (i64, i64, u64),
}

impl<'a> ValueReader<'a> {
    /// Returns an error where the column's type says nothing of what is asked.
    pub(super) fn new(
        column: &ColumnDescriptor,
        meaning: Meaning,
        options: &'a ReadOptions,
    ) -> Result<Self> {
        let kind = if column.max_rep_level() > 0 {
            Err("it is a list".to_owned())
        } else {
            ValueKind::new(column).and_then(|kind| {
                let of_type = || format!("it is of type {}", column.physical_type());
                if kind.fits(meaning) { Ok(kind) } else { Err(of_type()) }
            })
        };
        let unfit = |why| {
            let name = column.path().string();
            ParquetError::General(format!("`{name}` can't be the {meaning}: {why}"))
        };
        Ok(Self { meaning, kind: kind.map_err(unfit)?, options, day: (1, 0, 0) })
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
            ColumnReader::Int32ColumnReader(column) => {
                let values = records(column, rows, levels)?;
                cells.extend(values.into_iter().map(|value| {
                    let unsigned = i64::from(value.cast_unsigned());
                    self.integer(if self.is_unsigned() { unsigned } else { value.into() })
                }));
            }
            ColumnReader::Int64ColumnReader(column) => {
                self.integers(&records(column, rows, levels)?, cells);
            }
            ColumnReader::Int96ColumnReader(column) => {
                cells.extend(records(column, rows, levels)?.iter().map(julian));
            }
            ColumnReader::FloatColumnReader(column) => {
                let values = records(column, rows, levels)?.into_iter();
                cells.extend(values.map(|value| whole(value.into())));
            }
            ColumnReader::DoubleColumnReader(column) => {
                cells.extend(records(column, rows, levels)?.into_iter().map(whole));
            }
            ColumnReader::ByteArrayColumnReader(column) => {
                for value in records(column, rows, levels)? {
                    cells.push(self.bytes(names, value.data()));
                }
            }
            ColumnReader::FixedLenByteArrayColumnReader(column) => {
                for value in records(column, rows, levels)? {
                    cells.push(self.bytes(names, value.data()));
                }
            }
            ColumnReader::BoolColumnReader(_) => return Err(damaged()),
        }
        Ok(())
    }

    fn is_unsigned(&self) -> bool {
        matches!(self.kind, ValueKind::Number { is_unsigned: true, .. })
    }

    /// The cell of a null.
    pub(super) fn null(&self, names: &mut Dictionary) -> u64 {
        match self.meaning {
            Meaning::Time | Meaning::Images => cell(Err(RowErrorKind::MissingValue)),
            Meaning::Size
            | Meaning::Width
            | Meaning::Height
            | Meaning::Quality
            | Meaning::Listing
            | Meaning::Model
            | Meaning::Tag => self.text(names, b""),
        }
    }

    fn text(&self, names: &mut Dictionary, text: &[u8]) -> u64 {
        cell(match self.meaning {
            Meaning::Time => self.options.day_of(text).map(|day| u64::from(day.cast_unsigned())),
            Meaning::Images => parse_count(text),
            Meaning::Size
            | Meaning::Width
            | Meaning::Height
            | Meaning::Quality
            | Meaning::Listing
            | Meaning::Model
            | Meaning::Tag => names.number(self.options, self.meaning, text).map(u64::from),
        })
    }

    fn bytes(&self, names: &mut Dictionary, bytes: &[u8]) -> u64 {
        match self.kind {
            ValueKind::Number { scale, .. } => self.decimal(big_endian(bytes), scale),
            ValueKind::Text | ValueKind::Instant(_) | ValueKind::Julian | ValueKind::Float => {
                self.text(names, bytes)
            }
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
            ValueKind::Number { scale: 0, is_unsigned: false }
                if self.meaning == Meaning::Images =>
            {
                images(u64::try_from(number).ok())
            }
            ValueKind::Number { scale, is_unsigned: true } => {
                self.decimal(Some(number.cast_unsigned().into()), scale)
            }
            ValueKind::Number { scale, .. } => self.decimal(Some(number.into()), scale),
            ValueKind::Text | ValueKind::Julian | ValueKind::Float => {
                cell(Err(RowErrorKind::MissingValue))
            }
        }
    }

    /// The cell of so many units of ten to the power of minus `scale`.
    fn decimal(&self, units: Option<i128>, scale: u32) -> u64 {
        let power = 10_i128.pow(scale);
        if self.meaning == Meaning::Images {
            let whole = units.filter(|units| units % power == 0);
            return images(whole.and_then(|units| u64::try_from(units / power).ok()));
        }
        let seconds = units.and_then(|units| u64::try_from(units.div_euclid(power)).ok());
        day_cell(seconds.ok_or(RowErrorKind::TimeOutOfRange).and_then(day_of_number))
    }
}

#[inline]
fn images(count: Option<u64>) -> u64 {
    let count = count.filter(|count| *count <= MAX_IMAGES);
    cell(count.ok_or(RowErrorKind::NotACount))
}

/// The cell of a count that is whole, though it is kept as a number that need not be.
fn whole(number: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is whole and not below zero; what is too large becomes the largest"
    )]
    let count =
        (number.trunc().to_bits() == number.to_bits() && number >= 0.0).then_some(number as u64);
    images(count)
}

fn julian(value: &Int96) -> u64 {
    let [low, high, day] = *value.data() else { return cell(Err(RowErrorKind::NotATime)) };
    let nanoseconds = i64::from(high) << 32 | i64::from(low);
    let days = nanoseconds.div_euclid(86_400_000_000_000);
    day_cell(within(i64::from(day) - JULIAN_EPOCH + days))
}

/// A whole number in two's complement, of any length; `None` beyond 128 bits.
fn big_endian(bytes: &[u8]) -> Option<i128> {
    let negative = bytes.first().is_some_and(|first| *first > 0x7f);
    let fill = if negative { 0xff } else { 0 };
    let (more, last) = bytes.split_at(bytes.len().saturating_sub(16));
    let mut whole = [fill; 16];
    whole[16 - last.len()..].copy_from_slice(last);
    let number = i128::from_be_bytes(whole);
    (more.iter().all(|byte| *byte == fill) && (number < 0) == negative).then_some(number)
}

/// Reads the values of so many rows, and the levels that tell which of them are null.
fn records<T: DataType>(
    column: &mut ColumnReaderImpl<T>,
    rows: usize,
    levels: &mut Vec<i16>,
) -> Result<Vec<T::T>> {
    let mut values = Vec::with_capacity(rows);
    read_records(column, rows, levels, &mut values)?;
    Ok(values)
}

/// Reads the values of so many rows into `values`, and their levels into `levels`.
pub(super) fn read_records<T: DataType>(
    column: &mut ColumnReaderImpl<T>,
    rows: usize,
    levels: &mut Vec<i16>,
    values: &mut Vec<T::T>,
) -> Result<()> {
    levels.clear();
    values.clear();
    let (read, ..) = column.read_records(rows, Some(levels), None, values)?;
    if read == rows { Ok(()) } else { Err(damaged()) }
}
