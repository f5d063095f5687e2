//! The whole catalog of a day as one document: each listing as `show --format json` gives it, with
//! the quote of the default job. Differences between listings are left to who reads all of them.

use serde::ser::{Error, Serialize, Serializer};
use serde_json::{Value, json};

use crate::catalog::{Catalog, Subject};
use crate::compare::{Job, QuoteError, Terms, catalog_stamp, compare, job_keys, rate, row};
use crate::show::known;

/// Listings of a catalog, each with its facts of the day. It is made while it is written, one
/// listing after the other, so that a large catalog takes no more memory than its text.
#[derive(Debug)]
pub struct Document<'c> {
    catalog: &'c Catalog,
    listings: Vec<&'c Subject>,
    terms: Terms,
    quotes: Value,
    rates: Value,
}

impl<'c> Document<'c> {
    /// The document of some listings, with totals and ranks under these terms.
    pub fn of(
        catalog: &'c Catalog,
        listings: Vec<&'c Subject>,
        terms: Terms,
    ) -> Result<Self, QuoteError> {
        let comparison = compare(catalog, &listings, &Job::default(), &terms)?;
        let mut quotes = json!({});
        for (rank, quote) in &comparison.quotes {
            quotes[&quote.listing] = row(*rank, quote);
        }
        let rates = comparison.rates.iter().map(rate).collect();
        Ok(Self { catalog, listings, terms, quotes, rates })
    }

    fn listing(&self, listing: &'c Subject) -> Value {
        let mut document = known(self.catalog, listing, self.terms.as_of).document(self.catalog);
        document["quote"] = self.quotes[&listing.id].clone();
        // What holds for all of them stands once, above them; to look for what others say
        // differently of each would take a look at all of them for each.
        if let Some(document) = document.as_object_mut() {
            for key in ["format", "catalog", "as_of", "differences"] {
                document.shift_remove(key);
            }
        }
        document
    }
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        struct Listings<'d, 'c>(&'d Document<'c>);
        impl Serialize for Listings<'_, '_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let document = self.0;
                let each = document.listings.iter().map(|listing| document.listing(listing));
                serializer.collect_seq(each)
            }
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("format", &1)?;
        map.serialize_entry("catalog", &catalog_stamp(self.catalog))?;
        map.serialize_entry("as_of", &self.terms.as_of.to_string())?;
        map.serialize_entry("title", &self.catalog.site.title)?;
        map.serialize_entry("job", &job_keys(&Job::default()))?;
        map.serialize_entry("currency", self.terms.currency.code())?;
        map.serialize_entry("rates", &self.rates)?;
        map.serialize_entry("listings", &Listings(self))?;
        map.end().map_err(S::Error::custom)
    }
}
