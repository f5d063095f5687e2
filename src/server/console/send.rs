//! Sends one request the way a probe does, and says what came back.

use std::time::Duration;

use serde_json::{Value, json};

use super::request::{ConsoleRequest, PreparedRequest, prepare};
use super::{Console, ConsoleTarget};
use crate::contract::{Exchange, Plan};
use crate::history::{History, HistoryError, NewRun};
use crate::pricing::amount;
use crate::probe::{ApiKey, Client, FetchedImage, Redactor, RunContext, RunOptions, Spend, run};
use crate::server::error::ApiError;
use crate::server::snapshot::Snapshot;

/// The longest wait for one answer.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The longest wait for a task.
const TASK_TIMEOUT: Duration = Duration::from_mins(2);

/// The pause between two polls of an endpoint; a mock is not in need of it.
const POLL: Duration = Duration::from_secs(2);
const MOCK_POLL: Duration = Duration::from_millis(50);

/// More images of an answer are not shown.
const MAX_SHOWN: usize = 4;

/// A longer text of an answer, such as an image in base64, is cut in what is shown.
const MAX_TEXT: usize = 500;

/// Sends a request once, if it fits under the limit.
pub(super) fn send(
    console: &Console,
    snapshot: &Snapshot,
    request: &ConsoleRequest,
) -> Result<Value, ApiError> {
    let prepared = prepare(console, snapshot, request)?;
    let not_sent = |why: &str| ApiError::NotSent(format!("nothing was sent: {why}"));
    let client = Redactor::new([prepared.key]).ok();
    let client = client.and_then(|redactor| Client::new(redactor, prepared.trust.clone()).ok());
    let client = client.ok_or_else(|| not_sent("there is no client"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|_| not_sent("there is no runtime"))?;
    let history = History::open(&console.policy.history);
    let mut history = history.map_err(|_| not_sent("the ledger can't be opened"))?;
    let sent = runtime.block_on(run_request(console, snapshot, &prepared, &client, &mut history));
    // After this point something may have left, and it is not known what became of it.
    let (exchange, spend, shown) = sent.map_err(|_| ApiError::Internal)?;
    if let Some(why) = &exchange.not_sent {
        return Err(not_sent(why));
    }
    let used = history.used(prepared.address(), console.policy.currency, (console.clock)()).ok();
    let images = shown.into_iter().map(|shown| {
        let size = shown.size;
        let id = console.images.add(console.auth.token(), shown);
        json!({
            "address": format!("/console/images/{id}"),
            "width": size.map(|size| size.0),
            "height": size.map(|size| size.1),
        })
    });
    Ok(json!({
        "format": 1,
        "listing": prepared.contract.listing.id,
        "words": words(&exchange),
        "status": exchange.status,
        "latency_ms": exchange.latency_ms,
        "task": exchange.task.as_ref().map(|task| task.end),
        "images": images.collect::<Vec<_>>(),
        "body": shortened(last_body(&exchange)),
        "spent": amount(spend.spent),
        "used": used.map(amount),
        "limit": amount(console.policy.limit),
        "currency": console.policy.currency.code(),
    }))
}

/// A run with one request and no checks: its answer is kept, and nothing is judged.
async fn run_request(
    console: &Console,
    snapshot: &Snapshot,
    prepared: &PreparedRequest<'_>,
    client: &Client,
    history: &mut History,
) -> Result<(Exchange, Spend, Vec<FetchedImage>), HistoryError> {
    let contract = &prepared.contract;
    let number = history.begin(&NewRun {
        listing: contract.listing.id.to_string(),
        provider: contract.listing.provider.as_str().to_owned(),
        base_url: prepared.address().unwrap_or_default().to_owned(),
        as_of: snapshot.today,
        edition: snapshot.catalog().edition().map(|edition| edition.name.clone()),
        digest: snapshot.catalog().digest.clone(),
        started_ms: (console.clock)(),
    })?;
    let mock = matches!(console.target, ConsoleTarget::Mock { .. });
    let options = RunOptions {
        base_url: prepared.base_url.clone(),
        timeout: TIMEOUT,
        task_timeout: TASK_TIMEOUT,
        poll_interval: if mock { MOCK_POLL } else { POLL },
        images_kept: MAX_SHOWN,
    };
    let plan = Plan { requests: vec![prepared.ask.clone()], checks: Vec::new() };
    let mut tools = RunContext {
        client,
        history: &mut *history,
        key: Some(prepared.key),
        // No request of this plan goes with it.
        invalid_key: &ApiKey::invalid_example(0),
        spend_limit: &prepared.spend_limit,
        options: &options,
        clock: console.clock,
        asking: &|_| {},
    };
    let ran = run(contract, &plan, &[true], &[prepared.worst], number, &mut tools).await;
    history.finish(number, (console.clock)())?;
    let mut ran = ran?;
    let exchange = ran.exchanges.pop().flatten().unwrap_or_default();
    Ok((exchange, ran.spend, ran.images))
}

/// What came, in a line.
fn words(exchange: &Exchange) -> String {
    if let Some(why) = &exchange.failed {
        return format!("No whole answer came: {why}. It counts as spent.");
    }
    let status = exchange.status.map_or_else(String::new, |status| status.to_string());
    let task = exchange.task.as_ref().map(|task| format!(" The task: {}.", task.end));
    let troubles = exchange.images.iter().filter_map(|image| image.trouble.as_ref());
    let troubles: Vec<_> = troubles.map(|trouble| format!(" An image: {trouble}.")).collect();
    let troubles = troubles.concat();
    let ms = exchange.latency_ms;
    format!("Answered {status} in {ms} ms.{}{troubles}", task.unwrap_or_default())
}

/// The body that matters most: a task's result, its last poll, or the answer itself.
fn last_body(exchange: &Exchange) -> &Value {
    let task = exchange.task.as_ref();
    let of_task = task.and_then(|task| task.result.as_ref().or(task.polls.last()));
    of_task.unwrap_or(&exchange.body)
}

/// The same with long texts cut.
fn shortened(value: &Value) -> Value {
    match value {
        Value::String(text) if text.chars().nth(MAX_TEXT).is_some() => {
            let head: String = text.chars().take(MAX_TEXT / 10).collect();
            json!(format!("{head}… ({} characters)", text.chars().count()))
        }
        Value::Array(items) => items.iter().map(shortened).collect(),
        Value::Object(object) => {
            object.iter().map(|(key, value)| (key.clone(), shortened(value))).collect()
        }
        other => other.clone(),
    }
}
