//! What the sellers of each family say and ask, worked out once for all of them, so that a listing
//! is held against the others without looking at each.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::catalog::{Catalog, Entity, EntityKind, Fact, FieldKey, FieldPart, Listing};
use crate::site::index::SiteIndex;

/// The most answers to one question that are told apart; a page names fewer.
pub(crate) const MAX_ANSWERS: usize = 24;

/// One answer, with everyone in a family who gives it.
#[derive(Debug)]
pub(crate) struct ValueGroup<'c> {
    pub(crate) fact: Fact<'c>,
    pub(crate) models: Vec<&'c Entity>,
    pub(crate) sellers: BTreeMap<&'c str, Vec<&'c Entity>>,
}

impl<'c> ValueGroup<'c> {
    /// The models and then the listings of other providers.
    pub(crate) fn others(&self, provider: &'c str) -> impl Iterator<Item = &'c Entity> {
        let sellers = self.sellers.iter().filter(move |(other, _)| **other != provider);
        self.models.iter().chain(sellers.flat_map(|(_, listings)| listings)).copied()
    }

    /// How many others there are, counted by provider.
    pub(crate) fn count(&self, provider: &str) -> usize {
        let own = self.sellers.get(provider).map_or(0, Vec::len);
        self.models.len() + self.sellers.values().map(Vec::len).sum::<usize>() - own
    }
}

/// Families of models, with what is said and asked in each.
#[derive(Debug)]
pub(crate) struct FamilyIndex<'c> {
    /// The listings that have a total, cheapest first.
    cheapest: BTreeMap<&'c str, Vec<&'c Listing>>,
    /// The places of listings in `cheapest`, from 0.
    places: BTreeMap<&'c str, usize>,
    /// The listings whose duration is known, fastest first.
    fastest: BTreeMap<&'c str, Vec<&'c Listing>>,
    sayings: BTreeMap<(&'c str, &'c FieldKey), Vec<ValueGroup<'c>>>,
}

impl<'c> FamilyIndex<'c> {
    pub(crate) fn new(catalog: &'c Catalog, index: &SiteIndex<'c>, as_of: Date) -> Self {
        let mut rivals = Self {
            cheapest: BTreeMap::new(),
            places: BTreeMap::new(),
            fastest: BTreeMap::new(),
            sayings: BTreeMap::new(),
        };
        rivals.rank(catalog, index);
        for model in catalog.models.values() {
            for fact in catalog.facts_of(&model.entity, as_of) {
                rivals.add(model.family(), fact, None, &model.entity);
            }
        }
        for (family, listings) in &index.by_family {
            for listing in listings {
                // What comes from a model is said once, with the model.
                let facts = catalog.facts(listing, as_of).into_iter();
                for fact in facts.filter(|fact| fact.level() != EntityKind::Model) {
                    rivals.add(family, fact, Some(&listing.provider), &listing.entity);
                }
            }
        }
        rivals
    }

    fn rank(&mut self, catalog: &'c Catalog, index: &SiteIndex<'c>) {
        let quotes = index.everything.quotes.iter().map(|(_, quote)| quote);
        let mut timed = Vec::new();
        for quote in quotes.filter(|quote| quote.total.is_some()) {
            let Some(listing) = catalog.listings.get(quote.listing.as_str()) else { continue };
            let cheapest = self.cheapest.entry(catalog.family(listing)).or_default();
            self.places.insert(&listing.id, cheapest.len());
            cheapest.push(listing);
            timed.extend(quote.duration_s.map(|took| (took.high, took.low, &listing.id, listing)));
        }
        timed.sort_by_key(|(high, low, id, _)| (*high, *low, *id));
        for (.., listing) in timed {
            self.fastest.entry(catalog.family(listing)).or_default().push(listing);
        }
    }

    fn add(&mut self, family: &'c str, fact: Fact<'c>, seller: Option<&'c str>, who: &'c Entity) {
        if fact.key.field.info().part != FieldPart::Terms {
            return;
        }
        let sayings = self.sayings.entry((family, fact.key)).or_default();
        let known = sayings.iter().position(|saying| saying.fact.says_the_same(&fact));
        let saying = match known {
            Some(at) => &mut sayings[at],
            None if sayings.len() == MAX_ANSWERS => return,
            None => {
                let (models, sellers) = (Vec::new(), BTreeMap::new());
                sayings.push(ValueGroup { fact, models, sellers });
                let last = sayings.len() - 1;
                &mut sayings[last]
            }
        };
        match seller {
            None => saying.models.push(who),
            Some(seller) => saying.sellers.entry(seller).or_default().push(who),
        }
    }

    /// What others of the family say differently.
    pub(crate) fn differing<'r>(
        &'r self,
        family: &'c str,
        provider: &'c str,
        fact: &'r Fact<'c>,
    ) -> impl Iterator<Item = &'r ValueGroup<'c>> {
        let sayings = self.sayings.get(&(family, fact.key));
        sayings.into_iter().flatten().filter(move |saying| {
            saying.others(provider).next().is_some() && !saying.fact.says_the_same(fact)
        })
    }

    /// The listings of a family that have a total, cheapest first.
    pub(crate) fn cheapest(&self, family: &str) -> &[&'c Listing] {
        self.cheapest.get(family).map_or(&[], Vec::as_slice)
    }

    /// A listing's place among those, from 0.
    pub(crate) fn place(&self, listing: &Listing) -> Option<usize> {
        self.places.get(listing.id.as_str()).copied()
    }

    /// The listings of a family whose duration is known, fastest first.
    pub(crate) fn fastest(&self, family: &str) -> &[&'c Listing] {
        self.fastest.get(family).map_or(&[], Vec::as_slice)
    }
}
