//! What a listing costs, why its sources differ on that, and calls with an own key.

use askama::Template;
use rust_decimal::Decimal;

use crate::catalog::{Currency, Field};
use crate::pricing::{PriceRange, Quote, QuoteReading, QuoteState, UsedRate, WarningCode};
use crate::site::faq::context::{AnswerBasis, FaqContext, FaqNames};
use crate::site::faq::fact_text::{FactText, and_list, one_line};

/// From the lowest to the highest, as decimal strings.
#[derive(Debug)]
struct TotalText {
    low: String,
    high: String,
    is_one: bool,
}

impl TotalText {
    fn from_range(range: PriceRange) -> Self {
        let text = |amount: Decimal| amount.normalize().to_string();
        Self { low: text(range.low), high: text(range.high), is_one: range.low == range.high }
    }
}

/// An exchange rate that was used.
#[derive(Debug)]
struct RateLine {
    pair: String,
    value: String,
    date: String,
}

#[derive(Template)]
#[template(path = "faq/cost.txt", escape = "none")]
struct CostText<'a> {
    names: &'a FaqNames,
    currency: &'static str,
    size: String,
    is_free: bool,
    is_disputed: bool,
    total: TotalText,
    price: Option<FactText>,
    credits: Option<FactText>,
    fee: Option<FactText>,
    rates: Vec<RateLine>,
    warnings: Vec<String>,
}

/// The quote of the default job, where it has a total.
fn quote<'s>(faq: &FaqContext<'s, '_>) -> Option<(&'s Quote, PriceRange)> {
    let quote = faq.site.index.quote(faq.listing)?;
    Some((quote, quote.total?))
}

/// What does it cost?
pub(super) fn cost(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let (quote, total) = quote(faq)?;
    let price = faq.text(basis, Field::Price);
    let in_credits = quote.lines.iter().any(|line| line.currency == Currency::Credits);
    let credits = faq.text(&mut AnswerBasis::default(), Field::Credits).filter(|_| in_credits);
    if credits.is_some() {
        faq.text(basis, Field::Credits);
    }
    let rate = |rate: &UsedRate| RateLine {
        pair: rate.pair.clone(),
        value: rate.value.to_string(),
        date: rate.date.map(|date| date.to_string()).unwrap_or_default(),
    };
    // A stale price has its own mark.
    let warnings = quote.warnings.iter().filter(|warning| warning.code != WarningCode::Stale);
    let cost = CostText {
        names: &faq.names,
        currency: faq.site.index.currency.code(),
        size: faq.site.index.job.size.to_string(),
        is_free: quote.state == QuoteState::Free,
        is_disputed: quote.state == QuoteState::Disputed,
        total: TotalText::from_range(total),
        price,
        credits,
        fee: faq.text(basis, Field::Fee),
        rates: quote.rates.iter().map(rate).collect(),
        warnings: warnings.map(|warning| one_line(&warning.text)).collect(),
    };
    cost.render().ok()
}

/// What follows if some sides are right.
#[derive(Debug)]
struct ReadingLine {
    total: Option<TotalText>,
    sources: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "faq/differ.txt", escape = "none")]
struct DifferText<'a> {
    names: &'a FaqNames,
    currency: &'static str,
    readings: Vec<ReadingLine>,
}

/// Why do sources differ on the price?
pub(super) fn differ(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let (quote, _) = quote(faq)?;
    if quote.state != QuoteState::Disputed {
        return None;
    }
    for field in [Field::Price, Field::Credits, Field::Fee, Field::Sizes, Field::DefaultQuality] {
        // Only what sources differ on explains why they differ.
        let mut apart = AnswerBasis::default();
        if faq.text(&mut apart, field).is_some_and(|told| !told.is_one()) {
            faq.text(basis, field);
        }
    }
    let title = |side: &String| {
        let (id, at) =
            side.split_once(" @ ").map_or((side.as_str(), None), |(id, at)| (id, Some(at)));
        let title = one_line(faq.site.source_title(id));
        at.map_or(title.clone(), |at| format!("{title} ({})", one_line(at)))
    };
    let reading = |reading: &QuoteReading| ReadingLine {
        total: reading.total.map(TotalText::from_range),
        sources: and_list(&reading.sources.iter().map(title).collect::<Vec<_>>()),
        reason: one_line(&reading.reason),
    };
    basis.page("all disputes", "/disputes/");
    let differ = DifferText {
        names: &faq.names,
        currency: faq.site.index.currency.code(),
        readings: quote.readings.iter().map(reading).collect(),
    };
    differ.render().ok()
}

#[derive(Template)]
#[template(path = "faq/own_key.txt", escape = "none")]
struct OwnKeyText<'a> {
    names: &'a FaqNames,
    byok: FactText,
    whose: Option<FactText>,
    waives: Option<FactText>,
}

/// Can I bring my own key?
pub(super) fn own_key(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let byok = faq.text_named(basis, Field::Capabilities, "byok")?;
    let own_key = OwnKeyText {
        names: &faq.names,
        byok,
        whose: faq.text(basis, Field::ByokKey),
        waives: faq.text(basis, Field::ByokWaivesFee),
    };
    own_key.render().ok()
}
