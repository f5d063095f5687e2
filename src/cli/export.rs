//! `cogdex export`: documents made from the catalog, alone on stdout.

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::output::Output;
use super::{Exit, Global, compare, open, show};
use cogdex::catalog::{Catalog, Currency, Listing};
use cogdex::contract::{Contract, openapi};
use cogdex::exchange::json;
use cogdex::exchange::litellm::export as litellm;
use cogdex::pricing::{PriceTable, Query, Selection};

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
    /// The contract of a listing as an OpenAPI 3.1 document
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
        asked: prices::PriceBookArgs,
    },
    /// The price book as one Parquet file
    Parquet(prices::PriceBookArgs),
    /// The whole catalog of a day: every listing with its facts, disputes and sources
    Json {
        #[command(flatten)]
        chosen: Chosen,
        /// The currency of totals [default: USD]
        #[arg(long, value_name = "CODE", allow_hyphen_values = true)]
        currency: Option<String>,
    },
    /// LiteLLM's price map, of every listing whose price it can say
    Litellm(Chosen),
}

/// Which listings are exported, and on what terms.
#[derive(Debug, Args)]
struct Chosen {
    /// A model or family
    #[arg(long, value_name = "M|any", default_value = "any", allow_hyphen_values = true)]
    model: String,
    /// An exchange rate: CNY/USD=0.14 means 1 CNY = 0.14 USD
    #[arg(long = "rate", value_name = "A/B=R", allow_hyphen_values = true)]
    rates: Vec<String>,
    /// The day whose facts count [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = super::date, allow_hyphen_values = true)]
    as_of: Option<Date>,
}

impl Chosen {
    fn of<'c>(
        &self,
        catalog: &'c Catalog,
        currency: Option<Currency>,
        today: Date,
    ) -> Result<(Vec<&'c Listing>, PriceTable<'c>, Date)> {
        let selection = match self.model.as_str() {
            "any" => Selection::Any,
            model => Selection::Model(model.to_owned()),
        };
        let rates = compare::given_rates(&self.rates)?;
        let mut asked = Query::default();
        (asked.as_of, asked.currency, asked.rates) = (self.as_of, currency, rates);
        asked.selection = selection;
        let listings = asked.listings(catalog).map_err(|why| anyhow!(why))?;
        let as_of = asked.day(catalog, today).map_err(|why| anyhow!(why))?;
        let terms = asked.terms(&asked.job).map_err(|why| anyhow!(why))?;
        Ok((listings, PriceTable::new(catalog, terms), as_of))
    }
}

impl Export {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        if let What::Schema = &self.what {
            output.json(&cogdex::catalog::schema(), false)?;
            return Ok(Exit::Done);
        }
        let catalog = match open::catalog(global, output, today)? {
            Ok(catalog) => catalog,
            Err(exit) => return Ok(exit),
        };
        match &self.what {
            What::Schema => {}
            What::Openapi { listing } => {
                let listing = show::listing(&catalog, listing)?;
                let contract = Contract::new(&catalog, listing, today)
                    .ok_or_else(|| anyhow!("no contract is known for `{}`", listing.id))?;
                output.json(&openapi(&contract), false)?;
            }
            What::Sql { dialect, asked } => {
                return asked.run(Some(*dialect), global, output, today);
            }
            What::Parquet(asked) => return asked.run(None, global, output, today),
            What::Json { chosen, currency } => {
                let currency = compare::given_currency(currency.as_deref())?;
                let (listings, table, as_of) = chosen.of(&catalog, currency, today)?;
                output.json(&json::Document::of(&table, listings, as_of)?, false)?;
            }
            What::Litellm(chosen) => {
                let (listings, table, as_of) =
                    chosen.of(&catalog, Some(Currency::DOLLARS), today)?;
                let map = litellm::price_map(&table, &listings, as_of)?;
                output.json(&map, false)?;
                for (what, why) in &map.left_out {
                    output.note(&format!("left out: {what}: {why}"));
                }
            }
        }
        Ok(Exit::Done)
    }
}
