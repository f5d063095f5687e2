//! The terms on which usage logs are priced: the flags of `reprice`, and of the exports that price
//! a log in another engine.

use anyhow::{Result, anyhow, bail};
use clap::Args;
use jiff::civil::Date;

use cogdex::catalog::{Catalog, Currency, Listing};
use cogdex::pricing::{PricingTerms, Query, Variant};

/// What of an image its price may depend on, besides size and quality.
#[derive(Debug, Args)]
pub(super) struct ImageArgs {
    /// Seconds per image, for sellers that bill by the second
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    seconds_per_image: Option<String>,
    /// GPU type, for sellers that bill by the second
    #[arg(long, value_name = "NAME")]
    hardware: Option<String>,
    /// Delivery: sync, async, or batch for a queue of jobs [default: no batch]
    #[arg(long, value_name = "MODE")]
    mode: Option<String>,
    /// Inference steps, where a price depends on them [default: each listing's own]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    steps: Option<String>,
    /// Tokens per image, for sellers that bill by the token
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    tokens_per_image: Option<String>,
    /// Tokens per prompt, for sellers that bill by the token
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    prompt_tokens: Option<String>,
}

impl ImageArgs {
    /// The flags by the keys of a query.
    pub(super) fn flags(&self) -> [(&'static str, &Option<String>); 6] {
        [
            ("seconds-per-image", &self.seconds_per_image),
            ("hardware", &self.hardware),
            ("mode", &self.mode),
            ("steps", &self.steps),
            ("tokens-per-image", &self.tokens_per_image),
            ("prompt-tokens", &self.prompt_tokens),
        ]
    }
}

/// Which listings, in which currency, with the facts of which day.
#[derive(Debug, Args)]
pub(super) struct TermsArgs {
    /// Model, family, provider, listing or code; `any` for all listings [default: cogview-4]
    #[arg(long, value_name = "M|any")]
    model: Option<String>,
    /// Currency of all totals [default: USD]
    #[arg(long, value_name = "CODE", allow_hyphen_values = true)]
    currency: Option<String>,
    /// Exchange rate to use: CNY/USD=0.14 means 1 CNY = 0.14 USD
    #[arg(long = "rate", value_name = "A/B=R", allow_hyphen_values = true)]
    rates: Vec<String>,
    /// Use data as of this date for every row [default: each row's own date]
    #[arg(long, value_name = "DATE", value_parser = super::date, allow_hyphen_values = true)]
    pub(super) as_of: Option<Date>,
    #[command(flatten)]
    image: ImageArgs,
}

impl TermsArgs {
    /// The flags as a question, which knows what each may say.
    fn question(&self) -> Result<Query> {
        let flags = [("model", &self.model), ("currency", &self.currency)];
        question(flags.into_iter().chain(self.image.flags()), &self.rates)
    }

    /// The terms, and what of a variant does not change from row to row.
    pub(super) fn pricing(&self) -> Result<(PricingTerms, Variant)> {
        let Query { job, currency, rates, .. } = self.question()?;
        let currency = currency.unwrap_or(Currency::DOLLARS);
        Ok((PricingTerms { currency, rates }, Variant::from(&job)))
    }

    /// The listings that take part; an error where nothing was stated by the day that is given.
    pub(super) fn listings<'c>(&self, catalog: &'c Catalog) -> Result<Vec<&'c Listing>> {
        if let (Some(day), Some(first)) = (self.as_of, catalog.first_day())
            && day < first
        {
            bail!("--as-of: nothing was stated by {day}; the first is of {first}");
        }
        self.question()?.listings(catalog).map_err(|why| anyhow!(why))
    }
}

/// Reads flags that may be given once, and every `--rate`; the first that is wrong is an error.
pub(super) fn question<'f>(
    flags: impl Iterator<Item = (&'static str, &'f Option<String>)>,
    rates: &'f [String],
) -> Result<Query> {
    let flags = flags.filter_map(|(key, text)| Some((key, text.as_ref()?)));
    let mut question = Query::default();
    for (key, text) in flags.chain(rates.iter().map(|text| ("rate", text))) {
        question.set(key, text).map_err(|why| anyhow!(why))?;
    }
    Ok(question)
}
