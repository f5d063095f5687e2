//! Every dispute: what sources differ on, with all sides, and what has been decided.

use crate::contract::Contract;
use crate::site::context::SiteContext;
use crate::site::format::plural;
use crate::site::link::Link;
use crate::site::page::Page;
use crate::site::page_meta::{self, PageHead, PageMeta};
use crate::site::pages::forms;
use crate::site::view::dispute::{self, DisputeView, FieldWeight, LapsedRuling};
use crate::site::view::promise::{self, PromiseView};

/// The promises of one endpoint on which its sources differ.
#[derive(Debug)]
pub(crate) struct DisputedContract<'s> {
    pub(crate) endpoint: Link,
    pub(crate) promises: Vec<PromiseView<'s>>,
}

/// All disputes, open ones first, those with the most money at stake before all others.
#[derive(Debug)]
pub(crate) struct DisputesPage<'s> {
    pub(crate) head: PageHead,
    pub(crate) open: Vec<DisputeView<'s>>,
    /// What is said of models and pages, and changes no job.
    pub(crate) trivia: Vec<DisputeView<'s>>,
    pub(crate) contracts: Vec<DisputedContract<'s>>,
    pub(crate) settled: Vec<DisputeView<'s>>,
    pub(crate) lapsed: Vec<LapsedRuling>,
    pub(crate) summary: String,
}

impl<'s> DisputesPage<'s> {
    pub(crate) fn new(site: &'s SiteContext<'_>) -> Self {
        let meta = PageMeta::new(
            Page::Disputes.href(),
            "Disputes",
            "Where sellers’ pages contradict each other, or themselves: both sides, the costliest first.",
        );
        let all = site.catalog.entities().flat_map(|entity| dispute::disputes(site, entity));
        let (mut open, settled): (Vec<_>, Vec<_>) =
            all.partition(|dispute| dispute.fact.is_disputed());
        open.sort_by_key(|dispute| dispute.weight);
        let contracts = contracts(site);
        let promises: usize = contracts.iter().map(|it| it.promises.len()).sum();
        let count = open.len() + promises;
        let weighty = |dispute: &DisputeView<'_>| dispute.weight.0 != FieldWeight::Trivia;
        let (open, trivia) = open.into_iter().partition(weighty);
        let lapsed = site
            .catalog
            .entities()
            .flat_map(|entity| dispute::lapsed_rulings(site, entity))
            .collect();
        let summary = format!("{} open, {} settled.", plural(count, "dispute"), settled.len());
        let head = page_meta::head(site, meta);
        Self { head, open, trivia, contracts, settled, lapsed, summary }
    }
}

/// The endpoints whose sources promise different things.
fn contracts<'s>(site: &'s SiteContext<'_>) -> Vec<DisputedContract<'s>> {
    let disputed = site.catalog.endpoints.values().filter_map(|endpoint| {
        let listing = site.index.by_endpoint.get(endpoint.id.as_str())?.first()?;
        let as_of = site.settings.as_of;
        let contract = Contract::for_endpoint(site.catalog, listing, &endpoint.id, as_of)?;
        let promises = promise::disputed(site, &contract);
        let endpoint = Link::to(&endpoint.entity);
        (!promises.is_empty()).then_some(DisputedContract { endpoint, promises })
    });
    disputed.collect()
}

forms!(DisputesPage<'s>, "pages/disputes.html", "pages/disputes.md");
