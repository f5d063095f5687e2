//! From one way of billing to lines and a total: exact products and sums, no facts looked up.

use rust_decimal::Decimal;

use super::job::Job;
use super::rates::UsedRate;
use super::words::grouped;
use crate::catalog::{CreditValue, Currency, Fee, Overflow, Price, Unit, product, subtract, sum};

/// One line of a quote.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What is paid for.
    pub what: String,
    /// How much of it.
    pub quantity: Decimal,
    /// What one of it costs, as it is stated.
    pub unit_price: String,
    /// The product, in `currency`.
    pub amount: Decimal,
    /// The currency of the amount.
    pub currency: Currency,
    /// Who states the unit price.
    pub source: String,
}

/// One way of billing that the sources leave open: all that a total depends on.
#[derive(Debug, Clone)]
pub(crate) struct Billing<'c> {
    pub(crate) price: Price,
    pub(crate) price_source: String,
    /// Megapixels, pixels or seconds of one image; 1 where images or calls are counted.
    pub(crate) units_per_image: Decimal,
    pub(crate) failures_charged: bool,
    pub(crate) credits: Option<(&'c CreditValue, String)>,
    pub(crate) fee: Option<(&'c Fee, String)>,
    pub(crate) rate: Option<UsedRate>,
    pub(crate) currency: Currency,
}

/// How a number of images is called, drawn and thrown away; whole numbers.
struct Counts {
    kept: Decimal,
    thrown: Decimal,
    failed: Decimal,
}

impl Billing<'_> {
    /// The total for `images` images that are kept.
    pub(crate) fn total(&self, job: &Job, images: u64) -> Result<Decimal, Overflow> {
        self.total_of(self.calls(job, images)?)
    }

    /// The total for a number of charged calls.
    pub(crate) fn total_of(&self, calls: Decimal) -> Result<Decimal, Overflow> {
        let mut total = self.price_of(calls)?;
        if let Some((credits, _)) = self.credits {
            total = product(total, credits.of_one()?)?;
        }
        if let Some((fee, _)) = self.fee {
            total = sum(total, product(total, fee.rate.0)?)?;
        }
        match &self.rate {
            Some(rate) => product(total, rate.value),
            None => Ok(total),
        }
    }

    /// What a number of charged calls costs in the price's own currency or credits, before
    /// anything is bought.
    pub(crate) fn price_of(&self, calls: Decimal) -> Result<Decimal, Overflow> {
        product(product(calls, self.units_per_image)?, self.price.amount)
    }

    /// The calls that are charged so that `images` images are kept.
    pub(crate) fn calls(&self, job: &Job, images: u64) -> Result<Decimal, Overflow> {
        let counts = self.counts(job, images)?;
        sum(sum(counts.kept, counts.thrown)?, counts.failed)
    }

    /// Every line; those in the quote's currency add up to the total.
    pub(crate) fn lines(&self, job: &Job, images: u64) -> Result<Vec<Line>, Overflow> {
        let counts = self.counts(job, images)?;
        let mut lines = Vec::new();
        let mut paid = Decimal::ZERO;
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
            let amount = product(quantity, self.price.amount)?;
            paid = sum(paid, amount)?;
            let only = counts.thrown.is_zero() && counts.failed.is_zero();
            let what = self.what(count, if only { "" } else { word });
            let unit_price = self.price.to_string();
            let (currency, source) = (self.price.currency, self.price_source.clone());
            lines.push(Line { what, quantity, unit_price, amount, currency, source });
        }
        let mut currency = self.price.currency;
        if let Some((credits, source)) = &self.credits {
            let amount = product(paid, credits.of_one()?)?;
            lines.push(Line {
                what: "credits".to_owned(),
                quantity: paid,
                unit_price: credits.to_string(),
                amount,
                currency: credits.currency,
                source: source.clone(),
            });
            (paid, currency) = (amount, credits.currency);
        }
        if let Some((fee, source)) = &self.fee {
            let amount = product(paid, fee.rate.0)?;
            lines.push(Line {
                what: format!("fee on {}", fee.on),
                quantity: paid,
                unit_price: fee.rate.to_string(),
                amount,
                currency,
                source: source.clone(),
            });
            paid = sum(paid, amount)?;
        }
        if let Some(rate) = &self.rate {
            lines.push(Line {
                what: format!("{currency} in {}", self.currency),
                quantity: paid,
                unit_price: format!("1 {currency} = {} {}", rate.value, self.currency),
                amount: product(paid, rate.value)?,
                currency: self.currency,
                source: rate.source.clone(),
            });
        }
        Ok(lines)
    }

    fn counts(&self, job: &Job, images: u64) -> Result<Counts, Overflow> {
        let kept = Decimal::from(images);
        let drawn = job.drawn(images)?;
        let called = if self.failures_charged { job.called(drawn)? } else { drawn };
        Ok(Counts { kept, thrown: subtract(drawn, kept)?, failed: subtract(called, drawn)? })
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
