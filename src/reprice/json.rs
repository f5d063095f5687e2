//! A report as JSON: the shape that others build on. Amounts are decimal strings.

use serde_json::{Map, Value, json};

use super::listing_sum::Sum;
use super::report::RepriceReport;
use super::row_error::BadRow;
use super::usage::Usage;
use crate::catalog::{Catalog, Currency};
use crate::pricing::{catalog_stamp, rate};

/// The document of a report.
pub fn document(
    catalog: &Catalog,
    currency: Currency,
    usage: &Usage,
    report: &RepriceReport<'_>,
) -> Value {
    let rows = report.lines.iter().map(|line| {
        let sum = &line.sum;
        json!({
            "listing": line.listing.id,
            "provider": line.listing.provider.as_str(),
            "state": sum.state().as_str(),
            "images": sum.priced.images,
            "total": total(sum),
            "log_rows": log_rows(report, sum),
            "floor": sum.is_floor(),
        })
    });
    let groups = report.sums_of_parts().map(|(part, listing, sum)| {
        let by: Map<String, Value> =
            part.keys().into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
        json!({
            "by": by,
            "listing": listing.id,
            "images": sum.priced.images,
            "total": total(sum),
            "log_rows": log_rows(report, sum),
            "floor": sum.is_floor(),
        })
    });
    let bad = usage.bad.first.iter();
    let bad = bad.map(bad_row);
    let reasons = usage.bad.by_kind();
    let reasons = reasons.map(|(kind, count)| json!({ "reason": kind.as_str(), "count": count }));
    json!({
        "format": 1,
        "catalog": catalog_stamp(catalog),
        "as_of": report.as_of.map(|day| day.to_string()),
        "currency": currency.code(),
        "rates": report.rates.iter().map(rate).collect::<Vec<_>>(),
        "period": usage.days.map(|(from, to)| json!({
            "from": from.to_string(),
            "to": to.to_string(),
        })),
        "rows": rows.collect::<Vec<_>>(),
        "groups": groups.collect::<Vec<_>>(),
        "bad_rows": { "count": usage.bad.count, "first": bad.collect::<Vec<_>>(),
            "reasons": reasons.collect::<Vec<_>>() },
        "left_out_rows": usage.left_out.count,
        "partial": usage.partial.is_some(),
    })
}

/// A row that can't be read; the value is that of the field at fault, where it is one.
fn bad_row(row: &BadRow) -> Value {
    let mut bad = json!({ "line": row.line, "reason": row.kind.as_str() });
    for (key, value) in [("value", &row.value), ("file", &row.file)] {
        if let Some(value) = value {
            bad[key] = value.as_str().into();
        }
    }
    bad
}

fn total(sum: &Sum) -> Value {
    let range = sum.total();
    range.map_or(
        Value::Null,
        |(low, high)| json!({ "low": low.to_string(), "high": high.to_string() }),
    )
}

fn log_rows(report: &RepriceReport<'_>, sum: &Sum) -> Value {
    let refused = report
        .refused(sum)
        .map(|(reason, count)| json!({ "reason": reason.log_text(), "count": count }));
    json!({ "priced": sum.priced.rows, "refused": refused.collect::<Vec<_>>() })
}
