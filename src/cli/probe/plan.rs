//! What a plan would cost: its requests in their order, the worst of each, what a limit lets
//! through, and what stays unverified. Nothing is sent.

use anyhow::Result;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::cli::output::{BOLD, Output, clean};
use crate::cli::rates;
use crate::cli::text_table::{Column, TextTable};
use cogdex::catalog::{Listing, sum};
use cogdex::contract::{Contract, Credential, Plan};
use cogdex::pricing::money_at_most;
use cogdex::pricing::{UsedRate, amount, catalog_stamp};
use cogdex::probe::SpendLimit;

/// One request of a plan, and whether a limit lets it through.
struct PlanLine {
    ask: usize,
    free: bool,
    cost: Option<Decimal>,
    sent: bool,
}

/// A plan with its costs.
pub(super) struct PlanCosts {
    lines: Vec<PlanLine>,
    total: Decimal,
    used: Decimal,
}

impl PlanCosts {
    pub(super) fn new(
        plan: &Plan<'_>,
        costs: &[Option<Decimal>],
        spend_limit: &SpendLimit,
        order: &[usize],
    ) -> Result<Self> {
        let mut plan_costs = Self { lines: Vec::new(), total: Decimal::ZERO, used: Decimal::ZERO };
        for &ask in order {
            let free = plan.requests[ask].credential != Credential::Operator;
            let cost = costs[ask].filter(|_| !free);
            let mut sent = free;
            if let Some(cost) = cost {
                plan_costs.total = sum(plan_costs.total, cost)?;
                let with = sum(plan_costs.used, cost)?;
                if spend_limit.limit.is_some_and(|limit| with <= limit) {
                    (plan_costs.used, sent) = (with, true);
                }
            }
            plan_costs.lines.push(PlanLine { ask, free, cost, sent });
        }
        Ok(plan_costs)
    }

    /// How many requests may bill at a price that nobody states.
    fn unpriced(&self) -> usize {
        self.lines.iter().filter(|line| !line.free && line.cost.is_none()).count()
    }

    /// The checks of which some request stays unsent, each once.
    fn unverified<'p>(&self, plan: &'p Plan<'_>) -> Vec<&'p str> {
        let unsent = |ask: &usize| self.lines.iter().any(|line| line.ask == *ask && !line.sent);
        let checks = plan.checks.iter().filter(|check| check.requests.iter().any(unsent));
        checks.map(|check| check.id.as_str()).collect()
    }

    fn checks<'p>(plan: &'p Plan<'_>, ask: usize) -> Vec<&'p str> {
        let checks = plan.checks.iter().filter(|check| check.requests.contains(&ask));
        checks.map(|check| check.id.as_str()).collect()
    }

    pub(super) fn print(
        &self,
        output: &mut Output,
        listing: &Listing,
        plan: &Plan<'_>,
        spend_limit: &SpendLimit,
        (rates, today): (&[UsedRate], Date),
    ) -> Result<()> {
        output.styled_line(BOLD, &format!("Plan for {}", clean(&listing.id)))?;
        let currency = spend_limit.currency;
        let mut rows = TextTable::new([
            Column::right("#").title(),
            Column::left("Request").title(),
            Column::right("At worst"),
            Column::left("Checks").wrapping().named("checks:", ""),
        ]);
        for (number, line) in self.lines.iter().enumerate() {
            let cost = match (line.free, line.cost) {
                (true, _) => "free".to_owned(),
                (false, Some(cost)) => money_at_most(cost, currency),
                (false, None) => "unknown".to_owned(),
            };
            let checks = Self::checks(plan, line.ask);
            let first = checks.first().copied().unwrap_or_default();
            let count = format!("{} ({first})", checks.len());
            let request = clean(&plan.requests[line.ask].id);
            rows.add_row([(number + 1).to_string(), request, cost, clean(&count)]);
        }
        rows.print(output, 0)?;
        output.line("")?;
        let limit = spend_limit.limit.map_or_else(
            || "no limit is given, so nothing that may bill is sent".to_owned(),
            |limit| {
                let (used, limit) =
                    (money_at_most(self.used, currency), money_at_most(limit, currency));
                format!("{used} of {limit} would be used")
            },
        );
        let unpriced = match self.unpriced() {
            0 => String::new(),
            1 => ", and one request of unknown price".to_owned(),
            many => format!(", and {many} requests of unknown price"),
        };
        let total = format!("{}{unpriced}", money_at_most(self.total, currency));
        output.wrapped("", "", &format!("All of it: {total}; {limit}."))?;
        rates::print(output, rates, today)?;
        let unverified = self.unverified(plan);
        if !unverified.is_empty() {
            output.heading("Not affordable within the limit")?;
            output.wrapped("  ", "  ", &unverified.join(", "))?;
        }
        output.line("")
    }

    /// The document of `probe --plan --format json`.
    pub(super) fn document(
        &self,
        contract: &Contract<'_>,
        plan: &Plan<'_>,
        spend_limit: &SpendLimit,
    ) -> Value {
        let request = |line: &PlanLine| {
            json!({
                "request": plan.requests[line.ask].id,
                "free": line.free,
                "cost": line.cost.map(amount),
                "sent": line.sent,
                "checks": Self::checks(plan, line.ask),
            })
        };
        // A total without what nobody prices would be too low.
        let total = (self.unpriced() == 0).then(|| amount(self.total));
        json!({
            "format": 1,
            "catalog": catalog_stamp(contract.catalog),
            "listing": contract.listing.id,
            "as_of": contract.as_of.to_string(),
            "currency": spend_limit.currency.code(),
            "limit": spend_limit.limit.map(amount),
            "requests": self.lines.iter().map(request).collect::<Vec<_>>(),
            "total": total,
            "used": amount(self.used),
            "unverified": self.unverified(plan),
        })
    }
}
