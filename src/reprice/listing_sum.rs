//! What rows cost on one listing. Exact amounts are added up at once; where a quotient has to be
//! taken, images of equal cost are added up first, and it is taken once for all of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::total::Total;
use crate::catalog::Overflow;
use crate::pricing::{ImageCost, OfferCost, QuoteState, Reason, Share, UnitCost};

/// What rows cost on one listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    /// The lowest of the rows that were priced.
    pub low: Total,
    pub high: Total,
    pub priced: PricedCount,
    /// Rows that were refused, by the number of the reason.
    pub refused: BTreeMap<usize, u64>,
    disputed: bool,
    /// Whether all sources say of any of it that it is not free.
    charged: bool,
    declined: bool,
}

/// The rows that were priced, and their images less those that were given back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PricedCount {
    pub rows: u64,
    pub images: i64,
}

impl PricedCount {
    fn add(&mut self, other: Self) -> Result<(), Overflow> {
        self.rows += other.rows;
        self.images = self.images.checked_add(other.images).ok_or(Overflow)?;
        Ok(())
    }
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
        match (self.priced.rows, self.disputed, self.charged) {
            (0, ..) if self.declined => QuoteState::Refused,
            (0, ..) => QuoteState::Unknown,
            (_, true, _) => QuoteState::Disputed,
            (_, false, false) => QuoteState::Free,
            (_, false, true) => QuoteState::Priced,
        }
    }
}

/// Images that are to be paid for at one end of the range: exact costs are added up at once, and
/// of each other cost the images, so that its quotient is taken once.
#[derive(Debug, Clone, Default)]
struct Shares {
    exact: Total,
    to_divide: BTreeMap<UnitCost, i64>,
}

impl Shares {
    fn add(&mut self, cost: UnitCost, images: i64) -> Result<(), Overflow> {
        if cost.divisor() == 1 {
            return self.exact.add(signed(cost.share(images.unsigned_abs())?, images));
        }
        let sum = self.to_divide.entry(cost).or_default();
        *sum = sum.checked_add(images).ok_or(Overflow)?;
        Ok(())
    }

    fn total(&self) -> Result<Total, Overflow> {
        let mut total = self.exact;
        for (cost, images) in &self.to_divide {
            total.add(signed(cost.share(images.unsigned_abs())?, *images))?;
        }
        Ok(total)
    }
}

/// A share of images that were given back, where their number is below zero.
fn signed(share: Share, images: i64) -> Share {
    Share { mantissa: share.mantissa * i128::from(images.signum()), ..share }
}

/// What counts images of a month together: a ladder of volume, or the calls of one cost.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct VolumeKey {
    month: Date,
    ladder: String,
    calls: Option<ImageCost>,
}

impl VolumeKey {
    fn new(month: Date, cost: &ImageCost) -> Self {
        let ladder = cost.ladder().to_owned();
        let calls = ladder.is_empty().then(|| cost.clone());
        Self { month, ladder, calls }
    }
}

/// How many images of each month are counted together.
pub(super) type MonthVolumes = BTreeMap<VolumeKey, i64>;

/// A sum to which rows are still added.
#[derive(Debug, Clone, Default)]
pub(super) struct OpenSum {
    low: Shares,
    high: Shares,
    /// Images whose cost depends on the volume of their month.
    by_volume: BTreeMap<(Date, OfferCost), PricedCount>,
    /// Whether a figure could not be held.
    is_beyond: bool,
    rest: Sum,
}

impl OpenSum {
    /// Adds rows at what one image costs; of refunds the images are below zero.
    pub(super) fn add_priced(&mut self, cost: &OfferCost, count: PricedCount, period: Date) {
        self.is_beyond |= self.add_cost(cost, count, period).is_err();
        self.is_beyond |= self.rest.priced.add(count).is_err();
    }

    fn add_cost(
        &mut self,
        cost: &OfferCost,
        count: PricedCount,
        period: Date,
    ) -> Result<(), Overflow> {
        let Some((low, high)) = cost.single()? else {
            let key = (period.first_of_month(), cost.clone());
            return self.by_volume.entry(key).or_default().add(count);
        };
        self.low.add(low, count.images)?;
        self.high.add(high, count.images)?;
        self.rest.disputed |= cost.state == QuoteState::Disputed;
        self.rest.charged |= cost.state != QuoteState::Free;
        Ok(())
    }

    /// Adds rows that were refused, by the number of the reason; they are declined where no source
    /// lacks anything.
    pub(super) fn add_refused(&mut self, number: usize, declined: bool, rows: u64) {
        *self.rest.refused.entry(number).or_default() += rows;
        self.rest.declined |= declined;
    }

    /// How many images of each month each of its ladders counts.
    pub(super) fn volumes(&self) -> MonthVolumes {
        let mut volumes = MonthVolumes::new();
        for ((month, cost), count) in &self.by_volume {
            // Several costs of one ladder, as where units are open, count its images once.
            let keys: BTreeSet<_> = cost.costs().map(|it| VolumeKey::new(*month, it)).collect();
            for key in keys {
                *volumes.entry(key).or_default() += count.images;
            }
        }
        volumes
    }

    /// Takes the quotients; where volume counts, of each step the portion that the images have in
    /// those of their month. `number` gives the number of a reason.
    pub(super) fn close(
        mut self,
        volumes: &MonthVolumes,
        mut number: impl FnMut(&Reason) -> usize,
    ) -> Sum {
        for ((month, cost), count) in std::mem::take(&mut self.by_volume) {
            let spread = cost.spread(|cost| {
                let of_month = volumes.get(&VolumeKey::new(month, cost)).copied();
                portion(cost, count.images, of_month.unwrap_or(count.images))
            });
            match spread {
                Ok(spread) => {
                    self.is_beyond |= self.low.exact.join(spread.low).is_err();
                    self.is_beyond |= self.high.exact.join(spread.high).is_err();
                    self.rest.disputed |= spread.is_disputed;
                    self.rest.charged |= cost.state != QuoteState::Free;
                }
                Err(Reason::Overflow) => self.is_beyond = true,
                Err(reason) => {
                    self.rest.priced.rows -= count.rows;
                    self.rest.priced.images -= count.images;
                    self.add_refused(number(&reason), !reason.is_unknown(), count.rows);
                }
            }
        }
        if let (Ok(low), Ok(high), false) = (self.low.total(), self.high.total(), self.is_beyond) {
            // Of more refunds than images, what is lower by one price is higher by the other.
            return Sum { low: low.min(high), high: low.max(high), ..self.rest };
        }
        // A figure that can't be held is no figure, and no part of one.
        let rows = std::mem::take(&mut self.rest.priced).rows;
        self.add_refused(number(&Reason::Overflow), false, rows);
        self.rest
    }
}

/// What images of a month come to by one cost, in the order of its steps. Where as many were given
/// back as were drawn, none of them is beyond the first step.
fn portion(cost: &ImageCost, images: i64, of_month: i64) -> Result<Total, Reason> {
    let (part, of_month) = (images.unsigned_abs(), of_month.unsigned_abs());
    if let Some(last) = cost.limit_below(of_month) {
        return Err(Reason::BeyondVolume { last });
    }
    let mut total = Total::default();
    if of_month == 0 {
        let first = cost.steps().first().map(|step| step.cost.share(part)).transpose()?;
        first.into_iter().try_for_each(|share| total.add(signed(share, images)))?;
        return Ok(total);
    }
    for share in cost.portion(part, of_month)? {
        total.add(signed(share, images))?;
    }
    Ok(total)
}
