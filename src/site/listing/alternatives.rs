//! A listing beside others: who is cheaper or faster, and what else there is.

use std::cmp::Ordering;

use crate::catalog::{Entity, EntityKind, FactState, FieldPart, Listing};
use crate::pricing::Quote;
use crate::site::charts::ranges::{RangeChart, RangeLook};
use crate::site::link::Link;
use crate::site::listing::context::ListingContext;
use crate::site::listing_pairs;
use crate::site::urls;
use crate::site::view::fact::{self, FactView};
use crate::site::view::price_row;

/// The most neighbours that a page names or draws; beyond these it counts.
const MAX_NEIGHBOURS: usize = 5;
const MAX_SIBLINGS: usize = 8;
const MAX_DRAWN: usize = 8;

/// The most listings that are looked at for ranges that overlap with the own.
const MAX_COMPARED: usize = 200;

/// Another seller of the same model.
#[derive(Debug, Clone)]
pub(crate) struct Neighbour {
    pub(crate) link: Link,
    pub(crate) price: String,
    pub(crate) state: &'static str,
    pub(crate) duration: String,
    pub(crate) model: String,
}

/// Other sellers under a heading, or why there is none.
#[derive(Debug, Clone)]
pub(crate) struct NeighbourGroup {
    pub(crate) title: &'static str,
    pub(crate) none: &'static str,
    pub(crate) neighbours: Vec<Neighbour>,
}

impl NeighbourGroup {
    fn new(title: &'static str, none: &'static str, neighbours: Vec<Neighbour>) -> Self {
        Self { title, none, neighbours }
    }
}

/// Listings that share something with this one.
#[derive(Debug)]
pub(crate) struct Siblings {
    pub(crate) title: String,
    pub(crate) count: usize,
    pub(crate) links: Vec<Link>,
    pub(crate) all: Link,
}

/// The facts on which the listing's own sources differ, settled ones among them.
pub(crate) fn disputes<'s>(context: &ListingContext<'s, '_>) -> Vec<FactView<'s>> {
    // As `show` does, what pages say of themselves is left to its own part.
    let disputed = context.facts.iter().filter(|fact| {
        fact.state() != FactState::Agreed && fact.key.field.info().part != FieldPart::Page
    });
    disputed.map(|fact| fact::fact_view(context.site, fact)).collect()
}

/// The prices of the family, this listing's told apart; nothing where there is none to set it
/// beside.
pub(crate) fn family_chart(context: &ListingContext<'_, '_>) -> Option<RangeChart> {
    let ranked = context.site.family_index().cheapest(context.family());
    let around = context.site.family_index().place(context.listing)?;
    let first = around.saturating_sub(MAX_DRAWN / 2);
    let near: Vec<_> = ranked.iter().skip(first).take(MAX_DRAWN).copied().collect();
    let mut chart = price_row::chart(context.site, &near)?;
    let own = chart.bars.iter_mut().find(|bar| bar.label == context.listing.id.as_str());
    if let Some(own) = own {
        own.class = RangeLook::Own.as_str();
    }
    Some(chart)
}

/// Sellers of the family that surely cost less, cheapest first, and those whose range overlaps;
/// where this one has no price, those that have one.
pub(crate) fn cheaper(context: &ListingContext<'_, '_>) -> Vec<NeighbourGroup> {
    let total = |quote: &Quote| quote.total.map(|total| (total.low, total.high));
    let ranked = context.site.family_index().cheapest(context.family());
    let words = GroupWords {
        known: "Sellers with a known price",
        sure: "Cheaper",
        maybe: "Maybe cheaper",
        none: "No listing of the family is known to be cheaper.",
        none_known: "No listing of the family has a known price.",
    };
    neighbours(context, ranked, total, words)
}

/// Sellers of the family that are surely faster by what is stated, and those that may be.
pub(crate) fn faster(context: &ListingContext<'_, '_>) -> Vec<NeighbourGroup> {
    let took = |quote: &Quote| quote.duration_s.map(|took| (took.low, took.high));
    let ranked = context.site.family_index().fastest(context.family());
    let words = GroupWords {
        known: "Sellers with a stated time",
        sure: "Faster",
        maybe: "Maybe faster",
        none: "No listing of the family is stated to be faster.",
        none_known: "No listing of the family has a stated time.",
    };
    neighbours(context, ranked, took, words)
}

/// What the groups of one question are called.
#[derive(Clone, Copy)]
struct GroupWords {
    known: &'static str,
    sure: &'static str,
    maybe: &'static str,
    none: &'static str,
    none_known: &'static str,
}

/// The groups of `ranked`, which is sorted by the high end of what `range` gives.
fn neighbours<'c, T: Ord + Copy>(
    context: &ListingContext<'_, 'c>,
    ranked: &[&'c Listing],
    range: impl Fn(&Quote) -> Option<(T, T)>,
    words: GroupWords,
) -> Vec<NeighbourGroup> {
    let index = &context.site.index;
    let range_of = |listing: &Listing| index.quote(listing).and_then(&range);
    let view = |other: &&'c Listing| index.quote(other).map(|it| neighbour(context, other, it));
    let is_other = |other: &&&'c Listing| other.id != context.listing.id;
    let Some(own) = range_of(context.listing) else {
        let known = ranked.iter().filter(is_other).take(MAX_NEIGHBOURS).filter_map(view);
        return vec![NeighbourGroup::new(words.known, words.none_known, known.collect())];
    };
    let is_less = |other: &&Listing| {
        range_of(other).is_some_and(|it| listing_pairs::order(it, own) == Some(Ordering::Less))
    };
    let may_be_less = |other: &&&Listing| {
        range_of(other).is_some_and(|it| listing_pairs::order(it, own).is_none() && it.0 < own.1)
    };
    let (less, rest) = ranked.split_at(ranked.partition_point(is_less));
    let sure: Vec<_> = less.iter().take(MAX_NEIGHBOURS).filter_map(view).collect();
    let near = rest.iter().take(MAX_COMPARED).filter(is_other).filter(may_be_less);
    let maybe: Vec<_> = near.take(MAX_NEIGHBOURS).filter_map(view).collect();
    let mut groups = vec![NeighbourGroup::new(words.sure, words.none, sure)];
    if !maybe.is_empty() {
        groups.push(NeighbourGroup::new(words.maybe, "", maybe));
    }
    groups
}

fn neighbour(context: &ListingContext<'_, '_>, other: &Listing, quote: &Quote) -> Neighbour {
    let is_same_model = other.model.as_str() == context.listing.model.as_str();
    Neighbour {
        link: link(&other.entity),
        price: price_row::cost(quote, context.site.index.currency).unwrap_or_default(),
        state: quote.state.as_str(),
        duration: quote.duration_s.map(duration).unwrap_or_default(),
        model: if is_same_model { String::new() } else { other.model.as_str().to_owned() },
    }
}

/// More from this maker, this provider and this endpoint.
pub(crate) fn siblings(context: &ListingContext<'_, '_>) -> Vec<Siblings> {
    let index = &context.site.index;
    let maker = context.site.maker(context.listing.model.as_str());
    let provider = context.listing.provider.as_str();
    let mut all = Vec::new();
    if let Some(maker) = maker {
        let page = Link { label: "all listings".to_owned(), href: "/#listings".to_owned() };
        all.push((
            format!("Trained by {}", maker.name),
            index.by_maker.get(maker.id.as_str()),
            page,
        ));
    }
    let page = context.provider_link();
    let title = format!("Sold by {}", page.label);
    all.push((title, index.by_provider.get(provider), page));
    if let Some(endpoint) = context.listing.endpoint.as_deref() {
        let page = Link {
            label: endpoint.to_owned(),
            href: urls::page_of(EntityKind::Endpoint, endpoint),
        };
        all.push(("On the same endpoint".to_owned(), index.by_endpoint.get(endpoint), page));
    }
    all.into_iter()
        .filter_map(|(title, listings, all)| {
            let listings = listings?;
            let count = listings.len() - 1;
            let others = listings.iter().filter(|other| other.id != context.listing.id);
            let links = others.take(MAX_SIBLINGS).map(|other| link(&other.entity)).collect();
            (count > 0).then_some(Siblings { title, count, links, all })
        })
        .collect()
}

fn link(entity: &Entity) -> Link {
    let own = Link::to(entity);
    if entity.kind == EntityKind::Listing {
        return own;
    }
    Link { label: format!("{} {}", entity.kind, entity.id), ..own }
}

pub(crate) fn duration(took: crate::pricing::CountRange) -> String {
    if took.low == took.high {
        format!("{} s", took.low)
    } else {
        format!("{} to {} s", took.low, took.high)
    }
}
