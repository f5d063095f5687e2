//! Answers to questions: queries on the price tables of what is served.

use std::sync::Arc;

use super::answer::Answer;
use super::router::Served;
use super::snapshot::Snapshot;
use crate::pricing::Query;

/// Where questions are asked.
pub(super) const COMPARE: &str = "/api/v1/compare";

/// The longest question.
pub(super) const MOST_QUERY: usize = 4096;

/// With more listings than this a question is answered beside the others, not before them.
pub(super) const FEW_LISTINGS: usize = 200;

/// The answer to a question.
pub(super) fn answered(loaded: &Snapshot, query: &str) -> Result<Arc<Answer>, String> {
    let mut question = Query::default();
    for (key, text) in url::form_urlencoded::parse(query.as_bytes()) {
        question.set(&key, &text)?;
    }
    let table = loaded.tables.table(&question.terms(&question.job)?);
    let text = question.answer(&table, loaded.today)?;
    let mut bytes = Answer::of_the_moment(text.len());
    bytes.extend_from_slice(text.as_bytes());
    Ok(Arc::new(Answer::begun(bytes, text.len())))
}

/// The answer where it takes no time; anything else is the routes' to answer or to refuse.
pub(super) fn at_once(served: &Served, loaded: &Snapshot, query: &str) -> Option<Arc<Answer>> {
    if query.len() > MOST_QUERY || loaded.catalog.listings.len() > FEW_LISTINGS {
        return None;
    }
    let _turn = served.questions.try_acquire().ok()?;
    answered(loaded, query).ok()
}
