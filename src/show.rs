//! Everything that is known of one listing, as a value: facts with their sides, disputes,
//! what its endpoint promises, differences from other sellers, matters of the pages, and what was
//! said before.

use jiff::civil::Date;

use crate::catalog::{
    Catalog, Entity, Fact, FactState, FieldPart, Listing, SellerDifference, Statement,
};
use crate::contract::Contract;

mod document;
mod entity;
mod promise;
mod text;

pub use document::{ListingBody, ListingDocument, ListingHead};
pub use entity::EntityDocument;
pub use promise::{views, words};

/// What is known of a listing on a day.
#[derive(Debug)]
pub struct ListingDetails<'c> {
    pub listing: &'c Listing,
    pub as_of: Date,
    /// Its terms and what it is said to be, in the order of the fields.
    pub facts: Vec<Fact<'c>>,
    /// Matters of the pages alone.
    pub pages: Vec<Fact<'c>>,
    /// Fields on which other sellers say something else.
    pub differences: Vec<SellerDifference<'c>>,
    /// Statements that no longer count, or not yet, oldest first, with their entity.
    pub past: Vec<(&'c Entity, &'c Statement)>,
    /// What its endpoint promises, where that is known.
    pub contract: Option<Contract<'c>>,
}

/// Looks up all that is known of a listing, and what other sellers say of the same.
pub fn show<'c>(catalog: &'c Catalog, listing: &'c Listing, as_of: Date) -> ListingDetails<'c> {
    ListingDetails {
        differences: catalog.differences(listing, as_of),
        ..known(catalog, listing, as_of)
    }
}

/// Looks up all that is known of a listing, without a look at any other.
pub fn known<'c>(catalog: &'c Catalog, listing: &'c Listing, as_of: Date) -> ListingDetails<'c> {
    let facts = catalog.facts(listing, as_of).into_iter();
    let (pages, facts) = facts.partition(|fact| fact.key.field.info().part == FieldPart::Page);
    let mut shown = ListingDetails {
        listing,
        as_of,
        facts,
        pages,
        differences: Vec::new(),
        past: Vec::new(),
        contract: Contract::new(catalog, listing, as_of),
    };
    let statements = catalog
        .levels(listing)
        .flat_map(|entity| entity.statements.iter().map(move |statement| (entity, statement)));
    shown.past = statements.filter(|(entity, s)| is_past(catalog, entity, s, as_of)).collect();
    shown.past.sort_by_key(|(_, statement)| statement.seen);
    shown
}

/// Whether something that a statement states is no longer current on the day.
fn is_past(catalog: &Catalog, entity: &Entity, statement: &Statement, as_of: Date) -> bool {
    statement.seen <= as_of
        && statement.stated.iter().any(|stated| {
            let fact = catalog.fact_of(entity, &stated.key, as_of);
            let mut sides = fact.iter().flat_map(|fact| &fact.claims).flat_map(|view| &view.sides);
            !sides.any(|side| std::ptr::eq(side.statement, statement))
        })
}

impl<'c> ListingDetails<'c> {
    /// The facts on which the listing's own sources differ, settled ones among them.
    pub fn disputes(&self) -> impl Iterator<Item = &Fact<'c>> {
        self.facts.iter().filter(|fact| fact.state() != FactState::Agreed)
    }
}
