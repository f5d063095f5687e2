//! `/metrics`: what was counted, what is served, and what the history knows, as Prometheus reads it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;

use axum::extract::State;
use axum::response::Response;
use rust_decimal::Decimal;

use super::counts::{BOUNDS, Counts, FILES, ROUTES, STATUSES};
use super::error::{ApiError, text_of};
use super::router::Served;
use super::snapshot::SharedSnapshot;
use crate::catalog::sum;
use crate::history::{History, HistoryError};

/// The route.
pub(super) async fn metrics(State(served): State<Served>) -> Result<Response, ApiError> {
    let turn = served.questions.clone().try_acquire_owned().map_err(|_| ApiError::Busy)?;
    let mut text = String::new();
    requests(&mut text, served.live.counts());
    catalog(&mut text, &served.live);
    if let Some(path) = served.history {
        let now_ms = (served.clock)();
        // A history that can't be read now must not hide how the server is.
        let read = tokio::task::spawn_blocking(move || past(&path, now_ms)).await;
        let past = read.map_err(|_| ApiError::Failed)?;
        let readable = u8::from(past.is_ok());
        family(&mut text, "cogdex_history_readable", "gauge", "Whether the history can be read.");
        let _ = writeln!(text, "cogdex_history_readable {readable}");
        text.push_str(&past.unwrap_or_default());
    }
    drop(turn);
    Ok(text_of("text/plain; version=0.0.4; charset=utf-8", text))
}

fn family(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// One value without labels.
fn single(text: &mut String, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
    family(text, name, kind, help);
    let _ = writeln!(text, "{name} {value}");
}

fn requests(text: &mut String, counts: &Counts) {
    family(text, "cogdex_requests_total", "counter", "Answers by kind and status.");
    let line = |text: &mut String, kind: &str, status: u16, count: u64| {
        let status = if status == 0 { "other".to_owned() } else { status.to_string() };
        if count > 0 {
            let _ = writeln!(
                text,
                "cogdex_requests_total{{kind=\"{kind}\",status=\"{status}\"}} {count}"
            );
        }
    };
    for (at, kind) in FILES.iter().enumerate() {
        line(text, kind, 200, counts.files(at, false));
        line(text, kind, 304, counts.files(at, true));
    }
    for (kind, route) in ROUTES.iter().zip(&counts.routes) {
        for (status, count) in STATUSES.iter().zip(&route.statuses) {
            line(text, kind, *status, count.load(Relaxed));
        }
    }
    let name = "cogdex_answer_seconds";
    family(text, name, "histogram", "How long answers took that are made when they are asked for.");
    for (kind, route) in ROUTES.iter().zip(&counts.routes) {
        let mut below = 0;
        for (bound, count) in BOUNDS.iter().zip(&route.buckets) {
            below += count.load(Relaxed);
            let bound = seconds(*bound);
            let _ = writeln!(text, "{name}_bucket{{kind=\"{kind}\",le=\"{bound}\"}} {below}");
        }
        let all: u64 = route.statuses.iter().map(|count| count.load(Relaxed)).sum();
        let all = all.max(below);
        let _ = writeln!(text, "{name}_bucket{{kind=\"{kind}\",le=\"+Inf\"}} {all}");
        let took = seconds(route.micros.load(Relaxed));
        let _ = writeln!(text, "{name}_sum{{kind=\"{kind}\"}} {took}");
        let _ = writeln!(text, "{name}_count{{kind=\"{kind}\"}} {all}");
    }
    let open = counts.open.load(Relaxed);
    single(text, "cogdex_connections", "gauge", "Connections now.", open);
    let accepted = counts.accepted.load(Relaxed);
    single(text, "cogdex_connections_total", "counter", "Connections taken.", accepted);
}

/// Seconds of microseconds, without a float: `0.00025`.
fn seconds(micros: u64) -> String {
    Decimal::new(i64::try_from(micros).unwrap_or(i64::MAX), 6).normalize().to_string()
}

fn catalog(text: &mut String, live: &SharedSnapshot) {
    let loaded = live.now();
    family(text, "cogdex_catalog_info", "gauge", "Which data is served.");
    let edition = loaded.catalog.edition().map_or("", |edition| edition.name.as_str());
    let (edition, digest) = (label(edition), label(&loaded.catalog.digest));
    let day = loaded.today;
    let _ = writeln!(
        text,
        "cogdex_catalog_info{{edition=\"{edition}\",digest=\"{digest}\",as_of=\"{day}\"}} 1"
    );
    let listings = loaded.catalog.listings.len();
    single(text, "cogdex_catalog_listings", "gauge", "Listings that are served.", listings);
    single(text, "cogdex_site_files", "gauge", "Files that are served.", loaded.shelf.len());
    let counts = live.counts();
    family(text, "cogdex_reloads_total", "counter", "Catalogs that were looked at anew.");
    for (result, count) in [("done", &counts.exchanged), ("refused", &counts.refused)] {
        let count = count.load(Relaxed);
        let _ = writeln!(text, "cogdex_reloads_total{{result=\"{result}\"}} {count}");
    }
    let findings = live.findings().len();
    let help = "Why what was last looked at is not served.";
    single(text, "cogdex_reload_findings", "gauge", help, findings);
}

/// What probes saw and spent, by listing.
fn past(path: &Path, now_ms: i64) -> Result<String, HistoryError> {
    let history = History::open(path)?;
    let mut last = BTreeMap::new();
    for run in history.runs(None)?.into_iter().rev() {
        if last.contains_key(&run.begun.listing) {
            continue;
        }
        let verdicts = history.verdicts(run.id)?;
        // A run of the console judges nothing.
        if !verdicts.is_empty() {
            last.insert(run.begun.listing.clone(), (run, verdicts));
        }
    }
    let (mut ages, mut counts) = (String::new(), String::new());
    family(&mut ages, "cogdex_probe_age_seconds", "gauge", "Since the last probe of a listing.");
    family(&mut counts, "cogdex_probe_verdicts", "gauge", "What the last probe of a listing saw.");
    for (listing, (run, verdicts)) in last {
        let listing = label(&listing);
        let age = (now_ms - run.begun.started_ms).max(0) / 1000;
        let _ = writeln!(ages, "cogdex_probe_age_seconds{{listing=\"{listing}\"}} {age}");
        let mut by_verdict: BTreeMap<String, u64> = BTreeMap::new();
        for verdict in verdicts {
            *by_verdict.entry(verdict.verdict).or_default() += 1;
        }
        for (verdict, count) in by_verdict {
            let verdict = label(&verdict);
            let _ = writeln!(
                counts,
                "cogdex_probe_verdicts{{listing=\"{listing}\",verdict=\"{verdict}\"}} {count}"
            );
        }
    }
    Ok(ages + &counts + &spend(&history)?)
}

/// What the ledger has, by listing and currency.
fn spend(history: &History) -> Result<String, HistoryError> {
    let mut text = String::new();
    let mut spent: BTreeMap<(String, &'static str), Decimal> = BTreeMap::new();
    for day in history.spend_by_day()? {
        let all = spent.entry((day.listing, day.currency.code())).or_default();
        *all = sum(*all, day.amount).unwrap_or(*all);
    }
    family(&mut text, "cogdex_spend", "gauge", "What was spent, or may be, on a listing.");
    for ((listing, currency), amount) in spent {
        let (listing, amount) = (label(&listing), crate::pricing::amount(amount));
        let _ = writeln!(
            text,
            "cogdex_spend{{listing=\"{listing}\",currency=\"{currency}\"}} {amount}"
        );
    }
    Ok(text)
}

/// A text as the value of a label.
fn label(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control()).collect();
    plain.replace('\\', "\\\\").replace('"', "\\\"")
}
