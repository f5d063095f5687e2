//! How to read the site: what its words and marks mean, and how to make a figure again.

use crate::catalog::FRESH_DAYS;
use crate::site::context::SiteContext;
use crate::site::format::range;
use crate::site::page::Page;
use crate::site::page_meta::{self, PageHead, PageMeta};
use crate::site::pages::forms;

/// Explains statements, facts, disputes, unknowns, prices and verdicts.
#[derive(Debug)]
pub(crate) struct ReadingPage {
    pub(crate) head: PageHead,
    pub(crate) fresh_days: i32,
    pub(crate) example: String,
    pub(crate) figure: String,
    pub(crate) rates: Vec<ReadingRate>,
}

/// An exchange rate that the site's totals use.
#[derive(Debug)]
pub(crate) struct ReadingRate {
    pub(crate) pair: String,
    pub(crate) value: String,
    pub(crate) date: String,
    pub(crate) source: crate::site::link::Link,
    pub(crate) old: String,
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
        let rate = |rate: &crate::pricing::UsedRate| ReadingRate {
            pair: rate.pair.clone(),
            value: crate::pricing::amount(rate.value),
            date: rate.date.map(|day| day.to_string()).unwrap_or_default(),
            source: site.source_link(&rate.source),
            old: rate
                .old_days(site.index.as_of)
                .map(|days| format!("{days} days old"))
                .unwrap_or_default(),
        };
        Self {
            head: page_meta::head(site, meta),
            fresh_days: FRESH_DAYS,
            example: first.map(|quote| quote.listing.clone()).unwrap_or_default(),
            figure: total.map(|it| range(it, site.index.currency)).unwrap_or_default(),
            rates: site.index.everything.rates.iter().map(rate).collect(),
        }
    }
}

forms!(ReadingPage, "pages/reading.html", "pages/reading.md");
