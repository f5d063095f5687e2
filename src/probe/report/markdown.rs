//! A report for a summary page or a comment.

use std::fmt::Write;

use super::{CheckResult, ProbeCause, ProbeReport, causes};
use crate::contract::Verdict;
use crate::pricing::amount;
use crate::probe::report_text::cell;

/// A heading and a table for each listing, with a row for each cause.
pub fn markdown(reports: &[ProbeReport]) -> String {
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
            cell(&report.currency)
        );
        text.push_str("| check | verdict | why | seen | promised by |\n|---|---|---|---|---|\n");
        for cause in causes(&report.rows) {
            text.push_str(&of_cause(&cause));
        }
        let holds = |row: &&CheckResult| row.verdict.outcome == Verdict::Holds;
        for row in report.rows.iter().filter(holds) {
            let (id, verdict, source) = (&row.id, &row.verdict, &row.evidence.source);
            text.push_str(&line([id, "holds", &verdict.reason, &verdict.observed, source]));
        }
        for (why, ids) in skipped(&report.rows) {
            text.push_str(&line([&ids.join(", "), "skipped", why, "", ""]));
        }
        for observation in &report.observations {
            let _ = writeln!(text, "\n- {}", cell(observation));
        }
        text.push('\n');
    }
    text
}

/// A row of a table.
fn line(cells: [&str; 5]) -> String {
    let cells = cells.map(cell);
    format!("| {} |\n", cells.join(" | "))
}

fn of_cause(cause: &ProbeCause<'_>) -> String {
    let mut sources: Vec<&str> = Vec::new();
    for row in &cause.rows {
        if !sources.contains(&row.evidence.source.as_str()) {
            sources.push(&row.evidence.source);
        }
    }
    let (ids, sources) = (cause.all_ids(), sources.join("; "));
    line([&ids, cause.outcome.word(), cause.reason(), &cause.observed(), &sources])
}

/// What nobody looked at, by the reason.
fn skipped(rows: &[CheckResult]) -> Vec<(&str, Vec<&str>)> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    let skipped =
        |row: &&CheckResult| row.verdict.outcome == Verdict::Skipped && row.verdict.cause.is_none();
    for row in rows.iter().filter(skipped) {
        let why = row.verdict.reason.as_str();
        match groups.iter_mut().find(|(known, _)| *known == why) {
            Some((_, ids)) => ids.push(&row.id),
            None => groups.push((why, vec![&row.id])),
        }
    }
    groups
}
