//! One run: free requests first, then those that may bill, each reserved before it leaves, none
//! sent twice, every answer kept before it is judged.

use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::Value;

use super::api_key::ApiKey;
use super::client::{ANSWER_BYTES, Client, PICTURE_BYTES};
use super::image_search::ImageSearch;
use super::images::FetchedImage;
use super::outcome::{HttpResponse, Outcome, OutgoingRequest, retry_after};
use super::spend_limit::SpendLimit;
use super::target::{BaseUrl, KeyHeader};
use crate::catalog::ErrorClause;
use crate::contract::{
    AnswerClass, Classification, Contract, Credential, Exchange, Plan, PlannedRequest, Request,
    SkipCause, error_code,
};
use crate::history::{Evidence, History, HistoryError, RunId};

pub(super) mod answer;
mod money;
mod pace;
mod task;

use answer::{no_answer, parsed, read, unredacted};
use pace::PaidPart;
use task::Started;

/// The most of an answer that holds its images in base64, which takes four bytes for three.
const INLINE_BYTES: usize = PICTURE_BYTES / 3 * 4 + ANSWER_BYTES;

/// The longest that a server may ask to wait before a call is tried again.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// How a run goes about it.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Where requests go in place of the contract's hosts.
    pub base_url: Option<BaseUrl>,
    pub timeout: Duration,
    pub task_timeout: Duration,
    pub poll_interval: Duration,
    /// So many images are kept with their bytes, for somebody who wants to see them.
    pub images_kept: usize,
}

/// What a run has at hand.
pub struct RunContext<'a> {
    pub client: &'a Client,
    /// Remembers, and keeps the ledger.
    pub history: &'a mut History,
    pub key: Option<&'a ApiKey>,
    /// A key that nobody has.
    pub invalid_key: &'a ApiKey,
    pub spend_limit: &'a SpendLimit,
    pub options: &'a RunOptions,
    /// Milliseconds since 1970.
    pub clock: fn() -> i64,
    /// Is told the name of each request that is about to leave.
    pub asking: &'a dyn Fn(&str),
}

/// What was spent.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spend {
    /// Reserved before sending, in the limit's currency.
    pub reserved: Decimal,
    /// What of that counts as spent.
    pub spent: Decimal,
    /// Requests with the operator's key that count as spent: at least as many as were billed.
    pub calls_billable: u32,
}

/// What came of a run, in the plan's order.
#[derive(Debug)]
pub struct RunResult {
    /// What came of each request.
    pub exchanges: Vec<Option<Exchange>>,
    /// What each could cost.
    pub costs: Vec<Option<Decimal>>,
    pub spend: Spend,
    /// The first images, as many as were to be kept.
    pub images: Vec<FetchedImage>,
}

/// The order of a run: free requests, then the plainest that draws, then other spellings of the
/// model's code, then the others by cost.
pub fn order(requests: &[PlannedRequest], costs: &[Option<Decimal>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..requests.len()).collect();
    order.sort_by_key(|&at| {
        let owner = requests[at].credential == Credential::Operator;
        (owner, requests[at].rank(), costs[at].is_none(), costs[at], requests[at].refused, at)
    });
    order
}

/// Sends what may be sent of a plan: free requests as many at once as their host takes, those
/// that may bill one after the other.
pub async fn run(
    contract: &Contract<'_>,
    plan: &Plan<'_>,
    wanted: &[bool],
    costs: &[Option<Decimal>],
    run: RunId,
    tools: &mut RunContext<'_>,
) -> Result<RunResult, HistoryError> {
    let mut ran = RunResult {
        exchanges: vec![None; plan.requests.len()],
        costs: costs.to_vec(),
        spend: Spend::default(),
        images: Vec::new(),
    };
    let client = tools.client;
    let images = ImageSearch::new(tools.options.timeout, tools.options.task_timeout, tools.clock);
    let (spend, shown) = (&mut ran.spend, &mut ran.images);
    let mut runner = Runner { contract, run, tools, number: 0, spend, images, shown };
    let result = runner.all(plan, wanted, costs, &mut ran.exchanges).await;
    if result.is_err() {
        client.stop();
    }
    result.map(|()| ran)
}

/// Reads an answer that came in another way, as a run reads its own: nothing is sent but for the
/// images that it links to, and nothing at all where the client was stopped.
pub async fn read_answer(
    client: &Client,
    contract: &Contract<'_>,
    ask: &str,
    answered: &HttpResponse,
    timeout: Duration,
) -> Exchange {
    let mut exchange = Exchange { ask: ask.to_owned(), ..Exchange::default() };
    if let Some(started) = started(contract, &mut exchange, answered) {
        task::note_start(client, &mut exchange, started, timeout).await;
    }
    exchange
}

/// Reads an answer, and what it started where it was accepted.
fn started(
    contract: &Contract<'_>,
    exchange: &mut Exchange,
    answered: &HttpResponse,
) -> Option<Started> {
    read(exchange, answered);
    // A link in a refusal leads to no image, whatever its status is.
    let is_accepted = Classification::new(contract, exchange).class == AnswerClass::Accepted;
    is_accepted.then(|| Started::new(contract, &unredacted(answered).unwrap_or_default()))
}

struct Runner<'r, 'a> {
    contract: &'r Contract<'r>,
    run: RunId,
    tools: &'r mut RunContext<'a>,
    number: u32,
    spend: &'r mut Spend,
    images: ImageSearch,
    shown: &'r mut Vec<FetchedImage>,
}

impl Runner<'_, '_> {
    async fn all(
        &mut self,
        plan: &Plan<'_>,
        wanted: &[bool],
        costs: &[Option<Decimal>],
        exchanges: &mut [Option<Exchange>],
    ) -> Result<(), HistoryError> {
        self.unfinished(plan, exchanges).await?;
        let due = |at: &usize| wanted[*at] && exchanges[*at].is_none();
        let order: Vec<_> = order(&plan.requests, costs).into_iter().filter(due).collect();
        let is_free = |at: &usize| plan.requests[*at].credential != Credential::Operator;
        let (free, paid): (Vec<_>, Vec<_>) = order.into_iter().partition(is_free);
        let answers = free.iter().map(|at| self.free(&plan.requests[*at]));
        let answers = futures_util::future::join_all(answers).await;
        for (at, exchange) in free.into_iter().zip(answers) {
            self.keep(&exchange)?;
            exchanges[at] = Some(exchange);
        }
        let mut part = PaidPart::default();
        for at in paid {
            let ask = &plan.requests[at];
            let exchange = if let Some(why) = part.stopped() {
                not_sent(ask, why, Some(SkipCause::PaidPartStopped))
            } else {
                part.pause().await;
                self.paid(ask, costs[at]).await?
            };
            part.note(self.contract, ask.rank(), &exchange, (self.tools.clock)());
            self.keep(&exchange)?;
            exchanges[at] = Some(exchange);
        }
        Ok(())
    }

    /// What an earlier run submitted and paid for is followed to its end, not submitted anew.
    async fn unfinished(
        &mut self,
        plan: &Plan<'_>,
        exchanges: &mut [Option<Exchange>],
    ) -> Result<(), HistoryError> {
        for task in self.tools.history.unfinished(&self.contract.listing.id)? {
            let opened = task.opened;
            if opened.base_url != self.base_url() || self.tools.client.is_stopped() {
                continue;
            }
            (self.tools.asking)(&opened.ask);
            let at = plan.requests.iter().position(|ask| ask.id == opened.ask);
            let mut exchange = Exchange {
                ask: opened.ask.clone(),
                status: Some(200),
                is_json: true,
                asked_at: (self.tools.clock)() / 1000,
                ..Exchange::default()
            };
            task::follow(self, &mut exchange, &opened.task).await;
            self.keep(&exchange)?;
            if exchange.task.as_ref().is_some_and(|task| task.end.is_final()) {
                self.tools.history.close_task(task.id)?;
            }
            if let Some(at) = at {
                exchanges[at] = Some(exchange);
            }
        }
        Ok(())
    }

    /// Where this run speaks to; a task of another place is no business of it.
    fn base_url(&self) -> String {
        let base = self.tools.options.base_url.as_ref().map_or("", BaseUrl::as_str);
        self.tools.client.redacted(base)
    }

    fn keep(&mut self, exchange: &Exchange) -> Result<(), HistoryError> {
        self.number += 1;
        let body = serde_json::to_value(exchange).unwrap_or(Value::Null);
        let (run, number, ask) = (self.run, self.number, exchange.ask.clone());
        self.tools.history.record(&Evidence { run, number, ask, body })
    }

    /// The exchange of a request, and the request itself where it may leave.
    fn begin(&self, ask: &PlannedRequest) -> (Exchange, Option<Request>) {
        let mut exchange = Exchange { ask: ask.id.clone(), ..Exchange::default() };
        exchange.asked_at = (self.tools.clock)() / 1000;
        let request = self.contract.create(&ask.image);
        if self.tools.client.is_stopped() {
            no_answer(&mut exchange, &Outcome::Stopped);
            return (exchange, None);
        }
        (self.tools.asking)(&ask.id);
        if request.is_none() {
            exchange.not_sent = Some("the contract has no such request".to_owned());
        }
        (exchange, request)
    }

    /// A request that costs nothing; no image comes of it that would have to be looked at.
    async fn free(&self, ask: &PlannedRequest) -> Exchange {
        let (mut exchange, request) = self.begin(ask);
        let Some(request) = request else { return exchange };
        let mut outcome = self.connect(&request, ask.credential).await;
        if let Some(wait) = self.retry_wait(&outcome) {
            tokio::time::sleep(wait).await;
            outcome = outcome.or(self.send(&request, ask.credential).await);
        }
        match outcome.into_answer() {
            Ok(answered) => read(&mut exchange, &answered),
            Err(other) => no_answer(&mut exchange, &other),
        }
        exchange
    }

    /// A request that may bill, with all that follows from it.
    async fn paid(
        &mut self,
        ask: &PlannedRequest,
        cost: Option<Decimal>,
    ) -> Result<Exchange, HistoryError> {
        let (mut exchange, request) = self.begin(ask);
        let Some(request) = request else { return Ok(exchange) };
        let mut reservation = match money::reserve(self, ask, &request, cost)? {
            Ok(id) => id,
            Err(withheld) => return Ok(not_sent(ask, &withheld.why, withheld.skip)),
        };
        let mut outcome = self.connect(&request, ask.credential).await;
        money::settle(self, reservation, cost, &outcome)?;
        if let Some(wait) = self.retry_wait(&outcome) {
            tokio::time::sleep(wait).await;
            // The second is a call of its own, and leaves only if the limit has room for it, too.
            if let Ok(second) = money::reserve(self, ask, &request, cost)? {
                let answer = self.send(&request, ask.credential).await;
                money::settle(self, second, cost, &answer)?;
                reservation = second;
                outcome = outcome.or(answer);
            }
        }
        let answered = match outcome.into_answer() {
            Ok(answered) => answered,
            Err(other) => {
                no_answer(&mut exchange, &other);
                return Ok(exchange);
            }
        };
        if let Some(started) = started(self.contract, &mut exchange, &answered) {
            task::finish(self, &mut exchange, started, Some(reservation)).await?;
        }
        Ok(exchange)
    }

    /// Sends a request; again where no connection stood, since nothing of it left.
    async fn connect(&self, request: &Request, credential: Credential) -> Outcome {
        let outcome = self.send(request, credential).await;
        if !matches!(outcome, Outcome::ConnectFailed(_)) {
            return outcome;
        }
        outcome.or(self.send(request, credential).await)
    }

    async fn send(&self, request: &Request, credential: Credential) -> Outcome {
        let url = self.address(&request.url);
        self.tools.client.send(self.outgoing(request, credential, &url)).await
    }

    fn outgoing<'o>(
        &'o self,
        request: &'o Request,
        credential: Credential,
        url: &'o str,
    ) -> OutgoingRequest<'o> {
        let key = match credential {
            Credential::None => None,
            Credential::Invalid => Some(self.tools.invalid_key),
            Credential::Operator => self.tools.key,
        };
        // Some hold them unasked.
        let may_draw = credential == Credential::Operator;
        OutgoingRequest {
            method: request.method,
            url,
            headers: Vec::new(),
            key: key.map(|key| (key, KeyHeader::from_contract(self.contract))),
            json: request.body.as_ref(),
            timeout: self.tools.options.timeout,
            // An answer that may hold its images is larger than any other.
            cap_bytes: if may_draw { INLINE_BYTES } else { ANSWER_BYTES },
            alone: credential == Credential::Operator
                && (request.billable || request.method == "POST"),
        }
    }

    /// The contract's address, at the host that the operator named instead.
    fn address(&self, url: &str) -> String {
        let base = self.tools.options.base_url.as_ref();
        base.map_or_else(|| url.to_owned(), |base| base.join(url))
    }

    /// How long to wait before a request is sent again: only where a limit was met, the server
    /// says when to come back, and the contract calls the answer's own code retryable.
    fn retry_wait(&self, outcome: &Outcome) -> Option<Duration> {
        let Outcome::Answered(answered) = outcome else { return None };
        if answered.status != 429 {
            return None;
        }
        let code = error_code(self.contract, &parsed(&answered.body)?)?;
        let mut errors = self.contract.clauses::<ErrorClause>();
        let retryable = errors.any(|error| {
            error.retryable == Some(true)
                && error.status.is_none_or(|status| status == 429)
                && error.code_text().as_ref() == Some(&code)
        });
        let wait = retry_after(&answered.headers, (self.tools.clock)())?;
        (retryable && wait <= MAX_WAIT).then_some(wait)
    }
}

/// The exchange of a request that did not leave.
fn not_sent(ask: &PlannedRequest, why: &str, skip: Option<SkipCause>) -> Exchange {
    let not_sent = Some(why.to_owned());
    Exchange { ask: ask.id.clone(), not_sent, skip, ..Exchange::default() }
}
