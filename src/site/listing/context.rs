//! Everything that a listing's page and its answers draw on, looked up once.

use crate::catalog::{Fact, Field, Key, Subject, Value};
use crate::contract::Contract;
use crate::pricing::Quote;

use crate::site::Site;
use crate::site::view::fact::FactView;

/// A listing with its facts and its contract.
pub(crate) struct ListingContext<'s, 'c> {
    pub(crate) site: &'s Site<'c>,
    pub(crate) listing: &'c Subject,
    /// Every fact, in the order of the fields.
    pub(crate) facts: Vec<Fact<'c>>,
    pub(crate) contract: Option<Contract<'c>>,
    /// The quote of the default job.
    pub(crate) quote: Option<&'s Quote>,
}

impl<'s, 'c> ListingContext<'s, 'c> {
    pub(crate) fn of(site: &'s Site<'c>, listing: &'c Subject) -> Self {
        let (catalog, as_of) = (site.catalog, site.settings.as_of);
        let facts = catalog.facts(listing, as_of);
        let contract = Contract::of(catalog, listing, as_of);
        Self { site, listing, facts, contract, quote: site.index.quote(listing) }
    }

    pub(crate) fn fact(&self, field: Field) -> Option<&Fact<'c>> {
        self.facts.iter().find(|fact| fact.key.field == field && fact.key.name.is_none())
    }

    pub(crate) fn named(&self, field: Field, name: &str) -> Option<&Fact<'c>> {
        let of = |key: &Key| key.field == field && key.name.as_deref() == Some(name);
        self.facts.iter().find(|fact| of(fact.key))
    }

    /// The value of a field where one answer alone counts.
    pub(crate) fn value(&self, field: Field) -> Option<&'c Value> {
        self.fact(field).and_then(Fact::value)
    }

    /// The answers that count, joined by ` or `; nothing where none is known.
    pub(crate) fn words(&self, field: Field) -> String {
        self.fact(field).map(Fact::words).unwrap_or_default()
    }

    /// The facts of these fields, in this order.
    pub(crate) fn views(&self, fields: &[Field]) -> Vec<FactView<'s>> {
        let of = |field: &Field| {
            let field = *field;
            self.facts.iter().filter(move |fact| fact.key.field == field)
        };
        fields.iter().flat_map(of).map(|fact| self.site.view(fact)).collect()
    }
}
