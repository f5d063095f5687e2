//! A comparison as JSON: the shape that others build on. Amounts are decimal strings.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::cost::Line;
use super::job::Job;
use super::quote::{Quote, Range, Reading, Whole};
use super::ranking::Comparison;
use super::rates::{Terms, UsedRate};
use crate::catalog::Catalog;

/// The document of one job.
pub fn document(catalog: &Catalog, terms: &Terms, job: &Job, comparison: &Comparison) -> Value {
    let rows: Vec<_> = comparison.quotes.iter().map(|(rank, quote)| row(*rank, quote)).collect();
    json!({
        "format": 1,
        "catalog": catalog_stamp(catalog),
        "as_of": terms.as_of.to_string(),
        "currency": terms.currency.code(),
        "job": job_keys(job),
        "rates": comparison.rates.iter().map(rate).collect::<Vec<_>>(),
        "rows": rows,
    })
}

/// Which data a document was made from; the edition is null while the data is under edit.
pub fn catalog_stamp(catalog: &Catalog) -> Value {
    json!({
        "edition": catalog.edition().map(|edition| edition.name.as_str()),
        "digest": catalog.digest,
    })
}

/// An amount in its shortest form: `10`, `104.8576`.
pub fn amount(amount: Decimal) -> String {
    amount.normalize().to_string()
}

/// What was asked, by the names of the JSON.
pub fn job_keys(job: &Job) -> Value {
    let mut keys = Map::new();
    if let Some(name) = &job.name {
        keys.insert("name".to_owned(), json!(name));
    }
    keys.insert("images".to_owned(), json!(job.images));
    keys.insert("size".to_owned(), json!(job.size.to_string()));
    keys.insert("quality".to_owned(), json!(job.quality));
    let budget = job.budget.map(|b| format!("{} {}", amount(b.amount), b.currency));
    keys.insert("budget".to_owned(), json!(budget));
    keys.insert("deadline_ms".to_owned(), json!(job.deadline_ms));
    keys.insert("concurrency".to_owned(), json!(job.concurrency));
    keys.insert("reject_rate".to_owned(), json!(amount(job.reject_rate.0)));
    keys.insert("fail_rate".to_owned(), json!(amount(job.fail_rate.0)));
    keys.insert("seconds_per_image".to_owned(), json!(job.seconds_per_image.map(amount)));
    keys.insert("hardware".to_owned(), json!(job.hardware));
    keys.insert("require".to_owned(), json!(job.require));
    Value::Object(keys)
}

/// A rate that was used, with its day and source.
pub fn rate(rate: &UsedRate) -> Value {
    json!({
        "pair": rate.pair,
        "value": amount(rate.value),
        "date": rate.date.map(|date| date.to_string()),
        "source": rate.source,
    })
}

/// One listing of a comparison.
pub fn row(rank: Option<usize>, quote: &Quote) -> Value {
    let warning = |w: &super::Warning| json!({ "code": w.code, "text": w.text });
    json!({
        "rank": rank,
        "listing": quote.listing,
        "provider": quote.provider,
        "state": quote.state.word(),
        "images": quote.images.map(whole),
        "total": quote.total.map(range),
        "per_image": quote.per_image.map(range),
        "duration_s": quote.duration_s.map(whole),
        "lines": quote.lines.iter().map(line).collect::<Vec<_>>(),
        "readings": quote.readings.iter().map(reading).collect::<Vec<_>>(),
        "warnings": quote.warnings.iter().map(warning).collect::<Vec<_>>(),
        "reason": quote.reason,
    })
}

fn range(range: Range) -> Value {
    json!({ "low": amount(range.low), "high": amount(range.high) })
}

fn whole(span: Whole) -> Value {
    json!({ "low": span.low, "high": span.high })
}

fn line(line: &Line) -> Value {
    json!({
        "what": line.what,
        "quantity": amount(line.quantity),
        "unit_price": line.unit_price,
        "amount": amount(line.amount),
        "currency": line.currency.code(),
        "source": line.source,
    })
}

fn reading(reading: &Reading) -> Value {
    json!({
        "sources": reading.sources,
        "total": reading.total.map(range),
        "images": reading.images.map(whole),
        "reason": reading.reason,
    })
}
