//! Why an offer has no price, and what has to be known with a price: values with a code, and with a
//! text for people. No text is ever taken apart to find out which of them it is.

use std::fmt;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::format::amount;
use super::quote::DisputedPart;
use super::rates::old_rate_days;
use crate::catalog::{Currency, FRESH_DAYS, Overflow, Size, days_between};

/// Why a job has no total on a listing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Reason {
    #[error("no source states a price")]
    NoPrice,
    #[error("billed in credits, and no source states what a credit costs")]
    NoCreditValue,
    #[error(
        "no-rate: there is no official rate from {from} to {to} by that day; give one with --rate {from}/{to}=…"
    )]
    NoRate { from: Currency, to: Currency },
    /// A rate that was turned round is nothing at 12 decimals.
    #[error(
        "the rate from {from} to {to} can't be held when it is turned round; give one with --rate {from}/{to}=…"
    )]
    RateVanishes { from: Currency, to: Currency },
    /// A figure can't be held to the last digit.
    #[error("the total is beyond the decimal range, and is not rounded to fit")]
    Overflow,
    /// The day is earlier than all that any source states of the listing.
    #[error("no source had stated a price by that day; the first statement is of {first}")]
    BeforeFirstStatement { first: Date },
    /// A usage log leaves the size open.
    #[error(
        "size-not-given: the log leaves the size open; say which is meant, such as with --read size:auto=1024x1024"
    )]
    SizeNotGiven,
    #[error("{size} is not offered{}", or_nearest(nearest.as_ref()))]
    SizeNotOffered { size: Size, nearest: Option<Size> },
    #[error("`{quality}` is not offered; the nearest is {nearest}")]
    QualityNotOffered {
        quality: String,
        /// The word that is meant, or all that are offered.
        nearest: String,
    },
    /// The provider offers the quality for other models only.
    #[error("`{quality}` is offered for {models} alone ({sources}){}", or_nearest(default.as_ref()))]
    QualityOfOtherModels {
        quality: String,
        models: String,
        sources: String,
        default: Option<String>,
    },
    /// No row of the price table fits the variant.
    #[error("no source states a price for this size, quality and mode")]
    NoPriceForVariant,
    /// It is priced for some qualities alone, and which of all is drawn is open.
    #[error("it is priced for {} alone, and no source states the default quality; give --quality", priced.join(", "))]
    QualityNotGiven { priced: Vec<String> },
    /// No row of the price table says what images beyond this number of a month cost.
    #[error("no source states a price beyond image {last} of a month")]
    BeyondVolume { last: u64 },
    /// A batch is asked for, and no source states what that costs.
    #[error("no source states a price for a batch")]
    NoBatch,
    /// It is no longer sold.
    #[error("no longer sold{}, says {sources} (read {seen})", from_day(*from))]
    Retired {
        /// From which day, where a source says so.
        from: Option<Date>,
        /// Who says so, and when that was read.
        sources: String,
        seen: Date,
    },
    /// With an own key it is the maker who bills.
    #[error("with your own key the model's maker bills you{}", asks(maker_asks))]
    ByokMakerBills {
        /// What the maker's own listings ask, as a list.
        maker_asks: String,
    },
    /// A deadline is given, and no source states how long an image takes.
    #[error("no source states how long an image takes; give --seconds-per-image")]
    LatencyNotStated,
    /// The price is per token, and the question does not say how many there are.
    #[error("billed by the token: give {flag}")]
    TokensNotGiven {
        /// The flag that would price it.
        flag: &'static str,
    },
    /// The price is per second, and the question does not say how many an image takes.
    #[error("billed by the second: give --seconds-per-image and --hardware")]
    SecondsNotGiven,
    #[error("`{hardware}` has no price; these have: {}", priced.join(", "))]
    HardwareNotPriced { hardware: String, priced: Vec<String> },
    #[error("not-stated: no source states `{0}`")]
    #[strum(serialize = "not-stated")]
    RequirementNotStated(String),
    #[error("not-offered: `{0}` is not offered")]
    #[strum(serialize = "not-offered")]
    RequirementNotOffered(String),
    #[error("disputed: sources differ on `{0}`")]
    #[strum(serialize = "disputed")]
    RequirementDisputed(String),
    #[error("takes at least {seconds} s, and the deadline is {deadline_ms} ms")]
    TooSlow { seconds: u64, deadline_ms: u64 },
    #[error("the budget does not buy one image")]
    BudgetTooSmall,
    /// The least that can be paid in, or the smallest pack, is more than the budget.
    #[error("the budget is below what has to be paid first, {} {currency}", amount(*payment))]
    BudgetBelowFirstPayment { payment: Decimal, currency: Currency },
    #[error("a budget in credits, and it is billed in {billed}")]
    #[strum(serialize = "budget-currency")]
    BudgetInCredits { billed: Currency },
    #[error("a budget in {budget}, and totals are in {total}")]
    #[strum(serialize = "budget-currency")]
    BudgetInOtherCurrency { budget: Currency, total: Currency },
    #[error("it is free, and a budget sets no limit")]
    BudgetOfFree,
    #[error("the budget gives {images} images or more")]
    BudgetTooLarge { images: u64 },
    /// The reason holds if these sides of a dispute are right.
    #[error("{sides}; {reason}")]
    Disputed { sides: String, reason: Box<Self> },
}

impl Reason {
    /// The id in JSON.
    pub fn code(&self) -> &'static str {
        if let Self::Disputed { reason, .. } = self { reason.code() } else { self.into() }
    }

    /// What sources differ on where some of them refuse a job for this reason.
    pub(super) fn disputed_part(&self) -> DisputedPart {
        if let Self::Disputed { reason, .. } = self {
            reason.disputed_part()
        } else if matches!(self, Self::SizeNotOffered { .. }) {
            DisputedPart::Size
        } else if matches!(self, Self::QualityNotOffered { .. } | Self::QualityOfOtherModels { .. })
        {
            DisputedPart::Quality
        } else {
            DisputedPart::Price
        }
    }

    /// Whether the day is earlier than all that is stated of the listing.
    pub fn is_early(&self) -> bool {
        matches!(self, Self::BeforeFirstStatement { .. })
    }

    /// The text for rows of a log, where an early day is told by its code alone: each listing has a
    /// first statement of its own.
    pub fn log_text(&self) -> String {
        if self.is_early() { self.code().to_owned() } else { self.to_string() }
    }

    /// Whether a source would have to state more; otherwise the listing refuses the job.
    pub fn is_unknown(&self) -> bool {
        matches!(
            self,
            Self::NoPrice
                | Self::NoCreditValue
                | Self::NoRate { .. }
                | Self::RateVanishes { .. }
                | Self::Overflow
                | Self::BeforeFirstStatement { .. }
                | Self::BeyondVolume { .. }
                | Self::ByokMakerBills { .. }
                | Self::LatencyNotStated
        )
    }
}

impl From<Overflow> for Reason {
    fn from(Overflow: Overflow) -> Self {
        Self::Overflow
    }
}

/// `; the nearest is 1024x1024`, or nothing.
fn or_nearest<T: fmt::Display>(near: Option<&T>) -> String {
    near.map(|near| format!("; the nearest is {near}")).unwrap_or_default()
}

/// ` from 2026-12-01 on`, or nothing.
fn from_day(from: Option<Date>) -> String {
    from.map(|from| format!(" from {from} on")).unwrap_or_default()
}

/// `; its own listings ask …`, or nothing.
fn asks(maker_asks: &str) -> String {
    if maker_asks.is_empty() {
        String::new()
    } else {
        format!("; its own listings ask {maker_asks}")
    }
}

/// What a warning is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::Display, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum WarningCode {
    NotStated,
    QualityOpen,
    ModeOpen,
    StepsOpen,
    /// The price of a credit is that of the dearest to the cheapest pack.
    Packs,
    /// The page says about so much.
    About,
    /// It will no longer be sold from a day on, or some source says that it is not sold now.
    Retires,
    /// What a batch would cost.
    BatchPrice,
    /// The price is an offer that ends on a day.
    OfferEnds,
    /// Another price holds from a day on.
    PriceAnnounced,
    /// What has to be paid first can't be told.
    FirstPaymentOpen,
    OneImagePerCall,
    MegapixelRounding,
    FailuresNotStated,
    FeeOnTop,
    OldRate,
    Stale,
    ConcurrencyLimit,
    LatencyNotStated,
    DeadlineNotSure,
}

/// Something to know with a quote: an assumption, an age, a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    pub code: WarningCode,
    pub text: String,
}

/// A warning of an offer; those of ages are made for a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OfferWarning {
    Always(Warning),
    /// The sources of a field were last read on a day.
    Age {
        field: String,
        read_on: Date,
    },
    RateAge {
        pair: String,
        date: Date,
    },
}

impl OfferWarning {
    /// The warning on a day; none where what it is about is young enough.
    pub(super) fn on(&self, day: Date) -> Option<Warning> {
        match self {
            Self::Always(warning) => Some(warning.clone()),
            Self::Age { field, read_on } => {
                let days = days_between(*read_on, day);
                let text = format!("the {field} was last read on {read_on}, {days} days ago");
                (days > FRESH_DAYS).then_some(Warning { code: WarningCode::Stale, text })
            }
            Self::RateAge { pair, date } => {
                let days = old_rate_days(*date, day)?;
                let text = format!("the rate {pair} is of {date}, {days} days old");
                Some(Warning { code: WarningCode::OldRate, text })
            }
        }
    }
}
