//! `cogdex export sql` and `cogdex export parquet`: the price book, on the terms of `reprice`.

use std::io::IsTerminal;

use anyhow::{Result, bail};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use jiff::civil::Date;
use strum::VariantArray;

use crate::cli::output::Output;
use crate::cli::terms_args::TermsArgs;
use crate::cli::{Exit, Global, open};
use cogdex::catalog::Size;
use cogdex::exchange::parquet_writer::book_parquet;
use cogdex::exchange::price_book::PriceBook;
use cogdex::exchange::sql::{Dialect, sql};
use cogdex::pricing::PriceTable;

/// What a price book is made of.
#[derive(Debug, Args)]
pub(super) struct PriceBookArgs {
    #[command(flatten)]
    terms: TermsArgs,
    /// More sizes that the log may have, so that refusals name the nearest offered size
    #[arg(long, value_name = "WxH", value_delimiter = ',')]
    sizes: Vec<Size>,
}

/// Reads the name of an engine, of which the help lists all.
pub(super) fn dialects() -> impl TypedValueParser<Value = Dialect> {
    let value = |dialect: &Dialect| {
        let name: &str = dialect.into();
        let own_name = (*dialect == Dialect::Postgres).then_some("postgresql");
        PossibleValue::new(name).aliases(own_name).help(dialect.name())
    };
    let values: Vec<_> = Dialect::VARIANTS.iter().map(value).collect();
    PossibleValuesParser::new(values).try_map(|name| name.parse::<Dialect>())
}

impl PriceBookArgs {
    /// Writes the book in the SQL of an engine; as Parquet where there is none.
    pub(super) fn run(
        &self,
        engine: Option<Dialect>,
        global: &Global,
        output: &mut Output,
        today: Date,
    ) -> Result<Exit> {
        let (terms, variant) = self.terms.pricing()?;
        if engine.is_none() && std::io::stdout().is_terminal() {
            bail!("parquet: stdout is a terminal; send it to a file");
        }
        let catalog = open::catalog(global, output, today)?;
        let listings = self.terms.listings(&catalog)?;
        let table = PriceTable::new(&catalog, terms);
        let book = PriceBook::new(&table, &listings, &self.sizes, &variant, self.terms.as_of)?;
        match engine {
            Some(engine) => output.text(&sql(&book, engine)?)?,
            None => output.bytes(&book_parquet(&book)?)?,
        }
        for (listing, why) in &book.unpriced {
            output.warn(&format!("`{listing}` has no price, only refusals: {why}"));
        }
        Ok(Exit::Done)
    }
}
