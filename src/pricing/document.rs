//! A comparison as JSON: the shape that others build on. Amounts are decimal strings.
//!
//! The shapes borrow what they show and are written straight, for a server that does so for each
//! request; who wants a value to look into gets the same as one.

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::cost;
use super::job::Job;
use super::quote::{Quote, Range, Reading, Warning, Whole};
use super::ranking::Comparison;
use super::rates::{Terms, UsedRate};
use crate::catalog::Catalog;

/// The document of one job.
pub fn document(catalog: &Catalog, terms: &Terms, job: &Job, comparison: &Comparison) -> Value {
    // Text keys and strings alone: there is nothing that could fail.
    serde_json::to_value(Document::of(catalog, terms, job, comparison)).unwrap_or_default()
}

/// The same as text.
pub(super) fn document_text(
    catalog: &Catalog,
    terms: &Terms,
    job: &Job,
    comparison: &Comparison,
) -> String {
    serde_json::to_string(&Document::of(catalog, terms, job, comparison)).unwrap_or_default()
}

/// Which data a document was made from; the edition is null while the data is under edit.
pub fn catalog_stamp(catalog: &Catalog) -> Stamp<'_> {
    Stamp::of(catalog)
}

/// An amount in its shortest form: `10`, `104.8576`.
pub fn amount(amount: Decimal) -> String {
    amount.normalize().to_string()
}

/// What was asked, by the names of the JSON.
pub fn job_keys(job: &Job) -> Value {
    json!(Keys::of(job))
}

/// A rate that was used, with its day and source.
pub fn rate(rate: &UsedRate) -> Value {
    json!(Rate::of(rate))
}

/// One listing of a comparison.
pub fn row(rank: Option<usize>, quote: &Quote) -> Row<'_> {
    Row::of(rank, quote)
}

#[derive(Serialize)]
struct Document<'a> {
    format: u32,
    catalog: Stamp<'a>,
    as_of: String,
    currency: &'static str,
    job: Keys<'a>,
    rates: Vec<Rate<'a>>,
    rows: Vec<Row<'a>>,
}

impl<'a> Document<'a> {
    fn of(catalog: &'a Catalog, terms: &Terms, job: &'a Job, comparison: &'a Comparison) -> Self {
        Self {
            format: 1,
            catalog: Stamp::of(catalog),
            as_of: terms.as_of.to_string(),
            currency: terms.currency.code(),
            job: Keys::of(job),
            rates: comparison.rates.iter().map(Rate::of).collect(),
            rows: comparison.quotes.iter().map(|(rank, quote)| Row::of(*rank, quote)).collect(),
        }
    }
}

/// Edition and digest of a catalog.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Stamp<'a> {
    edition: Option<&'a str>,
    digest: &'a str,
}

impl<'a> Stamp<'a> {
    fn of(catalog: &'a Catalog) -> Self {
        let edition = catalog.edition().map(|edition| edition.name.as_str());
        Self { edition, digest: &catalog.digest }
    }
}

#[derive(Serialize)]
struct Keys<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    images: u64,
    size: String,
    quality: Option<&'a str>,
    budget: Option<String>,
    deadline_ms: Option<u64>,
    concurrency: u64,
    reject_rate: Amount,
    fail_rate: Amount,
    seconds_per_image: Option<Amount>,
    hardware: Option<&'a str>,
    require: &'a [String],
}

impl<'a> Keys<'a> {
    fn of(job: &'a Job) -> Self {
        Self {
            name: job.name.as_deref(),
            images: job.images,
            size: job.size.to_string(),
            quality: job.quality.as_deref(),
            budget: job.budget.map(|b| format!("{} {}", amount(b.amount), b.currency)),
            deadline_ms: job.deadline_ms,
            concurrency: job.concurrency,
            reject_rate: Amount(job.reject_rate.0),
            fail_rate: Amount(job.fail_rate.0),
            seconds_per_image: job.seconds_per_image.map(Amount),
            hardware: job.hardware.as_deref(),
            require: &job.require,
        }
    }
}

#[derive(Serialize)]
struct Rate<'a> {
    pair: &'a str,
    value: Amount,
    date: Option<String>,
    source: &'a str,
}

impl<'a> Rate<'a> {
    fn of(rate: &'a UsedRate) -> Self {
        let date = rate.date.map(|date| date.to_string());
        Self { pair: &rate.pair, value: Amount(rate.value), date, source: &rate.source }
    }
}

/// What a comparison says of one listing.
#[derive(Debug, Serialize)]
pub struct Row<'a> {
    rank: Option<usize>,
    listing: &'a str,
    provider: &'a str,
    state: &'static str,
    images: Option<Span>,
    total: Option<Amounts>,
    per_image: Option<Amounts>,
    duration_s: Option<Span>,
    lines: Vec<Line<'a>>,
    readings: Vec<Side<'a>>,
    warnings: Vec<Note<'a>>,
    reason: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn of(rank: Option<usize>, quote: &'a Quote) -> Self {
        Self {
            rank,
            listing: &quote.listing,
            provider: &quote.provider,
            state: quote.state.word(),
            images: quote.images.map(Span::of),
            total: quote.total.map(Amounts::of),
            per_image: quote.per_image.map(Amounts::of),
            duration_s: quote.duration_s.map(Span::of),
            lines: quote.lines.iter().map(Line::of).collect(),
            readings: quote.readings.iter().map(Side::of).collect(),
            warnings: quote.warnings.iter().map(Note::of).collect(),
            reason: quote.reason.as_deref(),
        }
    }
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    what: &'a str,
    quantity: Amount,
    unit_price: &'a str,
    amount: Amount,
    currency: &'static str,
    source: &'a str,
}

impl<'a> Line<'a> {
    fn of(line: &'a cost::Line) -> Self {
        Self {
            what: &line.what,
            quantity: Amount(line.quantity),
            unit_price: &line.unit_price,
            amount: Amount(line.amount),
            currency: line.currency.code(),
            source: &line.source,
        }
    }
}

#[derive(Debug, Serialize)]
struct Side<'a> {
    sources: &'a [String],
    total: Option<Amounts>,
    images: Option<Span>,
    reason: &'a str,
}

impl<'a> Side<'a> {
    fn of(reading: &'a Reading) -> Self {
        Self {
            sources: &reading.sources,
            total: reading.total.map(Amounts::of),
            images: reading.images.map(Span::of),
            reason: &reading.reason,
        }
    }
}

#[derive(Debug, Serialize)]
struct Note<'a> {
    code: &'static str,
    text: &'a str,
}

impl<'a> Note<'a> {
    fn of(warning: &'a Warning) -> Self {
        Self { code: warning.code, text: &warning.text }
    }
}

#[derive(Debug, Serialize)]
struct Span {
    low: u64,
    high: u64,
}

impl Span {
    fn of(span: Whole) -> Self {
        Self { low: span.low, high: span.high }
    }
}

#[derive(Debug, Serialize)]
struct Amounts {
    low: Amount,
    high: Amount,
}

impl Amounts {
    fn of(range: Range) -> Self {
        Self { low: Amount(range.low), high: Amount(range.high) }
    }
}

/// A decimal as a text: a number of JSON would be read as a float.
#[derive(Debug)]
struct Amount(Decimal);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.normalize())
    }
}
