//! What holds for every route: a request that is well formed and bounded, an answer in time, the
//! headers that every answer has, and its count.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::answer::SAFETY;
use super::error::ApiError;
use super::host::is_host;
use super::router::Served;

/// The longest body of a request.
pub(super) const MOST_BODY: u64 = 64 * 1024;

/// Looks at a request before its route does, and at the answer after.
pub(super) async fn guard(State(served): State<Served>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let path = request.uri().path().to_owned();
    let name = name(&path);
    // A request to an endpoint has times of its own, and money hangs on it.
    let sends = path == "/console/send";
    let mut response = match refused(&request) {
        Some(refusal) => refusal.into_response(),
        None if sends => next.run(request).await,
        None => match tokio::time::timeout(served.patience, next.run(request)).await {
            Ok(response) => response,
            Err(_) => ApiError::TooLong.into_response(),
        },
    };
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let posts = matches!(path.as_str(), "/console/plan" | "/console/send");
        response = with_words(&response, if posts { "POST" } else { "GET, HEAD" });
    }
    for (name, value) in SAFETY {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    served.live.counts().route(name, response.status().as_u16(), start.elapsed());
    response
}

/// The router's own refusal of a method has no words, and names what it takes too late.
fn with_words(response: &Response, allowed: &'static str) -> Response {
    let mut refusal = ApiError::Method(allowed).into_response();
    if let Some(allowed) = response.headers().get(header::ALLOW) {
        refusal.headers_mut().insert(header::ALLOW, allowed.clone());
    }
    refusal
}

/// How a route is called in metrics.
fn name(path: &str) -> &'static str {
    match path {
        "/api/v1/compare" => "compare",
        "/healthz" => "health",
        "/metrics" => "metrics",
        "/live.json" => "live",
        path if path.starts_with("/console/") => "console",
        _ => "other",
    }
}

fn refused(request: &Request) -> Option<ApiError> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = hosts.next();
    let malformed = match host {
        Some(host) => !is_host(host.as_bytes()) || hosts.next().is_some(),
        None => request.version() > Version::HTTP_10,
    };
    if malformed {
        return Some(ApiError::Question("a request names one host".to_owned()));
    }
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    (length.unwrap_or(0) > MOST_BODY).then_some(ApiError::TooLarge)
}
