//! What somebody wants to try, and what it would come to: the request and its worst case.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Console, ConsoleTarget};
use crate::catalog::{CallName, Size};
use crate::contract::{Contract, Credential, ImageRequest, PlannedRequest, Request};
use crate::history::History;
use crate::pricing::amount;
use crate::probe::{ApiKey, BaseUrl, KeyHeader, SpendLimit, Trust, call_host, trusted_hosts};
use crate::server::error::ApiError;
use crate::server::hex::digest;
use crate::server::snapshot::Snapshot;

/// No endpoint takes a longer prompt.
const MOST_PROMPT: usize = 4000;

/// No size or quality has a longer name.
const MOST_WORD: usize = 100;

/// A listing, and what to draw.
#[derive(Debug)]
pub(super) struct ConsoleRequest {
    listing: String,
    draw: ImageRequest,
}

impl ConsoleRequest {
    /// Reads a body; the error names the key.
    pub(super) fn read(body: &[u8]) -> Result<Self, String> {
        let body: Value = serde_json::from_slice(body).map_err(|_| "the body is not JSON")?;
        let body = body.as_object().ok_or("the body is not an object")?;
        let (mut listing, mut draw) = (String::new(), ImageRequest::prompt(""));
        for (key, value) in body {
            let text = value.as_str().ok_or_else(|| format!("{key}: it is a text"))?;
            let most = if key == "prompt" { MOST_PROMPT } else { MOST_WORD };
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

/// A wish that can be sent.
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

impl Console {
    /// All that can fail for free, before the first cent.
    pub(super) fn errand<'l>(
        &'l self,
        loaded: &'l Snapshot,
        wish: &ConsoleRequest,
    ) -> Result<PreparedRequest<'l>, ApiError> {
        let question = |why: &str| ApiError::Question(why.to_owned());
        let listing = loaded.catalog.listings.get(wish.listing.as_str());
        let listing = listing.ok_or_else(|| question("listing: there is no such listing"))?;
        let contract = Contract::new(&loaded.catalog, listing, loaded.today);
        let contract = contract.ok_or_else(|| question("listing: it has no contract"))?;
        let request = contract.create(&wish.draw);
        let request = request.ok_or_else(|| question("listing: it has no such request"))?;
        let (key, trust, base_url) = self.way(&contract)?;
        let body = request.body.as_ref().map(Value::to_string).unwrap_or_default();
        let digest = digest(body.as_bytes(), 6);
        // The same wish has the same name: what was submitted and paid for is followed to its end.
        let (id, draw) = (format!("console-{digest}"), wish.draw.clone());
        let ask =
            PlannedRequest { id, credential: Credential::Operator, image: draw, refused: false };
        let spend_limit = SpendLimit {
            as_of: loaded.today,
            currency: self.till.currency,
            limit: Some(self.till.limit),
            rates: self.till.rates.clone(),
            assumed: None,
        };
        let table = spend_limit.price_table(&loaded.catalog);
        let worst = spend_limit.worst(&table, listing, &ask);
        let worst = worst.map_err(|why| ApiError::Question(why.to_string()))?;
        Ok(PreparedRequest { contract, ask, request, spend_limit, worst, key, trust, base_url })
    }

    /// The key, who may be sent it, and where it goes.
    fn way(&self, contract: &Contract<'_>) -> Result<(&ApiKey, Trust, Option<BaseUrl>), ApiError> {
        let listing = contract.listing;
        let refuse = |why: &str| ApiError::NotSent(why.to_owned());
        let (key, hosts, base) = match &self.place {
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
                let hosts = trusted_hosts(&self.embedded, &listing.id, contract.as_of);
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
    pub(super) fn plan(&self, loaded: &Snapshot, wish: &ConsoleRequest) -> Result<Value, ApiError> {
        let errand = self.errand(loaded, wish)?;
        let currency = self.till.currency;
        let history = History::open(&self.till.history);
        let used = history.and_then(|history| history.used(currency, (self.clock)()));
        let used = used.map_err(|_| ApiError::NotSent("the ledger can't be read".to_owned()))?;
        let limit = self.till.limit;
        let fits = errand.worst.and_then(|worst| used.checked_add(worst));
        let fits = fits.is_some_and(|all| all <= limit);
        let (of, left) = (amount(limit), format!("{} of", amount(used)));
        let words = match errand.worst {
            None => "Its price is unknown, so it is not sent.".to_owned(),
            Some(worst) => {
                let worst = amount(worst);
                let end = if fits { "" } else { " It does not fit, and is not sent." };
                format!("At worst {worst} {currency}; {left} {of} {currency} are used.{end}")
            }
        };
        Ok(json!({
            "format": 1,
            "listing": errand.contract.listing.id,
            "method": errand.request.method,
            "url": errand.url(),
            "headers": errand.headers(),
            "body": errand.request.body,
            "worst": errand.worst.map(amount),
            "currency": currency.code(),
            "limit": amount(limit),
            "used": amount(used),
            "sendable": fits,
            "words": words,
        }))
    }
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
