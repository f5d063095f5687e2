//! A contract as pages show it: every promise with what each side says, and what no source states.

use jiff::civil::Date;

use crate::catalog::{Clause, ClauseKind, FRESH_DAYS, Scalar, TypedClause, UnknownClause};
use crate::contract::{Contract, Promise};
use crate::site::context::SiteContext;
use crate::site::format::key_text;
use crate::site::urls;

/// Who makes a promise.
#[derive(Debug)]
pub(crate) struct PromiseSide {
    pub(crate) title: String,
    pub(crate) href: String,
    pub(crate) at: String,
    pub(crate) seen: String,
    pub(crate) stale: bool,
    pub(crate) note: String,
    pub(crate) place: String,
}

/// One version of a promise, with all who give it.
#[derive(Debug)]
pub(crate) struct PromiseAnswer {
    pub(crate) says: String,
    pub(crate) sides: Vec<PromiseSide>,
}

/// One promise.
#[derive(Debug)]
pub(crate) struct PromiseView {
    pub(crate) id: String,
    pub(crate) anchor: String,
    pub(crate) disputed: bool,
    pub(crate) answers: Vec<PromiseAnswer>,
}

/// The promises of a kind.
#[derive(Debug)]
pub(crate) struct PromiseGroup {
    pub(crate) title: &'static str,
    pub(crate) promises: Vec<PromiseView>,
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
pub(crate) fn promises<'c>(site: &SiteContext<'c>, contract: &Contract<'c>) -> Vec<PromiseGroup> {
    let group = |(kind, title): (ClauseKind, &'static str)| {
        let of_kind = contract.promises.iter().filter(|promise| promise.kind == kind);
        let promises = of_kind.map(|promise| promise_view(site, contract, promise)).collect();
        PromiseGroup { title, promises }
    };
    let mut groups: Vec<_> = GROUPS.into_iter().map(group).collect();
    groups.retain(|group| !group.promises.is_empty());
    groups
}

/// What no source states.
pub(crate) fn unstated<'c>(site: &SiteContext<'c>, contract: &Contract<'c>) -> Vec<PromiseAnswer> {
    let answer = |unknown: TypedClause<'c, UnknownClause>| PromiseAnswer {
        says: unknown.what.clone(),
        sides: vec![promise_side(site, contract, unknown.clause)],
    };
    contract.clauses().map(answer).collect()
}

fn promise_view<'c>(
    site: &SiteContext<'c>,
    contract: &Contract<'c>,
    promise: &Promise<'c>,
) -> PromiseView {
    let mut answers: Vec<PromiseAnswer> = Vec::new();
    for clause in &promise.sides {
        let says = says(clause);
        let by = promise_side(site, contract, clause);
        match answers.iter_mut().find(|answer| answer.says == says) {
            Some(answer) => answer.sides.push(by),
            None => answers.push(PromiseAnswer { says, sides: vec![by] }),
        }
    }
    PromiseView {
        id: promise.id.to_owned(),
        anchor: format!("promise-{}", urls::anchor(promise.id)),
        disputed: promise.is_disputed(),
        answers,
    }
}

fn promise_side<'c>(
    site: &SiteContext<'c>,
    contract: &Contract<'c>,
    clause: &Clause,
) -> PromiseSide {
    let source = site.index.source(&clause.source);
    PromiseSide {
        title: source.title.to_owned(),
        href: source.href.to_owned(),
        at: clause.at.clone().unwrap_or_default(),
        seen: clause.seen.to_string(),
        stale: is_stale(clause.seen, site.settings.as_of),
        note: clause.note.clone().unwrap_or_default(),
        place: format!("{}:{}", contract.endpoint.entity.path, clause.position.line),
    }
}

/// Whether what was seen on a day counts as old on another.
pub(crate) fn is_stale(seen: Date, as_of: Date) -> bool {
    seen.until(as_of).is_ok_and(|age| age.get_days() > FRESH_DAYS)
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
