//! Exact decimal arithmetic: products and sums never round, a quotient rounds once.
//! It knows no currency.

use rust_decimal::Decimal;

/// How many decimals a quotient keeps, and a written price may have.
pub const DECIMALS: u32 = 12;

/// Says that a result does not fit 96 bits and 28 decimals, so it was refused rather than rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount is beyond the decimal range, and is not rounded to fit")]
pub struct Overflow;

/// Multiplies exactly; [`Overflow`] where the product can't be held to the last digit.
pub fn product(a: Decimal, b: Decimal) -> Result<Decimal, Overflow> {
    let (a, b) = (a.normalize(), b.normalize());
    let mantissa = a.mantissa().checked_mul(b.mantissa()).ok_or(Overflow)?;
    exact(mantissa, a.scale() + b.scale())
}

/// Adds exactly; [`Overflow`] where the sum can't be held to the last digit.
pub fn sum(a: Decimal, b: Decimal) -> Result<Decimal, Overflow> {
    let (a, b) = (a.normalize(), b.normalize());
    let scale = a.scale().max(b.scale());
    let aligned = |d: Decimal| d.mantissa().checked_mul(power(scale - d.scale())?);
    let mantissa = aligned(a).zip(aligned(b)).and_then(|(a, b)| a.checked_add(b));
    exact(mantissa.ok_or(Overflow)?, scale)
}

/// Subtracts exactly; [`Overflow`] as for [`sum`].
pub fn difference(a: Decimal, b: Decimal) -> Result<Decimal, Overflow> {
    sum(a, -b)
}

/// Divides and rounds once, half to even, at [`DECIMALS`]; [`Overflow`] also for a zero divisor.
pub fn quotient(a: Decimal, b: Decimal) -> Result<Decimal, Overflow> {
    let (a, b) = (a.normalize(), b.normalize());
    if b.is_zero() {
        return Err(Overflow);
    }
    let negative = a.is_sign_negative() != b.is_sign_negative() && !a.is_zero();
    let (n, d) = (a.mantissa().abs(), b.mantissa().abs());
    let digits = i64::from(DECIMALS) + i64::from(b.scale()) - i64::from(a.scale());
    let rounded = match u32::try_from(digits) {
        Ok(digits) => long_division(n, d, digits)?,
        Err(_) => divided_twice(n, power(digits.unsigned_abs().try_into().unwrap_or(u32::MAX)), d)?,
    };
    exact(if negative { -rounded } else { rounded }, DECIMALS)
}

/// Gives `n / d`, rounded up to a whole number; both positive.
pub fn whole_up(n: Decimal, d: Decimal) -> Result<Decimal, Overflow> {
    let (n, d) = (n.normalize(), d.normalize());
    let scale = n.scale().max(d.scale());
    let aligned = |x: Decimal| x.mantissa().checked_mul(power(scale - x.scale())?);
    let (n, d) = aligned(n).zip(aligned(d)).ok_or(Overflow)?;
    if d == 0 {
        return Err(Overflow);
    }
    exact(n / d + i128::from(n % d != 0), 0)
}

fn power(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

/// Digit by digit, so that no intermediate value outgrows 128 bits: the remainder stays below 2^96.
fn long_division(n: i128, d: i128, digits: u32) -> Result<i128, Overflow> {
    let (mut result, mut rest) = (n / d, n % d);
    for _ in 0..digits {
        let next = rest * 10;
        result = result.checked_mul(10).and_then(|r| r.checked_add(next / d)).ok_or(Overflow)?;
        rest = next % d;
    }
    Ok(half_even(result, (2 * rest).cmp(&d)))
}

/// `n / (p * d)` without forming the product: floors nest, and the two remainders decide the half.
fn divided_twice(n: i128, p: Option<i128>, d: i128) -> Result<i128, Overflow> {
    let p = p.ok_or(Overflow)?;
    let (first, low) = (n / p, n % p);
    let (result, high) = (first / d, first % d);
    let to_half = match d - 2 * high {
        gap if gap >= 2 => std::cmp::Ordering::Less,
        1 => (2 * low).cmp(&p),
        0 => low.cmp(&0),
        _ => std::cmp::Ordering::Greater,
    };
    Ok(half_even(result, to_half))
}

fn half_even(floor: i128, rest_to_half: std::cmp::Ordering) -> i128 {
    match rest_to_half {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Equal => floor + (floor & 1),
        std::cmp::Ordering::Greater => floor + 1,
    }
}

/// Zeros at the end cost nothing, so they go before a value counts as too long.
fn exact(mut mantissa: i128, mut scale: u32) -> Result<Decimal, Overflow> {
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| Overflow)
}
