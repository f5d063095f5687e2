//! The calculator's data: what one image costs on each listing for every size, quality and
//! currency that can be chosen.
//!
//! The page multiplies, and takes the one quotient of a total where there is any: every rule of
//! pricing stays in the price table, and the page comes to the same last digit.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::catalog::{Claim, Currency, EntityKind, Field, Listing, Size};
use crate::pricing::{
    CostStep, DisputedPart, ImageCost, Job, Offer, PriceTable, PricingTerms, Quote, Reason,
    UnitCost, UsedRate, Variant, amount, catalog_stamp, rate,
};
use crate::site::context::SiteContext;
use crate::site::format::{distinct, reason_text};
use crate::site::listing_pairs;
use crate::site::view::fact;

/// More listings than anyone chooses among; beyond, the cheapest of them take part.
const MAX_LISTINGS: usize = 500;

/// What can be chosen.
#[derive(Debug)]
pub(crate) struct CalculatorChoices {
    pub(crate) sizes: Vec<Size>,
    pub(crate) qualities: Vec<String>,
    pub(crate) currencies: Vec<Currency>,
    /// What sellers of seconds have prices for.
    pub(crate) hardware: Vec<String>,
}

/// The listings that take part, in the order of their ranks.
pub(crate) fn listings<'c>(site: &SiteContext<'c>) -> Vec<&'c Listing> {
    let family = site.index.family.quotes.iter();
    let all = family.chain(&site.index.everything.quotes);
    let mut seen = BTreeSet::new();
    all.filter(|(_, quote)| seen.insert(quote.listing.as_str()))
        .filter_map(|(_, quote)| site.catalog.listings.get(quote.listing.as_str()))
        .take(MAX_LISTINGS)
        .collect()
}

/// Every size and quality that is stated of some listing, not of its model alone, and every currency that has a rate.
pub(crate) fn choices<'c>(site: &SiteContext<'c>, listings: &[&'c Listing]) -> CalculatorChoices {
    let mut sizes = BTreeSet::from([site.index.job.size]);
    let mut qualities = BTreeSet::new();
    for listing in listings {
        sizes.extend(fact::sizes(&views(site, listing, Field::Sizes)));
        qualities.extend(fact::texts(&views(site, listing, Field::Qualities)).map(str::to_owned));
    }
    let rated = site.catalog.rates.iter().filter(|rate| rate.official);
    let rated = rated.flat_map(|rate| [rate.one, rate.of]);
    let currencies = distinct([Currency::DOLLARS].into_iter().chain(rated));
    let mut sizes: Vec<_> = sizes.into_iter().collect();
    sizes.sort_by_key(|size| (size.pixels(), size.width));
    let hardware = listings.iter().flat_map(|listing| hardware(site, listing));
    let hardware: BTreeSet<_> = hardware.collect();
    CalculatorChoices {
        sizes,
        qualities: qualities.into_iter().collect(),
        currencies,
        hardware: hardware.into_iter().collect(),
    }
}

/// The document that the page loads.
pub(crate) fn document(site: &SiteContext<'_>) -> Value {
    let listings = listings(site);
    let choices = choices(site, &listings);
    let mut currencies = Vec::new();
    let mut books: Vec<ListingOffers> = listings.iter().map(|_| ListingOffers::default()).collect();
    for currency in &choices.currencies {
        let rates = fill(site, &mut books, &listings, &choices, *currency);
        currencies.push(json!({ "code": currency.code(), "rates": rates }));
    }
    let rows = listings.iter().zip(books).map(|(listing, book)| {
        json!({
            "listing": listing.id,
            "provider": listing.provider.as_str(),
            "family": site.catalog.family(listing),
            "offers": book.offers,
            "table": book.table,
            "by_second": book.by_second,
        })
    });
    let taking: BTreeSet<_> = listings.iter().map(|listing| &listing.id).collect();
    let pairs = listing_pairs::all(site).into_iter();
    let pairs =
        pairs.filter(|pair| [pair.one, pair.other].iter().all(|it| taking.contains(&it.id)));
    let pairs = pairs.map(|pair| format!("{} {}", pair.one.id, pair.other.id));
    json!({
        "format": 1,
        "catalog": catalog_stamp(site.catalog),
        "as_of": site.settings.as_of.to_string(),
        "sizes": choices.sizes.iter().map(Size::to_string).collect::<Vec<_>>(),
        "qualities": qualities(&choices).collect::<Vec<_>>(),
        "currencies": currencies,
        "pairs": pairs.collect::<Vec<_>>(),
        "rows": rows.collect::<Vec<_>>(),
    })
}

/// Adds every size and quality in one currency, and gives the rates that were used.
fn fill<'c>(
    site: &SiteContext<'c>,
    books: &mut [ListingOffers],
    listings: &[&'c Listing],
    choices: &CalculatorChoices,
    currency: Currency,
) -> Vec<Value> {
    let table = PriceTable::new(site.catalog, PricingTerms { currency, rates: Vec::new() });
    let mut rates = Vec::new();
    for (book, listing) in books.iter_mut().zip(listings) {
        for quality in qualities(choices) {
            for size in &choices.sizes {
                let quality = quality.cloned();
                let job = Job { size: *size, quality, ..site.index.job.clone() };
                let offer = table.offer(listing, site.index.as_of, &Variant::from(&job));
                let quote = offer.quote(&job);
                for used in &quote.rates {
                    let used = shown_rate(site, used);
                    if !rates.contains(&used) {
                        rates.push(used);
                    }
                }
                book.add(offer_entry(&offer, &quote));
            }
        }
        book.by_second.push(by_second(site, &table, listing));
    }
    rates
}

/// The offers of one listing, each once, and which one holds for each choice: by currency, then
/// quality, then size.
#[derive(Debug, Default)]
struct ListingOffers {
    offers: Vec<Value>,
    table: Vec<usize>,
    /// By currency, what a second costs on each hardware; nothing for all other sellers.
    by_second: Vec<Value>,
}

/// The hardware that a listing's prices name.
fn hardware<'c>(site: &SiteContext<'c>, listing: &'c Listing) -> Vec<String> {
    let views = views(site, listing, Field::Price);
    let tables = views.iter().filter_map(|view| view.value.try_as_price_ref());
    let rows = tables.flat_map(|table| &table.0);
    distinct(rows.filter_map(|row| row.when.hardware.clone()))
}

/// What one image of one second costs on each hardware, where twice the time costs twice as much:
/// the page multiplies.
fn by_second<'c>(site: &SiteContext<'c>, table: &PriceTable<'c>, listing: &'c Listing) -> Value {
    let mut prices = serde_json::Map::new();
    for hardware in hardware(site, listing) {
        let asked = |seconds: u32| {
            let job = Job {
                seconds_per_image: Some(seconds.into()),
                hardware: Some(hardware.clone()),
                ..site.index.job.clone()
            };
            let offer = table.offer(listing, site.index.as_of, &Variant::from(&job));
            let quote = offer.quote(&job);
            let (low, high) = offer.cost().ok()?.single().ok()??;
            let ends = [low, high].map(|cost| (cost.dividend().to_decimal(), cost.divisor()));
            let mut entry = offer_entry(&offer, &quote);
            entry["shares"] = json!({ "low": share(low), "high": share(high) });
            Some((ends, entry))
        };
        let Some((once, entry)) = asked(1) else { continue };
        let twice = asked(2).map(|(ends, _)| ends);
        let doubled = once.map(|(dividend, divisor)| (dividend.map(|it| it + it), divisor));
        if twice == Some(doubled) {
            prices.insert(hardware, entry);
        }
    }
    Value::Object(prices)
}

impl ListingOffers {
    fn add(&mut self, offer: Value) {
        let at = self.offers.iter().position(|known| *known == offer);
        self.table.push(at.unwrap_or(self.offers.len()));
        if at.is_none() {
            self.offers.push(offer);
        }
    }
}

/// A rate as the comparison has it, with the way to its source.
fn shown_rate(site: &SiteContext<'_>, used: &UsedRate) -> Value {
    let mut shown = json!(rate(used));
    let source = site.source_link(&used.source);
    shown["title"] = json!(source.label);
    shown["href"] = json!(source.href);
    shown
}

/// Each listing's own quality first, as `None`.
fn qualities(choices: &CalculatorChoices) -> impl Iterator<Item = Option<&String>> {
    std::iter::once(None).chain(choices.qualities.iter().map(Some))
}

fn views<'c>(site: &SiteContext<'c>, listing: &'c Listing, field: Field) -> Vec<Claim<'c>> {
    let fact = site.fact(listing, field).filter(|fact| fact.level() != EntityKind::Model);
    fact.map(|fact| fact.claims).unwrap_or_default()
}

/// What one image costs and how long it takes, of a quote for one image. Where a total is a
/// quotient, `shares` has what is multiplied and what it is divided by, once.
fn offer_entry(offer: &Offer, quote: &Quote) -> Value {
    let warnings = quote.warnings.iter();
    let warnings = warnings.map(|it| json!({ "code": it.code.to_string(), "text": it.text }));
    let mut entry = json!({
        "state": quote.state.as_str(),
        "low": quote.total.map(|total| amount(total.low)),
        "high": quote.total.map(|total| amount(total.high)),
        "disputed": quote.disputed_part().map(DisputedPart::as_str),
        "converted": !quote.rates.is_empty(),
        "seconds_low": quote.duration_s.map(|took| took.low),
        "seconds_high": quote.duration_s.map(|took| took.high),
        "reason": quote.reason.as_ref().map(reason_text),
        "by_second": quote.reason == Some(Reason::SecondsNotGiven),
        "retired": matches!(quote.reason, Some(Reason::Retired { .. })),
        "warnings": warnings.collect::<Vec<_>>(),
    });
    let (Ok(cost), Ok(readings)) = (offer.cost(), offer.readings()) else { return entry };
    if let Ok(Some((low, high))) = cost.single() {
        let ends = [("low", low), ("high", high)];
        for (end, cost) in ends.into_iter().filter(|(_, cost)| cost.divisor() != 1) {
            entry["shares"][end] = share(cost);
        }
        return entry;
    }
    let (mut ladders, mut by_reading) = (Vec::new(), Vec::new());
    for reading in readings {
        let charges = reading.charges.iter().flatten();
        let first = ladders.len();
        ladders.extend(charges.map(|charge| ladder(charge.image_cost())));
        by_reading.push((first..ladders.len()).collect::<Vec<_>>());
    }
    entry["ladders"] = json!(ladders);
    entry["readings"] = json!(by_reading);
    entry
}

fn share(cost: UnitCost) -> Value {
    let dividend = cost.dividend().to_decimal().map(amount).unwrap_or_default();
    json!({ "amount": dividend, "divisor": cost.divisor().to_string() })
}

/// The steps of one way to bill, where the number of images counts: the page adds up one share for
/// each. The last tells how many images are paid together, and why none are beyond it.
fn ladder(cost: &ImageCost) -> Vec<Value> {
    let step = |it: &CostStep| {
        let mut step = share(it.cost);
        step["up_to"] = json!(it.up_to.map(|last| last.to_string()));
        step
    };
    let mut steps: Vec<Value> = cost.steps().iter().map(step).collect();
    if let Some(step) = steps.last_mut() {
        step["images_per_call"] = cost.images_per_call().to_string().into();
        if let Some(last) = cost.limit() {
            step["beyond"] = reason_text(&Reason::BeyondVolume { last }).into();
        }
    }
    steps
}
