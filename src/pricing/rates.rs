//! On what terms quotes are made: the day, the currency, and the exchange rates.

use std::str::FromStr;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::catalog::{Catalog, Currency, DECIMALS, Overflow, decimal, quotient};

/// After so many days a rate is called old.
const FRESH_DAYS: i32 = 31;

/// A rate from the command line: `CNY/USD=0.14` means 1 CNY = 0.14 USD.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GivenRate {
    /// One of this.
    pub from: Currency,
    /// Is worth so many of this.
    pub to: Currency,
    /// How many.
    pub value: Decimal,
}

impl FromStr for GivenRate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || format!("`{text}` is not a rate such as CNY/USD=0.14");
        let (pair, value) = text.split_once('=').ok_or_else(form)?;
        let (from, to) = pair.split_once('/').ok_or_else(form)?;
        let money = |code: &str| match code {
            "credits" => Err(format!("{}: credits have no rate", form())),
            code => Currency::money(code).map_err(|why| format!("{}: {why}", form())),
        };
        let (from, to) = (money(from)?, money(to)?);
        let value = decimal(value).map_err(|why| format!("{}: {why}", form()))?;
        if value.is_zero() || from == to {
            return Err(format!("{}: it is above zero, between two currencies", form()));
        }
        Ok(Self { from, to, value })
    }
}

impl GivenRate {
    /// Whether both rates are of the same two currencies, in whatever order.
    pub fn is_of(&self, other: &Self) -> bool {
        let pair = (self.from, self.to);
        pair == (other.from, other.to) || pair == (other.to, other.from)
    }
}

/// The day, currency and rates of a comparison.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The day whose facts count.
    pub as_of: Date,
    /// The currency of all totals.
    pub currency: Currency,
    /// Rates from the command line; they come before the catalog's.
    pub rates: Vec<GivenRate>,
}

/// A rate that a quote used.
#[derive(Debug, Clone, PartialEq)]
pub struct UsedRate {
    /// `CNY/USD`.
    pub pair: String,
    /// What one of the first is worth in the second.
    pub value: Decimal,
    /// Its day, unless it was given.
    pub date: Option<Date>,
    /// Its source's id, or `--rate`.
    pub source: String,
    /// Set where the rate is more than 31 days old: how many.
    pub old_days: Option<i32>,
}

impl Terms {
    /// What one of `from` is worth: the rate given, else the newest official one of the day.
    /// `None` where there is neither.
    pub fn rate(&self, catalog: &Catalog, from: Currency) -> Result<Option<UsedRate>, Overflow> {
        let to = self.currency;
        let pair = format!("{from}/{to}");
        for given in &self.rates {
            let value = if (given.from, given.to) == (from, to) {
                given.value
            } else if (given.to, given.from) == (from, to) {
                nonzero(quotient(Decimal::ONE, given.value)?)?
            } else {
                continue;
            };
            let source = "--rate".to_owned();
            return Ok(Some(UsedRate { pair, value, date: None, source, old_days: None }));
        }
        let dated = catalog.rates.iter().filter(|rate| rate.official && rate.date <= self.as_of);
        let worth = dated.filter_map(|rate| Some((rate, rate.worth(from, to)?)));
        let Some((rate, value)) = worth.max_by_key(|(rate, _)| rate.date) else {
            return Ok(None);
        };
        let days = rate.date.until(self.as_of).map_or(i32::MAX, |span| span.get_days());
        Ok(Some(UsedRate {
            pair,
            value: nonzero(value?)?,
            date: Some(rate.date),
            source: rate.source.clone(),
            old_days: (days > FRESH_DAYS).then_some(days),
        }))
    }
}

/// A rate that vanishes at [`DECIMALS`] would make every price a zero.
fn nonzero(value: Decimal) -> Result<Decimal, Overflow> {
    debug_assert!(value.scale() <= DECIMALS);
    if value.is_zero() { Err(Overflow) } else { Ok(value) }
}
