//! One run: free requests first, then those that may bill, each reserved before it leaves, none
//! sent twice, every answer kept before it is judged.

use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::Value;

use super::client::{ANSWER_BYTES, Answered, Client, Outcome, Outgoing, PICTURE_BYTES};
use super::key::Key;
use super::links::{Found, links};
use super::picture::Picture;
use super::spend::Purse;
use crate::catalog::{ClauseKind, sum};
use crate::contract::{Ask, Contract, Exchange, Plan, Request, SeenImage, SeenTask, Who, at};
use crate::history::{
    Evidence, History, HistoryError, NewTask, Reservation, ReservationId, Reserved, RunId, Settled,
};

/// The deepest JSON that is taken for an answer; one that is kept has to be read again.
const DEEPEST: usize = 64;

/// The longest that a server may ask to wait before a call is tried again.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The headers of an answer that are kept.
const KEPT_HEADERS: [&str; 4] = ["content-type", "retry-after", "location", "x-request-id"];

/// How a run goes about it.
#[derive(Debug, Clone)]
pub struct Manner {
    /// Scheme, host, port and perhaps a path in place of the contract's host.
    pub base_url: Option<String>,
    /// The longest wait for one answer.
    pub timeout: Duration,
    /// The longest wait for a task.
    pub task_timeout: Duration,
    /// The pause between two polls.
    pub poll_interval: Duration,
}

/// What a run has at hand.
pub struct Tools<'a> {
    /// Sends.
    pub client: &'a Client,
    /// Remembers, and keeps the ledger.
    pub history: &'a mut History,
    /// The operator's key.
    pub key: Option<&'a Key>,
    /// A key that nobody has.
    pub stranger: &'a Key,
    /// How much may be spent.
    pub purse: &'a Purse,
    /// How to go about it.
    pub manner: &'a Manner,
    /// Milliseconds since 1970.
    pub clock: fn() -> i64,
}

/// What was spent.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spend {
    /// Reserved before sending, in the limit's currency.
    pub reserved: Decimal,
    /// What of that counts as spent.
    pub spent: Decimal,
    /// Requests with the operator's key that were not answered 4xx.
    pub calls_billable: u32,
}

/// What came of a run, in the plan's order.
#[derive(Debug)]
pub struct Ran {
    /// What came of each request.
    pub exchanges: Vec<Option<Exchange>>,
    /// What each could cost.
    pub costs: Vec<Option<Decimal>>,
    /// What was spent.
    pub spend: Spend,
}

/// The order of a run: free requests, then the plainest that draws, then the others by cost.
pub fn order(asks: &[Ask], costs: &[Option<Decimal>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..asks.len()).collect();
    order.sort_by_key(|&at| {
        let owner = asks[at].who == Who::Owner;
        (owner, costs[at].is_none(), costs[at], asks[at].refused, at)
    });
    order
}

/// Sends what may be sent of a plan.
pub async fn run(
    contract: &Contract<'_>,
    plan: &Plan<'_>,
    wanted: &[bool],
    costs: &[Option<Decimal>],
    run: RunId,
    tools: &mut Tools<'_>,
) -> Result<Ran, HistoryError> {
    let mut ran = Ran {
        exchanges: vec![None; plan.asks.len()],
        costs: costs.to_vec(),
        spend: Spend::default(),
    };
    let mut runner = Runner { contract, run, tools, number: 0, spend: &mut ran.spend };
    let left = runner.tools.history.unfinished(&contract.listing.id)?;
    for task in left {
        // What an earlier run submitted and paid for is followed to its end, not submitted anew.
        let opened = task.opened;
        if opened.base_url != runner.base_url() {
            continue;
        }
        let at = plan.asks.iter().position(|ask| ask.id == opened.ask);
        let mut exchange = Exchange {
            ask: opened.ask.clone(),
            status: Some(200),
            is_json: true,
            asked_at: (runner.tools.clock)() / 1000,
            ..Exchange::default()
        };
        runner.follow(&mut exchange, &opened.task).await;
        runner.keep(&exchange)?;
        if exchange.task.as_ref().is_some_and(has_ended) {
            runner.tools.history.close_task(task.id)?;
        }
        if let Some(at) = at {
            ran.exchanges[at] = Some(exchange);
        }
    }
    for at in order(&plan.asks, costs) {
        if !wanted[at] || ran.exchanges[at].is_some() {
            continue;
        }
        let exchange = runner.ask(&plan.asks[at], costs[at]).await?;
        runner.keep(&exchange)?;
        ran.exchanges[at] = Some(exchange);
    }
    Ok(ran)
}

struct Runner<'r, 'a> {
    contract: &'r Contract<'r>,
    run: RunId,
    tools: &'r mut Tools<'a>,
    number: u32,
    spend: &'r mut Spend,
}

impl Runner<'_, '_> {
    /// Where this run speaks to; a task of another place is no business of it.
    fn base_url(&self) -> String {
        self.tools.manner.base_url.clone().unwrap_or_default()
    }

    fn keep(&mut self, exchange: &Exchange) -> Result<(), HistoryError> {
        self.number += 1;
        let body = serde_json::to_value(exchange).unwrap_or(Value::Null);
        let (run, number, ask) = (self.run, self.number, exchange.ask.clone());
        self.tools.history.record(&Evidence { run, number, ask, body })
    }

    /// One request of the plan, with all that follows from it.
    async fn ask(&mut self, ask: &Ask, cost: Option<Decimal>) -> Result<Exchange, HistoryError> {
        let mut exchange = Exchange { ask: ask.id.clone(), ..Exchange::default() };
        exchange.asked_at = (self.tools.clock)() / 1000;
        let Some(request) = self.contract.create(&ask.draw) else {
            exchange.not_sent = Some("the contract has no such request".to_owned());
            return Ok(exchange);
        };
        let reservation = if ask.who == Who::Owner {
            match self.reserve(ask, cost)? {
                Ok(id) => Some(id),
                Err(why) => {
                    exchange.not_sent = Some(why);
                    return Ok(exchange);
                }
            }
        } else {
            None
        };
        let outcome = self.send(&request, ask.who).await;
        let outcome = self.again(&request, ask.who, outcome).await;
        self.settle(reservation, cost, &outcome)?;
        let answered = match outcome {
            Outcome::Answered(answered) => answered,
            other => {
                no_answer(&mut exchange, &other);
                return Ok(exchange);
            }
        };
        self.read(&mut exchange, &answered);
        if ask.who == Who::Owner && matches!(exchange.status, Some(200..300)) {
            self.finish(&mut exchange, reservation).await?;
        }
        Ok(exchange)
    }

    /// Reserves the worst case; or says why the request must not leave.
    fn reserve(
        &mut self,
        ask: &Ask,
        cost: Option<Decimal>,
    ) -> Result<Result<ReservationId, String>, HistoryError> {
        let Some(limit) = self.tools.purse.limit else {
            return Ok(Err("it may bill, and no --spend-limit was given".to_owned()));
        };
        if self.tools.key.is_none() {
            return Ok(Err("there is no key".to_owned()));
        }
        let Some(amount) = cost else {
            return Ok(Err("its price is unknown; give --assume-price".to_owned()));
        };
        let currency = self.tools.purse.currency;
        let reserved = self.tools.history.reserve(&Reservation {
            run: self.run,
            listing: self.contract.listing.id.clone(),
            what: ask.id.clone(),
            amount,
            currency,
            limit,
            now_ms: (self.tools.clock)(),
        })?;
        Ok(match reserved {
            Reserved::Yes(id) => {
                self.spend.reserved =
                    sum(self.spend.reserved, amount).unwrap_or(self.spend.reserved);
                Ok(id)
            }
            Reserved::OverLimit { used } => Err(format!(
                "it could cost {amount} {currency}, and {used} of {limit} {currency} are used"
            )),
            Reserved::OtherCurrency(other) => {
                Err(format!("the ledger has amounts in {other}; give the limit in {other}"))
            }
        })
    }

    async fn send(&self, request: &Request, who: Who) -> Outcome {
        let auth = self.contract.clauses(ClauseKind::Auth).next();
        let key = match who {
            Who::Nobody => None,
            Who::Stranger => Some(self.tools.stranger),
            Who::Owner => self.tools.key,
        };
        let header = auth.and_then(|clause| clause.text("header")).unwrap_or("Authorization");
        let scheme = auth.and_then(|clause| clause.text("scheme")).unwrap_or("Bearer");
        let url = self.address(&request.url);
        let format = request.body.as_ref().and_then(|body| body.get("response_format"));
        let inline = format.and_then(Value::as_str).is_some_and(|format| format.contains("b64"));
        let mut answers = self.contract.clauses(ClauseKind::Answer);
        let inline = inline || answers.any(|c| c.text("role") == Some("image-base64"));
        self.tools
            .client
            .send(Outgoing {
                method: request.method,
                url: &url,
                headers: Vec::new(),
                key: key.map(|key| (key, header, scheme)),
                json: request.body.as_ref(),
                timeout: self.tools.manner.timeout,
                // An answer that holds its images is larger than any other.
                cap_bytes: if inline { 2 * PICTURE_BYTES } else { ANSWER_BYTES },
            })
            .await
    }

    /// The contract's address, at the host that the operator named instead.
    fn address(&self, url: &str) -> String {
        let Some(base) = &self.tools.manner.base_url else { return url.to_owned() };
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let path = rest.find('/').map_or("", |slash| &rest[slash..]);
        format!("{}{path}", base.trim_end_matches('/'))
    }

    /// Only what surely cost nothing is tried again: a connection that never stood, a request
    /// without the operator's key, or a limit that the contract calls retryable.
    async fn again(&self, request: &Request, who: Who, outcome: Outcome) -> Outcome {
        match &outcome {
            Outcome::ConnectFailed(_) => self.send(request, who).await,
            Outcome::Answered(answered) if answered.status == 429 => {
                let wait = retry_after(answered).filter(|wait| *wait <= LONGEST_WAIT);
                let body = parsed(&answered.body).unwrap_or(Value::Null);
                match wait.filter(|_| self.retryable(&body)) {
                    Some(wait) => {
                        tokio::time::sleep(wait).await;
                        self.send(request, who).await
                    }
                    None => outcome,
                }
            }
            _ => outcome,
        }
    }

    /// Whether the contract calls this refusal retryable, by its code where it has one.
    fn retryable(&self, body: &Value) -> bool {
        let mut shapes = self.contract.clauses(ClauseKind::ErrorBody);
        let code = shapes.find_map(|shape| at(body, shape.text("code")?)).map(|code| match code {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        let mut errors = self.contract.clauses(ClauseKind::Error);
        errors.any(|clause| {
            let own = clause.text("code").map(str::to_owned);
            let own = own.or_else(|| clause.count("code-number").map(|n| n.to_string()));
            let named = own.is_some() && own == code;
            let plain = own.is_none() && clause.count("status") == Some(429);
            clause.flag("retryable") == Some(true) && (named || plain)
        })
    }

    /// Books what was reserved: free only where the contract says so.
    fn settle(
        &mut self,
        reservation: Option<ReservationId>,
        cost: Option<Decimal>,
        outcome: &Outcome,
    ) -> Result<(), HistoryError> {
        let Some(id) = reservation else { return Ok(()) };
        let status = match outcome {
            Outcome::Answered(answered) => Some(answered.status),
            _ => None,
        };
        let refused = status.is_some_and(|status| (400..500).contains(&status));
        if !refused {
            self.spend.calls_billable += 1;
        }
        if refused && self.not_charged(outcome) {
            return self.tools.history.settle(id, Settled::Released);
        }
        let spent = sum(self.spend.spent, cost.unwrap_or_default());
        self.spend.spent = spent.unwrap_or(self.spend.spent);
        self.tools.history.settle(id, Settled::Spent)
    }

    fn not_charged(&self, outcome: &Outcome) -> bool {
        use crate::catalog::{Fact, Field, Value as Known};
        let Outcome::Answered(answered) = outcome else { return false };
        let status = u64::from(answered.status);
        let mut errors = self.contract.clauses(ClauseKind::Error);
        let said = errors.any(|clause| {
            clause.count("status") == Some(status) && clause.flag("charged") == Some(false)
        });
        let fact = self.contract.fact(Field::FailureCharged);
        said || matches!(fact.as_ref().and_then(Fact::value), Some(Known::Flag(false)))
    }

    fn read(&self, exchange: &mut Exchange, answered: &Answered) {
        exchange.status = Some(answered.status);
        exchange.latency_ms = answered.latency_ms;
        exchange.key_echoed = answered.key_echoed;
        let kept = |(name, _): &&(String, String)| KEPT_HEADERS.contains(&name.as_str());
        exchange.headers = answered.headers.iter().filter(kept).cloned().collect();
        let body = parsed(&answered.body);
        exchange.is_json = body.is_some();
        exchange.body = body.unwrap_or(Value::Null);
    }

    /// Follows a task where there is one, and looks at every image.
    async fn finish(
        &mut self,
        exchange: &mut Exchange,
        reservation: Option<ReservationId>,
    ) -> Result<(), HistoryError> {
        let task = self.task_id(&exchange.body).filter(|_| self.contract.has_tasks());
        let Some(task) = task else {
            let found = links(self.contract, "create", &exchange.body);
            self.look(exchange, found).await;
            return Ok(());
        };
        let opened = self.tools.history.open_task(&NewTask {
            run: self.run,
            reservation,
            listing: self.contract.listing.id.clone(),
            base_url: self.base_url(),
            ask: exchange.ask.clone(),
            task: task.clone(),
        })?;
        self.follow(exchange, &task).await;
        // A task that was given up stays open, so that a later run can see its end.
        if exchange.task.as_ref().is_some_and(has_ended) {
            self.tools.history.close_task(opened)?;
        }
        Ok(())
    }

    fn task_id(&self, body: &Value) -> Option<String> {
        let clauses = self.contract.clauses(ClauseKind::Answer);
        let mut ids = clauses.filter(|clause| {
            clause.text("call") == Some("create") && clause.text("role") == Some("task-id")
        });
        ids.find_map(|clause| at(body, clause.text("path")?)?.as_str().map(str::to_owned))
    }

    /// Polls until the task ends or the time is up. Polls cost nothing.
    async fn follow(&mut self, exchange: &mut Exchange, id: &str) {
        let mut task = SeenTask { id: id.to_owned(), ..SeenTask::default() };
        let start = tokio::time::Instant::now();
        let before = exchange.latency_ms;
        task.end = "it did not end in time".to_owned();
        let mut misses = 0;
        while start.elapsed() < self.tools.manner.task_timeout && misses < 5 {
            let Some(request) = self.contract.poll("poll", id) else {
                "its id can't stand in an address".clone_into(&mut task.end);
                break;
            };
            match self.send(&request, Who::Owner).await {
                Outcome::Answered(answered) if answered.status == 200 => {
                    exchange.key_echoed |= answered.key_echoed;
                    match parsed(&answered.body) {
                        Some(body) => task.polls.push(body),
                        None => misses += 1,
                    }
                    if task.polls.len() > 2 {
                        // The first and the last two tell everything.
                        task.polls.remove(1);
                    }
                }
                _ => misses += 1,
            }
            if let Some(end) = task.polls.last().and_then(|body| self.ended(body)) {
                end.clone_into(&mut task.end);
                break;
            }
            tokio::time::sleep(self.tools.manner.poll_interval).await;
        }
        if misses >= 5 {
            "its polls had no answer".clone_into(&mut task.end);
        }
        exchange.latency_ms =
            before + u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        if let Some(request) = self.contract.poll("poll", id)
            && let Outcome::Answered(answered) = self.send(&request, Who::Nobody).await
        {
            task.without_key = Some(answered.status);
        }
        let mut found = task.polls.last().map(|body| links(self.contract, "poll", body));
        if task.end == "done"
            && let Some(request) = self.contract.poll("result", id)
            && let Outcome::Answered(answered) = self.send(&request, Who::Owner).await
            && let Some(body) = parsed(&answered.body)
        {
            found = Some(links(self.contract, "result", &body));
            task.result = Some(body);
        }
        let done = task.end == "done";
        exchange.task = Some(task);
        if done {
            self.look(exchange, found.unwrap_or_default()).await;
        }
    }

    fn ended(&self, body: &Value) -> Option<&'static str> {
        let clauses = self.contract.clauses(ClauseKind::Answer);
        let mut status = clauses.filter(|c| c.text("role") == Some("task-status"));
        let word = status.find_map(|clause| at(body, clause.text("path")?)?.as_str());
        let is = |state: &str| {
            let mut clauses = self.contract.clauses(ClauseKind::Task);
            word.is_some_and(|word| {
                clauses.any(|c| c.texts(state).is_some_and(|all| all.iter().any(|w| w == word)))
            })
        };
        if is("done") {
            Some("done")
        } else if is("failed") {
            Some("failed")
        } else {
            None
        }
    }

    async fn look(&self, exchange: &mut Exchange, found: Vec<Found>) {
        for image in found {
            let link = match &image {
                Found::Link { link, .. } => link.clone(),
                Found::Inline { base64 } => format!("data:image/png;base64,{base64}"),
            };
            let timeout = self.tools.manner.timeout;
            let picture = self.tools.client.image(&link, PICTURE_BYTES, timeout).await;
            exchange.images.push(seen(picture, &image));
        }
    }
}

fn has_ended(task: &SeenTask) -> bool {
    task.end == "done" || task.end == "failed"
}

fn seen(picture: Picture, found: &Found) -> SeenImage {
    let inline = matches!(found, Found::Inline { .. });
    let (status, mut trouble) = match picture.outcome {
        Outcome::Answered(status) => (status, None),
        other => (None, Some(why(&other))),
    };
    if let Some(status) = status.filter(|status| *status != 200) {
        trouble = Some(match picture.location {
            Some(_) => format!("the link leads elsewhere, with status {status}"),
            None => format!("the link answers {status}"),
        });
    }
    if trouble.is_none() && picture.size.is_none() {
        trouble = Some("it is no image that can be read".to_owned());
    }
    SeenImage {
        link: (!inline).then_some(picture.link),
        // An image in the answer came with it.
        status: if inline { Some(200) } else { status },
        trouble,
        content_type: if inline { None } else { picture.content_type },
        kind: picture.kind,
        size: picture.size,
    }
}

/// Why no answer came, in words.
fn why<T>(outcome: &Outcome<T>) -> String {
    match outcome {
        Outcome::Answered(_) => String::new(),
        Outcome::Refused(why) => why.clone(),
        Outcome::ConnectFailed(why) => format!("no connection: {why}"),
        Outcome::TimedOut => "no answer in time".to_owned(),
        Outcome::Cut(why) => format!("the answer was cut: {why}"),
        Outcome::TooLarge => "the answer is too large".to_owned(),
    }
}

fn no_answer(exchange: &mut Exchange, outcome: &Outcome) {
    match outcome {
        Outcome::Refused(why) => exchange.not_sent = Some(why.clone()),
        other => {
            exchange.too_large = matches!(other, Outcome::TooLarge);
            exchange.failed = Some(why(other));
        }
    }
}

/// How deep arrays and objects stand in each other, in bytes that need not be JSON.
fn depth(bytes: &[u8]) -> usize {
    let (mut deepest, mut now) = (0_usize, 0_usize);
    let (mut in_text, mut escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                now += 1;
                deepest = deepest.max(now);
            }
            b']' | b'}' if !in_text => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The JSON of an answer; none where it nests deeper than any honest one.
fn parsed(bytes: &[u8]) -> Option<Value> {
    (depth(bytes) <= DEEPEST).then(|| serde_json::from_slice(bytes).ok()).flatten()
}

/// Seconds of a Retry-After header.
fn retry_after(answered: &Answered) -> Option<Duration> {
    let mut headers = answered.headers.iter();
    let (_, value) = headers.find(|(name, _)| name == "retry-after")?;
    value.trim().parse().ok().map(Duration::from_secs)
}
