//! What one image costs, exactly: a fraction whose quotient is taken once, last, for all images
//! that cost the same. Whole numbers only; what does not fit is an error.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::catalog::{DECIMALS, Overflow};

/// No decimal has more digits after its point.
const MAX_SCALE: u32 = 28;

/// `mantissa / (divisor * 10^scale)`. The divisor is 1 where the fraction ends as a decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitCost {
    mantissa: i128,
    scale: u32,
    divisor: i128,
}

/// What a number of images of one cost comes to: a whole number of `10^-scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    pub mantissa: i128,
    pub scale: u32,
}

impl Share {
    /// The share as a decimal, where it fits one.
    pub fn to_decimal(self) -> Result<Decimal, Overflow> {
        let (mantissa, scale) = without_zeros(self.mantissa, self.scale);
        Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| Overflow)
    }
}

impl From<Decimal> for UnitCost {
    fn from(amount: Decimal) -> Self {
        let (mantissa, scale) = without_zeros(amount.mantissa(), amount.scale());
        Self { mantissa, scale, divisor: 1 }
    }
}

impl UnitCost {
    /// The amount whose quotient by [`UnitCost::divisor`] is what one image costs.
    pub fn dividend(self) -> Share {
        Share { mantissa: self.mantissa, scale: self.scale }
    }

    /// What the dividend is divided by; 1 where there is no quotient to take.
    pub fn divisor(self) -> i128 {
        self.divisor
    }

    /// Whether it costs nothing.
    pub fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// The product with an amount, reduced.
    pub(super) fn times(self, factor: Decimal) -> Result<Self, Overflow> {
        let factor = Self::from(factor);
        // What cancels out goes before the product can overflow.
        let common = gcd(factor.mantissa, self.divisor);
        let mantissa = self.mantissa.checked_mul(factor.mantissa / common).ok_or(Overflow)?;
        let scale = self.scale + factor.scale;
        Self { mantissa, scale, divisor: self.divisor / common }.reduced()
    }

    /// The quotient by an amount above zero, reduced and not yet taken.
    pub(super) fn over(self, divisor: Decimal) -> Result<Self, Overflow> {
        let by = Self::from(divisor);
        if by.mantissa <= 0 {
            return Err(Overflow);
        }
        let common = gcd(self.mantissa, by.mantissa);
        let divisor = self.divisor.checked_mul(by.mantissa / common).ok_or(Overflow)?;
        let (mut mantissa, mut scale) = (self.mantissa / common, self.scale);
        if by.scale > scale {
            mantissa = mantissa.checked_mul(power(by.scale - scale)?).ok_or(Overflow)?;
            scale = by.scale;
        }
        Self { mantissa, scale: scale - by.scale, divisor }.reduced()
    }

    /// The sum of both, reduced.
    pub(super) fn plus(self, other: Self) -> Result<Self, Overflow> {
        self.and(other)?.reduced()
    }

    /// The sum of both over their common divisor, which stays even where it could be reduced: as
    /// with [`UnitCost::of_units`].
    pub(super) fn and(self, other: Self) -> Result<Self, Overflow> {
        let divisor = self.common_divisor(other)?;
        let scale = self.scale.max(other.scale);
        let sum =
            self.over_divisor(divisor, scale)?.checked_add(other.over_divisor(divisor, scale)?);
        let (mantissa, scale) = without_zeros(sum.ok_or(Overflow)?, scale);
        Ok(Self { mantissa, scale, divisor })
    }

    /// The least common multiple of both divisors.
    pub fn common_divisor(self, other: Self) -> Result<i128, Overflow> {
        let common = gcd(self.divisor, other.divisor);
        self.divisor.checked_mul(other.divisor / common).ok_or(Overflow)
    }

    /// The dividend for a multiple of the divisor, in units of ten to the power of minus `scale`.
    fn over_divisor(self, divisor: i128, scale: u32) -> Result<i128, Overflow> {
        let finer = self.mantissa.checked_mul(power(scale - self.scale)?).ok_or(Overflow)?;
        finer.checked_mul(divisor / self.divisor).ok_or(Overflow)
    }

    /// So many units of it, with the same divisor: images of equal cost are known by equal figures,
    /// in the tables that other engines count with, too.
    pub(super) fn of_units(self, units: Decimal) -> Result<Self, Overflow> {
        let units = Self::from(units);
        let mantissa = self.mantissa.checked_mul(units.mantissa).ok_or(Overflow)?;
        let (mantissa, scale) = without_zeros(mantissa, self.scale + units.scale);
        Ok(Self { mantissa, scale, divisor: self.divisor })
    }

    /// What `count` images come to: exact where the divisor is 1, else rounded once, half to even
    /// by the remainder, at 12 decimals.
    pub fn share(self, count: u64) -> Result<Share, Overflow> {
        let Self { mantissa, scale, divisor } = self;
        let dividend = mantissa.checked_mul(i128::from(count)).ok_or(Overflow)?;
        if divisor == 1 {
            return Ok(Share { mantissa: dividend, scale });
        }
        let (dividend, divisor) = if scale > DECIMALS {
            let power = power(scale - DECIMALS)?;
            (dividend, divisor.checked_mul(power).ok_or(Overflow)?)
        } else {
            let power = power(DECIMALS - scale)?;
            (dividend.checked_mul(power).ok_or(Overflow)?, divisor)
        };
        let (floor, rest) = (dividend / divisor, dividend % divisor);
        let up = match rest.cmp(&(divisor - rest)) {
            Ordering::Less => 0,
            Ordering::Equal => floor & 1,
            Ordering::Greater => 1,
        };
        Ok(Share { mantissa: floor + up, scale: DECIMALS })
    }

    /// Which of two costs is lower, without taking a quotient.
    pub(super) fn compare(self, other: Self) -> Result<Ordering, Overflow> {
        let scale = self.scale.min(other.scale);
        let fraction = |cost: Self| {
            let divisor = cost.divisor.checked_mul(power(cost.scale - scale)?);
            Ok((cost.mantissa, divisor.ok_or(Overflow)?))
        };
        Ok(compare_fractions(fraction(self)?, fraction(other)?))
    }

    fn reduced(self) -> Result<Self, Overflow> {
        let common = gcd(self.mantissa, self.divisor);
        let (mantissa, scale) = without_zeros(self.mantissa / common, self.scale);
        let divisor = self.divisor / common;
        if scale > 2 * MAX_SCALE {
            return Err(Overflow);
        }
        Ok(Self { mantissa, scale, divisor })
    }

    /// The same as a decimal, where it ends as one that can be held.
    pub(super) fn finished(self) -> Self {
        if self.divisor == 1 {
            return self;
        }
        ended(self.mantissa, self.scale, self.divisor).unwrap_or(self)
    }
}

/// A fraction as a decimal, where it ends as one that can be held.
fn ended(mantissa: i128, scale: u32, divisor: i128) -> Option<UnitCost> {
    let (mut rest, mut twos, mut fives) = (divisor, 0_u32, 0_u32);
    while rest % 2 == 0 {
        (rest, twos) = (rest / 2, twos + 1);
    }
    while rest % 5 == 0 {
        (rest, fives) = (rest / 5, fives + 1);
    }
    let more = twos.max(fives);
    if rest != 1 || scale + more > MAX_SCALE {
        return None;
    }
    let factor = 2_i128.checked_pow(more - twos)?.checked_mul(5_i128.checked_pow(more - fives)?)?;
    Some(UnitCost { mantissa: mantissa.checked_mul(factor)?, scale: scale + more, divisor: 1 })
}

/// Compares two fractions that are not negative, whole part by whole part.
fn compare_fractions((a, b): (i128, i128), (c, d): (i128, i128)) -> Ordering {
    let (whole, other) = (a / b, c / d);
    match (a % b, c % d) {
        _ if whole != other => whole.cmp(&other),
        (0, rest) => 0.cmp(&rest),
        (_, 0) => Ordering::Greater,
        // The fraction with the smaller inverse is the larger.
        (rest, other_rest) => compare_fractions((d, other_rest), (b, rest)),
    }
}

fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

fn power(exponent: u32) -> Result<i128, Overflow> {
    10_i128.checked_pow(exponent).ok_or(Overflow)
}

fn without_zeros(mut mantissa: i128, mut scale: u32) -> (i128, u32) {
    while scale > 0 && mantissa % 10 == 0 {
        (mantissa, scale) = (mantissa / 10, scale - 1);
    }
    (mantissa, scale)
}
