//! A report for reading.

use anyhow::Result;

use crate::cli::output::{BOLD, DIM, GREEN, Output, RED, YELLOW, clean, styled};
use cogdex::contract::Verdict;
use cogdex::pricing::amount;
use cogdex::probe::ProbeReport;

/// The verdicts, what is wrong first.
pub(super) fn report(output: &mut Output, report: &ProbeReport) -> Result<()> {
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
    for outcome in [Verdict::Broken, Verdict::Looser, Verdict::Inconclusive, Verdict::Holds] {
        let style = match outcome {
            Verdict::Broken => RED,
            Verdict::Holds => GREEN,
            _ => YELLOW,
        };
        for row in report.rows.iter().filter(|row| row.verdict.outcome == outcome) {
            let word = styled(style, &format!("{:<13}", outcome.word()));
            output.line(&format!("{word}{}", clean(&row.id)))?;
            let why = [row.verdict.reason.as_str(), row.verdict.observed.as_str()];
            let why: Vec<_> = why.into_iter().filter(|part| !part.is_empty()).collect();
            if outcome != Verdict::Holds {
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
    for row in report.rows.iter().filter(|row| row.verdict.outcome == Verdict::Skipped) {
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
