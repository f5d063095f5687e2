//! Disputes where they were stated, and rulings that decide no more.

use crate::catalog::{Entity, EntityKind, Listing};
use crate::site::context::SiteContext;
use crate::site::format::heading;
use crate::site::link::Link;
use crate::site::view::fact::{self, FactView};

/// So many listings are named under a dispute of a provider, endpoint or model.
const MAX_NAMED: usize = 6;

/// A fact on which sources differ.
#[derive(Debug)]
pub(crate) struct DisputeView<'s> {
    pub(crate) anchor: String,
    pub(crate) subject: Link,
    pub(crate) level: String,
    pub(crate) label: String,
    pub(crate) fact: FactView<'s>,
    pub(crate) listings: Vec<Link>,
    pub(crate) more: usize,
}

/// A ruling that decides no more.
#[derive(Debug)]
pub(crate) struct LapsedRuling {
    pub(crate) subject: Link,
    pub(crate) label: String,
    pub(crate) decides: String,
    pub(crate) date: String,
    pub(crate) reason: String,
    pub(crate) place: String,
}

/// The disputes that an entity's own sources have, open and settled.
pub(crate) fn disputes<'s, 'c>(
    site: &'s SiteContext<'c>,
    entity: &'c Entity,
) -> Vec<DisputeView<'s>> {
    let reached = listings_of(site, entity);
    let facts = fact::own_disputes(site, entity);
    let facts = facts.iter().map(|fact| {
        let key = fact.key.to_string();
        DisputeView {
            anchor: crate::site::urls::anchor(&format!("{}-{}-{key}", entity.kind, entity.id)),
            subject: Link::to(entity),
            level: entity.kind.to_string(),
            label: heading(&key),
            fact: fact::fact_view(site, fact),
            listings: reached.iter().take(MAX_NAMED).map(|it| Link::to(&it.entity)).collect(),
            more: reached.len().saturating_sub(MAX_NAMED),
        }
    });
    facts.collect()
}

/// The rulings of an entity that decide no more.
pub(crate) fn lapsed_rulings<'c>(site: &SiteContext<'c>, entity: &'c Entity) -> Vec<LapsedRuling> {
    let as_of = site.settings.as_of;
    let made = entity.rulings.iter().filter(|ruling| ruling.date <= as_of);
    let lapsed = made.filter(|ruling| site.catalog.has_lapsed(entity, ruling, as_of));
    let lapsed = lapsed.map(|ruling| LapsedRuling {
        subject: Link::to(entity),
        label: heading(&ruling.key.to_string()),
        decides: ruling.decides.clone(),
        date: ruling.date.to_string(),
        reason: ruling.reason.clone(),
        place: format!("{}:{}", entity.path, ruling.position.line),
    });
    lapsed.collect()
}

/// The listings that an entity speaks for besides itself.
fn listings_of<'s, 'c>(site: &'s SiteContext<'c>, entity: &Entity) -> &'s [&'c Listing] {
    let id = &*entity.id;
    let listings = match entity.kind {
        EntityKind::Listing => None,
        EntityKind::Endpoint => site.index.by_endpoint.get(id),
        EntityKind::Provider => site.index.by_provider.get(id),
        EntityKind::Model => site.index.by_model.get(id),
    };
    listings.map_or(&[][..], Vec::as_slice)
}
