//! `LiteLLM`'s price map: an entry for every price that the map can say, so that `LiteLLM` computes
//! what [`compare`](crate::pricing) finds for the same job. What it can't say is left out with its
//! reason, and never a zero.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::catalog::{ConditionRow, Fact, Field, Listing, Price, Size, Sizes, SourcePlace};
use crate::pricing::{PriceTable, Quote, amount, catalog_stamp, rate as rate_document};

mod costs;
mod keys;

use costs::CostFinder;
use keys::{JobFinder, Keyed};

/// A price map, and what it lacks.
#[derive(Debug, Default)]
pub struct PriceMap {
    /// The entries by key, in the order of the listings.
    pub entries: Vec<(String, Entry)>,
    /// What is left out, by listing or key, and why.
    pub left_out: Vec<(String, String)>,
}

/// One entry of the map.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The prices in US dollars, exact, each with its field.
    pub costs: Vec<(&'static str, Decimal)>,
    provider: String,
    /// The day from which it is no longer sold.
    retires: Option<Date>,
    metadata: Value,
    source: Option<String>,
}

impl serde::Serialize for PriceMap {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.entries.iter().map(|(key, entry)| (key, entry)))
    }
}

impl serde::Serialize for Entry {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("litellm_provider", &self.provider)?;
        map.serialize_entry("mode", "image_generation")?;
        for (field, cost) in &self.costs {
            // The digits as they are: a float would have others.
            let digits = RawValue::from_string(amount(*cost)).map_err(serde::ser::Error::custom)?;
            map.serialize_entry(field, &digits)?;
        }
        if let Some(day) = &self.retires {
            map.serialize_entry("deprecation_date", &day.to_string())?;
        }
        if let Some(source) = &self.source {
            map.serialize_entry("source", source)?;
        }
        map.serialize_entry("metadata", &self.metadata)?;
        map.end()
    }
}

/// Makes the map of some listings. The terms are in US dollars, the map's only currency.
pub fn price_map(table: &PriceTable<'_>, listings: &[&Listing], as_of: Date) -> PriceMap {
    let mut map = PriceMap::default();
    for listing in listings {
        let seller = Seller { table, listing, as_of };
        let finder = JobFinder(&seller);
        for job in finder.jobs() {
            match job {
                Ok(keyed) => match seller.entry(&keyed) {
                    Ok(entry) => {
                        map.entries.extend(keyed.keys.into_iter().map(|key| (key, entry.clone())));
                    }
                    Err(why) => map.left_out.push((keyed.keys[0].clone(), why)),
                },
                Err(why) => map.left_out.push((listing.id.to_string(), why)),
            }
        }
        if finder.has_batch() {
            let why = "the map has no price for an image in a batch";
            map.left_out.push((format!("{} in a batch", listing.id), why.to_owned()));
        }
    }
    map
}

/// One listing on a day.
struct Seller<'c> {
    table: &'c PriceTable<'c>,
    listing: &'c Listing,
    as_of: Date,
}

impl<'c> Seller<'c> {
    fn field(&self, field: Field) -> Option<Fact<'c>> {
        self.table.catalog().field(self.listing, field, self.as_of)
    }

    /// The rows of all prices that count; none where no source states any.
    fn all_rows(&self) -> Vec<&'c ConditionRow<Price>> {
        let fact = self.field(Field::Price);
        let views = fact.iter().flat_map(Fact::effective_claims).map(|view| view.value);
        let rows = views.filter_map(|value| value.try_as_price_ref().map(|rows| &rows.0));
        rows.flatten().collect()
    }

    /// The sizes that the sources list.
    fn listed_sizes(&self) -> Vec<Size> {
        let fact = self.field(Field::Sizes);
        let views = fact.iter().flat_map(Fact::effective_claims);
        let lists = views.filter_map(|view| match view.value.try_as_sizes_ref() {
            Some(Sizes::List(list)) => Some(list),
            Some(Sizes::Rule(_)) | None => None,
        });
        keys::sorted(lists.flatten().copied().collect())
    }

    /// The entry of a job, or why the map can't say its price.
    fn entry(&self, keyed: &Keyed) -> Result<Entry, String> {
        let quote = self.table.quote(self.listing, self.as_of, &keyed.job);
        Ok(Entry {
            costs: CostFinder(self).costs(keyed, &quote)?,
            provider: self.listing.provider.as_str().to_owned(),
            retires: self.retires(),
            metadata: self.metadata(&quote),
            source: self.address(),
        })
    }

    /// The first day that a source gives as the one from which it is no longer sold.
    fn retires(&self) -> Option<Date> {
        let fact = self.field(Field::Retires)?;
        let days = fact.effective_claims().iter();
        days.filter_map(|claim| claim.value.try_as_date_ref().copied()).min()
    }

    /// From which data the price was made, line by line, with every assumption.
    fn metadata(&self, quote: &Quote) -> Value {
        let lines = quote.lines.iter();
        let lines = lines.map(|line| {
            format!("{}, {}, {}", line.what, line.unit_price, SourcePlace::list(&line.sources))
        });
        let warnings = quote.warnings.iter().map(|w| format!("{}: {}", w.code, w.text));
        json!({
            "catalog": catalog_stamp(self.table.catalog()),
            "as_of": self.as_of.to_string(),
            "listing": self.listing.id,
            "slug": self.listing.slug(),
            "lines": lines.collect::<Vec<_>>(),
            "rates": quote.rates.iter().map(rate_document).collect::<Vec<_>>(),
            "assumptions": warnings.collect::<Vec<_>>(),
        })
    }

    /// The page that states the price.
    fn address(&self) -> Option<String> {
        let fact = self.field(Field::Price)?;
        let statement = fact.effective_claims().first()?.sides.first()?.statement;
        Some(self.table.catalog().sources.get(&statement.source)?.address.clone())
    }
}
