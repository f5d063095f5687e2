//! The terms on which usage logs are priced: the flags of `reprice`, and of the exports that price
//! a log in another engine.

use anyhow::{Result, anyhow, bail};
use clap::Args;
use jiff::civil::Date;

use super::compare::{given_currency, given_rates};
use cogdex::catalog::{Catalog, Currency, Listing};
use cogdex::pricing::{Job, PricingTerms, Selection, Variant, select};

/// Which listings, in which currency, with the facts of which day.
#[derive(Debug, Args)]
pub(super) struct Terms {
    /// A model or family; `any` for all listings [default: cogview-4]
    #[arg(long, value_name = "M|any")]
    model: Option<String>,
    /// The currency of all totals [default: USD]
    #[arg(long, value_name = "CODE", allow_hyphen_values = true)]
    currency: Option<String>,
    /// An exchange rate: CNY/USD=0.14 means 1 CNY = 0.14 USD
    #[arg(long = "rate", value_name = "A/B=R", allow_hyphen_values = true)]
    rates: Vec<String>,
    /// Price every row with this day's facts [default: those of its own day]
    #[arg(long, value_name = "DATE", value_parser = super::date, allow_hyphen_values = true)]
    pub(super) as_of: Option<Date>,
    /// For sellers of seconds: how long one image takes
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    seconds_per_image: Option<String>,
    /// For sellers of seconds: on which hardware
    #[arg(long, value_name = "NAME")]
    hardware: Option<String>,
}

impl Terms {
    /// The terms, and what of a variant does not change from row to row.
    pub(super) fn pricing(&self) -> Result<(PricingTerms, Variant)> {
        let mut job = Job::default();
        for (key, text) in
            [("seconds-per-image", &self.seconds_per_image), ("hardware", &self.hardware)]
        {
            if let Some(text) = text {
                job.set(key, text).map_err(|why| anyhow!("--{key}: {why}"))?;
            }
        }
        let currency = given_currency(self.currency.as_deref())?.unwrap_or(Currency::DOLLARS);
        let rates = given_rates(&self.rates)?;
        Ok((PricingTerms { currency, rates }, Variant::from(&job)))
    }

    /// The listings that take part; an error where nothing was stated by the day that is given.
    pub(super) fn listings<'c>(&self, catalog: &'c Catalog) -> Result<Vec<&'c Listing>> {
        if let (Some(day), Some(first)) = (self.as_of, catalog.first_day())
            && day < first
        {
            bail!("--as-of: nothing was stated by {day}; the first is of {first}");
        }
        let selection = match self.model.as_deref() {
            None => Selection::default(),
            Some("any") => Selection::Any,
            Some(model) => Selection::Model(model.to_owned()),
        };
        select(catalog, &selection).map_err(|why| match &self.model {
            Some(_) => anyhow!("--model: {why}"),
            None => anyhow!("{why}; name another with --model, or take `any`"),
        })
    }
}
