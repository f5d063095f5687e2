//! A provider's page: what it sells and on what terms, and who says so.

use std::collections::BTreeSet;
use std::iter;

use crate::catalog::{Endpoint, EndpointId, Entity, Field, Provider};
use crate::site::charts::ranges::RangeChart;
use crate::site::context::SiteContext;
use crate::site::format::plural;
use crate::site::link::Link;
use crate::site::page_meta::{self, PageHead, PageMeta};
use crate::site::pages::forms;
use crate::site::urls;
use crate::site::view::dispute::{self, DisputeView};
use crate::site::view::fact::{self, LabelledFact};
use crate::site::view::price_row::{self, PriceRow};
use crate::site::view::rate::{self, RateView};
use crate::site::view::ways_out;

/// What is asked of every provider; the rest is shown where it is stated.
const ASKED: &[Field] = &[
    Field::Credits,
    Field::Fee,
    Field::FailureCharged,
    Field::ByokKey,
    Field::ByokWaivesFee,
    Field::OutOfFunds,
    Field::KeyVariable,
    Field::KeyPrefix,
    Field::Concurrency,
];

/// Everything that is known of a provider.
#[derive(Debug)]
pub(crate) struct ProviderPage<'s> {
    pub(crate) head: PageHead,
    pub(crate) note: String,
    pub(crate) key_variable: String,
    pub(crate) ways: Vec<Link>,
    pub(crate) chart: Option<RangeChart>,
    pub(crate) terms: Vec<LabelledFact<'s>>,
    pub(crate) others: Vec<LabelledFact<'s>>,
    pub(crate) prices: Vec<PriceRow>,
    pub(crate) rates: Vec<RateView>,
    pub(crate) endpoints: Vec<Link>,
    pub(crate) disputes: Vec<DisputeView<'s>>,
    pub(crate) sources: Vec<Link>,
}

impl<'s> ProviderPage<'s> {
    pub(crate) fn new<'c>(site: &'s SiteContext<'c>, provider: &'c Provider) -> Self {
        let name = provider.entity.label();
        let listings = site.index.by_provider.get(provider.id.as_str());
        let listings = listings.map_or(&[][..], Vec::as_slice);
        let cost = price_row::cost_text(site, listings);
        let cost = cost.map_or_else(String::new, |cost| format!("; one image costs {cost}"));
        let meta = PageMeta::new(
            urls::page(&provider.entity),
            name.to_owned(),
            format!(
                "What {name} sells ({}{cost}), on what terms, with sources.",
                plural(listings.len(), "listing")
            ),
        );
        let endpoints = endpoints(site, provider);
        let others = fact::own_facts(site, &provider.entity).into_iter();
        let others =
            others.filter(|fact| !ASKED.contains(&fact.key.field)).map(|fact| LabelledFact {
                label: crate::site::format::heading(&fact.key.to_string()),
                said: vec![fact::fact_view(site, &fact)],
            });
        let offered =
            endpoints.iter().map(|it| &it.entity).chain(listings.iter().map(|it| &it.entity));
        let entities: Vec<_> = iter::once(&provider.entity).chain(offered).collect();
        Self {
            head: page_meta::head(site, meta),
            note: provider.entity.note.as_deref().unwrap_or_default().to_owned(),
            key_variable: provider.key_env.as_deref().unwrap_or_default().to_owned(),
            ways: ways_out::of_provider(site, provider),
            chart: price_row::chart(site, listings),
            terms: fact::labelled_facts(site, &provider.entity, ASKED),
            others: others.collect(),
            prices: price_row::price_rows(site, listings),
            rates: rate::rates_of(site, listings),
            endpoints: endpoints.iter().map(|endpoint| Link::named(&endpoint.entity)).collect(),
            disputes: entities.iter().flat_map(|entity| dispute::disputes(site, entity)).collect(),
            sources: sources(site, &entities),
        }
    }
}

forms!(ProviderPage<'s>, "pages/provider.html", "pages/provider.md");

/// The endpoints whose id begins with the provider's; the map is sorted, so that they are near.
fn endpoints<'c>(site: &SiteContext<'c>, provider: &'c Provider) -> Vec<&'c Endpoint> {
    let first = format!("{}/", provider.id);
    let from = site.catalog.endpoints.range(EndpointId::new(first.as_str())..);
    from.take_while(|(id, _)| id.starts_with(&first)).map(|(_, endpoint)| endpoint).collect()
}

fn sources<'c>(site: &SiteContext<'c>, entities: &[&'c Entity]) -> Vec<Link> {
    let as_of = site.settings.as_of;
    let mut ids = BTreeSet::new();
    for entity in entities {
        let statements = entity.statements.iter().filter(|it| it.seen <= as_of);
        ids.extend(statements.map(|statement| statement.source.as_str()));
        let clauses = entity.clauses.iter().filter(|it| it.seen <= as_of);
        ids.extend(clauses.map(|clause| clause.source.as_str()));
    }
    ids.into_iter().map(|id| site.source_link(id)).collect()
}
