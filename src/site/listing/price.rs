//! What a listing costs: the default job in dollars, every reading where sources differ, and what
//! each source says.

use std::collections::BTreeSet;

use crate::catalog::{Currency, Fact, FactState, Field, SourcePlace};
use crate::pricing::{
    LineKind, PriceRange, Quote, QuoteLine, QuoteReading, QuoteState, Reason, amount, grouped,
};
use crate::site::format::{capitalized, range, reason_text};
use crate::site::link::Link;
use crate::site::listing::context::ListingContext;
use crate::site::view::fact::FactView;
use crate::site::view::price_row::{self, StateBadge};
use crate::site::view::rate::{self, RateView};

/// One line of a bill.
#[derive(Debug)]
pub(crate) struct BillLine {
    pub(crate) what: String,
    pub(crate) quantity: String,
    pub(crate) unit_price: String,
    pub(crate) amount: String,
    pub(crate) sources: Vec<Link>,
}

/// What follows if some sources are right.
#[derive(Debug)]
pub(crate) struct ReadingView {
    pub(crate) sources: Vec<Link>,
    pub(crate) one: String,
    pub(crate) thousand: String,
    pub(crate) reason: String,
    pub(crate) lines: Vec<BillLine>,
}

/// What a listing costs.
#[derive(Debug)]
pub(crate) struct PriceView<'s> {
    pub(crate) badge: StateBadge,
    /// Whether an image has no total: nobody states one, or the default image is not offered.
    pub(crate) is_unknown: bool,
    /// What one image costs: `0.008 to 0.04 USD`, or `unknown`.
    pub(crate) one: String,
    pub(crate) thousand: String,
    pub(crate) sentence: String,
    pub(crate) agreement: String,
    pub(crate) stated: String,
    pub(crate) size: String,
    pub(crate) rank: String,
    pub(crate) readings: Vec<ReadingView>,
    pub(crate) warnings: Vec<String>,
    pub(crate) rates: Vec<RateView>,
    pub(crate) facts: Vec<FactView<'s>>,
    pub(crate) seen: String,
    pub(crate) stale: bool,
}

pub(crate) fn price_view<'s>(context: &ListingContext<'s, '_>) -> PriceView<'s> {
    let facts = context.views(&[Field::Price, Field::Credits, Field::Fee]);
    let (price, as_of) = (context.fact(Field::Price), context.site.settings.as_of);
    let state = context.quote.map_or(QuoteState::Unknown, |quote| quote.state);
    let warnings = context.quote.iter().flat_map(|quote| &quote.warnings);
    PriceView {
        badge: StateBadge::new(context.site, context.listing),
        is_unknown: matches!(state, QuoteState::Unknown | QuoteState::Refused),
        one: one(context),
        thousand: thousand(context),
        sentence: sentence(context),
        agreement: agreement(context),
        stated: context.words(Field::Price),
        size: context.site.index.job.size.to_string(),
        rank: rank(context),
        readings: context.quote.map(|quote| readings(context, quote)).unwrap_or_default(),
        warnings: warnings.map(|warning| warning.text.clone()).collect(),
        rates: context
            .quote
            .map(|quote| rate::rate_views(context.site, &quote.rates))
            .unwrap_or_default(),
        // The day of the page that the price stands on, not the newest of any.
        seen: price
            .and_then(|price| price.supported_on(as_of))
            .map(|day| day.to_string())
            .unwrap_or_default(),
        stale: price.is_some_and(|price| price.is_stale(as_of)),
        facts,
    }
}

fn agreement(context: &ListingContext<'_, '_>) -> String {
    let Some(quote) = context.quote else { return "We found no public price.".to_owned() };
    match quote.state {
        QuoteState::Unknown | QuoteState::Refused => capitalized(&reason(quote)) + ".",
        QuoteState::Disputed => "Its own pages disagree.".to_owned(),
        QuoteState::Priced | QuoteState::Free if is_settled(context) => {
            "Its pages disagree, and it is settled which counts.".to_owned()
        }
        QuoteState::Priced | QuoteState::Free => {
            let sides = context.fact(Field::Price).into_iter().flat_map(Fact::effective_sides);
            let sources: BTreeSet<_> = sides.map(|side| &side.statement.source).collect();
            let said = match sources.len() {
                0 => String::new(),
                _ if fee_sum(quote, context.site.index.currency).is_some() => {
                    ours(context, sources.len())
                }
                1 => "From one source.".to_owned(),
                count => format!("{count} sources agree."),
            };
            let open = quote.total.is_some_and(|total| total.low != total.high);
            let more = if open { " It leaves part of the price open." } else { "" };
            said + more
        }
    }
}

/// What the sources state, where the total is a sum or a conversion of our own.
fn ours(context: &ListingContext<'_, '_>, sources: usize) -> String {
    let stated = context.words(Field::Price);
    match sources {
        1 => format!("One source states {stated}; the rest is our sum."),
        count => format!("{count} sources state {stated}; the rest is our sum."),
    }
}

/// The bill of an agreed price with a fee, as a sum: `0.100 USD / image stated + 5% fee on top-up =
/// $0.105`; nothing where there is none.
pub(crate) fn fee_sum(quote: &Quote, currency: Currency) -> Option<String> {
    let total = quote.total.filter(|total| total.low == total.high)?;
    let of_kind = |kind| quote.lines.iter().filter(move |line| line.kind == kind);
    let parts: Vec<_> = of_kind(LineKind::Price).map(|line| line.unit_price.as_str()).collect();
    let fees: Vec<_> =
        of_kind(LineKind::Fee).map(|line| format!("{} {}", line.unit_price, line.what)).collect();
    let is_plain = parts.len() + fees.len() == quote.lines.len();
    if quote.readings.len() != 1 || fees.is_empty() || !is_plain {
        return None;
    }
    let (stated, fees) = (parts.join(" + "), fees.join(" + "));
    Some(format!("{stated} stated + {fees} = {}", range(total, currency)))
}

/// Whether sources differ on what makes the price, and something decided.
fn is_settled(context: &ListingContext<'_, '_>) -> bool {
    let facts = [Field::Price, Field::Credits, Field::Fee].map(|field| context.fact(field));
    facts.into_iter().flatten().any(|fact| fact.state() == FactState::Settled)
}

fn rank(context: &ListingContext<'_, '_>) -> String {
    let family = context.site.catalog.family(context.listing);
    let cheapest = context.site.family_index().cheapest(family);
    let place = context.site.family_index().place(context.listing);
    place.map(|at| format!("{} of {}", at + 1, cheapest.len())).unwrap_or_default()
}

fn readings(context: &ListingContext<'_, '_>, quote: &Quote) -> Vec<ReadingView> {
    let offer = context.site.index.offer(context.listing);
    let offered = offer.readings().into_iter().flatten();
    let thousands = offered.map(|reading| reading.amount(1000).ok().flatten());
    let shown = |total| range(total, context.site.index.currency);
    let view = |(reading, thousand): (&QuoteReading, Option<PriceRange>)| ReadingView {
        sources: side_links(context, &reading.sources),
        one: reading
            .total
            .map(|total| range(total, context.site.index.currency))
            .unwrap_or_default(),
        thousand: thousand.map(shown).unwrap_or_default(),
        reason: reading.reason.clone(),
        lines: reading.lines.iter().map(|line| bill_line(context, line)).collect(),
    };
    quote.readings.iter().zip(thousands).map(view).collect()
}

fn bill_line(context: &ListingContext<'_, '_>, line: &QuoteLine) -> BillLine {
    BillLine {
        what: line.what.clone(),
        quantity: grouped(line.quantity),
        unit_price: line.unit_price.clone(),
        amount: format!("{} {}", amount(line.amount), line.currency),
        sources: side_links(context, &line.sources),
    }
}

/// The sides of a quote as links, by the titles of their sources.
fn side_links(context: &ListingContext<'_, '_>, sides: &[SourcePlace]) -> Vec<Link> {
    let link = |side: &SourcePlace| {
        let source = context.site.source_link(&side.source);
        match &side.at {
            Some(at) => Link { label: format!("{}, {at}", source.label), ..source },
            None => source,
        }
    };
    sides.iter().map(link).collect()
}

fn one(context: &ListingContext<'_, '_>) -> String {
    match context.quote {
        Some(Quote { state: QuoteState::Free, .. }) => "free".to_owned(),
        Some(quote) => {
            let cost = price_row::cost(quote, context.site.index.currency);
            cost.unwrap_or_else(|| "unknown".to_owned())
        }
        None => "unknown".to_owned(),
    }
}

/// What a thousand cost, of which none is lost; nothing where that can't be held.
fn thousand(context: &ListingContext<'_, '_>) -> String {
    let total = context.site.index.amount(context.listing, 1000);
    total.map(|total| range(total, context.site.index.currency)).unwrap_or_default()
}

fn sentence(context: &ListingContext<'_, '_>) -> String {
    let Some(quote) = context.quote else { return "We found no public price.".to_owned() };
    let one = one(context);
    let why = reason(quote);
    match quote.state {
        QuoteState::Priced => match fee_sum(quote, context.site.index.currency) {
            Some(sum) => format!("One image costs {one}: {sum}."),
            None => format!("One image costs {one}."),
        },
        QuoteState::Disputed => format!("One image costs {one}: its own pages disagree."),
        QuoteState::Free => "By all sources, an image costs nothing.".to_owned(),
        QuoteState::Unknown => format!("We found no public price: {why}."),
        QuoteState::Refused => format!("The default image has no price here: {why}."),
    }
}

fn reason(quote: &Quote) -> String {
    reason_text(quote.reason.as_ref().unwrap_or(&Reason::NoPrice))
}
