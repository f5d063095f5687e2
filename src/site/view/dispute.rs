//! Disputes where they were stated, and rulings that decide no more.

use std::cmp::Reverse;

use rust_decimal::Decimal;

use crate::catalog::{Entity, EntityKind, Field, FieldPart, Listing, quotient};
use crate::pricing::{QuoteState, money_range};
use crate::site::context::SiteContext;
use crate::site::format::{heading, plural};
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
    /// What hangs on it: `up to 5×: one image costs $0.008–0.04; 6 offers`.
    pub(crate) effect: String,
    /// How much hangs on it, the most first: money, then terms, then the rest.
    pub(crate) weight: (FieldWeight, Reverse<Decimal>),
}

/// What a dispute is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FieldWeight {
    Money,
    Terms,
    /// What is said of a model or a page, of no weight for a job.
    Trivia,
}

impl FieldWeight {
    fn new(field: Field) -> Self {
        match field.info().part {
            _ if field.is_money() => Self::Money,
            FieldPart::Terms => Self::Terms,
            FieldPart::About | FieldPart::Page => Self::Trivia,
        }
    }
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
    let own = site.catalog.listings.get(&*entity.id).filter(|_| entity.kind == EntityKind::Listing);
    let all: Vec<&'c Listing> = own.into_iter().chain(reached.iter().copied()).collect();
    let facts = fact::own_disputes(site, entity);
    let facts = facts.iter().map(|fact| {
        let key = fact.key.to_string();
        let weight = FieldWeight::new(fact.key.field);
        let (effect, factor) = match weight {
            FieldWeight::Money => effect(site, &all),
            FieldWeight::Terms | FieldWeight::Trivia => (String::new(), Decimal::ZERO),
        };
        DisputeView {
            anchor: crate::site::urls::anchor(&format!("{}-{}-{key}", entity.kind, entity.id)),
            subject: Link::to(entity),
            level: entity.kind.to_string(),
            label: heading(&key),
            fact: fact::fact_view(site, fact),
            listings: reached.iter().take(MAX_NAMED).map(|it| Link::to(&it.entity)).collect(),
            more: reached.len().saturating_sub(MAX_NAMED),
            effect,
            weight: (weight, Reverse(factor)),
        }
    });
    facts.collect()
}

/// How far apart the prices are that hang on a dispute, in words and as a factor.
fn effect(site: &SiteContext<'_>, listings: &[&Listing]) -> (String, Decimal) {
    let quotes = listings.iter().filter_map(|listing| site.index.quote(listing));
    let disputed = quotes.filter(|quote| quote.state == QuoteState::Disputed);
    let totals = disputed.filter_map(|quote| quote.total);
    let factors = totals.filter_map(|total| Some((quotient(total.high, total.low).ok()?, total)));
    let Some((factor, total)) = factors.max_by_key(|(factor, _)| *factor) else {
        return (String::new(), Decimal::ONE);
    };
    let cost = money_range(total, site.index.currency);
    let count = plural(listings.len(), "offer");
    let text = format!("{}×: one image costs {cost}; {count}", factor.round_dp(1).normalize());
    (text, factor)
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
