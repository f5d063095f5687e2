//! What probes saw of each listing, read once from the history and handed to the site as a value.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::catalog::{CallName, Catalog};
use crate::contract::{Contract, Verdict};
use crate::history::{ClauseHistory, History, HistoryError, Run, VerdictRecord, is_one_origin};

/// What the probes of one listing saw.
#[derive(Debug)]
pub struct ProbeRecord {
    pub run: Run,
    pub verdicts: Vec<VerdictRecord>,
    pub clauses: Vec<ClauseHistory>,
    /// Latencies in milliseconds with the moment of their run, oldest first.
    pub latencies: Vec<(i64, u64)>,
}

/// How many checks came to one verdict.
#[derive(Debug)]
pub(crate) struct VerdictCount {
    pub(crate) word: &'static str,
    pub(crate) count: usize,
}

impl ProbeRecord {
    /// How many checks came to each verdict, in this order; what none came to is left out.
    pub(crate) fn counts(&self, order: [Verdict; 5]) -> Vec<VerdictCount> {
        let count = |word| self.verdicts.iter().filter(|seen| seen.verdict == word).count();
        let counts = order.map(Verdict::word).map(|word| VerdictCount { word, count: count(word) });
        counts.into_iter().filter(|it| it.count > 0).collect()
    }
}

/// What probes saw, by listing.
#[derive(Debug, Default)]
pub struct ProbeRecords(pub BTreeMap<String, ProbeRecord>);

impl ProbeRecords {
    /// Reads what is known of the listings of a catalog. What answers elsewhere than where a
    /// seller's contract says, such as a mock, is no word of that seller's.
    pub fn read(history: &History, catalog: &Catalog, as_of: Date) -> Result<Self, HistoryError> {
        let mut records = BTreeMap::new();
        for (listing, sold) in &catalog.listings {
            let contract = Contract::new(catalog, sold, as_of);
            let Some(call) = contract.and_then(|it| it.call(CallName::Create)) else { continue };
            let Some((run, verdicts)) = last_judged(history, listing, &call.url)? else { continue };
            // What another address answers is another's word.
            let address = run.begun.base_url.clone();
            let clauses = history.timeline(listing, Some(&address))?;
            let mut latencies = Vec::new();
            for run in history.runs(Some(listing))? {
                if run.begun.base_url != address {
                    continue;
                }
                let seen = history.verdicts(run.id)?;
                let times = seen.iter().filter_map(|verdict| verdict.latency_ms);
                latencies.extend(times.map(|ms| (run.begun.started_ms, ms)));
            }
            latencies.sort_unstable();
            records.insert(listing.to_string(), ProbeRecord { run, verdicts, clauses, latencies });
        }
        Ok(Self(records))
    }

    /// What is known of a listing.
    pub fn get(&self, listing: &str) -> Option<&ProbeRecord> {
        self.0.get(listing)
    }
}

/// The last run at an address that judged anything; one of the console only sends.
fn last_judged(
    history: &History,
    listing: &str,
    address: &str,
) -> Result<Option<(Run, Vec<VerdictRecord>)>, HistoryError> {
    let runs = history.runs(Some(listing))?.into_iter().rev();
    for run in runs.filter(|run| is_one_origin(&run.begun.base_url, address)) {
        let verdicts = history.verdicts(run.id)?;
        if !verdicts.is_empty() {
            return Ok(Some((run, verdicts)));
        }
    }
    Ok(None)
}

/// A moment to the minute: `2026-11-20 08:15 UTC`.
pub(crate) fn moment(ms: i64) -> String {
    let text = jiff::Timestamp::from_millisecond(ms).map(|at| at.to_string()).unwrap_or_default();
    match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => text,
    }
}

/// The day of a moment.
pub(crate) fn day(ms: i64) -> String {
    moment(ms).get(..10).unwrap_or_default().to_owned()
}
