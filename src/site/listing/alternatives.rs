//! A listing beside others: where sellers differ, who is cheaper or faster, what else there is.

use std::borrow::Cow;

use crate::catalog::{Fact, Key, Level, Part, State, Subject};
use crate::pricing::Quote;
use crate::site::family_index::ValueGroup;
use crate::site::link::Link;
use crate::site::listing::context::ListingContext;
use crate::site::urls;
use crate::site::view::fact::{FactView, meaning};

/// The most answers, sellers and neighbours that a page names; beyond these it counts.
const MAX_ANSWERS: usize = 6;
const MAX_SELLERS: usize = 8;
const MAX_NEIGHBOURS: usize = 5;
const MAX_SIBLINGS: usize = 8;

/// What others say.
#[derive(Debug)]
pub(crate) struct OtherAnswer {
    pub(crate) value: String,
    /// Whether it is another spelling of the same maker.
    pub(crate) same_maker: bool,
    pub(crate) sellers: Vec<Link>,
    /// How many more say so.
    pub(crate) more: usize,
}

/// A field on which others of the family say something else.
#[derive(Debug)]
pub(crate) struct DifferenceView {
    pub(crate) key: String,
    pub(crate) meaning: Cow<'static, str>,
    /// The fact on this page.
    pub(crate) href: String,
    pub(crate) own: String,
    pub(crate) others: Vec<OtherAnswer>,
    /// Whether there are more answers than are named.
    pub(crate) cut: bool,
}

/// A dispute of the listing's own sources.
#[derive(Debug)]
pub(crate) struct ListingDispute<'s> {
    pub(crate) key: &'s Key,
    pub(crate) meaning: Cow<'static, str>,
    pub(crate) href: String,
    pub(crate) settled: String,
    /// What they say, with everyone who says so.
    pub(crate) answers: Vec<crate::site::view::fact::AnswerView<'s>>,
}

/// Another seller of the same model.
#[derive(Debug)]
pub(crate) struct Neighbour {
    pub(crate) link: Link,
    pub(crate) price: String,
    pub(crate) state: &'static str,
    /// How long one image takes, or nothing.
    pub(crate) duration: String,
    /// Whether it sells another model of the family.
    pub(crate) model: String,
}

/// Listings that share something with this one.
#[derive(Debug)]
pub(crate) struct Siblings {
    pub(crate) title: String,
    /// All of them, this one left out.
    pub(crate) count: usize,
    pub(crate) links: Vec<Link>,
    /// The page that has them all among others.
    pub(crate) all: Link,
}

impl<'s, 'c> ListingContext<'s, 'c> {
    pub(crate) fn disputes(&self) -> Vec<ListingDispute<'s>> {
        // As `show` does, what pages say of themselves is left to its own part.
        let disputed = self.facts.iter().filter(|fact| {
            fact.state() != State::Agreed && fact.key.field.info().part != Part::Page
        });
        let view = |fact: &Fact<'c>| {
            let view = self.site.view(fact);
            ListingDispute {
                href: format!("#{}", view.anchor),
                key: view.key,
                meaning: view.meaning,
                settled: view.settled,
                answers: view.answers,
            }
        };
        disputed.map(view).collect()
    }

    pub(crate) fn differences(&self) -> Vec<DifferenceView> {
        let terms = self.facts.iter().filter(|fact| fact.key.field.info().part == Part::Terms);
        let family = self.site.catalog.family(self.listing);
        let view = |fact: &Fact<'c>| {
            let provider = self.listing.provider();
            let mut differing = self.site.rivals().differing(family, provider, fact);
            let others: Vec<_> = differing
                .by_ref()
                .take(MAX_ANSWERS)
                .map(|saying| self.other(fact, saying))
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

    fn other(&self, fact: &Fact<'c>, saying: &ValueGroup<'c>) -> OtherAnswer {
        let provider = self.listing.provider();
        let value = saying.fact.words();
        let count = saying.count(provider);
        let key: &Key = fact.key;
        OtherAnswer {
            same_maker: self.site.catalog.is_one_maker(key, &[fact.words(), value.clone()]),
            value,
            sellers: saying.others(provider).take(MAX_SELLERS).map(link).collect(),
            more: count.saturating_sub(MAX_SELLERS),
        }
    }

    /// Sellers of the family whose highest total is below this one's, cheapest first; where this
    /// one has none, the cheapest of all.
    pub(crate) fn cheaper(&self) -> Vec<Neighbour> {
        let own = self.quote.and_then(|quote| quote.total).map(|total| total.high);
        self.neighbours(self.site.rivals().cheapest(self.family()), |quote| {
            let high = quote.total.map(|total| total.high);
            high.zip(own).is_none_or(|(high, own)| high < own)
        })
    }

    /// Sellers of the family that are stated to be faster, fastest first.
    pub(crate) fn faster(&self) -> Vec<Neighbour> {
        let own = self.quote.and_then(|quote| quote.duration_s).map(|took| took.high);
        self.neighbours(self.site.rivals().fastest(self.family()), |quote| {
            let high = quote.duration_s.map(|took| took.high);
            high.zip(own).is_none_or(|(high, own)| high < own)
        })
    }

    fn family(&self) -> &'c str {
        self.site.catalog.family(self.listing)
    }

    fn neighbours(
        &self,
        ranked: &[&'c Subject],
        better: impl Fn(&Quote) -> bool,
    ) -> Vec<Neighbour> {
        let others = ranked.iter().filter(|other| other.id != self.listing.id);
        let better = others.map_while(|other| {
            self.site.index.quote(other).filter(|quote| better(quote)).map(|quote| (other, quote))
        });
        let view = |(other, quote): (&&'c Subject, &Quote)| Neighbour {
            link: link(other),
            price: quote.total.map(crate::site::listing::price::range).unwrap_or_default(),
            state: quote.state.word(),
            duration: quote.duration_s.map(duration).unwrap_or_default(),
            model: if other.model() == self.listing.model() {
                String::new()
            } else {
                other.model().to_owned()
            },
        };
        better.take(MAX_NEIGHBOURS).map(view).collect()
    }

    /// More from this maker, this provider and this endpoint.
    pub(crate) fn siblings(&self) -> Vec<Siblings> {
        let index = &self.site.index;
        let catalog = self.site.catalog;
        let model = self.listing.model();
        let maker = catalog.models.get(model).and_then(|model| model.head("maker"));
        let named = maker.and_then(|id| catalog.makers.iter().find(|maker| maker.id == id));
        let provider = self.listing.provider();
        let mut all = Vec::new();
        if let Some((id, maker)) = maker.zip(named) {
            let page = Link { label: "all listings".to_owned(), href: "/#listings".to_owned() };
            all.push((format!("Trained by {}", maker.name), index.by_maker.get(id), page));
        }
        let page = Link { label: self.provider_name(), href: urls::at(Level::Provider, provider) };
        let title = format!("Sold by {}", self.provider_name());
        all.push((title, index.by_provider.get(provider), page));
        if let Some(endpoint) = self.listing.head("endpoint") {
            let page =
                Link { label: endpoint.to_owned(), href: urls::at(Level::Endpoint, endpoint) };
            all.push(("On the same endpoint".to_owned(), index.by_endpoint.get(endpoint), page));
        }
        all.into_iter()
            .filter_map(|(title, listings, all)| {
                let listings = listings?;
                let count = listings.len() - 1;
                let others = listings.iter().filter(|other| other.id != self.listing.id);
                let links = others.take(MAX_SIBLINGS).map(|other| link(other)).collect();
                (count > 0).then_some(Siblings { title, count, links, all })
            })
            .collect()
    }

    pub(crate) fn provider_name(&self) -> String {
        let provider = self.site.catalog.providers.get(self.listing.provider());
        let name = provider.and_then(|provider| provider.head("name"));
        name.unwrap_or_else(|| self.listing.provider()).to_owned()
    }
}

fn link(subject: &Subject) -> Link {
    let label = match subject.level {
        Level::Listing => subject.id.clone(),
        level => format!("{level} {}", subject.id),
    };
    Link { label, href: urls::of(subject) }
}

pub(crate) fn duration(took: crate::pricing::Whole) -> String {
    if took.low == took.high {
        format!("{} s", took.low)
    } else {
        format!("{} to {} s", took.low, took.high)
    }
}
