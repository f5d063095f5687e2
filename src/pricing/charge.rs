//! A charge: one way in which an image is billed, resolved to what one unit and one image cost,
//! and the lines of a quote by it. No facts are looked up.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::format::grouped;
use super::job::Job;
use super::quote::QuoteLine;
use super::rates::{Conversion, UsedRate};
use super::unit_cost::UnitCost;
use crate::catalog::{
    CreditValue, Currency, Fee, Overflow, Price, SourcePlace, Unit, product, subtract, sum,
};

/// What a usage table has to count for a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum ChargeUnit {
    Image,
    /// The pixels of all images.
    Pixel,
    /// The megapixels of each image, rounded up to a whole number.
    WholeMegapixel,
}

impl ChargeUnit {
    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// One way in which an image is billed.
#[derive(Debug, Clone, PartialEq)]
pub struct Charge {
    /// The price as it is stated.
    pub price: Price,
    /// Who states it.
    pub price_sources: Arc<[SourcePlace]>,
    /// Megapixels, pixels or seconds of one image; 1 where images or calls are counted.
    pub units_per_image: Decimal,
    /// What a credit is worth and who says so, where the price is in credits.
    pub credits: Option<(CreditValue, Arc<[SourcePlace]>)>,
    /// The fee on top, and who states it.
    pub fee: Option<(Fee, Arc<[SourcePlace]>)>,
    /// The exchange rate, where the price is in another currency than totals.
    pub rate: Option<UsedRate>,
    /// The currency of totals.
    pub currency: Currency,
    /// What one stated unit costs in that currency, with credits, fee and rate in it.
    unit_cost: UnitCost,
    /// The same of one image.
    image_cost: UnitCost,
}

/// How many images are kept, thrown away and lost in failed calls; whole numbers.
struct ImageCounts {
    kept: Decimal,
    thrown: Decimal,
    failed: Decimal,
}

impl Charge {
    /// Works out what a unit and an image cost.
    pub(super) fn new(
        (price, price_sources): (Price, Arc<[SourcePlace]>),
        units_per_image: Decimal,
        credits: Option<(CreditValue, Arc<[SourcePlace]>)>,
        fee: Option<(Fee, Arc<[SourcePlace]>)>,
        (rate, currency): (Option<UsedRate>, Currency),
    ) -> Result<Self, Overflow> {
        let mut unit_cost = UnitCost::from(price.amount);
        if let Some((credits, _)) = &credits {
            unit_cost = bought(unit_cost, credits)?;
        }
        if let Some((fee, _)) = &fee {
            unit_cost = unit_cost.times(sum(Decimal::ONE, fee.rate.0)?)?;
        }
        if let Some(rate) = &rate {
            unit_cost = converted(unit_cost, rate)?;
        }
        let image_cost = unit_cost.of_units(units_per_image)?;
        Ok(Self {
            price,
            price_sources,
            units_per_image,
            credits,
            fee,
            rate,
            currency,
            unit_cost,
            image_cost,
        })
    }

    /// What one image costs in the currency of totals.
    pub fn image_cost(&self) -> UnitCost {
        self.image_cost
    }

    /// What a table that counts images, pixels and megapixels itself has to multiply them with.
    pub fn counted_units(&self) -> Result<Vec<(ChargeUnit, UnitCost)>, Overflow> {
        let pixel = Decimal::from_parts(1, 0, 0, false, 6);
        Ok(match self.price.unit {
            Unit::Image | Unit::Call | Unit::Second => vec![(ChargeUnit::Image, self.image_cost)],
            Unit::Pixel => vec![(ChargeUnit::Pixel, self.unit_cost)],
            // Where a size has whole megapixels both come to the same.
            Unit::Megapixel => vec![
                (ChargeUnit::Pixel, self.unit_cost.of_units(pixel)?),
                (ChargeUnit::WholeMegapixel, self.unit_cost),
            ],
        })
    }

    /// What `images` images that are kept come to.
    pub(super) fn total(
        &self,
        job: &Job,
        images: u64,
        failures_charged: bool,
    ) -> Result<Decimal, Overflow> {
        self.image_cost.amount(charged_calls(job, images, failures_charged)?)
    }

    /// What a number of charged calls costs in the price's own currency or credits.
    pub(super) fn price_of(&self, calls: Decimal) -> Result<Decimal, Overflow> {
        product(product(calls, self.units_per_image)?, self.price.amount)
    }

    /// Every line; those in the currency of totals add up to the total.
    pub(super) fn lines(
        &self,
        job: &Job,
        images: u64,
        failures_charged: bool,
    ) -> Result<Vec<QuoteLine>, Overflow> {
        let counts = ImageCounts::new(job, images, failures_charged)?;
        let calls = counts.charged_calls()?;
        let mut lines = self.image_lines(&counts)?;
        let comes_to = |cost: UnitCost| cost.of_units(self.units_per_image)?.amount(calls);
        let mut cost = UnitCost::from(self.price.amount);
        let mut paid = comes_to(cost)?;
        let mut currency = self.price.currency;
        if let Some((credits, sources)) = &self.credits {
            cost = bought(cost, credits)?;
            let amount = comes_to(cost)?;
            let (quantity, unit_price) = (paid, credits.to_string());
            (paid, currency) = (amount, credits.currency);
            let (what, sources) = ("credits".to_owned(), sources.clone());
            lines.push(QuoteLine { what, quantity, unit_price, amount, currency, sources });
        }
        if let Some((fee, sources)) = &self.fee {
            cost = cost.times(sum(Decimal::ONE, fee.rate.0)?)?;
            let with_fee = comes_to(cost)?;
            // A fee is what it adds to the sum, which alone is rounded.
            let (quantity, amount) = (paid, subtract(with_fee, paid)?);
            let (what, unit_price) = (format!("fee on {}", fee.on), fee.rate.to_string());
            paid = with_fee;
            let sources = sources.clone();
            lines.push(QuoteLine { what, quantity, unit_price, amount, currency, sources });
        }
        if let Some(rate) = &self.rate {
            lines.push(QuoteLine {
                what: format!("{currency} in {}", self.currency),
                quantity: paid,
                unit_price: rate.stated.clone(),
                amount: self.image_cost.amount(calls)?,
                currency: self.currency,
                sources: [SourcePlace { source: rate.source.clone(), at: None }].into(),
            });
        }
        Ok(lines)
    }

    /// The lines of the price itself: images that are kept, thrown away, and failed calls.
    fn image_lines(&self, counts: &ImageCounts) -> Result<Vec<QuoteLine>, Overflow> {
        let mut lines = Vec::new();
        let parts = [
            ("kept", counts.kept, true),
            ("thrown away", counts.thrown, false),
            ("failed", counts.failed, false),
        ];
        for (word, count, always) in parts {
            if !always && count.is_zero() {
                continue;
            }
            let quantity = product(count, self.units_per_image)?;
            let only = counts.thrown.is_zero() && counts.failed.is_zero();
            lines.push(QuoteLine {
                what: self.what(count, if only { "" } else { word }),
                quantity,
                unit_price: self.price.to_string(),
                amount: product(quantity, self.price.amount)?,
                currency: self.price.currency,
                sources: self.price_sources.clone(),
            });
        }
        Ok(lines)
    }

    fn what(&self, count: Decimal, word: &str) -> String {
        let noun = match (self.price.unit, word) {
            (Unit::Call, _) | (_, "failed") => "call",
            _ => "image",
        };
        let plural = if count == Decimal::ONE { "" } else { "s" };
        let mut what = format!("{} {noun}{plural}", grouped(count));
        if !word.is_empty() {
            what = format!("{what} {word}");
        }
        let each = match self.price.unit {
            Unit::Image | Unit::Call => return what,
            Unit::Megapixel => "megapixels",
            Unit::Pixel => "pixels",
            Unit::Second => "seconds",
        };
        format!("{what}, {} {each} each", grouped(self.units_per_image))
    }
}

/// The calls that are charged so that `images` images are kept.
pub(super) fn charged_calls(
    job: &Job,
    images: u64,
    failures_charged: bool,
) -> Result<Decimal, Overflow> {
    ImageCounts::new(job, images, failures_charged)?.charged_calls()
}

impl ImageCounts {
    fn new(job: &Job, images: u64, failures_charged: bool) -> Result<Self, Overflow> {
        let kept = Decimal::from(images);
        let drawn = job.drawn(images)?;
        let called = if failures_charged { job.called(drawn)? } else { drawn };
        Ok(Self { kept, thrown: subtract(drawn, kept)?, failed: subtract(called, drawn)? })
    }

    fn charged_calls(&self) -> Result<Decimal, Overflow> {
        sum(sum(self.kept, self.thrown)?, self.failed)
    }
}

/// A cost in credits as one in the money that buys them.
fn bought(cost: UnitCost, credits: &CreditValue) -> Result<UnitCost, Overflow> {
    cost.times(credits.worth)?.over(credits.credits)
}

fn converted(cost: UnitCost, rate: &UsedRate) -> Result<UnitCost, Overflow> {
    match rate.conversion {
        Conversion::MultiplyBy(value) => cost.times(value),
        Conversion::DivideBy(value) => cost.over(value),
    }
}
