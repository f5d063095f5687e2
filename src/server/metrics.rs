//! `/metrics`: what was counted, what is served, and what the history knows, as Prometheus reads it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::get;
use prometheus_client::encoding::prometheus_text::{CONTENT_TYPE, encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use tokio::sync::Semaphore;

use super::error::{ApiError, uncached};
use super::snapshot::SharedSnapshot;
use super::{Clock, ServerOptions};
use crate::site::FileKind;
use history::HistoryMetrics;

mod history;

/// Upper bounds of the histogram, in seconds.
const SECONDS: [f64; 10] =
    [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.1, 1.0, 10.0];

/// How long a scrape waits for a history that another process holds.
const MAX_HISTORY_WAIT: Duration = Duration::from_secs(1);

type Labels<const N: usize> = [(&'static str, String); N];

/// Everything that is counted while the server runs.
#[derive(Debug)]
pub(super) struct Metrics {
    requests: Family<Labels<2>, Counter>,
    seconds: Family<Labels<1>, Histogram, fn() -> Histogram>,
    pub(super) connections: Gauge,
    pub(super) connections_total: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            connections: Gauge::default(),
            connections_total: Counter::default(),
        }
    }
}

/// Counts an answer by what it was and its status.
pub(super) async fn count_request(
    State(metrics): State<Arc<Metrics>>,
    request: Request,
    next: Next,
) -> Response {
    let start = Instant::now();
    let route = route_kind(request.uri().path());
    let response = next.run(request).await;
    let kind = response.extensions().get().map_or(route, |kind| file_kind(*kind));
    let kind = [("kind", kind.to_owned())];
    metrics.seconds.get_or_create(&kind).observe(start.elapsed().as_secs_f64());
    let [kind] = kind;
    let status = ("status", response.status().as_u16().to_string());
    metrics.requests.get_or_create(&[kind, status]).inc();
    response
}

/// The kinds of files that are told apart.
fn file_kind(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Html => "page",
        FileKind::Markdown => "twin",
        FileKind::Json | FileKind::Xml | FileKind::Text => "data",
        FileKind::Css | FileKind::JavaScript | FileKind::Svg | FileKind::Png => "asset",
    }
}

/// What stands at an address besides the files of the site.
fn route_kind(path: &str) -> &'static str {
    match path {
        super::compare_api::COMPARE => "compare",
        "/healthz" => "health",
        "/metrics" => "metrics",
        "/live.json" => "live",
        path if path.starts_with("/console/") => "console",
        _ => "other",
    }
}

#[derive(Debug, Clone)]
struct MetricsState {
    metrics: Arc<Metrics>,
    snapshot: SharedSnapshot,
    questions: Arc<Semaphore>,
    history: Option<PathBuf>,
    /// One scrape at a time waits for a history that is locked.
    history_turn: Arc<Semaphore>,
    clock: Clock,
}

/// The route; it takes a turn of those who ask for what has to be computed.
pub(super) fn routes(
    metrics: Arc<Metrics>,
    snapshot: &SharedSnapshot,
    questions: &Arc<Semaphore>,
    options: &ServerOptions,
) -> Router {
    Router::new().route("/metrics", get(scrape)).with_state(MetricsState {
        metrics,
        snapshot: snapshot.clone(),
        questions: Arc::clone(questions),
        history: options.history.clone(),
        history_turn: Arc::new(Semaphore::new(1)),
        clock: options.clock,
    })
}

async fn scrape(State(state): State<MetricsState>) -> Result<Response, ApiError> {
    let _turn = state.questions.try_acquire().map_err(|_| ApiError::Busy)?;
    let mut registry = Registry::default();
    register_requests(&mut registry, &state.metrics);
    register_snapshot(&mut registry, &state.snapshot);
    if let Some(path) = &state.history {
        // A history that can't be read now must not hide how the server is.
        let history = read_history(&state, path).await;
        let readable = usize::from(history.is_some());
        let name = "cogdex_history_readable";
        register_gauge(&mut registry, name, "Whether the history can be read", readable);
        history.unwrap_or_default().register(&mut registry);
    }
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|_| ApiError::Internal)?;
    Ok(uncached(CONTENT_TYPE, text))
}

/// What the history knows; `None` where it can't be read, or not soon enough.
async fn read_history(state: &MetricsState, path: &Path) -> Option<HistoryMetrics> {
    let turn = Arc::clone(&state.history_turn).try_acquire_owned().ok()?;
    let (path, now_ms) = (path.to_owned(), (state.clock)());
    let read = tokio::task::spawn_blocking(move || {
        // Held until the database gives up, so that scrapes do not pile up behind a lock.
        let _turn = turn;
        HistoryMetrics::read(&path, now_ms)
    });
    tokio::time::timeout(MAX_HISTORY_WAIT, read).await.ok()?.ok()?.ok()
}

fn register_requests(registry: &mut Registry, metrics: &Metrics) {
    let help = "Answers by kind and status";
    registry.register("cogdex_requests", help, metrics.requests.clone());
    registry.register("cogdex_answer_seconds", "How long answers took", metrics.seconds.clone());
    registry.register("cogdex_connections", "Connections now", metrics.connections.clone());
    let total = metrics.connections_total.clone();
    // The library appends `_total`, by which this is another name than that of the gauge.
    registry.register("cogdex_connections", "Connections taken", total);
}

fn register_snapshot(registry: &mut Registry, shared: &SharedSnapshot) {
    let snapshot = shared.current();
    let catalog = snapshot.catalog();
    let edition = catalog.edition().map(|edition| edition.name.clone()).unwrap_or_default();
    let info = Info::new([
        ("edition", edition),
        ("digest", catalog.digest.clone()),
        ("as_of", snapshot.today.to_string()),
    ]);
    registry.register("cogdex_catalog", "Which data is served", info);
    let gauges = [
        ("cogdex_catalog_listings", "Listings that are served", catalog.listings.len()),
        ("cogdex_site_files", "Files that are served", snapshot.static_files.len()),
        (
            "cogdex_site_kept_bytes",
            "Bodies that were rendered and are kept",
            usize::try_from(snapshot.static_files.kept_bytes()).unwrap_or(usize::MAX),
        ),
    ];
    for (name, help, value) in gauges {
        register_gauge(registry, name, help, value);
    }
    let reloads = Family::<Labels<1>, Counter>::default();
    let (done, refused) = shared.reloads();
    for (result, count) in [("done", done), ("refused", refused)] {
        reloads.get_or_create(&[("result", result.to_owned())]).inc_by(count);
    }
    registry.register("cogdex_reloads", "Catalogs that were loaded anew", reloads);
    let help = "Why what was last looked at is not served";
    register_gauge(registry, "cogdex_reload_findings", help, shared.findings().len());
}

fn register_gauge(registry: &mut Registry, name: &str, help: &str, value: usize) {
    registry.register(name, help, ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX)));
}
