//! Annotations that a GitHub workflow shows at the catalog's line.

use std::fmt::Write;

use super::{ProbeReport, joined};
use crate::contract::Verdict;

/// One line for each check that does not hold.
pub fn github(reports: &[ProbeReport]) -> String {
    let mut lines = String::new();
    for report in reports {
        for row in &report.rows {
            let command = match row.verdict.outcome {
                Verdict::Broken => "error",
                Verdict::Looser => "warning",
                Verdict::Inconclusive => "notice",
                Verdict::Holds | Verdict::Skipped => continue,
            };
            let file = property(&report.path(row));
            let line = row.evidence.line.max(1);
            let title = property(&joined(&[&report.listing, &row.id]));
            let word = row.verdict.outcome.word();
            let message = data(&joined(&[&row.verdict.reason, &row.verdict.observed]));
            let _ = writeln!(
                lines,
                "::{command} file={file},line={line},title={title}::{word}: {message}"
            );
        }
    }
    lines
}

/// Text after the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value before it, where colons and commas have a meaning too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
