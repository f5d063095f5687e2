//! Exact arithmetic, credits and rates, held against fractions of big integers.

use cogdex::catalog::{CreditValue, Overflow, product, quotient, subtract, sum, whole_up};
use num_traits::{One, Zero};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::support::usd;
use reference::{exact, half_even, held};

mod quotes;
mod rates;
pub(crate) mod reference;

/// Enough to meet the corners of 96 bits, and still a matter of seconds.
fn many() -> ProptestConfig {
    ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() }
}

/// Mantissas of every length, and those that vanish against each other: powers of 2 and 5.
fn mantissas() -> impl Strategy<Value = i128> {
    let plain = (any::<u128>(), 32..128_u32).prop_map(|(bits, cut)| (bits >> cut).cast_signed());
    let round = (0..=41_u32, 0..96_u32).prop_map(|(fives, twos)| {
        let five = 5_i128.pow(fives);
        five << twos.min(five.leading_zeros() - 32)
    });
    prop_oneof![3 => plain, 1 => round]
}

fn decimals() -> impl Strategy<Value = Decimal> {
    (mantissas(), 0..=28_u32, any::<bool>()).prop_map(|(mantissa, scale, negative)| {
        Decimal::from_i128_with_scale(if negative { -mantissa } else { mantissa }, scale)
    })
}

fn positive() -> impl Strategy<Value = Decimal> {
    decimals().prop_map(|d| d.abs()).prop_filter("zero divides nothing", |d| !d.is_zero())
}

proptest! {
    #![proptest_config(many())]

    #[test]
    fn a_product_is_exact_or_truly_too_long(a in decimals(), b in decimals()) {
        prop_assert_eq!(product(a, b).ok(), held(&(exact(a) * exact(b))));
    }

    #[test]
    fn a_sum_is_exact_or_truly_too_long(a in decimals(), b in decimals()) {
        prop_assert_eq!(sum(a, b).ok(), held(&(exact(a) + exact(b))));
        prop_assert_eq!(subtract(a, b).ok(), held(&(exact(a) - exact(b))));
    }

    #[test]
    fn a_quotient_is_rounded_once_half_to_even(a in decimals(), b in decimals()) {
        prop_assume!(!b.is_zero());
        let wanted = held(&half_even(&(exact(a) / exact(b)), 12));
        prop_assert_eq!(quotient(a, b).ok(), wanted);
    }

    #[test]
    fn a_quotient_by_a_short_number_is_rounded_once(a in decimals(), b in 1..10_000_i64) {
        let b = Decimal::from(b);
        let wanted = held(&half_even(&(exact(a) / exact(b)), 12));
        prop_assert_eq!(quotient(a, b).ok(), wanted);
    }

    #[test]
    fn an_exact_half_goes_to_the_even_neighbour(
        floor in any::<u32>(), divisor in 1..1_000_000_i64, negative in any::<bool>(),
    ) {
        let sign = if negative { -1 } else { 1 };
        // The middle between `floor` and `floor + 1`, counted in twelfth decimals.
        let half = Decimal::from_i128_with_scale((i128::from(floor) * 10 + 5) * sign, 13);
        let divisor = Decimal::from(divisor);
        let even = i128::from(floor) + i128::from(floor % 2);
        let wanted = Decimal::from_i128_with_scale(even * sign, 12);
        let dividend = product(half, divisor).unwrap();
        prop_assert_eq!(quotient(dividend, divisor), Ok(wanted));
        // One digit beyond the half on either side is no half any more.
        let beyond = Decimal::from_i128_with_scale(sign, 28);
        let up = Decimal::from_i128_with_scale((i128::from(floor) + 1) * sign, 12);
        let down = Decimal::from_i128_with_scale(i128::from(floor) * sign, 12);
        prop_assert_eq!(quotient(sum(half, beyond).unwrap(), Decimal::ONE), Ok(up));
        prop_assert_eq!(quotient(subtract(half, beyond).unwrap(), Decimal::ONE), Ok(down));
    }

    #[test]
    fn whole_up_is_the_ceiling(n in decimals(), d in positive()) {
        let n = n.abs();
        prop_assert_eq!(whole_up(n, d).ok(), held(&(exact(n) / exact(d)).ceil()));
    }

    #[test]
    fn a_credit_is_worth_its_share_of_the_equation(credits in positive(), worth in decimals()) {
        let value =
            CreditValue { credits, worth: worth.abs(), currency: usd(), is_about: false };
        let wanted = half_even(&(exact(worth.abs()) / exact(credits)), 12);
        prop_assert_eq!(value.of_one().ok(), held(&wanted));
    }

    #[test]
    fn equations_are_equal_when_a_credit_is_worth_the_same(
        credits in 1..10_000_i64, worth in 0..10_000_i64, times in 1..50_i64, more in 0..2_i64,
    ) {
        let of = |credits: i64, worth: i64| CreditValue {
            credits: Decimal::from(credits),
            worth: Decimal::new(worth, 3),
            currency: usd(),
            is_about: false,
        };
        let (a, b) = (of(credits, worth), of(credits * times, worth * times + more));
        let one = |value: &CreditValue| exact(value.worth) / exact(value.credits);
        prop_assert_eq!(a == b, one(&a) == one(&b));
        prop_assert_eq!(a == b, more == 0);
        let yuan = CreditValue { currency: "CNY".parse().unwrap(), ..a };
        prop_assert!(a != yuan);
    }
}

#[test]
fn nothing_is_divided_by_zero() {
    assert_eq!(quotient(Decimal::ONE, Decimal::ZERO), Err(Overflow));
    assert_eq!(quotient(Decimal::ZERO, Decimal::ZERO), Err(Overflow));
    assert_eq!(whole_up(Decimal::ONE, Decimal::ZERO), Err(Overflow));
}

#[test]
fn the_largest_amount_is_held_and_one_more_is_an_overflow() {
    let most = Decimal::MAX;
    assert_eq!(product(most, Decimal::ONE), Ok(most));
    assert_eq!(quotient(most, Decimal::ONE), Ok(most));
    assert_eq!(whole_up(most, Decimal::ONE), Ok(most));
    assert_eq!(sum(most, Decimal::ONE), Err(Overflow));
    assert_eq!(subtract(-most, Decimal::ONE), Err(Overflow));
    assert_eq!(product(most, Decimal::TWO), Err(Overflow));
    assert_eq!(quotient(most, Decimal::new(5, 1)), Err(Overflow));
    let least = Decimal::from_i128_with_scale(1, 28);
    assert_eq!(product(least, Decimal::new(1, 1)), Err(Overflow), "29 decimals are not cut");
    assert_eq!(sum(most, least), Err(Overflow), "a sum is not rounded to fit");
    assert_eq!(quotient(least, Decimal::ONE), Ok(Decimal::ZERO));
}

#[test]
fn equations_too_large_to_multiply_are_not_equal_for_that() {
    let of = |worth: i64| CreditValue {
        credits: Decimal::MAX,
        worth: sum(Decimal::MAX, Decimal::from(-worth)).unwrap(),
        currency: usd(),
        is_about: false,
    };
    assert!(of(1) == of(1));
    assert!(of(1) != of(2));
}

#[test]
fn the_reference_itself_rounds_and_holds_as_the_rules_say() {
    use num_rational::BigRational;
    let half = exact(Decimal::new(5, 1));
    assert!(half_even(&half, 0).is_zero());
    assert!(half_even(&(&half + BigRational::one()), 0) == exact(Decimal::TWO));
    assert!(half_even(&-half, 0).is_zero());
    assert_eq!(held(&exact(Decimal::MAX)), Some(Decimal::MAX));
    assert_eq!(held(&(exact(Decimal::MAX) + BigRational::one())), None);
    assert_eq!(held(&BigRational::new(1.into(), 3.into())), None);
}
