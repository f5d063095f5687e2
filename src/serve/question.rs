//! Answers to questions: worked out when they are asked for, and kept for a while for those who
//! ask the same of the same catalog.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::answer::Answer;
use super::live::Loaded;
use super::routes::Served;
use crate::compare::Question;

/// Where questions are asked.
pub(super) const COMPARE: &str = "/api/v1/compare";

/// The longest question.
pub(super) const MOST_QUERY: usize = 4096;

/// With more listings than this a question is answered beside the others, not before them.
pub(super) const FEW_LISTINGS: usize = 200;

/// So many answers are kept at most, and so many bytes; then all are forgotten, which costs less
/// than to know which of them is the oldest.
const MOST_KEPT: usize = 1024;
const MOST_BYTES: usize = 32 << 20;

/// Answers by what was asked, of one catalog and day: it goes with them.
#[derive(Debug, Default)]
pub(super) struct Kept(RwLock<(usize, HashMap<String, Arc<Answer>>)>);

impl Kept {
    fn at(&self, query: &str) -> Option<Arc<Answer>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).1.get(query).cloned()
    }

    fn add(&self, query: &str, answer: &Arc<Answer>, bytes: usize) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.1.len() >= MOST_KEPT || kept.0 + bytes > MOST_BYTES {
            *kept = (0, HashMap::new());
        }
        if kept.1.insert(query.to_owned(), Arc::clone(answer)).is_none() {
            kept.0 += bytes;
        }
    }
}

/// The answer to a question.
pub(super) fn answered(loaded: &Loaded, query: &str) -> Result<Arc<Answer>, String> {
    if let Some(answer) = loaded.kept.at(query) {
        return Ok(answer);
    }
    let mut question = Question::default();
    for (key, text) in url::form_urlencoded::parse(query.as_bytes()) {
        question.set(&key, &text)?;
    }
    let text = question.answer(&loaded.catalog, loaded.today)?;
    let answer = Arc::new(Answer::of_the_moment(text.as_bytes()));
    if loaded.catalog.listings.len() <= FEW_LISTINGS {
        loaded.kept.add(query, &answer, text.len() + query.len());
    }
    Ok(answer)
}

/// The answer where it takes no time; anything else is the routes' to answer or to refuse.
pub(super) fn at_once(served: &Served, loaded: &Loaded, query: &str) -> Option<Arc<Answer>> {
    if let Some(answer) = loaded.kept.at(query) {
        return Some(answer);
    }
    if query.len() > MOST_QUERY || loaded.catalog.listings.len() > FEW_LISTINGS {
        return None;
    }
    let _turn = served.questions.try_acquire().ok()?;
    answered(loaded, query).ok()
}
