//! Money for reading: a currency's sign and at most six significant digits. What is exact stands in
//! `--explain`, JSON, CSV and Markdown.

use rust_decimal::{Decimal, RoundingStrategy};

use super::format::{grouped, span};
use super::quote::PriceRange;
use crate::catalog::Currency;

/// So many digits tell prices apart, and no more are read.
const MAX_DIGITS: u32 = 6;

/// The digits of an amount below one.
const MAX_DIGITS_BELOW_ONE: u32 = 3;

/// From this on cents would be more digits than are read.
const WHOLE_FROM: Decimal = Decimal::from_parts(10_000, 0, 0, false, 0);

/// From this on whole units would be, too.
const MILLION: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

/// No decimal has more digits.
const MAX_MORE_DIGITS: u32 = 28;

/// Returns an amount with its currency: `$8.55`, `¥0.06`, `20 CHF`, `4,000 credits`.
pub fn money(amount: Decimal, currency: Currency) -> String {
    with_sign(&rounded(amount, 0, NEAREST), currency)
}

/// Returns an amount that bounds others, rounded up: no more was spent.
pub fn money_at_most(amount: Decimal, currency: Currency) -> String {
    with_sign(&rounded(amount, 0, RoundingStrategy::AwayFromZero), currency)
}

/// Returns a range, with the currency once: `$8–40`.
pub fn money_range(range: PriceRange, currency: Currency) -> String {
    range_text(range, currency, 0)
}

/// Returns two ranges with as many digits as tell them apart: `$0.1003 -> $0.1000`.
pub fn money_ranges(ranges: [PriceRange; 2], currency: Currency) -> [String; 2] {
    let texts = |more| ranges.map(|range| range_text(range, currency, more));
    let differ = |texts: &[String; 2]| texts[0] != texts[1];
    (0..=MAX_MORE_DIGITS).map(texts).find(differ).unwrap_or_else(|| texts(0))
}

fn range_text(range: PriceRange, currency: Currency, more: u32) -> String {
    let [low, high] = [range.low, range.high].map(|amount| rounded(amount, more, NEAREST));
    with_sign(&span(low, &high), currency)
}

fn with_sign(figure: &str, currency: Currency) -> String {
    match sign(currency) {
        Some(sign) => match figure.strip_prefix('-') {
            Some(figure) => format!("-{sign}{figure}"),
            None => format!("{sign}{figure}"),
        },
        None => format!("{figure} {}", currency.code()),
    }
}

/// The sign of a currency that shares it with no other seller's.
fn sign(currency: Currency) -> Option<&'static str> {
    match currency {
        Currency::Iso(iso_currency::Currency::USD) => Some("$"),
        Currency::Iso(iso_currency::Currency::CNY) => Some("¥"),
        Currency::Iso(iso_currency::Currency::EUR) => Some("€"),
        Currency::Iso(iso_currency::Currency::GBP) => Some("£"),
        Currency::Iso(_) | Currency::Credits => None,
    }
}

const NEAREST: RoundingStrategy = RoundingStrategy::MidpointNearestEven;

/// Returns an amount with its thousands apart: with three digits below one, with cents from one on,
/// and whole where cents would be more than six digits; and so many `more` digits.
fn rounded(amount: Decimal, more: u32, how: RoundingStrategy) -> String {
    let size = amount.abs();
    let short = if size < Decimal::ONE {
        amount.round_sf_with_strategy(MAX_DIGITS_BELOW_ONE + more, how)
    } else if size < WHOLE_FROM {
        Some(amount.round_dp_with_strategy(2 + more, how))
    } else {
        // Whole units below a million, since they have no more than six digits.
        let whole = amount.round_dp_with_strategy(more, how);
        let short = amount.round_sf_with_strategy(MAX_DIGITS + more, how);
        if size < MILLION { Some(whole) } else { short }
    };
    let mut text = grouped(short.unwrap_or(amount));
    // Nobody writes $8.4 for eight dollars and forty cents.
    if text.rsplit_once('.').is_some_and(|(_, decimals)| decimals.len() == 1) {
        text.push('0');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(amount: &str, currency: &str) -> String {
        money(amount.parse().unwrap(), currency.parse().unwrap())
    }

    #[test]
    fn money_has_its_sign_and_at_most_six_digits() {
        for (amount, text) in [
            ("8.547373819394", "$8.55"),
            ("0.008547373819", "$0.00855"),
            ("0.0000012345", "$0.00000123"),
            ("104.8576", "$104.86"),
            ("0.1048576", "$0.105"),
            ("8.4", "$8.40"),
            ("0.1", "$0.10"),
            ("0.02", "$0.02"),
            ("0.9999", "$1"),
            ("10", "$10"),
            ("0", "$0"),
            ("0.00", "$0"),
            ("1234.567", "$1,234.57"),
            ("9999.994", "$9,999.99"),
            ("12345.678", "$12,346"),
            ("123456.5", "$123,456"),
            ("999999.5", "$1,000,000"),
            ("8547373.81938", "$8,547,370"),
            ("-8.4", "-$8.40"),
        ] {
            assert_eq!(shown(amount, "USD"), text, "{amount}");
        }
    }

    #[test]
    fn what_bounds_is_rounded_up_and_never_under() {
        for (amount, text) in [
            ("0.1001", "$0.101"),
            ("0.0000012301", "$0.00000124"),
            ("8.541", "$8.55"),
            ("8.5", "$8.50"),
            ("12345.01", "$12,346"),
            ("1000000.01", "$1,000,010"),
            ("0.9991", "$1"),
            ("0", "$0"),
        ] {
            let shown = money_at_most(amount.parse().unwrap(), Currency::DOLLARS);
            assert_eq!(shown, text, "{amount}");
        }
    }

    #[test]
    fn two_amounts_that_differ_are_shown_with_the_digits_that_tell_them_apart() {
        let one = |amount: &str| {
            let amount = amount.parse().unwrap();
            PriceRange { low: amount, high: amount }
        };
        for (old, new, texts) in [
            ("0.1", "0.1003", ["$0.10", "$0.1003"]),
            ("0.1003", "0.1004", ["$0.1003", "$0.1004"]),
            ("8.541", "8.543", ["$8.541", "$8.543"]),
            ("12345.6", "12345.7", ["$12,345.60", "$12,345.70"]),
            ("8547373", "8547374", ["$8,547,373", "$8,547,374"]),
            ("1", "2", ["$1", "$2"]),
            ("1", "1.00", ["$1", "$1"]),
        ] {
            assert_eq!(money_ranges([one(old), one(new)], Currency::DOLLARS), texts);
        }
    }

    #[test]
    fn a_currency_without_a_sign_of_its_own_has_its_code() {
        assert_eq!(shown("0.06", "CNY"), "¥0.06");
        assert_eq!(shown("7.5", "EUR"), "€7.50");
        assert_eq!(shown("20", "JPY"), "20 JPY");
        assert_eq!(shown("4000", "credits"), "4,000 credits");
        let range = PriceRange { low: 8.into(), high: 40.into() };
        assert_eq!(money_range(range, "USD".parse().unwrap()), "$8–40");
        assert_eq!(money_range(range, "CHF".parse().unwrap()), "8–40 CHF");
    }
}
