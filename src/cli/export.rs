//! `cogdex export`: documents made from the catalog, alone on stdout.

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::output::Output;
use super::{Exit, Global, open, show};
use cogdex::contract::{Contract, openapi};

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
        }
        Ok(Exit::Done)
    }
}
