//! Answers to questions: worked out when they are asked for, and kept for a while for those who
//! ask the same of the same catalog.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::answer::Answer;
use super::router::Served;
use super::snapshot::Snapshot;
use crate::pricing::{MOST_PREPARED, Prepared, Question};

/// Where questions are asked.
pub(super) const COMPARE: &str = "/api/v1/compare";

/// The longest question.
pub(super) const MOST_QUERY: usize = 4096;

/// With more listings than this a question is answered beside the others, not before them.
pub(super) const FEW_LISTINGS: usize = 200;

/// What names the number of images, as the first of a query and as another.
const IMAGES: &str = "images=";
const AND_IMAGES: &str = "&images=";

/// So many answers are kept at most, and so many bytes; then all are forgotten, which costs less
/// than to know which of them is the oldest.
const MOST_KEPT: usize = 1024;
const MOST_BYTES: usize = 32 << 20;

/// What was worked out, by what was asked, of one catalog and day: it goes with them.
#[derive(Debug, Default)]
pub(super) struct Kept(RwLock<(usize, HashMap<String, Entry>)>);

#[derive(Debug, Clone)]
enum Entry {
    /// The answer to one question.
    Whole(Arc<Answer>),
    /// That to a question, whatever the number of images.
    Prepared(Arc<Prepared>),
}

impl Kept {
    fn at(&self, query: &str, parted: Option<&(String, u64)>) -> Option<Arc<Answer>> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let entry = |key: &str| kept.1.get(key).cloned();
        let of_any = parted.and_then(|(rest, images)| Some((entry(rest)?, *images)));
        let whole = if of_any.is_none() { entry(query) } else { None };
        drop(kept);
        match (of_any, whole) {
            (Some((Entry::Prepared(prepared), images)), _) => {
                let mut length = 0;
                let begin = |known| {
                    length = known;
                    Answer::of_the_moment(known)
                };
                let bytes = prepared.answer_after(images, begin)?;
                Some(Arc::new(Answer::begun(bytes, length)))
            }
            (_, Some(Entry::Whole(answer))) => Some(answer),
            _ => None,
        }
    }

    fn add(&self, key: &str, entry: Entry, bytes: usize) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.1.len() >= MOST_KEPT || kept.0 + bytes > MOST_BYTES {
            *kept = (0, HashMap::new());
        }
        if kept.1.insert(key.to_owned(), entry).is_none() {
            kept.0 += bytes + key.len();
        }
    }
}

/// A query without its number of images, and that number, where an answer can be prepared for any.
/// What is left names no number, and is refused as a question, so that it is no other's key.
fn parted(query: &str) -> Option<(String, u64)> {
    let start = if query.starts_with(IMAGES) { 0 } else { query.find(AND_IMAGES)? + 1 };
    let (before, from) = query.split_at(start + IMAGES.len());
    let end = from.find('&').unwrap_or(from.len());
    let (number, after) = from.split_at(end);
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let images = number.parse().ok().filter(|n| digits && (1..=MOST_PREPARED).contains(n))?;
    Some(([before, after].concat(), images))
}

/// The answer to a question.
pub(super) fn answered(loaded: &Snapshot, query: &str) -> Result<Arc<Answer>, String> {
    let parted = parted(query);
    if let Some(answer) = loaded.kept.at(query, parted.as_ref()) {
        return Ok(answer);
    }
    let mut question = Question::default();
    for (key, text) in url::form_urlencoded::parse(query.as_bytes()) {
        question.set(&key, &text)?;
    }
    let few = loaded.catalog.listings.len() <= FEW_LISTINGS;
    if few
        && let Some((rest, _)) = &parted
        && let Some(prepared) = question.prepare(&loaded.catalog, loaded.today)
    {
        let bytes = prepared.bytes();
        loaded.kept.add(rest, Entry::Prepared(Arc::new(prepared)), bytes);
        if let Some(answer) = loaded.kept.at(query, parted.as_ref()) {
            return Ok(answer);
        }
    }
    let text = question.answer(&loaded.catalog, loaded.today)?;
    let mut bytes = Answer::of_the_moment(text.len());
    bytes.extend_from_slice(text.as_bytes());
    let answer = Arc::new(Answer::begun(bytes, text.len()));
    if few {
        loaded.kept.add(query, Entry::Whole(Arc::clone(&answer)), text.len());
    }
    Ok(answer)
}

/// The answer where it takes no time; anything else is the routes' to answer or to refuse.
pub(super) fn at_once(served: &Served, loaded: &Snapshot, query: &str) -> Option<Arc<Answer>> {
    if let Some(answer) = loaded.kept.at(query, parted(query).as_ref()) {
        return Some(answer);
    }
    if query.len() > MOST_QUERY || loaded.catalog.listings.len() > FEW_LISTINGS {
        return None;
    }
    let _turn = served.questions.try_acquire().ok()?;
    answered(loaded, query).ok()
}
