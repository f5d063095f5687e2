//! A listing beside others: where sellers differ, who is cheaper or faster, what else there is.

use std::borrow::Cow;

use crate::catalog::{Entity, EntityKind, Fact, FactState, FieldKey, FieldPart, Listing};
use crate::pricing::Quote;
use crate::site::family_index::ValueGroup;
use crate::site::link::Link;
use crate::site::listing::context::ListingContext;
use crate::site::urls;
use crate::site::view::fact::{self, FactView, meaning};

/// The most answers, sellers and neighbours that a page names; beyond these it counts.
const MAX_ANSWERS: usize = 6;
const MAX_SELLERS: usize = 8;
const MAX_NEIGHBOURS: usize = 5;
const MAX_SIBLINGS: usize = 8;

/// What others say.
#[derive(Debug)]
pub(crate) struct OtherAnswer {
    pub(crate) value: String,
    pub(crate) same_maker: bool,
    pub(crate) sellers: Vec<Link>,
    pub(crate) more: usize,
}

/// A field on which others of the family say something else.
#[derive(Debug)]
pub(crate) struct DifferenceView {
    pub(crate) key: String,
    pub(crate) meaning: Cow<'static, str>,
    pub(crate) href: String,
    pub(crate) own: String,
    pub(crate) others: Vec<OtherAnswer>,
    pub(crate) cut: bool,
}

/// Another seller of the same model.
#[derive(Debug)]
pub(crate) struct Neighbour {
    pub(crate) link: Link,
    pub(crate) price: String,
    pub(crate) state: &'static str,
    pub(crate) duration: String,
    pub(crate) model: String,
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

pub(crate) fn differences<'c>(context: &ListingContext<'_, 'c>) -> Vec<DifferenceView> {
    let terms = context.facts.iter().filter(|fact| fact.key.field.info().part == FieldPart::Terms);
    let family = context.site.catalog.family(context.listing);
    let view = |fact: &Fact<'c>| {
        let provider = context.listing.provider.as_str();
        let mut differing = context.site.family_index().differing(family, provider, fact);
        let others: Vec<_> = differing
            .by_ref()
            .take(MAX_ANSWERS)
            .map(|saying| other_answer(context, fact, saying))
            .collect();
        (!others.is_empty()).then(|| DifferenceView {
            key: fact.key.to_string(),
            meaning: meaning(fact.key),
            href: format!("#{}", FactView::anchor_of(fact.key)),
            own: fact.words(),
            others,
            cut: differing.next().is_some(),
        })
    };
    terms.filter_map(view).collect()
}

fn other_answer<'c>(
    context: &ListingContext<'_, 'c>,
    fact: &Fact<'c>,
    saying: &ValueGroup<'c>,
) -> OtherAnswer {
    let provider = context.listing.provider.as_str();
    let value = saying.fact.words();
    let count = saying.count(provider);
    let key: &FieldKey = fact.key;
    OtherAnswer {
        same_maker: context.site.catalog.is_one_maker(key, &[fact.words(), value.clone()]),
        value,
        sellers: saying.others(provider).take(MAX_SELLERS).map(link).collect(),
        more: count.saturating_sub(MAX_SELLERS),
    }
}

/// Sellers of the family whose highest total is below this one's, cheapest first; where this
/// one has none, the cheapest of all.
pub(crate) fn cheaper(context: &ListingContext<'_, '_>) -> Vec<Neighbour> {
    let own = context.quote.and_then(|quote| quote.total).map(|total| total.high);
    neighbours(context, context.site.family_index().cheapest(context.family()), |quote| {
        let high = quote.total.map(|total| total.high);
        high.zip(own).is_none_or(|(high, own)| high < own)
    })
}

/// Sellers of the family that are stated to be faster, fastest first.
pub(crate) fn faster(context: &ListingContext<'_, '_>) -> Vec<Neighbour> {
    let own = context.quote.and_then(|quote| quote.duration_s).map(|took| took.high);
    neighbours(context, context.site.family_index().fastest(context.family()), |quote| {
        let high = quote.duration_s.map(|took| took.high);
        high.zip(own).is_none_or(|(high, own)| high < own)
    })
}

fn neighbours<'c>(
    context: &ListingContext<'_, 'c>,
    ranked: &[&'c Listing],
    better: impl Fn(&Quote) -> bool,
) -> Vec<Neighbour> {
    let others = ranked.iter().filter(|other| other.id != context.listing.id);
    let better = others.map_while(|other| {
        context.site.index.quote(other).filter(|quote| better(quote)).map(|quote| (other, quote))
    });
    let view = |(other, quote): (&&'c Listing, &Quote)| Neighbour {
        link: link(&other.entity),
        price: quote.total.map(crate::site::listing::price::range).unwrap_or_default(),
        state: quote.state.as_str(),
        duration: quote.duration_s.map(duration).unwrap_or_default(),
        model: if other.model.as_str() == context.listing.model.as_str() {
            String::new()
        } else {
            other.model.as_str().to_owned()
        },
    };
    better.take(MAX_NEIGHBOURS).map(view).collect()
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
