//! An endpoint's page: who is on it and at what price, how it is called, and what it promises.

use crate::catalog::{Endpoint, Fact, Field, FieldKey, FieldValue, Listing};
use crate::contract::Contract;
use crate::site::call_sequence::{self, CallStep};
use crate::site::context::SiteContext;
use crate::site::escape::CodeBlock;
use crate::site::format::{plural, range};
use crate::site::integration_guide;
use crate::site::link::Link;
use crate::site::listing::call::{self, CallRow, FieldRow, ResponsePart};
use crate::site::listing::context::ListingContext;
use crate::site::listing::refusal::{self, RefusalRow};
use crate::site::listing::task::{self, TaskStep};
use crate::site::page_meta::{self, PageHead, PageMeta};
use crate::site::pages::forms;
use crate::site::urls;
use crate::site::view::fact::{self, FactView};
use crate::site::view::price_row::{self, PriceRow};
use crate::site::view::promise;
use crate::site::view::rate::{self, RateView};
use crate::site::view::side::ClauseWording;

/// So many listings are named in the panel; the table has all.
const MAX_NAMED: usize = 6;

/// One question of the decision panel.
#[derive(Debug)]
pub(crate) struct PanelRow<'s> {
    pub(crate) label: &'static str,
    pub(crate) said: Vec<FactView<'s>>,
    pub(crate) ours: String,
    pub(crate) links: Vec<Link>,
}

/// All that helps to decide for or against an endpoint, and to use it.
#[derive(Debug)]
pub(crate) struct EndpointPage<'s> {
    pub(crate) head: PageHead,
    pub(crate) note: String,
    pub(crate) panel: Vec<PanelRow<'s>>,
    pub(crate) prices: Vec<PriceRow>,
    pub(crate) rates: Vec<RateView>,
    pub(crate) flow: Vec<CallStep>,
    pub(crate) advice: Vec<CallStep>,
    pub(crate) calls: Vec<CallRow<'s>>,
    pub(crate) request: Vec<FieldRow<'s>>,
    pub(crate) answers: Vec<ResponsePart<'s>>,
    pub(crate) steps: Vec<TaskStep<'s>>,
    pub(crate) mode_disputed: bool,
    pub(crate) refusals: Vec<RefusalRow<'s>>,
    pub(crate) unpaired: Vec<RefusalRow<'s>>,
    pub(crate) refusal_sample: Option<CodeBlock>,
    pub(crate) unstated: Vec<ClauseWording<'s>>,
    pub(crate) disputes: Vec<FactView<'s>>,
}

impl<'s> EndpointPage<'s> {
    pub(crate) fn new<'c>(site: &'s SiteContext<'c>, endpoint: &'c Endpoint) -> Self {
        let provider = Link::provider(site.catalog, endpoint.provider.as_str());
        let name = endpoint.entity.label();
        let meta = PageMeta {
            crumbs: vec![provider.clone()],
            ..PageMeta::new(
                urls::page(&endpoint.entity),
                format!("{}: {name}", provider.label),
                format!(
                    "The API {} of {}: models, prices and how to call it.",
                    endpoint.id, provider.label
                ),
            )
        };
        let listings = site.index.by_endpoint.get(endpoint.id.as_str());
        let listings = listings.map_or(&[][..], Vec::as_slice);
        let contract = listings.first().and_then(|it| {
            Contract::for_endpoint(site.catalog, it, &endpoint.id, site.settings.as_of)
        });
        let contract = contract.as_ref();
        // Its reference is that of any listing on it; the first stands for all.
        let first = listings.first().filter(|_| contract.is_some());
        let first = first.map(|listing| ListingContext::new(site, listing));
        let first = first.as_ref();
        let (refusals, unpaired) = first.map(refusal::refusals).unwrap_or_default();
        Self {
            head: page_meta::head(site, meta),
            note: endpoint.entity.note.as_deref().unwrap_or_default().to_owned(),
            panel: panel(site, endpoint, listings),
            prices: price_row::price_rows(site, listings),
            rates: rate::rates_of(site, listings),
            flow: contract.map(|it| call_sequence::steps(site, it)).unwrap_or_default(),
            advice: contract.map(|it| integration_guide::advice(site, it)).unwrap_or_default(),
            calls: first.map(call::calls).unwrap_or_default(),
            request: first.map(call::request).unwrap_or_default(),
            answers: first.map(call::response_parts).unwrap_or_default(),
            steps: first.map(task::task_steps).unwrap_or_default(),
            mode_disputed: first.is_some_and(|it| it.is_disputed(Field::Mode)),
            refusals,
            unpaired,
            refusal_sample: first.and_then(refusal::refusal_sample),
            unstated: contract.map(|it| promise::unstated(site, it)).unwrap_or_default(),
            disputes: fact::own_disputes(site, &endpoint.entity)
                .iter()
                .map(|fact| fact::fact_view(site, fact))
                .collect(),
        }
    }
}

forms!(EndpointPage<'s>, "pages/endpoint.html", "pages/endpoint.md");

fn panel<'s, 'c>(
    site: &'s SiteContext<'c>,
    endpoint: &'c Endpoint,
    listings: &[&'c Listing],
) -> Vec<PanelRow<'s>> {
    let fact =
        |field| site.catalog.fact_of(&endpoint.entity, &FieldKey::new(field), site.settings.as_of);
    let row = |label, field: Field, (ours, links): (String, Vec<Link>)| PanelRow {
        label,
        said: fact(field).iter().map(|fact| fact::fact_view(site, fact)).collect(),
        ours,
        links,
    };
    let models = fact(Field::EndpointModels);
    let blank = || (String::new(), Vec::new());
    let mut rows = vec![
        row("Models on it", Field::EndpointModels, known_models(models.as_ref(), listings)),
        row("Providers behind it", Field::ProviderCoverage, blank()),
        row("Routes to the model", Field::Routes, blank()),
        row("Cost range", Field::CostRange, cost_range(site, listings)),
        row("Position by cost", Field::CostPosition, positions(site, listings)),
        row("Cheapest", Field::CheapestModel, cheapest(site, listings)),
        row("Callbacks", Field::WebhookCoverage, callbacks(site, listings)),
        row("Runtime", Field::Mode, runtime(site, listings)),
    ];
    rows.retain(|row| !row.said.is_empty() || !row.ours.is_empty() || !row.links.is_empty());
    rows
}

/// How many of the models we know, and how many not.
fn known_models(said: Option<&Fact<'_>>, listings: &[&Listing]) -> (String, Vec<Link>) {
    let known = plural(listings.len(), "listing");
    let count = said.and_then(Fact::value).and_then(FieldValue::try_as_count_ref);
    let count = count.and_then(|count| usize::try_from(*count).ok());
    let ours = match count.and_then(|count| count.checked_sub(listings.len())) {
        Some(unknown) => format!("{known} here; {unknown} not known by name"),
        None => format!("{known} here"),
    };
    (ours, listings.iter().take(MAX_NAMED).map(|listing| Link::to(&listing.entity)).collect())
}

fn cost_range(site: &SiteContext<'_>, listings: &[&Listing]) -> (String, Vec<Link>) {
    let quotes = listings.iter().filter_map(|listing| site.index.quote(listing));
    let priced = quotes.filter(|quote| quote.total.is_some()).count();
    let Some(whole) = price_row::total_range(site, listings) else {
        return ("unknown".to_owned(), Vec::new());
    };
    let open = listings.len() - priced;
    let mut ours = format!("{} for one image", range(whole, site.index.currency));
    if open > 0 {
        ours = format!("{ours}; {} without a known price", plural(open, "listing"));
    }
    (ours, Vec::new())
}

/// The listings that have a total, cheapest first.
fn ranked<'c>(site: &SiteContext<'c>, listings: &[&'c Listing]) -> Vec<&'c Listing> {
    let mut ranked: Vec<_> = listings
        .iter()
        .copied()
        .filter(|listing| site.index.quote(listing).is_some_and(|quote| quote.total.is_some()))
        .collect();
    ranked.sort_by_key(|listing| site.index.place(listing));
    ranked
}

fn positions<'c>(site: &SiteContext<'c>, listings: &[&'c Listing]) -> (String, Vec<Link>) {
    let ranked = ranked(site, listings);
    let link = |(at, listing): (usize, &&Listing)| Link {
        label: format!("{} of {}: {}", at + 1, ranked.len(), listing.id),
        href: urls::page(&listing.entity),
    };
    (String::new(), ranked.iter().enumerate().take(MAX_NAMED).map(link).collect())
}

fn cheapest<'c>(site: &SiteContext<'c>, listings: &[&'c Listing]) -> (String, Vec<Link>) {
    let ranked = ranked(site, listings);
    let Some(first) = ranked.first() else { return ("unknown".to_owned(), Vec::new()) };
    let high = |listing| site.index.quote(listing).and_then(|q| q.total).map(|total| total.high);
    let same = ranked.iter().take_while(|other| high(other) == high(first)).count();
    let ours = match same {
        1 => "By its highest reading".to_owned(),
        same => format!("By its highest reading, with {} more at the same", same - 1),
    };
    (ours, vec![Link::to(&first.entity)])
}

fn callbacks<'c>(site: &SiteContext<'c>, listings: &[&'c Listing]) -> (String, Vec<Link>) {
    let (mut yes, mut no, mut unknown) = (0_usize, 0_usize, 0_usize);
    for listing in listings {
        let fact = site.fact_named(listing, Field::Capabilities, "webhook");
        match fact.as_ref().and_then(Fact::value).and_then(FieldValue::try_as_flag_ref) {
            Some(true) => yes += 1,
            Some(false) => no += 1,
            None => unknown += 1,
        }
    }
    (format!("{yes} with, {no} without, {unknown} unknown, of the listings here"), Vec::new())
}

/// How the listings deliver an image, with those on which sources differ.
fn runtime<'c>(site: &SiteContext<'c>, listings: &[&'c Listing]) -> (String, Vec<Link>) {
    let mut counts: Vec<(String, usize)> = Vec::new();
    let mut disputed = Vec::new();
    for listing in listings {
        let fact = site.fact(listing, Field::Mode);
        let word = match fact.as_ref() {
            None => "unknown".to_owned(),
            Some(fact) if fact::is_disputed(fact) => {
                disputed.push(Link::to(&listing.entity));
                format!("{}, disputed", site.answers(listing, Field::Mode))
            }
            Some(_) => site.answers(listing, Field::Mode),
        };
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    let words: Vec<_> = counts
        .iter()
        .map(|(word, count)| format!("{word}: {}", plural(*count, "listing")))
        .collect();
    disputed.truncate(MAX_NAMED);
    (words.join("; "), disputed)
}
