//! An offer: what a listing asks for a variant on a day, everything but the number of images. What
//! it says was resolved once; a quote, or an amount, is arithmetic on it, and looks at no facts.

mod quoting;

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use super::charge::Charge;
use super::image_cost::ImageCost;
use super::quote::{CountRange, PriceRange, QuoteState};
use super::rates::UsedRate;
use super::reason::{OfferWarning, Reason};
use super::unit_cost::UnitCost;
use crate::catalog::{CountSpan, CreditPack, Money, Overflow, RequestLimit, SourcePlace};

/// What a listing asks for a variant on a day.
#[derive(Debug, Clone)]
pub struct Offer {
    pub(super) resolved: Arc<ResolvedOffer>,
    pub(super) as_of: Date,
}

/// What holds of an offer on all days of a period on which no fact and no rate changes.
#[derive(Debug)]
pub(super) struct ResolvedOffer {
    pub(super) listing: String,
    pub(super) provider: String,
    /// What the readings say, or why nothing is known.
    pub(super) readings: Result<Vec<OfferReading>, Reason>,
    /// What one image costs, from the lowest to the highest of all readings; or why it has no
    /// price.
    pub(super) cost: Result<OfferCost, Reason>,
    pub(super) warnings: Vec<OfferWarning>,
    pub(super) rates: Vec<UsedRate>,
    pub(super) failures: FailedCalls,
    /// How long one image takes.
    pub(super) seconds: Option<CountRange>,
    /// How many calls may be under way at once, from the fewest to the most that a side says.
    pub(super) concurrency: Option<CountRange>,
    /// How many requests may be sent, by each side.
    pub(super) request_limits: Vec<RequestLimit>,
    pub(super) images_per_call: Option<CountSpan>,
    /// The packs in which each side says that credits are sold.
    pub(super) packs: Vec<Vec<CreditPack>>,
    /// The least that has to be paid in, by each side.
    pub(super) minimums: Vec<Money>,
    /// The rates from the currencies of packs and of the least payment.
    pub(super) funding_rates: Vec<UsedRate>,
    /// Whether a source states a price for a batch.
    pub(super) has_batch: bool,
    /// The first requirement of the variant that is not met.
    pub(super) unmet: Option<Reason>,
}

/// What follows if some sides of a dispute are right.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferReading {
    /// The sides, source and place.
    pub sources: Vec<SourcePlace>,
    /// What the sides say of what is disputed.
    pub says: String,
    /// Several charges where an assumption is open, such as how megapixels are rounded; or why
    /// these sides refuse the variant.
    pub charges: Result<Vec<Charge>, Reason>,
}

/// What images cost, from the lowest to the highest that the sources allow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OfferCost {
    /// By each charge of each reading, each once; none of a reading that refuses the variant.
    readings: Arc<[Vec<ImageCost>]>,
    pub state: QuoteState,
}

/// From the lowest to the highest amount of all readings, and whether they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AmountSpread<T> {
    pub low: T,
    pub high: T,
    pub is_disputed: bool,
}

/// Whether failed calls are charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FailedCalls {
    Free,
    Charged,
    /// Nobody settles it.
    Open,
}

impl OfferReading {
    /// What the sides say, and why they refuse the variant.
    pub fn reason(&self) -> String {
        match (&self.charges, self.says.as_str()) {
            (Ok(_), says) => says.to_owned(),
            (Err(reason), "") => reason.to_string(),
            (Err(reason), says) => format!("{says}; {reason}"),
        }
    }

    /// What `images` images cost by these sides, of which none is lost; `None` where they refuse
    /// the variant, or so many.
    pub fn amount(&self, images: u64) -> Result<Option<PriceRange>, Overflow> {
        let amounts = self.costs().map(|cost| cost.amount_within(images));
        match amounts.collect::<Result<Vec<_>, _>>() {
            Ok(amounts) => Ok(ends(&amounts).map(|(low, high)| PriceRange { low, high })),
            Err(Reason::Overflow) => Err(Overflow),
            Err(_) => Ok(None),
        }
    }

    fn costs(&self) -> impl Iterator<Item = &ImageCost> {
        self.charges.iter().flatten().map(Charge::image_cost)
    }

    /// Why these sides refuse the variant.
    fn refusal(&self, reason: &Reason) -> Reason {
        if self.says.is_empty() {
            return reason.clone();
        }
        Reason::Disputed { sides: self.says.clone(), reason: Box::new(reason.clone()) }
    }
}

impl OfferCost {
    /// What one image costs by all readings; or why none of them has a price.
    pub(super) fn new(readings: &[OfferReading]) -> Result<Self, Reason> {
        let by_reading = readings.iter().map(|reading| {
            let costs: BTreeSet<_> = reading.costs().cloned().collect();
            costs
        });
        let by_reading: Vec<BTreeSet<ImageCost>> = by_reading.collect();
        if by_reading.iter().all(BTreeSet::is_empty) {
            let first = readings.first().and_then(|reading| {
                reading.charges.as_ref().err().map(|reason| reading.refusal(reason))
            });
            return Err(first.unwrap_or(Reason::NoPriceForVariant));
        }
        let differ = by_reading.iter().any(|costs| *costs != by_reading[0]);
        let is_free = by_reading.iter().flatten().all(ImageCost::is_zero);
        let readings = by_reading.into_iter().map(|costs| costs.into_iter().collect());
        Ok(Self { readings: readings.collect(), state: state(differ, is_free) })
    }

    /// What images cost by each charge of each reading.
    pub fn costs(&self) -> impl Iterator<Item = &ImageCost> {
        self.readings.iter().flatten()
    }

    /// What one image costs from the lowest to the highest, where volume does not matter.
    pub fn single(&self) -> Result<Option<(UnitCost, UnitCost)>, Overflow> {
        let mut range: Option<(UnitCost, UnitCost)> = None;
        for cost in self.costs() {
            let Some(cost) = cost.single() else { return Ok(None) };
            range = Some(match range {
                None => (cost, cost),
                Some((low, high)) => {
                    let low = if cost.compare(low)? == Ordering::Less { cost } else { low };
                    let high = if cost.compare(high)? == Ordering::Greater { cost } else { high };
                    (low, high)
                }
            });
        }
        Ok(range)
    }

    /// From the lowest to the highest of what each cost comes to. A reading of which a cost has no
    /// amount has none; where all are so, the first reason is the answer.
    pub fn spread<T: Copy + Ord>(
        &self,
        amount: impl Fn(&ImageCost) -> Result<T, Reason>,
    ) -> Result<AmountSpread<T>, Reason> {
        let mut by_reading = Vec::with_capacity(self.readings.len());
        let mut refusal = None;
        for costs in self.readings.iter() {
            match costs.iter().map(&amount).collect::<Result<Vec<_>, _>>() {
                Ok(amounts) => by_reading.push(ends(&amounts)),
                Err(Reason::Overflow) => return Err(Reason::Overflow),
                Err(reason) => {
                    by_reading.push(None);
                    refusal.get_or_insert(reason);
                }
            }
        }
        let all = by_reading.iter().flatten().flat_map(|(low, high)| [*low, *high]);
        let Some((low, high)) = ends(&all.collect::<Vec<_>>()) else {
            return Err(refusal.unwrap_or(Reason::NoPriceForVariant));
        };
        let is_disputed = by_reading.iter().any(|range| *range != by_reading[0]);
        Ok(AmountSpread { low, high, is_disputed })
    }
}

/// The lowest and the highest; nothing of none.
fn ends<T: Copy + Ord>(amounts: &[T]) -> Option<(T, T)> {
    Some((amounts.iter().copied().min()?, amounts.iter().copied().max()?))
}

fn state(differ: bool, free: bool) -> QuoteState {
    match (differ, free) {
        (true, _) => QuoteState::Disputed,
        (false, true) => QuoteState::Free,
        (false, false) => QuoteState::Priced,
    }
}

impl Offer {
    /// What one image costs, of which none is lost; or why it has no price.
    pub fn cost(&self) -> Result<&OfferCost, &Reason> {
        self.resolved.cost.as_ref()
    }

    /// What `images` images of one month cost, of which none is lost; or why they have no price.
    pub fn amount(&self, images: u64) -> Result<PriceRange, Reason> {
        let cost = self.cost().map_err(Clone::clone)?;
        let AmountSpread { low, high, .. } = cost.spread(|cost| cost.amount_within(images))?;
        Ok(PriceRange { low, high })
    }

    /// What follows from each reading, or why nothing is known.
    pub fn readings(&self) -> Result<&[OfferReading], &Reason> {
        self.resolved.readings.as_deref()
    }

    /// The rates that are used.
    pub fn rates(&self) -> &[UsedRate] {
        &self.resolved.rates
    }

    /// Whether a source states a price for a batch.
    pub(super) fn has_batch(&self) -> bool {
        self.resolved.has_batch
    }
}
