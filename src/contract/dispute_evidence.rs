//! Which side of a dispute a run fits: what a catalog may keep of it.

use super::expectation::{Check, Expectation};
use super::judge::{Judge, Verdict, fits, has_size, mode_of};
use super::{Contract, Exchange, Plan};
use crate::catalog::{Fact, FactState, FieldKey, FieldValue, Size};

/// What a run saw of a dispute: the answer that it fits, and no other.
#[derive(Debug, Clone)]
pub struct DisputeEvidence<'c> {
    pub fact: Fact<'c>,
    /// The answer, one of the fact's views.
    pub view: usize,
}

impl<'c> DisputeEvidence<'c> {
    /// The answer's value.
    pub fn value(&self) -> &'c FieldValue {
        self.fact.claims[self.view].value
    }
}

/// Every dispute on an observable field of which the answers fit one side alone.
pub fn dispute_evidence<'c>(
    contract: &Contract<'c>,
    plan: &Plan<'c>,
    seen: &[Option<Exchange>],
) -> Vec<DisputeEvidence<'c>> {
    let judge = Judge::new(contract, plan, seen);
    let sight = |check: &Check<'c>| {
        let key = FieldKey::parse(&check.id).filter(|key| key.field.info().observable)?;
        let fact = contract.catalog.fact(contract.listing, &key, contract.as_of)?;
        let holds = judge.assess(check).outcome == Verdict::Holds;
        if fact.state() == FactState::Agreed || !holds {
            return None;
        }
        let view = side(check, &fact, &judge)?;
        Some(DisputeEvidence { fact, view })
    };
    plan.checks.iter().filter_map(sight).collect()
}

fn side(check: &Check<'_>, fact: &Fact<'_>, judge: &Judge<'_, '_>) -> Option<usize> {
    let exchange = |ask: usize| judge.accepted_answer(ask);
    let first = exchange(*check.requests.first()?);
    let alone = |is: &dyn Fn(&FieldValue) -> bool| only(fact.claims.iter().map(|v| is(v.value)));
    match &check.expectation {
        Expectation::Delivery(_) => {
            let word = mode_of(first?)?;
            let texts: Vec<_> = fact.claims.iter().map(|view| view.value.to_string()).collect();
            let exact = texts.iter().position(|text| text == word);
            exact.or_else(|| only(texts.iter().map(|text| text.split(' ').any(|w| w == word))))
        }
        Expectation::Drawn(_) => alone(
            &|value| matches!(value, FieldValue::Size(size) if first.is_some_and(|first| has_size(*size, first))),
        ),
        Expectation::AllSizes(_, wanted, sides) => {
            let is_drawn = |(ask, size): &(usize, Size)| {
                exchange(*ask).is_some_and(|exchange| has_size(*size, exchange))
            };
            let met: Vec<bool> = wanted.iter().map(is_drawn).collect();
            only(sides.iter().map(|(_, says)| fits(says, &met)))
        }
        Expectation::Taken(values, sides) => {
            let requests: Vec<usize> = values.iter().map(|(ask, _)| *ask).collect();
            let met = judge.all_taken(&requests)?;
            only(sides.iter().map(|(_, says)| fits(says, &met)))
        }
        Expectation::RefusedEntry(_)
        | Expectation::ErrorBody(_)
        | Expectation::Refused(_)
        | Expectation::Accepted
        | Expectation::Json
        | Expectation::Answer(_)
        | Expectation::Pictures
        | Expectation::DrawnByDefault(_)
        | Expectation::Count(..)
        | Expectation::InAnswer
        | Expectation::TaskWords(_)
        | Expectation::TaskEnds
        | Expectation::PollNeedsKey
        | Expectation::Within(_) => None,
    }
}

/// The place of what fits, where nothing else does.
fn only(fits: impl Iterator<Item = bool>) -> Option<usize> {
    let mut fitting = fits.enumerate().filter(|(_, fits)| *fits).map(|(at, _)| at);
    fitting.next().filter(|_| fitting.next().is_none())
}
