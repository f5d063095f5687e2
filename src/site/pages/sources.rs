//! Every source: where it stands, what it states, how old that is, and what cites it.

use std::collections::BTreeMap;

use crate::site::view::{dataset, ways_out};
use jiff::civil::Date;

use crate::catalog::{Entity, EntityKind, Source, is_stale};
use crate::site::context::SiteContext;
use crate::site::format::plural;
use crate::site::link::Link;
use crate::site::page::Page;
use crate::site::page_meta::{self, EmbeddedJson, PageHead, PageMeta};
use crate::site::pages::forms;
use crate::site::urls;

/// So many subjects are named under a source that speaks of many.
const MAX_NAMED: usize = 40;

/// What a source states of one entity.
#[derive(Debug)]
pub(crate) struct SourceCitation {
    pub(crate) subject: Link,
    pub(crate) level: String,
    /// `3 facts, 12 clauses`.
    pub(crate) counts: String,
}

/// One source.
#[derive(Debug)]
pub(crate) struct SourceView {
    pub(crate) anchor: String,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) kind: &'static str,
    pub(crate) address: String,
    pub(crate) linked: bool,
    pub(crate) cited: Vec<SourceCitation>,
    pub(crate) more: usize,
    pub(crate) rates: usize,
    pub(crate) newest: String,
    pub(crate) stale: bool,
    /// `catalog/sources.toml` by line.
    pub(crate) place: String,
}

/// The sources that speak of one seller.
#[derive(Debug)]
pub(crate) struct SourceGroup {
    pub(crate) seller: String,
    pub(crate) sources: Vec<SourceView>,
}

/// All sources, by the seller that they speak of.
#[derive(Debug)]
pub(crate) struct SourcesPage {
    pub(crate) head: PageHead,
    pub(crate) groups: Vec<SourceGroup>,
    pub(crate) summary: String,
}

/// What a source was read for.
#[derive(Debug, Default)]
struct SourceUse<'c> {
    subjects: Vec<(&'c Entity, usize, usize)>,
    seen: Option<Date>,
    dated: Option<Date>,
    rates: usize,
}

impl<'c> SourceUse<'c> {
    fn count(&mut self, entity: &'c Entity, facts: usize, clauses: usize, seen: Date, dated: Date) {
        match self.subjects.last_mut() {
            Some((last, known, promised)) if std::ptr::eq(*last, entity) => {
                *known += facts;
                *promised += clauses;
            }
            _ => self.subjects.push((entity, facts, clauses)),
        }
        self.seen = self.seen.max(Some(seen));
        self.dated = self.dated.max(Some(dated));
    }
}

impl SourcesPage {
    pub(crate) fn new(site: &SiteContext<'_>) -> Self {
        let by_source = uses(site);
        let none = SourceUse::default();
        let (mut stale, mut count) = (0, 0);
        let mut groups: BTreeMap<String, Vec<SourceView>> = BTreeMap::new();
        for source in site.catalog.sources.values() {
            let used = by_source.get(source.id.as_str()).unwrap_or(&none);
            let source = view(site, source, used);
            stale += usize::from(source.stale);
            count += 1;
            groups.entry(seller(site, used)).or_default().push(source);
        }
        let group = |(seller, sources)| SourceGroup { seller, sources };
        let meta = PageMeta {
            structured: vec![EmbeddedJson::new(&dataset::of_sources(site))],
            ..PageMeta::new(
                Page::Sources.href(),
                "Sources",
                "Every page that we read, by seller: when we last read it, and what we use it for.",
            )
        };
        let summary = format!("{}, {stale} of them stale.", plural(count, "source"));
        let groups = groups.into_iter().map(group).collect();
        Self { head: page_meta::head(site, meta), groups, summary }
    }
}

forms!(SourcesPage, "pages/sources.html", "pages/sources.md");

fn uses<'c>(site: &SiteContext<'c>) -> BTreeMap<&'c str, SourceUse<'c>> {
    let as_of = site.settings.as_of;
    let mut uses: BTreeMap<&'c str, SourceUse<'c>> = BTreeMap::new();
    for entity in site.catalog.entities() {
        for it in entity.statements.iter().filter(|it| it.seen <= as_of) {
            let of = uses.entry(it.source.as_str()).or_default();
            of.count(entity, it.stated.len(), 0, it.seen, it.dated(as_of));
        }
        for it in entity.clauses.iter().filter(|it| it.seen <= as_of) {
            let of = uses.entry(it.source.as_str()).or_default();
            of.count(entity, 0, 1, it.seen, it.seen);
        }
    }
    for rate in site.catalog.rates.iter().filter(|rate| rate.date <= as_of) {
        uses.entry(rate.source.as_str()).or_default().rates += 1;
    }
    uses
}

/// The seller that a source speaks of first; `Models and rates` where it speaks of none.
fn seller(site: &SiteContext<'_>, used: &SourceUse<'_>) -> String {
    let provider = used.subjects.iter().find_map(|(entity, ..)| match entity.kind {
        EntityKind::Provider => Some(&*entity.id),
        EntityKind::Listing | EntityKind::Endpoint => entity.id.split('/').next(),
        EntityKind::Model => None,
    });
    let label = provider.map(|id| Link::provider(site.catalog, id).label);
    label.unwrap_or_else(|| "Models and rates".to_owned())
}

fn view(site: &SiteContext<'_>, source: &Source, used: &SourceUse<'_>) -> SourceView {
    let cited = used.subjects.iter().take(MAX_NAMED).map(|(entity, facts, clauses)| {
        let counts = [(*facts, "fact"), (*clauses, "clause")];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        let counts: Vec<_> = counts.map(|(count, noun)| plural(count, noun)).collect();
        SourceCitation {
            subject: Link::to(entity),
            level: entity.kind.to_string(),
            counts: counts.join(", "),
        }
    });
    SourceView {
        anchor: urls::anchor(&source.id),
        id: source.id.clone(),
        title: source.title.clone(),
        kind: source.kind.as_str(),
        address: source.address.clone(),
        linked: ways_out::is_web(&source.address),
        cited: cited.collect(),
        more: used.subjects.len().saturating_sub(MAX_NAMED),
        rates: used.rates,
        newest: used.seen.map(|day| day.to_string()).unwrap_or_default(),
        stale: used.dated.is_some_and(|day| is_stale(day, site.settings.as_of)),
        place: format!("sources.toml:{}", source.position.line),
    }
}
