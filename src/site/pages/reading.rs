//! How to read the site: what its words and marks mean, and how to make a figure again.

use crate::catalog::FRESH_DAYS;
use crate::site::context::SiteContext;
use crate::site::format::range;
use crate::site::page::Page;
use crate::site::page_meta::{self, PageHead, PageMeta};
use crate::site::pages::forms;
use crate::site::view::rate::{self, RateView};

/// Explains statements, facts, disputes, unknowns, prices and verdicts.
#[derive(Debug)]
pub(crate) struct ReadingPage {
    pub(crate) head: PageHead,
    pub(crate) fresh_days: i32,
    pub(crate) example: String,
    pub(crate) figure: String,
    pub(crate) rates: Vec<RateView>,
}

impl ReadingPage {
    pub(crate) fn new(site: &SiteContext<'_>) -> Self {
        let meta = PageMeta::new(
            Page::Reading.href(),
            "How to read this",
            "What statements, facts, disputes, unknowns and verdicts mean here, and how to make any figure again.",
        );
        let mut ranked = site.index.family.quotes.iter().map(|(_, quote)| quote);
        let first = ranked.find(|quote| quote.total.is_some());
        let total = first.and_then(|quote| quote.total);
        Self {
            head: page_meta::head(site, meta),
            fresh_days: FRESH_DAYS,
            example: first.map(|quote| quote.listing.clone()).unwrap_or_default(),
            figure: total.map(|it| range(it, site.index.currency)).unwrap_or_default(),
            rates: rate::rate_views(site, &site.index.everything.rates),
        }
    }
}

forms!(ReadingPage, "pages/reading.html", "pages/reading.md");
