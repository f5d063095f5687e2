//! What an endpoint promises, clause by clause with its sources, as words and as JSON.

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::text::{AsText, FilePlace};
use crate::catalog::{Catalog, Clause, ClauseBody, Scalar, TaskClause, TaskState};
use crate::contract::{Contract, Promise};

/// Keys whose values speak for themselves.
const PLAIN: [&str; 9] =
    ["name", "method", "url", "call", "path", "type", "what", "header", "content-type"];

/// What a clause says, on one line.
pub fn words(clause: &Clause) -> String {
    if let ClauseBody::Task(task) = &clause.body {
        return status_values(task);
    }
    // The type that a refusal has is a word of its body.
    let is_plain = |key| PLAIN.contains(&key) && (key != "type" || !is_refusal(&clause.body));
    let part = |(key, value): (&'static str, Scalar)| match value {
        Scalar::Flag(true) => key.to_owned(),
        Scalar::Flag(false) => format!("not {key}"),
        Scalar::Text(text) if is_plain(key) && !text.is_empty() => text,
        Scalar::Text(text) if text.is_empty() => format!("no {key}"),
        Scalar::Text(text) => format!("{key} {text}"),
        Scalar::Texts(texts) => format!("{key} {}", texts.join(" | ")),
        Scalar::Count(count) => format!("{key} {count}"),
    };
    clause.body.entries().into_iter().map(part).collect::<Vec<_>>().join(", ")
}

/// `completed, which means done`.
fn status_values(task: &TaskClause) -> String {
    let value = |state: &TaskState| {
        let words = task.words(*state)?.join(" or ");
        let meaning = match state {
            TaskState::UnderWay => "under way",
            TaskState::Done => "done",
            TaskState::Failed => "failed",
        };
        let is_plain = words == meaning;
        Some(if is_plain { words } else { format!("{words}, which means {meaning}") })
    };
    TaskState::ALL.iter().filter_map(value).collect::<Vec<_>>().join("; ")
}

fn is_refusal(body: &ClauseBody) -> bool {
    matches!(body, ClauseBody::Error(_) | ClauseBody::ErrorBody(_))
}

/// The sides of a promise by what they say, in the order of the file.
pub fn views<'p, 'c>(promise: &'p Promise<'c>) -> Vec<Vec<&'p &'c Clause>> {
    let mut views: Vec<Vec<&'p &'c Clause>> = Vec::new();
    for side in &promise.sides {
        match views.iter_mut().find(|view| view[0].body == side.body) {
            Some(view) => view.push(side),
            None => views.push(vec![side]),
        }
    }
    views
}

/// The contract's part of the document.
#[derive(Debug, Serialize)]
pub(super) struct ContractBody<'s> {
    endpoint: &'s str,
    promises: Vec<PromiseBody<'s>>,
}

impl<'s> ContractBody<'s> {
    pub(super) fn new(catalog: &'s Catalog, contract: &'s Contract<'s>) -> Self {
        let side = |clause: &'s Clause| ClauseSide {
            source: &clause.source,
            at: clause.at.as_deref(),
            address: catalog.address(&clause.source),
            seen: clause.seen,
            note: clause.note.as_deref(),
            place: AsText(FilePlace(&contract.endpoint.entity, clause.position)),
        };
        let promises = contract.promises.iter().map(|promise| PromiseBody {
            id: promise.id,
            kind: promise.kind.key(),
            state: if promise.is_disputed() { "disputed" } else { "agreed" },
            views: views(promise)
                .into_iter()
                .map(|sides| ClauseClaim {
                    says: Says(sides[0]),
                    sides: sides.iter().map(|clause| side(clause)).collect(),
                })
                .collect(),
        });
        Self { endpoint: &contract.endpoint.id, promises: promises.collect() }
    }
}

#[derive(Debug, Serialize)]
struct PromiseBody<'s> {
    id: &'s str,
    kind: &'static str,
    state: &'static str,
    views: Vec<ClauseClaim<'s>>,
}

#[derive(Debug, Serialize)]
struct ClauseClaim<'s> {
    says: Says<'s>,
    sides: Vec<ClauseSide<'s>>,
}

#[derive(Debug, Serialize)]
struct ClauseSide<'s> {
    source: &'s str,
    at: Option<&'s str>,
    address: Option<&'s str>,
    seen: Date,
    note: Option<&'s str>,
    place: AsText<FilePlace<'s>>,
}

/// What a clause says, by key.
#[derive(Debug)]
struct Says<'s>(&'s Clause);

impl Serialize for Says<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.0.body.sorted_entries().into_iter();
        serializer.collect_map(entries.map(|(key, value)| (key, ScalarValue(value))))
    }
}

/// A value in the type it has.
struct ScalarValue(Scalar);

impl Serialize for ScalarValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Scalar::Text(text) => text.serialize(serializer),
            Scalar::Texts(texts) => texts.serialize(serializer),
            Scalar::Count(count) => count.serialize(serializer),
            Scalar::Flag(yes) => yes.serialize(serializer),
        }
    }
}
