//! Differences between sellers of one model: never a dispute of a listing, and shown apart.

use jiff::civil::Date;

use super::Catalog;
use super::entity::{Entity, EntityKind, Listing};
use super::fact::Fact;
use super::field::FieldPart;
use super::statement::FieldKey;

/// Someone else, with what it says.
#[derive(Debug)]
pub struct OtherSeller<'c> {
    /// Another listing of the family, or the family's model itself.
    pub entity: &'c Entity,
    pub fact: Fact<'c>,
}

/// A field on which others of the same family say something else.
#[derive(Debug)]
pub struct SellerDifference<'c> {
    pub fact: Fact<'c>,
    pub others: Vec<OtherSeller<'c>>,
    /// Whether these are all of them, where some may have been left out.
    pub complete: Option<bool>,
}

impl Catalog {
    /// Where a listing's terms differ from those of other providers, and from what is said
    /// of the models of its family.
    pub fn differences<'c>(
        &'c self,
        listing: &'c Listing,
        as_of: Date,
    ) -> Vec<SellerDifference<'c>> {
        let facts = self.facts(listing, as_of).into_iter();
        facts
            .filter(|fact| fact.key.field.info().part == FieldPart::Terms)
            .filter_map(|fact| {
                let others = self.others(listing, &fact, as_of);
                (!others.is_empty()).then_some(SellerDifference { fact, others, complete: None })
            })
            .collect()
    }

    fn others<'c>(
        &'c self,
        listing: &'c Listing,
        fact: &Fact<'c>,
        as_of: Date,
    ) -> Vec<OtherSeller<'c>> {
        let family = self.family(listing);
        let sellers = self
            .listings
            .values()
            .filter(|other| self.family(other) == family && other.provider != listing.provider);
        let from_listings = sellers.filter_map(|other| {
            let fact = self.fact(other, fact.key, as_of)?;
            // What comes from a model is shown once, with the model.
            let by_seller = fact.level() != EntityKind::Model;
            by_seller.then_some(OtherSeller { entity: &other.entity, fact })
        });
        let models = self.models.values().filter(|model| model.family() == family);
        let from_models = models.filter_map(|model| {
            let entity = &model.entity;
            Some(OtherSeller { entity, fact: self.fact_of(entity, fact.key, as_of)? })
        });
        from_listings.chain(from_models).filter(|other| !other.fact.says_the_same(fact)).collect()
    }

    /// The key of a difference between two spellings of one maker.
    pub fn is_one_maker(&self, key: &FieldKey, spellings: &[String]) -> bool {
        let ids: Vec<_> = spellings.iter().map(|s| self.maker(s).map(|m| &m.id)).collect();
        key.field == super::Field::Maker
            && ids.first().is_some_and(Option::is_some)
            && ids.windows(2).all(|pair| pair[0] == pair[1])
    }
}
