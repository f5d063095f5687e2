//! Exact decimal arithmetic: numbers are read to the last digit, products and sums never round, a
//! quotient rounds once. It knows no currency.

use std::cmp::Ordering;

use rust_decimal::Decimal;

/// How many decimals a quotient keeps, and a written price may have.
pub const DECIMALS: u32 = 12;

/// The most decimals of a number in a catalog.
const MAX_DECIMALS: usize = 28;

/// Says that a result does not fit 96 bits and 28 decimals, so it was refused rather than rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount is beyond the decimal range, and is not rounded to fit")]
pub struct Overflow;

/// Multiplies exactly; [`Overflow`] where the product can't be held to the last digit.
pub fn product(a: Decimal, b: Decimal) -> Result<Decimal, Overflow> {
    let (a, b) = (a.normalize(), b.normalize());
    let (mut m, mut n, mut scale) = (a.mantissa(), b.mantissa(), a.scale() + b.scale());
    // A product may be too long only for the zeros at its end.
    while scale > 0 && m.checked_mul(n).is_none() {
        let Some(shorter) = without_a_ten(m, n) else { break };
        ((m, n), scale) = (shorter, scale - 1);
    }
    exact(m.checked_mul(n).ok_or(Overflow)?, scale)
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
    let negative = a.is_sign_negative() != b.is_sign_negative();
    let floor = Floor::new(a.abs(), b.abs(), DECIMALS)?;
    let up = match floor.left_to_half {
        Ordering::Less => 0,
        Ordering::Equal => floor.low & 1,
        Ordering::Greater => 1,
    };
    let rounded = sum(exact(floor.high, 0)?, exact(floor.low + up, DECIMALS)?)?;
    Ok(if negative && !rounded.is_zero() { -rounded } else { rounded })
}

/// Gives `n / d`, rounded up to a whole number; both positive.
pub fn whole_up(n: Decimal, d: Decimal) -> Result<Decimal, Overflow> {
    let floor = Floor::new(n, d, 0)?;
    let high = product(exact(floor.high, 0)?, exact(LOW, 0)?)?;
    sum(high, exact(floor.low + i128::from(!floor.is_all), 0)?)
}

/// Ten to the power of [`DECIMALS`]: where a floor is parted.
const LOW: i128 = 1_000_000_000_000;

/// A quotient rounded down, in units of its last decimal: `high` times [`LOW`], and `low`.
/// In one piece, a long quotient with many zeros at its end would outgrow 128 bits.
struct Floor {
    high: i128,
    low: i128,
    /// How what is left compares with half a unit.
    left_to_half: Ordering,
    /// Whether nothing is left.
    is_all: bool,
}

impl Floor {
    /// `n / d` down to so many decimals; neither is negative.
    fn new(n: Decimal, d: Decimal, decimals: u32) -> Result<Self, Overflow> {
        let (n, d) = (n.normalize(), d.normalize());
        if d.is_zero() {
            return Err(Overflow);
        }
        let digits = i64::from(decimals) + i64::from(d.scale()) - i64::from(n.scale());
        let (n, d) = (n.mantissa(), d.mantissa());
        if let Ok(digits) = u32::try_from(digits) {
            return Self::digit_by_digit(n, d, digits);
        }
        let shift = u32::try_from(digits.unsigned_abs()).map_err(|_| Overflow)?;
        Ok(Self::divided_twice(n, power(shift).ok_or(Overflow)?, d))
    }

    /// `n * 10^digits / d`; the remainder stays below 2^96, so that ten times it can be held.
    fn digit_by_digit(n: i128, d: i128, digits: u32) -> Result<Self, Overflow> {
        let (mut high, mut low, mut rest) = (n / d / LOW, n / d % LOW, n % d);
        for _ in 0..digits {
            let shifted = low * 10 + rest * 10 / d;
            let carried = high.checked_mul(10).and_then(|high| high.checked_add(shifted / LOW));
            (high, low, rest) = (carried.ok_or(Overflow)?, shifted % LOW, rest * 10 % d);
        }
        Ok(Self { high, low, left_to_half: (2 * rest).cmp(&d), is_all: rest == 0 })
    }

    /// `n / (p * d)` without forming the product: floors nest, and two remainders decide the half.
    fn divided_twice(n: i128, p: i128, d: i128) -> Self {
        let (first, low) = (n / p, n % p);
        let (result, high) = (first / d, first % d);
        let left_to_half = match d - 2 * high {
            gap if gap >= 2 => Ordering::Less,
            1 => (2 * low).cmp(&p),
            0 => low.cmp(&0),
            _ => Ordering::Greater,
        };
        let is_all = low == 0 && high == 0;
        Self { high: result / LOW, low: result % LOW, left_to_half, is_all }
    }
}

fn power(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

/// Two factors of a tenth of the product, where it ends in a zero.
fn without_a_ten(m: i128, n: i128) -> Option<(i128, i128)> {
    let parts = [(10, 1), (1, 10), (2, 5), (5, 2)];
    let fits = parts.into_iter().find(|(p, q)| m % p == 0 && n % q == 0);
    fits.map(|(p, q)| (m / p, n / q))
}

/// Zeros at the end cost nothing, so they go before a value counts as too long.
fn exact(mut mantissa: i128, mut scale: u32) -> Result<Decimal, Overflow> {
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| Overflow)
}

/// Reads a plain decimal that is not negative, of at most 28 digits.
pub fn decimal(text: &str) -> Result<Decimal, String> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    if !digits(whole) || !digits(decimals) {
        return Err(format!("`{text}` is not a plain decimal number"));
    }
    if decimals.len() > MAX_DECIMALS {
        return Err(format!("`{text}` has more than {MAX_DECIMALS} decimals"));
    }
    Decimal::from_str_exact(text).map_err(|_| format!("`{text}` is beyond the decimal range"))
}
