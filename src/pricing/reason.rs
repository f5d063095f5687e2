//! Why an offer has no price, and what has to be known with a price: values with a code, and with a
//! text for people. No text is ever taken apart to find out which of them it is.

use std::fmt;

use jiff::civil::Date;

use super::rates::old_rate_days;
use crate::catalog::{Currency, FRESH_DAYS, Size, days_between};

/// Why a job has no total on a listing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reason {
    NoPrice,
    NoCreditValue,
    NoRate {
        from: Currency,
        to: Currency,
    },
    /// The day is earlier than all that any source states of the listing.
    BeforeFirstStatement {
        first: Date,
    },
    /// A usage log leaves the size open.
    SizeNotGiven,
    SizeNotOffered {
        size: Size,
        nearest: Option<Size>,
    },
    QualityNotOffered {
        quality: String,
        /// The word that is meant, or all that are offered.
        nearest: String,
    },
    /// The provider offers the quality for other models only.
    QualityOfOtherModels {
        quality: String,
        models: String,
        sources: String,
        default: Option<String>,
    },
    /// No row of the price table fits the variant.
    NoPriceForVariant,
    /// It is priced for some qualities alone, and which of all is drawn is open.
    QualityNotGiven {
        priced: Vec<String>,
    },
    /// No row of the price table says what images beyond this number of a month cost.
    BeyondVolume {
        last: u64,
    },
    /// A batch is asked for, and no source states what that costs.
    NoBatch,
    /// It is no longer sold.
    Retired {
        /// From which day, where a source says so.
        from: Option<Date>,
        /// Who says so, and when that was read.
        sources: String,
        seen: Date,
    },
    /// With an own key it is the maker who bills.
    ByokMakerBills {
        /// What the maker's own listings ask, as a list.
        maker_asks: String,
    },
    /// A deadline is given, and no source states how long an image takes.
    LatencyNotStated,
    /// The price is per token, and the question does not say how many there are.
    TokensNotGiven {
        /// The flag that would price it.
        flag: &'static str,
    },
    /// The price is per second, and the question does not say how many an image takes.
    SecondsNotGiven,
    HardwareNotPriced {
        hardware: String,
        priced: Vec<String>,
    },
    RequirementNotStated(String),
    RequirementNotOffered(String),
    RequirementDisputed(String),
    TooSlow {
        seconds: u64,
        deadline_ms: u64,
    },
    BudgetTooSmall,
    BudgetInCredits {
        billed: Currency,
    },
    BudgetInOtherCurrency {
        budget: Currency,
        total: Currency,
    },
    BudgetOfFree,
    BudgetTooLarge {
        images: u64,
    },
    /// The reason holds if these sides of a dispute are right.
    Disputed {
        sides: String,
        reason: Box<Self>,
    },
}

impl Reason {
    /// The id in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoPrice => "no-price",
            Self::NoCreditValue => "no-credit-value",
            Self::NoRate { .. } => "no-rate",
            Self::BeforeFirstStatement { .. } => "before-first-statement",
            Self::SizeNotGiven => "size-not-given",
            Self::SizeNotOffered { .. } => "size-not-offered",
            Self::QualityNotOffered { .. } => "quality-not-offered",
            Self::QualityOfOtherModels { .. } => "quality-of-other-models",
            Self::NoPriceForVariant => "no-price-for-variant",
            Self::QualityNotGiven { .. } => "quality-not-given",
            Self::BeyondVolume { .. } => "beyond-volume",
            Self::NoBatch => "no-batch",
            Self::Retired { .. } => "retired",
            Self::ByokMakerBills { .. } => "byok-maker-bills",
            Self::LatencyNotStated => "latency-not-stated",
            Self::TokensNotGiven { .. } => "tokens-not-given",
            Self::SecondsNotGiven => "seconds-not-given",
            Self::HardwareNotPriced { .. } => "hardware-not-priced",
            Self::RequirementNotStated(_) => "not-stated",
            Self::RequirementNotOffered(_) => "not-offered",
            Self::RequirementDisputed(_) => "disputed",
            Self::TooSlow { .. } => "too-slow",
            Self::BudgetTooSmall => "budget-too-small",
            Self::BudgetInCredits { .. } | Self::BudgetInOtherCurrency { .. } => "budget-currency",
            Self::BudgetOfFree => "budget-of-free",
            Self::BudgetTooLarge { .. } => "budget-too-large",
            Self::Disputed { reason, .. } => reason.code(),
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
                | Self::BeforeFirstStatement { .. }
                | Self::BeyondVolume { .. }
                | Self::ByokMakerBills { .. }
                | Self::LatencyNotStated
        )
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPrice => f.write_str("no source states a price"),
            Self::NoCreditValue => {
                f.write_str("billed in credits, and no source states what a credit costs")
            }
            Self::NoRate { from, to } => write!(
                f,
                "no-rate: there is no official rate from {from} to {to} by that day; give one \
                 with --rate {from}/{to}=…"
            ),
            Self::BeforeFirstStatement { first } => {
                write!(
                    f,
                    "no source had stated a price by that day; the first statement is of {first}"
                )
            }
            Self::SizeNotGiven => f.write_str(
                "size-not-given: the log leaves the size open; say which is meant, such as with \
                 --read size:auto=1024x1024",
            ),
            Self::SizeNotOffered { size, nearest: Some(nearest) } => {
                write!(f, "{size} is not offered; the nearest is {nearest}")
            }
            Self::SizeNotOffered { size, nearest: None } => write!(f, "{size} is not offered"),
            Self::QualityNotOffered { quality, nearest } => {
                write!(f, "`{quality}` is not offered; the nearest is {nearest}")
            }
            Self::QualityOfOtherModels { quality, models, sources, default } => {
                write!(f, "`{quality}` is offered for {models} alone ({sources})")?;
                default.iter().try_for_each(|word| write!(f, "; the nearest is {word}"))
            }
            Self::NoPriceForVariant => {
                f.write_str("no source states a price for this size, quality and mode")
            }
            Self::QualityNotGiven { priced } => write!(
                f,
                "it is priced for {} alone, and no source states the default quality; give \
                 --quality",
                priced.join(", ")
            ),
            Self::BeyondVolume { last } => {
                write!(f, "no source states a price beyond image {last} of a month")
            }
            Self::NoBatch => f.write_str("no source states a price for a batch"),
            Self::Retired { from: Some(from), sources, seen } => {
                write!(f, "no longer sold from {from} on, says {sources} (read {seen})")
            }
            Self::Retired { from: None, sources, seen } => {
                write!(f, "no longer sold, says {sources} (read {seen})")
            }
            Self::ByokMakerBills { maker_asks } if maker_asks.is_empty() => {
                f.write_str("with your own key the model's maker bills you")
            }
            Self::ByokMakerBills { maker_asks } => {
                write!(f, "with your own key the model's maker bills you; its own listings ask ")?;
                f.write_str(maker_asks)
            }
            Self::LatencyNotStated => {
                f.write_str("no source states how long an image takes; give --seconds-per-image")
            }
            Self::TokensNotGiven { flag } => write!(f, "billed by the token: give {flag}"),
            Self::SecondsNotGiven => {
                f.write_str("billed by the second: give --seconds-per-image and --hardware")
            }
            Self::HardwareNotPriced { hardware, priced } => {
                write!(f, "`{hardware}` has no price; these have: {}", priced.join(", "))
            }
            Self::RequirementNotStated(it) => write!(f, "not-stated: no source states `{it}`"),
            Self::RequirementNotOffered(it) => write!(f, "not-offered: `{it}` is not offered"),
            Self::RequirementDisputed(it) => write!(f, "disputed: sources differ on `{it}`"),
            Self::TooSlow { seconds, deadline_ms } => {
                write!(f, "takes at least {seconds} s, and the deadline is {deadline_ms} ms")
            }
            Self::BudgetTooSmall => f.write_str("the budget does not buy one image"),
            Self::BudgetInCredits { billed } => {
                write!(f, "a budget in credits, and it is billed in {billed}")
            }
            Self::BudgetInOtherCurrency { budget, total } => {
                write!(f, "a budget in {budget}, and totals are in {total}")
            }
            Self::BudgetOfFree => f.write_str("it is free, and a budget sets no limit"),
            Self::BudgetTooLarge { images } => {
                write!(f, "the budget gives {images} images or more")
            }
            Self::Disputed { sides, reason } => write!(f, "{sides}; {reason}"),
        }
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
