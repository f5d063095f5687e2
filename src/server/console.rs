//! The console: tries a listing with the server's key, under the same ledger and limit as a probe.
//!
//! Only its own hosts and pages are answered, and only with the token that was made at the start.
//! No answer holds a key. What is sent goes the way of a probe: reserved first, never sent twice.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use rust_decimal::Decimal;
use serde_json::Value;
use tokio::sync::Semaphore;

use super::Clock;
use super::error::{ApiError, uncached};
use super::snapshot::{SharedSnapshot, Snapshot};
use super::static_files::CONSOLE_PAGE;
use crate::catalog::{Catalog, Currency, OpenError};
use crate::pricing::GivenRate;
use crate::probe::{ApiKey, Redactor, RedactorError};

mod auth;
mod image_cache;
mod request;
mod send;

pub use auth::ConsoleAuth;
pub(super) use auth::is_host;

use image_cache::ImageCache;
use request::ConsoleRequest;

/// Where requests go.
#[derive(Debug)]
pub enum ConsoleTarget {
    /// To the endpoints, with the operator's keys by provider.
    Endpoints(BTreeMap<String, ApiKey>),
    /// To a mock, with any key; where each endpoint stands there.
    Mock {
        /// The mock's own address.
        origin: String,
        /// The base address of each endpoint.
        bases: BTreeMap<String, String>,
        /// What the mock lets in.
        key: ApiKey,
    },
}

/// How much may be spent, and where that is written down.
#[derive(Debug, Clone)]
pub struct SpendPolicy {
    /// The most within 24 hours.
    pub limit: Decimal,
    /// Of what.
    pub currency: Currency,
    /// Rates from the command line.
    pub rates: Vec<GivenRate>,
    /// The file of runs and of what was spent.
    pub history: PathBuf,
}

/// A console that is open.
#[derive(Debug)]
pub struct Console {
    auth: ConsoleAuth,
    target: ConsoleTarget,
    policy: SpendPolicy,
    clock: Clock,
    /// Who may be sent a key is the built-in catalog's word, never an edited one's.
    embedded: Catalog,
    redactor: Redactor,
    /// One request at a time.
    turn: Arc<Semaphore>,
    images: ImageCache,
}

/// Says why there is no console.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// Anybody could spend the operator's money.
    #[error("a console on {0} could be reached from elsewhere; name its host with --console-host")]
    Open(std::net::SocketAddr),
    /// A host that can't be one.
    #[error("`{0}` is not a host such as `console.example.com` or `10.0.0.7:8080`")]
    Host(String),
    /// The built-in catalog is damaged.
    #[error(transparent)]
    Catalog(#[from] OpenError),
    /// The keys can't be sought.
    #[error(transparent)]
    Redactor(#[from] RedactorError),
}

impl Console {
    /// Opens a console.
    pub fn new(
        auth: ConsoleAuth,
        target: ConsoleTarget,
        policy: SpendPolicy,
        clock: Clock,
    ) -> Result<Self, ConsoleError> {
        let redactor = match &target {
            ConsoleTarget::Endpoints(keys) => Redactor::new(keys.values())?,
            ConsoleTarget::Mock { key, .. } => Redactor::new([key])?,
        };
        let embedded = Catalog::embedded()?;
        let (turn, images) = (Arc::new(Semaphore::new(1)), ImageCache::default());
        Ok(Self { auth, target, policy, clock, embedded, redactor, turn, images })
    }

    /// A document without keys, whatever a server wrote into its answer.
    fn document(&self, value: &Value) -> Response {
        uncached("application/json", self.redactor.redact_text(&value.to_string()))
    }
}

#[derive(Debug, Clone)]
struct ConsoleState {
    console: Arc<Console>,
    snapshot: SharedSnapshot,
}

/// The routes of the console, and apart from them the one that takes as long as an endpoint does.
pub(super) fn routes(console: Console, snapshot: &SharedSnapshot) -> (Router, Router) {
    let state = ConsoleState { console: Arc::new(console), snapshot: snapshot.clone() };
    // Whoever may not use it is refused before a body is read.
    let authorized = || middleware::from_fn_with_state(state.clone(), authorize);
    let bounded = Router::new()
        .route("/console/plan", post(plan))
        .route_layer(authorized())
        .route(CONSOLE_PAGE, get(page))
        .route("/console/images/{id}", get(image));
    let unbounded = Router::new().route("/console/send", post(send)).route_layer(authorized());
    (bounded.with_state(state.clone()), unbounded.with_state(state))
}

async fn authorize(
    State(state): State<ConsoleState>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    state.console.auth.authorize(request.headers())?;
    let kind = request.headers().get(header::CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
    if !kind.starts_with(b"application/json") {
        return Err(ApiError::NotJson);
    }
    Ok(next.run(request).await)
}

async fn page(State(state): State<ConsoleState>, headers: HeaderMap) -> Result<Response, ApiError> {
    state.console.auth.require_own_page(&headers)?;
    let page = state.snapshot.current().static_file(CONSOLE_PAGE).await?;
    Ok(page.to_private_response(&headers))
}

async fn plan(State(state): State<ConsoleState>, body: Bytes) -> Result<Response, ApiError> {
    let work = |console: &Console, snapshot: &Snapshot, request: &ConsoleRequest| {
        request::plan(console, snapshot, request)
    };
    answer(state, &body, work).await
}

async fn send(State(state): State<ConsoleState>, body: Bytes) -> Result<Response, ApiError> {
    let turn = Arc::clone(&state.console.turn).try_acquire_owned().map_err(|_| ApiError::Busy)?;
    let work = move |console: &Console, snapshot: &Snapshot, request: &ConsoleRequest| {
        // Held until all is settled, also when nobody waits for the answer any more.
        let _turn = turn;
        send::send(console, snapshot, request)
    };
    answer(state, &body, work).await
}

/// Reads a request and does the work on a thread that may wait for the ledger.
async fn answer(
    state: ConsoleState,
    body: &[u8],
    work: impl FnOnce(&Console, &Snapshot, &ConsoleRequest) -> Result<Value, ApiError> + Send + 'static,
) -> Result<Response, ApiError> {
    let request = ConsoleRequest::parse(body).map_err(ApiError::Invalid)?;
    let (console, snapshot) = (state.console, state.snapshot.current());
    let done = tokio::task::spawn_blocking(move || match work(&console, &snapshot, &request) {
        Ok(document) => Ok(console.document(&document)),
        Err(ApiError::NotSent(why)) => Err(ApiError::NotSent(console.redactor.redact_text(&why))),
        Err(other) => Err(other),
    });
    done.await.map_err(|_| ApiError::Internal)?
}

async fn image(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    state.console.auth.require_own_page(&headers)?;
    let (kind, bytes) = state.console.images.get(&id).ok_or(ApiError::NotFound)?;
    let kind = HeaderValue::from_str(&format!("image/{kind}")).map_err(|_| ApiError::Internal)?;
    let cache = HeaderValue::from_static("no-store");
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)], bytes).into_response())
}
