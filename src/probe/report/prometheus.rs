//! A report for the node exporter's textfile collector.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::{ProbeReport, plain};
use crate::contract::Verdict;
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
            if !written.insert(("check", series(report), label(&row.id))) {
                continue;
            }
            // What this run did not look at is as it was when one last did.
            let earlier = row.earlier.as_ref().map(|earlier| earlier.verdict.as_str());
            let _ = writeln!(
                text,
                "cogdex_check{{{},check=\"{}\",verdict=\"{}\"}} 1",
                series(report),
                label(&row.id),
                label(earlier.unwrap_or(row.verdict.outcome.word()))
            );
        }
    }
    text.push_str(
        "# HELP cogdex_check_seconds When a promise was last looked at, since 1970.\n\
         # TYPE cogdex_check_seconds gauge\n",
    );
    for report in reports {
        for row in &report.rows {
            let earlier = row.earlier.as_ref().map(|earlier| earlier.at_ms);
            let now = (row.verdict.outcome != Verdict::Skipped).then_some(report.started_ms);
            let Some(at_ms) = now.or(earlier) else { continue };
            if written.insert(("time", series(report), label(&row.id))) {
                let (of, check) = (series(report), label(&row.id));
                let seconds = at_ms / 1000;
                let _ = writeln!(text, "cogdex_check_seconds{{{of},check=\"{check}\"}} {seconds}");
            }
        }
    }
    text.push_str("# HELP cogdex_latency_seconds How long a request took.\n# TYPE cogdex_latency_seconds gauge\n");
    for report in reports {
        for row in &report.rows {
            let Some(ms) = row.latency_ms else { continue };
            if !written.insert(("latency", series(report), label(&row.id))) {
                continue;
            }
            let _ = writeln!(
                text,
                "cogdex_latency_seconds{{{},check=\"{}\"}} {}.{:03}",
                series(report),
                label(&row.id),
                ms / 1000,
                ms % 1000
            );
        }
    }
    text.push_str("# HELP cogdex_spent What the run cost at most.\n# TYPE cogdex_spent gauge\n");
    for report in reports {
        if !written.insert(("spent", series(report), label(&report.currency))) {
            continue;
        }
        let _ = writeln!(
            text,
            "cogdex_spent{{{},currency=\"{}\"}} {}",
            series(report),
            label(&report.currency),
            amount(report.spend.spent)
        );
    }
    text
}

/// The labels that all series of a report have: what holds at one address may not at another.
fn series(report: &ProbeReport) -> String {
    format!("listing=\"{}\",base_url=\"{}\"", label(&report.listing), label(&report.base_url))
}

fn label(text: &str) -> String {
    plain(text).replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
