//! What probes saw of a listing: the last run, check by check, and latencies over time.

use crate::contract::Verdict;
use crate::history::VerdictRecord;
use crate::site::charts::{self, Chart};
use crate::site::listing::context::ListingContext;
use crate::site::probe_records::{ProbeRecord, VerdictCount, day, moment};

/// The most latencies that are drawn.
const MAX_DOTS: usize = 300;

/// What one check came to.
#[derive(Debug)]
pub(crate) struct VerdictRow {
    pub(crate) id: String,
    /// `holds`, `broken`, `looser`, `inconclusive` or `skipped`; anything else as it was stored.
    pub(crate) verdict: String,
    pub(crate) class: &'static str,
    pub(crate) reason: String,
    pub(crate) observed: String,
    pub(crate) latency: String,
    pub(crate) flips: String,
}

/// What the probes of a listing saw.
#[derive(Debug)]
pub(crate) struct ProbeResults {
    pub(crate) when: String,
    pub(crate) base_url: String,
    pub(crate) finished: bool,
    pub(crate) tallies: Vec<VerdictCount>,
    pub(crate) verdicts: Vec<VerdictRow>,
    pub(crate) holding: Vec<VerdictRow>,
    pub(crate) latencies: String,
    pub(crate) chart: Option<Chart>,
}

/// The verdicts in the order of a summary.
const VERDICTS: [Verdict; 5] =
    [Verdict::Holds, Verdict::Broken, Verdict::Looser, Verdict::Inconclusive, Verdict::Skipped];

pub(crate) fn probe_results(context: &ListingContext<'_, '_>) -> Option<ProbeResults> {
    let record = context.site.records.get(&context.listing.id)?;
    let skip = record.latencies.len().saturating_sub(MAX_DOTS);
    let seen = &record.latencies[skip..];
    let title = format!("Latencies of {} as probes saw them", context.listing.id);
    let rows = record.verdicts.iter().map(|verdict| row(record, verdict));
    let (holding, verdicts) = rows.partition(|row| row.class == Verdict::Holds.word());
    Some(ProbeResults {
        when: moment(record.run.begun.started_ms),
        base_url: record.run.begun.base_url.clone(),
        finished: record.run.finished_ms.is_some(),
        tallies: record.counts(VERDICTS),
        verdicts,
        holding,
        latencies: summary(seen),
        chart: charts::dots("latency-chart", title, seen, day),
    })
}

fn row(record: &ProbeRecord, verdict: &VerdictRecord) -> VerdictRow {
    let clause = record.clauses.iter().find(|clause| clause.id == verdict.id);
    let class = VERDICTS.map(Verdict::word).into_iter().find(|word| *word == verdict.verdict);
    VerdictRow {
        id: verdict.id.clone(),
        verdict: verdict.verdict.clone(),
        class: class.unwrap_or_default(),
        reason: verdict.reason.clone(),
        observed: verdict.observed.clone(),
        latency: verdict.latency_ms.map(|ms| format!("{ms} ms")).unwrap_or_default(),
        flips: clause.map(|clause| clause.flips.to_string()).unwrap_or_default(),
    }
}

fn summary(seen: &[(i64, u64)]) -> String {
    let mut times: Vec<u64> = seen.iter().map(|(_, took)| *took).collect();
    times.sort_unstable();
    match (times.first(), times.get(times.len() / 2), times.last()) {
        (Some(fastest), Some(middle), Some(slowest)) => format!(
            "{} answers: the fastest took {fastest} ms, the middle one {middle} ms, the slowest {slowest} ms.",
            times.len()
        ),
        _ => String::new(),
    }
}
