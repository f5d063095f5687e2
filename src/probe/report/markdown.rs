//! A report for a summary page or a comment.

use std::fmt::Write;

use super::{ProbeReport, plain};
use crate::pricing::amount;

/// A heading and a table for each listing.
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

/// Text that stays text within a table: no markup, no link of a bare address, and, where it is
/// posted as a comment, nobody called by name.
fn cell(text: &str) -> String {
    let text = plain(text);
    let mut safe = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let links = (c == ':' && rest.starts_with("//"))
            || (c == '.' && text[..at].to_ascii_lowercase().ends_with("www"));
        if links || "|\\`*_[]<>#~&!$".contains(c) {
            safe.push('\\');
        }
        safe.push(c);
        if c == '@' {
            // A mention is looked for in the finished page, where a backslash is gone.
            safe.push_str("<!-- -->");
        }
    }
    safe
}
