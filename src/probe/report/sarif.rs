//! A report in SARIF 2.1.0, as code scanning reads it: the place is the catalog's line.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{CheckResult, ProbeReport, joined, plain};
use crate::contract::Verdict;

/// One run of the tool over all listings.
pub fn sarif(reports: &[ProbeReport]) -> Value {
    let rows = reports.iter().flat_map(|report| &report.rows);
    // The schema wants them all different, as they stand there.
    let rules: BTreeSet<String> = rows.map(|row| plain(&row.id)).collect();
    let results: Vec<Value> = reports
        .iter()
        .flat_map(|report| report.rows.iter().filter_map(move |row| result(report, row)))
        .collect();
    let rules = rules.iter().map(|id| json!({ "id": id, "name": id })).collect::<Vec<_>>();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cogdex", "version": env!("CARGO_PKG_VERSION"), "rules": rules
            } },
            "results": results,
        }],
    })
}

/// What holds, or was not looked at, is no result.
fn result(report: &ProbeReport, row: &CheckResult) -> Option<Value> {
    let level = match row.verdict.outcome {
        Verdict::Broken => "error",
        Verdict::Looser => "warning",
        Verdict::Inconclusive => "note",
        Verdict::Holds | Verdict::Skipped => return None,
    };
    let text = format!(
        "{}: {}: {} (promised by {}: {})",
        plain(&report.listing),
        row.verdict.outcome.word(),
        joined(&[&row.verdict.reason, &row.verdict.observed]),
        plain(&row.evidence.source),
        plain(&row.evidence.text)
    );
    // A message may hold links, `[text](address)`; a server's answer shall not.
    let text = text.replace("](", "] (");
    Some(json!({
        "ruleId": plain(&row.id),
        "level": level,
        "message": { "text": text },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&report.path(row)) },
            "region": { "startLine": row.evidence.line.max(1) }
        } }],
    }))
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    use std::fmt::Write;
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
