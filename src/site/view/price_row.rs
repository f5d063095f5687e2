//! Listings with what they cost, ranked as the comparison ranks them.

use crate::catalog::{Currency, Field, Listing};
use crate::pricing::{PriceRange, Quote, QuoteState};
use crate::site::charts::ranges::{self, RangeChart, RangeFigure, RangeLook};
use crate::site::context::SiteContext;
use crate::site::format::{range, reason_text};
use crate::site::link::Link;
use crate::site::view::fact;

/// One listing of a table of prices.
#[derive(Debug)]
pub(crate) struct PriceRow {
    pub(crate) rank: String,
    pub(crate) listing: Link,
    pub(crate) provider: Link,
    pub(crate) model: Link,
    pub(crate) stated: String,
    pub(crate) total: String,
    pub(crate) reason: String,
    pub(crate) badge: StateBadge,
    pub(crate) mode: String,
    pub(crate) mode_disputed: bool,
}

/// The word for a quote, and the class by which it is coloured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StateBadge {
    pub(crate) class: &'static str,
    pub(crate) label: &'static str,
}

impl StateBadge {
    /// The state of a listing's quote; a price that was last read long ago is no good news.
    pub(crate) fn new<'c>(site: &SiteContext<'c>, listing: &'c Listing) -> Self {
        let state = site.index.quote(listing).map_or(QuoteState::Unknown, |quote| quote.state);
        let is_good = matches!(state, QuoteState::Priced | QuoteState::Free);
        let price = site.fact(listing, Field::Price);
        if is_good && price.is_some_and(|price| price.is_stale(site.settings.as_of)) {
            return Self { class: "stale", label: "old price" };
        }
        Self { class: state.as_str(), label: state.as_str() }
    }
}

/// How the bar of a listing's price looks.
pub(crate) fn look<'c>(site: &SiteContext<'c>, listing: &'c Listing) -> RangeLook {
    let quote = site.index.quote(listing);
    if quote.is_some_and(|quote| quote.state == QuoteState::Disputed) {
        return RangeLook::Disputed;
    }
    let price = site.fact(listing, Field::Price);
    let is_old = price.is_some_and(|price| price.is_stale(site.settings.as_of));
    if is_old { RangeLook::Old } else { RangeLook::Sure }
}

/// The prices of some listings as a chart, cheapest first; nothing for fewer than two.
pub(crate) fn chart<'c>(site: &SiteContext<'c>, listings: &[&'c Listing]) -> Option<RangeChart> {
    let mut listings = listings.to_vec();
    listings.sort_by_key(|listing| site.index.place(listing));
    let figures = listings.iter().filter_map(|listing| {
        let quote = site.index.quote(listing)?;
        Some(RangeFigure {
            label: listing.id.to_string(),
            range: quote.total?,
            is_converted: !quote.rates.is_empty(),
            look: look(site, listing),
        })
    });
    let figures: Vec<_> = figures.collect();
    (figures.len() > 1).then(|| {
        ranges::ranges("range-chart", "What one image costs", figures, site.index.currency)
    })?
}

/// What a quote comes to; where it is converted, the money of the seller first:
/// `0.06 CNY ≈ 0.0085 USD`.
pub(crate) fn cost(quote: &Quote, currency: Currency) -> Option<String> {
    let total = range(quote.total?, currency);
    let own = quote.own_cost().map(|(own, currency)| format!("{} ≈ ", range(own, currency)));
    let approximate = if quote.rates.is_empty() { "" } else { "≈ " };
    Some(format!("{}{total}", own.unwrap_or_else(|| approximate.to_owned())))
}

/// The listings, cheapest first; those without a total last.
pub(crate) fn price_rows<'c>(site: &SiteContext<'c>, listings: &[&'c Listing]) -> Vec<PriceRow> {
    let mut listings = listings.to_vec();
    listings.sort_by_key(|listing| site.index.place(listing));
    let rows = listings.into_iter().enumerate();
    rows.map(|(at, listing)| price_row(site, at + 1, listing)).collect()
}

fn price_row<'c>(site: &SiteContext<'c>, rank: usize, listing: &'c Listing) -> PriceRow {
    let quote = site.index.quote(listing);
    let total = quote.and_then(|quote| quote.total);
    let mode = site.fact(listing, Field::Mode);
    PriceRow {
        rank: total.map(|_| rank.to_string()).unwrap_or_default(),
        listing: Link::to(&listing.entity),
        provider: Link::provider(site.catalog, listing.provider.as_str()),
        model: Link::model(site.catalog, listing.model.as_str()),
        stated: site.answers(listing, Field::Price),
        total: quote.and_then(|quote| cost(quote, site.index.currency)).unwrap_or_default(),
        reason: quote.and_then(|quote| quote.reason.as_ref()).map(reason_text).unwrap_or_default(),
        badge: StateBadge::new(site, listing),
        mode: site.answers(listing, Field::Mode),
        mode_disputed: mode.as_ref().is_some_and(fact::is_disputed),
    }
}

/// From the lowest to the highest total of the listings that have one.
pub(crate) fn total_range(site: &SiteContext<'_>, listings: &[&Listing]) -> Option<PriceRange> {
    let quotes = listings.iter().filter_map(|listing| site.index.quote(listing));
    let totals = quotes.filter_map(|quote| quote.total);
    totals.reduce(|a, b| PriceRange { low: a.low.min(b.low), high: a.high.max(b.high) })
}

/// What one image costs on these listings, and whether on all of them; nothing where unknown.
pub(crate) fn cost_text(site: &SiteContext<'_>, listings: &[&Listing]) -> Option<String> {
    let whole = range(total_range(site, listings)?, site.index.currency);
    let priced = |it: &&&Listing| site.index.quote(it).is_some_and(|q| q.total.is_some());
    let open = if listings.iter().all(|it| priced(&it)) { "" } else { " where a price is known" };
    Some(format!("{whole}{open}"))
}
