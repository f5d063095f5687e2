//! What rows cost on one listing. Exact amounts are added up at once; where a quotient has to be
//! taken, images of equal cost are added up first, and it is taken once for all of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::total::Total;
use super::usage::UsageCount;
use crate::catalog::Overflow;
use crate::pricing::{ImageCost, OfferCost, QuoteState, UnitCost};

/// What rows cost on one listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    /// The lowest of the rows that were priced.
    pub low: Total,
    pub high: Total,
    pub priced: UsageCount,
    /// Rows that were refused, by the number of the reason.
    pub refused: BTreeMap<usize, u64>,
    disputed: bool,
    declined: bool,
}

impl Sum {
    /// Whether the total lacks rows, and the true one is higher.
    pub fn is_floor(&self) -> bool {
        self.priced.rows > 0 && !self.refused.is_empty()
    }

    /// The total, where anything was priced.
    pub fn total(&self) -> Option<(Total, Total)> {
        (self.priced.rows > 0).then_some((self.low, self.high))
    }

    /// What can be said of all its rows together.
    pub fn state(&self) -> QuoteState {
        match (self.priced.rows, self.disputed, self.high.is_zero()) {
            (0, ..) if self.declined => QuoteState::Refused,
            (0, ..) => QuoteState::Unknown,
            (_, true, _) => QuoteState::Disputed,
            (_, false, true) => QuoteState::Free,
            (_, false, false) => QuoteState::Priced,
        }
    }
}

/// Images that are to be paid for at one end of the range: exact costs are added up at once, and
/// of each other cost the images, so that its quotient is taken once.
#[derive(Debug, Clone, Default)]
struct Shares {
    exact: Total,
    to_divide: BTreeMap<UnitCost, u64>,
}

impl Shares {
    fn add(&mut self, cost: UnitCost, images: u64) -> Result<(), Overflow> {
        if cost.divisor() == 1 {
            return self.exact.add(cost.share(images)?);
        }
        let sum = self.to_divide.entry(cost).or_default();
        *sum = sum.checked_add(images).ok_or(Overflow)?;
        Ok(())
    }

    fn total(&self) -> Result<Total, Overflow> {
        let mut total = self.exact;
        for (cost, images) in &self.to_divide {
            total.add(cost.share(*images)?)?;
        }
        Ok(total)
    }
}

/// How many images of each month each ladder of volume counts.
pub(super) type MonthVolumes = BTreeMap<(Date, String), u64>;

/// A sum to which rows are still added.
#[derive(Debug, Clone, Default)]
pub(super) struct OpenSum {
    low: Shares,
    high: Shares,
    /// Images whose cost depends on the volume of their month.
    by_volume: BTreeMap<(Date, Vec<ImageCost>), u64>,
    rest: Sum,
}

impl OpenSum {
    /// Adds rows at what one image costs.
    pub(super) fn add_priced(
        &mut self,
        cost: &OfferCost,
        count: UsageCount,
        period: Date,
    ) -> Result<(), Overflow> {
        if let Some((low, high)) = cost.single()? {
            self.low.add(low, count.images)?;
            self.high.add(high, count.images)?;
        } else {
            let key = (period.first_of_month(), cost.costs().to_vec());
            let images = self.by_volume.entry(key).or_default();
            *images = images.checked_add(count.images).ok_or(Overflow)?;
        }
        self.rest.priced.rows += count.rows;
        let images = self.rest.priced.images.checked_add(count.images);
        self.rest.priced.images = images.ok_or(Overflow)?;
        self.rest.disputed |= cost.state == QuoteState::Disputed;
        Ok(())
    }

    /// Adds rows that were refused, by the number of the reason; they are declined where no source
    /// lacks anything.
    pub(super) fn add_refused(&mut self, number: usize, declined: bool, count: UsageCount) {
        *self.rest.refused.entry(number).or_default() += count.rows;
        self.rest.declined |= declined;
    }

    /// How many images of each month each of its ladders counts.
    pub(super) fn volumes(&self) -> MonthVolumes {
        let mut volumes = MonthVolumes::new();
        for ((month, costs), images) in &self.by_volume {
            // Several costs of one ladder, as where units are open, count its images once.
            let ladders: BTreeSet<&str> = costs.iter().map(ImageCost::ladder).collect();
            for ladder in ladders {
                *volumes.entry((*month, ladder.to_owned())).or_default() += images;
            }
        }
        volumes
    }

    /// Takes the quotients; where volume counts, of each step the portion that the images have in
    /// those of their month.
    pub(super) fn close(self, volumes: &MonthVolumes) -> Result<Sum, Overflow> {
        let (mut low, mut high) = (self.low.total()?, self.high.total()?);
        for ((month, costs), images) in &self.by_volume {
            let mut ends: Option<(Total, Total)> = None;
            for cost in costs {
                let of_month = volumes.get(&(*month, cost.ladder().to_owned()));
                let of_month = of_month.copied().unwrap_or(*images);
                let mut total = Total::default();
                for share in cost.portion(*images, of_month)? {
                    total.add(share)?;
                }
                ends = Some(ends.map_or((total, total), |(a, b)| (a.min(total), b.max(total))));
            }
            let (lowest, highest) = ends.unwrap_or_default();
            low.join(lowest)?;
            high.join(highest)?;
        }
        Ok(Sum { low, high, ..self.rest })
    }
}
