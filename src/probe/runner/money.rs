//! The ledger's side of a run: nothing that may bill leaves without a reservation, and a
//! reservation is given back only where the contract says that the answer was not charged.

use rust_decimal::Decimal;

use super::{Outcome, Request, Runner};
use crate::catalog::{ErrorClause, Fact, Field, Value as Known, sum};
use crate::contract::PlannedRequest;
use crate::history::{HistoryError, Reservation, ReservationEnd, ReservationId, ReservationResult};

/// Reserves the worst case; or says why the request must not leave.
pub(super) fn reserve(
    runner: &mut Runner<'_, '_>,
    ask: &PlannedRequest,
    request: &Request,
    cost: Option<Decimal>,
) -> Result<Result<ReservationId, String>, HistoryError> {
    let Some(limit) = runner.tools.spend_limit.limit else {
        return Ok(Err("it may bill, and no --spend-limit was given".to_owned()));
    };
    if runner.tools.key.is_none() {
        return Ok(Err("there is no key".to_owned()));
    }
    let Some(amount) = cost else {
        return Ok(Err("its price is unknown; give --assume-price".to_owned()));
    };
    // What never leaves would stay in the ledger as spent.
    let url = runner.address(&request.url);
    if let Some(why) = runner.tools.client.refuses(&runner.outgoing(request, ask.credential, &url))
    {
        return Ok(Err(why));
    }
    let currency = runner.tools.spend_limit.currency;
    let reserved = runner.tools.history.reserve(&Reservation {
        run: runner.run,
        listing: runner.contract.listing.id.to_string(),
        what: ask.id.clone(),
        amount,
        currency,
        limit,
        now_ms: (runner.tools.clock)(),
    })?;
    Ok(match reserved {
        ReservationResult::Yes(id) => {
            runner.spend.reserved =
                sum(runner.spend.reserved, amount).unwrap_or(runner.spend.reserved);
            Ok(id)
        }
        ReservationResult::OverLimit { used } => Err(format!(
            "it could cost {amount} {currency}, and {used} of {limit} {currency} are used"
        )),
        ReservationResult::OtherCurrency(other) => {
            Err(format!("the ledger has amounts in {other}; give the limit in {other}"))
        }
    })
}

/// Books what was reserved: free only where the contract says so.
pub(super) fn settle(
    runner: &mut Runner<'_, '_>,
    id: ReservationId,
    cost: Option<Decimal>,
    outcome: &Outcome,
) -> Result<(), HistoryError> {
    let refused =
        matches!(outcome, Outcome::Answered(answer) if (400..500).contains(&answer.status));
    let left =
        !matches!(outcome, Outcome::ConnectFailed(_) | Outcome::Refused(_) | Outcome::Stopped);
    if left && !refused {
        runner.spend.calls_billable += 1;
    }
    if refused && not_charged(runner, outcome) {
        return runner.tools.history.settle(id, ReservationEnd::Released);
    }
    let spent = sum(runner.spend.spent, cost.unwrap_or_default());
    runner.spend.spent = spent.unwrap_or(runner.spend.spent);
    runner.tools.history.settle(id, ReservationEnd::Spent)
}

pub(super) fn not_charged(runner: &Runner<'_, '_>, outcome: &Outcome) -> bool {
    let Outcome::Answered(answered) = outcome else { return false };
    let status = u64::from(answered.status);
    let mut errors = runner.contract.clauses::<ErrorClause>();
    let said = errors.any(|error| error.status == Some(status) && error.charged == Some(false));
    let fact = runner.contract.fact(Field::FailureCharged);
    said || matches!(fact.as_ref().and_then(Fact::value), Some(Known::Flag(false)))
}
