//! What images cost by one charge, in steps of a month's volume: exact, and without any fact.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::charge::ChargeUnit;
use super::reason::Reason;
use super::unit_cost::{Share, UnitCost};
use crate::catalog::{Overflow, sum};

/// What one image costs up to a number of images of a calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CostStep {
    /// The last image for which it holds; all that follow where absent.
    pub up_to: Option<u64>,
    pub cost: UnitCost,
}

/// What a usage table has to charge for one image: so much for each unit of it, and so much more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedCost {
    pub unit: ChargeUnit,
    pub each: UnitCost,
    pub base: UnitCost,
}

/// What images cost in steps of a month's volume, from its first image; one step where volume does
/// not matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImageCost {
    pub(super) steps: Arc<[CostStep]>,
    /// The images of a call, where a call costs as much when not all of them are used; else 1.
    pub(super) images_per_call: u64,
    /// What tells one ladder of volume from another of the same listing; empty where volume does
    /// not matter.
    pub(super) ladder: Arc<str>,
}

impl ImageCost {
    /// The steps, from the first image of a month.
    pub fn steps(&self) -> &[CostStep] {
        &self.steps
    }

    /// What tells one ladder of volume from another of the same listing.
    pub fn ladder(&self) -> &str {
        &self.ladder
    }

    /// What each image costs, where neither volume nor whole calls matter.
    pub fn single(&self) -> Option<UnitCost> {
        match *self.steps {
            [CostStep { up_to: None, cost }] if self.images_per_call == 1 => Some(cost),
            _ => None,
        }
    }

    /// The images of a call, where a call costs as much when not all of them are used; else 1.
    pub fn images_per_call(&self) -> u64 {
        self.images_per_call
    }

    /// So many images with those of the last call that are not used.
    pub(super) fn paid_images(&self, images: u64) -> Result<u64, Overflow> {
        images.checked_next_multiple_of(self.images_per_call).ok_or(Overflow)
    }

    /// Whether every image is free.
    pub fn is_zero(&self) -> bool {
        self.steps.iter().all(|step| step.cost.is_zero())
    }

    /// The last image that any step holds for; none where there is no last.
    pub fn limit(&self) -> Option<u64> {
        self.steps.last().and_then(|step| step.up_to)
    }

    /// The last image that any step holds for, where so many images of a month are more.
    pub fn limit_below(&self, images: u64) -> Option<u64> {
        self.limit().filter(|last| self.paid_images(images).map_or(true, |paid| paid > *last))
    }

    /// How many of the first `images` of a month each step holds for.
    pub(super) fn split(
        &self,
        images: u64,
    ) -> Result<impl Iterator<Item = (UnitCost, u64)>, Overflow> {
        let images = self.paid_images(images)?;
        let mut before = 0;
        Ok(self.steps.iter().map(move |step| {
            let end = step.up_to.map_or(images, |last| last.min(images)).max(before);
            let count = end - before;
            before = end;
            (step.cost, count)
        }))
    }

    /// What the first `images` of a month come to: the sum of a share for each step.
    pub fn amount(&self, images: u64) -> Result<Decimal, Overflow> {
        let mut total = Decimal::ZERO;
        for (cost, count) in self.split(images)? {
            total = sum(total, cost.share(count)?.to_decimal()?)?;
        }
        Ok(total)
    }

    /// The same where the steps hold for so many.
    pub(super) fn amount_within(&self, images: u64) -> Result<Decimal, Reason> {
        if let Some(last) = self.limit_below(images) {
            return Err(Reason::BeyondVolume { last });
        }
        Ok(self.amount(images)?)
    }

    /// What `part` of the `images` of a month come to, where any of them may be of any step: of
    /// each step the same portion. The quotient is taken once for each step.
    pub fn portion(&self, part: u64, images: u64) -> Result<Vec<Share>, Overflow> {
        let of_step = |(cost, count): (UnitCost, u64)| {
            if part == images {
                return cost.share(count);
            }
            let whole = Decimal::from(images.max(1));
            cost.times(Decimal::from(count))?.over(whole)?.share(part)
        };
        self.split(images)?.map(of_step).collect()
    }
}

impl From<UnitCost> for ImageCost {
    fn from(cost: UnitCost) -> Self {
        let steps = [CostStep { up_to: None, cost }].into();
        Self { steps, images_per_call: 1, ladder: "".into() }
    }
}
