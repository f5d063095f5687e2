//! Annotations that a GitHub workflow shows at the catalog's line.

use super::Report;
use crate::contract::Outcome;

/// One line for each check that does not hold.
pub fn github(reports: &[Report]) -> String {
    let mut lines = String::new();
    for report in reports {
        for row in &report.rows {
            let command = match row.verdict.outcome {
                Outcome::Broken => "error",
                Outcome::Looser => "warning",
                Outcome::Inconclusive => "notice",
                Outcome::Holds | Outcome::Skipped => continue,
            };
            let title = format!("{} {}", report.listing, row.id);
            let message = format!(
                "{}: {} {}",
                row.verdict.outcome.word(),
                row.verdict.reason,
                row.verdict.observed
            );
            let file = property(&report.path(row));
            let (line, title) = (row.evidence.line, property(&title));
            let message = data(message.trim());
            lines.push_str(&format!(
                "::{command} file={file},line={line},title={title}::{message}\n"
            ));
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
