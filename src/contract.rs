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
use serde_json::Value;

use crate::catalog::{
    AnswerClause, AnswerRole, AuthClause, AuthScheme, CallClause, CallName, Catalog, Clause,
    ClauseKind, ClauseKindBody, Condition, Endpoint, ErrorClause, Fact, Field, FieldClause,
    FieldMeaning, Listing, TaskClause, TaskState, TypedClause,
};

pub use dispute_evidence::{DisputeEvidence, dispute_evidence};
pub use error_case::ErrorCase;
pub use exchange::{BodyPrefix, Exchange, ImageEvidence, SkipCause, TaskEnd, TaskEvidence};
pub use expectation::{Check, Citation, Credential, Expectation, PlannedRequest, RequestRank};
pub use json_path::{at, each};
pub use judge::{
    AnswerClass, Assessment, Classification, Judge, Verdict, absent_fields, error_code,
    is_json_type, lacks_retry_after, odd_images, other_codes, stated_kind, unpaired,
};
pub use openapi::openapi;
pub use plan::Plan;
pub use request::{ImageRequest, Request};
pub use response::{Image, ResponseContext};

/// All clauses of one id: the sides of one promise.
#[derive(Debug, Clone)]
pub struct Promise<'c> {
    pub id: &'c str,
    pub kind: ClauseKind,
    /// Who promises what.
    pub sides: Vec<&'c Clause>,
}

impl<'c> Promise<'c> {
    /// The sides with their bodies, if they are of that kind.
    pub fn typed<B: ClauseKindBody>(&self) -> impl Iterator<Item = TypedClause<'c, B>> {
        self.sides.iter().filter_map(|clause| clause.typed())
    }

    /// Whether the sides say different things.
    pub fn is_disputed(&self) -> bool {
        self.sides.windows(2).any(|pair| pair[0].body != pair[1].body)
    }
}

/// What an endpoint promises for one of its listings on a day.
#[derive(Debug)]
pub struct Contract<'c> {
    /// The catalog, for the facts that clauses refer to.
    pub catalog: &'c Catalog,
    pub listing: &'c Listing,
    /// The endpoint whose clauses these are.
    pub endpoint: &'c Endpoint,
    pub as_of: Date,
    /// The promises, in the order of their kinds and then of the file.
    pub promises: Vec<Promise<'c>>,
}

impl<'c> Contract<'c> {
    /// The contract of a listing; `None` where its endpoint has none.
    pub fn new(catalog: &'c Catalog, listing: &'c Listing, as_of: Date) -> Option<Self> {
        Self::for_endpoint(catalog, listing, listing.endpoint.as_deref()?, as_of)
    }

    /// The contract of any endpoint of the listing's provider, for a listing.
    pub fn for_endpoint(
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
                    kind: clause.body.kind(),
                    sides: vec![clause],
                }),
            }
        }
        promises.sort_by_key(|promise| promise.kind);
        let contract = Self { catalog, listing, endpoint, as_of, promises };
        contract.call(CallName::Create).is_some().then_some(contract)
    }

    /// Every clause of a kind, all sides.
    pub fn clauses<B: ClauseKindBody>(&self) -> impl Iterator<Item = TypedClause<'c, B>> {
        self.promises.iter().flat_map(Promise::typed)
    }

    /// The first clause of a call.
    pub fn call(&self, name: CallName) -> Option<TypedClause<'c, CallClause>> {
        self.clauses::<CallClause>().find(|call| call.name == name)
    }

    /// The promise of a call, with all who make it.
    pub(crate) fn call_promise(&self, name: CallName) -> Option<&Promise<'c>> {
        let is_it = |it: &&Promise<'c>| it.typed::<CallClause>().any(|call| call.name == name);
        self.promises.iter().find(is_it)
    }

    /// What lets a call in.
    pub fn auth(&self, name: CallName) -> Option<TypedClause<'c, AuthClause>> {
        self.clauses::<AuthClause>().find(|auth| auth.calls.contains(&name))
    }

    /// Whether each call is paid for by itself, in place of a key.
    pub fn is_paid_by_call(&self) -> bool {
        self.clauses::<AuthClause>().any(|auth| auth.scheme == Some(AuthScheme::X402))
    }

    /// What is known of a field for the listing.
    pub fn fact(&self, field: Field) -> Option<Fact<'c>> {
        self.catalog.field(self.listing, field, self.as_of)
    }

    /// Whether an image comes by a task that is asked for again.
    pub fn has_tasks(&self) -> bool {
        self.call(CallName::Poll).is_some()
    }

    /// Whether the first answer may hold the image itself, and not a task alone.
    pub fn answers_at_once(&self) -> bool {
        let is_image = |role| matches!(role, Some(AnswerRole::ImageLink | AnswerRole::ImageBase64));
        let mut answers = self.clauses::<AnswerClause>();
        !self.has_tasks()
            || answers.any(|answer| answer.call == CallName::Create && is_image(answer.role))
    }

    /// The path of a call's address, with `{task}` and `{model}` as they stand.
    pub fn call_path(&self, name: CallName) -> Option<&'c str> {
        self.call_paths(name).first().copied()
    }

    /// The paths that sources give a call, the first first.
    pub fn call_paths(&self, name: CallName) -> Vec<&'c str> {
        let mut paths = Vec::new();
        for call in self.clauses::<CallClause>().filter(|call| call.name == name) {
            let url = call.body.url.as_str();
            let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
            let path = rest.find('/').map_or("/", |slash| &rest[slash..]);
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths
    }

    /// Scheme and host of a call's address.
    pub fn call_host(&self, name: CallName) -> Option<&'c str> {
        let url = self.call(name)?.body.url.as_str();
        url.len().checked_sub(self.call_path(name)?.len()).and_then(|end| url.get(..end))
    }

    /// The words for a state of a task, of the first side that names any.
    pub fn task_words(&self, state: TaskState) -> &'c [String] {
        let mut tasks = self.clauses::<TaskClause>();
        tasks.find_map(|task| task.body.words(state)).unwrap_or_default()
    }

    /// Whether any source has the word for a state.
    pub fn is_task_word(&self, state: TaskState, word: &str) -> bool {
        self.clauses::<TaskClause>().any(|task| task.has_word(state, word))
    }

    /// The state that a word names, in whatever case it is written.
    pub fn task_state(&self, word: &str) -> Option<TaskState> {
        let states = || TaskState::ALL.iter().copied();
        let alike = |state: &TaskState| {
            let mut tasks = self.clauses::<TaskClause>();
            tasks.any(|task| {
                let own = task.body.words(*state).unwrap_or_default();
                own.iter().any(|own| own.eq_ignore_ascii_case(word))
            })
        };
        states().find(|state| self.is_task_word(*state, word)).or_else(|| states().find(alike))
    }

    /// The name of a request field, where the endpoint takes it.
    pub fn takes(&self, meaning: FieldMeaning) -> Option<&'c str> {
        let mut fields = self.clauses::<FieldClause>();
        let field = fields.find(|field| field.meaning() == Some(meaning));
        field.map(|field| field.body.name.as_str())
    }

    /// The request that draws, or submits the task that draws.
    pub fn create(&self, image: &ImageRequest) -> Option<Request> {
        request::create(self, image)
    }

    /// The request that asks how a task stands, or for its result.
    pub fn poll(&self, call: CallName, task: &str) -> Option<Request> {
        request::poll(self, call, task)
    }

    /// The first thing that the contract says is wrong with a request's body.
    pub fn validate_request(&self, body: &Value) -> Option<Condition> {
        validate::validate_request(self, body)
    }

    /// The body of a faithful answer with these images; none while a task is under way.
    pub fn answer(
        &self,
        call: CallName,
        source: Option<&str>,
        context: &ResponseContext,
        images: &[Image],
    ) -> Value {
        response::answer(self, call, source, context, images)
    }

    /// The sources that describe the answer of a call; each is a variant where they differ.
    pub fn answer_variants(&self, call: CallName) -> Vec<&'c str> {
        response::answer_variants(self, call)
    }

    /// Whether a source, or a place on it, has a say in what answers look like.
    pub fn is_variant(&self, side: &str) -> bool {
        response::is_variant(self, side)
    }

    /// Whether a source shows that answers have the format that most endpoints follow, so that its
    /// official clients read them.
    pub fn has_common_shape(&self) -> bool {
        const IMAGES: [&str; 2] = ["data[].url", "data[].b64_json"];
        let answers = self.clauses::<AnswerClause>();
        let shown = answers.filter(|answer| answer.call == CallName::Create);
        shown.into_iter().any(|answer| IMAGES.contains(&answer.path.as_str()))
    }

    /// How a condition is refused, with what no source shows filled in.
    pub fn error_case(&self, condition: Condition) -> ErrorCase {
        error_case::error_case(self, condition)
    }

    /// The clause that promises how a condition is refused: paired with a status first.
    pub fn error(&self, condition: Condition) -> Option<TypedClause<'c, ErrorClause>> {
        error_case::errors(self, condition).first().copied()
    }

    /// The promise of how a condition is refused.
    pub(crate) fn error_promise(&self, condition: Condition) -> Option<&Promise<'c>> {
        let error = self.error(condition)?;
        self.promises.iter().find(|promise| promise.id == error.clause.id)
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
