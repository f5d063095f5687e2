//! How many images a budget gives: the largest number whose total stays within it.

use rust_decimal::Decimal;

use super::cost::Billing;
use super::job::{Budget, Job};
use super::quote::Whole;
use crate::catalog::{Currency, Overflow};

/// More images than a budget is asked about; a price this small counts as no limit.
const MOST_IMAGES: u64 = 1_000_000_000_000;

/// What one reading gives, from its dearest way of billing to its cheapest; or why it gives nothing.
pub(super) fn images(
    job: &Job,
    billings: &[Billing<'_>],
    budget: Budget,
) -> Result<Result<Whole, String>, Overflow> {
    let mut span: Option<Whole> = None;
    for billing in billings {
        let bought = match within(job, billing, budget)? {
            Ok(0) => return Ok(Err("the budget does not buy one image".to_owned())),
            Ok(bought) => bought,
            Err(why) => return Ok(Err(why)),
        };
        let before = span.unwrap_or(Whole { low: bought, high: bought });
        span = Some(Whole { low: before.low.min(bought), high: before.high.max(bought) });
    }
    span.map(Ok).ok_or(Overflow)
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
