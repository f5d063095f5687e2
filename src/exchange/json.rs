//! The whole catalog of a day as one document: each listing as `show --format json` gives it, with
//! the quote of the default job. Differences between listings are left to who reads all of them.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use jiff::civil::Date;

use crate::catalog;
use crate::pricing::{
    Comparison, Job, PriceTable, QuoteRow, RankBy, catalog_stamp, compare, job_keys, rate,
};
use crate::show::{self, known};

/// Listings of a catalog, each with its facts of the day. It is made while it is written, one
/// listing after the other, so that a large catalog takes no more memory than its text.
#[derive(Debug)]
pub struct CatalogDocument<'c> {
    table: &'c PriceTable<'c>,
    listings: Vec<&'c catalog::Listing>,
    comparison: Comparison,
    /// Places in the comparison by listing.
    places: BTreeMap<String, usize>,
}

impl<'c> CatalogDocument<'c> {
    /// The document of some listings, with totals and ranks under these terms.
    pub fn new(
        table: &'c PriceTable<'c>,
        listings: Vec<&'c catalog::Listing>,
        as_of: Date,
    ) -> Self {
        let comparison = compare(table, &listings, &Job::default(), as_of, RankBy::Total);
        let quotes = comparison.quotes.iter().enumerate();
        let places = quotes.map(|(at, (_, quote))| (quote.listing.clone(), at)).collect();
        Self { table, listings, comparison, places }
    }
}

/// One listing. What holds for all of them stands once, above them.
#[derive(serde::Serialize)]
struct ListingEntry<'s> {
    #[serde(flatten)]
    shown: show::ListingBody<'s>,
    quote: Option<QuoteRow<'s>>,
}

/// All listings.
struct Listings<'s, 'c>(&'s CatalogDocument<'c>);

impl Serialize for Listings<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let CatalogDocument { table, listings, comparison, places } = self.0;
        let catalog = table.catalog();
        let mut list = serializer.serialize_seq(Some(listings.len()))?;
        for listing in listings {
            let shown = known(catalog, listing, comparison.as_of);
            let quote = places.get(listing.id.as_str()).map(|at| &comparison.quotes[*at]);
            let quote = quote.map(|(rank, quote)| QuoteRow::new(*rank, quote));
            list.serialize_element(&ListingEntry {
                shown: show::ListingBody::new(&shown, catalog),
                quote,
            })?;
        }
        list.end()
    }
}

impl Serialize for CatalogDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("format", &1)?;
        map.serialize_entry("catalog", &catalog_stamp(self.table.catalog()))?;
        map.serialize_entry("as_of", &self.comparison.as_of)?;
        map.serialize_entry("title", &self.table.catalog().site.title)?;
        map.serialize_entry("job", &job_keys(&Job::default()))?;
        map.serialize_entry("currency", self.table.terms().currency.code())?;
        map.serialize_entry("rates", &self.comparison.rates.iter().map(rate).collect::<Vec<_>>())?;
        map.serialize_entry("listings", &Listings(self))?;
        map.end()
    }
}
