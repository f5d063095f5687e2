//! How many units of a price one image is; several readings where a source leaves it open.

use rust_decimal::Decimal;

use super::super::charge::{PixelRule, UnitCount};
use super::super::format::grouped;
use super::super::reason::{Reason, WarningCode};
use super::{Findings, Resolver};
use crate::catalog::{Fact, Field, FieldValue, Price, Unit};

/// What one megapixel may be, where no source says.
const MEGAPIXELS: [u64; 2] = [1_000_000, 1_048_576];

/// How the megapixels of an image are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct MegapixelReading {
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
    ) -> Result<Vec<Vec<Vec<UnitCount>>>, Reason> {
        let parts = || prices.iter().flat_map(|(_, price)| price.parts());
        let by_megapixel = parts().any(|part| part.unit == Unit::Megapixel);
        let readings: Vec<Option<MegapixelReading>> = if by_megapixel {
            self.megapixel_readings().into_iter().map(Some).collect()
        } else {
            vec![None]
        };
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

    fn megapixel_readings(&self) -> Vec<MegapixelReading> {
        let pixels = self.offered(Field::MegapixelPixels);
        let pixels: Vec<u64> = pixels.as_ref().map_or(MEGAPIXELS.to_vec(), |fact| {
            let counts = fact.effective_claims().iter();
            counts.filter_map(|claim| claim.value.try_as_count_ref().copied()).collect()
        });
        let fact = self.offered(Field::MegapixelRounding);
        let word = fact.as_ref().and_then(Fact::value).and_then(FieldValue::try_as_text_ref);
        let roundings = match word.map(String::as_str) {
            Some("up") => vec![Rounding::Up],
            Some("nearest") => vec![Rounding::Nearest],
            Some("exact") => vec![Rounding::Exact],
            Some(_) | None => vec![Rounding::Exact, Rounding::Up],
        };
        let all = pixels.iter().filter(|pixels| **pixels > 0).flat_map(|pixels| {
            roundings
                .iter()
                .map(|rounding| MegapixelReading { pixels: *pixels, rounding: *rounding })
        });
        all.collect()
    }
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
