//! The home page: every listing in one table, cheapest first, and the calculator that ranks them
//! anew for another job.

use crate::site::data::calculator;
use crate::site::view::dataset;
use std::collections::BTreeSet;

use crate::catalog::{
    ConditionTable, Conditions, Currency, Fact, Field, FieldKey, FieldValue, Listing, Size, Sizes,
    UnitPrice,
};
use crate::pricing::{PriceRange, Quote, QuoteState, amount};
use crate::site::context::SiteContext;
use crate::site::format::{Digits, count_of, reason_text};
use crate::site::link::Link;
use crate::site::page::Page;
use crate::site::page_meta::{self, EmbeddedJson, PageHead, PageMeta};
use crate::site::pages::forms;
use crate::site::probe_records::day;
use crate::site::urls;

/// One cell that can be sorted: what is shown, and what it is sorted by.
#[derive(Debug)]
pub(crate) struct HomeCell {
    pub(crate) text: String,
    pub(crate) by: String,
    pub(crate) disputed: bool,
    pub(crate) known: bool,
}

/// One listing.
#[derive(Debug)]
pub(crate) struct HomeRow {
    pub(crate) id: String,
    pub(crate) href: String,
    pub(crate) seller: String,
    pub(crate) model: String,
    pub(crate) in_family: bool,
    pub(crate) rank: String,
    pub(crate) state: &'static str,
    pub(crate) high: String,
    pub(crate) total: Digits,
    pub(crate) disputed: bool,
    pub(crate) reason: String,
    pub(crate) price: HomeCell,
    pub(crate) mode: HomeCell,
    pub(crate) sizes: HomeCell,
    pub(crate) qualities: HomeCell,
    pub(crate) latency: HomeCell,
    pub(crate) webhook: HomeCell,
    pub(crate) seen: HomeCell,
    pub(crate) probed: HomeCell,
}

/// A choice of the calculator.
#[derive(Debug)]
pub(crate) struct HomeChoice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) selected: bool,
}

/// Every listing, ranked.
#[derive(Debug)]
pub(crate) struct HomePage {
    pub(crate) head: PageHead,
    pub(crate) rows: Vec<HomeRow>,
    pub(crate) listings: usize,
    pub(crate) priced: usize,
    pub(crate) disputed: usize,
    pub(crate) statements: usize,
    pub(crate) sources: usize,
    pub(crate) sizes: Vec<HomeChoice>,
    pub(crate) qualities: Vec<HomeChoice>,
    pub(crate) currencies: Vec<HomeChoice>,
    pub(crate) book: &'static str,
    pub(crate) family: String,
}

impl HomePage {
    pub(crate) fn new(site: &SiteContext<'_>) -> Self {
        let family = family(site);
        let meta = PageMeta {
            structured: vec![EmbeddedJson::new(&dataset::of_catalog(site))],
            ..PageMeta::new(
                Page::Home.href(),
                format!("What {family} costs, everywhere"),
                format!(
                    "Every seller of {family} side by side: what a job costs, where the sources \
                 disagree, and how fresh each figure is."
                ),
            )
        };
        let rows = rows(site);
        let choices = calculator::choices(site, &calculator::listings(site));
        let choice = |value: String, label: String, selected| HomeChoice { value, label, selected };
        let sized =
            |size: &Size| choice(size.to_string(), size.to_string(), *size == site.index.job.size);
        let own = choice(String::new(), "each listing's own".to_owned(), true);
        let qualities = choices.qualities.iter().map(|q| choice(q.clone(), q.clone(), false));
        let currency = |currency: &Currency| {
            let code = currency.code().to_owned();
            choice(code.clone(), code, *currency == site.index.currency)
        };
        Self {
            head: page_meta::head(site, meta),
            listings: rows.len(),
            priced: rows.iter().filter(|row| !row.high.is_empty()).count(),
            disputed: rows.iter().filter(|row| row.disputed).count(),
            statements: site.catalog.entities().map(|entity| entity.statements.len()).sum(),
            sources: site.catalog.sources.len(),
            rows,
            sizes: choices.sizes.iter().map(sized).collect(),
            qualities: std::iter::once(own).chain(qualities).collect(),
            currencies: choices.currencies.iter().map(currency).collect(),
            book: urls::CALCULATOR,
            family,
        }
    }
}

/// The name of what is compared where no model is named.
fn family(site: &SiteContext<'_>) -> String {
    let first = site.index.family.quotes.first();
    let listing = first.and_then(|(_, quote)| site.catalog.listings.get(quote.listing.as_str()));
    let id = listing.map_or("", |listing| site.catalog.family(listing));
    Link::model(site.catalog, id).label
}

/// The family that is compared where no model is named, ranked; then all others by their own rank.
fn rows(site: &SiteContext<'_>) -> Vec<HomeRow> {
    let family = &site.index.family.quotes;
    let ranked = family.iter().map(|(rank, quote)| (*rank, quote, true));
    let taking: BTreeSet<_> = family.iter().map(|(_, quote)| quote.listing.as_str()).collect();
    let others = site.index.everything.quotes.iter();
    let others = others.filter(|(_, quote)| !taking.contains(quote.listing.as_str()));
    let others = others.map(|(_, quote)| (None, quote, false));
    ranked
        .chain(others)
        .filter_map(|(rank, quote, in_family)| {
            Some(row(
                site,
                site.catalog.listings.get(quote.listing.as_str())?,
                quote,
                rank,
                in_family,
            ))
        })
        .collect()
}

fn row(
    site: &SiteContext<'_>,
    listing: &Listing,
    quote: &Quote,
    rank: Option<usize>,
    in_family: bool,
) -> HomeRow {
    let total = match quote.total {
        None => Digits::whole(quote.state.to_string()),
        Some(PriceRange { low, high }) if low == high => Digits::new(high, ""),
        Some(PriceRange { low, high }) => {
            Digits::whole(format!("{} to {}", amount(low), amount(high)))
        }
    };
    let catalog = site.catalog;
    let fact = |field| catalog.field(listing, field, site.settings.as_of);
    let webhook = catalog.fact(
        listing,
        &FieldKey::named(Field::Capabilities, "webhook"),
        site.settings.as_of,
    );
    let probed = site.records.get(&listing.id);
    HomeRow {
        id: listing.id.to_string(),
        href: urls::page(&listing.entity),
        seller: Link::provider(catalog, listing.provider.as_str()).label,
        model: Link::model(catalog, listing.model.as_str()).label,
        in_family,
        rank: rank.map(|rank| rank.to_string()).unwrap_or_default(),
        state: quote.state.as_str(),
        high: quote.total.map(|total| amount(total.high)).unwrap_or_default(),
        total,
        disputed: quote.state == QuoteState::Disputed,
        reason: quote.reason.as_ref().map(reason_text).unwrap_or_default(),
        price: HomeCell::from_fact(fact(Field::Price).as_ref(), price),
        mode: HomeCell::from_fact(fact(Field::Mode).as_ref(), FieldValue::to_string),
        sizes: HomeCell::from_fact(fact(Field::Sizes).as_ref(), sizes),
        qualities: HomeCell::from_fact(fact(Field::Qualities).as_ref(), FieldValue::to_string),
        latency: HomeCell::from_fact(fact(Field::Latency).as_ref(), latency),
        webhook: HomeCell::from_fact(webhook.as_ref(), FieldValue::to_string),
        seen: HomeCell::day(last_seen(listing)),
        probed: HomeCell::day(probed.map(|record| day(record.run.begun.started_ms))),
    }
}

/// The newest day on which anything was read of the listing itself.
fn last_seen(listing: &Listing) -> Option<String> {
    listing
        .entity
        .statements
        .iter()
        .map(|statement| statement.seen)
        .max()
        .map(|day| day.to_string())
}

/// A table of prices by its span, and by what decides: `1 to 3 USD / second, by hardware`.
fn price(value: &FieldValue) -> String {
    let FieldValue::Price(ConditionTable(rows)) = value else { return value.to_string() };
    let parts: Vec<_> = rows.iter().filter_map(|row| row.value.single()).collect();
    let like = |part: &UnitPrice| (part.currency, part.unit, part.per);
    let alike = parts.len() == rows.len() && parts.iter().all(|part| like(part) == like(parts[0]));
    let least = parts.iter().min_by_key(|part| part.amount);
    let spans = least.zip(parts.iter().max_by_key(|part| part.amount));
    let Some((least, most)) = spans.filter(|_| alike && rows.len() > 1) else {
        return value.to_string();
    };
    let named = |key: &'static str, of: fn(&Conditions) -> bool| {
        rows.iter().any(|row| of(&row.when)).then_some(key)
    };
    let decide = [
        named("size", |when| when.size.is_some()),
        named("quality", |when| when.quality.is_some()),
        named("mode", |when| when.mode.is_some()),
        named("hardware", |when| when.hardware.is_some()),
    ];
    let decide: Vec<_> = decide.into_iter().flatten().collect();
    format!("{} to {}, by {}", least.amount, most, decide.join(" and "))
}

/// A list of sizes by its number, a rule by its bounds.
fn sizes(value: &FieldValue) -> String {
    match value.try_as_sizes_ref() {
        Some(Sizes::List(list)) => count_of(list.len(), "size"),
        Some(Sizes::Rule(rule)) => match (rule.min, rule.max) {
            (Some(min), Some(max)) => format!("free, {min} to {max}"),
            (None, Some(max)) => format!("free, up to {max}"),
            _ => "free, by a rule".to_owned(),
        },
        None => value.to_string(),
    }
}

/// Seconds, with the quality where it matters: `20 s hd, 5-10 s standard`.
fn latency(value: &FieldValue) -> String {
    let FieldValue::Latency(rows) = value else { return value.to_string() };
    let each = rows.0.iter().map(|row| match &row.when.quality {
        Some(quality) => format!("{} {quality}", row.value),
        None => row.value.to_string(),
    });
    each.collect::<Vec<_>>().join(", ")
}

impl HomeCell {
    /// What counts of a fact, `or` between the sides of a dispute.
    fn from_fact(fact: Option<&Fact<'_>>, word: impl Fn(&FieldValue) -> String) -> Self {
        let Some(fact) = fact else { return Self::missing("unknown") };
        let mut words: Vec<_> =
            fact.effective_claims().iter().map(|view| word(view.value)).collect();
        words.dedup();
        let text = words.join(" or ");
        Self { by: text.clone(), text, disputed: fact.effective_claims().len() > 1, known: true }
    }

    /// A day on which something happened, or that it never did.
    fn day(day: Option<String>) -> Self {
        day.map_or_else(
            || Self::missing("never"),
            |text| Self { by: text.clone(), text, disputed: false, known: true },
        )
    }

    fn missing(word: &str) -> Self {
        Self { text: word.to_owned(), by: String::new(), disputed: false, known: false }
    }
}

forms!(HomePage, "pages/home.html", "pages/home.md");
