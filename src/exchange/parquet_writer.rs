//! Parquet files: the price book, with a row for each entry and each case that it counts for, and
//! the lines of a repricing.

use std::sync::Arc;

use jiff::civil::Date;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, FixedLenByteArray, FixedLenByteArrayType,
    Int32Type, Int64Type,
};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::price_book::{BookError, FIRST_DAY, MAX_DIGITS, PriceBook};
use super::table::{ColumnKind, TableCell, flat};
use crate::catalog::{Catalog, Currency, DECIMALS};
use crate::reprice::{GroupBy, ReportRecord, Total, Usage};

/// Says why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error(transparent)]
    PriceBook(#[from] BookError),
    #[error(transparent)]
    Parquet(#[from] ParquetError),
}

/// The bytes of a decimal of 38 digits.
const DECIMAL_BYTES: i32 = 16;

/// The values of a column; a text, count or flag is always there.
enum Values {
    Texts(Vec<ByteArray>),
    Counts(Vec<i64>),
    Numbers(Vec<Option<i64>>),
    Days(Vec<Option<i32>>),
    Flags(Vec<bool>),
    /// Whole numbers of ten to the power of minus the scale.
    Decimals(u32, Vec<Option<i128>>),
}

/// A column with its name.
type NamedColumn = (&'static str, Values);

/// Writes the book. Amounts are decimals: of the book's own scale, or of that of what is stated.
pub fn book_parquet(book: &PriceBook) -> std::result::Result<Vec<u8>, FileError> {
    let table = flat(book)?;
    let stamps = [
        ("edition", book.edition.clone().unwrap_or_default()),
        ("digest", book.digest.clone()),
        ("currency", book.currency.code().to_owned()),
        ("scale", book.scale.to_string()),
    ];
    let mut columns = Vec::new();
    for (at, (name, kind)) in table.columns.iter().enumerate() {
        let cells = table.rows.iter().filter_map(|row| row.get(at));
        columns.push((*name, values(*kind, book.scale, cells)?));
    }
    Ok(write("prices", columns, &stamps)?)
}

fn values<'c>(
    kind: ColumnKind,
    scale: u32,
    cells: impl Iterator<Item = &'c TableCell>,
) -> Result<Values> {
    let whole =
        |cell: &TableCell| if let TableCell::Whole(number) = cell { Some(*number) } else { None };
    Ok(match kind {
        ColumnKind::Text => Values::Texts(
            cells
                .map(|cell| if let TableCell::Text(text) = cell { text.as_str() } else { "" })
                .map(ByteArray::from)
                .collect(),
        ),
        ColumnKind::Number => {
            let number = |cell| whole(cell).map(i64::try_from).transpose().map_err(too_large);
            Values::Numbers(cells.map(number).collect::<Result<_>>()?)
        }
        ColumnKind::Amount => Values::Decimals(scale, cells.map(whole).collect()),
        ColumnKind::Order => Values::Decimals(0, cells.map(whole).collect()),
        ColumnKind::Stated => Values::Decimals(DECIMALS, cells.map(whole).collect()),
        ColumnKind::Day => Values::Days(
            cells
                .map(|cell| if let TableCell::Day(day) = cell { days(*day) } else { None })
                .collect(),
        ),
    })
}

/// Days since 1970-01-01.
fn days(day: Date) -> Option<i32> {
    FIRST_DAY.until(day).ok().map(|span| span.get_days())
}

fn too_large(_: impl std::error::Error) -> ParquetError {
    ParquetError::General("a number is beyond what the file can hold".to_owned())
}

/// Writes the lines of a repricing. Totals are as fine as the finest of them.
pub fn report_parquet(
    catalog: &Catalog,
    currency: Currency,
    usage: &Usage,
    by: GroupBy,
    records: &[ReportRecord],
) -> Result<Vec<u8>> {
    let totals = records.iter().filter_map(|record| record.total);
    let scale = totals.map(|(low, high)| low.scale().max(high.scale())).max();
    let scale = scale.unwrap_or(0).max(DECIMALS);
    let stamps = [
        ("currency", currency.code().to_owned()),
        ("edition", catalog.edition().map(|edition| edition.name.clone()).unwrap_or_default()),
        ("digest", catalog.digest.clone()),
        ("partial", usage.partial.is_some().to_string()),
        ("bad_rows", usage.bad.count.to_string()),
        ("bad_reasons", usage.bad.reasons()),
    ];
    let texts = |text: fn(&ReportRecord) -> &str| {
        Values::Texts(records.iter().map(|record| text(record).into()).collect())
    };
    let counts = |count: fn(&ReportRecord) -> u64| {
        let count = |record| i64::try_from(count(record)).map_err(too_large);
        Ok::<_, ParquetError>(Values::Counts(records.iter().map(count).collect::<Result<_>>()?))
    };
    let decimals = |total: fn((Total, Total)) -> Total| {
        let units = |record: &ReportRecord| {
            let units = record.total.map(|range| total(range).at(scale)).transpose();
            let units = units.map_err(too_large)?;
            let fits = units.is_none_or(|units| units.unsigned_abs() < 10_u128.pow(MAX_DIGITS));
            if fits { Ok(units) } else { Err(too_large(std::fmt::Error)) }
        };
        Ok::<_, ParquetError>(Values::Decimals(
            scale,
            records.iter().map(units).collect::<Result<_>>()?,
        ))
    };
    let mut columns: Vec<NamedColumn> = Vec::new();
    for (at, key) in by.keys().into_iter().enumerate() {
        let words = records.iter().map(|record| record.by.get(at).map_or("", String::as_str));
        columns.push((key, Values::Texts(words.map(ByteArray::from).collect())));
    }
    let flags = Values::Flags(records.iter().map(|record| record.floor).collect());
    columns.extend([
        ("listing", texts(|record| &record.listing)),
        ("provider", texts(|record| &record.provider)),
        ("state", texts(|record| record.state)),
        ("images", Values::Counts(records.iter().map(|record| record.images).collect())),
        ("total_low", decimals(|(low, _)| low)?),
        ("total_high", decimals(|(_, high)| high)?),
        ("rows_priced", counts(|record| record.rows_priced)?),
        ("rows_refused", counts(|record| record.rows_refused)?),
        ("floor", flags),
        ("reasons", texts(|record| &record.reasons)),
    ]);
    write("reprice", columns, &stamps)
}

fn write(name: &str, columns: Vec<NamedColumn>, stamps: &[(&str, String)]) -> Result<Vec<u8>> {
    let stamps = stamps.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone()));
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(stamps.collect()))
        .build();
    let fields = columns.iter().map(|(name, values)| values.field(name).map(Arc::new));
    let fields = fields.collect::<Result<Vec<_>>>()?;
    let schema = Arc::new(Type::group_type_builder(name).with_fields(fields).build()?);
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    for (_, values) in columns {
        values.write(&mut group)?;
    }
    group.close()?;
    file.into_inner()
}

impl Values {
    fn field(&self, name: &str) -> Result<Type> {
        let (physical, logical, repetition) = match self {
            Self::Texts(_) => {
                (Physical::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED)
            }
            Self::Counts(_) => (Physical::INT64, None, Repetition::REQUIRED),
            Self::Numbers(_) => {
                (Physical::INT64, Some(LogicalType::integer(64, true)), Repetition::OPTIONAL)
            }
            Self::Days(_) => (Physical::INT32, Some(LogicalType::Date), Repetition::OPTIONAL),
            Self::Flags(_) => (Physical::BOOLEAN, None, Repetition::REQUIRED),
            Self::Decimals(scale, _) => {
                let scale = i32::try_from(*scale).map_err(too_large)?;
                let digits = i32::try_from(MAX_DIGITS).map_err(too_large)?;
                return Type::primitive_type_builder(name, Physical::FIXED_LEN_BYTE_ARRAY)
                    .with_length(DECIMAL_BYTES)
                    .with_logical_type(Some(LogicalType::decimal(scale, digits)))
                    .with_precision(digits)
                    .with_scale(scale)
                    .with_repetition(Repetition::OPTIONAL)
                    .build();
            }
        };
        let field = Type::primitive_type_builder(name, physical);
        field.with_logical_type(logical).with_repetition(repetition).build()
    }

    fn write(self, group: &mut SerializedRowGroupWriter<'_, Vec<u8>>) -> Result<()> {
        match self {
            Self::Texts(texts) => write_column::<ByteArrayType>(group, &texts, None),
            Self::Counts(counts) => write_column::<Int64Type>(group, &counts, None),
            Self::Flags(flags) => write_column::<BoolType>(group, &flags, None),
            Self::Numbers(numbers) => write_present::<Int64Type>(group, numbers),
            Self::Days(days) => write_present::<Int32Type>(group, days),
            Self::Decimals(_, units) => {
                let bytes = |units: i128| FixedLenByteArray::from(units.to_be_bytes().to_vec());
                let units = units.into_iter().map(|units| units.map(bytes)).collect();
                write_present::<FixedLenByteArrayType>(group, units)
            }
        }
    }
}

fn write_present<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: Vec<Option<T::T>>,
) -> Result<()> {
    let levels: Vec<i16> = values.iter().map(|value| value.is_some().into()).collect();
    let values: Vec<T::T> = values.into_iter().flatten().collect();
    write_column::<T>(group, &values, Some(&levels))
}

fn write_column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<()> {
    let missing = || ParquetError::General("the schema has too few columns".to_owned());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column.typed::<T>().write_batch(values, levels, None)?;
    column.close()
}
