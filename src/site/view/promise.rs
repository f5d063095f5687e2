//! A contract as pages show it: the promises that its sides word differently, and what no source
//! states.

use crate::catalog::{Clause, Scalar, TypedClause, UnknownClause};
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
    pub(crate) answers: Vec<ClauseWording<'s>>,
}

/// The promises on which the sides say different things.
pub(crate) fn disputed<'s>(
    site: &'s SiteContext<'_>,
    contract: &Contract<'s>,
) -> Vec<PromiseView<'s>> {
    let disputed = contract.promises.iter().filter(|promise| promise.is_disputed());
    disputed.map(|promise| promise_view(site, contract, promise)).collect()
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
        anchor: urls::anchor(&format!("{}-{}", contract.endpoint.entity.id, promise.id)),
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
