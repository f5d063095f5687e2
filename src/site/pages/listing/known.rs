//! Everything a listing's page draws on, looked up once.

use crate::catalog::{Fact, Field, Key, Subject, Value};
use crate::compare::Quote;
use crate::contract::Contract;
use crate::site::Site;
use crate::site::fact::FactView;

/// A listing with its facts and its contract.
pub(super) struct Known<'s, 'c> {
    pub(super) site: &'s Site<'c>,
    pub(super) listing: &'c Subject,
    /// Every fact, in the order of the fields.
    pub(super) facts: Vec<Fact<'c>>,
    pub(super) contract: Option<Contract<'c>>,
    /// The quote of the default job.
    pub(super) quote: Option<&'s Quote>,
}

impl<'s, 'c> Known<'s, 'c> {
    pub(super) fn of(site: &'s Site<'c>, listing: &'c Subject) -> Self {
        let (catalog, as_of) = (site.catalog, site.settings.as_of);
        let facts = catalog.facts(listing, as_of);
        let contract = Contract::of(catalog, listing, as_of);
        Self { site, listing, facts, contract, quote: site.index.quote(listing) }
    }

    pub(super) fn fact(&self, field: Field) -> Option<&Fact<'c>> {
        self.facts.iter().find(|fact| fact.key.field == field && fact.key.name.is_none())
    }

    pub(super) fn named(&self, field: Field, name: &str) -> Option<&Fact<'c>> {
        let of = |key: &Key| key.field == field && key.name.as_deref() == Some(name);
        self.facts.iter().find(|fact| of(fact.key))
    }

    /// The value of a field where one answer alone counts.
    pub(super) fn value(&self, field: Field) -> Option<&'c Value> {
        self.fact(field).and_then(Fact::value)
    }

    /// The answers that count, joined by ` or `; nothing where none is known.
    pub(super) fn words(&self, field: Field) -> String {
        self.fact(field).map(Fact::words).unwrap_or_default()
    }

    /// The facts of these fields, in this order.
    pub(super) fn views(&self, fields: &[Field]) -> Vec<FactView<'s>> {
        let of = |field: &Field| {
            let field = *field;
            self.facts.iter().filter(move |fact| fact.key.field == field)
        };
        fields.iter().flat_map(of).map(|fact| self.site.view(fact)).collect()
    }
}

/// A yes, a no, or neither.
pub(super) fn yes_no(flag: Option<bool>) -> &'static str {
    match flag {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    }
}

/// A link within the site.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) label: String,
    pub(crate) href: String,
}
