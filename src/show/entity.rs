//! The document of `show PROVIDER` and `show MODEL`: its own facts, and what it sells or who sells
//! it, with prices.

use jiff::civil::Date;
use serde::Serialize;

use super::document::{FactBody, Facts};
use crate::catalog::{Entity, Fact};
use crate::pricing::{CatalogStamp, Comparison, PriceTable, QuoteRow, catalog_stamp};

/// A provider or a model with its listings.
#[derive(Debug, Serialize)]
pub struct EntityDocument<'s> {
    format: u8,
    catalog: CatalogStamp<'s>,
    as_of: Date,
    kind: &'static str,
    id: &'s str,
    name: &'s str,
    note: Option<&'s str>,
    facts: Vec<FactBody<'s>>,
    currency: &'s str,
    /// What one image costs on each of its listings, as in `compare`.
    listings: Vec<QuoteRow<'s>>,
}

impl<'s> EntityDocument<'s> {
    /// The document of an entity, its facts, and a comparison of its listings.
    pub fn new(
        entity: &'s Entity,
        facts: &'s [Fact<'s>],
        table: &'s PriceTable<'_>,
        comparison: &'s Comparison,
    ) -> Self {
        let shapes = Facts { catalog: table.catalog(), as_of: comparison.as_of };
        let quotes = comparison.quotes.iter();
        Self {
            format: 1,
            catalog: catalog_stamp(table.catalog()),
            as_of: comparison.as_of,
            kind: entity.kind.as_str(),
            id: &entity.id,
            name: entity.label(),
            note: entity.note.as_deref(),
            facts: facts.iter().map(|fact| shapes.fact(fact)).collect(),
            currency: table.terms().currency.code(),
            listings: quotes.map(|(rank, quote)| QuoteRow::new(*rank, quote)).collect(),
        }
    }
}
