//! What only a server can do: answers to questions, and how the server itself is.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};

use super::live::Live;
use crate::compare::Question;

/// The longest question.
const MOST_QUERY: usize = 4096;

/// Every route besides the files of the site.
pub fn routes(live: Live) -> Router {
    Router::new()
        .route("/api/v1/compare", get(compare))
        .route("/healthz", get(|| async { "ok\n" }))
        .fallback(missing)
        .with_state(live)
}

/// A refusal, for people and programs.
enum Refusal {
    /// The question can't be answered.
    Question(String),
    /// There is nothing at the address.
    Missing,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            Self::Question(text) => (StatusCode::BAD_REQUEST, text),
            Self::Missing => (StatusCode::NOT_FOUND, "there is nothing at this address".to_owned()),
        };
        (status, document(&json!({ "format": 1, "error": text }))).into_response()
    }
}

fn document(value: &Value) -> impl IntoResponse + use<> {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string())
}

/// `/api/v1/compare?images=1000&quality=hd`: the flags of the command, the same JSON.
async fn compare(State(live): State<Live>, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let query = query.unwrap_or_default();
    if query.len() > MOST_QUERY {
        return Err(Refusal::Question(format!("a question has at most {MOST_QUERY} characters")));
    }
    let mut question = Question::default();
    for (key, text) in url::form_urlencoded::parse(query.as_bytes()) {
        question.set(&key, &text).map_err(Refusal::Question)?;
    }
    let loaded = live.now();
    let answer = question.answer(&loaded.catalog, loaded.today).map_err(Refusal::Question)?;
    Ok(document(&answer).into_response())
}

async fn missing() -> Refusal {
    Refusal::Missing
}
