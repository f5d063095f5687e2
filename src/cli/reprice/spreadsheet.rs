//! A report as rows for a spreadsheet: the listings, or the parts of the log where it has any.

use anyhow::Result;

use crate::cli::output::{Output, clean};
use cogdex::catalog::{Catalog, Currency};
use cogdex::reprice::{GroupBy, ReportRecord, Total, Usage};

const COLUMNS: [&str; 11] = [
    "listing",
    "provider",
    "state",
    "currency",
    "images",
    "total_low",
    "total_high",
    "rows_priced",
    "rows_refused",
    "floor",
    "reasons",
];

/// What every row was made from.
const STAMP: [&str; 5] = ["partial", "edition", "digest", "bad_rows", "bad_reasons"];

/// One row a record, with a header.
pub(super) fn csv(
    output: &mut Output,
    catalog: &Catalog,
    currency: Currency,
    usage: &Usage,
    by: GroupBy,
    records: &[ReportRecord],
) -> Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(by.keys().iter().chain(&COLUMNS).chain(&STAMP))?;
    let edition = catalog.edition().map_or("", |edition| edition.name.as_str());
    let (partial, bad) = (usage.partial.is_some().to_string(), usage.bad.count.to_string());
    let stamp = [partial, clean(edition), catalog.digest.clone(), bad, usage.bad.reasons()];
    for record in records {
        let money = |total: Option<Total>| total.map(|it| it.to_string()).unwrap_or_default();
        let fields = [
            clean(&record.listing),
            clean(&record.provider),
            record.state.to_owned(),
            currency.code().to_owned(),
            record.images.to_string(),
            money(record.total.map(|(low, _)| low)),
            money(record.total.map(|(_, high)| high)),
            record.rows_priced.to_string(),
            record.rows_refused.to_string(),
            record.floor.to_string(),
            clean(&record.reasons),
        ];
        let by: Vec<_> = record.by.iter().map(|word| clean(word)).collect();
        writer.write_record(by.iter().chain(&fields).chain(&stamp))?;
    }
    output.text(&String::from_utf8(writer.into_inner()?)?)
}
