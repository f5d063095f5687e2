//! How long a job takes, from what one image takes and how many requests may be sent.

use rust_decimal::Decimal;

use super::job::Job;
use super::quote::CountRange;
use crate::catalog::{CountSpan, Overflow, RequestLimit, product, whole_up};

/// What the time of a job depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timing<'a> {
    /// How long one image takes, where that is stated.
    pub(super) one: Option<CountRange>,
    /// How long the question says that one takes; for sellers who don't.
    pub(super) given: Option<Decimal>,
    /// Calls under way at once, from the fewest to the most that any source allows.
    pub(super) concurrency: CountRange,
    /// How many requests may be sent, by each side.
    pub(super) request_limits: &'a [RequestLimit],
    pub(super) images_per_call: Option<CountSpan>,
}

impl Timing<'_> {
    /// The whole job, thrown and failed images with it: as many rounds as the calls need, and no
    /// faster than requests may be sent. `None` where nobody says how long one image takes.
    pub(super) fn job_duration(
        &self,
        job: &Job,
        images: u64,
    ) -> Result<Option<CountRange>, Overflow> {
        let images = job.called(job.drawn(images)?)?;
        let per_call = self.images_per_call.map_or((1, 1), |span| (span.low.max(1), span.high));
        let calls = |per_call: u64| whole_up(images, Decimal::from(per_call.max(1)));
        let (most, fewest) = (calls(per_call.0)?, calls(per_call.1)?);
        let one = match (self.one, self.given) {
            (Some(one), _) => [Decimal::from(one.low), Decimal::from(one.high)],
            (None, Some(given)) => [given, given],
            (None, None) => return Ok(None),
        };
        let took = |calls: Decimal, one: Decimal, at_once: u64, waits: Decimal| {
            let rounds = whole_up(calls, Decimal::from(at_once.max(1)))?;
            let drawn = product(rounds, one)?.ceil();
            u64::try_from(drawn.max(waits + one.ceil())).map_err(|_| Overflow)
        };
        let CountRange { low: fewest_at_once, high: most_at_once } = self.concurrency;
        let low = took(fewest, one[0], most_at_once, self.waits(fewest)?.0)?;
        let high = took(most, one[1], fewest_at_once, self.waits(most)?.1)?;
        Ok(Some(CountRange { low, high }))
    }

    /// The seconds until the last of some requests may be sent, by the side that allows most and
    /// by the one that allows least.
    fn waits(&self, calls: Decimal) -> Result<(Decimal, Decimal), Overflow> {
        let mut waits = Vec::with_capacity(self.request_limits.len());
        for limit in self.request_limits {
            let windows = whole_up(calls, Decimal::from(limit.requests))?;
            let before = (windows - Decimal::ONE).max(Decimal::ZERO);
            waits.push(product(before, Decimal::from(limit.seconds))?);
        }
        let end = |wait: Option<&Decimal>| wait.copied().unwrap_or_default();
        Ok((end(waits.iter().min()), end(waits.iter().max())))
    }
}
