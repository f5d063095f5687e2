//! The ledger's side of a run: nothing that may bill leaves without a reservation, and a
//! reservation is given back only where the contract says that the answer was not charged.

use rust_decimal::Decimal;

use super::{Outcome, Request, Runner};
use crate::catalog::{ClauseKind, Fact, Field, Value as Known, sum};
use crate::contract::PlannedRequest;
use crate::history::{HistoryError, Reservation, ReservationEnd, ReservationId, ReservationResult};

impl Runner<'_, '_> {
    /// Reserves the worst case; or says why the request must not leave.
    pub(super) fn reserve(
        &mut self,
        ask: &PlannedRequest,
        request: &Request,
        cost: Option<Decimal>,
    ) -> Result<Result<ReservationId, String>, HistoryError> {
        let Some(limit) = self.tools.spend_limit.limit else {
            return Ok(Err("it may bill, and no --spend-limit was given".to_owned()));
        };
        if self.tools.key.is_none() {
            return Ok(Err("there is no key".to_owned()));
        }
        let Some(amount) = cost else {
            return Ok(Err("its price is unknown; give --assume-price".to_owned()));
        };
        // What never leaves would stay in the ledger as spent.
        let url = self.address(&request.url);
        if let Some(why) = self.tools.client.refuses(&self.outgoing(request, ask.credential, &url))
        {
            return Ok(Err(why));
        }
        let currency = self.tools.spend_limit.currency;
        let reserved = self.tools.history.reserve(&Reservation {
            run: self.run,
            listing: self.contract.listing.id.to_string(),
            what: ask.id.clone(),
            amount,
            currency,
            limit,
            now_ms: (self.tools.clock)(),
        })?;
        Ok(match reserved {
            ReservationResult::Yes(id) => {
                self.spend.reserved =
                    sum(self.spend.reserved, amount).unwrap_or(self.spend.reserved);
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
        &mut self,
        id: ReservationId,
        cost: Option<Decimal>,
        outcome: &Outcome,
    ) -> Result<(), HistoryError> {
        let status = match outcome {
            Outcome::Answered(answered) => Some(answered.status),
            _ => None,
        };
        let refused = status.is_some_and(|status| (400..500).contains(&status));
        let left =
            !matches!(outcome, Outcome::ConnectFailed(_) | Outcome::Refused(_) | Outcome::Stopped);
        if left && !refused {
            self.spend.calls_billable += 1;
        }
        if refused && self.not_charged(outcome) {
            return self.tools.history.settle(id, ReservationEnd::Released);
        }
        let spent = sum(self.spend.spent, cost.unwrap_or_default());
        self.spend.spent = spent.unwrap_or(self.spend.spent);
        self.tools.history.settle(id, ReservationEnd::Spent)
    }

    pub(super) fn not_charged(&self, outcome: &Outcome) -> bool {
        let Outcome::Answered(answered) = outcome else { return false };
        let status = u64::from(answered.status);
        let mut errors = self.contract.clauses(ClauseKind::Error);
        let said = errors.any(|clause| {
            clause.count("status") == Some(status) && clause.flag("charged") == Some(false)
        });
        let fact = self.contract.fact(Field::FailureCharged);
        said || matches!(fact.as_ref().and_then(Fact::value), Some(Known::Flag(false)))
    }
}
