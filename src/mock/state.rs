//! What a mock serves and remembers: routes made from contracts, tasks, and counts of requests and
//! billed images. Requests come in and replies go out as values; no socket is touched here.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::fault::Fault;
use super::fault_injection::inject;
use super::png::{image, png};
use super::request::{
    MockRequest, drawn, images_asked, matched, refused_entry, wants_base64, wants_stream,
    wants_task,
};
use super::response::{ASSUMED, MockResponse, rate_limit, refusal, shows_image, task_word};
use crate::catalog::{
    AnswerClause, AnswerRole, CallName, Catalog, Condition, Field, FieldMeaning, Size, TaskState,
};
use crate::contract::{Contract, Image, ResponseContext, json_path};

/// More tasks than a test makes; the oldest are forgotten.
const MAX_TASKS: usize = 10_000;

/// Numbers by endpoint.
type Counts = BTreeMap<String, u64>;

#[derive(Debug, Clone)]
struct MockTask {
    endpoint: String,
    listing: String,
    sizes: Vec<Size>,
    /// The number of its first image's link.
    first_link: u64,
    polls: u32,
}

#[derive(Debug, Default)]
struct Memory {
    tasks: BTreeMap<u64, MockTask>,
    requests: Counts,
    billed: Counts,
    limited: bool,
    next: u64,
    /// The number of the next image link.
    link: u64,
}

/// Where a provider's endpoint is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MockEndpoint {
    pub endpoint: String,
    /// What stands before the contract's own path, such as `/aigateway`.
    pub prefix: String,
    /// The path of the call that draws, as in the contract.
    pub path: String,
}

/// Everything that a mock serves.
#[derive(Debug)]
pub struct MockState {
    catalog: Catalog,
    as_of: Date,
    bases: Vec<MockEndpoint>,
    origin: String,
    fault: Option<Fault>,
    memory: Mutex<Memory>,
}

impl MockState {
    /// All endpoints with a contract, or those of the providers that are named; `origin` is the
    /// address at which the server stands, `http://127.0.0.1:8787`.
    pub fn new(
        catalog: Catalog,
        as_of: Date,
        providers: &[String],
        origin: &str,
        fault: Option<Fault>,
    ) -> Self {
        let mut state = Self {
            catalog,
            as_of,
            bases: Vec::new(),
            origin: origin.to_owned(),
            fault,
            memory: Mutex::default(),
        };
        let mut bases: Vec<MockEndpoint> = Vec::new();
        for endpoint in state.catalog.endpoints.values() {
            let wanted =
                providers.is_empty() || providers.iter().any(|p| p == endpoint.provider.as_str());
            let Some(contract) = state.contract(&endpoint.id, None).filter(|_| wanted) else {
                continue;
            };
            let path = contract.call_path(CallName::Create).unwrap_or("/").to_owned();
            let mut prefix = format!("/{}", endpoint.provider.as_str());
            // Two hosts of one provider may share a path; the later one stands under its own id.
            if bases.iter().any(|base| base.prefix == prefix && base.path == path) {
                prefix = format!("/{}", endpoint.id);
            }
            bases.push(MockEndpoint { endpoint: endpoint.id.to_string(), prefix, path });
        }
        state.bases = bases;
        state
    }

    /// Where what is served.
    pub fn bases(&self) -> &[MockEndpoint] {
        &self.bases
    }

    /// How long the documented latency of a request is at least, in milliseconds.
    pub(super) fn latency_ms(&self, request: &MockRequest) -> u64 {
        let Some((base, CallName::Create, _)) = self.route(request) else { return 0 };
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let Some(contract) = self.contract(&base.endpoint, body.get("model")) else { return 0 };
        let Some(fact) = contract.fact(Field::Latency) else { return 0 };
        let quality = contract.takes(FieldMeaning::Quality).and_then(|name| body.get(name));
        let quality = quality.and_then(Value::as_str);
        let tables = fact.claims.iter().filter_map(|claim| claim.value.try_as_latency_ref());
        let rows = tables.flat_map(|table| table.0.as_slice());
        let fits = rows.filter(|row| quality.is_none() || row.when.quality.as_deref() == quality);
        fits.map(|row| row.value.0.low * 1000).min().unwrap_or(0)
    }

    /// The response to a request.
    pub(super) fn response(&self, request: &MockRequest) -> MockResponse {
        if request.path == "/_mock/counts" {
            let memory = self.memory();
            return MockResponse::json(
                200,
                &json!({ "asked": memory.requests, "billed": memory.billed }),
            );
        }
        if let Some(rest) = request.path.strip_prefix("/_mock/images/") {
            return image(rest);
        }
        let Some((base, call, task)) = self.route(request) else { return self.no_route(request) };
        if let Some(why) = &request.no_fault {
            return MockResponse::json(400, &json!({ "error": why }));
        }
        self.count(|memory| &mut memory.requests, &base.endpoint, 1);
        let fault = request.fault.or(self.fault);
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let Some(contract) = self.contract(&base.endpoint, body.get("model")) else {
            return self.no_route(request);
        };
        if let Some(condition) = refused_entry(&contract, call, request, fault) {
            return refusal(&contract, condition);
        }
        let response = match call {
            CallName::Create => self.create(&contract, request, &body, fault),
            CallName::Poll | CallName::Result => self.poll(&contract, call, &task, request, fault),
        };
        inject(response, request, fault)
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        // What a panicking request left behind is still a memory.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, of: fn(&mut Memory) -> &mut Counts, endpoint: &str, more: usize) {
        *of(&mut self.memory()).entry(endpoint.to_owned()).or_default() += more as u64;
    }

    /// A path that no contract has, in the shape of the endpoint whose address is nearest.
    fn no_route(&self, request: &MockRequest) -> MockResponse {
        let near = self.bases.iter().filter(|base| {
            let rest = request.path.strip_prefix(base.prefix.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        let near = near.max_by_key(|base| {
            let own = format!("{}{}", base.prefix, base.path);
            own.bytes().zip(request.path.bytes()).take_while(|(a, b)| a == b).count()
        });
        match near.and_then(|base| self.contract(&base.endpoint, None)) {
            Some(contract) => refusal(&contract, Condition::NotFound),
            None => MockResponse::json(404, &json!({ "error": "the mock serves no such path" })),
        }
    }

    /// The contract of the listing whose code is asked for, or of the endpoint's first listing.
    fn contract(&self, endpoint: &str, model: Option<&Value>) -> Option<Contract<'_>> {
        let code = model.and_then(Value::as_str).unwrap_or_default();
        let here = || {
            let all = self.catalog.listings.values();
            all.filter(|listing| listing.endpoint.as_deref() == Some(endpoint))
        };
        let named = here().find(|listing| listing.slug().eq_ignore_ascii_case(code));
        // Where no listing names the endpoint, one of its provider's stands for it.
        let provider = endpoint.split('/').next().unwrap_or_default();
        let others = || self.catalog.listings.values().find(|l| l.provider.as_str() == provider);
        let listing = named.or_else(|| here().next()).or_else(others);
        Contract::for_endpoint(&self.catalog, listing?, endpoint, self.as_of)
    }

    /// The endpoint and call that a path means, with the task's id in it.
    fn route(&self, request: &MockRequest) -> Option<(&MockEndpoint, CallName, String)> {
        let mut found = None;
        for base in &self.bases {
            let Some(path) = request.path.strip_prefix(base.prefix.as_str()) else { continue };
            let Some(contract) = self.contract(&base.endpoint, None) else { continue };
            for &call in CallName::ALL {
                let method = contract.call(call).map(|call| call.method.as_str());
                let templates = contract.call_paths(call);
                let task = templates.into_iter().find_map(|template| {
                    matched(&template.replace("{model}", contract.listing.slug()), path)
                });
                if method == Some(request.method.as_str())
                    && let Some(task) = task
                {
                    // The longest prefix is the nearest.
                    let longer = |(other, ..): &(&MockEndpoint, _, _)| {
                        base.prefix.len() > other.prefix.len()
                    };
                    if found.as_ref().is_none_or(longer) {
                        found = Some((base, call, task));
                    }
                }
            }
        }
        found
    }

    fn create(
        &self,
        contract: &Contract<'_>,
        request: &MockRequest,
        body: &Value,
        fault: Option<Fault>,
    ) -> MockResponse {
        if request.is_too_long {
            return refusal(contract, Condition::PromptTooLong);
        }
        if let Some(condition) = contract.validate_request(body) {
            return refusal(contract, condition);
        }
        if wants_stream(contract, body) {
            return refusal(contract, Condition::BadRequest)
                .with(ASSUMED, "that `stream` is refused");
        }
        let Some(count) = images_asked(contract, body) else {
            return refusal(contract, Condition::BadRequest)
                .with(ASSUMED, "the most images a call");
        };
        match fault {
            Some(Fault::NoFunds) => return refusal(contract, Condition::NoFunds),
            Some(Fault::RateLimit) => return rate_limit(contract),
            Some(Fault::RateLimitRetryAfter) => {
                let first = !std::mem::replace(&mut self.memory().limited, true);
                if first {
                    return rate_limit(contract).with("retry-after", "1");
                }
            }
            _ => {}
        }
        self.count(|memory| &mut memory.billed, &contract.endpoint.id, count);
        if fault == Some(Fault::ErrorAfterGenerating) {
            return refusal(contract, Condition::ServerError);
        }
        let sizes = vec![drawn(contract, body, fault); count];
        if contract.answers_at_once() && !wants_task(contract, request) {
            let (link, base64) = (self.take_links(count), wants_base64(contract, body));
            let images = self.images(&sizes, link, fault, base64);
            let moment = self.moment(contract, request, 0, None);
            return MockResponse::json(
                200,
                &contract.answer(CallName::Create, request.variant(contract), &moment, &images),
            );
        }
        let task = MockTask {
            endpoint: contract.endpoint.id.to_string(),
            listing: contract.listing.id.to_string(),
            sizes,
            first_link: self.take_links(count),
            polls: 0,
        };
        let id = self.remember(task);
        let word = task_word(contract, TaskState::UnderWay, request.variant(contract), fault);
        let moment = self.moment(contract, request, id, Some(word));
        MockResponse::json(
            200,
            &contract.answer(CallName::Create, request.variant(contract), &moment, &[]),
        )
    }

    fn remember(&self, task: MockTask) -> u64 {
        let mut memory = self.memory();
        memory.next += 1;
        let id = memory.next;
        memory.tasks.insert(id, task);
        if memory.tasks.len() > MAX_TASKS {
            memory.tasks.pop_first();
        }
        id
    }

    /// A task is under way when it is first asked for, and done the next time.
    fn poll(
        &self,
        contract: &Contract<'_>,
        call: CallName,
        task: &str,
        request: &MockRequest,
        fault: Option<Fault>,
    ) -> MockResponse {
        let id = task.rsplit('_').next().and_then(|id| id.parse().ok()).unwrap_or(0);
        let found = {
            let mut memory = self.memory();
            memory.tasks.get_mut(&id).map(|task| {
                task.polls += 1;
                task.clone()
            })
        };
        let Some(task) = found.filter(|task| task.endpoint == contract.endpoint.id) else {
            return refusal(contract, Condition::NotFound);
        };
        let listing = self.catalog.listings.get(task.listing.as_str());
        let own = listing.and_then(|listing| {
            Contract::for_endpoint(&self.catalog, listing, &task.endpoint, self.as_of)
        });
        let contract = own.as_ref().unwrap_or(contract);
        let state = match fault {
            Some(Fault::TaskFails) => TaskState::Failed,
            Some(Fault::TaskNeverEnds) => TaskState::UnderWay,
            _ if task.polls < 2 && call == CallName::Poll => TaskState::UnderWay,
            _ => TaskState::Done,
        };
        let word = task_word(contract, state, request.variant(contract), fault);
        let moment = self.moment(contract, request, id, Some(word));
        let finished = state == TaskState::Done;
        let images = if finished {
            self.images(&task.sizes, task.first_link, fault, false)
        } else {
            Vec::new()
        };
        let mut body = contract.answer(call, request.variant(contract), &moment, &images);
        if finished && !shows_image(contract, call) && contract.call(CallName::Result).is_none() {
            // No source shows this body: the link stands where many put it, and the response says so.
            json_path::set(&mut body, "data.output.url", json!(images[0].link));
            return MockResponse::json(200, &body).with(ASSUMED, "the place of the image link");
        }
        MockResponse::json(200, &body)
    }

    /// The number of the first of so many new links: each image has a link of its own.
    fn take_links(&self, count: usize) -> u64 {
        let mut memory = self.memory();
        memory.link += count as u64;
        memory.link - count as u64
    }

    fn images(
        &self,
        sizes: &[Size],
        first_link: u64,
        fault: Option<Fault>,
        base64: bool,
    ) -> Vec<Image> {
        let kind = match fault {
            Some(Fault::DeadLink) => "dead",
            Some(Fault::HtmlLink) => "html",
            _ => "png",
        };
        let one = |(number, size): (u64, &Size)| Image {
            size: *size,
            link: format!("{}/_mock/images/{number}/{size}.{kind}", self.origin),
            base64: base64.then(|| STANDARD.encode(png(*size).unwrap_or_default())),
        };
        (first_link..).zip(sizes).map(one).collect()
    }

    fn moment(
        &self,
        contract: &Contract<'_>,
        request: &MockRequest,
        task: u64,
        word: Option<String>,
    ) -> ResponseContext {
        let shape = contract.clauses::<AnswerClause>().find(|a| a.role == Some(AnswerRole::TaskId));
        let stem = shape.as_ref().and_then(|answer| answer.example.as_deref()).unwrap_or("task");
        let stem = stem.split('_').next().unwrap_or("task");
        let task = format!("{stem}_{task}");
        let prefix = self.bases.iter().find(|base| base.endpoint == contract.endpoint.id);
        let prefix = prefix.map_or("", |base| base.prefix.as_str());
        let path = contract.call_path(CallName::Poll).unwrap_or("/").replace("{task}", &task);
        let path = path.replace("{model}", contract.listing.slug());
        let poll_link = format!("{}{prefix}{path}", self.origin);
        ResponseContext { unix_seconds: request.unix_seconds, task, poll_link, word }
    }
}
