//! What the console is asked to send: the request, where it goes, and its worst case.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Console, ConsoleTarget};
use crate::catalog::{CallName, Size};
use crate::contract::{Contract, Credential, ImageRequest, PlannedRequest, Request};
use crate::history::History;
use crate::pricing::amount;
use crate::probe::{ApiKey, BaseUrl, KeyHeader, SpendLimit, Trust, call_host, trusted_hosts};
use crate::server::error::ApiError;
use crate::server::hex_digest;
use crate::server::snapshot::Snapshot;

/// No endpoint takes a longer prompt.
const MAX_PROMPT_CHARS: usize = 4000;

/// No size or quality has a longer name.
const MAX_NAME_CHARS: usize = 100;

/// A listing, and the image that is wanted.
#[derive(Debug)]
pub(super) struct ConsoleRequest {
    listing: String,
    draw: ImageRequest,
}

impl ConsoleRequest {
    /// Reads a body; the error names the key.
    pub(super) fn parse(body: &[u8]) -> Result<Self, String> {
        let body: Value = serde_json::from_slice(body).map_err(|_| "the body is not JSON")?;
        let body = body.as_object().ok_or("the body is not an object")?;
        let (mut listing, mut draw) = (String::new(), ImageRequest::prompt(""));
        for (key, value) in body {
            let text = value.as_str().ok_or_else(|| format!("{key}: it is a text"))?;
            let most = if key == "prompt" { MAX_PROMPT_CHARS } else { MAX_NAME_CHARS };
            if text.chars().nth(most).is_some() {
                return Err(format!("{key}: it has at most {most} characters"));
            }
            match key.as_str() {
                "listing" => text.clone_into(&mut listing),
                "prompt" => text.clone_into(&mut draw.prompt),
                "size" => {
                    let size = text.parse::<Size>().map_err(|why| format!("size: {why}"))?;
                    draw.size = Some(size);
                }
                "quality" => draw.quality = Some(text.to_owned()),
                _ => return Err("the keys are listing, prompt, size and quality".to_owned()),
            }
        }
        if draw.prompt.trim().is_empty() {
            return Err("prompt: there is none".to_owned());
        }
        Ok(Self { listing, draw })
    }
}

/// A request that can be sent.
pub(super) struct PreparedRequest<'l> {
    pub(super) contract: Contract<'l>,
    pub(super) ask: PlannedRequest,
    pub(super) request: Request,
    pub(super) spend_limit: SpendLimit,
    /// The worst case; none where no price is known.
    pub(super) worst: Option<Decimal>,
    pub(super) key: &'l ApiKey,
    pub(super) trust: Trust,
    /// Scheme, host and perhaps a path in place of the contract's host.
    pub(super) base_url: Option<BaseUrl>,
}

impl PreparedRequest<'_> {
    /// Where the request goes, for the history and the limit.
    pub(super) fn address(&self) -> Option<&str> {
        let base = self.base_url.as_ref().map(BaseUrl::as_str);
        base.or_else(|| self.contract.call_host(CallName::Create))
    }
}

/// Prepares a request: everything that can fail for free, before the first cent.
pub(super) fn prepare<'l>(
    console: &'l Console,
    snapshot: &'l Snapshot,
    wanted: &ConsoleRequest,
) -> Result<PreparedRequest<'l>, ApiError> {
    let invalid = |why: &str| ApiError::Invalid(why.to_owned());
    let catalog = snapshot.catalog();
    let listing = catalog.listings.get(wanted.listing.as_str());
    let listing = listing.ok_or_else(|| invalid("listing: there is no such listing"))?;
    let contract = Contract::new(catalog, listing, snapshot.today);
    let contract = contract.ok_or_else(|| invalid("listing: it has no contract"))?;
    let request = contract.create(&wanted.draw);
    let request = request.ok_or_else(|| invalid("listing: it has no such request"))?;
    let (key, trust, base_url) = destination(console, &contract)?;
    let body = request.body.as_ref().map(Value::to_string).unwrap_or_default();
    // Equal requests have one name: what was submitted and paid for is followed to its end.
    let id = format!("console-{}", hex_digest(body.as_bytes(), 6));
    let ask = PlannedRequest {
        id,
        credential: Credential::Operator,
        image: wanted.draw.clone(),
        refused: false,
    };
    let spend_limit = SpendLimit {
        as_of: snapshot.today,
        currency: console.policy.currency,
        limit: Some(console.policy.limit),
        rates: console.policy.rates.clone(),
        assumed: None,
    };
    let worst = spend_limit.worst(&spend_limit.price_table(catalog), listing, &ask);
    let worst = worst.map_err(|why| ApiError::Invalid(why.to_string()))?;
    // A mock bills nothing, so that it needs no price.
    let is_mock = matches!(console.target, ConsoleTarget::Mock { .. });
    let worst = worst.or(is_mock.then_some(Decimal::ZERO));
    Ok(PreparedRequest { contract, ask, request, spend_limit, worst, key, trust, base_url })
}

/// The key, who may be sent it, and where it goes.
fn destination<'l>(
    console: &'l Console,
    contract: &Contract<'_>,
) -> Result<(&'l ApiKey, Trust, Option<BaseUrl>), ApiError> {
    let listing = contract.listing;
    let refuse = |why: &str| ApiError::NotSent(why.to_owned());
    let (key, hosts, base) = match &console.target {
        ConsoleTarget::Mock { origin, bases, key } => {
            let base = bases.get(contract.endpoint.id.as_str());
            let base = base.ok_or_else(|| refuse("the mock does not serve this listing"))?;
            (
                key,
                vec![origin.clone()],
                Some(BaseUrl::parse(base).map_err(|why| refuse(&why.to_string()))?),
            )
        }
        ConsoleTarget::Endpoints(keys) => {
            let key = keys.get(listing.provider.as_str());
            let key = key.ok_or_else(|| refuse("the server has no key for this listing"))?;
            let hosts = trusted_hosts(&console.embedded, &listing.id, contract.as_of);
            let host = call_host(contract, CallName::Create);
            if !host.is_some_and(|host| hosts.contains(&host)) {
                return Err(refuse("the built-in catalog does not know this host"));
            }
            (key, hosts, None)
        }
    };
    let trust = Trust::new(hosts).map_err(|why| ApiError::NotSent(why.to_string()))?;
    Ok((key, trust, base))
}

/// What would be sent, and what it could cost.
pub(super) fn plan(
    console: &Console,
    snapshot: &Snapshot,
    request: &ConsoleRequest,
) -> Result<Value, ApiError> {
    let prepared = prepare(console, snapshot, request)?;
    let currency = console.policy.currency;
    let history = History::open(&console.policy.history);
    let used =
        history.and_then(|history| history.used(prepared.address(), currency, (console.clock)()));
    let used = used.map_err(|_| ApiError::NotSent("the ledger can't be read".to_owned()))?;
    let limit = console.policy.limit;
    let fits = prepared.worst.and_then(|worst| used.checked_add(worst));
    let fits = fits.is_some_and(|all| all <= limit);
    let (of, left) = (amount(limit), format!("{} of", amount(used)));
    let words = match prepared.worst {
        None => "Can't send: no known price to check against your limit.".to_owned(),
        Some(worst) => {
            let worst = amount(worst);
            let end = if fits { "" } else { " It does not fit, and is not sent." };
            format!("At worst {worst} {currency}; {left} {of} {currency} are used.{end}")
        }
    };
    Ok(json!({
        "format": 1,
        "listing": prepared.contract.listing.id,
        "method": prepared.request.method,
        "url": prepared.url(),
        "headers": prepared.headers(),
        "body": prepared.request.body,
        "worst": prepared.worst.map(amount),
        "currency": currency.code(),
        "limit": amount(limit),
        "used": amount(used),
        "sendable": fits,
        "words": words,
    }))
}

impl PreparedRequest<'_> {
    /// The address that the request goes to.
    fn url(&self) -> String {
        let url = &self.request.url;
        self.base_url.as_ref().map_or_else(|| url.clone(), |base| base.join(url))
    }

    /// The headers as a page may show them.
    fn headers(&self) -> Value {
        let header = KeyHeader::from_contract(&self.contract);
        json!([
            { "name": "content-type", "value": "application/json" },
            { "name": header.name, "value": header.value("[key]") },
        ])
    }
}
