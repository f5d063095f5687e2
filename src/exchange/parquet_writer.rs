//! The price book as one Parquet file: a row for each entry and each case that it counts for.

use std::sync::Arc;

use jiff::civil::Date;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{
    ByteArray, ByteArrayType, DataType, FixedLenByteArray, FixedLenByteArrayType, Int32Type,
    Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};

use super::price_book::{BookError, FIRST_DAY, MAX_DIGITS, PriceBook};
use super::table::{Cell, Column, Kind, flat};

/// Says why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The book can't be held.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The file can't be written.
    #[error(transparent)]
    Parquet(#[from] ParquetError),
}

/// The bytes of a decimal of 38 digits.
const AMOUNT_BYTES: i32 = 16;

/// The book as a Parquet file. Amounts are decimals without decimals: whole numbers.
pub fn parquet(book: &PriceBook) -> Result<Vec<u8>, FileError> {
    let table = flat(book)?;
    let stamp = |key: &str, value: &str| KeyValue::new(key.to_owned(), value.to_owned());
    let stamps = vec![
        stamp("edition", book.edition.as_deref().unwrap_or_default()),
        stamp("digest", &book.digest),
        stamp("currency", book.currency.code()),
        stamp("scale", &book.scale.to_string()),
    ];
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(stamps))
        .build();
    let schema = schema(&table.columns)?;
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    for (at, (_, kind)) in table.columns.iter().enumerate() {
        let cells: Vec<&Cell> = table.rows.iter().filter_map(|row| row.get(at)).collect();
        write(&mut group, *kind, &cells)?;
    }
    group.close()?;
    Ok(file.into_inner()?)
}

fn schema(columns: &[Column]) -> Result<TypePtr, ParquetError> {
    let field = |(name, kind): &Column| {
        let (physical, logical, repetition) = match kind {
            Kind::Text => (Physical::BYTE_ARRAY, LogicalType::String, Repetition::REQUIRED),
            Kind::Number => (Physical::INT64, LogicalType::integer(64, true), Repetition::OPTIONAL),
            Kind::Day => (Physical::INT32, LogicalType::Date, Repetition::OPTIONAL),
            Kind::Amount => {
                let digits = i32::try_from(MAX_DIGITS).unwrap_or(i32::MAX);
                let logical = LogicalType::decimal(0, digits);
                return Type::primitive_type_builder(name, Physical::FIXED_LEN_BYTE_ARRAY)
                    .with_length(AMOUNT_BYTES)
                    .with_logical_type(Some(logical))
                    .with_precision(digits)
                    .with_scale(0)
                    .with_repetition(Repetition::OPTIONAL)
                    .build();
            }
        };
        let builder = Type::primitive_type_builder(name, physical);
        builder.with_logical_type(Some(logical)).with_repetition(repetition).build()
    };
    let fields = columns.iter().map(|column| field(column).map(Arc::new));
    let fields = fields.collect::<Result<Vec<_>, _>>()?;
    Ok(Arc::new(Type::group_type_builder("prices").with_fields(fields).build()?))
}

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

fn write(group: &mut Group<'_>, kind: Kind, cells: &[&Cell]) -> Result<(), ParquetError> {
    match kind {
        Kind::Text => {
            let texts = cells.iter().map(|cell| match cell {
                Cell::Text(text) => ByteArray::from(text.as_str()),
                _ => ByteArray::from(""),
            });
            column::<ByteArrayType>(group, &texts.collect::<Vec<_>>(), None)
        }
        Kind::Number => some::<Int64Type>(group, cells, |cell| match cell {
            Cell::Whole(number) => i64::try_from(*number).ok(),
            _ => None,
        }),
        Kind::Day => some::<Int32Type>(group, cells, |cell| match cell {
            Cell::Day(day) => days(*day),
            _ => None,
        }),
        Kind::Amount => some::<FixedLenByteArrayType>(group, cells, |cell| match cell {
            Cell::Whole(number) => Some(FixedLenByteArray::from(number.to_be_bytes().to_vec())),
            _ => None,
        }),
    }
}

/// Days since 1970-01-01.
fn days(day: Date) -> Option<i32> {
    FIRST_DAY.until(day).ok().map(|span| span.get_days())
}

/// A column in which cells may be absent; what is there but can't be held is an error.
fn some<T: DataType>(
    group: &mut Group<'_>,
    cells: &[&Cell],
    held: impl Fn(&Cell) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        levels.push(i16::from(**cell != Cell::Absent));
        if **cell != Cell::Absent {
            let beyond = || ParquetError::General(format!("{cell:?} can't be held"));
            values.push(held(cell).ok_or_else(beyond)?);
        }
    }
    column::<T>(group, &values, Some(&levels))
}

fn column<T: DataType>(
    group: &mut Group<'_>,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let missing = || ParquetError::General("the schema has too few columns".to_owned());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column.typed::<T>().write_batch(values, levels, None)?;
    column.close()
}
