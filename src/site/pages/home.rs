//! The home page: every listing in one table, cheapest first, and the calculator that ranks them
//! anew for another job.

use std::collections::{BTreeSet, HashMap};

use crate::catalog::{
    ConditionTable, Conditions, Currency, EntityKind, Fact, Field, FieldKey, FieldValue, Listing,
    Size, Sizes, UnitPrice, is_stale,
};
use crate::pricing::{DisputedPart, PriceRange, Quote, QuoteState, Reason, amount};
use crate::site::context::SiteContext;
use crate::site::data::calculator;
use crate::site::format::{Digits, plural, reason_text};
use crate::site::link::Link;
use crate::site::page::Page;
use crate::site::page_meta::{self, EmbeddedJson, PageHead, PageMeta};
use crate::site::pages::forms;
use crate::site::probe_records::day;
use crate::site::urls;
use crate::site::view::dataset;
use crate::site::view::rate::{self, RateView};
use jiff::civil::Date;

/// One cell that can be sorted: what is shown, and what it is sorted by.
#[derive(Debug)]
pub(crate) struct HomeCell {
    pub(crate) text: String,
    pub(crate) by: String,
    pub(crate) disputed: bool,
    pub(crate) known: bool,
    /// How old it is, where it is too old to be relied on.
    pub(crate) old: String,
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
    /// What sources differ on: `price`, `size` or `quality`; else empty.
    pub(crate) disputed: &'static str,
    pub(crate) is_converted: bool,
    /// The letters of its notes.
    pub(crate) marks: Vec<String>,
    pub(crate) reason: String,
    pub(crate) price: HomeCell,
    pub(crate) mode: HomeCell,
    pub(crate) sizes: HomeCell,
    pub(crate) qualities: HomeCell,
    pub(crate) latency: HomeCell,
    pub(crate) webhook: HomeCell,
    pub(crate) checked: HomeCell,
    pub(crate) probed: HomeCell,
}

/// A choice of the calculator.
#[derive(Debug)]
pub(crate) struct HomeChoice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) selected: bool,
}

/// So many offers of one kind: `6 clear prices`.
#[derive(Debug)]
pub(crate) struct HomeCount {
    pub(crate) count: usize,
    pub(crate) label: String,
}

/// What has to be known with some figures, by the letter beside them.
#[derive(Debug)]
pub(crate) struct HomeNote {
    pub(crate) mark: String,
    pub(crate) text: String,
}

/// Every listing, ranked.
#[derive(Debug)]
pub(crate) struct HomePage {
    pub(crate) head: PageHead,
    pub(crate) rows: Vec<HomeRow>,
    pub(crate) tally: Vec<HomeCount>,
    pub(crate) notes: Vec<HomeNote>,
    pub(crate) rates: Vec<RateView>,
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
        let (rows, notes) = rows(site);
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
            tally: tally(site),
            notes,
            rates: rate::rate_views(site, &site.index.everything.rates),
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

/// The offers of the family that is compared, each counted once.
fn tally(site: &SiteContext<'_>) -> Vec<HomeCount> {
    let quotes = || site.index.family.quotes.iter().map(|(_, quote)| quote);
    let by_second = |quote: &Quote| quote.reason == Some(Reason::SecondsNotGiven);
    let count = |is: &dyn Fn(&Quote) -> bool| quotes().filter(|quote| is(quote)).count();
    let clear = count(&|quote| matches!(quote.state, QuoteState::Priced | QuoteState::Free));
    let noun = |count: usize, one: &str, many: &str| {
        let label = if count == 1 { one } else { many };
        HomeCount { count, label: label.to_owned() }
    };
    let family = family(site);
    let mut tally = vec![
        noun(quotes().count(), &format!("{family} offer"), &format!("{family} offers")),
        noun(clear, "clear price", "clear prices"),
        noun(count(&|quote| quote.state == QuoteState::Disputed), "disputed", "disputed"),
        noun(count(&by_second), "by the second", "by the second"),
        noun(
            count(&|quote| quote.state == QuoteState::Refused && !by_second(quote)),
            "does not offer this image",
            "do not offer this image",
        ),
        noun(count(&|quote| quote.state == QuoteState::Unknown), "unknown", "unknown"),
    ];
    tally.retain(|it| it.count > 0);
    tally
}

/// The family that is compared where no model is named, ranked; then all others by their own rank;
/// with the notes on what has a total, each once.
fn rows(site: &SiteContext<'_>) -> (Vec<HomeRow>, Vec<HomeNote>) {
    let family = &site.index.family.quotes;
    let ranked = family.iter().map(|(rank, quote)| (*rank, quote, true));
    let taking: BTreeSet<_> = family.iter().map(|(_, quote)| quote.listing.as_str()).collect();
    let others = site.index.everything.quotes.iter();
    let others = others.filter(|(_, quote)| !taking.contains(quote.listing.as_str()));
    let others = others.map(|(_, quote)| (None, quote, false));
    let mut notes = Vec::new();
    let mut places = HashMap::new();
    let mut rows = Vec::new();
    for (rank, quote, in_family) in ranked.chain(others) {
        let Some(listing) = site.catalog.listings.get(quote.listing.as_str()) else { continue };
        let mut row = row(site, listing, quote, rank, in_family);
        for warning in quote.warnings.iter().filter(|_| quote.total.is_some()) {
            let mark = places.entry(warning.text.as_str()).or_insert_with(|| {
                let mark = letters(notes.len());
                notes.push(HomeNote { mark: mark.clone(), text: warning.text.clone() });
                mark
            });
            row.marks.push(mark.clone());
        }
        rows.push(row);
    }
    (rows, notes)
}

/// The mark of a note: `a` to `z`, then `aa`.
fn letters(at: usize) -> String {
    let before = if at < 26 { String::new() } else { letters(at / 26 - 1) };
    let last = "abcdefghijklmnopqrstuvwxyz".chars().nth(at % 26);
    before.chars().chain(last).collect()
}

fn row<'c>(
    site: &SiteContext<'c>,
    listing: &'c Listing,
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
        disputed: quote.disputed_part().map(DisputedPart::as_str).unwrap_or_default(),
        is_converted: !quote.rates.is_empty(),
        marks: Vec::new(),
        reason: quote.reason.as_ref().map(reason_text).unwrap_or_default(),
        price: HomeCell::from_fact(fact(Field::Price).as_ref(), price),
        mode: HomeCell::from_fact(fact(Field::Mode).as_ref(), FieldValue::to_string),
        sizes: HomeCell::from_fact(fact(Field::Sizes).as_ref(), sizes),
        qualities: HomeCell::from_fact(fact(Field::Qualities).as_ref(), FieldValue::to_string),
        latency: HomeCell::from_fact(fact(Field::Latency).as_ref(), latency),
        webhook: HomeCell::from_fact(webhook.as_ref(), FieldValue::to_string),
        checked: HomeCell::checked(fact(Field::Price).as_ref(), site.settings.as_of),
        probed: HomeCell::day(probed.map(|record| day(record.run.begun.started_ms))),
    }
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
        Some(Sizes::List(list)) => plural(list.len(), "size"),
        Some(Sizes::Rule(rule)) => match (rule.min, rule.max) {
            (Some(min), Some(max)) => format!("any, {min}–{max} px"),
            (None, Some(max)) => format!("any, up to {max} px"),
            _ => "any, by a rule".to_owned(),
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
        let mut text = words.join(" or ");
        let is_of_model = fact.level() == EntityKind::Model;
        if is_of_model {
            text.push_str(" (from the model, not the seller)");
        }
        Self {
            by: text.clone(),
            text,
            disputed: fact.effective_claims().len() > 1,
            known: !is_of_model,
            old: String::new(),
        }
    }

    /// The day of a price's youngest support, with its age where that is old.
    fn checked(price: Option<&Fact<'_>>, as_of: Date) -> Self {
        let day = price.and_then(|price| price.supported_on(as_of));
        let old = day.filter(|day| is_stale(*day, as_of)).map(|day| rate::age(day, as_of));
        Self { old: old.unwrap_or_default(), ..Self::day(day.map(|day| day.to_string())) }
    }

    /// A day on which something happened, or that it never did.
    fn day(day: Option<String>) -> Self {
        day.map_or_else(
            || Self::missing("never"),
            |text| Self {
                by: text.clone(),
                text,
                disputed: false,
                known: true,
                old: String::new(),
            },
        )
    }

    fn missing(word: &str) -> Self {
        Self {
            text: word.to_owned(),
            by: String::new(),
            disputed: false,
            known: false,
            old: String::new(),
        }
    }
}

forms!(HomePage, "pages/home.html", "pages/home.md");
