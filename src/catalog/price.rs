//! What a source charges: an amount, its currency and the unit it is charged for,
//! with the conditions under which it holds. No conversion, no fees.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use super::money::DECIMALS;
use super::size::Size;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    Image,
    /// A million pixels drawn.
    Megapixel,
    Pixel,
    Call,
    /// One second of hardware.
    Second,
}

impl Unit {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Image, "image"),
        (Self::Megapixel, "megapixel"),
        (Self::Pixel, "pixel"),
        (Self::Call, "call"),
        (Self::Second, "second"),
    ];

    /// The unit as it is written in a price.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(unit, _)| *unit == self).map_or("", |(_, word)| word)
    }
}

/// An amount of money or credits for a unit: `0.100 USD / image`.
#[derive(Debug, Clone, Copy)]
pub struct Price {
    /// How much, never negative, at most 12 decimals.
    pub amount: Decimal,
    pub currency: Currency,
    pub unit: Unit,
}

impl PartialEq for Price {
    /// Nothing is nothing, in any currency and for any unit.
    fn eq(&self, other: &Self) -> bool {
        let same = self.currency == other.currency && self.unit == other.unit;
        self.amount == other.amount && (same || self.amount.is_zero())
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {} / {}", self.amount, self.currency, self.unit.as_str()))
    }
}

impl FromStr for Price {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || format!("`{text}` is not a price, such as \"0.100 USD / image\"");
        let (money, unit) = text.split_once(" / ").ok_or_else(form)?;
        let (amount, currency) = amount_of(money).map_err(|why| format!("{}: {why}", form()))?;
        let unit = Unit::ALL.iter().find(|(_, word)| *word == unit).map(|(unit, _)| *unit);
        let unit = unit.ok_or_else(|| {
            format!("{}: the unit is image, megapixel, pixel, call or second", form())
        })?;
        Ok(Self { amount, currency, unit })
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

/// Reads a plain decimal that is not negative: digits, and at most 12 after the point.
pub fn decimal(text: &str) -> Result<Decimal, String> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    if !digits(whole) || !digits(decimals) {
        return Err(format!("`{text}` is not a plain decimal number"));
    }
    if decimals.len() > DECIMALS as usize {
        return Err(format!("`{text}` has more than {DECIMALS} decimals"));
    }
    Decimal::from_str_exact(text).map_err(|_| format!("`{text}` is beyond the decimal range"))
}

/// When a row of a table holds; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conditions {
    pub size: Option<Size>,
    pub quality: Option<String>,
    /// `sync` or `async`.
    pub mode: Option<String>,
    /// The machine it runs on.
    pub hardware: Option<String>,
}

impl Conditions {
    /// Whether some job meets both: no key on which the two differ.
    pub fn overlap(&self, other: &Self) -> bool {
        fn free<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
            a.zip(b).is_none_or(|(a, b)| a == b)
        }
        free(self.size.as_ref(), other.size.as_ref())
            && free(self.quality.as_ref(), other.quality.as_ref())
            && free(self.mode.as_ref(), other.mode.as_ref())
            && free(self.hardware.as_ref(), other.hardware.as_ref())
    }
}

impl fmt::Display for Conditions {
    /// ` if size 1024x1024 and quality hd`, or nothing at all.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.size.map(|size| size.to_string());
        let named = [
            ("size", size.as_ref()),
            ("quality", self.quality.as_ref()),
            ("mode", self.mode.as_ref()),
            ("hardware", self.hardware.as_ref()),
        ];
        let mut word = " if ";
        for (key, value) in named {
            if let Some(value) = value {
                write!(f, "{word}{key} {value}")?;
                word = " and ";
            }
        }
        Ok(())
    }
}

/// One value with the conditions under which it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct ConditionRow<T> {
    pub when: Conditions,
    pub value: T,
}

/// Values by condition: one row without conditions, or rows that exclude each other.
#[derive(Debug, Clone)]
pub struct ConditionTable<T>(pub Vec<ConditionRow<T>>);

impl<T> ConditionTable<T> {
    /// One value that holds for every job.
    pub fn always(value: T) -> Self {
        Self(vec![ConditionRow { when: Conditions::default(), value }])
    }

    /// Where two rows could hold for one job, their places in the table.
    pub fn overlap(&self) -> Option<(usize, usize)> {
        (0..self.0.len())
            .flat_map(|late| (0..late).map(move |early| (early, late)))
            .find(|&(early, late)| self.0[early].when.overlap(&self.0[late].when))
    }
}

impl<T: PartialEq> PartialEq for ConditionTable<T> {
    /// Equal for every job: the same rows, in whatever order.
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().all(|row| other.0.contains(row))
    }
}

impl<T: fmt::Display> fmt::Display for ConditionTable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, row) in self.0.iter().enumerate() {
            write!(f, "{}{}{}", if i == 0 { "" } else { "; " }, row.value, row.when)?;
        }
        Ok(())
    }
}
