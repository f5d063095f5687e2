//! Annotations that a GitHub workflow shows at the catalog's line.

use std::fmt::Write;

use super::{ProbeReport, causes, joined};
use crate::contract::Verdict;
use crate::probe::report_text::{data, property};

/// One line for each cause, at the line of its first check: a workflow shows ten of a kind.
pub fn github(reports: &[ProbeReport]) -> String {
    let mut lines = String::new();
    for report in reports {
        for cause in causes(&report.rows) {
            let command = match cause.outcome {
                Verdict::Broken => "error",
                Verdict::Looser => "warning",
                Verdict::Inconclusive => "notice",
                Verdict::Holds | Verdict::Skipped => continue,
            };
            let row = cause.first();
            let file = property(&report.path(row));
            let line = row.evidence.line.max(1);
            let others = match cause.rows.len() {
                1 => String::new(),
                many => format!("and {} more", many - 1),
            };
            let title = property(&joined(&[&report.listing, &row.id, &others]));
            let word = cause.outcome.word();
            let mut message = cause.text();
            if cause.rows.len() > 1 {
                message.push_str("; checks: ");
                message.push_str(&joined(&[&cause.all_ids()]));
            }
            let message = data(&message);
            let _ = writeln!(
                lines,
                "::{command} file={file},line={line},title={title}::{word}: {message}"
            );
        }
    }
    lines
}
