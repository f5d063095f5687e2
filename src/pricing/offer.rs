//! An offer: what a listing asks for a variant on a day, everything but the number of images. What
//! it says was resolved once; a quote, or an amount, is arithmetic on it, and looks at no facts.

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::budget;
use super::charge::Charge;
use super::job::Job;
use super::latency;
use super::quote::{
    CountRange, PriceRange, Quote, QuoteError, QuoteLine, QuoteReading, QuoteState,
};
use super::rates::UsedRate;
use super::reason::{OfferWarning, Reason, Warning, WarningCode};
use super::unit_cost::UnitCost;
use crate::catalog::{Overflow, SourcePlace, quotient};

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
    /// How many calls may be under way at once.
    pub(super) concurrency: Option<u64>,
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

/// What one image costs, from the lowest to the highest that the sources allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferCost {
    pub low: UnitCost,
    pub high: UnitCost,
    pub state: QuoteState,
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
    /// the variant.
    pub fn amount(&self, images: u64) -> Result<Option<PriceRange>, Overflow> {
        self.cost()?.map(|(low, high)| range_of(low, high, images)).transpose()
    }

    /// Why these sides refuse the variant.
    fn refusal(&self, reason: &Reason) -> Reason {
        if self.says.is_empty() {
            return reason.clone();
        }
        Reason::Disputed { sides: self.says.clone(), reason: Box::new(reason.clone()) }
    }

    /// The lowest and the highest that one image costs.
    fn cost(&self) -> Result<Option<(UnitCost, UnitCost)>, Overflow> {
        let mut range: Option<(UnitCost, UnitCost)> = None;
        for cost in self.charges.iter().flatten().map(Charge::image_cost) {
            range = Some(wider(range, (cost, cost))?);
        }
        Ok(range)
    }
}

/// The wider of two ranges of costs that hold both.
fn wider(
    range: Option<(UnitCost, UnitCost)>,
    (low, high): (UnitCost, UnitCost),
) -> Result<(UnitCost, UnitCost), Overflow> {
    let Some((lowest, highest)) = range else { return Ok((low, high)) };
    let lowest = if low.compare(lowest)? == Ordering::Less { low } else { lowest };
    let highest = if high.compare(highest)? == Ordering::Greater { high } else { highest };
    Ok((lowest, highest))
}

impl OfferCost {
    /// What one image costs by all readings; or why none of them has a price.
    pub(super) fn new(readings: &[OfferReading]) -> Result<Result<Self, Reason>, Overflow> {
        let costs: Vec<_> = readings.iter().map(OfferReading::cost).collect::<Result<_, _>>()?;
        let mut range = None;
        for cost in costs.iter().flatten() {
            range = Some(wider(range, *cost)?);
        }
        let Some((low, high)) = range else {
            let first = readings.first().and_then(|reading| {
                reading.charges.as_ref().err().map(|reason| reading.refusal(reason))
            });
            return Ok(Err(first.unwrap_or(Reason::NoPriceForVariant)));
        };
        let state = state(costs.iter().any(|cost| *cost != costs[0]), high.is_zero());
        Ok(Ok(Self { low, high, state }))
    }

    /// What `images` images come to, of which none is lost.
    pub fn amount(&self, images: u64) -> Result<PriceRange, Overflow> {
        range_of(self.low, self.high, images)
    }
}

fn range_of(low: UnitCost, high: UnitCost, images: u64) -> Result<PriceRange, Overflow> {
    let lowest = low.share(images)?.to_decimal()?;
    let highest = if low == high { lowest } else { high.share(images)?.to_decimal()? };
    Ok(PriceRange { low: lowest, high: highest })
}

fn state(differ: bool, free: bool) -> QuoteState {
    match (differ, free) {
        (true, _) => QuoteState::Disputed,
        (false, true) => QuoteState::Free,
        (false, false) => QuoteState::Priced,
    }
}

impl FailedCalls {
    /// The ways to count the calls of a job.
    fn ways(self, job: &Job) -> &'static [bool] {
        match self {
            _ if job.fail_rate.0.is_zero() => &[false],
            Self::Free => &[false],
            Self::Charged => &[true],
            Self::Open => &[false, true],
        }
    }
}

impl Offer {
    /// The listing's id.
    pub fn listing(&self) -> &str {
        &self.resolved.listing
    }

    /// What one image costs, of which none is lost; or why it has no price.
    pub fn cost(&self) -> Result<&OfferCost, &Reason> {
        self.resolved.cost.as_ref()
    }

    /// What `images` images cost, of which none is lost; `None` where they have no price.
    pub fn amount(&self, images: u64) -> Result<Option<PriceRange>, QuoteError> {
        let amount = self.cost().ok().map(|cost| cost.amount(images)).transpose();
        amount.map_err(|Overflow| self.overflow())
    }

    /// What follows from each reading, or why nothing is known.
    pub fn readings(&self) -> Result<&[OfferReading], &Reason> {
        self.resolved.readings.as_deref()
    }

    /// The rates that are used.
    pub fn rates(&self) -> &[UsedRate] {
        &self.resolved.rates
    }

    pub(super) fn overflow(&self) -> QuoteError {
        QuoteError::overflow(&self.resolved.listing)
    }

    /// The quote of a job, whose variant is that of the offer.
    pub fn quote(&self, job: &Job) -> Result<Quote, QuoteError> {
        let offer = &self.resolved;
        let without =
            |reason: &Reason| Quote::without_total(&offer.listing, &offer.provider, reason.clone());
        let readings = match (&offer.readings, &offer.cost) {
            (Err(reason), _) | (_, Err(reason @ Reason::BeforeFirstStatement { .. })) => {
                return Ok(without(reason));
            }
            (Ok(readings), _) => readings,
        };
        let mut quote = Quote { reason: None, ..without(&Reason::NoPrice) };
        self.fill(&mut quote, readings, job).map_err(|Overflow| self.overflow())?;
        if let Some(reason) = &offer.unmet {
            quote.refuse(reason.clone());
        }
        Ok(quote)
    }

    fn fill(
        &self,
        quote: &mut Quote,
        readings: &[OfferReading],
        job: &Job,
    ) -> Result<(), Overflow> {
        let offer = &self.resolved;
        quote.warnings = offer.warnings.iter().filter_map(|it| it.on(self.as_of)).collect();
        let priced = readings.iter().any(|reading| reading.charges.is_ok());
        if priced && offer.failures == FailedCalls::Open && !job.fail_rate.0.is_zero() {
            let text = "no source settles whether failed calls are charged".to_owned();
            quote.warnings.push(Warning { code: WarningCode::FailuresNotStated, text });
        }
        quote.rates.clone_from(&offer.rates);
        let mut bought = Vec::new();
        for reading in readings {
            bought.push(self.bought(reading, job)?);
        }
        let ranges = bought.iter().filter_map(|it| *it.as_ref().ok()?);
        quote.images = ranges.reduce(CountRange::hull);
        if quote.images.is_some_and(|images| images.high == 0) {
            quote.refuse(Reason::BudgetTooSmall);
            return Ok(());
        }
        // What a budget gives is priced at the number that it gives in any case, or for one image.
        let images = quote.images.map_or(job.images, |images| images.low.max(1));
        let mut first_refusal = None;
        for (reading, bought) in readings.iter().zip(bought) {
            let (sources, mut reason) = (reading.sources.clone(), reading.reason());
            let (mut total, mut lines, mut images_bought) = (None, Vec::new(), None);
            match (bought, &reading.charges) {
                (Ok(range), Ok(charges)) => {
                    let (range_of_totals, highest) = self.spread(job, charges, images)?;
                    (total, lines, images_bought) = (Some(range_of_totals), highest, range);
                }
                (Err(why), Ok(_)) => {
                    reason = why.to_string();
                    first_refusal.get_or_insert(why);
                }
                (_, Err(why)) => {
                    first_refusal.get_or_insert(reading.refusal(why));
                }
            }
            quote.readings.push(QuoteReading {
                sources,
                total,
                images: images_bought,
                reason,
                lines,
            });
        }
        self.judge(quote, first_refusal);
        if let Some(total) = quote.total {
            let each = |total| quotient(total, Decimal::from(images));
            quote.per_image = Some(PriceRange { low: each(total.low)?, high: each(total.high)? });
            self.time(quote, job, images)?;
        }
        Ok(())
    }

    /// With a budget, how many images a reading gives, or why it can't be told.
    fn bought(
        &self,
        reading: &OfferReading,
        job: &Job,
    ) -> Result<Result<Option<CountRange>, Reason>, Overflow> {
        match (job.budget, &reading.charges) {
            (_, Err(reason)) => Ok(Err(reason.clone())),
            (Some(budget), Ok(charges)) => {
                let ways = self.ways_of(job, charges);
                Ok(budget::affordable_images(job, budget, ways)?.map(Some))
            }
            (None, Ok(_)) => Ok(Ok(None)),
        }
    }

    /// Every charge with every way to count failed calls.
    fn ways_of<'o>(
        &self,
        job: &Job,
        charges: &'o [Charge],
    ) -> impl Iterator<Item = (&'o Charge, bool)> + use<'o> {
        let ways = self.resolved.failures.ways(job);
        charges.iter().flat_map(move |charge| ways.iter().map(move |failed| (charge, *failed)))
    }

    /// From the lowest to the highest of a reading's charges, with the lines of the highest.
    fn spread(
        &self,
        job: &Job,
        charges: &[Charge],
        images: u64,
    ) -> Result<(PriceRange, Vec<QuoteLine>), Overflow> {
        let mut range: Option<PriceRange> = None;
        let mut highest = None;
        for (charge, failures_charged) in self.ways_of(job, charges) {
            let total = charge.total(job, images, failures_charged)?;
            if range.is_none_or(|range| total > range.high) {
                highest = Some((charge, failures_charged));
            }
            let total = PriceRange { low: total, high: total };
            range = Some(range.map_or(total, |range| range.hull(total)));
        }
        let lines =
            highest.map(|(charge, failed)| charge.lines(job, images, failed)).transpose()?;
        Ok((range.ok_or(Overflow)?, lines.unwrap_or_default()))
    }

    /// Sets state, total and lines from the readings.
    fn judge(&self, quote: &mut Quote, first_refusal: Option<Reason>) {
        let totals = quote.readings.iter().filter_map(|reading| reading.total);
        let Some(total) = totals.reduce(PriceRange::hull) else {
            return quote.refuse(first_refusal.unwrap_or(Reason::NoPriceForVariant));
        };
        let comes_to = |reading: &QuoteReading| (reading.total, reading.images);
        let first = comes_to(&quote.readings[0]);
        let differ = quote.readings.iter().any(|reading| comes_to(reading) != first);
        let free = self.cost().map_or(total.high.is_zero(), |cost| cost.high.is_zero());
        quote.state = state(differ, free);
        let highest = quote.readings.iter().filter(|reading| reading.total.is_some());
        let highest = highest.max_by_key(|reading| reading.total.map(|total| total.high));
        quote.lines = highest.map(|reading| reading.lines.clone()).unwrap_or_default();
        quote.total = Some(total);
    }

    /// Sets the duration, and refuses where even the fastest comes after the deadline.
    fn time(&self, quote: &mut Quote, job: &Job, images: u64) -> Result<(), Overflow> {
        let calls = job.concurrency.min(self.resolved.concurrency.unwrap_or(u64::MAX));
        if calls < job.concurrency {
            let text = format!("only {calls} calls may be under way at once");
            quote.warnings.push(Warning { code: WarningCode::ConcurrencyLimit, text });
        }
        let Some(one) = self.resolved.seconds else {
            if job.deadline_ms.is_some() {
                let text = "no source states a latency; the deadline can't be judged".to_owned();
                quote.warnings.push(Warning { code: WarningCode::LatencyNotStated, text });
            }
            return Ok(());
        };
        let duration = latency::job_duration(job, images, calls, one)?;
        quote.duration_s = Some(duration);
        let Some(deadline_ms) = job.deadline_ms else { return Ok(()) };
        if u128::from(duration.low) * 1000 > u128::from(deadline_ms) {
            quote.refuse(Reason::TooSlow { seconds: duration.low, deadline_ms });
        } else if u128::from(duration.high) * 1000 > u128::from(deadline_ms) {
            let text = format!("may take {} s, past the deadline", duration.high);
            quote.warnings.push(Warning { code: WarningCode::DeadlineNotSure, text });
        }
        Ok(())
    }
}
