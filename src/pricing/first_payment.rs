//! What has to be paid before the first image: whole packs of credits, or the least that can be
//! paid in, with the fees and taxes on it.

use rust_decimal::Decimal;

use super::charge::{Charge, Stage, StepCost, converted};
use super::quote::PriceRange;
use super::rates::UsedRate;
use super::unit_cost::UnitCost;
use crate::catalog::{
    CreditPack, Currency, FeeAmount, FeeOccasion, Money, Overflow, product, quotient, sum, whole_up,
};

/// More steps than any search for the cheapest packs takes.
const MAX_STEPS: usize = 4_000_000;

/// How money becomes a balance, by every side that says so.
#[derive(Debug, Clone, Copy)]
pub(super) struct Funding<'a> {
    /// The packs in which each side says that credits are sold.
    pub(super) packs: &'a [Vec<CreditPack>],
    /// The least that has to be paid in, by each side.
    pub(super) minimums: &'a [Money],
    /// The rates from their currencies to that of totals.
    pub(super) rates: &'a [UsedRate],
}

/// What has to be paid first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum FirstPayment {
    /// Any amount can be paid in.
    Any,
    /// It can't be told.
    Unknown,
    Amounts(PriceRange),
}

impl Funding<'_> {
    /// What pays for so many calls, in the currency of totals.
    pub(super) fn first_payment(
        &self,
        charge: &Charge,
        calls: u64,
    ) -> Result<FirstPayment, Overflow> {
        let by_packs = !self.packs.is_empty() && charge.price_currency() == Currency::Credits;
        if (!by_packs && self.minimums.is_empty()) || charge.image_cost().amount(calls)?.is_zero() {
            return Ok(FirstPayment::Any);
        }
        let mut spent_by_side = Vec::new();
        if by_packs {
            for packs in self.packs {
                spent_by_side.push(self.cheapest_packs(packs, charge, calls)?);
            }
        } else {
            spent_by_side.push(Some(spent(charge, calls)?));
        }
        let mut minimums = Vec::new();
        for minimum in self.minimums {
            minimums.push(self.converted(minimum.amount, minimum.currency, charge)?);
        }
        if minimums.is_empty() {
            minimums.push(Some(Decimal::ZERO));
        }
        let mut range: Option<PriceRange> = None;
        for spent in &spent_by_side {
            for minimum in &minimums {
                let Some((spent, minimum)) = spent.zip(*minimum) else {
                    return Ok(FirstPayment::Unknown);
                };
                let paid = with_fees(spent.max(minimum), charge)?;
                let paid = PriceRange { low: paid, high: paid };
                range = Some(range.map_or(paid, |range| range.hull(paid)));
            }
        }
        Ok(range.map_or(FirstPayment::Any, FirstPayment::Amounts))
    }

    /// An amount in the currency of totals; none where there is no rate.
    fn converted(
        &self,
        amount: Decimal,
        from: Currency,
        charge: &Charge,
    ) -> Result<Option<Decimal>, Overflow> {
        if from == charge.currency {
            return Ok(Some(amount));
        }
        let Some(rate) = self.rates.iter().find(|rate| rate.from == from) else { return Ok(None) };
        converted(UnitCost::from(amount), rate)?.finished().share(1)?.to_decimal().map(Some)
    }

    /// What the cheapest set of packs costs that pays for so many calls, fees on the price with it.
    fn cheapest_packs(
        &self,
        packs: &[CreditPack],
        charge: &Charge,
        calls: u64,
    ) -> Result<Option<Decimal>, Overflow> {
        let Some(first) = packs.first() else { return Ok(None) };
        // Of one currency the sum alone is converted, so that a quotient is taken once.
        let is_one = packs.iter().all(|pack| pack.currency == first.currency);
        let mut prices = Vec::with_capacity(packs.len());
        for pack in packs {
            let price = if is_one {
                Some(pack.price)
            } else {
                self.converted(pack.price, pack.currency, charge)?
            };
            let Some(price) = price else { return Ok(None) };
            prices.push(price);
        }
        let mut needed = charge.price_of(calls)?;
        for fee in charge.fees.iter().flat_map(|(fees, _)| &fees.0) {
            if let (FeeAmount::Rate(rate), FeeOccasion::Price | FeeOccasion::Call) =
                (fee.amount, fee.on)
            {
                needed = product(needed, sum(Decimal::ONE, rate.0)?)?;
            }
        }
        // Everything in whole units of the finest number of credits.
        let scale = packs.iter().map(|pack| pack.credits.normalize().scale()).max();
        let unit = 10_i128.checked_pow(scale.unwrap_or(0)).ok_or(Overflow)?;
        let unit = Decimal::try_from_i128_with_scale(unit, 0).map_err(|_| Overflow)?;
        let whole = |credits: Decimal| -> Result<u64, Overflow> {
            u64::try_from(whole_up(product(credits, unit)?, Decimal::ONE)?).map_err(|_| Overflow)
        };
        let sizes: Vec<u64> =
            packs.iter().map(|pack| whole(pack.credits)).collect::<Result<_, _>>()?;
        let common = sizes.iter().fold(0, |a, b| gcd(a, *b)).max(1);
        let sizes: Vec<u64> = sizes.iter().map(|size| size / common).collect();
        let needed = whole(needed)?.div_ceil(common);
        match cheapest(&sizes, &prices, needed)? {
            Some(price) if is_one => self.converted(price, first.currency, charge),
            price => Ok(price),
        }
    }
}

/// The fees and taxes on what is paid in, rounded once.
fn with_fees(paid: Decimal, charge: &Charge) -> Result<Decimal, Overflow> {
    let mut paid = UnitCost::from(paid);
    for fee in charge.fees.iter().flat_map(|(fees, _)| &fees.0) {
        if let (FeeAmount::Rate(rate), FeeOccasion::TopUp | FeeOccasion::Tax) = (fee.amount, fee.on)
        {
            paid = paid.times(sum(Decimal::ONE, rate.0)?)?;
        }
    }
    paid.share(1)?.to_decimal()
}

/// The least that sums of prices come to whose sizes add up to `needed` at least.
///
/// Of any `b` packs some add up to a multiple of `b`, the size of the one with the best price for
/// a unit, and can be had for no more as packs of that size. So at most `b - 1` packs are of another
/// size, and all that is beyond them is of the best one.
fn cheapest(sizes: &[u64], prices: &[Decimal], needed: u64) -> Result<Option<Decimal>, Overflow> {
    let ratio = |at: usize| quotient(prices[at], sizes[at].max(1).into());
    let mut best = 0;
    for at in 1..sizes.len() {
        if ratio(at)? < ratio(best)? {
            best = at;
        }
    }
    let (Some(size), Some(largest)) = (sizes.get(best).copied(), sizes.iter().max().copied())
    else {
        return Ok(None);
    };
    let searched = size.saturating_mul(largest).min(needed);
    let searched = match usize::try_from(searched) {
        Ok(searched) if searched.saturating_mul(sizes.len()) <= MAX_STEPS => searched,
        _ => return Ok(None),
    };
    let bulk = (needed - searched as u64).div_ceil(size.max(1));
    let rest = needed.saturating_sub(bulk * size);
    let rest = usize::try_from(rest).map_err(|_| Overflow)?;
    // What each number of units costs at least.
    let mut least = vec![Decimal::ZERO; rest + 1];
    for units in 1..=rest {
        let mut lowest: Option<Decimal> = None;
        for (size, price) in sizes.iter().zip(prices) {
            let left = units.saturating_sub(usize::try_from(*size).unwrap_or(usize::MAX));
            let cost = sum(least[left], *price)?;
            lowest = Some(lowest.map_or(cost, |lowest| lowest.min(cost)));
        }
        least[units] = lowest.unwrap_or_default();
    }
    sum(product(Decimal::from(bulk), prices[best])?, least[rest]).map(Some)
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// What is taken from a balance, without what is paid on top of filling it.
fn spent(charge: &Charge, calls: u64) -> Result<Decimal, Overflow> {
    let mut steps = charge.step_costs(calls)?;
    for (stage, currency) in charge.stages() {
        if matches!(stage, Stage::Fee(_, FeeOccasion::TopUp | FeeOccasion::Tax)) {
            continue;
        }
        for step in &mut steps {
            step.cost = charge.after(step.cost, stage, currency)?;
        }
    }
    StepCost::sum(&steps)
}
