//! A charge: one way in which images are billed, resolved to what an image costs at each step of a
//! month's volume. No facts are looked up.

mod lines;

use std::sync::Arc;

use rust_decimal::Decimal;

use super::image_cost::{CostStep, CountedCost, ImageCost};
use super::job::Job;
use super::rates::{Conversion, UsedRate};
use super::unit_cost::UnitCost;
use crate::catalog::{
    CreditValue, Currency, FeeAmount, FeeOccasion, Fees, Overflow, Percent, Price, SourcePlace,
    Unit, UnitPrice, subtract, sum,
};

/// Who states something.
pub(super) type Sources = Arc<[SourcePlace]>;

/// What a usage table has to count for a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum ChargeUnit {
    Image,
    /// The pixels of all images.
    Pixel,
    /// The millions of pixels of each image, rounded up to a whole number.
    WholeMegapixel,
    /// The same in units of 1,048,576 pixels.
    WholeBinaryMegapixel,
}

impl ChargeUnit {
    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

fn is_by_size(part: &UnitPrice) -> bool {
    matches!(part.unit, Unit::Pixel | Unit::Megapixel)
}

/// How many units of a price one image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitCount {
    pub unit: Unit,
    /// How many, times `divisor`.
    pub count: Decimal,
    /// Pixels of a megapixel, where they are not rounded; images of a call; else 1.
    pub divisor: u64,
    pub pixels: PixelRule,
}

/// How the pixels of an image make its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PixelRule {
    /// As they are, or not at all.
    Exact,
    /// In units of so many, rounded up.
    Up(u64),
    /// In units that are rounded to the nearest.
    Nearest,
}

impl UnitCount {
    /// A whole or decimal number of units.
    pub(super) fn new(unit: Unit, count: Decimal) -> Self {
        Self { unit, count, divisor: 1, pixels: PixelRule::Exact }
    }

    /// What one unit costs at a price of this unit.
    fn unit_cost(self, price: &UnitPrice) -> Result<UnitCost, Overflow> {
        UnitCost::from(price.amount).over(price.per.into())?.over(self.divisor.into())
    }

    /// What one image costs at a price of this unit.
    fn image_cost(self, price: &UnitPrice) -> Result<UnitCost, Overflow> {
        self.unit_cost(price)?.finished().of_units(self.count)
    }
}

/// A price of a step, and how many units of it one image is.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceStep {
    /// The last image of a month for which it holds.
    pub up_to: Option<u64>,
    /// The price as it is stated; a sum.
    pub price: Price,
    /// The units of one image, for each part of the sum.
    pub units: Vec<UnitCount>,
}

/// One way in which images are billed.
#[derive(Debug, Clone, PartialEq)]
pub struct Charge {
    /// From the first image of a month; one where volume does not matter.
    pub steps: Vec<PriceStep>,
    /// Who states the price.
    pub price_sources: Sources,
    /// The share of the price that is paid, as in a batch, and who states it.
    pub share: Option<(Percent, Sources)>,
    /// How many images a call gives, for fees that are taken on calls.
    pub images_per_call: u64,
    /// What a credit is worth and who says so, where the price is in credits.
    pub credits: Option<(CreditValue, Sources)>,
    /// The fees on top in their order, and who states them.
    pub fees: Option<(Fees, Sources)>,
    /// The exchange rates that are used.
    pub rates: Vec<UsedRate>,
    /// The currency of totals.
    pub currency: Currency,
    /// What an image costs in that currency, with all of this in it.
    image_cost: ImageCost,
}

/// What a stage of a bill does to what was paid before.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stage<'a> {
    Share(Percent),
    Credits(&'a CreditValue),
    Fee(FeeAmount, FeeOccasion),
    Rate(&'a UsedRate),
}

impl Charge {
    /// Works out what an image costs.
    pub(super) fn new(
        (steps, ladder, price_sources): (Vec<PriceStep>, Arc<str>, Sources),
        images_per_call: u64,
        share: Option<(Percent, Sources)>,
        credits: Option<(CreditValue, Sources)>,
        fees: Option<(Fees, Sources)>,
        (rates, currency): (Vec<UsedRate>, Currency),
    ) -> Result<Self, Overflow> {
        let image_cost = ImageCost { steps: [].into(), images_per_call: 1, ladder };
        let mut charge = Self {
            steps,
            price_sources,
            share,
            images_per_call,
            credits,
            fees,
            rates,
            currency,
            image_cost,
        };
        let mut steps = Vec::with_capacity(charge.steps.len());
        for step in &charge.steps {
            steps.push(CostStep { up_to: step.up_to, cost: charge.image_cost_of(step)? });
        }
        charge.image_cost.steps = steps.into();
        charge.image_cost.images_per_call = charge.images_of_paid_call();
        Ok(charge)
    }

    /// The images of a call, where the price or a fee is taken on calls; else 1.
    fn images_of_paid_call(&self) -> u64 {
        let units = self.steps.iter().flat_map(|step| &step.units);
        let calls = units.filter(|units| units.unit == Unit::Call).map(|units| units.divisor);
        calls.chain([self.images_per_call]).max().unwrap_or(1)
    }

    /// What images cost in the currency of totals.
    pub fn image_cost(&self) -> &ImageCost {
        &self.image_cost
    }

    /// The currency of the price, or credits.
    pub fn price_currency(&self) -> Currency {
        let prices = self.steps.iter().map(|step| &step.price);
        Price::common_currency(prices).unwrap_or(self.currency)
    }

    /// The stages of a bill in their order, each with the currency that is paid in before it.
    pub(super) fn stages(&self) -> Vec<(Stage<'_>, Currency)> {
        let mut currency = self.price_currency();
        let mut stages = Vec::new();
        if let Some((share, _)) = &self.share {
            stages.push((Stage::Share(*share), currency));
        }
        if let Some((credits, _)) = &self.credits {
            stages.push((Stage::Credits(credits), currency));
            currency = credits.currency;
        }
        for fee in self.fees.iter().flat_map(|(fees, _)| &fees.0) {
            if let FeeAmount::PerCall(_, of) = fee.amount
                && of != currency
                && let Some(rate) = self.rate_of(currency)
            {
                // An amount in other money is added in the currency of totals.
                stages.push((Stage::Rate(rate), currency));
                currency = self.currency;
            }
            stages.push((Stage::Fee(fee.amount, fee.on), currency));
        }
        stages.extend(self.rate_of(currency).map(|rate| (Stage::Rate(rate), currency)));
        stages
    }

    /// What an image costs at a step in the currency of totals. What is counted in units is
    /// multiplied last, so that images of equal cost are known by equal figures, as in tables that
    /// count units themselves.
    fn image_cost_of(&self, step: &PriceStep) -> Result<UnitCost, Overflow> {
        if let Some(counted) = self.counted_of(step)? {
            let sized =
                step.price.parts().iter().zip(&step.units).find(|(part, _)| is_by_size(part));
            let units = sized.map_or(Decimal::ONE, |(_, units)| units.count);
            return counted.each.of_units(units)?.and(counted.base);
        }
        let StepCost { cost, units, .. } = self.step_cost(step, 0)?;
        self.billed(cost, true)?.of_units(units)
    }

    /// A cost in the price's own currency as one in that of totals; the fees of its call may be left
    /// out.
    fn billed(&self, cost: UnitCost, has_call_fees: bool) -> Result<UnitCost, Overflow> {
        let stages = self.stages().into_iter();
        let is_due = |stage: &Stage<'_>| {
            has_call_fees || !matches!(stage, Stage::Fee(FeeAmount::PerCall(..), _))
        };
        let mut stages = stages.filter(|(stage, _)| is_due(stage));
        let cost = stages.try_fold(cost, |cost, (stage, at)| self.after(cost, stage, at))?;
        Ok(cost.finished())
    }

    /// The one part of a step, where all that is billed is a multiple of its units.
    fn unit_of<'s>(&self, step: &'s PriceStep) -> Option<(&'s UnitPrice, UnitCount)> {
        let fees = self.fees.iter().flat_map(|(fees, _)| &fees.0);
        let has_call_fee = fees.into_iter().any(|fee| fee.on == FeeOccasion::Call);
        match (step.price.parts(), step.units.as_slice()) {
            ([part], [units]) if !has_call_fee => Some((part, *units)),
            _ => None,
        }
    }

    /// What one unit of a step costs in the price's own currency. What is counted in units is
    /// multiplied last, with the divisor of the unit: so images of equal cost are known by equal
    /// figures, as in tables that count units themselves.
    fn step_cost(&self, step: &PriceStep, images: u64) -> Result<StepCost, Overflow> {
        if let Some((part, units)) = self.unit_of(step) {
            return Ok(StepCost { cost: units.unit_cost(part)?, units: units.count, images });
        }
        let mut cost = UnitCost::from(Decimal::ZERO);
        for (part, units) in step.price.parts().iter().zip(&step.units) {
            cost = cost.plus(units.unit_cost(part)?.of_units(units.count)?)?;
        }
        Ok(StepCost { cost, units: Decimal::ONE, images })
    }

    /// The rate from a currency to that of totals.
    fn rate_of(&self, currency: Currency) -> Option<&UsedRate> {
        self.rates.iter().find(|rate| rate.from == currency && currency != self.currency)
    }

    /// What an image costs after a stage, in whatever currency that leads to.
    pub(super) fn after(
        &self,
        cost: UnitCost,
        stage: Stage<'_>,
        currency: Currency,
    ) -> Result<UnitCost, Overflow> {
        match stage {
            Stage::Share(share) => cost.times(share.0),
            Stage::Credits(credits) => cost.times(credits.worth)?.over(credits.credits),
            Stage::Fee(FeeAmount::Rate(rate), _) => cost.times(sum(Decimal::ONE, rate.0)?),
            Stage::Fee(FeeAmount::PerCall(amount, of), _) => {
                let fee = UnitCost::from(amount).over(self.images_per_call.into())?;
                let rate = (of != currency).then(|| self.rate_of(of)).flatten();
                cost.plus(rate.map_or(Ok(fee), |rate| converted(fee, rate))?)
            }
            Stage::Rate(rate) => converted(cost, rate),
        }
    }

    /// What a table that counts images, pixels and megapixels itself has to multiply them with, and
    /// what it has to add; `None` where such a table can't say it.
    pub fn counted_cost(&self) -> Result<Option<CountedCost>, Overflow> {
        let ([step], Some(cost)) = (self.steps.as_slice(), self.image_cost.single()) else {
            return Ok(None);
        };
        if step.price.parts().iter().any(is_by_size) {
            return self.counted_of(step);
        }
        let base = UnitCost::from(Decimal::ZERO);
        Ok(Some(CountedCost { unit: ChargeUnit::Image, each: cost, base }))
    }

    /// The cost by the size of an image, and what is the same for every size, where one part of a
    /// step is by size.
    fn counted_of(&self, step: &PriceStep) -> Result<Option<CountedCost>, Overflow> {
        let parts = || step.price.parts().iter().zip(&step.units);
        let mut by_size = parts().filter(|(part, _)| is_by_size(part));
        let (Some((part, units)), None) = (by_size.next(), by_size.next()) else {
            return Ok(None);
        };
        let unit = match units.pixels {
            PixelRule::Exact => ChargeUnit::Pixel,
            PixelRule::Up(1_000_000) => ChargeUnit::WholeMegapixel,
            PixelRule::Up(1_048_576) => ChargeUnit::WholeBinaryMegapixel,
            PixelRule::Up(_) | PixelRule::Nearest => return Ok(None),
        };
        let mut base = UnitCost::from(Decimal::ZERO);
        for (part, units) in parts().filter(|(part, _)| !is_by_size(part)) {
            base = base.plus(units.unit_cost(part)?.of_units(units.count)?)?;
        }
        let each = self.billed(units.unit_cost(part)?, false)?;
        Ok(Some(CountedCost { unit, each, base: self.billed(base, true)? }))
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

    /// What each step of a number of calls costs in the price's own currency or credits.
    pub(super) fn step_costs(&self, calls: u64) -> Result<Vec<StepCost>, Overflow> {
        let steps = self.steps.iter().zip(self.image_cost.split(calls)?);
        steps.map(|(step, (_, images))| self.step_cost(step, images)).collect()
    }

    /// What a number of charged calls costs in the price's own currency or credits.
    pub(super) fn price_of(&self, calls: u64) -> Result<Decimal, Overflow> {
        let mut costs = self.step_costs(calls)?;
        if let Some((share, _)) = &self.share {
            for step in &mut costs {
                step.cost = step.cost.times(share.0)?;
            }
        }
        StepCost::sum(&costs)
    }
}

/// What the images of a step cost at a stage of the bill.
#[derive(Debug, Clone, Copy)]
pub(super) struct StepCost {
    /// What one unit costs.
    pub(super) cost: UnitCost,
    /// The units of an image.
    pub(super) units: Decimal,
    /// The images of the step.
    pub(super) images: u64,
}

impl StepCost {
    /// What the images of all steps come to.
    pub(super) fn sum(steps: &[Self]) -> Result<Decimal, Overflow> {
        steps.iter().try_fold(Decimal::ZERO, |total, step| {
            let image = step.cost.finished().of_units(step.units)?;
            sum(total, image.share(step.images)?.to_decimal()?)
        })
    }
}

/// How many images are kept, thrown away and lost in failed calls; whole numbers.
pub(super) struct ImageCounts {
    pub(super) kept: Decimal,
    pub(super) thrown: Decimal,
    pub(super) failed: Decimal,
}

/// The calls that are charged so that `images` images are kept.
pub(super) fn charged_calls(
    job: &Job,
    images: u64,
    failures_charged: bool,
) -> Result<u64, Overflow> {
    ImageCounts::new(job, images, failures_charged)?.charged_calls()
}

impl ImageCounts {
    pub(super) fn new(job: &Job, images: u64, failures_charged: bool) -> Result<Self, Overflow> {
        let kept = Decimal::from(images);
        let drawn = job.drawn(images)?;
        let called = if failures_charged { job.called(drawn)? } else { drawn };
        Ok(Self { kept, thrown: subtract(drawn, kept)?, failed: subtract(called, drawn)? })
    }

    pub(super) fn charged_calls(&self) -> Result<u64, Overflow> {
        let calls = sum(sum(self.kept, self.thrown)?, self.failed)?;
        u64::try_from(calls).map_err(|_| Overflow)
    }
}

pub(super) fn converted(cost: UnitCost, rate: &UsedRate) -> Result<UnitCost, Overflow> {
    rate.conversions.iter().try_fold(cost, |cost, conversion| match conversion {
        Conversion::MultiplyBy(value) => cost.times(*value),
        Conversion::DivideBy(value) => cost.over(*value),
    })
}
