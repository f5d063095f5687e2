//! The costs of an entry: the fields of the map that say what a job's price is, and their figures.

use rust_decimal::Decimal;

use super::Seller;
use super::keys::Keyed;
use crate::catalog::{Unit, product};
use crate::pricing::{
    Job, PixelRule, Quote, QuoteState, Reason, UnitCount, Variant, Warning, WarningCode,
};

/// The warnings that say why a total is a range.
const OPEN: [WarningCode; 5] = [
    WarningCode::MegapixelRounding,
    WarningCode::QualityOpen,
    WarningCode::ModeOpen,
    WarningCode::StepsOpen,
    WarningCode::Packs,
];

/// The pixels of a megapixel, as `LiteLLM` counts whole ones.
const MEGAPIXEL: u64 = 1024 * 1024;

/// Fields of the map with their prices.
type Costs = Vec<(&'static str, Decimal)>;

/// Finds the costs of a listing's jobs.
pub(super) struct CostFinder<'s, 'c>(pub(super) &'s Seller<'c>);

impl CostFinder<'_, '_> {
    /// The costs of a job whose quote this is, or why the map can't say them.
    pub(super) fn costs(&self, keyed: &Keyed, quote: &Quote) -> Result<Costs, String> {
        let total = total(quote)?;
        let units = self.units(&keyed.job);
        let per_image = || Ok(vec![("output_cost_per_image", total)]);
        let is_token =
            |count: &UnitCount| matches!(count.unit, Unit::ImageToken | Unit::InputToken);
        match units.as_slice() {
            [] => per_image(),
            all if all.iter().all(is_token) => self.token_costs(&keyed.job, all),
            [one] if one.unit == Unit::Call && one.divisor > 1 => Err(format!(
                "a call gives {} images, and the map has no price of a call",
                one.divisor
            )),
            [one] => match one.unit {
                Unit::Pixel | Unit::Megapixel if keyed.is_of_any_size => {
                    pixel_costs(one, total, keyed.job.size.pixels())
                }
                Unit::Image
                | Unit::Call
                | Unit::Pixel
                | Unit::Megapixel
                | Unit::Second
                | Unit::ImageToken
                | Unit::InputToken => per_image(),
            },
            several => {
                let units: Vec<_> = several.iter().map(|count| count.unit.as_str()).collect();
                Err(format!(
                    "its price is a sum for {}, and the map has no price of several parts",
                    units.join(" and ")
                ))
            }
        }
    }

    /// The units that an image is billed in, those of a sum in their order.
    fn units(&self, job: &Job) -> Vec<UnitCount> {
        let offer = self.0.table.offer(self.0.listing, self.0.as_of, &Variant::from(job));
        let readings = offer.readings().unwrap_or_default();
        let mut units: Vec<UnitCount> = Vec::new();
        for step in readings.iter().flat_map(|it| &it.charges).flatten().flat_map(|it| &it.steps) {
            for count in &step.units {
                if !units.contains(count) {
                    units.push(*count);
                }
            }
        }
        units
    }

    /// What a token of each kind costs: the price of an image that is made of it alone.
    fn token_costs(&self, job: &Job, units: &[UnitCount]) -> Result<Costs, String> {
        let of = |image: u64, input: u64| {
            let tokens = (Some(image), Some(input));
            let job = Job { tokens_per_image: tokens.0, prompt_tokens: tokens.1, ..job.clone() };
            total(&self.0.table.quote(self.0.listing, self.0.as_of, &job))
        };
        if of(0, 0) != Ok(Decimal::ZERO) {
            return Err("beside its tokens something is billed by the call".to_owned());
        }
        let mut costs = Vec::new();
        for (unit, field, tokens) in [
            (Unit::InputToken, "input_cost_per_token", (0, 1)),
            (Unit::ImageToken, "output_cost_per_image_token", (1, 0)),
        ] {
            if units.iter().any(|count| count.unit == unit) {
                costs.push((field, of(tokens.0, tokens.1)?));
            }
        }
        Ok(costs)
    }
}

/// The costs of a pixel: exact ones, or those of whole megapixels as `LiteLLM` counts them.
fn pixel_costs(count: &UnitCount, total: Decimal, pixels: u64) -> Result<Costs, String> {
    let by = |pixels: u64, total: Decimal| {
        let pixels = Decimal::from(pixels);
        // The division is taken only where it is exact.
        let each = total.checked_div(pixels).filter(|it| product(*it, pixels) == Ok(total));
        each.ok_or_else(|| "its price for a pixel has no end in US dollars".to_owned())
    };
    match count.pixels {
        PixelRule::Exact => Ok(vec![("input_cost_per_pixel", by(pixels, total)?)]),
        PixelRule::Up(MEGAPIXEL) => {
            let whole = pixels.div_ceil(MEGAPIXEL);
            let megapixel = by(whole, total)?;
            let pixel = by(MEGAPIXEL, megapixel)?;
            // The first is for images whose size LiteLLM does not know.
            Ok(vec![("output_cost_per_image", megapixel), ("output_cost_per_pixel", pixel)])
        }
        PixelRule::Up(_) | PixelRule::Nearest => Err("its megapixels are rounded in a way that \
            the map has no price for"
            .to_owned()),
    }
}

/// The one total of a quote, or why there is none.
fn total(quote: &Quote) -> Result<Decimal, String> {
    let Some(total) = quote.total else {
        return Err(match &quote.reason {
            // The map has no place for how long an image takes, so no flag would help.
            Some(Reason::SecondsNotGiven) => "billed by the second".to_owned(),
            Some(reason) => reason.to_string(),
            None => "it has no total".to_owned(),
        });
    };
    if quote.state == QuoteState::Disputed {
        let readings = quote.readings.iter().map(|reading| reading.reason.as_str());
        let reasons: Vec<_> = readings.filter(|reason| !reason.is_empty()).collect();
        return Err(format!("disputed: {}", reasons.join("; or ")));
    }
    if total.low != total.high {
        let is_open = |warning: &&Warning| OPEN.contains(&warning.code);
        let open = quote.warnings.iter().filter(is_open);
        let open = open.map(|warning| warning.text.as_str());
        return Err(format!("price is a range: {}", open.collect::<Vec<_>>().join("; ")));
    }
    Ok(total.high)
}
