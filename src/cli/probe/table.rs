//! A report for reading.

use anyhow::Result;

use crate::cli::grouped_lines::GroupedLines;
use crate::cli::output::{BOLD, DIM, GREEN, Output, RED, YELLOW, clean, styled};
use cogdex::contract::Verdict;
use cogdex::pricing::amount;
use cogdex::probe::ProbeReport;

/// What is broken, and nothing else.
pub(super) fn broken(output: &mut Output, report: &ProbeReport) -> Result<()> {
    for row in report.rows.iter().filter(|row| row.verdict.outcome == Verdict::Broken) {
        let why = [row.verdict.reason.as_str(), row.verdict.observed.as_str()];
        let why: Vec<_> = why.into_iter().filter(|part| !part.is_empty()).collect();
        let place =
            format!("{} ({}:{})", row.evidence.source, row.evidence.path, row.evidence.line);
        let text = format!(
            "{}: {} broken: {}; promised by {place}",
            report.listing,
            row.id,
            why.join("; ")
        );
        output.wrapped("", "  ", &text)?;
    }
    Ok(())
}

/// The verdicts, what is wrong first.
pub(super) fn report(output: &mut Output, report: &ProbeReport) -> Result<()> {
    let summary = report.summary();
    let checked = summary.holds + summary.broken + summary.looser;
    let head = format!("{}: {checked} of {} clauses checked", report.listing, report.rows.len());
    output.styled_line(BOLD, &head)?;
    let spent = format!(
        "run {}, {}, at most {} {} spent in {} billable calls",
        report.run,
        report.base_url,
        amount(report.spend.spent),
        report.currency,
        report.spend.calls_billable
    );
    output.styled_line(DIM, &spent)?;
    for outcome in [Verdict::Broken, Verdict::Looser, Verdict::Inconclusive, Verdict::Holds] {
        let style = match outcome {
            Verdict::Broken => RED,
            Verdict::Holds => GREEN,
            Verdict::Looser | Verdict::Inconclusive | Verdict::Skipped => YELLOW,
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
                output.wrapped("             ", "             ", &text)?;
            }
        }
    }
    let mut skipped = GroupedLines::new();
    for row in report.rows.iter().filter(|row| row.verdict.outcome == Verdict::Skipped) {
        skipped.add(row.verdict.reason.clone(), row.id.as_str());
    }
    for (why, ids) in skipped.0 {
        let text = format!("{why}: {}", ids.join(", "));
        output.wrapped("skipped      ", "             ", &text)?;
    }
    for observation in &report.observations {
        output.wrapped("seen         ", "             ", observation)?;
    }
    output.line("")
}
