//! `cogdex export`: documents made from the catalog, alone on stdout.

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::output::Output;
use super::{Exit, Global, open, show};
use cogdex::contract::{Contract, openapi};

mod prices;

/// Flags of `export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The JSON Schema of the catalog's files, for completion in an editor
    Schema,
    /// The contract of a listing as an `OpenAPI` 3.1 document
    Openapi {
        /// The listing's id, such as zai/cogview-4-250304
        listing: String,
    },
    /// The price book as SQL: tables, and views that price a usage table as `reprice` does
    Sql {
        /// The engine's SQL
        #[arg(long, value_enum)]
        dialect: prices::Engine,
        #[command(flatten)]
        terms: prices::Terms,
    },
    /// The price book as one Parquet file
    Parquet(prices::Terms),
}

impl Export {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        match &self.what {
            What::Schema => output.json(&cogdex::catalog::schema(), false)?,
            What::Openapi { listing } => {
                let catalog = match open::catalog(global, output, today)? {
                    Ok(catalog) => catalog,
                    Err(exit) => return Ok(exit),
                };
                let listing = show::listing(&catalog, listing)?;
                let contract = Contract::of(&catalog, listing, today)
                    .ok_or_else(|| anyhow!("no contract is known for `{}`", listing.id))?;
                output.json(&openapi(&contract), false)?;
            }
            What::Sql { dialect, terms } => {
                return terms.run(Some(*dialect), global, output, today);
            }
            What::Parquet(terms) => return terms.run(None, global, output, today),
        }
        Ok(Exit::Done)
    }
}
