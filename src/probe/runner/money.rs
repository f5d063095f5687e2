//! The ledger's side of a run: nothing that may bill leaves without a reservation, and a
//! reservation is given back only where the contract says that the answer was not charged.

use rust_decimal::Decimal;
use serde_json::Value;

use super::answer::parsed;
use super::{Outcome, Request, Runner};
use crate::catalog::{ErrorClause, Fact, Field, FieldValue, sum};
use crate::contract::{PlannedRequest, SkipCause, error_code};
use crate::history::{HistoryError, Reservation, ReservationEnd, ReservationId, ReservationResult};
use crate::probe::outcome::HttpResponse;

/// Why a request that may bill must not leave.
pub(super) struct Withheld {
    pub(super) why: String,
    /// What kind of reason that is, where it is one of money.
    pub(super) skip: Option<SkipCause>,
}

/// Reserves the worst case; or says why the request must not leave.
pub(super) fn reserve(
    runner: &mut Runner<'_, '_>,
    ask: &PlannedRequest,
    request: &Request,
    cost: Option<Decimal>,
) -> Result<Result<ReservationId, Withheld>, HistoryError> {
    let withheld = |why: String, skip| Ok(Err(Withheld { why, skip: Some(skip) }));
    let Some(limit) = runner.tools.spend_limit.limit else {
        let why = "it may bill, and no --spend-limit was given".to_owned();
        return withheld(why, SkipCause::Withheld);
    };
    if runner.tools.key.is_none() {
        return withheld("there is no key".to_owned(), SkipCause::Withheld);
    }
    let Some(amount) = cost else {
        let why = "its price is unknown; give --assume-price".to_owned();
        return withheld(why, SkipCause::Unaffordable);
    };
    // What never leaves would stay in the ledger as spent.
    let url = runner.address(&request.url);
    if let Some(why) = runner.tools.client.refuses(&runner.outgoing(request, ask.credential, &url))
    {
        return Ok(Err(Withheld { why, skip: None }));
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
    let mut why = match reserved {
        ReservationResult::Yes(id) => {
            runner.spend.reserved =
                sum(runner.spend.reserved, amount).unwrap_or(runner.spend.reserved);
            return Ok(Ok(id));
        }
        ReservationResult::OverLimit { used } => {
            format!("it could cost {amount} {currency}, and {used} of {limit} {currency} are used")
        }
        ReservationResult::OtherCurrency(other) => {
            format!("the ledger has amounts in {other}; give the limit in {other}")
        }
    };
    if let Some(future) = runner.tools.history.future((runner.tools.clock)())? {
        why = format!("{why}; {future}");
    }
    withheld(why, SkipCause::Unaffordable)
}

/// Books what was reserved: given back only where no byte left, or where the contract says that
/// the answer is not charged.
pub(super) fn settle(
    runner: &mut Runner<'_, '_>,
    id: ReservationId,
    cost: Option<Decimal>,
    outcome: &Outcome,
) -> Result<(), HistoryError> {
    let is_free = match outcome {
        Outcome::ConnectFailed(_) | Outcome::Refused(_) | Outcome::Stopped => true,
        Outcome::Answered(answered) => not_charged(runner, answered),
        Outcome::TimedOut | Outcome::Cut(_) | Outcome::TooLarge => false,
    };
    if is_free {
        return runner.tools.history.settle(id, ReservationEnd::Released);
    }
    runner.spend.calls_billable += 1;
    let spent = sum(runner.spend.spent, cost.unwrap_or_default());
    runner.spend.spent = spent.unwrap_or(runner.spend.spent);
    runner.tools.history.settle(id, ReservationEnd::Spent)
}

/// Whether the contract says that a refusal of this status and code costs nothing.
fn not_charged(runner: &Runner<'_, '_>, answered: &HttpResponse) -> bool {
    if !(400..500).contains(&answered.status) {
        return false;
    }
    let body = parsed(&answered.body).unwrap_or(Value::Null);
    let code = error_code(runner.contract, &body);
    let mut errors = runner.contract.clauses::<ErrorClause>();
    let said = errors.any(|error| {
        error.status == Some(u64::from(answered.status))
            && error.charged == Some(false)
            && (error.code_text().is_none() || error.code_text() == code)
    });
    let fact = runner.contract.fact(Field::FailureCharged);
    said || matches!(fact.as_ref().and_then(Fact::value), Some(FieldValue::Flag(false)))
}
