//! Requests that are not answered: a status and one line of JSON; internal causes are never shown.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Seconds after which a client that was sent away may try again.
const RETRY_AFTER: &str = "1";

/// Why a request is not answered.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ApiError {
    /// The query or the document of the request is wrong; the text names the key.
    #[error("{0}")]
    Invalid(String),
    /// The request comes from a page or a host that may not ask.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Nothing stands at the address.
    #[error("there is nothing at this address")]
    NotFound,
    /// The address takes other methods.
    #[error("this address takes other methods")]
    MethodNotAllowed,
    /// The console's request can't be sent, and nothing was.
    #[error("{0}")]
    NotSent(String),
    /// The body is longer than the limit.
    #[error("the body is too long")]
    TooLarge,
    /// The body is not declared as JSON.
    #[error("the body is not JSON")]
    NotJson,
    /// Too many requests of this kind are under way.
    #[error("too many ask at once; try again")]
    Busy,
    /// The answer took longer than the limit.
    #[error("it took too long; try again")]
    TimedOut,
    /// Something failed in the server.
    #[error("it failed here")]
    Internal,
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotSent(_) => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Busy | Self::TimedOut => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The error that a library's answer without a document of ours stands for.
    pub(super) fn from_status(status: StatusCode) -> Option<Self> {
        Some(match status {
            StatusCode::BAD_REQUEST => Self::Invalid("the request is malformed".to_owned()),
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::SERVICE_UNAVAILABLE => Self::TimedOut,
            _ => return None,
        })
    }
}

/// The document of an error.
pub(super) fn error_document(message: &str) -> Value {
    json!({ "format": 1, "error": message })
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let document = error_document(&self.to_string());
        let mut response = (self.status(), json_response(&document)).into_response();
        let extra = match self {
            Self::MethodNotAllowed => Some((header::ALLOW, "GET, HEAD")),
            Self::Busy | Self::TimedOut => Some((header::RETRY_AFTER, RETRY_AFTER)),
            // What is left of the body is not read.
            Self::TooLarge => Some((header::CONNECTION, "close")),
            Self::Invalid(_)
            | Self::Forbidden(_)
            | Self::NotFound
            | Self::NotSent(_)
            | Self::NotJson
            | Self::Internal => None,
        };
        if let Some((name, value)) = extra {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

/// A document made for one request, which no cache keeps.
pub(super) fn json_response(document: &Value) -> Response {
    uncached("application/json", document.to_string())
}

/// A text made for one request, which no cache keeps.
pub(super) fn uncached(content_type: &'static str, text: String) -> Response {
    let headers = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-store")];
    (headers, text).into_response()
}
