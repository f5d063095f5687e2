//! A report in SARIF 2.1.0, as code scanning reads it: the place is the catalog's line.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{ProbeCause, ProbeReport, causes, plain};
use crate::contract::Verdict;
use crate::probe::report_text::uri;

/// One run of the tool over all listings.
pub fn sarif(reports: &[ProbeReport]) -> Value {
    let rows = reports.iter().flat_map(|report| &report.rows);
    // The schema wants them all different, as they stand there.
    let rules: BTreeSet<String> = rows.map(|row| plain(&row.id)).collect();
    let results: Vec<Value> = reports
        .iter()
        .flat_map(|report| {
            let causes = causes(&report.rows);
            causes.iter().filter_map(|cause| result(report, cause)).collect::<Vec<_>>()
        })
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

/// One result for each cause, with the places of all its checks; what holds, or was not looked at,
/// is no result.
fn result(report: &ProbeReport, cause: &ProbeCause<'_>) -> Option<Value> {
    let level = match cause.outcome {
        Verdict::Broken => "error",
        Verdict::Looser => "warning",
        Verdict::Inconclusive => "note",
        Verdict::Holds | Verdict::Skipped => return None,
    };
    let row = cause.first();
    let mut text = format!(
        "{}: {}: {} (promised by {}: {})",
        plain(&report.listing),
        cause.outcome.word(),
        cause.text(),
        plain(&row.evidence.source),
        plain(&row.evidence.text)
    );
    if cause.rows.len() > 1 {
        text.push_str("; checks: ");
        text.push_str(&plain(&cause.all_ids()));
    }
    // A message may hold links, `[text](address)`; a server's answer shall not.
    let text = text.replace("](", "] (");
    let mut places: Vec<Value> = Vec::new();
    for row in &cause.rows {
        let place = json!({ "physicalLocation": {
            "artifactLocation": { "uri": uri(&report.path(row)) },
            "region": { "startLine": row.evidence.line.max(1) }
        } });
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let others = places.split_off(1);
    let mut result = json!({
        "ruleId": plain(&row.id),
        "level": level,
        "message": { "text": text },
        "locations": places,
    });
    if !others.is_empty() {
        result["relatedLocations"] = others.into();
    }
    Some(result)
}
