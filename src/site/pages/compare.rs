//! Two listings of one family side by side: what differs, and what one, a thousand and a hundred
//! thousand images cost on each.

use std::cmp::Ordering;
use std::sync::LazyLock;

use rust_decimal::Decimal;

use crate::catalog::{CAPABILITIES, Fact, Field, FieldKey, Listing};
use crate::pricing::{PriceRange, QuoteState, grouped};
use crate::site::context::SiteContext;
use crate::site::format::{capability, capitalized, phrase, range, reason_text};
use crate::site::link::Link;
use crate::site::listing_pairs::{self, ListingPair};
use crate::site::page_meta::{self, PageHead, PageMeta};
use crate::site::pages::forms;
use crate::site::urls;
use crate::site::view::fact::{self, FactSummary};
use crate::site::view::price_row;
use crate::site::view::rate::{self, RateView};

/// What is set side by side, in this order; then the capabilities.
const FIELDS: &[Field] = &[
    Field::Price,
    Field::Credits,
    Field::Fee,
    Field::FailureCharged,
    Field::Mode,
    Field::Latency,
    Field::Sizes,
    Field::DefaultSize,
    Field::SizeSpelling,
    Field::Qualities,
    Field::DefaultQuality,
    Field::ImagesPerAnswer,
    Field::ResponseFormats,
    Field::OutputFormats,
    Field::LinkLifetime,
    Field::PromptLimit,
    Field::Concurrency,
    Field::LimitWindow,
    Field::OutOfFunds,
    Field::Active,
];

/// The fields and the capabilities.
static KEYS: LazyLock<Vec<FieldKey>> = LazyLock::new(|| {
    let capabilities = CAPABILITIES.iter().map(|name| FieldKey::named(Field::Capabilities, name));
    FIELDS.iter().map(|field| FieldKey::new(*field)).chain(capabilities).collect()
});

/// How many images are priced.
const COUNTS: [u64; 3] = [1, 1_000, 100_000];

/// One field on both.
#[derive(Debug)]
pub(crate) struct ComparisonRow {
    pub(crate) label: String,
    /// The label within a sentence.
    phrase: String,
    pub(crate) one: Vec<FactSummary>,
    pub(crate) other: Vec<FactSummary>,
    pub(crate) differs: bool,
}

/// One number of images on both.
#[derive(Debug)]
pub(crate) struct CostRow {
    pub(crate) images: String,
    pub(crate) one: String,
    pub(crate) other: String,
    pub(crate) cheaper: String,
}

/// Two listings side by side.
#[derive(Debug)]
pub(crate) struct ComparePage {
    pub(crate) head: PageHead,
    pub(crate) one: Link,
    pub(crate) other: Link,
    pub(crate) model: Link,
    pub(crate) other_model: Link,
    /// The sellers, for the heads of columns.
    pub(crate) one_seller: String,
    pub(crate) other_seller: String,
    pub(crate) costs: Vec<CostRow>,
    pub(crate) rates: Vec<RateView>,
    /// What is known of both; what differs comes first.
    pub(crate) rows: Vec<ComparisonRow>,
    /// What is known of one alone.
    pub(crate) alone: Vec<ComparisonRow>,
    pub(crate) verdict: String,
    pub(crate) summary: String,
    pub(crate) one_pairs: Vec<Link>,
    pub(crate) other_pairs: Vec<Link>,
}

impl ComparePage {
    pub(crate) fn new<'c>(site: &SiteContext<'c>, pair: ListingPair<'c>) -> Self {
        let ListingPair { one, other } = pair;
        let model = Link::model(site.catalog, one.model.as_str());
        let costs: Vec<_> =
            COUNTS.into_iter().map(|images| cost(site, one, other, images)).collect();
        let verdict = verdict(site, one, other);
        let meta = PageMeta {
            crumbs: vec![model.clone()],
            ..PageMeta::new(
                urls::pair(one, other),
                format!("{} or {}", one.id, other.id),
                format!("{verdict} Sizes, quality, time and limits side by side."),
            )
        };
        let (mut alone, mut rows): (Vec<_>, Vec<_>) = rows(site, one, other)
            .into_iter()
            .partition(|row| row.one.is_empty() || row.other.is_empty());
        // What differs is what one came for.
        rows.sort_by_key(|row| !row.differs);
        alone.sort_by_key(|row| row.one.is_empty());
        let seller = |listing: &Listing| Link::provider(site.catalog, &listing.provider).label;
        // Two offers of one seller are told apart by their ids.
        let same = one.provider == other.provider;
        let head = |it: &Listing| if same { it.id.to_string() } else { seller(it) };
        Self {
            head: page_meta::head(site, meta),
            one: Link::to(&one.entity),
            other: Link::to(&other.entity),
            model,
            other_model: Link::model(site.catalog, other.model.as_str()),
            one_seller: head(one),
            other_seller: head(other),
            costs,
            rates: rate::rates_of(site, &[one, other]),
            verdict,
            summary: summary(&rows, alone.len()),
            rows,
            alone,
            one_pairs: listing_pairs::links(site, one, other),
            other_pairs: listing_pairs::links(site, other, one),
        }
    }
}

forms!(ComparePage, "pages/compare.html", "pages/compare.md");

/// How two costs stand to each other; `None` where ranges leave it open.
fn order(one: PriceRange, other: PriceRange) -> Option<Ordering> {
    listing_pairs::order((one.low, one.high), (other.low, other.high))
}

/// Which costs less by how much, or why that can't be told.
pub(super) fn verdict(site: &SiteContext<'_>, one: &Listing, other: &Listing) -> String {
    let currency = site.index.currency;
    let total = |listing: &Listing| site.index.quote(listing).and_then(|quote| quote.total);
    let told = |listing: &Listing| {
        let quote = site.index.quote(listing);
        quote.and_then(|quote| price_row::cost(quote, currency)).unwrap_or_default()
    };
    let is_refused = |listing: &Listing| {
        site.index.quote(listing).is_some_and(|quote| quote.state == QuoteState::Refused)
    };
    let open = |listing: &Listing| {
        if is_refused(listing) {
            format!("{} has no price for this image", listing.id)
        } else {
            format!("what {} costs is unknown", listing.id)
        }
    };
    let half = |known: &Listing, other: &Listing| {
        format!("{} costs {} an image; {}.", known.id, told(known), open(other))
    };
    let less = |cheap: &Listing, dear: &Listing| {
        format!(
            "{} costs less: {} an image, against {} on {}.",
            cheap.id,
            told(cheap),
            told(dear),
            dear.id
        )
    };
    match (total(one), total(other)) {
        (None, None) if is_refused(one) => format!("{}; {}.", open(one), open(other)),
        (None, None) if is_refused(other) => format!("{}; {}.", open(other), open(one)),
        (None, None) => format!("What an image costs on {} or {} is unknown.", one.id, other.id),
        (Some(_), None) => half(one, other),
        (None, Some(_)) => half(other, one),
        (Some(a), Some(b)) => match order(a, b) {
            Some(Ordering::Equal) => format!("An image costs the same on both: {}.", told(one)),
            Some(Ordering::Less) => less(one, other),
            Some(Ordering::Greater) => less(other, one),
            None => format!(
                "Which costs less is not settled: {} an image on {}, {} on {}.",
                told(one),
                one.id,
                told(other),
                other.id
            ),
        },
    }
}

/// On what they differ, and how much is known of one alone.
fn summary(rows: &[ComparisonRow], alone: usize) -> String {
    let names: Vec<_> =
        rows.iter().filter(|row| row.differs).map(|row| row.phrase.clone()).collect();
    let differ = if names.is_empty() {
        "No known differences.".to_owned()
    } else {
        format!("Known differences: {}.", names.join(", "))
    };
    match alone {
        0 => differ,
        1 => format!("{differ} For 1 more point we have data on only one of them."),
        _ => format!("{differ} For {alone} more points we have data on only one of them."),
    }
}

fn rows<'s, 'c>(
    site: &'s SiteContext<'c>,
    one: &'c Listing,
    other: &'c Listing,
) -> Vec<ComparisonRow> {
    let facts = |listing| site.catalog.each(listing, KEYS.iter(), site.settings.as_of);
    let row = |(key, (one, other)): (&FieldKey, (Option<Fact<'c>>, Option<Fact<'c>>))| {
        let differs = match (&one, &other) {
            (None, None) => return None,
            (Some(one), Some(other)) => !one.says_the_same(other),
            (Some(_), None) | (None, Some(_)) => false,
        };
        let view = |fact: &Fact<'c>| fact::summary(site, fact);
        let phrase = match key.name.as_deref() {
            Some(name) => capability(name).to_owned(),
            None => phrase(key.field.key()),
        };
        let label = capitalized(&phrase);
        let (one, other) = (one.iter().map(view).collect(), other.iter().map(view).collect());
        Some(ComparisonRow { label, phrase, one, other, differs })
    };
    KEYS.iter().zip(facts(one).zip(facts(other))).filter_map(row).collect()
}

fn cost(site: &SiteContext<'_>, one: &Listing, other: &Listing, images: u64) -> CostRow {
    let currency = site.index.currency;
    // None is lost, so that one quote tells of any number. A total that can't be held is told as
    // such; the rest of the page stands.
    let ask = |listing: &Listing| match site.index.amount(listing, images) {
        Ok(total) => (Some(total), String::new()),
        Err(reason) => (None, reason_text(&reason)),
    };
    let ((one_total, one_why), (other_total, other_why)) = (ask(one), ask(other));
    let text = |listing: &Listing, total: Option<PriceRange>, why: String| {
        let is_converted = site.index.quote(listing).is_some_and(|it| !it.rates.is_empty());
        let sign = if is_converted { "≈ " } else { "" };
        total.map_or(why, |it| format!("{sign}{}", range(it, currency)))
    };
    CostRow {
        images: grouped(Decimal::from(images)),
        one: text(one, one_total, one_why),
        other: text(other, other_total, other_why),
        cheaper: match one_total.zip(other_total).map(|(a, b)| order(a, b)) {
            None => "unknown".to_owned(),
            Some(Some(Ordering::Equal)) => "the same".to_owned(),
            Some(Some(Ordering::Less)) => one.id.to_string(),
            Some(Some(Ordering::Greater)) => other.id.to_string(),
            Some(None) => "not settled".to_owned(),
        },
    }
}
