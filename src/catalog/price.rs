//! What a source charges: an amount, its currency and the units it is charged for. No conditions,
//! no conversion, no fees.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use strum::VariantNames;

use super::money::{decimal, product};
use super::terms::Percent;

/// Money of a state, or the credits of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Currency {
    Iso(iso_currency::Currency),
    /// A provider's own credits, worth what the provider says.
    Credits,
}

impl Currency {
    /// The currency of totals where none is asked for.
    pub const DOLLARS: Self = Self::Iso(iso_currency::Currency::USD);

    /// The code as it is written: `USD`, `CNY`, `credits`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Iso(currency) => currency.code(),
            Self::Credits => "credits",
        }
    }

    /// Reads the code of a state's money; the error says what is wrong with it.
    pub fn money(text: &str) -> Result<Self, String> {
        // ISO's codes for testing and for "no currency" would parse too, and are never a price.
        let known = |code: &str| {
            let currency = iso_currency::Currency::from_code(code);
            currency.filter(|_| !matches!(code, "XXX" | "XTS"))
        };
        known(text).map(Self::Iso).ok_or_else(|| {
            let upper = text.to_ascii_uppercase();
            let near = known(&upper).map(|_| format!(" (did you mean `{upper}`?)"));
            let near = near.unwrap_or_default();
            format!("`{text}` is not an ISO 4217 currency, such as USD{near}")
        })
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl FromStr for Currency {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "credits" {
            return Ok(Self::Credits);
        }
        Self::money(text).map_err(|why| format!("{why}, nor credits"))
    }
}

/// What a price is charged for.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Unit {
    Image,
    /// As many pixels as the fact `megapixel` says.
    Megapixel,
    Pixel,
    Call,
    /// One second of hardware.
    Second,
    /// A token that an image is made of.
    ImageToken,
    /// A token of the prompt.
    InputToken,
}

impl Unit {
    /// The unit as it is written in a price.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads `image`, or `images` where more than one is meant.
    fn parse(text: &str, count: u64) -> Option<Self> {
        let singular = if count == 1 { text } else { text.strip_suffix('s')? };
        singular.parse().ok()
    }
}

/// An amount of money or credits for a number of units: `60 USD / 1000 images`.
#[derive(Debug, Clone, Copy)]
pub struct UnitPrice {
    /// How much, never negative, at most 28 digits.
    pub amount: Decimal,
    pub currency: Currency,
    /// For how many units; above zero.
    pub per: u64,
    pub unit: Unit,
}

impl PartialEq for UnitPrice {
    /// Nothing is nothing, in any currency and for any unit; and 60 for 1000 is 0.06 for one.
    fn eq(&self, other: &Self) -> bool {
        let same = self.currency == other.currency && self.unit == other.unit;
        let (a, b) = (self.amount, other.amount);
        let crossed = || {
            let a = product(a, Decimal::from(other.per));
            a.is_ok() && a == product(b, Decimal::from(self.per))
        };
        let equal = if self.per == other.per { a == b } else { crossed() };
        (same && equal) || (a.is_zero() && b.is_zero())
    }
}

impl fmt::Display for UnitPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} / ", self.amount, self.currency)?;
        match self.per {
            1 => f.write_str(self.unit.as_str()),
            per => write!(f, "{per} {}s", self.unit.as_str()),
        }
    }
}

impl FromStr for UnitPrice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || format!("`{text}` is not a price, such as \"0.100 USD / image\"");
        let (money, unit) = text.split_once(" / ").ok_or_else(form)?;
        let (amount, currency) = amount_of(money).map_err(|why| format!("{}: {why}", form()))?;
        let (per, unit) = match unit.split_once(' ') {
            None => (1, unit),
            Some((text, unit)) => {
                let digits = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
                let count = text.parse().ok().filter(|count| digits && *count > 1);
                let why = || format!("{}: `{text}` is not a number of units above 1", form());
                (count.ok_or_else(why)?, unit)
            }
        };
        let unit = Unit::parse(unit, per).ok_or_else(|| {
            let units = Unit::VARIANTS.join(", ");
            format!("{}: the unit is one of {units}, with an s after a number", form())
        })?;
        Ok(Self { amount, currency, per, unit })
    }
}

/// What a row of a price table asks.
#[derive(Debug, Clone)]
pub enum Price {
    /// The sum of its parts, all in one currency: `0.04 USD / call + 0.03 USD / megapixel`.
    Sum {
        parts: Vec<UnitPrice>,
        /// Whether the page gives it as about so much, written `~0.04 USD / image`.
        is_about: bool,
    },
    /// A share of what the same image costs without the row's mode, written `50%`.
    Share(Percent),
}

impl Price {
    /// The parts of a sum; none of a share.
    pub fn parts(&self) -> &[UnitPrice] {
        match self {
            Self::Sum { parts, .. } => parts,
            Self::Share(_) => &[],
        }
    }

    /// The one part of a price that is no sum and no share.
    pub fn single(&self) -> Option<&UnitPrice> {
        match self.parts() {
            [part] => Some(part),
            _ => None,
        }
    }

    /// Whether it costs nothing.
    pub fn is_free(&self) -> bool {
        matches!(self, Self::Sum { parts, .. } if parts.iter().all(|it| it.amount.is_zero()))
    }

    /// The currency of several prices of one kind; what is free may name any.
    pub fn common_currency<'p>(
        mut prices: impl Iterator<Item = &'p Self> + Clone,
    ) -> Option<Currency> {
        let paid = prices.clone().find(|price| !price.is_free());
        paid.or_else(|| prices.next()).and_then(Self::currency)
    }

    /// The currency of its parts; a share has none of its own.
    pub fn currency(&self) -> Option<Currency> {
        self.parts().first().map(|part| part.currency)
    }

    /// Whether the page gives it as about so much.
    pub fn is_about(&self) -> bool {
        matches!(self, Self::Sum { is_about: true, .. })
    }
}

impl From<UnitPrice> for Price {
    fn from(part: UnitPrice) -> Self {
        Self::Sum { parts: vec![part], is_about: false }
    }
}

impl PartialEq for Price {
    /// The same parts in whatever order; that a page says about makes no difference.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Sum { parts: a, .. }, Self::Sum { parts: b, .. }) => {
                let covers = |a: &[UnitPrice], b: &[UnitPrice]| a.iter().all(|it| b.contains(it));
                a.len() == b.len() && covers(a, b) && covers(b, a)
            }
            (Self::Share(a), Self::Share(b)) => a == b,
            (Self::Sum { .. }, Self::Share(_)) | (Self::Share(_), Self::Sum { .. }) => false,
        }
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sum { parts, is_about } => {
                let parts: Vec<_> = parts.iter().map(ToString::to_string).collect();
                f.pad(&format!("{}{}", if *is_about { "~" } else { "" }, parts.join(" + ")))
            }
            Self::Share(share) => share.fmt(f),
        }
    }
}

impl FromStr for Price {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.ends_with('%') {
            return text.parse().map(Self::Share);
        }
        let (sum, is_about) = match text.strip_prefix('~') {
            Some(sum) => (sum.strip_prefix(' ').unwrap_or(sum), true),
            None => (text, false),
        };
        let parts: Vec<UnitPrice> = sum.split(" + ").map(str::parse).collect::<Result<_, _>>()?;
        if parts.iter().any(|part| part.currency != parts[0].currency) {
            return Err(format!("`{text}` is a sum in several currencies"));
        }
        let doubled = |(i, part): (usize, &UnitPrice)| {
            parts[..i].iter().any(|before| before.unit == part.unit)
        };
        if parts.iter().enumerate().any(doubled) {
            return Err(format!("`{text}` has two parts of one unit"));
        }
        Ok(Self::Sum { parts, is_about })
    }
}

/// Reads `0.100 USD` or `4 credits`: digits, one space, a currency.
///
/// Errors say what is wrong with the amount or the currency.
pub fn amount_of(text: &str) -> Result<(Decimal, Currency), String> {
    let (amount, currency) =
        text.split_once(' ').ok_or_else(|| format!("`{text}` lacks its currency"))?;
    Ok((decimal(amount)?, currency.parse()?))
}
