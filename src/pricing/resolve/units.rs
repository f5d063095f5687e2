//! How many units of a price one image is; several readings where a source leaves it open.

use rust_decimal::Decimal;

use super::super::charge::{PixelRule, UnitCount};
use super::super::format::grouped;
use super::super::reason::{Reason, WarningCode};
use super::alternatives::Alternative;
use super::{Findings, Resolver};
use crate::catalog::{Field, FieldValue, Price, Unit};

/// What one megapixel may be, where no source says.
const MEGAPIXELS: [u64; 2] = [1_000_000, 1_048_576];

/// How the megapixels of an image are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MegapixelReading {
    pixels: u64,
    rounding: Rounding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rounding {
    Up,
    Nearest,
    Exact,
}

impl Resolver<'_> {
    /// The units of each part of some prices: one list for each reading, with a count for each part
    /// of each price.
    pub(super) fn units(
        &self,
        found: &mut Findings,
        prices: &[(Option<u64>, Price)],
        megapixels: &[MegapixelReading],
    ) -> Result<Vec<Vec<Vec<UnitCount>>>, Reason> {
        let by_megapixel = is_by_megapixel(prices.iter().map(|(_, price)| price));
        let readings: Vec<Option<MegapixelReading>> =
            if by_megapixel { megapixels.iter().copied().map(Some).collect() } else { vec![None] };
        let mut all: Vec<Vec<Vec<UnitCount>>> = Vec::new();
        for reading in readings {
            let mut counts = Vec::with_capacity(prices.len());
            for (_, price) in prices {
                let parts = price.parts().iter().map(|part| self.count(found, part.unit, reading));
                counts.push(parts.collect::<Result<Vec<_>, _>>()?);
            }
            if !all.contains(&counts) {
                all.push(counts);
            }
        }
        let differ = |a: &UnitCount, b: &UnitCount| {
            a.count * Decimal::from(b.divisor) != b.count * Decimal::from(a.divisor)
        };
        let flat = |counts: &Vec<Vec<UnitCount>>| counts.concat();
        let is_open = all.iter().any(|counts| {
            flat(counts).iter().zip(&flat(&all[0])).any(|(count, other)| differ(count, other))
        });
        if is_open {
            let text = format!(
                "no source says how {} pixels are counted in megapixels: every way is in the range",
                grouped(self.variant.size.pixels().into())
            );
            found.warn(WarningCode::MegapixelRounding, text);
        }
        Ok(all)
    }

    fn count(
        &self,
        found: &mut Findings,
        unit: Unit,
        reading: Option<MegapixelReading>,
    ) -> Result<UnitCount, Reason> {
        let one = Decimal::ONE;
        let pixels = Decimal::from(self.variant.size.pixels());
        Ok(match unit {
            Unit::Image => UnitCount::new(unit, one),
            Unit::Call => self.calls(found),
            Unit::Pixel => UnitCount::new(unit, pixels),
            Unit::Megapixel => {
                let Some(reading) = reading else { return Err(Reason::NoPriceForVariant) };
                reading.count(self.variant.size.pixels())
            }
            Unit::Second => match self.variant.seconds_per_image {
                Some(seconds) => UnitCount::new(unit, seconds),
                None => return Err(Reason::SecondsNotGiven),
            },
            Unit::ImageToken => tokens(unit, self.variant.tokens_per_image, "--tokens-per-image")?,
            Unit::InputToken => tokens(unit, self.variant.prompt_tokens, "--prompt-tokens")?,
        })
    }

    /// A call holds one image where no source says otherwise.
    pub(super) fn calls(&self, found: &mut Findings) -> UnitCount {
        let one = UnitCount::new(Unit::Call, Decimal::ONE);
        let span = self.images_per_call();
        match span {
            Some(span) if span.low == span.high => {
                if span.low > 1 {
                    let text = format!(
                        "a call gives {} images; one that is not used whole costs as much",
                        span.low
                    );
                    found.warn(WarningCode::OneImagePerCall, text);
                }
                UnitCount { divisor: span.low.max(1), ..one }
            }
            Some(_) | None => {
                let text = "assumes one image per call".to_owned();
                found.warn(WarningCode::OneImagePerCall, text);
                one
            }
        }
    }

    /// What a megapixel is and how it is rounded, by the sides of each; every reading that is left
    /// open in one. One without any where no price is by the megapixel.
    pub(super) fn megapixels<'p>(
        &self,
        prices: impl Iterator<Item = &'p Price>,
    ) -> Vec<Alternative<Vec<MegapixelReading>>> {
        if !is_by_megapixel(prices) {
            return vec![Alternative::agreed(Vec::new())];
        }
        let pixels = self.offered(Field::MegapixelPixels);
        let roundings = self.offered(Field::MegapixelRounding);
        let mut all = Vec::new();
        for pixels in Alternative::of_each_view(pixels.as_ref()) {
            let stated = pixels.answer.and_then(FieldValue::try_as_count_ref);
            let sizes = stated.map_or(MEGAPIXELS.to_vec(), |pixels| vec![(*pixels).max(1)]);
            for rounding in Alternative::of_each_view(roundings.as_ref()) {
                let word = rounding.answer.and_then(FieldValue::try_as_text_ref);
                let roundings = Rounding::stated(word.map(String::as_str));
                let readings = sizes.iter().flat_map(|pixels| {
                    let reading =
                        |it: &Rounding| MegapixelReading { pixels: *pixels, rounding: *it };
                    roundings.iter().map(reading).collect::<Vec<_>>()
                });
                all.push(pixels.and(&rounding, readings.collect()));
            }
        }
        all
    }
}

impl Rounding {
    /// The one that is stated, or all that may be.
    fn stated(word: Option<&str>) -> Vec<Self> {
        match word {
            Some("up") => vec![Self::Up],
            Some("nearest") => vec![Self::Nearest],
            Some("exact") => vec![Self::Exact],
            Some(_) | None => vec![Self::Exact, Self::Up],
        }
    }
}

fn is_by_megapixel<'p>(mut prices: impl Iterator<Item = &'p Price>) -> bool {
    prices.any(|price| price.parts().iter().any(|part| part.unit == Unit::Megapixel))
}

impl MegapixelReading {
    fn count(self, pixels: u64) -> UnitCount {
        let new = |count: u64| UnitCount::new(Unit::Megapixel, count.into());
        let whole = |count: u64, pixels: PixelRule| UnitCount { pixels, ..new(count) };
        match self.rounding {
            Rounding::Up => whole(pixels.div_ceil(self.pixels), PixelRule::Up(self.pixels)),
            Rounding::Nearest => {
                // No image is none at all.
                let count = ((pixels + self.pixels / 2) / self.pixels).max(1);
                whole(count, PixelRule::Nearest)
            }
            Rounding::Exact => UnitCount { divisor: self.pixels, ..new(pixels) },
        }
    }
}

fn tokens(unit: Unit, count: Option<u64>, flag: &'static str) -> Result<UnitCount, Reason> {
    let count = count.ok_or(Reason::TokensNotGiven { flag })?;
    Ok(UnitCount::new(unit, count.into()))
}
