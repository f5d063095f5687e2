//! The routes of the server, and what holds for all of them: one well-formed host, bounds on time
//! and body, JSON for every refusal, the security headers, and the count of answers.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Version, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use tokio::sync::Semaphore;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::ServerOptions;
use super::compare_api;
use super::console::{self, Console, is_host};
use super::error::{ApiError, json_response, uncached};
use super::metrics::{self, Metrics};
use super::snapshot::{SharedSnapshot, Snapshot};

/// The longest body of a request.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// What every answer says: nothing is guessed, framed or loaded from elsewhere.
pub(super) const SECURITY_HEADERS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
];

/// Every route, with what holds for all of them.
pub(super) fn router(
    metrics: Arc<Metrics>,
    snapshot: &SharedSnapshot,
    console: Option<Console>,
    options: &ServerOptions,
) -> Router {
    let questions = Arc::new(Semaphore::new(options.questions));
    let (bounded, unbounded) = console.map(|console| console::routes(console, snapshot)).unzip();
    let bounded = Router::new()
        .route("/healthz", get(healthz))
        .route("/live.json", get(live_state))
        .fallback(static_file)
        .with_state(snapshot.clone())
        .merge(metrics::routes(Arc::clone(&metrics), snapshot, &questions, options))
        .merge(compare_api::routes(snapshot, questions))
        .merge(bounded.unwrap_or_default());
    let timeout =
        TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, options.answer_timeout);
    bounded
        .layer(timeout)
        .merge(unbounded.unwrap_or_default())
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(middleware::from_fn(require_host))
        .layer(middleware::map_response(complete))
        .layer(middleware::from_fn_with_state(metrics, metrics::count_request))
}

async fn healthz() -> Response {
    uncached("text/plain; charset=utf-8", "ok\n".to_owned())
}

/// What the pages look at to see whether they are still what is served.
async fn live_state(State(snapshot): State<SharedSnapshot>) -> Response {
    let current = snapshot.current();
    json_response(&json!({
        "format": 1,
        "digest": current.catalog().digest,
        "as_of": current.today.to_string(),
        "findings": &*snapshot.findings(),
    }))
}

/// A file of the site, the way to one, or the page that says that there is none.
async fn static_file(
    State(snapshot): State<SharedSnapshot>,
    request: Request,
) -> Result<Response, ApiError> {
    let snapshot = snapshot.current();
    let path = request.uri().path();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if snapshot.static_files.contains(path) {
        if !is_read {
            return Err(ApiError::MethodNotAllowed);
        }
        return Ok(snapshot.static_file(path).await?.to_response(request.headers()));
    }
    if !is_read {
        return Err(ApiError::NotFound);
    }
    if let Some(page) = page_address(&snapshot, path) {
        let location = HeaderValue::from_str(&page).map_err(|_| ApiError::NotFound)?;
        return Ok((StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, location)]).into_response());
    }
    let accepts = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let is_reader = accepts.is_some_and(|accept| accept.contains("text/html"));
    if is_reader && !path.starts_with("/api/") {
        let page = snapshot.static_file("/404.html").await.map_err(|_| ApiError::NotFound)?;
        return Ok(page.to_error_page(request.headers(), StatusCode::NOT_FOUND));
    }
    Err(ApiError::NotFound)
}

/// Where a page stands whose address was written without the slash, or with its file name. Only
/// pages of the site are named, so that the redirect leads nowhere else.
fn page_address(snapshot: &Snapshot, path: &str) -> Option<String> {
    let folder = path.strip_suffix("index.html").map_or(format!("{path}/"), str::to_owned);
    snapshot.static_files.contains(&folder).then_some(folder)
}

/// Refuses a request that does not name exactly one well-formed host.
async fn require_host(request: Request, next: Next) -> Response {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let is_well_formed = match (hosts.next(), hosts.next()) {
        (None, _) => request.version() <= Version::HTTP_10,
        (Some(host), None) => host.to_str().is_ok_and(is_host),
        (Some(_), Some(_)) => false,
    };
    if is_well_formed {
        next.run(request).await
    } else {
        ApiError::Invalid("a request names one host".to_owned()).into_response()
    }
}

/// Adds the security headers, and our document to a refusal that a library made.
async fn complete(response: Response) -> Response {
    let status = response.status();
    let is_refusal = status.is_client_error() || status.is_server_error();
    let has_document = response.headers().contains_key(header::CACHE_CONTROL);
    let error = ApiError::from_status(status).filter(|_| is_refusal && !has_document);
    let mut response = match error {
        Some(error) => {
            let mut refusal = error.into_response();
            if let Some(allowed) = response.headers().get(header::ALLOW) {
                refusal.headers_mut().insert(header::ALLOW, allowed.clone());
            }
            refusal
        }
        None => response,
    };
    for (name, value) in SECURITY_HEADERS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    response
}
