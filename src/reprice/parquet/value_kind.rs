//! What the values of a Parquet column are, by their logical type, and how each is written as text.

use jiff::Timestamp;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{DataType, Int96};
use parquet::errors::Result;
use parquet::schema::types::ColumnDescriptor;

use super::damaged;
use crate::reprice::columns::Meaning;
use crate::reprice::timestamp::{date_of, within};

/// The day that INT96 counts from, as days before 1970-01-01.
const JULIAN_EPOCH: i64 = 2_440_588;

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    /// Texts, or bytes that are read as such.
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
    Flag,
    TimeOfDay,
}

/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;

impl ValueKind {
    pub(super) fn new(column: &ColumnDescriptor) -> std::result::Result<Self, String> {
        if column.max_rep_level() > 0 {
            return Err("it is a list".to_owned());
        }
        let (logical, converted) = (column.logical_type_ref(), column.converted_type());
        let decimal = |scale: i32| match u32::try_from(scale) {
            Ok(scale) if scale <= 38 => Ok(Self::Number { scale, is_unsigned: false }),
            _ => Err("its scale is not known".to_owned()),
        };
        let instant = |a_second: i64| Ok(Self::Instant(DAY_SECONDS * a_second));
        match (logical, converted) {
            (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Ok(Self::Instant(1)),
            (Some(LogicalType::Timestamp(stamp)), _) => instant(match stamp.unit {
                TimeUnit::MILLIS => 1000,
                TimeUnit::MICROS => 1_000_000,
                TimeUnit::NANOS => 1_000_000_000,
            }),
            (None, ConvertedType::TIMESTAMP_MILLIS) => instant(1000),
            (None, ConvertedType::TIMESTAMP_MICROS) => instant(1_000_000),
            (Some(LogicalType::Time(_)), _)
            | (None, ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS) => {
                Ok(Self::TimeOfDay)
            }
            (Some(LogicalType::Decimal(kind)), _) => decimal(kind.scale),
            (None, ConvertedType::DECIMAL) => decimal(column.type_scale()),
            _ => Ok(match column.physical_type() {
                Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY => Self::Text,
                Type::INT32 | Type::INT64 => {
                    let is_unsigned = match logical {
                        Some(LogicalType::Integer(kind)) => !kind.is_signed,
                        _ => matches!(converted, ConvertedType::UINT_32 | ConvertedType::UINT_64),
                    };
                    Self::Number { scale: 0, is_unsigned }
                }
                Type::INT96 => Self::Julian,
                Type::FLOAT | Type::DOUBLE => Self::Float,
                Type::BOOLEAN => Self::Flag,
            }),
        }
    }

    /// Whether the values are moments or days.
    pub(super) fn is_instant(self) -> bool {
        matches!(self, Self::Instant(_) | Self::Julian)
    }

    /// Why the values can't have a meaning, where that is so.
    pub(super) fn unfit(self, meaning: Meaning, column: &ColumnDescriptor) -> Option<String> {
        if (self, meaning) == (Self::TimeOfDay, Meaning::Time) {
            return Some("it is a time of day".to_owned());
        }
        // Any value has a text, and a text is a word.
        let is_fit = meaning.is_word()
            || matches!(self, Self::Text | Self::Number { .. })
            || meaning == Meaning::Time && self.is_instant()
            || meaning == Meaning::Images && self == Self::Float;
        (!is_fit).then(|| format!("it is of type {}", column.physical_type()))
    }

    /// Reads so many rows, and gives the texts of those that are not null.
    pub(super) fn texts(
        self,
        column: &mut ColumnReader,
        rows: usize,
        levels: &mut Vec<i16>,
    ) -> Result<Vec<Vec<u8>>> {
        let number = |number: i64| self.text_of_number(number).into_bytes();
        let unscaled = |bytes: &[u8]| match self.scale() {
            Some(scale) => big_endian(bytes).map_or_else(
                || b"beyond 38 digits".to_vec(),
                |it| with_point(it, scale).into_bytes(),
            ),
            None => bytes.to_vec(),
        };
        Ok(match column {
            ColumnReader::BoolColumnReader(column) => {
                let flags = records(column, rows, levels)?;
                flags.into_iter().map(|flag| flag.to_string().into_bytes()).collect()
            }
            ColumnReader::Int32ColumnReader(column) => {
                let values = records(column, rows, levels)?.into_iter();
                values.map(|value| number(self.widened(value))).collect()
            }
            ColumnReader::Int64ColumnReader(column) => {
                records(column, rows, levels)?.into_iter().map(number).collect()
            }
            ColumnReader::Int96ColumnReader(column) => {
                records(column, rows, levels)?.iter().map(text_of_julian).collect()
            }
            ColumnReader::FloatColumnReader(column) => {
                let values = records(column, rows, levels)?;
                values.into_iter().map(|value| value.to_string().into_bytes()).collect()
            }
            ColumnReader::DoubleColumnReader(column) => {
                let values = records(column, rows, levels)?;
                values.into_iter().map(|value| value.to_string().into_bytes()).collect()
            }
            ColumnReader::ByteArrayColumnReader(column) => {
                records(column, rows, levels)?.iter().map(|value| unscaled(value.data())).collect()
            }
            ColumnReader::FixedLenByteArrayColumnReader(column) => {
                records(column, rows, levels)?.iter().map(|value| unscaled(value.data())).collect()
            }
        })
    }

    /// The decimals of a number.
    fn scale(self) -> Option<u32> {
        if let Self::Number { scale, .. } = self { Some(scale) } else { None }
    }

    /// A whole number of 32 bits as its type means it.
    pub(super) fn widened(self, value: i32) -> i64 {
        let is_unsigned = matches!(self, Self::Number { is_unsigned: true, .. });
        if is_unsigned { value.cast_unsigned().into() } else { value.into() }
    }

    fn text_of_number(self, number: i64) -> String {
        match self {
            Self::Number { is_unsigned: true, .. } => number.cast_unsigned().to_string(),
            Self::Number { scale, .. } => with_point(number.into(), scale),
            Self::Instant(each) => text_of_instant(number, each),
            Self::Text | Self::Julian | Self::Float | Self::Flag | Self::TimeOfDay => {
                number.to_string()
            }
        }
    }
}

/// A moment as RFC 3339 has it, or a day.
fn text_of_instant(number: i64, each: i64) -> String {
    if each == 1 {
        return within(number)
            .map_or_else(|_| format!("day {number}"), |day| date_of(day).to_string());
    }
    let a_second = each / DAY_SECONDS;
    let nanoseconds = number.rem_euclid(a_second) * (1_000_000_000 / a_second);
    text_of_moment(number.div_euclid(a_second), nanoseconds)
}

fn text_of_moment(second: i64, nanosecond: i64) -> String {
    let moment = i32::try_from(nanosecond).ok().and_then(|it| Timestamp::new(second, it).ok());
    moment.map_or_else(|| format!("second {second}"), |moment| moment.to_string())
}

fn text_of_julian(value: &Int96) -> Vec<u8> {
    let (day, nanoseconds) = parts_of_julian(value);
    let second = day * DAY_SECONDS + nanoseconds.div_euclid(1_000_000_000);
    text_of_moment(second, nanoseconds.rem_euclid(1_000_000_000)).into_bytes()
}

/// The days since 1970, and the nanoseconds of the last.
pub(super) fn parts_of_julian(value: &Int96) -> (i64, i64) {
    let [low, high, day] = value.data().try_into().unwrap_or([0; 3]);
    (i64::from(day) - JULIAN_EPOCH, i64::from(high) << 32 | i64::from(low))
}

/// A whole number of ten to the power of minus `scale`, as text.
fn with_point(units: i128, scale: u32) -> String {
    let (sign, digits) = (if units < 0 { "-" } else { "" }, units.unsigned_abs().to_string());
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let scale = scale as usize;
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, rest) = digits.split_at(digits.len() - scale);
    format!("{sign}{whole}.{rest}")
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
pub(super) fn records<T: DataType>(
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
