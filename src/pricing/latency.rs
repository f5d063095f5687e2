//! How long a job takes, from what one image takes.

use rust_decimal::Decimal;

use super::job::Job;
use super::quote::CountRange;
use crate::catalog::{Overflow, whole_up};

/// The whole job: as many rounds as the calls need, thrown and failed ones with them.
pub(super) fn job_duration(
    job: &Job,
    images: u64,
    concurrency: u64,
    one: CountRange,
) -> Result<CountRange, Overflow> {
    let calls = job.called(job.drawn(images)?)?;
    let rounds = whole_up(calls, Decimal::from(concurrency.max(1)))?;
    let rounds = u64::try_from(rounds).map_err(|_| Overflow)?;
    let times = |seconds: u64| rounds.checked_mul(seconds).ok_or(Overflow);
    Ok(CountRange { low: times(one.low)?, high: times(one.high)? })
}
