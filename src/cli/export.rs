//! `cogdex export`: documents made from the catalog, alone on stdout.

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::output::Output;
use super::terms_args::question;
use super::{Exit, Global, open};
use cogdex::catalog::{Catalog, Listing};
use cogdex::contract::{Contract, openapi};
use cogdex::exchange::json;
use cogdex::exchange::litellm::export as litellm;
use cogdex::exchange::sql::Dialect;
use cogdex::pricing::PriceTable;

mod prices;

/// Flags of `export`.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(subcommand)]
    command: ExportCommand,
}

#[derive(Debug, Subcommand)]
enum ExportCommand {
    /// Export the JSON Schema of the catalog's files, for completion in an editor
    Schema,
    /// Export a listing's API as an OpenAPI 3.1 document
    Openapi {
        /// Listing, such as zai/cogview-4-250304
        listing: String,
    },
    /// Export prices as SQL: tables, and views that price a usage table as `reprice` does
    Sql {
        /// SQL dialect
        #[arg(long, value_parser = prices::dialects())]
        dialect: Dialect,
        #[command(flatten)]
        asked: prices::PriceBookArgs,
    },
    /// Export prices as one Parquet file
    Parquet(prices::PriceBookArgs),
    /// Export the whole catalog: every listing with facts, disputes and sources
    Json {
        #[command(flatten)]
        chosen: ListingsArgs,
        /// Currency of totals [default: USD]
        #[arg(long, value_name = "CODE", allow_hyphen_values = true)]
        currency: Option<String>,
    },
    /// Export a LiteLLM price map (only prices it can express)
    Litellm(ListingsArgs),
}

/// Which listings are exported, and on what terms.
#[derive(Debug, Args)]
struct ListingsArgs {
    /// Model, family, provider, listing or code; `any` for all listings
    #[arg(long, value_name = "M|any", default_value = "any", allow_hyphen_values = true)]
    model: String,
    /// Exchange rate to use: CNY/USD=0.14 means 1 CNY = 0.14 USD
    #[arg(long = "rate", value_name = "A/B=R", allow_hyphen_values = true)]
    rates: Vec<String>,
    /// Use data as of this date [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = super::date, allow_hyphen_values = true)]
    as_of: Option<Date>,
}

impl ListingsArgs {
    fn select<'c>(
        &self,
        catalog: &'c Catalog,
        currency: Option<&str>,
        today: Date,
    ) -> Result<(Vec<&'c Listing>, PriceTable<'c>, Date)> {
        let (model, currency) = (Some(self.model.clone()), currency.map(str::to_owned));
        let flags = [("model", &model), ("currency", &currency)];
        let mut question = question(flags.into_iter(), &self.rates)?;
        question.as_of = self.as_of;
        let listings = question.listings(catalog).map_err(|why| anyhow!(why))?;
        let as_of = question.day(catalog, today).map_err(|why| anyhow!(why))?;
        let terms = question.terms(&question.job).map_err(|why| anyhow!(why))?;
        Ok((listings, PriceTable::new(catalog, terms), as_of))
    }
}

impl ExportArgs {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        if let ExportCommand::Schema = &self.command {
            output.json(&cogdex::catalog::schema(), false)?;
            return Ok(Exit::Done);
        }
        let catalog = open::catalog(global, output, today)?;
        match &self.command {
            ExportCommand::Schema => {}
            ExportCommand::Openapi { listing } => {
                let listing = open::listing(&catalog, listing)?;
                let contract = Contract::new(&catalog, listing, today)
                    .ok_or_else(|| anyhow!("no contract is known for `{}`", listing.id))?;
                output.json(&openapi(&contract), false)?;
            }
            ExportCommand::Sql { dialect, asked } => {
                return asked.run(Some(*dialect), global, output, today);
            }
            ExportCommand::Parquet(asked) => return asked.run(None, global, output, today),
            ExportCommand::Json { chosen, currency } => {
                let (listings, table, as_of) =
                    chosen.select(&catalog, currency.as_deref(), today)?;
                output.json(&json::CatalogDocument::new(&table, listings, as_of), false)?;
            }
            ExportCommand::Litellm(chosen) => {
                let (listings, table, as_of) = chosen.select(&catalog, Some("USD"), today)?;
                let map = litellm::price_map(&table, &listings, as_of);
                output.json(&map, false)?;
                for (what, why) in &map.left_out {
                    output.note(&format!("skipped {what}: {why}"));
                }
                output.note(
                    "the map has no word for a refusal: what it leaves out LiteLLM may price by a \
                     row of its own, or at 0",
                );
                let (exported, left_out) = (map.entries.len(), map.left_out.len());
                output.note(&format!("{exported} exported, {left_out} left out"));
            }
        }
        Ok(Exit::Done)
    }
}
