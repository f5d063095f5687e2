//! A report as flat records, and these as a Parquet file: for spreadsheets and data frames.

use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int64Type,
};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};

use super::listing_sum::Sum;
use super::report::{GroupBy, Report};
use super::total::Total;
use crate::catalog::{Catalog, Currency, DECIMALS, Listing};

/// One line of a report: a listing, or what a part of the log costs there.
#[derive(Debug)]
pub struct Record {
    /// What the rows have in common, in the order of [`GroupBy::keys`].
    pub by: Vec<String>,
    /// The listing.
    pub listing: String,
    /// Who sells there.
    pub provider: String,
    /// The state's word.
    pub state: &'static str,
    /// Images that were priced.
    pub images: u64,
    /// Rows that were priced.
    pub rows_priced: u64,
    /// Rows that were refused.
    pub rows_refused: u64,
    /// Why, with how many rows each.
    pub reasons: String,
    /// From the lowest to the highest.
    pub total: Option<(Total, Total)>,
    /// Whether rows are missing in it.
    pub floor: bool,
}

impl GroupBy {
    /// The words of what totals are parted by.
    pub fn keys(self) -> Vec<&'static str> {
        let all = [
            (self.day, "day"),
            (self.month, "month"),
            (self.tag, "tag"),
            (self.listing, "log_listing"),
        ];
        all.into_iter().filter_map(|(wanted, key)| wanted.then_some(key)).collect()
    }
}

/// The lines of a report; its parts, where it has any.
pub fn records(report: &Report<'_>, by: GroupBy) -> Vec<Record> {
    if by.any() {
        let part = |(part, listing, sum): &(super::Breakdown, &Listing, Sum)| {
            let by = part.keys().into_iter().map(|(_, value)| value).collect();
            record(report, by, listing, sum)
        };
        return report.parts.iter().map(part).collect();
    }
    report.lines.iter().map(|line| record(report, Vec::new(), line.listing, &line.sum)).collect()
}

fn record(report: &Report<'_>, by: Vec<String>, listing: &Listing, sum: &Sum) -> Record {
    let reasons: Vec<_> =
        report.refused(sum).map(|(reason, rows)| format!("{rows} {reason}")).collect();
    Record {
        by,
        listing: listing.id.to_string(),
        provider: listing.provider.as_str().to_owned(),
        state: sum.state().as_str(),
        images: sum.priced.images,
        rows_priced: sum.priced.rows,
        rows_refused: sum.refused.values().sum(),
        reasons: reasons.join("; "),
        total: sum.total(),
        floor: sum.is_floor(),
    }
}

/// The bytes of a decimal of 38 digits.
const DECIMAL_BYTES: i32 = 16;

/// The records as a Parquet file. Totals are decimals of 38 digits, as fine as the finest of them.
pub fn parquet(
    catalog: &Catalog,
    currency: Currency,
    by: GroupBy,
    records: &[Record],
) -> Result<Vec<u8>> {
    let totals = records.iter().filter_map(|record| record.total);
    let scale = totals.map(|(low, high)| low.scale().max(high.scale())).max();
    let scale = scale.unwrap_or(0).max(DECIMALS);
    let stamp = |key: &str, value: &str| {
        parquet::file::metadata::KeyValue::new(key.to_owned(), value.to_owned())
    };
    let stamps = vec![
        stamp("currency", currency.code()),
        stamp("edition", catalog.edition().map_or("", |edition| &edition.name)),
        stamp("digest", &catalog.digest),
    ];
    let properties = WriterProperties::builder().set_key_value_metadata(Some(stamps)).build();
    let mut file = SerializedFileWriter::new(Vec::new(), schema(by, scale)?, Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    for at in 0..by.keys().len() {
        texts(
            &mut group,
            records.iter().map(|record| record.by.get(at).map_or("", String::as_str)),
        )?;
    }
    texts(&mut group, records.iter().map(|record| record.listing.as_str()))?;
    texts(&mut group, records.iter().map(|record| record.provider.as_str()))?;
    texts(&mut group, records.iter().map(|record| record.state))?;
    counts(&mut group, records.iter().map(|record| record.images))?;
    decimals(&mut group, scale, records.iter().map(|record| record.total.map(|(low, _)| low)))?;
    decimals(&mut group, scale, records.iter().map(|record| record.total.map(|(_, high)| high)))?;
    counts(&mut group, records.iter().map(|record| record.rows_priced))?;
    counts(&mut group, records.iter().map(|record| record.rows_refused))?;
    let floors: Vec<bool> = records.iter().map(|record| record.floor).collect();
    column::<BoolType>(&mut group, &floors, None)?;
    texts(&mut group, records.iter().map(|record| record.reasons.as_str()))?;
    group.close()?;
    file.into_inner()
}

fn schema(by: GroupBy, scale: u32) -> Result<TypePtr> {
    let text = |name: &str| {
        let field = Type::primitive_type_builder(name, Physical::BYTE_ARRAY);
        let field = field.with_logical_type(Some(LogicalType::String));
        field.with_repetition(Repetition::REQUIRED).build()
    };
    let plain = |name: &str, physical: Physical| {
        Type::primitive_type_builder(name, physical).with_repetition(Repetition::REQUIRED).build()
    };
    let scale = i32::try_from(scale).unwrap_or(i32::MAX);
    let decimal = |name: &str| {
        Type::primitive_type_builder(name, Physical::FIXED_LEN_BYTE_ARRAY)
            .with_length(DECIMAL_BYTES)
            .with_logical_type(Some(LogicalType::decimal(scale, 38)))
            .with_precision(38)
            .with_scale(scale)
            .with_repetition(Repetition::OPTIONAL)
            .build()
    };
    let mut fields = Vec::new();
    for key in by.keys().into_iter().chain(["listing", "provider", "state"]) {
        fields.push(text(key)?);
    }
    fields.push(plain("images", Physical::INT64)?);
    fields.push(decimal("total_low")?);
    fields.push(decimal("total_high")?);
    fields.push(plain("rows_priced", Physical::INT64)?);
    fields.push(plain("rows_refused", Physical::INT64)?);
    fields.push(plain("floor", Physical::BOOLEAN)?);
    fields.push(text("reasons")?);
    let fields = fields.into_iter().map(Arc::new).collect();
    Ok(Arc::new(Type::group_type_builder("reprice").with_fields(fields).build()?))
}

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

fn column<T: parquet::data_type::DataType>(
    group: &mut Group<'_>,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<()> {
    let missing = || ParquetError::General("the schema has too few columns".to_owned());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column.typed::<T>().write_batch(values, levels, None)?;
    column.close()
}

fn texts<'r>(group: &mut Group<'_>, texts: impl Iterator<Item = &'r str>) -> Result<()> {
    let texts: Vec<ByteArray> = texts.map(ByteArray::from).collect();
    column::<ByteArrayType>(group, &texts, None)
}

fn counts(group: &mut Group<'_>, counts: impl Iterator<Item = u64>) -> Result<()> {
    let wide = |count| {
        i64::try_from(count)
            .map_err(|_| ParquetError::General("a count is beyond 63 bits".to_owned()))
    };
    column::<Int64Type>(group, &counts.map(wide).collect::<Result<Vec<_>>>()?, None)
}

fn decimals(
    group: &mut Group<'_>,
    scale: u32,
    totals: impl Iterator<Item = Option<Total>>,
) -> Result<()> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for total in totals {
        levels.push(i16::from(total.is_some()));
        if let Some(total) = total {
            let units = total.at(scale).ok().filter(|units| units.unsigned_abs() < 10_u128.pow(38));
            let beyond = || ParquetError::General("a total is beyond 38 digits".to_owned());
            let bytes = units.ok_or_else(beyond)?.to_be_bytes().to_vec();
            values.push(FixedLenByteArray::from(bytes));
        }
    }
    column::<FixedLenByteArrayType>(group, &values, Some(&levels))
}
