//! Every dispute: what sources differ on, with all sides, and what has been decided.

use crate::site::context::SiteContext;
use crate::site::format::plural;
use crate::site::page::Page;
use crate::site::page_meta::{self, PageHead, PageMeta};
use crate::site::pages::forms;
use crate::site::view::dispute::{self, DisputeView, LapsedRuling};

/// All disputes, open ones first.
#[derive(Debug)]
pub(crate) struct DisputesPage<'s> {
    pub(crate) head: PageHead,
    pub(crate) open: Vec<DisputeView<'s>>,
    pub(crate) settled: Vec<DisputeView<'s>>,
    pub(crate) lapsed: Vec<LapsedRuling>,
    pub(crate) summary: String,
}

impl<'s> DisputesPage<'s> {
    pub(crate) fn new(site: &'s SiteContext<'_>) -> Self {
        let meta = PageMeta::new(
            Page::Disputes.href(),
            "Disputes",
            "Where sources contradict each other, or themselves: every side, and what has been decided.",
        );
        let all = site.catalog.entities().flat_map(|entity| dispute::disputes(site, entity));
        let (open, settled): (Vec<_>, Vec<_>) = all.partition(|dispute| dispute.fact.is_disputed());
        let lapsed = site
            .catalog
            .entities()
            .flat_map(|entity| dispute::lapsed_rulings(site, entity))
            .collect();
        let summary = format!("{} open, {} settled.", plural(open.len(), "dispute"), settled.len());
        Self { head: page_meta::head(site, meta), open, settled, lapsed, summary }
    }
}

forms!(DisputesPage<'s>, "pages/disputes.html", "pages/disputes.md");
