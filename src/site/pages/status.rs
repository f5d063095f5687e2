//! The state of the data: what probes last saw of each listing, and what is old or unknown.

use crate::catalog::{Field, Listing};
use crate::contract::Verdict;
use crate::site::context::SiteContext;
use crate::site::format::key_text;
use crate::site::link::Link;
use crate::site::page::Page;
use crate::site::page_meta::{self, PageHead, PageMeta};
use crate::site::pages::forms;
use crate::site::probe_records::{VerdictCount, moment};

/// What a caller needs to know; of these the gaps are named.
const NEEDED: &[Field] = &[
    Field::Price,
    Field::FailureCharged,
    Field::Mode,
    Field::Latency,
    Field::Sizes,
    Field::Qualities,
    Field::LinkLifetime,
    Field::PromptLimit,
    Field::Concurrency,
];

/// What needs a look comes first.
const VERDICTS: [Verdict; 5] =
    [Verdict::Broken, Verdict::Looser, Verdict::Holds, Verdict::Inconclusive, Verdict::Skipped];

/// One listing.
#[derive(Debug)]
pub(crate) struct StatusRow {
    pub(crate) listing: Link,
    pub(crate) probed: String,
    pub(crate) edition: String,
    pub(crate) verdicts: Vec<VerdictCount>,
    pub(crate) newest: String,
    pub(crate) stale: String,
    pub(crate) unknown: String,
}

/// The state of every listing.
#[derive(Debug)]
pub(crate) struct StatusPage {
    pub(crate) head: PageHead,
    pub(crate) rows: Vec<StatusRow>,
    pub(crate) probed: bool,
    pub(crate) needed: String,
}

impl StatusPage {
    pub(crate) fn new(site: &SiteContext<'_>) -> Self {
        let meta = PageMeta::new(
            Page::Status.href(),
            "Status",
            "What probes last saw of each listing, and which of its facts are old or unknown.",
        );
        let rows: Vec<_> = site.catalog.listings.values().map(|it| row(site, it)).collect();
        let needed: Vec<_> = NEEDED.iter().map(|field| key_text(field.key())).collect();
        Self {
            head: page_meta::head(site, meta),
            probed: rows.iter().any(|row| !row.probed.is_empty()),
            rows,
            needed: needed.join(", "),
        }
    }
}

forms!(StatusPage, "pages/status.html", "pages/status.md");

fn row<'c>(site: &SiteContext<'c>, listing: &'c Listing) -> StatusRow {
    let as_of = site.settings.as_of;
    let (mut stale, mut unknown) = (Vec::new(), Vec::new());
    for field in NEEDED {
        let Some(fact) = site.fact(listing, *field) else {
            unknown.push(key_text(field.key()));
            continue;
        };
        if fact.is_stale(as_of) {
            stale.push(key_text(field.key()));
        }
    }
    let record = site.records.get(&listing.id);
    let started = record.map(|record| record.run.begun.started_ms);
    let own = listing.entity.statements.iter().map(|statement| statement.seen);
    StatusRow {
        listing: Link::to(&listing.entity),
        probed: started.map(moment).unwrap_or_default(),
        edition: record.and_then(|it| it.run.begun.edition.clone()).unwrap_or_default(),
        verdicts: record.map(|record| record.counts(VERDICTS)).unwrap_or_default(),
        newest: own.filter(|day| *day <= as_of).max().map(|it| it.to_string()).unwrap_or_default(),
        stale: stale.join(", "),
        unknown: unknown.join(", "),
    }
}
