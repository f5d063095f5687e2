//! A contract as pages show it: every promise with what each side says, and what no source states.

use crate::catalog::{Clause, ClauseKind, Scalar, TypedClause, UnknownClause};
use crate::contract::{Contract, Promise};
use crate::site::context::SiteContext;
use crate::site::format::key_text;
use crate::site::urls;
use crate::site::view::side::{self, ClauseWording};

/// One promise.
#[derive(Debug)]
pub(crate) struct PromiseView<'s> {
    pub(crate) id: String,
    pub(crate) anchor: String,
    pub(crate) disputed: bool,
    pub(crate) answers: Vec<ClauseWording<'s>>,
}

/// The promises of a kind.
#[derive(Debug)]
pub(crate) struct PromiseGroup<'s> {
    pub(crate) title: &'static str,
    pub(crate) promises: Vec<PromiseView<'s>>,
}

/// The kinds with their headings; what is unknown stands by itself.
const GROUPS: [(ClauseKind, &str); 7] = [
    (ClauseKind::Call, "Calls"),
    (ClauseKind::Auth, "Key"),
    (ClauseKind::Field, "Fields of the request"),
    (ClauseKind::Answer, "Fields of the answers"),
    (ClauseKind::Task, "Words for a task"),
    (ClauseKind::Error, "Refusals and failures"),
    (ClauseKind::ErrorBody, "The body of an error"),
];

/// All promises by kind.
pub(crate) fn promises<'s>(
    site: &'s SiteContext<'_>,
    contract: &Contract<'s>,
) -> Vec<PromiseGroup<'s>> {
    let group = |(kind, title): (ClauseKind, &'static str)| {
        let of_kind = contract.promises.iter().filter(|promise| promise.kind == kind);
        let promises = of_kind.map(|promise| promise_view(site, contract, promise)).collect();
        PromiseGroup { title, promises }
    };
    let mut groups: Vec<_> = GROUPS.into_iter().map(group).collect();
    groups.retain(|group| !group.promises.is_empty());
    groups
}

/// What no source states, with the source in which it was looked for.
pub(crate) fn unstated<'s>(
    site: &'s SiteContext<'_>,
    contract: &Contract<'s>,
) -> Vec<ClauseWording<'s>> {
    let unknown = contract.clauses::<UnknownClause>();
    let each = unknown.flat_map(|unknown: TypedClause<'s, UnknownClause>| {
        let said = [(unknown.what.clone(), unknown.clause)];
        side::wordings(site, &contract.endpoint.entity, said)
    });
    each.collect()
}

fn promise_view<'s>(
    site: &'s SiteContext<'_>,
    contract: &Contract<'s>,
    promise: &Promise<'s>,
) -> PromiseView<'s> {
    let said = promise.sides.iter().map(|clause| (says(clause), *clause));
    PromiseView {
        id: promise.id.to_owned(),
        anchor: format!("promise-{}", urls::anchor(promise.id)),
        disputed: promise.is_disputed(),
        answers: side::wordings(site, &contract.endpoint.entity, said),
    }
}

/// What a clause says, key by key, in the order of the payload.
pub(crate) fn says(clause: &Clause) -> String {
    let part = |(key, value): (&'static str, Scalar)| match value {
        Scalar::Text(text) => format!("{} {text}", key_text(key)),
        Scalar::Texts(texts) => format!("{} {}", key_text(key), texts.join(", ")),
        Scalar::Count(count) => format!("{} {count}", key_text(key)),
        Scalar::Flag(true) => key_text(key),
        Scalar::Flag(false) => format!("not {}", key_text(key)),
    };
    clause.body.entries().into_iter().map(part).collect::<Vec<_>>().join("; ")
}
