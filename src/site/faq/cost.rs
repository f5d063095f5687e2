//! What a listing costs, why its sources differ on that, and calls with an own key.

use askama::Template;

use crate::catalog::{Currency, Field, SourcePlace};
use crate::pricing::{PriceRange, Quote, QuoteReading, QuoteState, WarningCode};
use crate::site::faq::context::{AnswerBasis, FaqContext, FaqNames};
use crate::site::faq::fact_text::{FactText, and_list, one_line};
use crate::site::listing::price;
use crate::site::view::rate::{self, RateView};

#[derive(Template)]
#[template(path = "faq/cost.txt", escape = "none")]
struct CostText<'a> {
    names: &'a FaqNames,
    currency: &'static str,
    size: String,
    is_free: bool,
    is_disputed: bool,
    total: PriceRange,
    price: Option<FactText>,
    credits: Option<FactText>,
    fee: Option<FactText>,
    sum: String,
    rates: Vec<RateView>,
    warnings: Vec<String>,
}

/// The quote of the default job, where it has a total.
fn quote<'s>(faq: &FaqContext<'s, '_>) -> Option<(&'s Quote, PriceRange)> {
    let quote = faq.site.index.quote(faq.listing)?;
    Some((quote, quote.total?))
}

/// What does it cost?
pub(super) fn cost(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> askama::Result<String> {
    let Some((quote, total)) = quote(faq) else { return Ok(String::new()) };
    let price = faq.fact(basis, Field::Price, None);
    let in_credits = quote.lines.iter().any(|line| line.currency == Currency::Credits);
    let credits = in_credits.then(|| faq.fact(basis, Field::Credits, None)).flatten();
    // A stale price has its own mark.
    let warnings = quote.warnings.iter().filter(|warning| warning.code != WarningCode::Stale);
    let cost = CostText {
        names: &faq.names,
        currency: faq.site.index.currency.code(),
        size: faq.site.index.job.size.to_string(),
        is_free: quote.state == QuoteState::Free,
        is_disputed: quote.state == QuoteState::Disputed,
        total,
        price,
        credits,
        fee: faq.fact(basis, Field::Fee, None),
        sum: price::fee_sum(quote, faq.site.index.currency).unwrap_or_default(),
        rates: rate::rate_views(faq.site, &quote.rates),
        warnings: warnings.map(|warning| one_line(&warning.text)).collect(),
    };
    cost.render()
}

/// What follows if some sides are right.
#[derive(Debug)]
struct ReadingLine {
    total: Option<PriceRange>,
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
pub(super) fn differ(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> askama::Result<String> {
    let quote = quote(faq).map(|(quote, _)| quote);
    let Some(quote) = quote.filter(|quote| quote.state == QuoteState::Disputed) else {
        return Ok(String::new());
    };
    for field in [Field::Price, Field::Credits, Field::Fee, Field::Sizes, Field::DefaultQuality] {
        // Only what sources differ on explains why they differ.
        let mut apart = AnswerBasis::default();
        if faq.fact(&mut apart, field, None).is_some_and(|told| !told.is_one()) {
            faq.fact(basis, field, None);
        }
    }
    let title = |side: &SourcePlace| {
        let title = one_line(faq.site.source_title(&side.source));
        match &side.at {
            Some(at) => format!("{title} ({})", one_line(at)),
            None => title,
        }
    };
    let reading = |reading: &QuoteReading| ReadingLine {
        total: reading.total,
        sources: and_list(&reading.sources.iter().map(title).collect::<Vec<_>>()),
        reason: one_line(&reading.reason),
    };
    basis.page("all disputes", "/disputes/");
    let differ = DifferText {
        names: &faq.names,
        currency: faq.site.index.currency.code(),
        readings: quote.readings.iter().map(reading).collect(),
    };
    differ.render()
}
