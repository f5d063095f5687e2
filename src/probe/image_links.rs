//! Images in an answer: where the contract says, else the first link that could be one.

use serde_json::Value;

use crate::catalog::{AnswerClause, AnswerRole, CallName};
use crate::contract::{Contract, Exchange, at};

/// More images than any answer holds; the rest is not fetched.
const MAX_IMAGES: usize = 16;

/// An image that an answer names or holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ImageRef {
    /// Behind a link; where it stood, if no clause said so.
    Link {
        link: String,
        /// Its place in the body, where no source shows one.
        place: Option<String>,
    },
    Inline {
        base64: String,
    },
}

/// All images that an answer of a call has.
pub(super) fn image_refs(contract: &Contract<'_>, call: CallName, body: &Value) -> Vec<ImageRef> {
    let mut found = Vec::new();
    for answer in contract.clauses::<AnswerClause>().filter(|answer| answer.call == call) {
        for text in all(body, &answer.path) {
            let image = if answer.role == Some(AnswerRole::ImageLink) {
                ImageRef::Link { link: text.to_owned(), place: None }
            } else if answer.role == Some(AnswerRole::ImageBase64) {
                ImageRef::Inline { base64: text.to_owned() }
            } else {
                continue;
            };
            if !found.contains(&image) {
                found.push(image);
            }
        }
    }
    if found.is_empty() {
        found.extend(anywhere(contract, body));
    }
    found.truncate(MAX_IMAGES);
    found
}

/// Every text at a path, through all items of its arrays.
fn all<'v>(value: &'v Value, path: &str) -> Vec<&'v str> {
    let Some((array, rest)) = path.split_once("[]") else {
        return at(value, path).and_then(Value::as_str).into_iter().collect();
    };
    let items = at(value, array).and_then(Value::as_array);
    let rest = rest.trim_start_matches('.');
    let inner = |item: &'v Value| {
        if rest.is_empty() { item.as_str().into_iter().collect() } else { all(item, rest) }
    };
    items.into_iter().flatten().flat_map(inner).collect()
}

/// The first link in a body that is not the task's own address.
fn anywhere(contract: &Contract<'_>, body: &Value) -> Option<ImageRef> {
    let own: Vec<&str> = contract
        .clauses::<AnswerClause>()
        .filter(|answer| answer.role == Some(AnswerRole::PollLink))
        .filter_map(|answer| at(body, &answer.path)?.as_str())
        .collect();
    let (link, place) = first_link(body, String::new(), &own)?;
    Some(ImageRef::Link { link, place: Some(place) })
}

fn first_link(value: &Value, place: String, own: &[&str]) -> Option<(String, String)> {
    match value {
        Value::String(text) => {
            let link = text.starts_with("https://") || text.starts_with("http://");
            (link && !own.contains(&text.as_str())).then(|| (text.clone(), place))
        }
        Value::Array(items) => {
            items.iter().find_map(|item| first_link(item, format!("{place}[]"), own))
        }
        Value::Object(object) => object.iter().find_map(|(key, value)| {
            let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
            first_link(value, place, own)
        }),
        _ => None,
    }
}

/// Where an image link stood that no source shows.
pub(super) fn unstated(contract: &Contract<'_>, exchange: &Exchange) -> Option<String> {
    let done = exchange.task.as_ref().filter(|task| task.is_done());
    let (call, body) = match done {
        Some(task) => match (&task.result, task.polls.last()) {
            (Some(result), _) => (CallName::Result, result),
            (None, last) => (CallName::Poll, last?),
        },
        None => (CallName::Create, &exchange.body),
    };
    image_refs(contract, call, body).into_iter().find_map(|found| {
        let ImageRef::Link { place: Some(place), .. } = found else { return None };
        Some(format!("the image link stood at `{place}`"))
    })
}
