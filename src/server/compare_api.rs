//! `/api/v1/compare?images=1000&quality=hd`: the flags of the command as a query, the same JSON.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::Semaphore;

use super::error::ApiError;
use super::snapshot::{SharedSnapshot, Snapshot};
use crate::pricing::Query;

/// Where questions are asked.
pub(super) const COMPARE: &str = "/api/v1/compare";

/// The longest query.
const MAX_QUERY_LEN: usize = 4096;

/// With more listings an answer takes milliseconds, which must not hold up the pages of others.
const MAX_INLINE_LISTINGS: usize = 200;

#[derive(Debug, Clone)]
struct CompareState {
    snapshot: SharedSnapshot,
    questions: Arc<Semaphore>,
}

/// The route; as many questions are answered at once as there are permits.
pub(super) fn routes(snapshot: &SharedSnapshot, questions: Arc<Semaphore>) -> Router {
    let state = CompareState { snapshot: snapshot.clone(), questions };
    Router::new().route(COMPARE, get(compare)).with_state(state)
}

async fn compare(
    State(state): State<CompareState>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = query.unwrap_or_default();
    if query.len() > MAX_QUERY_LEN {
        let message = format!("a question has at most {MAX_QUERY_LEN} characters");
        return Err(ApiError::Invalid(message));
    }
    let turn = state.questions.try_acquire_owned().map_err(|_| ApiError::Busy)?;
    let snapshot = state.snapshot.current();
    let is_small = snapshot.catalog().listings.len() <= MAX_INLINE_LISTINGS;
    let work = move || {
        let _turn = turn;
        answer(&snapshot, &query)
    };
    let answer = if is_small {
        work()
    } else {
        tokio::task::spawn_blocking(work).await.map_err(|_| ApiError::Internal)?
    };
    let body = answer.map_err(ApiError::Invalid)?;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, body).into_response())
}

/// The document of a question; the error is one line that names the key.
fn answer(snapshot: &Snapshot, query: &str) -> Result<String, String> {
    let mut question = Query::default();
    for (key, text) in url::form_urlencoded::parse(query.as_bytes()) {
        question.set(&key, &text)?;
    }
    let table = snapshot.prices.table(&question.terms(&question.job)?);
    question.answer(&table, snapshot.today)
}
