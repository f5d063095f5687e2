//! What stands beside a price on a bill: what credits are worth and how they are sold, fees, and
//! what has to be paid in.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use super::money::{self, Overflow};
use super::price::{Currency, amount_of};
use super::terms::Percent;

/// An equation as a page gives it: `4 credits = 0.008 USD`.
#[derive(Debug, Clone, Copy)]
pub struct CreditValue {
    pub credits: Decimal,
    pub worth: Decimal,
    pub currency: Currency,
    /// Whether the page says about, written `4 credits ~ 0.008 USD`.
    pub is_about: bool,
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
        let sign = if self.is_about { '~' } else { '=' };
        f.pad(&format!("{} {word} {sign} {} {}", self.credits, self.worth, self.currency))
    }
}

impl FromStr for CreditValue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || format!("`{text}` is not an equation such as \"4 credits = 0.008 USD\"");
        let about = || Some((text.split_once(" ~ ")?, true));
        let equal = text.split_once(" = ").map(|sides| (sides, false));
        let ((left, right), is_about) = equal.or_else(about).ok_or_else(form)?;
        let count = left.strip_suffix(" credits").or_else(|| left.strip_suffix(" credit"));
        let credits =
            money::decimal(count.ok_or_else(form)?).map_err(|why| format!("{}: {why}", form()))?;
        let (worth, currency) = amount_of(right).map_err(|why| format!("{}: {why}", form()))?;
        if credits.is_zero() || worth.is_zero() || currency == Currency::Credits {
            return Err(form());
        }
        Ok(Self { credits, worth, currency, is_about })
    }
}

/// What a fee is taken on.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "kebab-case")]
pub enum FeeOccasion {
    /// Money that is paid in before it is spent.
    TopUp,
    Price,
    Call,
    Tax,
}

impl FeeOccasion {
    /// The word in a catalog: `top-up`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Every word, as a list for people.
    pub(super) fn all() -> String {
        <Self as strum::VariantNames>::VARIANTS.join(", ")
    }
}

/// How much a fee is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FeeAmount {
    /// A share of what is paid without it.
    Rate(Percent),
    /// So much for each call.
    PerCall(Decimal, Currency),
}

/// What a provider takes besides the price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fee {
    pub amount: FeeAmount,
    pub on: FeeOccasion,
}

impl fmt::Display for Fee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} on {}", self.amount, self.on.as_str()))
    }
}

impl fmt::Display for FeeAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rate(rate) => rate.fmt(f),
            Self::PerCall(amount, currency) => f.pad(&format!("{amount} {currency}")),
        }
    }
}

/// All fees of a provider, in the order in which they are taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Fees(pub Vec<Fee>);

impl fmt::Display for Fees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fees: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.pad(&fees.join(", then "))
    }
}

/// Credits that are sold together: `1000 credits for 10 USD`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CreditPack {
    pub price: Decimal,
    pub currency: Currency,
    /// How many credits, bonus ones among them; above zero.
    pub credits: Decimal,
}

impl fmt::Display for CreditPack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} credits for {} {}", self.credits, self.price, self.currency))
    }
}

/// The packs that are sold, in whatever order.
#[derive(Debug, Clone)]
pub struct CreditPacks(pub Vec<CreditPack>);

impl PartialEq for CreditPacks {
    fn eq(&self, other: &Self) -> bool {
        let covers = |a: &Self, b: &Self| a.0.iter().all(|pack| b.0.contains(pack));
        covers(self, other) && covers(other, self)
    }
}

impl fmt::Display for CreditPacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let packs: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.pad(&packs.join(", "))
    }
}

/// An amount of money: `10 USD`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Money {
    pub amount: Decimal,
    pub currency: Currency,
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", self.amount, self.currency))
    }
}

impl FromStr for Money {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (amount, currency) = amount_of(text)?;
        if currency == Currency::Credits {
            return Err(format!("`{text}` is not money, such as 10 USD"));
        }
        Ok(Self { amount, currency })
    }
}
