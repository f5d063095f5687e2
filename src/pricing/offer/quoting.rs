//! The quote of a job by an offer: arithmetic on what was resolved.

use rust_decimal::Decimal;

use super::{FailedCalls, Offer, OfferReading, state};
use crate::catalog::{Currency, Overflow, quotient};
use crate::pricing::budget;
use crate::pricing::charge::{Charge, charged_calls};
use crate::pricing::first_payment::{FirstPayment, Funding};
use crate::pricing::format::time;
use crate::pricing::job::Job;
use crate::pricing::latency::Timing;
use crate::pricing::quote::{CountRange, PriceRange, Quote, QuoteLine, QuoteReading, QuoteState};
use crate::pricing::reason::{Reason, Warning, WarningCode};

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
    /// The quote of a job, whose variant is that of the offer.
    pub fn quote(&self, job: &Job) -> Quote {
        let offer = &self.resolved;
        let without =
            |reason: &Reason| Quote::without_total(&offer.listing, &offer.provider, reason.clone());
        let readings = match (&offer.readings, &offer.cost) {
            (Err(reason), _) | (_, Err(reason @ Reason::BeforeFirstStatement { .. })) => {
                return without(reason);
            }
            (Ok(readings), _) => readings,
        };
        let mut quote = Quote { reason: None, ..without(&Reason::NoPrice) };
        if self.fill(&mut quote, readings, job).is_err() {
            quote.refuse(Reason::Overflow);
        }
        if let Some(reason) = &offer.unmet {
            quote.refuse(reason.clone());
        }
        quote
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
            quote.refuse(self.too_small(readings, job));
            return Ok(());
        }
        // What a budget gives is priced at the number that it gives in any case, or for one image.
        let images = quote.images.map_or(job.images, |images| images.low.max(1));
        let mut first_refusal = None;
        for (reading, bought) in readings.iter().zip(bought) {
            let (sources, mut reason) = (reading.sources.clone(), reading.reason());
            let (mut total, mut images_bought, mut refusal) = (None, None, None);
            let [mut low_lines, mut lines] = [Vec::new(), Vec::new()];
            match (bought, &reading.charges) {
                (Ok(range), Ok(charges)) => {
                    let (range_of_totals, ends) = self.spread(job, charges, images)?;
                    (total, images_bought) = (Some(range_of_totals), range);
                    [low_lines, lines] = ends;
                }
                (Err(why), Ok(_)) => {
                    reason = why.to_string();
                    refusal = Some(why.clone());
                    first_refusal.get_or_insert(why);
                }
                (_, Err(why)) => {
                    refusal = Some(why.clone());
                    first_refusal.get_or_insert(reading.refusal(why));
                }
            }
            quote.readings.push(QuoteReading {
                sources,
                total,
                images: images_bought,
                reason,
                refusal,
                lines,
                low_lines,
            });
        }
        self.judge(quote, first_refusal);
        if let Some(total) = quote.total {
            let each = |total| quotient(total, Decimal::from(images));
            quote.per_image = Some(PriceRange { low: each(total.low)?, high: each(total.high)? });
            self.set_first_payment(quote, readings, job, images);
            self.time(quote, job, images)?;
        }
        Ok(())
    }

    /// Why a budget buys nothing.
    fn too_small(&self, readings: &[OfferReading], job: &Job) -> Reason {
        let paid = self.first_payment(readings, job, 1).unwrap_or(FirstPayment::Unknown);
        match (paid, job.budget) {
            (FirstPayment::Amounts(paid), Some(budget))
                if budget.currency != Currency::Credits && paid.low > budget.amount =>
            {
                Reason::BudgetBelowFirstPayment { payment: paid.low, currency: budget.currency }
            }
            _ => Reason::BudgetTooSmall,
        }
    }

    /// With a budget, how many images a reading gives, or why it can't be told.
    fn bought(
        &self,
        reading: &OfferReading,
        job: &Job,
    ) -> Result<Result<Option<CountRange>, Reason>, Overflow> {
        let charges = match &reading.charges {
            Ok(charges) => charges,
            Err(reason) => return Ok(Err(reason.clone())),
        };
        if let Some(budget) = job.budget {
            let ways = self.ways_of(job, charges);
            return Ok(budget::affordable_images(job, budget, ways, self.funding())?.map(Some));
        }
        for (charge, failed) in self.ways_of(job, charges) {
            let calls = charged_calls(job, job.images, failed)?;
            if let Some(last) = charge.image_cost().limit_below(calls) {
                return Ok(Err(Reason::BeyondVolume { last }));
            }
        }
        Ok(Ok(None))
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

    /// From the lowest to the highest of a reading's charges, with the lines of both; none of the
    /// lowest where it is the highest.
    fn spread(
        &self,
        job: &Job,
        charges: &[Charge],
        images: u64,
    ) -> Result<(PriceRange, [Vec<QuoteLine>; 2]), Overflow> {
        let mut range: Option<PriceRange> = None;
        let (mut lowest, mut highest) = (None, None);
        for (charge, failures_charged) in self.ways_of(job, charges) {
            let total = charge.total(job, images, failures_charged)?;
            if range.is_none_or(|range| total > range.high) {
                highest = Some((charge, failures_charged));
            }
            if range.is_none_or(|range| total < range.low) {
                lowest = Some((charge, failures_charged));
            }
            let total = PriceRange { low: total, high: total };
            range = Some(range.map_or(total, |range| range.hull(total)));
        }
        let range = range.ok_or(Overflow)?;
        let lines = |end: Option<(&Charge, bool)>| {
            let lines = end.map(|(charge, failed)| charge.lines(job, images, failed)).transpose();
            lines.map(Option::unwrap_or_default)
        };
        let lowest = lowest.filter(|_| range.low != range.high);
        Ok((range, [lines(lowest)?, lines(highest)?]))
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
        let free = match self.cost() {
            Ok(cost) => cost.state == QuoteState::Free,
            Err(_) => total.high.is_zero(),
        };
        quote.state = state(differ, free);
        let highest = quote.readings.iter().filter(|reading| reading.total.is_some());
        let highest = highest.max_by_key(|reading| reading.total.map(|total| total.high));
        quote.lines = highest.map(|reading| reading.lines.clone()).unwrap_or_default();
        quote.total = Some(total);
    }

    /// Sets what has to be paid first; a payment that can't be held can't be told.
    fn set_first_payment(
        &self,
        quote: &mut Quote,
        readings: &[OfferReading],
        job: &Job,
        images: u64,
    ) {
        match self.first_payment(readings, job, images).unwrap_or(FirstPayment::Unknown) {
            FirstPayment::Amounts(paid) => quote.first_payment = Some(paid),
            FirstPayment::Any => {}
            FirstPayment::Unknown => {
                let text = "what has to be paid first can't be told".to_owned();
                quote.warnings.push(Warning { code: WarningCode::FirstPaymentOpen, text });
            }
        }
    }

    fn funding(&self) -> Funding<'_> {
        let offer = &self.resolved;
        Funding { packs: &offer.packs, minimums: &offer.minimums, rates: &offer.funding_rates }
    }

    /// What has to be paid before the first image, by all readings.
    fn first_payment(
        &self,
        readings: &[OfferReading],
        job: &Job,
        images: u64,
    ) -> Result<FirstPayment, Overflow> {
        let funding = self.funding();
        let (mut range, mut is_any) = (None::<PriceRange>, true);
        for charges in readings.iter().filter_map(|reading| reading.charges.as_deref().ok()) {
            for (charge, failed) in self.ways_of(job, charges) {
                let calls = charged_calls(job, images, failed)?;
                let paid = match funding.first_payment(charge, calls)? {
                    FirstPayment::Unknown => return Ok(FirstPayment::Unknown),
                    FirstPayment::Amounts(paid) => {
                        is_any = false;
                        paid
                    }
                    // Where any amount will do, the total is paid.
                    FirstPayment::Any => {
                        let total = charge.total(job, images, failed)?;
                        PriceRange { low: total, high: total }
                    }
                };
                range = Some(range.map_or(paid, |range| range.hull(paid)));
            }
        }
        Ok(range.filter(|_| !is_any).map_or(FirstPayment::Any, FirstPayment::Amounts))
    }

    /// Sets the duration, and refuses where even the fastest comes after the deadline, or where
    /// nobody states a time.
    fn time(&self, quote: &mut Quote, job: &Job, images: u64) -> Result<(), Overflow> {
        let offer = &self.resolved;
        let limit = offer.concurrency.unwrap_or(CountRange { low: u64::MAX, high: u64::MAX });
        let at_once = CountRange {
            low: job.concurrency.min(limit.low),
            high: job.concurrency.min(limit.high),
        };
        if at_once.low < job.concurrency {
            let text = format!("only {} calls may be under way at once", at_once.low);
            quote.warnings.push(Warning { code: WarningCode::ConcurrencyLimit, text });
        }
        let timing = Timing {
            one: offer.seconds,
            given: job.seconds_per_image,
            concurrency: at_once,
            request_limits: &offer.request_limits,
            images_per_call: offer.images_per_call,
        };
        let Some(duration) = timing.job_duration(job, images)? else {
            if job.deadline_ms.is_some() {
                quote.refuse(Reason::LatencyNotStated);
            }
            return Ok(());
        };
        quote.duration_s = Some(duration);
        let Some(deadline_ms) = job.deadline_ms else { return Ok(()) };
        if u128::from(duration.low) * 1000 > u128::from(deadline_ms) {
            quote.refuse(Reason::TooSlow { seconds: duration.low, deadline_ms });
        } else if u128::from(duration.high) * 1000 > u128::from(deadline_ms) {
            let text = format!("may take {} and miss the deadline", time(duration.high));
            quote.warnings.push(Warning { code: WarningCode::DeadlineNotSure, text });
        }
        Ok(())
    }
}
