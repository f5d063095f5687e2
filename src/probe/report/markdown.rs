//! A report for a summary page or a comment.

use std::fmt::Write;

use super::Report;
use crate::compare::amount;

/// A heading and a table for each listing.
pub fn markdown(reports: &[Report]) -> String {
    let mut text = String::new();
    for report in reports {
        let summary = report.summary();
        let _ = writeln!(text, "## {}\n", cell(&report.listing));
        let _ = writeln!(
            text,
            "{} hold, {} broken, {} looser, {} inconclusive, {} skipped; spent at most {} {}\n",
            summary.holds,
            summary.broken,
            summary.looser,
            summary.inconclusive,
            summary.skipped,
            amount(report.spend.spent),
            report.currency
        );
        text.push_str("| check | verdict | why | seen | promised by |\n|---|---|---|---|---|\n");
        for row in &report.rows {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} |",
                cell(&row.id),
                row.verdict.outcome.word(),
                cell(&row.verdict.reason),
                cell(&row.verdict.observed),
                cell(&row.evidence.source)
            );
        }
        for observation in &report.observations {
            let _ = writeln!(text, "\n- {}", cell(observation));
        }
        text.push('\n');
    }
    text
}

/// Text that stays text within a table.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control()) {
        if "|\\`*_[]<>#~&!".contains(c) {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}
