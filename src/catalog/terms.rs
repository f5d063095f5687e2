//! The small values of a statement that are more than a word: what a credit is worth,
//! fees, spans, limits, shares and days.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use super::money::{self, Overflow};
use super::price::{Currency, amount_of, decimal};

/// An equation as a page gives it: `4 credits = 0.008 USD`.
#[derive(Debug, Clone, Copy)]
pub struct CreditValue {
    pub credits: Decimal,
    pub worth: Decimal,
    pub currency: Currency,
}

impl CreditValue {
    /// What one credit is worth: a quotient, rounded once at 12 decimals.
    pub fn of_one(&self) -> Result<Decimal, Overflow> {
        money::quotient(self.worth, self.credits)
    }
}

impl PartialEq for CreditValue {
    /// Equal when a credit is worth the same, whatever number of them the page names.
    fn eq(&self, other: &Self) -> bool {
        let same = (self.credits, self.worth) == (other.credits, other.worth);
        let (a, b) =
            (money::product(self.worth, other.credits), money::product(other.worth, self.credits));
        // Two products that are too long to be held are not equal for that.
        self.currency == other.currency && (same || (a.is_ok() && a == b))
    }
}

impl fmt::Display for CreditValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.credits == Decimal::ONE { "credit" } else { "credits" };
        f.pad(&format!("{} {word} = {} {}", self.credits, self.worth, self.currency))
    }
}

impl FromStr for CreditValue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || format!("`{text}` is not an equation such as \"4 credits = 0.008 USD\"");
        let (left, right) = text.split_once(" = ").ok_or_else(form)?;
        let count = left.strip_suffix(" credits").or_else(|| left.strip_suffix(" credit"));
        let credits =
            decimal(count.ok_or_else(form)?).map_err(|why| format!("{}: {why}", form()))?;
        let (worth, currency) = amount_of(right).map_err(|why| format!("{}: {why}", form()))?;
        if credits.is_zero() || currency == Currency::Credits {
            return Err(form());
        }
        Ok(Self { credits, worth, currency })
    }
}

/// A share, written `5%`: held as the fraction 0.05.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Percent(pub Decimal);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundred = money::product(self.0, Decimal::ONE_HUNDRED).unwrap_or(self.0);
        f.pad(&format!("{}%", hundred.normalize()))
    }
}

impl FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.strip_suffix('%').and_then(|number| decimal(number).ok());
        let number = number.ok_or_else(|| format!("`{text}` is not a share such as 5%"))?;
        money::product(number, Decimal::new(1, 2)).map(Self).map_err(|why| why.to_string())
    }
}

/// What a provider takes besides the price.
#[derive(Debug, Clone, PartialEq)]
pub struct Fee {
    pub rate: Percent,
    /// The occasion, such as `top-up`.
    pub on: String,
}

impl fmt::Display for Fee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} on {}", self.rate, self.on))
    }
}

/// Whole numbers from one to another: `1-4`, or one alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountSpan {
    pub low: u64,
    pub high: u64,
}

impl fmt::Display for CountSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.low == self.high {
            return f.pad(&self.low.to_string());
        }
        f.pad(&format!("{}-{}", self.low, self.high))
    }
}

impl FromStr for CountSpan {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (low, high) = text.split_once('-').unwrap_or((text, text));
        match (low.parse(), high.parse()) {
            (Ok(low), Ok(high)) if low <= high => Ok(Self { low, high }),
            _ => Err(format!("`{text}` is not a span such as 1-4, or a whole number")),
        }
    }
}

/// How long something takes, in seconds: `20 s`, `3-8 s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latency(pub CountSpan);

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} s", self.0))
    }
}

impl FromStr for Latency {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let span = text.strip_suffix(" s").and_then(|span| span.parse().ok());
        span.map(Self).ok_or_else(|| format!("`{text}` is not a latency such as \"3-8 s\""))
    }
}

/// How long a prompt may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptLimit {
    Chars(u64),
    Tokens(u64),
    /// The source says that there is no limit.
    AnyLength,
}

impl fmt::Display for PromptLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chars(count) => f.pad(&format!("{count} chars")),
            Self::Tokens(count) => f.pad(&format!("{count} tokens")),
            Self::AnyLength => f.pad("any length"),
        }
    }
}

impl FromStr for PromptLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let limit = match text.split_once(' ') {
            Some(("any", "length")) => Some(Self::AnyLength),
            Some((count, "chars")) => count.parse().ok().map(Self::Chars),
            Some((count, "tokens")) => count.parse().ok().map(Self::Tokens),
            _ => None,
        };
        limit.ok_or_else(|| {
            format!("`{text}` is not \"1000 chars\", \"1024 tokens\" or \"any length\"")
        })
    }
}

/// So many of so many: `5/11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portion {
    pub part: u64,
    pub whole: u64,
}

impl fmt::Display for Portion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", self.part, self.whole))
    }
}

impl FromStr for Portion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').map(|(part, whole)| (part.parse(), whole.parse()));
        match parts {
            Some((Ok(part), Ok(whole))) if part <= whole => Ok(Self { part, whole }),
            _ => Err(format!("`{text}` is not a share such as 5/11")),
        }
    }
}

/// Whole days: `30d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days(pub u32);

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}d", self.0))
    }
}

impl FromStr for Days {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
        days.map(Self).ok_or_else(|| format!("`{text}` is not a number of days such as 30d"))
    }
}
