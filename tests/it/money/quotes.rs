//! The total of a job on a generated listing, held against the documented order of operations:
//! quantity, price, credits, fee, exchange; products and sums exact, a quotient taken once, last.

use std::cell::Cell;

use cogdex::catalog::{Catalog, Currency};
use cogdex::pricing::{Job, Quote, QuoteState, Reason};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestRunner};
use rust_decimal::Decimal;

use super::reference::{exact, half_even, held};
use crate::support::{TODAY, Terms, job, listing, quote, usd};

const CASES: u32 = 300;

/// A listing and a job on it.
#[derive(Debug, Clone)]
struct Case {
    price: (Decimal, &'static str, &'static str),
    credits: (Decimal, Decimal, &'static str),
    fee: Option<Decimal>,
    /// 1 CNY in USD, or where `turned` 1 USD in CNY.
    rate: Decimal,
    turned: bool,
    images: u64,
    size: (u32, u32),
    reject: Decimal,
    fail: Decimal,
    charged: Option<bool>,
    seconds: Decimal,
}

fn decimal(most: i64, scale: u32) -> impl Strategy<Value = Decimal> {
    (0..=most, 0..=scale).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

fn above_zero(most: i64, scale: u32) -> impl Strategy<Value = Decimal> {
    (1..=most, 0..=scale).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

/// Zero as often as not: most jobs lose nothing.
fn share() -> impl Strategy<Value = Decimal> {
    prop_oneof![Just(Decimal::ZERO), decimal(9_999, 2).prop_map(|d| d.min(Decimal::from(99)))]
}

prop_compose! {
    fn cases()(
        price in (
            decimal(9_999, 4),
            prop::sample::select(vec!["USD", "CNY", "credits"]),
            prop::sample::select(vec!["image", "megapixel", "pixel", "call", "second"]),
        ),
        credits in (above_zero(500, 1), above_zero(500, 3), prop::sample::select(vec!["USD", "CNY"])),
        fee in prop::option::of(decimal(2_000, 2)),
        rate in above_zero(9_999, 4),
        turned in any::<bool>(),
        images in 1..100_000_u64,
        size in (1..3_000_u32, 1..3_000_u32),
        reject in share(),
        fail in share(),
        charged in any::<Option<bool>>(),
        seconds in above_zero(999, 2),
    ) -> Case {
        Case { price, credits, fee, rate, turned, images, size, reject, fail, charged, seconds }
    }
}

impl Case {
    fn catalog(&self) -> Catalog {
        let (amount, currency, unit) = self.price;
        let (count, worth, of) = self.credits;
        let fee = self.fee.map(|fee| format!("fee = {{ rate = \"{fee}%\", on = \"top-up\" }}\n"));
        let charged = self.charged.map(|yes| format!("failure-charged = {yes}\n"));
        listing(&format!(
            "[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n\
             price = \"{amount} {currency} / {unit}\"\ncredits = \"{count} credits = {worth} {of}\"\n\
             {}{}",
            fee.unwrap_or_default(),
            charged.unwrap_or_default(),
        ))
    }

    fn job(&self) -> Job {
        job(&[
            ("images", &self.images.to_string()),
            ("size", &format!("{}x{}", self.size.0, self.size.1)),
            ("reject-rate", &format!("{}%", self.reject)),
            ("fail-rate", &format!("{}%", self.fail)),
            ("seconds-per-image", &self.seconds.to_string()),
        ])
    }

    fn quote(&self) -> Quote {
        let pair = if self.turned { "USD/CNY" } else { "CNY/USD" };
        let rates = vec![format!("{pair}={}", self.rate).parse().unwrap()];
        let terms = Terms { as_of: TODAY, currency: usd(), rates };
        let catalog = self.catalog();
        quote(&catalog, &catalog.listings["p/l"], &self.job(), &terms)
    }

    /// How many units an image is, of which so many cost the price. Megapixels are a million
    /// pixels or 2^20, and are billed exactly, or rounded up.
    fn units(&self) -> Vec<(BigRational, BigRational)> {
        let pixels = integer(u64::from(self.size.0) * u64::from(self.size.1));
        let one = BigRational::one;
        match self.price.2 {
            "pixel" => vec![(pixels, one())],
            "megapixel" => {
                let ways = [1_000_000, 1_048_576].map(integer).into_iter();
                let both = |per: BigRational| {
                    let whole = ((&pixels / &per).ceil(), one());
                    [(pixels.clone(), per), whole]
                };
                ways.flat_map(both).collect()
            }
            "second" => vec![(exact(self.seconds), one())],
            _ => vec![(one(), one())],
        }
    }

    /// Images kept, drawn, and called for where failures are charged; and where they are not.
    fn calls(&self) -> Vec<[BigRational; 3]> {
        let of = |wanted: &BigRational, lost: Decimal| {
            (wanted / (BigRational::one() - exact(lost) / integer(100))).ceil()
        };
        let kept = integer(self.images);
        let drawn = of(&kept, self.reject);
        let called = of(&drawn, self.fail);
        let free = [kept.clone(), drawn.clone(), drawn.clone()];
        let charged = [kept, drawn, called];
        match self.charged {
            Some(true) => vec![charged],
            Some(false) => vec![free],
            None => vec![free, charged],
        }
    }

    /// Every amount on the way to a total, the total last; each is rounded for itself, if at all.
    fn steps(
        &self,
        (units, per): &(BigRational, BigRational),
        calls: &[BigRational; 3],
    ) -> Vec<BigRational> {
        let price = exact(self.price.0) / per;
        let [kept, drawn, called] = calls;
        let parts = [kept.clone(), drawn - kept, called - drawn, called.clone()];
        let mut steps: Vec<_> =
            parts.into_iter().flat_map(|n| [&n * units / per, n * units * &price]).collect();
        let mut each = price;
        let mut currency = self.price.1;
        let of_all = |each: &BigRational| rounded(each, &(called * units));
        let mut paid = of_all(&each);
        if currency == "credits" {
            let (count, worth, of) = self.credits;
            each *= exact(worth) / exact(count);
            currency = of;
            paid = of_all(&each);
            steps.push(paid.clone());
        }
        if let Some(fee) = self.fee {
            each *= BigRational::one() + exact(fee) / integer(100);
            let with_fee = of_all(&each);
            steps.extend([&with_fee - paid, with_fee]);
        }
        if currency == "CNY" {
            let rate = exact(self.rate);
            each *= if self.turned { rate.recip() } else { rate };
        }
        steps.push(of_all(&each));
        steps
    }

    fn ways(&self) -> Vec<Vec<BigRational>> {
        let units = self.units();
        let calls = self.calls();
        units.iter().flat_map(|units| calls.iter().map(|calls| self.steps(units, calls))).collect()
    }
}

/// So many times what one costs: exact where that ends as a decimal, else rounded at 12 decimals.
fn rounded(each: &BigRational, times: &BigRational) -> BigRational {
    let all = each * times;
    if (0..=28).any(|scale| (each * integer(10).pow(scale)).is_integer()) {
        return all;
    }
    half_even(&all, 12)
}

fn integer(n: u64) -> BigRational {
    BigRational::from_integer(BigInt::from(n))
}

/// Runs a property on generated cases; most of them have to come to a price at all.
fn on_most_cases(check: impl Fn(&Case, &Quote) -> TestCaseResult) {
    let priced = Cell::new(0);
    let config =
        ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
    let outcome = TestRunner::new(config).run(&cases(), |case| {
        let ways = case.ways();
        let quote = case.quote();
        if quote.reason == Some(Reason::Overflow) {
            let shares = ways.iter().filter_map(|steps| steps.last());
            let shares = shares.map(|total| half_even(&(total / integer(case.images)), 12));
            let too_long = ways.iter().flatten().cloned().chain(shares).any(|s| held(&s).is_none());
            prop_assert!(too_long, "an overflow, and every step could be held");
            return Ok(());
        }
        priced.set(priced.get() + 1);
        check(&case, &quote)
    });
    outcome.unwrap();
    assert!(priced.get() > CASES / 2, "only {} of {CASES} cases had a price", priced.get());
}

#[test]
fn a_total_is_that_of_the_documented_order_of_operations() {
    on_most_cases(|case, quote| {
        let totals: Vec<_> = case.ways().iter().filter_map(|steps| steps.last().cloned()).collect();
        let total = quote.total.unwrap();
        prop_assert_eq!(exact(total.low), totals.iter().min().unwrap().clone());
        prop_assert_eq!(exact(total.high), totals.iter().max().unwrap().clone());
        let free = totals.iter().all(Zero::is_zero);
        prop_assert_eq!(quote.state, if free { QuoteState::Free } else { QuoteState::Priced });
        Ok(())
    });
}

#[test]
fn the_lines_in_the_quotes_currency_add_up_to_the_total() {
    on_most_cases(|case, quote| {
        let of = |currency: Currency| quote.lines.iter().filter(move |l| l.currency == currency);
        let lines: BigRational = of(usd()).map(|line| exact(line.amount)).sum();
        prop_assert_eq!(lines, exact(quote.total.unwrap().high));
        if case.price.1 == "credits" {
            let credits: BigRational = of(Currency::Credits).map(|line| exact(line.amount)).sum();
            let bought = quote.lines.iter().find(|line| line.what == "credits").unwrap();
            prop_assert_eq!(quote.lines[0].currency, Currency::Credits);
            prop_assert_eq!(credits, exact(bought.quantity));
        }
        Ok(())
    });
}

#[test]
fn the_share_of_an_image_is_rounded_once() {
    on_most_cases(|case, quote| {
        let (total, each) = (quote.total.unwrap(), quote.per_image.unwrap());
        prop_assert!(total.low <= total.high);
        for (total, each) in [(total.low, each.low), (total.high, each.high)] {
            let share = exact(total) / integer(case.images);
            prop_assert_eq!(exact(each), half_even(&share, 12));
        }
        Ok(())
    });
}

#[test]
fn more_of_anything_never_costs_less() {
    on_most_cases(|case, quote| {
        let most = Decimal::from(99);
        let dearer = [
            Case { images: case.images + 1, ..case.clone() },
            Case { images: case.images * 3, ..case.clone() },
            Case {
                price: (case.price.0 + Decimal::new(1, 4), case.price.1, case.price.2),
                ..case.clone()
            },
            Case { reject: (case.reject + Decimal::ONE).min(most), ..case.clone() },
            Case { fail: (case.fail + Decimal::ONE).min(most), ..case.clone() },
            Case { fee: Some(case.fee.unwrap_or_default() + Decimal::ONE), ..case.clone() },
        ];
        let before = quote.total.unwrap();
        for more in dearer {
            let quote = more.quote();
            if quote.reason == Some(Reason::Overflow) {
                continue;
            }
            let total = quote.total.unwrap();
            prop_assert!(total.low >= before.low && total.high >= before.high, "{more:?}");
        }
        Ok(())
    });
}

#[test]
fn a_total_beyond_the_range_is_an_error_and_no_figure() {
    let huge = Case {
        price: (Decimal::MAX, "USD", "image"),
        credits: (Decimal::ONE, Decimal::ONE, "USD"),
        fee: None,
        rate: Decimal::ONE,
        turned: false,
        images: 1,
        size: (1024, 1024),
        reject: Decimal::ZERO,
        fail: Decimal::ZERO,
        charged: None,
        seconds: Decimal::ONE,
    };
    assert_eq!(huge.quote().total.unwrap().high, Decimal::MAX);
    for beyond in [
        Case { images: 2, ..huge.clone() },
        Case { reject: Decimal::TEN, ..huge.clone() },
        Case { fee: Some(Decimal::ONE), ..huge.clone() },
        Case { price: (Decimal::MAX, "USD", "pixel"), ..huge },
    ] {
        let quote = beyond.quote();
        let found = (quote.state, quote.total, quote.reason);
        assert_eq!(found, (QuoteState::Unknown, None, Some(Reason::Overflow)));
    }
}
