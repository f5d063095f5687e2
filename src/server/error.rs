//! Answers that say no: one line of words, as JSON for programs.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Seconds after which somebody who was sent away may come again.
const COME_AGAIN: &str = "1";

/// Why a request is not answered; what lies behind an inner failure is not told.
#[derive(Debug)]
pub(super) enum ApiError {
    /// The question can't be answered.
    Question(String),
    /// It comes from a page or a host that may not ask.
    Stranger(&'static str),
    /// There is nothing at the address.
    Missing,
    /// The address takes other methods.
    Method(&'static str),
    /// It can't be sent, and nothing was.
    NotSent(String),
    /// The body is longer than any honest one.
    TooLarge,
    /// The body is no JSON.
    NoJson,
    /// Others are asking.
    Busy,
    /// It took too long.
    TooLong,
    /// Something failed here.
    Failed,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, text) = match &self {
            Self::Question(text) => (StatusCode::BAD_REQUEST, text.as_str()),
            Self::Stranger(text) => (StatusCode::FORBIDDEN, *text),
            Self::Missing => (StatusCode::NOT_FOUND, "there is nothing at this address"),
            Self::Method(_) => (StatusCode::METHOD_NOT_ALLOWED, "this address takes other methods"),
            Self::NotSent(text) => (StatusCode::CONFLICT, text.as_str()),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "the body is too long"),
            Self::NoJson => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body is not JSON"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "too many ask at once; try again"),
            Self::TooLong => (StatusCode::SERVICE_UNAVAILABLE, "it took too long; try again"),
            Self::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "it failed here"),
        };
        let mut response =
            (status, json_of(&json!({ "format": 1, "error": text }))).into_response();
        let mut add = |name, value| {
            response.headers_mut().insert(name, header::HeaderValue::from_static(value));
        };
        match self {
            Self::Method(allowed) => add(header::ALLOW, allowed),
            Self::Busy | Self::TooLong => add(header::RETRY_AFTER, COME_AGAIN),
            Self::TooLarge => add(header::CONNECTION, "close"),
            _ => {}
        }
        response
    }
}

/// A document that is made for this request, and kept by nobody.
pub(super) fn json_of(value: &Value) -> Response {
    text_of("application/json", value.to_string())
}

/// The same for any text.
pub(super) fn text_of(kind: &'static str, text: String) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], text).into_response()
}
