//! The lines of a quote by one charge; those in the currency of totals add up to the total.

use rust_decimal::Decimal;

use super::{Charge, ImageCounts, PriceStep, Stage, StepCost, UnitCount};
use crate::catalog::{
    Currency, FeeAmount, Overflow, SourcePlace, Unit, UnitPrice, product, quotient, subtract, sum,
};
use crate::pricing::format::grouped;
use crate::pricing::job::Job;
use crate::pricing::quote::{LineKind, QuoteLine};
use crate::pricing::unit_cost::UnitCost;

impl Charge {
    /// Every line.
    pub(in crate::pricing) fn lines(
        &self,
        job: &Job,
        images: u64,
        failures_charged: bool,
    ) -> Result<Vec<QuoteLine>, Overflow> {
        let counts = ImageCounts::new(job, images, failures_charged)?;
        let calls = counts.charged_calls()?;
        let mut lines = self.price_lines(&counts, calls)?;
        let mut steps = self.step_costs(calls)?;
        let mut paid = StepCost::sum(&steps)?;
        for (stage, currency) in self.stages() {
            for step in &mut steps {
                step.cost = self.after(step.cost, stage, currency)?;
            }
            let now = StepCost::sum(&steps)?;
            lines.push(self.stage_line(stage, currency, (paid, now), calls)?);
            paid = now;
        }
        Ok(lines)
    }

    /// The line of what a stage does to what was paid before it.
    fn stage_line(
        &self,
        stage: Stage<'_>,
        currency: Currency,
        (paid, now): (Decimal, Decimal),
        calls: u64,
    ) -> Result<QuoteLine, Overflow> {
        Ok(match stage {
            Stage::Share(share) => QuoteLine {
                kind: LineKind::Share,
                what: "share that is paid in a batch".to_owned(),
                quantity: paid,
                unit_price: share.to_string(),
                amount: subtract(now, paid)?,
                currency,
                sources: self.share.as_ref().map_or([].into(), |(_, sources)| sources.clone()),
            },
            Stage::Credits(credits) => QuoteLine {
                kind: LineKind::Credits,
                what: "credits".to_owned(),
                quantity: paid,
                unit_price: credits.to_string(),
                amount: now,
                currency: credits.currency,
                sources: self.credits.as_ref().map_or([].into(), |(_, sources)| sources.clone()),
            },
            // A fee is what it adds to the sum, which alone is rounded.
            Stage::Fee(fee, on) => QuoteLine {
                kind: LineKind::Fee,
                what: format!("fee on {}", on.as_str()),
                quantity: match fee {
                    FeeAmount::Rate(_) => paid,
                    FeeAmount::PerCall(..) => {
                        let paid = self.image_cost.paid_images(calls)?;
                        quotient(paid.into(), self.images_per_call.into())?
                    }
                },
                unit_price: fee.to_string(),
                amount: subtract(now, paid)?,
                currency,
                sources: self.fees.as_ref().map_or([].into(), |(_, sources)| sources.clone()),
            },
            Stage::Rate(rate) => QuoteLine {
                kind: LineKind::Rate,
                what: format!("{currency} in {}", self.currency),
                quantity: paid,
                unit_price: rate.stated.clone(),
                amount: now,
                currency: self.currency,
                sources: [SourcePlace { source: rate.source.clone(), at: None }].into(),
            },
        })
    }

    /// The lines of the price itself: images that are kept, thrown away, and failed calls; where
    /// volume counts, the images of each step.
    fn price_lines(&self, counts: &ImageCounts, calls: u64) -> Result<Vec<QuoteLine>, Overflow> {
        let mut lines = Vec::new();
        if let [step] = self.steps.as_slice() {
            let unused = self.image_cost.paid_images(calls)? - calls;
            let parts = [
                ("image", " kept", counts.kept),
                ("image", " thrown away", counts.thrown),
                ("call", " failed", counts.failed),
                ("image", " of the last call not used", unused.into()),
            ];
            let only = counts.thrown.is_zero() && counts.failed.is_zero() && unused == 0;
            let mut before = Decimal::ZERO;
            for (at, (noun, which, count)) in parts.into_iter().enumerate() {
                if at > 0 && count.is_zero() {
                    continue;
                }
                let which = if only { "" } else { which };
                self.step_lines(&mut lines, step, (before, count), (noun, which))?;
                before = sum(before, count)?;
            }
            return Ok(lines);
        }
        let mut before = 0;
        for (step, (_, images)) in self.steps.iter().zip(self.image_cost.split(calls)?) {
            let last = before + images;
            if images > 0 {
                let of_month = match step.up_to {
                    Some(_) if before == 0 => {
                        format!(", the first {} of a month", grouped(last.into()))
                    }
                    _ => format!(", from number {} of a month", grouped((before + 1).into())),
                };
                let count = (Decimal::ZERO, images.into());
                self.step_lines(&mut lines, step, count, ("image", &of_month))?;
            }
            before = last;
        }
        Ok(lines)
    }

    /// One line for each part of a step's price, for what is added to the images `before`.
    fn step_lines(
        &self,
        lines: &mut Vec<QuoteLine>,
        step: &PriceStep,
        (images_before, images): (Decimal, Decimal),
        counted: (&str, &str),
    ) -> Result<(), Overflow> {
        let whole = |images: Decimal| u64::try_from(images).map_err(|_| Overflow);
        let (first, last) = (whole(images_before)?, whole(sum(images_before, images)?)?);
        let mut before = UnitCost::from(Decimal::ZERO);
        for (part, units) in step.price.parts().iter().zip(&step.units) {
            // The sum alone is rounded, and each part is what it adds.
            let with = before.plus(units.image_cost(part)?)?;
            let paid = |cost: UnitCost| -> Result<Decimal, Overflow> {
                let up_to = |images: u64| cost.share(images)?.to_decimal();
                subtract(up_to(last)?, up_to(first)?)
            };
            let each = units.each()?;
            lines.push(QuoteLine {
                kind: LineKind::Price,
                what: what((part.unit, units.divisor, each), images, counted),
                quantity: product(images, each)?,
                unit_price: stated(step, part),
                amount: subtract(paid(with)?, paid(before)?)?,
                currency: part.currency,
                sources: self.price_sources.clone(),
            });
            before = with;
        }
        Ok(())
    }
}

/// A part as its source gives it.
fn stated(step: &PriceStep, part: &UnitPrice) -> String {
    let about = if step.price.is_about() { "~" } else { "" };
    format!("{about}{part}")
}

impl UnitCount {
    /// How many units an image is, rounded at 12 decimals where that is a quotient.
    fn each(self) -> Result<Decimal, Overflow> {
        if self.divisor == 1 {
            return Ok(self.count);
        }
        let exact = UnitCost::from(self.count).over(self.divisor.into())?.finished();
        if exact.divisor() == 1 {
            return exact.dividend().to_decimal();
        }
        quotient(self.count, self.divisor.into())
    }
}

/// `1,000 images kept, 2 megapixels each`.
fn what(
    (unit, divisor, each): (Unit, u64, Decimal),
    count: Decimal,
    (noun, which): (&str, &str),
) -> String {
    let noun = if unit == Unit::Call && divisor == 1 { "call" } else { noun };
    let plural = if count == Decimal::ONE { "" } else { "s" };
    let what = format!("{} {noun}{plural}{which}", grouped(count));
    let name = match unit {
        Unit::Call if divisor != 1 => return format!("{what}, {divisor} in a call"),
        Unit::Image | Unit::Call => return what,
        Unit::Megapixel if each == Decimal::ONE => "megapixel",
        Unit::Megapixel => "megapixels",
        Unit::Pixel => "pixels",
        Unit::Second => "seconds",
        Unit::ImageToken => "image tokens",
        Unit::InputToken => "tokens of the prompt",
    };
    format!("{what}, {} {name} each", grouped(each))
}
