//! How long a job takes, from the latencies that sources state.

use rust_decimal::Decimal;

use super::job::Job;
use super::quote::Whole;
use crate::catalog::{Catalog, Field, Listing, Overflow, Value, whole_up};
use jiff::civil::Date;

/// From the fastest to the slowest that is stated, over all sides of a dispute and, where the
/// quality is not known, over all qualities. `None` where nothing is stated for the job.
pub(super) fn of_one(
    catalog: &Catalog,
    listing: &Listing,
    quality: Option<&str>,
    as_of: Date,
) -> Option<Whole> {
    let fact = catalog.field(listing, Field::Latency, as_of)?;
    let rows = fact.counting().iter().flat_map(|view| match view.value {
        Value::Latency(rows) => rows.0.as_slice(),
        _ => &[],
    });
    let fits = rows.filter(|row| {
        quality.is_none() || row.when.quality.is_none() || row.when.quality.as_deref() == quality
    });
    fits.map(|row| Whole { low: row.value.0.low, high: row.value.0.high })
        .reduce(|a, b| Whole { low: a.low.min(b.low), high: a.high.max(b.high) })
}

/// The whole job: as many rounds as the calls need, thrown and failed ones with them.
pub(super) fn of_job(
    job: &Job,
    images: u64,
    concurrency: u64,
    one: Whole,
) -> Result<Whole, Overflow> {
    let calls = job.called(job.drawn(images)?)?;
    let rounds = whole_up(calls, Decimal::from(concurrency.max(1)))?;
    let rounds = u64::try_from(rounds).map_err(|_| Overflow)?;
    let times = |seconds: u64| rounds.checked_mul(seconds).ok_or(Overflow);
    Ok(Whole { low: times(one.low)?, high: times(one.high)? })
}
