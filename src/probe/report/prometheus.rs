//! A report for the node exporter's textfile collector.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::{CheckResult, ProbeReport, plain};
use crate::contract::Verdict;
use crate::pricing::amount;

/// Gauges by listing, address and check.
pub fn prometheus(reports: &[ProbeReport]) -> String {
    // A collector refuses the whole file for one series that stands there twice.
    let mut written = BTreeSet::new();
    let mut text = String::new();
    gauge(&mut text, "cogdex_check", "What a probe last saw of a promise.");
    for (of, row) in checks(reports) {
        if written.insert(("check", of.clone())) {
            // What this run did not look at is as it was when one last did.
            let earlier = row.earlier.as_ref().map(|earlier| earlier.verdict.as_str());
            let verdict = label(earlier.unwrap_or(row.verdict.outcome.word()));
            let _ = writeln!(text, "cogdex_check{{{of},verdict=\"{verdict}\"}} 1");
        }
    }
    let help = "When a promise was last looked at, in seconds since 1970.";
    gauge(&mut text, "cogdex_check_seconds", help);
    for report in reports {
        for (of, row) in checks(std::slice::from_ref(report)) {
            let now = (row.verdict.outcome != Verdict::Skipped).then_some(report.started_ms);
            let at_ms = now.or(row.earlier.as_ref().map(|earlier| earlier.at_ms));
            let Some(at_ms) = at_ms.filter(|_| written.insert(("time", of.clone()))) else {
                continue;
            };
            let _ = writeln!(text, "cogdex_check_seconds{{{of}}} {}", at_ms / 1000);
        }
    }
    gauge(&mut text, "cogdex_latency_seconds", "How long a request took.");
    for (of, row) in checks(reports) {
        let Some(ms) = row.latency_ms.filter(|_| written.insert(("latency", of.clone()))) else {
            continue;
        };
        let (seconds, rest) = (ms / 1000, ms % 1000);
        let _ = writeln!(text, "cogdex_latency_seconds{{{of}}} {seconds}.{rest:03}");
    }
    gauge(&mut text, "cogdex_spent", "What the run cost at most.");
    for report in reports {
        let of = format!("{},currency=\"{}\"", series(report), label(&report.currency));
        if written.insert(("spent", of.clone())) {
            let _ = writeln!(text, "cogdex_spent{{{of}}} {}", amount(report.spend.spent));
        }
    }
    text
}

fn gauge(text: &mut String, name: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
}

/// Every check with the labels of its series.
fn checks(reports: &[ProbeReport]) -> impl Iterator<Item = (String, &CheckResult)> {
    reports.iter().flat_map(|report| {
        let of = series(report);
        let labels = move |row: &CheckResult| format!("{of},check=\"{}\"", label(&row.id));
        report.rows.iter().map(move |row| (labels(row), row))
    })
}

/// The labels that all series of a report have: what holds at one address may not at another.
fn series(report: &ProbeReport) -> String {
    format!("listing=\"{}\",base_url=\"{}\"", label(&report.listing), label(&report.base_url))
}

fn label(text: &str) -> String {
    plain(text).replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
