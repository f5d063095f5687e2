//! The small values of a statement that are more than a word: spans, limits, shares and days.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use super::money::{self, decimal};

/// A share, written `5%`: held as the fraction 0.05.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Percent(pub Decimal);

impl Percent {
    /// The number before the sign.
    pub fn hundredths(self) -> Decimal {
        money::product(self.0, Decimal::ONE_HUNDRED).unwrap_or(self.0).normalize()
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}%", self.hundredths()))
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

/// How many requests may be sent in a time: `10 / minute`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestLimit {
    pub requests: u64,
    /// The time, in seconds.
    pub seconds: u64,
}

/// The times that a limit of requests may be of.
const TIMES: [(&str, u64); 4] = [("second", 1), ("minute", 60), ("hour", 3_600), ("day", 86_400)];

impl fmt::Display for RequestLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = TIMES.iter().find(|(_, seconds)| *seconds == self.seconds);
        f.pad(&format!("{} / {}", self.requests, time.map_or("second", |(word, _)| word)))
    }
}

impl FromStr for RequestLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let limit = text.split_once(" / ").and_then(|(requests, time)| {
            let digits = requests.bytes().all(|b| b.is_ascii_digit());
            let requests = requests.parse().ok().filter(|requests| digits && *requests > 0)?;
            let (_, seconds) = TIMES.iter().find(|(word, _)| *word == time)?;
            Some(Self { requests, seconds: *seconds })
        });
        limit.ok_or_else(|| format!("`{text}` is not a limit such as \"10 / minute\""))
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
