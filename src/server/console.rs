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
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use rust_decimal::Decimal;
use serde_json::Value;
use tokio::sync::Semaphore;

use super::Clock;
use super::error::{ApiError, text_of};
use super::router::{Served, whole};
use super::snapshot::Snapshot;
use super::static_files::CONSOLE;
use crate::catalog::{Catalog, Currency, OpenError};
use crate::pricing::GivenRate;
use crate::probe::{ApiKey, Redactor, RedactorError};

mod auth;
mod image_cache;
mod request;
mod send;

pub use auth::ConsoleAuth;

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
    place: ConsoleTarget,
    till: SpendPolicy,
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
        place: ConsoleTarget,
        till: SpendPolicy,
        clock: Clock,
    ) -> Result<Self, ConsoleError> {
        let redactor = match &place {
            ConsoleTarget::Endpoints(keys) => Redactor::new(keys.values())?,
            ConsoleTarget::Mock { key, .. } => Redactor::new([key])?,
        };
        let embedded = Catalog::embedded()?;
        let (turn, images) = (Arc::new(Semaphore::new(1)), ImageCache::default());
        Ok(Self { auth, place, till, clock, embedded, redactor, turn, images })
    }

    /// A document without keys, whatever a server wrote into its answer.
    fn document(&self, value: &Value) -> Response {
        text_of("application/json", self.redactor.redact_text(&value.to_string()))
    }
}

/// The routes of the console; there are none where there is no console.
pub(super) fn routes() -> Router<Served> {
    Router::new()
        .route(CONSOLE, get(page))
        .route("/console/plan", post(plan))
        .route("/console/send", post(send))
        .route("/console/images/{id}", get(image))
}

async fn page(State(served): State<Served>, request: Request) -> Result<Response, ApiError> {
    let console = served.console.as_deref().ok_or(ApiError::Missing)?;
    console.auth.knows(request.headers())?;
    let loaded = served.live.now();
    let page = loaded.shelf.console().ok_or(ApiError::Missing)?;
    let mut page = whole(page, &request, StatusCode::OK).ok_or(ApiError::Failed)?;
    // It holds the token.
    page.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    page.headers_mut().remove(header::ETAG);
    Ok(page)
}

async fn plan(
    State(served): State<Served>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let work =
        |console: &Console, loaded: &Snapshot, wish: &ConsoleRequest| console.plan(loaded, wish);
    asked(&served, &headers, &body, work).await
}

async fn send(
    State(served): State<Served>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let console = served.console.as_ref().ok_or(ApiError::Missing)?;
    console.auth.authorize(&headers)?;
    let turn = Arc::clone(&console.turn).try_acquire_owned().map_err(|_| ApiError::Busy)?;
    let work = move |console: &Console, loaded: &Snapshot, wish: &ConsoleRequest| {
        // Held until all is settled, also when nobody waits for the answer any more.
        let _turn = turn;
        console.send(loaded, wish)
    };
    asked(&served, &headers, &body, work).await
}

/// Does what only the console's own page may have done, on a thread that may wait for the ledger.
async fn asked(
    served: &Served,
    headers: &HeaderMap,
    body: &[u8],
    work: impl FnOnce(&Console, &Snapshot, &ConsoleRequest) -> Result<Value, ApiError> + Send + 'static,
) -> Result<Response, ApiError> {
    let console = Arc::clone(served.console.as_ref().ok_or(ApiError::Missing)?);
    console.auth.authorize(headers)?;
    let kind = headers.get(header::CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
    if !kind.starts_with(b"application/json") {
        return Err(ApiError::NoJson);
    }
    let wish = ConsoleRequest::read(body).map_err(ApiError::Question)?;
    let loaded = served.live.kept();
    let done = tokio::task::spawn_blocking(move || {
        work(&console, &loaded, &wish).map(|value| console.document(&value)).map_err(|refusal| {
            match refusal {
                ApiError::NotSent(why) => ApiError::NotSent(console.redactor.redact_text(&why)),
                other => other,
            }
        })
    });
    done.await.map_err(|_| ApiError::Failed)?
}

async fn image(
    State(served): State<Served>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let console = served.console.as_deref().ok_or(ApiError::Missing)?;
    console.auth.knows(&headers)?;
    let (kind, bytes) = console.images.at(&id).ok_or(ApiError::Missing)?;
    let kind = HeaderValue::from_str(&format!("image/{kind}")).map_err(|_| ApiError::Failed)?;
    let kept = HeaderValue::from_static("no-store");
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept)], bytes).into_response())
}
