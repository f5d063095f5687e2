//! A value that a source states: one variant per form, compared as a job would feel it.

use std::fmt;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::billing::{CreditPacks, CreditValue, FeeAmount, Fees, Money};
use super::condition::ConditionTable;
use super::price::Price;
use super::size::{Size, Sizes};
use super::terms::{CountSpan, Days, Latency, Portion, PromptLimit, RequestLimit};

/// What a statement says of a field.
#[derive(Debug, Clone, PartialEq, strum::EnumTryAs)]
pub enum FieldValue {
    Price(ConditionTable<Price>),
    Credits(CreditValue),
    Fees(Fees),
    Packs(CreditPacks),
    /// The least that has to be paid in.
    TopUp(Money),
    RequestLimit(RequestLimit),
    Date(Date),
    Flag(bool),
    Text(String),
    /// A set of words.
    Texts(Texts),
    Count(u64),
    Span(CountSpan),
    /// So many of so many.
    Share(Portion),
    Size(Size),
    Sizes(Sizes),
    /// Whole, perhaps by condition.
    Latency(ConditionTable<Latency>),
    Limit(PromptLimit),
    Days(Days),
}

/// Words of which the order does not matter.
#[derive(Debug, Clone)]
pub struct Texts(pub Vec<String>);

impl PartialEq for Texts {
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().all(|text| other.0.contains(text))
            && other.0.iter().all(|text| self.0.contains(text))
    }
}

impl fmt::Display for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Price(rows) => rows.fmt(f),
            Self::Credits(value) => value.fmt(f),
            Self::Fees(fees) => fees.fmt(f),
            Self::Packs(packs) => packs.fmt(f),
            Self::TopUp(minimum) => f.pad(&format!("at least {minimum}")),
            Self::RequestLimit(limit) => limit.fmt(f),
            Self::Date(date) => f.pad(&date.to_string()),
            Self::Flag(yes) => f.pad(if *yes { "yes" } else { "no" }),
            Self::Text(text) => f.pad(text),
            Self::Texts(texts) => f.pad(&texts.0.join(", ")),
            Self::Count(count) => count.fmt(f),
            Self::Span(span) => span.fmt(f),
            Self::Share(share) => share.fmt(f),
            Self::Size(size) => size.fmt(f),
            Self::Sizes(sizes) => sizes.fmt(f),
            Self::Latency(rows) => rows.fmt(f),
            Self::Limit(limit) => limit.fmt(f),
            Self::Days(days) => days.fmt(f),
        }
    }
}

/// The figures of a value, for holding it against its excerpt.
#[derive(Debug, PartialEq)]
pub enum ExcerptFigures {
    /// Words alone.
    None,
    /// The excerpt shows all of these.
    All(Vec<Decimal>),
    /// The excerpt shows at least one of these.
    Any(Vec<Decimal>),
}

impl FieldValue {
    /// Whether both say the same wherever both speak.
    pub(super) fn agrees_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Price(a), Self::Price(b)) => a.agrees_with(b),
            (a, b) => a == b,
        }
    }

    /// What an excerpt of this value has to show.
    pub fn figures(&self) -> ExcerptFigures {
        let both = |size: &Size| [Decimal::from(size.width), Decimal::from(size.height)];
        let ends = |span: &CountSpan| [Decimal::from(span.low), Decimal::from(span.high)];
        match self {
            Self::Price(rows) => {
                let shares = |price: &Price| match price {
                    Price::Share(share) => vec![share.hundredths()],
                    Price::Sum { parts, .. } => parts.iter().map(|part| part.amount).collect(),
                };
                ExcerptFigures::Any(rows.0.iter().flat_map(|row| shares(&row.value)).collect())
            }
            // The credits are often named in the sentence before; the money is the figure.
            Self::Credits(value) => ExcerptFigures::All(vec![value.worth]),
            Self::Fees(fees) => {
                let figure = |amount: FeeAmount| match amount {
                    FeeAmount::Rate(rate) => rate.hundredths(),
                    FeeAmount::PerCall(amount, _) => amount,
                };
                ExcerptFigures::Any(fees.0.iter().map(|fee| figure(fee.amount)).collect())
            }
            Self::Packs(packs) => {
                ExcerptFigures::Any(packs.0.iter().flat_map(|it| [it.price, it.credits]).collect())
            }
            Self::TopUp(minimum) => ExcerptFigures::All(vec![minimum.amount]),
            Self::RequestLimit(limit) => ExcerptFigures::All(vec![limit.requests.into()]),
            Self::Date(date) => {
                let parts = [i64::from(date.day()), i64::from(date.year())];
                ExcerptFigures::Any(parts.map(Decimal::from).into())
            }
            Self::Count(count) => ExcerptFigures::All(vec![Decimal::from(*count)]),
            Self::Span(span) => ExcerptFigures::All(ends(span).into()),
            Self::Share(share) => {
                ExcerptFigures::All(vec![Decimal::from(share.part), Decimal::from(share.whole)])
            }
            Self::Size(size) => ExcerptFigures::All(both(size).into()),
            Self::Sizes(Sizes::List(list)) => {
                ExcerptFigures::Any(list.iter().flat_map(both).collect())
            }
            Self::Sizes(Sizes::Rule(rule)) => {
                let sides = [rule.min, rule.max, rule.divisor].into_iter().flatten();
                let pixels = rule.max_pixels.map(Decimal::from);
                ExcerptFigures::Any(sides.map(Decimal::from).chain(pixels).collect())
            }
            Self::Latency(rows) => {
                ExcerptFigures::Any(rows.0.iter().flat_map(|row| ends(&row.value.0)).collect())
            }
            Self::Limit(PromptLimit::Chars(n) | PromptLimit::Tokens(n)) => {
                ExcerptFigures::All(vec![(*n).into()])
            }
            Self::Days(days) => ExcerptFigures::All(vec![days.0.into()]),
            Self::Text(text) => {
                let all = numbers(text);
                if all.is_empty() { ExcerptFigures::None } else { ExcerptFigures::All(all) }
            }
            Self::Flag(_) | Self::Texts(_) | Self::Limit(PromptLimit::AnyLength) => {
                ExcerptFigures::None
            }
        }
    }
}

/// The plain numbers in a text: `"4-25 credits / $0.04"` holds 4, 25 and 0.04.
pub fn numbers(text: &str) -> Vec<Decimal> {
    let number = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    text.split(|c| !number(c))
        .map(|word| word.trim_matches(['.', ',']).replace(',', ""))
        .filter(|word| !word.is_empty())
        .filter_map(|word| Decimal::from_str_exact(&word).ok())
        .collect()
}
