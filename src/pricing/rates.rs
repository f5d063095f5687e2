//! Exchange rates: one that was given on the command line, and one that a quote used.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::catalog::{Currency, Overflow, days_between, decimal, product, quotient};

/// A rate from the command line: `CNY/USD=0.14` means 1 CNY = 0.14 USD.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GivenRate {
    pub from: Currency,
    pub to: Currency,
    /// How many of `to` one of `from` is worth.
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

/// How an amount is converted: by the figure that the source states, never by a rounded one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    MultiplyBy(Decimal),
    DivideBy(Decimal),
}

/// A rate that a quote used.
#[derive(Debug, Clone, PartialEq)]
pub struct UsedRate {
    /// `CNY/USD`.
    pub pair: String,
    /// What one of the first is worth in the second, rounded at 12 decimals where it is a quotient.
    pub value: Decimal,
    /// The equation as its source gives it: `1 USD = 7.0197 CNY`.
    pub stated: String,
    /// What is converted from.
    pub from: Currency,
    /// One step, or two where it is crossed through another currency.
    pub conversions: Vec<Conversion>,
    /// The currency that it is crossed through.
    pub via: Option<Currency>,
    /// The day; none for a rate that was given.
    pub date: Option<Date>,
    /// The source's id, or `--rate`.
    pub source: String,
}

/// After so many days a rate is called old.
const FRESH_RATE_DAYS: i32 = 31;

/// The age in days of a rate of a day, where it is old.
pub fn old_rate_days(date: Date, as_of: Date) -> Option<i32> {
    Some(days_between(date, as_of)).filter(|days| *days > FRESH_RATE_DAYS)
}

impl UsedRate {
    /// The age in days on a day, where the rate is more than 31 days old.
    pub fn old_days(&self, as_of: Date) -> Option<i32> {
        old_rate_days(self.date?, as_of)
    }

    /// The rate from `from` to `to` that follows from an equation, or from two through a currency
    /// between them; none where the equations are of other currencies, [`Overflow`] where it
    /// vanishes at 12 decimals.
    pub(super) fn new(
        (from, to): (Currency, Currency),
        equations: &[Equation],
        (date, source): (Option<Date>, &str),
    ) -> Option<Result<Self, Overflow>> {
        let (mut at, mut conversions, mut crossed) = (from, Vec::new(), Vec::new());
        for Equation { one, value, of } in equations {
            let (next, conversion) = if at == *one {
                (*of, Conversion::MultiplyBy(*value))
            } else if at == *of {
                (*one, Conversion::DivideBy(*value))
            } else {
                return None;
            };
            conversions.push(conversion);
            crossed.push(next);
            at = next;
        }
        if at != to || conversions.is_empty() {
            return None;
        }
        let via = crossed.first().copied().filter(|via| *via != to);
        let stated: Vec<_> = equations.iter().map(ToString::to_string).collect();
        let rate = |value: Decimal| Self {
            pair: format!("{from}/{to}"),
            value,
            stated: stated.join(", "),
            from,
            conversions: conversions.clone(),
            via,
            date,
            source: source.to_owned(),
        };
        let nonzero = worth(&conversions)
            .and_then(|value| if value.is_zero() { Err(Overflow) } else { Ok(value) });
        Some(nonzero.map(rate))
    }
}

/// `1 one = value of`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Equation {
    pub(super) one: Currency,
    pub(super) value: Decimal,
    pub(super) of: Currency,
}

impl fmt::Display for Equation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1 {} = {} {}", self.one, self.value, self.of)
    }
}

/// What one unit is worth after some conversions: exact where none divides, else rounded once.
fn worth(conversions: &[Conversion]) -> Result<Decimal, Overflow> {
    let (mut times, mut by) = (Decimal::ONE, Decimal::ONE);
    for conversion in conversions {
        match conversion {
            Conversion::MultiplyBy(value) => times = product(times, *value)?,
            Conversion::DivideBy(value) => by = product(by, *value)?,
        }
    }
    if by == Decimal::ONE { Ok(times) } else { quotient(times, by) }
}
