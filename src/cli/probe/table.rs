//! A plan and a report for reading.

use anyhow::Result;
use rust_decimal::Decimal;

use crate::cli::output::{BOLD, DIM, GREEN, Output, RED, YELLOW, clean, styled, table};
use cogdex::catalog::{Subject, sum};
use cogdex::compare::amount;
use cogdex::contract::{Outcome, Plan, Who};
use cogdex::probe::{Purse, Report};

/// The requests in their order, what each could cost, and what stays unverified.
pub(super) fn plan(
    output: &mut Output,
    listing: &Subject,
    plan: &Plan<'_>,
    costs: &[Option<Decimal>],
    purse: &Purse,
    order: &[usize],
) -> Result<()> {
    output.line(&styled(BOLD, &format!("Plan for {}", clean(&listing.id))))?;
    let worst = format!("At worst, {}", purse.currency);
    let mut rows = table(output.width, &["#", "Request", &worst, "Checks"], &[0, 2], 1);
    let (mut total, mut unsent, mut used) = (Decimal::ZERO, Vec::new(), Decimal::ZERO);
    for (number, &at) in order.iter().enumerate() {
        let ask = &plan.asks[at];
        let free = ask.who != Who::Owner;
        let cost = match (free, costs[at]) {
            (true, _) => "free".to_owned(),
            (false, Some(cost)) => amount(cost),
            (false, None) => "unknown".to_owned(),
        };
        let mut left_out = !free;
        if let Some(cost) = costs[at].filter(|_| !free) {
            total = sum(total, cost)?;
            let with = sum(used, cost)?;
            if purse.limit.is_some_and(|limit| with <= limit) {
                (used, left_out) = (with, false);
            }
        }
        let checks = plan.checks.iter().filter(|check| check.asks.contains(&at));
        let checks: Vec<_> = checks.map(|check| check.id.as_str()).collect();
        if left_out {
            unsent.extend(checks.clone());
        }
        let count = format!("{} ({})", checks.len(), checks.first().copied().unwrap_or_default());
        rows.add_row([(number + 1).to_string(), clean(&ask.id), cost, clean(&count)]);
    }
    output.line(&rows.trim_fmt())?;
    let limit = purse.limit.map_or_else(
        || "no limit is given, so nothing that may bill is sent".to_owned(),
        |limit| format!("{} {} of {} would be used", amount(used), purse.currency, amount(limit)),
    );
    output.line(&format!("\nAll of it: {} {}; {limit}.", amount(total), purse.currency))?;
    unsent.dedup();
    if !unsent.is_empty() {
        output.heading("Unverified under this limit")?;
        output.wrapped("  ", "  ", &clean(&unsent.join(", ")))?;
    }
    output.line("")
}

/// The verdicts, what is wrong first.
pub(super) fn report(output: &mut Output, report: &Report) -> Result<()> {
    let summary = report.summary();
    let checked = summary.holds + summary.broken + summary.looser;
    let head = format!("{}: {checked} of {} clauses checked", report.listing, report.rows.len());
    output.line(&styled(BOLD, &clean(&head)))?;
    let spent = format!(
        "run {}, {}, at most {} {} spent in {} billable calls",
        report.run,
        report.base_url,
        amount(report.spend.spent),
        report.currency,
        report.spend.calls_billable
    );
    output.line(&styled(DIM, &clean(&spent)))?;
    for outcome in [Outcome::Broken, Outcome::Looser, Outcome::Inconclusive, Outcome::Holds] {
        let style = match outcome {
            Outcome::Broken => RED,
            Outcome::Holds => GREEN,
            _ => YELLOW,
        };
        for row in report.rows.iter().filter(|row| row.verdict.outcome == outcome) {
            let word = styled(style, &format!("{:<13}", outcome.word()));
            output.line(&format!("{word}{}", clean(&row.id)))?;
            let why = [row.verdict.reason.as_str(), row.verdict.observed.as_str()];
            let why: Vec<_> = why.into_iter().filter(|part| !part.is_empty()).collect();
            if outcome != Outcome::Holds {
                let place = format!(
                    "{} ({}:{})",
                    row.evidence.source, row.evidence.path, row.evidence.line
                );
                let text = format!("{}; promised by {place}", why.join("; "));
                output.wrapped("             ", "             ", &clean(&text))?;
            }
        }
    }
    let mut skipped: Vec<(&str, Vec<&str>)> = Vec::new();
    for row in report.rows.iter().filter(|row| row.verdict.outcome == Outcome::Skipped) {
        match skipped.iter_mut().find(|(why, _)| *why == row.verdict.reason) {
            Some((_, ids)) => ids.push(&row.id),
            None => skipped.push((&row.verdict.reason, vec![&row.id])),
        }
    }
    for (why, ids) in skipped {
        output.wrapped(
            "skipped      ",
            "             ",
            &clean(&format!("{why}: {}", ids.join(", "))),
        )?;
    }
    for observation in &report.observations {
        output.wrapped("seen         ", "             ", &clean(observation))?;
    }
    output.line("")
}
