//! What only a server can do: answers to questions, how the server itself is, and files for those
//! who ask for them in an unusual way.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use tokio::sync::Semaphore;

use super::answer::Answer;
use super::asked::Asked;
use super::compare_api::{COMPARE, FEW_LISTINGS, MOST_QUERY, answered};
use super::console::{self, Console};
use super::error::{ApiError, json_of, text_of};
use super::guard::{MOST_BODY, guard};
use super::snapshot::{SharedSnapshot, Snapshot};
use super::{Clock, Options, metrics};

/// What the routes share.
#[derive(Debug, Clone)]
pub(super) struct Served {
    pub(super) live: SharedSnapshot,
    pub(super) questions: Arc<Semaphore>,
    pub(super) patience: Duration,
    pub(super) clock: Clock,
    pub(super) history: Option<PathBuf>,
    pub(super) console: Option<Arc<Console>>,
}

/// What the routes share, by the options.
pub(super) fn served(live: SharedSnapshot, console: Option<Console>, options: &Options) -> Served {
    Served {
        live,
        questions: Arc::new(Semaphore::new(options.questions)),
        patience: options.patience,
        clock: options.clock,
        history: options.history.clone(),
        console: console.map(Arc::new),
    }
}

/// Every route besides the files of the site.
pub(super) fn routes(served: Served) -> Router {
    let mut router = Router::new()
        .route(COMPARE, get(compare))
        .route("/healthz", get(|| async { text_of("text/plain; charset=utf-8", "ok\n".into()) }))
        .route("/live.json", get(state))
        .route("/metrics", get(metrics::metrics));
    if served.console.is_some() {
        router = router.merge(console::routes());
    }
    router
        .fallback(file)
        .layer(DefaultBodyLimit::max(usize::try_from(MOST_BODY).unwrap_or(usize::MAX)))
        .layer(axum::middleware::from_fn_with_state(served.clone(), guard))
        .with_state(served)
}

/// `/api/v1/compare?images=1000&quality=hd`: the flags of the command, the same JSON.
async fn compare(State(served): State<Served>, request: Request) -> Result<Response, ApiError> {
    let query = request.uri().query().unwrap_or_default().to_owned();
    if query.len() > MOST_QUERY {
        return Err(ApiError::Question(format!("a question has at most {MOST_QUERY} characters")));
    }
    let turn = Arc::clone(&served.questions).try_acquire_owned().map_err(|_| ApiError::Busy)?;
    let loaded = served.live.kept();
    let answer = move || {
        let _turn = turn;
        answered(&loaded, &query)
    };
    let few = served.live.now().catalog.listings.len() <= FEW_LISTINGS;
    let answer = if few {
        answer()
    } else {
        // Milliseconds of arithmetic must not hold up the pages of others.
        tokio::task::spawn_blocking(answer).await.map_err(|_| ApiError::Failed)?
    };
    let answer = answer.map_err(ApiError::Question)?;
    whole(&answer, &request, StatusCode::OK).ok_or(ApiError::Failed)
}

/// What the pages look at to see whether they are still what is served.
async fn state(State(served): State<Served>) -> Response {
    let loaded = served.live.now();
    json_of(&json!({
        "format": 1,
        "digest": loaded.catalog.digest,
        "as_of": loaded.today.to_string(),
        "findings": &*served.live.findings(),
    }))
}

/// A file for a request that is not a plain one, another address of it, or that there is none.
async fn file(State(served): State<Served>, request: Request) -> Result<Response, ApiError> {
    let loaded = served.live.now();
    let path = request.uri().path();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if let Some(answer) = loaded.shelf.at(path) {
        if !reads {
            return Err(ApiError::Method("GET, HEAD"));
        }
        return whole(answer, &request, StatusCode::OK).ok_or(ApiError::Failed);
    }
    if let Some(there) = moved(&loaded, path).filter(|_| reads) {
        let there = HeaderValue::from_str(&there).map_err(|_| ApiError::Missing)?;
        return Ok((StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, there)]).into_response());
    }
    let accepts = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let reader = accepts.is_some_and(|accept| accept.contains("text/html"));
    if reads && reader && !path.starts_with("/api/") {
        let page = loaded.shelf.at("/404.html");
        let page = page.and_then(|page| whole(page, &request, StatusCode::NOT_FOUND));
        return page.ok_or(ApiError::Missing);
    }
    Err(ApiError::Missing)
}

/// Where a page stands whose address was written without the slash, or with its file name. Only
/// what is on the shelf is named, so that the way leads nowhere else.
fn moved(loaded: &Snapshot, path: &str) -> Option<String> {
    let slash = format!("{path}/");
    let folder = path.strip_suffix("index.html").unwrap_or(&slash);
    loaded.shelf.at(folder).map(|_| folder.to_owned())
}

/// An answer of the shelf, for the routes.
pub(super) fn whole(answer: &Answer, request: &Request, status: StatusCode) -> Option<Response> {
    let asked = Asked::from_map(request.headers());
    let wire = asked.wire(answer)?;
    let unchanged = status == StatusCode::OK && asked.has(&wire.tag);
    let head = if unchanged { wire.unchanged() } else { wire.head() };
    let mut response = Response::new(Body::empty());
    for line in std::str::from_utf8(head).ok()?.split("\r\n") {
        let Some((name, value)) = line.split_once(": ") else { continue };
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        response.headers_mut().insert(name, HeaderValue::from_str(value).ok()?);
    }
    *response.status_mut() = if unchanged { StatusCode::NOT_MODIFIED } else { status };
    if status != StatusCode::OK {
        response.headers_mut().remove(header::ETAG);
    }
    if !unchanged && request.method() != Method::HEAD {
        *response.body_mut() = Body::from(wire.body().ok()?);
    }
    Some(response)
}
