//! The home page: who is cheapest in one sentence, every price as a bar, every listing in one
//! table, and the calculator that ranks them anew for another job.

use std::collections::{BTreeSet, HashMap};

use rust_decimal::Decimal;

use crate::catalog::{Currency, Field, Listing, Size};
use crate::pricing::{
    Comparison, DisputedPart, Job, PriceRange, Quote, QuoteState, RankBy, Reason, amount, compare,
    grouped, money_range,
};
use crate::site::charts::ranges::{self, RangeChart, RangeFigure};
use crate::site::context::SiteContext;
use crate::site::data::calculator;
use crate::site::format::reason_text;
use crate::site::link::Link;
use crate::site::page::Page;
use crate::site::page_meta::{self, EmbeddedJson, PageHead, PageMeta};
use crate::site::pages::forms;
use crate::site::urls;
use crate::site::view::rate::{self, RateView};
use crate::site::view::{dataset, price_row, ways_out};

mod answer;
mod cells;

use answer::HomeSentence;
use cells::HomeCell;

/// How many images the page prices: the figures of one are too small to be compared by eye.
const IMAGES: u64 = 1000;

/// One listing.
#[derive(Debug)]
pub(crate) struct HomeRow {
    pub(crate) id: String,
    pub(crate) href: String,
    pub(crate) seller: String,
    pub(crate) model: String,
    /// Where the seller's own page is; empty where nobody states one.
    pub(crate) way_out: String,
    pub(crate) in_family: bool,
    pub(crate) rank: String,
    pub(crate) state: &'static str,
    /// The total, exact, from the lowest to the highest; empty where there is none.
    pub(crate) low: String,
    pub(crate) high: String,
    pub(crate) total: String,
    pub(crate) each: String,
    /// What one image costs in the seller's own money, where that is another.
    pub(crate) own: String,
    pub(crate) takes: String,
    pub(crate) seconds: String,
    /// What sources differ on: `price`, `size` or `quality`; else empty.
    pub(crate) disputed: &'static str,
    pub(crate) is_converted: bool,
    pub(crate) is_retired: bool,
    /// The letters of its notes.
    pub(crate) marks: Vec<String>,
    pub(crate) reason: String,
    pub(crate) sizes: HomeCell,
    pub(crate) qualities: HomeCell,
    pub(crate) checked: HomeCell,
    /// Names by which it is looked for, besides those that are shown.
    pub(crate) names: String,
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
    pub(crate) answer: Vec<HomeSentence>,
    pub(crate) chart: Option<RangeChart>,
    /// The listings without a total that the chart names apart.
    pub(crate) unpriced: Vec<Link>,
    pub(crate) images: String,
    pub(crate) rows: Vec<HomeRow>,
    pub(crate) tally: Vec<HomeCount>,
    pub(crate) notes: Vec<HomeNote>,
    pub(crate) rates: Vec<RateView>,
    pub(crate) sizes: Vec<HomeChoice>,
    pub(crate) qualities: Vec<HomeChoice>,
    pub(crate) currencies: Vec<HomeChoice>,
    pub(crate) hardware: Vec<HomeChoice>,
    pub(crate) book: &'static str,
    pub(crate) family: String,
}

/// The job of the page on every listing.
struct HomeJob {
    family: Comparison,
    everything: Comparison,
}

impl HomeJob {
    fn new(site: &SiteContext<'_>) -> Self {
        let job = Job { images: IMAGES, ..site.index.job.clone() };
        let compared = |quotes: &Comparison| {
            let listings = quotes.quotes.iter();
            let listings: Vec<_> = listings
                .filter_map(|(_, quote)| site.catalog.listings.get(quote.listing.as_str()))
                .collect();
            compare(&site.index.table, &listings, &job, site.index.as_of, RankBy::Total)
        };
        let (family, everything) = (&site.index.family, &site.index.everything);
        Self { family: compared(family), everything: compared(everything) }
    }
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
                    "Compare what every seller charges for {family} images, and see where their \
                 pages disagree."
                ),
            )
        };
        let job = HomeJob::new(site);
        let (quotes, images) = (job.family.quotes.as_slice(), IMAGES);
        let (rows, notes) = rows(site, &job);
        let choices = calculator::choices(site, &calculator::listings(site));
        let choice = |value: String, label: String, selected| HomeChoice { value, label, selected };
        let plain = |value: &String| choice(value.clone(), value.clone(), false);
        let sized =
            |size: &Size| choice(size.to_string(), size.to_string(), *size == site.index.job.size);
        let own = choice(String::new(), "seller's default".to_owned(), true);
        let none = choice(String::new(), "not chosen".to_owned(), true);
        let currency = |currency: &Currency| {
            let code = currency.code().to_owned();
            choice(code.clone(), code, *currency == site.index.currency)
        };
        Self {
            head: page_meta::head(site, meta),
            answer: answer::sentences(site, quotes, images),
            chart: chart(site, quotes, images),
            unpriced: unpriced(site, quotes),
            images: images.to_string(),
            tally: tally(site, quotes),
            notes,
            rates: rate::rate_views(site, &site.index.everything.rates),
            rows,
            sizes: choices.sizes.iter().map(sized).collect(),
            qualities: std::iter::once(own).chain(choices.qualities.iter().map(plain)).collect(),
            currencies: choices.currencies.iter().map(currency).collect(),
            hardware: std::iter::once(none).chain(choices.hardware.iter().map(plain)).collect(),
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

/// Whether a quote was refused because its seller bills by the second.
fn is_by_second(quote: &Quote) -> bool {
    quote.reason == Some(Reason::SecondsNotGiven)
}

/// Whether it is no longer sold.
fn is_retired(quote: &Quote) -> bool {
    matches!(quote.reason, Some(Reason::Retired { .. }))
}

/// The offers of the family that is compared, each counted once.
fn tally(site: &SiteContext<'_>, quotes: &[(Option<usize>, Quote)]) -> Vec<HomeCount> {
    let count = |is: &dyn Fn(&Quote) -> bool| quotes.iter().filter(|(_, quote)| is(quote)).count();
    let clear = count(&|quote| matches!(quote.state, QuoteState::Priced | QuoteState::Free));
    let noun = |count: usize, one: &str, many: &str| {
        let label = if count == 1 { one } else { many };
        HomeCount { count, label: label.to_owned() }
    };
    let family = family(site);
    let is_refused = |quote: &Quote| {
        quote.state == QuoteState::Refused && !is_by_second(quote) && !is_retired(quote)
    };
    let mut tally = vec![
        noun(quotes.len(), &format!("{family} offer"), &format!("{family} offers")),
        noun(clear, "clear price", "clear prices"),
        noun(count(&|quote| quote.state == QuoteState::Disputed), "disputed", "disputed"),
        noun(count(&is_by_second), "billed by the second", "billed by the second"),
        noun(count(&is_refused), "does not offer this image", "do not offer this image"),
        noun(count(&is_retired), "no longer sold", "no longer sold"),
        noun(
            count(&|quote| quote.state == QuoteState::Unknown),
            "without a public price",
            "without a public price",
        ),
    ];
    tally.retain(|it| it.count > 0);
    tally
}

/// Every price of the family as a bar, in the order of the ranks.
fn chart(
    site: &SiteContext<'_>,
    quotes: &[(Option<usize>, Quote)],
    images: u64,
) -> Option<RangeChart> {
    let figure = |(_, quote): &(Option<usize>, Quote)| {
        let listing = site.catalog.listings.get(quote.listing.as_str())?;
        let look = price_row::look(site, listing);
        Some(RangeFigure {
            label: quote.listing.clone(),
            range: quote.total?,
            is_converted: !quote.rates.is_empty(),
            look,
        })
    };
    let figures = quotes.iter().filter_map(figure).collect();
    let title = format!("What {} images cost", grouped(Decimal::from(images)));
    ranges::ranges("price-chart", &title, figures, site.index.currency)
}

/// The listings of the family without a total.
fn unpriced(site: &SiteContext<'_>, quotes: &[(Option<usize>, Quote)]) -> Vec<Link> {
    let none = quotes.iter().filter(|(_, quote)| quote.total.is_none());
    let listing = none.filter_map(|(_, quote)| site.catalog.listings.get(quote.listing.as_str()));
    listing.map(|listing| Link::to(&listing.entity)).collect()
}

/// The family that is compared where no model is named, ranked; then all others by their own rank;
/// with the notes on what has a total, each once.
fn rows(site: &SiteContext<'_>, job: &HomeJob) -> (Vec<HomeRow>, Vec<HomeNote>) {
    let family = &job.family.quotes;
    let ranked = family.iter().map(|(rank, quote)| (*rank, quote, true));
    let taking: BTreeSet<_> = family.iter().map(|(_, quote)| quote.listing.as_str()).collect();
    let others = job.everything.quotes.iter();
    let others = others.filter(|(_, quote)| !taking.contains(quote.listing.as_str()));
    let others = others.map(|(_, quote)| (None, quote, false));
    let mut notes = Vec::new();
    let mut places: HashMap<&str, String> = HashMap::new();
    let mut rows = Vec::new();
    for (rank, quote, in_family) in ranked.chain(others) {
        let Some(listing) = site.catalog.listings.get(quote.listing.as_str()) else { continue };
        let mut row = row(site, listing, quote, in_family);
        row.rank = rank.map(|rank| rank.to_string()).unwrap_or_default();
        let texts = quote.warnings.iter().map(|warning| warning.text.as_str());
        for text in texts.chain(listing.entity.note.as_deref()).filter(|_| quote.total.is_some()) {
            let mark = places.entry(text).or_insert_with(|| {
                let mark = letters(notes.len());
                notes.push(HomeNote { mark: mark.clone(), text: text.to_owned() });
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
    in_family: bool,
) -> HomeRow {
    let (catalog, currency) = (site.catalog, site.index.currency);
    let fact = |field| site.fact(listing, field);
    let shown = |range: Option<PriceRange>| {
        range.map(|range| money_range(range, currency)).unwrap_or_default()
    };
    let exact = |end: fn(PriceRange) -> Decimal| {
        quote.total.map(|total| amount(end(total))).unwrap_or_default()
    };
    let own = site.index.quote(listing).and_then(Quote::own_cost);
    HomeRow {
        id: listing.id.to_string(),
        href: urls::page(&listing.entity),
        seller: Link::provider(catalog, listing.provider.as_str()).label,
        model: Link::model(catalog, listing.model.as_str()).label,
        way_out: ways_out::of_listing(site, listing)
            .into_iter()
            .next()
            .map(|way| way.href)
            .unwrap_or_default(),
        in_family,
        rank: String::new(),
        state: quote.state.as_str(),
        low: exact(|total| total.low),
        high: exact(|total| total.high),
        total: shown(quote.total),
        each: shown(quote.per_image),
        own: own.map(|(own, currency)| money_range(own, currency)).unwrap_or_default(),
        takes: quote.duration_s.map(cells::span_of_time).unwrap_or_default(),
        seconds: quote.duration_s.map(|took| took.high.to_string()).unwrap_or_default(),
        disputed: quote.disputed_part().map(DisputedPart::as_str).unwrap_or_default(),
        is_converted: !quote.rates.is_empty(),
        is_retired: is_retired(quote),
        marks: Vec::new(),
        reason: quote.reason.as_ref().map(reason_text).unwrap_or_default(),
        sizes: HomeCell::from_fact(fact(Field::Sizes).as_ref(), cells::sizes),
        qualities: HomeCell::from_fact(fact(Field::Qualities).as_ref(), ToString::to_string),
        checked: HomeCell::checked(fact(Field::Price).as_ref(), site.settings.as_of),
        names: names(site, listing),
    }
}

/// Who made the model and who sells it, by every name that is known.
fn names(site: &SiteContext<'_>, listing: &Listing) -> String {
    let seller = site.catalog.providers.get(&listing.provider);
    let seller = seller.and_then(|provider| provider.maker.as_deref());
    let makers = site.maker(listing.model.as_str()).into_iter();
    let makers =
        makers.chain(site.catalog.makers.iter().filter(|it| Some(it.id.as_str()) == seller));
    let names = makers.flat_map(|it| [&it.id, &it.name].into_iter().chain(&it.aliases));
    let own = [listing.slug(), listing.model.as_str()].into_iter();
    let names: BTreeSet<_> = names.map(String::as_str).chain(own).collect();
    names.into_iter().collect::<Vec<_>>().join(" ")
}

forms!(HomePage, "pages/home.html", "pages/home.md");
