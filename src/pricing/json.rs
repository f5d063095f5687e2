//! A comparison as JSON: the shape that others build on. Amounts are decimal strings.
//!
//! The shapes borrow what they show and are written straight; who wants a value to look into gets
//! the same as one.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::format::amount;
use super::job::Job;
use super::quote::{CountRange, PriceRange, Quote, QuoteLine, QuoteReading};
use super::ranking::Comparison;
use super::rates::UsedRate;
use super::reason::{Reason, Warning};
use super::table::PriceTable;
use crate::catalog::{Catalog, Currency, SourcePlace};

/// The document of one job.
pub fn document(table: &PriceTable<'_>, job: &Job, comparison: &Comparison) -> Value {
    // Text keys and strings alone: there is nothing that could fail.
    serde_json::to_value(ComparisonDocument::new(table, job, comparison)).unwrap_or_default()
}

/// The same as text.
pub(super) fn document_text(table: &PriceTable<'_>, job: &Job, comparison: &Comparison) -> String {
    serde_json::to_string(&ComparisonDocument::new(table, job, comparison)).unwrap_or_default()
}

/// Which data a document was made from; the edition is null while the data is under edit.
pub fn catalog_stamp(catalog: &Catalog) -> CatalogStamp<'_> {
    let edition = catalog.edition().map(|edition| edition.name.as_str());
    CatalogStamp { edition, digest: &catalog.digest, checked: catalog.checked }
}

/// A job by the names of the JSON.
pub fn job_keys(job: &Job) -> Value {
    json!(JobKeys::new(job))
}

/// A rate that was used, with its day and source.
pub fn rate(rate: &UsedRate) -> Value {
    json!(RateEntry::new(rate))
}

#[derive(Serialize)]
struct ComparisonDocument<'a> {
    format: u32,
    catalog: CatalogStamp<'a>,
    as_of: String,
    currency: &'static str,
    job: JobKeys<'a>,
    rates: Vec<RateEntry<'a>>,
    rows: Vec<QuoteRow<'a>>,
}

impl<'a> ComparisonDocument<'a> {
    fn new(table: &'a PriceTable<'_>, job: &'a Job, comparison: &'a Comparison) -> Self {
        let quotes = comparison.quotes.iter();
        Self {
            format: 1,
            catalog: catalog_stamp(table.catalog()),
            as_of: comparison.as_of.to_string(),
            currency: table.terms().currency.code(),
            job: JobKeys::new(job),
            rates: comparison.rates.iter().map(RateEntry::new).collect(),
            rows: quotes.map(|(rank, quote)| QuoteRow::new(*rank, quote)).collect(),
        }
    }
}

/// Edition and digest of a catalog, and the newest day on which a statement of it was checked.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct CatalogStamp<'a> {
    edition: Option<&'a str>,
    digest: &'a str,
    checked: Option<Date>,
}

#[derive(Serialize)]
struct JobKeys<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    images: u64,
    size: String,
    quality: Option<&'a str>,
    budget: Option<String>,
    deadline_ms: Option<u64>,
    concurrency: u64,
    reject_rate: AmountText,
    fail_rate: AmountText,
    seconds_per_image: Option<AmountText>,
    hardware: Option<&'a str>,
    require: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens_per_image: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_tokens: Option<u64>,
}

impl<'a> JobKeys<'a> {
    fn new(job: &'a Job) -> Self {
        Self {
            name: job.name.as_deref(),
            images: job.images,
            size: job.size.to_string(),
            quality: job.quality.as_deref(),
            budget: job.budget.map(|b| format!("{} {}", amount(b.amount), b.currency)),
            deadline_ms: job.deadline_ms,
            concurrency: job.concurrency,
            reject_rate: AmountText(job.reject_rate.0),
            fail_rate: AmountText(job.fail_rate.0),
            seconds_per_image: job.seconds_per_image.map(AmountText),
            hardware: job.hardware.as_deref(),
            require: &job.require,
            mode: job.mode.map(Into::into),
            steps: job.steps,
            tokens_per_image: job.tokens_per_image,
            prompt_tokens: job.prompt_tokens,
        }
    }
}

#[derive(Serialize)]
struct RateEntry<'a> {
    pair: &'a str,
    value: AmountText,
    stated: &'a str,
    via: Option<&'static str>,
    date: Option<String>,
    source: &'a str,
}

impl<'a> RateEntry<'a> {
    fn new(rate: &'a UsedRate) -> Self {
        let UsedRate { pair, value, stated, from: _, conversions: _, via, date, source } = rate;
        let via = via.map(Currency::code);
        let date = date.map(|date| date.to_string());
        Self { pair, value: AmountText(*value), stated, via, date, source }
    }
}

/// What a comparison says of one listing.
#[derive(Debug, Serialize)]
pub struct QuoteRow<'a> {
    rank: Option<usize>,
    listing: &'a str,
    provider: &'a str,
    state: &'static str,
    images: Option<CountEntry>,
    total: Option<RangeEntry>,
    per_image: Option<RangeEntry>,
    first_payment: Option<RangeEntry>,
    duration_s: Option<CountEntry>,
    lines: Vec<LineEntry<'a>>,
    readings: Vec<ReadingEntry<'a>>,
    warnings: Vec<WarningEntry<'a>>,
    reason: Option<String>,
    reason_code: Option<&'static str>,
}

impl<'a> QuoteRow<'a> {
    /// A quote with its rank among others.
    pub fn new(rank: Option<usize>, quote: &'a Quote) -> Self {
        Self {
            rank,
            listing: &quote.listing,
            provider: &quote.provider,
            state: quote.state.as_str(),
            images: quote.images.map(CountEntry::from),
            total: quote.total.map(RangeEntry::from),
            per_image: quote.per_image.map(RangeEntry::from),
            first_payment: quote.first_payment.map(RangeEntry::from),
            duration_s: quote.duration_s.map(CountEntry::from),
            lines: quote.lines.iter().map(LineEntry::new).collect(),
            readings: quote.readings.iter().map(ReadingEntry::new).collect(),
            warnings: quote.warnings.iter().map(WarningEntry::new).collect(),
            reason: quote.reason.as_ref().map(ToString::to_string),
            reason_code: quote.reason.as_ref().map(Reason::code),
        }
    }
}

#[derive(Debug, Serialize)]
struct LineEntry<'a> {
    what: &'a str,
    quantity: AmountText,
    unit_price: &'a str,
    amount: AmountText,
    currency: &'static str,
    source: String,
}

impl<'a> LineEntry<'a> {
    fn new(line: &'a QuoteLine) -> Self {
        Self {
            what: &line.what,
            quantity: AmountText(line.quantity),
            unit_price: &line.unit_price,
            amount: AmountText(line.amount),
            currency: line.currency.code(),
            source: SourcePlace::list(&line.sources),
        }
    }
}

#[derive(Debug, Serialize)]
struct ReadingEntry<'a> {
    sources: &'a [SourcePlace],
    total: Option<RangeEntry>,
    images: Option<CountEntry>,
    reason: &'a str,
}

impl<'a> ReadingEntry<'a> {
    fn new(reading: &'a QuoteReading) -> Self {
        Self {
            sources: &reading.sources,
            total: reading.total.map(RangeEntry::from),
            images: reading.images.map(CountEntry::from),
            reason: &reading.reason,
        }
    }
}

#[derive(Debug, Serialize)]
struct WarningEntry<'a> {
    code: &'static str,
    text: &'a str,
}

impl<'a> WarningEntry<'a> {
    fn new(warning: &'a Warning) -> Self {
        Self { code: warning.code.into(), text: &warning.text }
    }
}

#[derive(Debug, Serialize)]
struct CountEntry {
    low: u64,
    high: u64,
}

impl From<CountRange> for CountEntry {
    fn from(range: CountRange) -> Self {
        Self { low: range.low, high: range.high }
    }
}

#[derive(Debug, Serialize)]
struct RangeEntry {
    low: AmountText,
    high: AmountText,
}

impl From<PriceRange> for RangeEntry {
    fn from(range: PriceRange) -> Self {
        Self { low: AmountText(range.low), high: AmountText(range.high) }
    }
}

/// A decimal as a text: a number of JSON would be read as a float.
#[derive(Debug)]
struct AmountText(Decimal);

impl Serialize for AmountText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.normalize())
    }
}
