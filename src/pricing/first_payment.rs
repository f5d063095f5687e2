//! What has to be paid before the first image: whole packs of credits, or the least that can be
//! paid in, with the fees and taxes on it.

use rust_decimal::Decimal;

use super::charge::{Charge, Stage, StepCost};
use super::rates::{Conversion, UsedRate};
use crate::catalog::{
    CreditPack, Currency, FeeAmount, FeeOccasion, Money, Overflow, product, quotient, sum, whole_up,
};

/// More steps than any search for the cheapest packs takes.
const MAX_STEPS: usize = 4_000_000;

/// How money becomes a balance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Funding<'a> {
    /// The packs in which credits are sold.
    pub(super) packs: &'a [CreditPack],
    /// The least that has to be paid in.
    pub(super) minimum: Option<Money>,
    /// The rates from their currencies to that of totals.
    pub(super) rates: &'a [UsedRate],
}

impl Funding<'_> {
    /// What pays for so many calls, in the currency of totals; `None` where any amount can be paid
    /// in, or where it can't be told.
    pub(super) fn first_payment(
        &self,
        charge: &Charge,
        calls: u64,
    ) -> Result<Option<Decimal>, Overflow> {
        let minimum = self.minimum.and_then(|it| self.converted(it.amount, it.currency, charge));
        let by_packs = !self.packs.is_empty() && charge.price_currency() == Currency::Credits;
        let paid = if by_packs {
            let needed = charge.price_of(calls)?;
            match self.cheapest_packs(needed, charge)? {
                Some(price) => price,
                None => return Ok(None),
            }
        } else if minimum.is_some() {
            spent(charge, calls)?
        } else {
            return Ok(None);
        };
        let mut paid = minimum.map_or(paid, |minimum| paid.max(minimum));
        for fee in charge.fees.iter().flat_map(|(fees, _)| &fees.0) {
            if let (FeeAmount::Rate(rate), FeeOccasion::TopUp | FeeOccasion::Tax) =
                (fee.amount, fee.on)
            {
                paid = product(paid, sum(Decimal::ONE, rate.0)?)?;
            }
        }
        quotient(paid, Decimal::ONE).map(Some)
    }

    fn converted(&self, amount: Decimal, from: Currency, charge: &Charge) -> Option<Decimal> {
        if from == charge.currency {
            return Some(amount);
        }
        let rate = self.rates.iter().find(|rate| rate.from == from)?;
        let by = |amount: Option<Decimal>, conversion: &Conversion| match conversion {
            Conversion::MultiplyBy(value) => product(amount?, *value).ok(),
            Conversion::DivideBy(value) => quotient(amount?, *value).ok(),
        };
        rate.conversions.iter().fold(Some(amount), by)
    }

    /// The cheapest set of packs that has so many credits, and what it costs.
    fn cheapest_packs(
        &self,
        needed: Decimal,
        charge: &Charge,
    ) -> Result<Option<Decimal>, Overflow> {
        let prices: Option<Vec<Decimal>> =
            self.packs.iter().map(|it| self.converted(it.price, it.currency, charge)).collect();
        let Some(prices) = prices else { return Ok(None) };
        // Everything in whole units of the finest number of credits.
        let scale = self.packs.iter().map(|pack| pack.credits.normalize().scale()).max();
        let unit = Decimal::from_i128_with_scale(10_i128.pow(scale.unwrap_or(0)), 0);
        let whole = |credits: Decimal| -> Result<u64, Overflow> {
            u64::try_from(whole_up(product(credits, unit)?, Decimal::ONE)?).map_err(|_| Overflow)
        };
        let sizes: Vec<u64> =
            self.packs.iter().map(|pack| whole(pack.credits)).collect::<Result<_, _>>()?;
        let common = sizes.iter().fold(0, |a, b| gcd(a, *b)).max(1);
        let sizes: Vec<u64> = sizes.iter().map(|size| size / common).collect();
        let needed = whole(needed)?.div_ceil(common);
        cheapest(&sizes, &prices, needed)
    }
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
