//! Which exchange rate is taken, and that one turned round is rounded once.

use cogdex::catalog::{Catalog, Currency};
use cogdex::pricing::{Conversion, GivenRate, PricingTerms, UsedRate};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::reference::{exact, half_even, held};
use crate::support::{TODAY, catalog, usd};

fn cny() -> Currency {
    "CNY".parse().unwrap()
}

fn given(text: &str) -> PricingTerms {
    let rates: Vec<GivenRate> = text.split_whitespace().map(|r| r.parse().unwrap()).collect();
    PricingTerms { currency: usd(), rates }
}

/// One official rate of May, one of June, an unofficial one of July, and one that is to come.
fn dated() -> Catalog {
    let row = |rate: &str, date: &str, official: bool| {
        format!(
            "[[rate]]\nrate = \"{rate}\"\ndate = {date}\nsource = \"page\"\nofficial = {official}\n"
        )
    };
    let rows = [
        row("1 USD = 7 CNY", "2026-06-10", true),
        row("1 CNY = 0.125 USD", "2026-05-10", true),
        row("1 USD = 5 CNY", "2026-07-10", false),
        row("1 USD = 8 CNY", "2026-11-01", true),
    ];
    catalog(&[("rates.toml", &rows.concat())])
}

fn rate(as_of: Date) -> Option<UsedRate> {
    let terms = PricingTerms { currency: usd(), rates: Vec::new() };
    terms.rate(&dated(), cny(), as_of).unwrap()
}

proptest! {
    #![proptest_config(super::many())]

    #[test]
    fn a_given_rate_is_taken_as_it_is(mantissa in 1..i64::MAX, scale in 0..=12_u32) {
        let value = Decimal::from_i128_with_scale(mantissa.into(), scale);
        let used = given(&format!("CNY/USD={value}")).rate(&Catalog::default(), cny(), TODAY);
        prop_assert_eq!(used.unwrap().unwrap().value, value);
    }

    #[test]
    fn a_rate_turned_round_is_rounded_once(mantissa in 1..i64::MAX, scale in 0..=12_u32) {
        let value = Decimal::from_i128_with_scale(mantissa.into(), scale);
        let wanted = half_even(&exact(value).recip(), 12);
        let used = given(&format!("USD/CNY={value}")).rate(&Catalog::default(), cny(), TODAY);
        match held(&wanted).filter(|wanted| !wanted.is_zero()) {
            Some(wanted) => {
                let used = used.unwrap().unwrap();
                prop_assert_eq!(used.value, wanted);
                // What is shown is rounded; what is counted with is as stated.
                prop_assert_eq!(used.conversions, vec![Conversion::DivideBy(value)]);
                prop_assert_eq!(used.stated, format!("1 USD = {value} CNY"));
            }
            // At twelve decimals it would be a zero, and every price with it.
            None => prop_assert!(used.is_err()),
        }
    }
}

#[test]
fn the_newest_official_rate_of_the_day_is_the_default() {
    assert!(rate(date(2026, 5, 9)).is_none());
    let may = rate(date(2026, 6, 9)).unwrap();
    assert_eq!((may.value, may.date), (Decimal::new(125, 3), Some(date(2026, 5, 10))));
    let june = rate(date(2026, 10, 31)).unwrap();
    assert_eq!(june.value, Decimal::new(142_857_142_857, 12));
    assert_eq!((june.pair.as_str(), june.source.as_str()), ("CNY/USD", "page"));
    assert_eq!(rate(TODAY).unwrap().value, Decimal::new(125, 3));
}

#[test]
fn a_rate_is_called_old_after_31_days() {
    assert_eq!(rate(date(2026, 6, 10)).unwrap().old_days(date(2026, 6, 10)), None);
    assert_eq!(rate(date(2026, 7, 11)).unwrap().old_days(date(2026, 7, 11)), None);
    assert_eq!(rate(date(2026, 7, 12)).unwrap().old_days(date(2026, 7, 12)), Some(32));
    assert_eq!(rate(date(2026, 10, 31)).unwrap().old_days(date(2026, 10, 31)), Some(143));
}

#[test]
fn a_given_rate_comes_before_the_catalogs_and_is_never_old() {
    let used =
        given("EUR/USD=1.1 CNY/USD=0.14 USD/CNY=2").rate(&dated(), cny(), TODAY).unwrap().unwrap();
    assert_eq!(used.value, Decimal::new(14, 2));
    assert_eq!((used.date, used.old_days(TODAY), used.source.as_str()), (None, None, "--rate"));
    let turned = given("USD/CNY=8").rate(&dated(), cny(), TODAY).unwrap().unwrap();
    assert_eq!(turned.value, Decimal::new(125, 3));
}

#[test]
fn a_currency_without_a_rate_has_none() {
    let yen: Currency = "JPY".parse().unwrap();
    assert_eq!(given("CNY/USD=0.14").rate(&dated(), yen, TODAY), Ok(None));
}

#[test]
fn what_is_no_rate_is_refused() {
    let words = [
        "CNY/USD=0",
        "CNY/USD=-1",
        "CNY/USD=",
        "CNY/USD",
        "CNY=1",
        "USD/USD=1",
        "CNY/XXX=1",
        "credits/USD=1",
        "CNY/USD=0.12345678901234567890123456789",
        "CNY/USD=1e3",
        "CNY/USD=NaN",
        "",
    ];
    for text in words {
        assert!(text.parse::<GivenRate>().is_err(), "{text}");
    }
}
