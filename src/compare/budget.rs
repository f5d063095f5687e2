//! How many images a budget gives: the largest number whose total stays within it.

use rust_decimal::Decimal;

use super::cost::Billing;
use super::job::{Budget, Job};
use super::offer::Offer;
use super::quote::Seconds;
use crate::catalog::{Currency, Overflow};

/// More images than a budget is asked about; a price this small counts as no limit.
const MOST_IMAGES: u64 = 1_000_000_000_000;

/// From the dearest to the cheapest way of billing; or why the budget buys nothing here.
pub(super) fn images(
    job: &Job,
    offer: &Offer<'_>,
    budget: Budget,
) -> Result<Result<Seconds, String>, Overflow> {
    let billings = offer.readings.iter().flat_map(|reading| reading.billings.iter().flatten());
    let mut span: Option<Seconds> = None;
    for billing in billings {
        let bought = match within(job, billing, budget)? {
            Ok(bought) => bought,
            Err(why) => return Ok(Err(why)),
        };
        let before = span.unwrap_or(Seconds { low: bought, high: bought });
        span = Some(Seconds { low: before.low.min(bought), high: before.high.max(bought) });
    }
    Ok(match span {
        Some(Seconds { high: 0, .. }) => Err("the budget does not buy one image".to_owned()),
        Some(span) => Ok(span),
        None => Err(offer.readings.first().map(|r| r.reason.clone()).unwrap_or_default()),
    })
}

fn within(
    job: &Job,
    billing: &Billing<'_>,
    budget: Budget,
) -> Result<Result<u64, String>, Overflow> {
    let in_credits = budget.currency == Currency::Credits;
    if in_credits && billing.price.currency != Currency::Credits {
        let why = format!("a budget in credits, and it is billed in {}", billing.price.currency);
        return Ok(Err(why));
    }
    let cost = |images: u64| -> Result<Decimal, Overflow> {
        if in_credits { billing.credits_needed(job, images) } else { billing.total(job, images) }
    };
    if cost(1)? > budget.amount {
        return Ok(Ok(0));
    }
    if cost(MOST_IMAGES).is_ok_and(|most| most <= budget.amount) {
        return Ok(Err("it is free, and a budget sets no limit".to_owned()));
    }
    // A total beyond the decimal range is beyond any budget, too.
    let affordable = |images: u64| cost(images).is_ok_and(|cost| cost <= budget.amount);
    let (mut low, mut high) = (1, MOST_IMAGES);
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        if affordable(middle) { low = middle } else { high = middle }
    }
    Ok(Ok(low))
}
