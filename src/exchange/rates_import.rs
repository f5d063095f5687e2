//! The European Central Bank's reference rates, as the bank publishes them (daily and of 90 days,
//! XML and CSV), as rows of `rates.toml`. Only what is not there yet is added.

use std::fmt::Write;

use jiff::civil::Date;
use quick_xml::Reader;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;
use rust_decimal::Decimal;

use crate::catalog::{Currency, Rate, Source};

/// The id of the source where a catalog has none of the bank's.
pub const SOURCE_ID: &str = "ecb-reference";

/// One rate: what a euro was worth on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceRate {
    pub date: Date,
    pub currency: Currency,
    /// The figure as the bank writes it.
    pub stated: String,
}

/// Says why a file holds no reference rates.
#[derive(Debug, thiserror::Error)]
pub enum RatesError {
    /// It is no text.
    #[error("it is no text")]
    NotText,
    /// It is damaged.
    #[error("it is no XML of the bank's: {0}")]
    Xml(String),
    /// A day can't be read.
    #[error("`{0}` is not a day")]
    Day(String),
    /// A figure can't be read.
    #[error("`{0}` is not a rate")]
    Figure(String),
    /// It is something else.
    #[error("it has no rates of the European Central Bank")]
    Empty,
}

/// Reads a file of the bank's; currencies that are no longer known are left out.
pub fn read_rates(bytes: &[u8]) -> Result<Vec<ReferenceRate>, RatesError> {
    let text = std::str::from_utf8(bytes).map_err(|_| RatesError::NotText)?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let rates = if text.starts_with('<') { read_xml(text)? } else { read_csv(text)? };
    if rates.is_empty() { Err(RatesError::Empty) } else { Ok(rates) }
}

/// `<Cube time="2026-11-26"><Cube currency="USD" rate="1.1587"/>…`.
fn read_xml(text: &str) -> Result<Vec<ReferenceRate>, RatesError> {
    let mut reader = Reader::from_str(text);
    let (mut rates, mut day) = (Vec::new(), None);
    loop {
        let cube = match reader.read_event().map_err(|why| RatesError::Xml(why.to_string()))? {
            Event::Eof => return Ok(rates),
            Event::Start(cube) | Event::Empty(cube) => cube,
            _ => continue,
        };
        let value = |name: &str| attribute(cube.attributes(), name);
        if let Some(time) = value("time") {
            day = Some(read_day(&time)?);
        }
        if let (Some(day), Some(currency), Some(rate)) = (day, value("currency"), value("rate")) {
            rates.extend(reference_rate(day, &currency, &rate)?);
        }
    }
}

fn attribute(mut attributes: Attributes<'_>, name: &str) -> Option<String> {
    let found = attributes.find_map(|it| it.ok().filter(|it| it.key.as_ref() == name.as_bytes()));
    found.map(|it| String::from_utf8_lossy(&it.value).into_owned())
}

/// `Date,USD,JPY,…` and a line for each day.
fn read_csv(text: &str) -> Result<Vec<ReferenceRate>, RatesError> {
    let mut lines = text.lines();
    let cells = |line: &str| -> Vec<String> {
        line.split(',').map(|cell| cell.trim().trim_matches('"').to_owned()).collect()
    };
    let head = cells(lines.next().unwrap_or_default());
    if head.first().is_none_or(|first| !first.eq_ignore_ascii_case("date")) {
        return Err(RatesError::Empty);
    }
    let mut rates = Vec::new();
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let row = cells(line);
        let day = read_day(row.first().map_or("", String::as_str))?;
        for (currency, rate) in head.iter().zip(&row).skip(1) {
            rates.extend(reference_rate(day, currency, rate)?);
        }
    }
    Ok(rates)
}

/// A day as the files have it: `2026-11-26`, and `26 November 2026` in the daily CSV.
fn read_day(text: &str) -> Result<Date, RatesError> {
    let long = || Date::strptime("%d %B %Y", text);
    text.parse().or_else(|_| long()).map_err(|_| RatesError::Day(text.to_owned()))
}

/// A rate; none where the bank gives none, or the currency is none of today's.
fn reference_rate(
    date: Date,
    currency: &str,
    rate: &str,
) -> Result<Option<ReferenceRate>, RatesError> {
    if currency.is_empty() || rate.is_empty() || rate.eq_ignore_ascii_case("n/a") {
        return Ok(None);
    }
    let value = Decimal::from_str_exact(rate).ok();
    if value.is_none_or(|value| value <= Decimal::ZERO) {
        return Err(RatesError::Figure(rate.to_owned()));
    }
    let Ok(currency) = Currency::money(currency) else { return Ok(None) };
    Ok(Some(ReferenceRate { date, currency, stated: rate.to_owned() }))
}

/// The id of the bank's source in a catalog, if it has one.
pub fn bank_source<'s>(sources: impl Iterator<Item = &'s Source>) -> Option<&'s str> {
    let mut sources = sources;
    let source = sources.find(|source| source.address.contains("://www.ecb.europa.eu/"));
    source.map(|source| source.id.as_str())
}

/// The rows to append to `rates.toml`, the oldest first, and how many there are.
pub fn new_rows(rates: &[ReferenceRate], known: &[Rate], source: &str) -> (String, usize) {
    let euro = Currency::Iso(iso_currency::Currency::EUR);
    let is_known = |rate: &ReferenceRate| {
        known.iter().any(|it| {
            (it.one, it.of, it.date) == (euro, rate.currency, rate.date) && it.source == source
        })
    };
    let mut rates: Vec<_> = rates.iter().filter(|rate| !is_known(rate)).collect();
    rates.sort_by_key(|rate| (rate.date, rate.currency.code().to_owned()));
    rates.dedup_by_key(|rate| (rate.date, rate.currency));
    let mut text = String::new();
    for rate in &rates {
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "\n[[rate]]\nrate = \"1 EUR = {} {}\"\ndate = {}\nsource = \"{source}\"\nofficial = true",
            rate.stated,
            rate.currency.code(),
            rate.date
        );
    }
    (text, rates.len())
}
