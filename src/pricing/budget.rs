//! How many images a budget gives: the largest number whose total stays within it.

use rust_decimal::Decimal;

use super::cost::Billing;
use super::job::{Budget, Job};
use super::quote::Whole;
use crate::catalog::{Currency, DECIMALS, Overflow, quotient, subtract};

/// More images than a budget is asked about; a price this small counts as no limit.
const MOST_IMAGES: u64 = 1_000_000_000_000;

/// Twice the most by which a quotient is rounded.
const ULP: Decimal = Decimal::from_parts(1, 0, 0, false, DECIMALS);

/// What one reading gives, from its dearest way of billing to its cheapest; or why it can't be told.
pub(super) fn images(
    job: &Job,
    billings: &[Billing<'_>],
    budget: Budget,
) -> Result<Result<Whole, String>, Overflow> {
    let mut span: Option<Whole> = None;
    for billing in billings {
        let bought = match within(job, billing, budget)? {
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
    if !in_credits && budget.currency != billing.currency {
        let why =
            format!("a budget in {}, and totals are in {}", budget.currency, billing.currency);
        return Ok(Err(why));
    }
    let cost = |calls: Decimal| {
        if in_credits { billing.price_of(calls) } else { billing.total_of(calls) }
    };
    let one = cost(Decimal::ONE)?;
    if one.is_zero() {
        return Ok(Err("it is free, and a budget sets no limit".to_owned()));
    }
    let affordable = |images: u64| -> Result<bool, Overflow> {
        let calls = billing.calls(job, images)?;
        if let Ok(cost) = cost(calls) {
            return Ok(cost <= budget.amount);
        }
        // Too much, or only too long to be held: what one call may cost tells.
        let share = quotient(budget.amount, calls)?;
        let sure = subtract(one, share)?.abs() > ULP;
        if sure { Ok(one < share) } else { Err(Overflow) }
    };
    if !affordable(1)? {
        return Ok(Ok(0));
    }
    if affordable(MOST_IMAGES)? {
        return Ok(Err(format!("the budget gives {MOST_IMAGES} images or more")));
    }
    let (mut low, mut high) = (1, MOST_IMAGES);
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        if affordable(middle)? { low = middle } else { high = middle }
    }
    Ok(Ok(low))
}
