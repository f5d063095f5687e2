//! How many images a budget gives: the largest number whose total stays within it.

use rust_decimal::Decimal;

use super::charge::{Charge, charged_calls};
use super::first_payment::{FirstPayment, Funding};
use super::job::{Budget, Job};
use super::quote::{CountRange, PriceRange};
use super::reason::Reason;
use crate::catalog::{Currency, DECIMALS, Overflow, quotient, subtract};

/// More images than a budget is asked about; a price this small counts as no limit.
const MAX_IMAGES: u64 = 1_000_000_000_000;

/// Twice the most by which a quotient is rounded.
const ULP: Decimal = Decimal::from_parts(1, 0, 0, false, DECIMALS);

/// What one reading gives, from its dearest charge to its cheapest; or why it can't be told.
pub(super) fn affordable_images<'o>(
    job: &Job,
    budget: Budget,
    charges: impl Iterator<Item = (&'o Charge, bool)>,
    funding: Funding<'_>,
) -> Result<Result<CountRange, Reason>, Overflow> {
    let mut range: Option<CountRange> = None;
    for (charge, failures_charged) in charges {
        // The side that asks most to be paid first, and the one that asks least.
        for end in [|paid: PriceRange| paid.high, |paid: PriceRange| paid.low] {
            let first_payment = |calls| match funding.first_payment(charge, calls)? {
                FirstPayment::Amounts(paid) => Ok(end(paid)),
                // What can't be told is told beside the images.
                FirstPayment::Any | FirstPayment::Unknown => Ok(Decimal::ZERO),
            };
            let bought = match within(job, budget, charge, failures_charged, first_payment)? {
                Ok(bought) => CountRange { low: bought, high: bought },
                Err(reason) => return Ok(Err(reason)),
            };
            range = Some(range.map_or(bought, |before| before.hull(bought)));
        }
    }
    range.map(Ok).ok_or(Overflow)
}

fn within(
    job: &Job,
    budget: Budget,
    charge: &Charge,
    failures_charged: bool,
    first_payment: impl Fn(u64) -> Result<Decimal, Overflow>,
) -> Result<Result<u64, Reason>, Overflow> {
    let in_credits = budget.currency == Currency::Credits;
    let billed = charge.price_currency();
    if in_credits && billed != Currency::Credits {
        return Ok(Err(Reason::BudgetInCredits { billed }));
    }
    if !in_credits && budget.currency != charge.currency {
        let (budget, total) = (budget.currency, charge.currency);
        return Ok(Err(Reason::BudgetInOtherCurrency { budget, total }));
    }
    let most = charge.image_cost().limit().unwrap_or(MAX_IMAGES);
    let is_free =
        if in_credits { charge.price_of(most)?.is_zero() } else { charge.image_cost().is_zero() };
    if is_free {
        return Ok(Err(Reason::BudgetOfFree));
    }
    let cost = |calls: u64| {
        if in_credits { charge.price_of(calls) } else { charge.image_cost().amount(calls) }
    };
    let affordable = |images: u64| -> Result<bool, Overflow> {
        let calls = charged_calls(job, images, failures_charged)?;
        if charge.image_cost().limit_below(calls).is_some() || calls > most {
            return Ok(false);
        }
        if let Ok(cost) = cost(calls) {
            // Credits in hand were paid for before.
            if in_credits || cost > budget.amount {
                return Ok(cost <= budget.amount);
            }
            return Ok(first_payment(calls)? <= budget.amount);
        }
        // Too much, or only too long to be held: what one call may cost tells.
        let (one, share) = (cost(1)?, quotient(budget.amount, calls.into())?);
        let sure = subtract(one, share)?.abs() > ULP;
        if sure && charge.image_cost().single().is_some() { Ok(one < share) } else { Err(Overflow) }
    };
    if !affordable(1)? {
        return Ok(Ok(0));
    }
    if affordable(MAX_IMAGES)? {
        return Ok(Err(Reason::BudgetTooLarge { images: MAX_IMAGES }));
    }
    let (mut low, mut high) = (1, MAX_IMAGES);
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        if affordable(middle)? { low = middle } else { high = middle }
    }
    Ok(Ok(low))
}
