//! Money for reading: a currency's sign and at most six significant digits. What is exact stands in
//! `--explain`, JSON, CSV and Markdown.

use cogdex::catalog::Currency;
use cogdex::pricing::{PriceRange, grouped, span};
use rust_decimal::Decimal;

/// So many digits tell prices apart, and no more are read.
const MAX_DIGITS: u32 = 6;

/// The digits of an amount below one.
const MAX_DIGITS_BELOW_ONE: u32 = 3;

/// Returns an amount with its currency: `$8.55`, `¥0.06`, `20 CHF`, `4,000 credits`.
pub(crate) fn money(amount: Decimal, currency: Currency) -> String {
    with_sign(&rounded(amount), currency)
}

/// Returns a range, with the currency once: `$8–40`.
pub(crate) fn money_range(range: PriceRange, currency: Currency) -> String {
    with_sign(&span(rounded(range.low), &rounded(range.high)), currency)
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

/// Returns an amount with cents from one on, with three digits below it, and its thousands apart.
fn rounded(amount: Decimal) -> String {
    let digits = if amount.abs() < Decimal::ONE { MAX_DIGITS_BELOW_ONE } else { MAX_DIGITS };
    let short = amount.round_sf(digits).unwrap_or(amount);
    let short = if amount.abs() < Decimal::ONE { short } else { short.round_dp(2) };
    let mut text = grouped(short);
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
            ("12345.678", "$12,345.70"),
            ("999999.5", "$1,000,000"),
            ("8547373.81938", "$8,547,370"),
            ("-8.4", "-$8.40"),
        ] {
            assert_eq!(shown(amount, "USD"), text, "{amount}");
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
