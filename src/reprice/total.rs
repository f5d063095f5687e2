//! Sums of prices: whole numbers of 127 bits with a scale, wider than any one amount. They never
//! round; what does not fit is an error.

use std::cmp::Ordering;
use std::fmt;

use crate::catalog::Overflow;
use crate::pricing::Share;

/// A sum, never rounded.
#[derive(Debug, Clone, Copy, Default)]
pub struct Total {
    mantissa: i128,
    /// Decimals; no more than the finest amount in it had.
    scale: u32,
}

impl Total {
    /// Adds a share.
    pub fn add(&mut self, share: Share) -> Result<(), Overflow> {
        let Share { mantissa, scale } = share;
        self.join(Self { mantissa, scale })
    }

    /// Adds another sum.
    pub fn join(&mut self, other: Self) -> Result<(), Overflow> {
        let scale = self.scale.max(other.scale);
        let aligned = |sum: Self| match scale - sum.scale {
            0 => Ok(sum.mantissa),
            finer => {
                let power = 10_i128.checked_pow(finer).ok_or(Overflow)?;
                sum.mantissa.checked_mul(power).ok_or(Overflow)
            }
        };
        let mantissa = aligned(*self)?.checked_add(aligned(other)?).ok_or(Overflow)?;
        *self = Self { mantissa, scale };
        Ok(())
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Decimals that it needs.
    pub fn scale(self) -> u32 {
        self.shortest().scale
    }

    /// The sum as a whole number of units of 10 to the power of minus `scale`.
    pub fn at(self, scale: u32) -> Result<i128, Overflow> {
        let shortest = self.shortest();
        let finer = scale.checked_sub(shortest.scale).ok_or(Overflow)?;
        let power = 10_i128.checked_pow(finer).ok_or(Overflow)?;
        shortest.mantissa.checked_mul(power).ok_or(Overflow)
    }

    /// Without zeros at its end.
    fn shortest(self) -> Self {
        let Self { mut mantissa, mut scale } = self;
        while scale > 0 && mantissa % 10 == 0 {
            (mantissa, scale) = (mantissa / 10, scale - 1);
        }
        Self { mantissa, scale }
    }

    /// Whole part and decimals of the absolute value.
    fn parts(self) -> (u128, u128) {
        let power = 10_u128.pow(self.scale);
        (self.mantissa.unsigned_abs() / power, self.mantissa.unsigned_abs() % power)
    }
}

impl Ord for Total {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (self.shortest(), other.shortest());
        let sign = a.mantissa.signum().cmp(&b.mantissa.signum());
        let ((a_whole, a_rest), (b_whole, b_rest)) = (a.parts(), b.parts());
        // No decimals are more than 28, so that a fraction can be held at 28.
        let finest =
            |rest: u128, scale: u32| rest.saturating_mul(10_u128.pow(28_u32.saturating_sub(scale)));
        let size = a_whole
            .cmp(&b_whole)
            .then_with(|| finest(a_rest, a.scale).cmp(&finest(b_rest, b.scale)));
        sign.then(if a.mantissa < 0 { size.reverse() } else { size })
    }
}

impl PartialEq for Total {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Total {}

impl PartialOrd for Total {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Total {
    /// In its shortest form: `10`, `104.8576`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shortest = self.shortest();
        let (whole, rest) = shortest.parts();
        let sign = if shortest.mantissa < 0 { "-" } else { "" };
        if shortest.scale == 0 {
            return f.pad(&format!("{sign}{whole}"));
        }
        let width = shortest.scale as usize;
        f.pad(&format!("{sign}{whole}.{rest:0width$}"))
    }
}
