//! What the history knows of probes and spending, by listing and address.

use std::collections::BTreeMap;
use std::path::Path;

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::sync::atomic::AtomicU64;

use super::Labels;
use crate::catalog::sum;
use crate::history::{History, HistoryError};

/// The gauges of one reading of the history.
#[derive(Debug, Default)]
pub(super) struct HistoryMetrics {
    ages: Family<Labels<2>, Gauge>,
    verdicts: Family<Labels<3>, Gauge>,
    /// Prometheus keeps floats, so that these are for its charts and for no sum of money.
    spend: Family<Labels<3>, Gauge<f64, AtomicU64>>,
}

impl HistoryMetrics {
    /// Reads the last probe of each listing, and the ledger.
    pub(super) fn read(path: &Path, now_ms: i64) -> Result<Self, HistoryError> {
        let history = History::open(path)?;
        let metrics = Self::default();
        metrics.read_probes(&history, now_ms)?;
        metrics.read_spend(&history)?;
        Ok(metrics)
    }

    fn read_probes(&self, history: &History, now_ms: i64) -> Result<(), HistoryError> {
        for run in history.runs(None)?.into_iter().rev() {
            let begun = &run.begun;
            let labels = [("listing", label(&begun.listing)), ("base_url", label(&begun.base_url))];
            // A run of the console judges nothing.
            if self.ages.get(&labels).is_some() || history.verdicts(run.id)?.is_empty() {
                continue;
            }
            let age = (now_ms - begun.started_ms).max(0) / 1000;
            self.ages.get_or_create(&labels).set(age);
            let [listing, base_url] = labels;
            // What the last run did not look at is as it was when one last did.
            for clause in history.timeline(&begun.listing, Some(&begun.base_url))? {
                let verdict = ("verdict", label(&clause.last));
                self.verdicts.get_or_create(&[listing.clone(), base_url.clone(), verdict]).inc();
            }
        }
        Ok(())
    }

    fn read_spend(&self, history: &History) -> Result<(), HistoryError> {
        let mut spent: BTreeMap<(String, String, &'static str), Decimal> = BTreeMap::new();
        for day in history.spend_by_day()? {
            let key = (day.listing, day.base_url, day.currency.code());
            let all = spent.entry(key).or_default();
            *all = sum(*all, day.amount).unwrap_or(*all);
        }
        for ((listing, base_url, currency), amount) in spent {
            let labels = [
                ("listing", label(&listing)),
                ("base_url", label(&base_url)),
                ("currency", currency.to_owned()),
            ];
            self.spend.get_or_create(&labels).set(amount.to_f64().unwrap_or(f64::MAX));
        }
        Ok(())
    }

    pub(super) fn register(self, registry: &mut Registry) {
        registry.register(
            "cogdex_probe_age_seconds",
            "Since the last probe of a listing",
            self.ages,
        );
        let help = "What probes of a listing last saw";
        registry.register("cogdex_probe_verdicts", help, self.verdicts);
        registry.register("cogdex_spend", "What was spent, or may be, on a listing", self.spend);
    }
}

/// A text as the value of a label, on one line.
fn label(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
