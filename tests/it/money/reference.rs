//! What a result has to be, in fractions of big integers; nothing of the program's own arithmetic.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;
use rust_decimal::Decimal;

fn power(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

/// A decimal as a fraction.
pub(crate) fn exact(d: Decimal) -> BigRational {
    BigRational::new(d.mantissa().into(), power(d.scale()))
}

/// The value as a decimal of at most 96 bits and 28 decimals, where there is one.
pub(crate) fn held(value: &BigRational) -> Option<Decimal> {
    let scale = (0..=28).find(|scale| (value * power(*scale)).is_integer())?;
    let mantissa = (value * power(scale)).to_integer();
    let fits = mantissa.bits() <= 96;
    fits.then(|| Decimal::from_i128_with_scale(mantissa.to_i128().unwrap(), scale))
}

/// The nearest value of so many decimals; of two that are as near, the even one.
pub(crate) fn half_even(value: &BigRational, decimals: u32) -> BigRational {
    let scaled = value * power(decimals);
    let floor = scaled.floor();
    let up = BigRational::from_integer(1.into());
    let half = BigRational::new(1.into(), 2.into());
    let rest = &scaled - &floor;
    let odd = floor.to_integer().bit(0);
    let rounded = if rest > half || (rest == half && odd) { floor + up } else { floor };
    rounded / power(decimals)
}
