//! What images cost by one charge, in steps of a month's volume: exact, and without any fact.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::unit_cost::{Share, UnitCost};
use crate::catalog::{Overflow, sum};

/// What one image costs up to a number of images of a calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CostStep {
    /// The last image for which it holds; all that follow where absent.
    pub up_to: Option<u64>,
    pub cost: UnitCost,
}

/// What images cost in steps of a month's volume, from its first image; one step where volume does
/// not matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImageCost {
    pub(super) steps: Arc<[CostStep]>,
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

    /// What each image costs, where volume does not matter.
    pub fn single(&self) -> Option<UnitCost> {
        match *self.steps {
            [CostStep { up_to: None, cost }] => Some(cost),
            _ => None,
        }
    }

    /// Whether every image is free.
    pub fn is_zero(&self) -> bool {
        self.steps.iter().all(|step| step.cost.is_zero())
    }

    /// The last image that any step holds for; none where there is no last.
    pub fn limit(&self) -> Option<u64> {
        self.steps.last().and_then(|step| step.up_to)
    }

    /// How many of the first `images` of a month each step holds for.
    pub fn split(&self, images: u64) -> impl Iterator<Item = (UnitCost, u64)> {
        let mut before = 0;
        self.steps.iter().map(move |step| {
            let end = step.up_to.map_or(images, |last| last.min(images)).max(before);
            let count = end - before;
            before = end;
            (step.cost, count)
        })
    }

    /// What the first `images` of a month come to: the sum of a share for each step.
    pub fn amount(&self, images: u64) -> Result<Decimal, Overflow> {
        let mut total = Decimal::ZERO;
        for (cost, count) in self.split(images) {
            total = sum(total, cost.share(count)?.to_decimal()?)?;
        }
        Ok(total)
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
        self.split(images).map(of_step).collect()
    }
}

impl From<UnitCost> for ImageCost {
    fn from(cost: UnitCost) -> Self {
        Self { steps: [CostStep { up_to: None, cost }].into(), ladder: "".into() }
    }
}
