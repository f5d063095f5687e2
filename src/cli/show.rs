//! `cogdex show`: everything that is known of a listing, a provider or a model, for reading or as
//! JSON.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use jiff::civil::Date;

use super::output::Output;
use super::{Exit, Format, Global, open};
use cogdex::catalog::{Catalog, Currency, Listing};
use cogdex::history::History;
use cogdex::pricing::{PriceTable, PricingTerms};
use cogdex::show::{ListingDocument, show};

mod contract;
mod disputes;
mod entity;
mod facts;
mod head;
mod listing;
mod lookup;
mod printer;
mod probed;
mod source_list;

use entity::EntityPage;
use lookup::NamedEntity;
use printer::ListingPrinter;
use probed::LatestVerdicts;

/// Flags of `show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Listing (apiin/cogview-4), provider, model or model code
    name: String,
    /// Use data as of this date [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = super::date, allow_hyphen_values = true)]
    as_of: Option<Date>,
    /// Show claims, the contract, other sellers' terms and older statements too
    #[arg(long)]
    all: bool,
    /// File with probe results [default: in your data folder]
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
}

impl ShowArgs {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let history = self.history.as_deref();
        if let Some(path) = history {
            open::existing_history(path)?;
        }
        let catalog = open::catalog(global, output, today)?;
        let found = lookup::find(&catalog, &self.name)?;
        let as_of = self.as_of.unwrap_or(today);
        if let Some(first) = catalog.first_day().filter(|first| as_of < *first) {
            bail!("--as-of: nothing was stated by {as_of}; the first is of {first}");
        }
        match found {
            NamedEntity::Listing(listing) => {
                self.show_listing(&catalog, listing, as_of, (global, output))?;
            }
            NamedEntity::Provider(provider) => {
                let page = EntityPage::of_provider(&catalog, provider);
                page.show(&dollars(&catalog), (as_of, self.all), (global, output))?;
            }
            NamedEntity::Model(model) => {
                let page = EntityPage::of_model(&catalog, model);
                page.show(&dollars(&catalog), (as_of, self.all), (global, output))?;
            }
        }
        Ok(Exit::Done)
    }

    fn show_listing(
        &self,
        catalog: &Catalog,
        listing: &Listing,
        as_of: Date,
        (global, output): (&Global, &mut Output),
    ) -> Result<()> {
        let details = show(catalog, listing, as_of);
        let probed = self.probed(&listing.id)?;
        if global.format == Format::Json {
            let mut document = serde_json::json!(ListingDocument::new(&details, catalog));
            probed::beside(&mut document, &probed);
            return output.json(&document, false);
        }
        let table = dollars(catalog);
        let mut printer = ListingPrinter::new(output, catalog, &table, global.verbose, probed);
        listing::print(&mut printer, &details, self.all)
    }

    /// What probes saw last, by check; nothing where there is no history.
    fn probed(&self, listing: &str) -> Result<LatestVerdicts> {
        let path = self.history.clone().or_else(|| open::default_history().ok());
        let Some(path) = path.filter(|path| path.exists()) else {
            return Ok(LatestVerdicts::default());
        };
        probed::newest(&History::open(&path)?, listing)
    }
}

/// The price table that a page of `show` quotes from.
fn dollars(catalog: &Catalog) -> PriceTable<'_> {
    let terms = PricingTerms { currency: Currency::DOLLARS, rates: Vec::new() };
    PriceTable::new(catalog, terms)
}
