//! A report for the node exporter's textfile collector.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::{ProbeReport, plain};
use crate::pricing::amount;

/// Gauges by listing and check.
pub fn prometheus(reports: &[ProbeReport]) -> String {
    let mut text = String::new();
    // A collector refuses the whole file for one series that stands there twice.
    let mut written = BTreeSet::new();
    text.push_str(
        "# HELP cogdex_check What a probe saw of a promise.\n# TYPE cogdex_check gauge\n",
    );
    for report in reports {
        for row in &report.rows {
            if !written.insert(("check", label(&report.listing), label(&row.id))) {
                continue;
            }
            let _ = writeln!(
                text,
                "cogdex_check{{listing=\"{}\",check=\"{}\",verdict=\"{}\"}} 1",
                label(&report.listing),
                label(&row.id),
                row.verdict.outcome.word()
            );
        }
    }
    text.push_str("# HELP cogdex_latency_seconds How long a request took.\n# TYPE cogdex_latency_seconds gauge\n");
    for report in reports {
        for row in &report.rows {
            let Some(ms) = row.latency_ms else { continue };
            if !written.insert(("latency", label(&report.listing), label(&row.id))) {
                continue;
            }
            let _ = writeln!(
                text,
                "cogdex_latency_seconds{{listing=\"{}\",check=\"{}\"}} {}.{:03}",
                label(&report.listing),
                label(&row.id),
                ms / 1000,
                ms % 1000
            );
        }
    }
    text.push_str("# HELP cogdex_spent What the run cost at most.\n# TYPE cogdex_spent gauge\n");
    for report in reports {
        if !written.insert(("spent", label(&report.listing), label(&report.currency))) {
            continue;
        }
        let _ = writeln!(
            text,
            "cogdex_spent{{listing=\"{}\",currency=\"{}\"}} {}",
            label(&report.listing),
            label(&report.currency),
            amount(report.spend.spent)
        );
    }
    text
}

fn label(text: &str) -> String {
    plain(text).replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
