//! What probes saw of disputes, beside what the sources say.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};

use super::printer::ListingPrinter;
use crate::cli::output::clean;
use cogdex::history::{History, RunId};

/// What the newest conclusive run saw, by check.
pub(super) type LatestVerdicts = BTreeMap<String, LatestVerdict>;

/// What a run saw of a check.
pub(super) struct LatestVerdict {
    run: RunId,
    date: String,
    base_url: String,
    verdict: String,
    observed: String,
    reason: String,
}

pub(super) fn newest(history: &History, listing: &str) -> Result<LatestVerdicts> {
    let mut probed = LatestVerdicts::new();
    for (id, (run, verdict)) in history.newest(listing)? {
        let Some(begun) = history.run(run)?.map(|run| run.begun) else { continue };
        let at = jiff::Timestamp::from_millisecond(begun.started_ms);
        let date = at.map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string());
        let seen = LatestVerdict {
            run,
            date: date.unwrap_or_default(),
            base_url: begun.base_url,
            verdict: verdict.verdict,
            observed: verdict.observed,
            reason: verdict.reason,
        };
        probed.insert(id, seen);
    }
    Ok(probed)
}

/// Puts what was seen beside each dispute of the document.
pub(super) fn beside(document: &mut Value, probed: &LatestVerdicts) {
    for (place, name) in [("/facts", "field"), ("/contract/promises", "id")] {
        let entries = document.pointer_mut(place).and_then(Value::as_array_mut);
        for entry in entries.into_iter().flatten() {
            let seen = entry[name].as_str().and_then(|id| probed.get(id));
            if let Some(seen) = seen.filter(|_| entry["state"] != "agreed") {
                entry["probe"] = json!({
                    "run": seen.run.to_string().parse::<i64>().ok(),
                    "date": seen.date,
                    "base_url": clean(&seen.base_url),
                    "verdict": seen.verdict,
                    "observed": clean(&seen.observed),
                    "reason": clean(&seen.reason),
                });
            }
        }
    }
}

/// What a probe saw of a dispute, where one did.
pub(super) fn print(printer: &mut ListingPrinter<'_, '_>, id: &str, indent: &str) -> Result<()> {
    let Some(seen) = printer.probed.get(id) else { return Ok(()) };
    let fits = if seen.verdict == "holds" { "" } else { ", which fits no side" };
    let words = [seen.observed.as_str(), seen.reason.as_str()];
    let words: Vec<_> = words.into_iter().filter(|words| !words.is_empty()).collect();
    let text = format!(
        "a probe saw: {}{fits} (run {} of {}, {})",
        words.join("; "),
        seen.run,
        seen.date,
        seen.base_url
    );
    printer.output.wrapped(indent, &format!("{indent}  "), &text)
}
