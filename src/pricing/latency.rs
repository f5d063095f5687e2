//! How long a job takes, from what one image takes and how many requests may be sent.

use rust_decimal::Decimal;

use super::job::Job;
use super::quote::CountRange;
use crate::catalog::{CountSpan, Overflow, RequestLimit, product, whole_up};

/// What the time of a job depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timing {
    /// How long one image takes, where that is stated.
    pub(super) one: Option<CountRange>,
    /// How long the question says that one takes; for sellers who don't.
    pub(super) given: Option<Decimal>,
    /// Calls under way at once.
    pub(super) concurrency: u64,
    pub(super) request_limit: Option<RequestLimit>,
    pub(super) images_per_call: Option<CountSpan>,
}

impl Timing {
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
        let rounds = |calls| whole_up(calls, Decimal::from(self.concurrency.max(1)));
        let one = match (self.one, self.given) {
            (Some(one), _) => [Decimal::from(one.low), Decimal::from(one.high)],
            (None, Some(given)) => [given, given],
            (None, None) => return Ok(None),
        };
        let took = |calls: Decimal, one: Decimal| -> Result<u64, Overflow> {
            let drawn = product(rounds(calls)?, one)?.ceil();
            let sent = self.waits(calls)? + one.ceil();
            u64::try_from(drawn.max(sent)).map_err(|_| Overflow)
        };
        Ok(Some(CountRange { low: took(fewest, one[0])?, high: took(most, one[1])? }))
    }

    /// The seconds until the last of some requests may be sent.
    fn waits(&self, calls: Decimal) -> Result<Decimal, Overflow> {
        let Some(limit) = self.request_limit else { return Ok(Decimal::ZERO) };
        let windows = whole_up(calls, Decimal::from(limit.requests))?;
        product((windows - Decimal::ONE).max(Decimal::ZERO), Decimal::from(limit.seconds))
    }
}
