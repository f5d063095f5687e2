//! What an endpoint promises, clause by clause with its sources, as words and as JSON.

use serde_json::{Map, Value, json};

use super::place;
use crate::catalog::{Catalog, Clause, Scalar};
use crate::contract::{Contract, Promise};

/// Keys whose values speak for themselves.
const PLAIN: [&str; 9] =
    ["name", "method", "url", "call", "path", "type", "what", "header", "content-type"];

/// What a clause says, on one line.
pub fn words(clause: &Clause) -> String {
    let part = |(key, value): &(&'static str, Scalar)| match value {
        Scalar::Flag(true) => (*key).to_owned(),
        Scalar::Flag(false) => format!("not {key}"),
        // The type that a refusal has is a word of its body.
        Scalar::Text(text) if PLAIN.contains(key) && !text.is_empty() => {
            if *key == "type" && clause.text("path").or(clause.text("name")).is_none() {
                format!("type {text}")
            } else {
                text.clone()
            }
        }
        Scalar::Text(text) if text.is_empty() => format!("no {key}"),
        Scalar::Text(text) => format!("{key} {text}"),
        Scalar::Texts(texts) => format!("{key} {}", texts.join(" | ")),
        Scalar::Count(count) => format!("{key} {count}"),
    };
    // In the order in which the kind has its keys, whatever the order of the file.
    let keys = clause.kind.payload().iter();
    let says = keys.filter_map(|(key, ..)| clause.says.iter().find(|(name, _)| name == key));
    says.map(part).collect::<Vec<_>>().join(", ")
}

/// The sides of a promise by what they say, in the order of the file.
pub fn views<'p, 'c>(promise: &'p Promise<'c>) -> Vec<Vec<&'p &'c Clause>> {
    let mut views: Vec<Vec<&'p &'c Clause>> = Vec::new();
    for side in &promise.sides {
        match views.iter_mut().find(|view| view[0].says == side.says) {
            Some(view) => view.push(side),
            None => views.push(vec![side]),
        }
    }
    views
}

/// The contract's part of the document.
pub(super) fn document(catalog: &Catalog, contract: &Contract<'_>) -> Value {
    let side = |clause: &&Clause| {
        json!({
            "source": clause.source,
            "at": clause.at,
            "address": catalog.sources.get(&clause.source).map(|s| s.address.as_str()),
            "seen": clause.seen.to_string(),
            "note": clause.note,
            "place": place(contract.endpoint, clause.position),
        })
    };
    let view = |sides: &Vec<&&Clause>| {
        let says = sides[0].says.iter().map(|(key, value)| ((*key).to_owned(), scalar(value)));
        json!({
            "says": says.collect::<Map<_, _>>(),
            "sides": sides.iter().map(|clause| side(clause)).collect::<Vec<_>>(),
        })
    };
    let promise = |promise: &Promise<'_>| {
        json!({
            "id": promise.id,
            "kind": promise.kind.key(),
            "state": if promise.is_disputed() { "disputed" } else { "agreed" },
            "views": views(promise).iter().map(view).collect::<Vec<_>>(),
        })
    };
    json!({
        "endpoint": contract.endpoint.id,
        "promises": contract.promises.iter().map(promise).collect::<Vec<_>>(),
    })
}

fn scalar(value: &Scalar) -> Value {
    match value {
        Scalar::Text(text) => json!(text),
        Scalar::Texts(texts) => json!(texts),
        Scalar::Count(count) => json!(count),
        Scalar::Flag(yes) => json!(yes),
    }
}
