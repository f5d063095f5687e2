//! `cogdex export sql` and `cogdex export parquet`: the price book, on the terms of `reprice`.

use std::io::IsTerminal;

use anyhow::{Result, anyhow, bail};
use clap::{Args, ValueEnum};
use jiff::civil::Date;

use crate::cli::compare::{given_currency, given_rates};
use crate::cli::output::Output;
use crate::cli::{Exit, Global, open};
use cogdex::catalog::{Catalog, Currency, Size, Subject};
use cogdex::compare::{Job, Selection, select};
use cogdex::export::book::Book;
use cogdex::export::parquet::parquet;
use cogdex::export::sql::{Dialect, sql};
use cogdex::reprice::Basis;

/// What a price book is asked for.
#[derive(Debug, Args)]
pub(super) struct Terms {
    /// A model or family; `any` for all listings [default: cogview-4]
    #[arg(long, value_name = "M|any")]
    model: Option<String>,
    /// The currency of all amounts [default: USD]
    #[arg(long, value_name = "CODE", allow_hyphen_values = true)]
    currency: Option<String>,
    /// An exchange rate: CNY/USD=0.14 means 1 CNY = 0.14 USD
    #[arg(long = "rate", value_name = "A/B=R", allow_hyphen_values = true)]
    rates: Vec<String>,
    /// Price every row with this day's facts [default: those of its own day]
    #[arg(long, value_name = "DATE", value_parser = crate::cli::date, allow_hyphen_values = true)]
    as_of: Option<Date>,
    /// Sizes beside those that sources name: refusals then say what is nearest to them
    #[arg(long, value_name = "WxH", value_delimiter = ',')]
    sizes: Vec<Size>,
    /// For sellers of seconds: how long one image takes
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    seconds_per_image: Option<String>,
    /// For sellers of seconds: on which hardware
    #[arg(long, value_name = "NAME")]
    hardware: Option<String>,
}

/// The SQL of which engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Engine {
    /// DuckDB
    Duckdb,
    /// ClickHouse
    Clickhouse,
    /// PostgreSQL
    Postgres,
    /// Spark SQL
    Spark,
    /// SQLite
    Sqlite,
}

impl From<Engine> for Dialect {
    fn from(engine: Engine) -> Self {
        match engine {
            Engine::Duckdb => Self::Duckdb,
            Engine::Clickhouse => Self::Clickhouse,
            Engine::Postgres => Self::Postgres,
            Engine::Spark => Self::Spark,
            Engine::Sqlite => Self::Sqlite,
        }
    }
}

impl Terms {
    /// Writes the book in the SQL of an engine; as Parquet where there is none.
    pub(super) fn run(
        &self,
        engine: Option<Engine>,
        global: &Global,
        output: &mut Output,
        today: Date,
    ) -> Result<Exit> {
        let basis = self.basis()?;
        if engine.is_none() && std::io::stdout().is_terminal() {
            bail!("parquet: stdout is a terminal; send it to a file");
        }
        let catalog = match open::catalog(global, output, today)? {
            Ok(catalog) => catalog,
            Err(exit) => return Ok(exit),
        };
        if let (Some(day), Some(first)) = (self.as_of, catalog.first_day())
            && day < first
        {
            bail!("--as-of: nothing was stated by {day}; the first is of {first}");
        }
        let listings = self.listings(&catalog)?;
        let book = Book::new(&catalog, &listings, &self.sizes, &basis, self.as_of)?;
        match engine {
            Some(engine) => output.text(&sql(&book, engine.into())?)?,
            None => output.bytes(&parquet(&book)?)?,
        }
        for (listing, why) in &book.unpriced {
            output.warn(&format!("`{listing}` has no price, only refusals: {why}"));
        }
        Ok(Exit::Done)
    }

    fn basis(&self) -> Result<Basis> {
        let mut job = Job::default();
        for (key, text) in
            [("seconds-per-image", &self.seconds_per_image), ("hardware", &self.hardware)]
        {
            if let Some(text) = text {
                job.set(key, text).map_err(|why| anyhow!("--{key}: {why}"))?;
            }
        }
        let currency = given_currency(self.currency.as_deref())?.unwrap_or(Currency::DOLLARS);
        Ok(Basis { job, currency, rates: given_rates(&self.rates)? })
    }

    fn listings<'c>(&self, catalog: &'c Catalog) -> Result<Vec<&'c Subject>> {
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
