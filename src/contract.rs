//! Contracts: what an endpoint promises, clause by clause with its sources, as one thing that
//! builds requests, answers and documents.
//!
//! Pure: clauses and facts go in, values come out; nothing is sent and nothing is about one
//! provider. Where sources differ, a contract has variants, one for each side that is whole.

mod dispute_evidence;
mod error_case;
mod exchange;
mod expectation;
pub mod json_path;
mod judge;
mod openapi;
mod plan;
mod request;
mod response;
mod validate;

use jiff::civil::Date;

use crate::catalog::{Catalog, Clause, ClauseKind, Endpoint, Fact, Field, Listing};

pub use dispute_evidence::{DisputeEvidence, dispute_evidence};
pub use error_case::ErrorCase;
pub use exchange::{Exchange, ImageEvidence, TaskEvidence};
pub use expectation::{Check, Citation, Credential, Expectation, PlannedRequest};
pub use json_path::{at, each};
pub use judge::{Judgement, Verdict, judge, lacks_retry_after, unpaired};
pub use openapi::openapi;
pub use plan::Plan;
pub use request::{ImageRequest, Request};
pub use response::{Image, ResponseContext};
pub use validate::Condition;

/// All clauses of one id: the sides of one promise.
#[derive(Debug, Clone)]
pub struct Promise<'c> {
    /// What it is about.
    pub id: &'c str,
    /// What it speaks of.
    pub kind: ClauseKind,
    /// Who promises what.
    pub sides: Vec<&'c Clause>,
}

impl Promise<'_> {
    /// Whether the sides say different things.
    pub fn is_disputed(&self) -> bool {
        self.sides.windows(2).any(|pair| pair[0].says != pair[1].says)
    }
}

/// What an endpoint promises for one of its listings on a day.
#[derive(Debug)]
pub struct Contract<'c> {
    /// The catalog, for the facts that clauses refer to.
    pub catalog: &'c Catalog,
    /// The listing.
    pub listing: &'c Listing,
    /// The endpoint whose clauses these are.
    pub endpoint: &'c Endpoint,
    /// The day.
    pub as_of: Date,
    /// The promises, in the order of their kinds and then of the file.
    pub promises: Vec<Promise<'c>>,
}

impl<'c> Contract<'c> {
    /// The contract of a listing; `None` where its endpoint has none.
    pub fn of(catalog: &'c Catalog, listing: &'c Listing, as_of: Date) -> Option<Self> {
        Self::at(catalog, listing, listing.endpoint.as_deref()?, as_of)
    }

    /// The contract of any endpoint of the listing's provider, for a listing.
    pub fn at(
        catalog: &'c Catalog,
        listing: &'c Listing,
        endpoint: &str,
        as_of: Date,
    ) -> Option<Self> {
        let endpoint = catalog.endpoints.get(endpoint)?;
        let mut promises: Vec<Promise<'c>> = Vec::new();
        for clause in
            endpoint.entity.clauses.iter().filter(|clause| is_current(endpoint, clause, as_of))
        {
            match promises.iter_mut().find(|promise| promise.id == clause.id) {
                Some(promise) => promise.sides.push(clause),
                None => promises.push(Promise {
                    id: &clause.id,
                    kind: clause.kind,
                    sides: vec![clause],
                }),
            }
        }
        promises.sort_by_key(|promise| promise.kind);
        let contract = Self { catalog, listing, endpoint, as_of, promises };
        contract.call("create").is_some().then_some(contract)
    }

    /// Every clause of a kind, all sides.
    pub fn clauses(&self, kind: ClauseKind) -> impl Iterator<Item = &'c Clause> {
        let of_kind = self.promises.iter().filter(move |promise| promise.kind == kind);
        of_kind.flat_map(|promise| promise.sides.iter().copied())
    }

    /// The clause of a call: `create`, `poll` or `result`.
    pub fn call(&self, name: &str) -> Option<&'c Clause> {
        self.clauses(ClauseKind::Call).find(|clause| clause.text("name") == Some(name))
    }

    /// What is known of a field for the listing.
    pub fn fact(&self, field: Field) -> Option<Fact<'c>> {
        self.catalog.field(self.listing, field, self.as_of)
    }

    /// Whether an image comes by a task that is asked for again.
    pub fn has_tasks(&self) -> bool {
        self.call("poll").is_some()
    }

    /// The path of a call's address, with `{task}` and `{model}` as they stand.
    pub fn call_path(&self, name: &str) -> Option<&'c str> {
        self.call_paths(name).first().copied()
    }

    /// The paths that sources give a call, the first first.
    pub fn call_paths(&self, name: &str) -> Vec<&'c str> {
        let mut paths = Vec::new();
        for clause in self.clauses(ClauseKind::Call).filter(|c| c.text("name") == Some(name)) {
            let url = clause.text("url").unwrap_or_default();
            let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
            let path = rest.find('/').map_or("/", |slash| &rest[slash..]);
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths
    }

    /// Scheme and host of a call's address.
    pub fn call_host(&self, name: &str) -> Option<&'c str> {
        let url = self.call(name)?.text("url")?;
        url.len().checked_sub(self.call_path(name)?.len()).and_then(|end| url.get(..end))
    }

    /// The words of the task's states: `under-way`, `done` or `failed`, of the first side.
    pub fn task_words(&self, state: &str) -> &'c [String] {
        let mut clauses = self.clauses(ClauseKind::Task);
        clauses.find_map(|clause| clause.texts(state)).unwrap_or_default()
    }

    /// The name of a request field, where the endpoint takes it.
    pub fn takes(&self, name: &str) -> Option<&'c str> {
        let other = match name {
            "size" => "image_size",
            "n" => "num_images",
            other => other,
        };
        let mut names = self.clauses(ClauseKind::Field).filter_map(|clause| clause.text("name"));
        names.find(|known| *known == name || *known == other)
    }

    /// The promise of how a condition is refused.
    pub(crate) fn error_promise(&self, condition: Condition) -> Option<&Promise<'c>> {
        let clause = self.error(condition)?;
        self.promises.iter().find(|promise| promise.id == clause.id)
    }
}

/// Of each source and id the newest clauses count.
fn is_current(endpoint: &Endpoint, clause: &Clause, as_of: Date) -> bool {
    clause.seen <= as_of
        && !endpoint.entity.clauses.iter().any(|other| {
            (&other.source, &other.id) == (&clause.source, &clause.id)
                && other.seen > clause.seen
                && other.seen <= as_of
        })
}
