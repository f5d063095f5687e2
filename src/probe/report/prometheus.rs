//! A report for the node exporter's textfile collector.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::{CheckResult, ProbeReport, causes};
use crate::contract::Verdict;
use crate::pricing::amount;
use crate::probe::report_text::label;

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
    of_causes(&mut text, reports);
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

/// How many checks hang on what the answers were.
fn of_causes(text: &mut String, reports: &[ProbeReport]) {
    gauge(text, "cogdex_cause", "How many checks hang on answers of a class.");
    let mut counts: BTreeMap<(String, [String; 3]), usize> = BTreeMap::new();
    for report in reports {
        for cause in causes(&report.rows) {
            let labels = cause.labels().map(|text| label(&text));
            *counts.entry((series(report), labels)).or_default() += cause.rows.len();
        }
    }
    for ((of, [class, status, code]), count) in counts {
        let labels = format!("class=\"{class}\",status=\"{status}\",code=\"{code}\"");
        let _ = writeln!(text, "cogdex_cause{{{of},{labels}}} {count}");
    }
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
