//! Image sizes: one size in either spelling, and the sizes a seller offers.

use std::fmt;
use std::str::FromStr;

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

impl Size {
    /// The longest side that is taken for a size at all: four times what any seller draws.
    pub const MAX_SIDE: u32 = 16_384;

    /// Pixels in the whole image.
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// By how many pixels the sides differ.
    pub fn distance(self, other: Self) -> u32 {
        self.width.abs_diff(other.width) + self.height.abs_diff(other.height)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}x{}", self.width, self.height))
    }
}

impl FromStr for Size {
    type Err = String;

    /// Reads `1024x1024` and `1024*1024` alike.
    fn from_str(text: &str) -> Result<Self, String> {
        let form = || format!("`{text}` is not a size, such as 1024x1024");
        let (width, height) = text.split_once(['x', '*']).ok_or_else(form)?;
        let pixels = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            text.parse().ok().filter(|_| digits && !text.starts_with('0')).ok_or_else(form)
        };
        let size = Self { width: pixels(width)?, height: pixels(height)? };
        if size.width.max(size.height) > Self::MAX_SIDE {
            return Err(format!("`{text}` has a side of more than {} pixels", Self::MAX_SIDE));
        }
        Ok(size)
    }
}

/// A rule for free sizes; what is absent is not stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SizeRule {
    pub min: Option<u32>,
    pub max: Option<u32>,
    /// What both sides are divisible by.
    pub divisor: Option<u32>,
    pub max_pixels: Option<u64>,
}

impl SizeRule {
    /// Whether the rule lets `size` through.
    pub fn allows(self, size: Size) -> bool {
        [size.width, size.height].into_iter().all(|side| {
            side >= self.min.unwrap_or(1)
                && self.max.is_none_or(|max| side <= max)
                && self.divisor.is_none_or(|divisor| side % divisor == 0)
        }) && self.max_pixels.is_none_or(|max| size.pixels() <= max)
    }

    /// A size that the rule lets through, near `size`: clamped, rounded down to the divisor,
    /// then the longer side shortened until the pixels fit.
    pub fn nearest(self, size: Size) -> Option<Size> {
        let step = self.divisor.unwrap_or(1).max(1);
        let fitted = |pixels: u32| {
            let low = self.min.unwrap_or(1).max(1).checked_next_multiple_of(step)?;
            let high = self.max.unwrap_or(Size::MAX_SIDE) / step * step;
            (low <= high).then(|| ((pixels + step / 2) / step * step).max(low).min(high))
        };
        let mut near = Size { width: fitted(size.width)?, height: fitted(size.height)? };
        while !self.allows(near) {
            let longer = if near.width >= near.height { &mut near.width } else { &mut near.height };
            *longer = longer.checked_sub(step)?;
            if *longer < self.min.unwrap_or(1).max(1) {
                return None;
            }
        }
        Some(near)
    }
}

impl fmt::Display for SizeRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        match (self.min, self.max) {
            (Some(min), Some(max)) => parts.push(format!("{min}-{max}")),
            (Some(min), None) => parts.push(format!("from {min}")),
            (None, Some(max)) => parts.push(format!("up to {max}")),
            (None, None) => {}
        }
        parts.extend(self.divisor.map(|divisor| format!("divisible by {divisor}")));
        parts.extend(self.max_pixels.map(|most| format!("at most {most} pixels")));
        f.pad(&parts.join(", "))
    }
}

/// The sizes a seller offers.
#[derive(Debug, Clone)]
pub enum Sizes {
    /// These and no others.
    List(Vec<Size>),
    /// Every size within the rule.
    Rule(SizeRule),
}

impl Sizes {
    /// Whether `size` is offered.
    pub fn offers(&self, size: Size) -> bool {
        match self {
            Self::List(list) => list.contains(&size),
            Self::Rule(rule) => rule.allows(size),
        }
    }

    /// The offered size nearest to `size`, where there is one.
    pub fn nearest(&self, size: Size) -> Option<Size> {
        match self {
            Self::List(list) => list.iter().copied().min_by_key(|near| near.distance(size)),
            Self::Rule(rule) => rule.nearest(size),
        }
    }
}

impl PartialEq for Sizes {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(a), Self::List(b)) => {
                a.iter().all(|size| b.contains(size)) && b.iter().all(|size| a.contains(size))
            }
            (Self::Rule(a), Self::Rule(b)) => a == b,
            _ => false,
        }
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(list) => {
                let list: Vec<_> = list.iter().map(Size::to_string).collect();
                f.pad(&list.join(", "))
            }
            Self::Rule(rule) => rule.fmt(f),
        }
    }
}
