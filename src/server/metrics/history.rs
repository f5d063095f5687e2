//! What the history knows of probes and spending, by listing.

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
    ages: Family<Labels<1>, Gauge>,
    verdicts: Family<Labels<2>, Gauge>,
    /// Prometheus keeps floats, so that these are for its charts and for no sum of money.
    spend: Family<Labels<2>, Gauge<f64, AtomicU64>>,
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
            let listing = label(&run.begun.listing);
            if self.ages.get(&[("listing", listing.clone())]).is_some() {
                continue;
            }
            // A run of the console judges nothing.
            let verdicts = history.verdicts(run.id)?;
            if verdicts.is_empty() {
                continue;
            }
            let age = (now_ms - run.begun.started_ms).max(0) / 1000;
            self.ages.get_or_create(&[("listing", listing.clone())]).set(age);
            for verdict in verdicts {
                let labels = [("listing", listing.clone()), ("verdict", label(&verdict.verdict))];
                self.verdicts.get_or_create(&labels).inc();
            }
        }
        Ok(())
    }

    fn read_spend(&self, history: &History) -> Result<(), HistoryError> {
        let mut spent: BTreeMap<(String, &'static str), Decimal> = BTreeMap::new();
        for day in history.spend_by_day()? {
            let all = spent.entry((day.listing, day.currency.code())).or_default();
            *all = sum(*all, day.amount).unwrap_or(*all);
        }
        for ((listing, currency), amount) in spent {
            let labels = [("listing", label(&listing)), ("currency", currency.to_owned())];
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
        let help = "What the last probe of a listing saw";
        registry.register("cogdex_probe_verdicts", help, self.verdicts);
        registry.register("cogdex_spend", "What was spent, or may be, on a listing", self.spend);
    }
}

/// A text as the value of a label, on one line.
fn label(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
