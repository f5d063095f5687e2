//! The one place that speaks HTTP: sends a request once, reads a bounded answer, and gives it back
//! without keys. It takes a key over no redirect, uses no proxy, and never tries anything again.

use std::error::Error;
use std::io::{Error as IoError, ErrorKind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{ClientBuilder, Method, Request, Response, redirect, retry};

use super::host_limiter::HostLimiter;
use super::image_header::{ImageFetch, embedded, measured};
use super::outcome::{HttpResponse, Outcome, OutgoingRequest, causes, told};
use super::redactor::{Redactor, harmless};
use super::tls::{TlsError, client_config, plain_config};
use super::trust::{Private, Trust, address, is_public, literal, redirected};

/// The most of an answer that is read where no image is expected in it.
pub const ANSWER_BYTES: usize = 1 << 20;

/// The most of an image that is read, whatever the caller allows.
pub const PICTURE_BYTES: usize = 20 << 20;

/// How long a connection may take, the handshake with it.
const CONNECT: Duration = Duration::from_secs(10);

/// Connections that are kept for what costs nothing: as many as are asked at once by one run.
const MAX_IDLE: usize = 4;

/// Shorter than what servers wait, of which the most impatient close after five seconds.
const IDLE: Duration = Duration::from_secs(4);

/// The most redirects from an image's link to the image.
const MAX_REDIRECTS: usize = 4;

/// The length of a link or a reason that is still read by a person.
const MAX_TEXT: usize = 500;

/// Says why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The library has none.
    #[error("can't make an HTTP client")]
    Library(#[source] reqwest::Error),
    /// Nobody vouches for servers.
    #[error("can't tell whom to trust over TLS")]
    Tls(#[from] TlsError),
}

/// How long an exchange may take, and how much of the answer is read.
type Bounds = (Duration, usize);

/// Over which connections a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// To a host that the operator named, wherever it stands, and over no other's connection.
    Alone,
    /// To such a host, where a connection that is still open will do.
    Shared,
    /// To all others, if they are on the public internet.
    Guarded,
}

/// Sends requests, with the key to those alone whom the operator named.
#[derive(Debug)]
pub struct Client {
    redactor: Redactor,
    trust: Trust,
    /// Whose turn it is where, and whether anybody's.
    hosts: HostLimiter,
    /// For each way, without TLS and with it; each is made when it is first needed.
    ways: [OnceLock<reqwest::Client>; 6],
    /// Whether a shared connection may still be open.
    shared: AtomicBool,
    connect: Duration,
}

struct Raw {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
    latency_ms: u64,
    ttfb_ms: u64,
}

impl Client {
    /// A client that redacts and trusts as it is told.
    pub fn new(redactor: Redactor, trust: Trust) -> Result<Self, ClientError> {
        let hosts = HostLimiter::new(usize::MAX);
        let (ways, shared) = <_>::default();
        let client = Self { redactor, trust, hosts, ways, shared, connect: CONNECT };
        // What can fail for free fails now, and not at the first request.
        client.way(Way::Alone, client.trust.wants_tls())?;
        Ok(client)
    }

    /// The same client, which takes turns with others at every host, and ends with them.
    #[must_use]
    pub fn polite(mut self, hosts: &HostLimiter) -> Self {
        self.hosts = hosts.clone();
        self
    }

    /// The same client, whose connections may take less than its requests, so that one that never
    /// left is told from one whose answer is late.
    #[must_use]
    pub fn patient(mut self, timeout: Duration) -> Self {
        (self.connect, self.ways) = (CONNECT.min(timeout / 4 * 3), <_>::default());
        self
    }

    /// Ends all sending, of this client and of those it takes turns with.
    pub fn stop(&self) {
        self.hosts.stop();
    }

    /// Whether all sending has ended.
    pub fn is_stopped(&self) -> bool {
        self.hosts.is_stopped()
    }

    /// A text without the keys.
    pub fn redacted(&self, text: &str) -> String {
        self.redactor.redact_text(text)
    }

    /// Whether a text holds a key, and not by chance.
    pub(super) fn finds_key(&self, text: &str) -> bool {
        self.redactor.finds(text.as_bytes())
    }

    /// Why a request would not be sent, where it would not.
    pub fn refuses(&self, out: &OutgoingRequest<'_>) -> Option<String> {
        let why = self.request(out).err()?;
        Some(harmless(&self.redactor, why.as_bytes(), MAX_TEXT).0)
    }

    /// Sends a request once and reads the answer.
    pub async fn send(&self, out: OutgoingRequest<'_>) -> Outcome {
        let bounds = (out.timeout, out.cap_bytes);
        let way = if out.alone { Way::Alone } else { Way::Shared };
        match self.request(&out) {
            Ok(request) => {
                let fetched = self.fetch(request, way, bounds).await;
                fetched.map(|raw| {
                    let headers = raw.headers.iter();
                    let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
                    let (headers, times) = (headers.collect(), (raw.latency_ms, raw.ttfb_ms));
                    HttpResponse::new(&self.redactor, raw.status, headers, raw.body, times)
                })
            }
            Err(why) => self.refused(&why),
        }
    }

    /// Fetches an image without any key, or reads it from a `data:` link.
    pub async fn image(&self, link: &str, cap_bytes: usize, timeout: Duration) -> ImageFetch {
        let cap = cap_bytes.min(PICTURE_BYTES);
        let text = |bytes: &[u8], most| harmless(&self.redactor, bytes, most).0;
        let mut picture = ImageFetch::new(text(link.as_bytes(), MAX_TEXT));
        let mut keep = |body: Vec<u8>| {
            (picture.kind, picture.size) = measured(&body);
            picture.body = body;
        };
        picture.outcome = if let Some(embedded) = embedded(link, cap) {
            embedded.map(|(kind, body)| {
                keep(body);
                picture.content_type = Some(text(kind.as_bytes(), MAX_TEXT));
                None
            })
        } else {
            let fetched = self.follow(link, (timeout, cap), &mut picture.redirected).await;
            fetched.map(|raw| {
                let header = |name| raw.headers.get(name).map(|v| text(v.as_bytes(), MAX_TEXT));
                let all = ["content-type", "location", "retry-after"].map(header);
                [picture.content_type, picture.location, picture.retry_after] = all;
                picture.challenged = raw.headers.contains_key("cf-mitigated");
                keep(raw.body);
                Some(raw.status)
            })
        };
        picture
    }

    fn request(&self, out: &OutgoingRequest<'_>) -> Result<Request, String> {
        let url = address(out.url)?;
        let method = Method::from_bytes(out.method.as_bytes())
            .map_err(|_| format!("`{}` is not a method", out.method))?;
        let mut request = Request::new(method, url);
        for (name, value) in &out.headers {
            let value = HeaderValue::from_str(value);
            let value = value.map_err(|_| format!("no header can carry the value of `{name}`"))?;
            request.headers_mut().append(header_name(name)?, value);
        }
        if let Some(json) = out.json {
            let kind = HeaderValue::from_static("application/json");
            request.headers_mut().entry(CONTENT_TYPE).or_insert(kind);
            *request.body_mut() = Some(json.to_string().into());
        }
        if !self.trust.takes_key(request.url()) {
            if out.key.is_some() || self.holds_key(&request) {
                let host = request.url().host_str().unwrap_or_default();
                return Err(format!("the key does not go to `{host}`, which nobody named"));
            }
        } else if let Some((key, header)) = out.key {
            let mut value = HeaderValue::from_bytes(header.secret_value(key).as_bytes())
                .map_err(|_| "no header can carry the key".to_owned())?;
            value.set_sensitive(true);
            request.headers_mut().insert(header_name(header.name)?, value);
        }
        Ok(request)
    }

    /// Whether somebody put a key where it does not belong.
    fn holds_key(&self, request: &Request) -> bool {
        let headers = request.headers().values();
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        self.redactor.finds(request.url().as_str().as_bytes())
            || self.redactor.finds(body)
            || headers.into_iter().any(|value| self.redactor.finds(value.as_bytes()))
    }

    fn image_request(&self, link: &str) -> Result<Request, String> {
        let url = address(link)?;
        if self.redactor.finds(link.as_bytes()) || self.redactor.finds(url.as_str().as_bytes()) {
            return Err("the link holds the key".to_owned());
        }
        Ok(Request::new(Method::GET, url))
    }

    /// Fetches what a link leads to, without any key and over a few redirects, none of which leads
    /// where the link itself may not.
    async fn follow(&self, link: &str, bounds: Bounds, was_led: &mut bool) -> Outcome<Raw> {
        let mut next = self.image_request(link);
        let mut redirect = None;
        for _ in 0..=MAX_REDIRECTS {
            let request = match next {
                Ok(request) => request,
                Err(why) => return redirect.unwrap_or_else(|| self.refused(&why)),
            };
            let from = request.url().clone();
            let fetched = self.fetch(request, Way::Shared, bounds).await;
            match (&fetched, redirect) {
                (Outcome::Refused(_), Some(redirect)) => return redirect,
                (Outcome::Answered(raw), _) => {
                    let location = raw.headers.get(LOCATION).and_then(|to| to.to_str().ok());
                    let Some(to) = redirected(&from, raw.status, location) else { return fetched };
                    (next, *was_led) = (self.image_request(to.as_str()), true);
                    redirect = Some(fetched);
                }
                _ => return fetched,
            }
        }
        redirect.unwrap_or(Outcome::TooLarge)
    }

    fn refused<T>(&self, why: &str) -> Outcome<T> {
        Outcome::Refused(harmless(&self.redactor, why.as_bytes(), MAX_TEXT).0)
    }

    /// Sends and reads; the time counts for both together, so that a slow drip ends as well.
    async fn fetch(&self, request: Request, way: Way, (timeout, cap): Bounds) -> Outcome<Raw> {
        let way = if self.trust.names(request.url()) {
            way
        } else {
            if let Some(address) = literal(request.url()).filter(|ip| !is_public(*ip)) {
                return self.refused(&Private(address.to_string()).to_string());
            }
            Way::Guarded
        };
        let Some(_turn) = self.hosts.acquire(request.url()).await else { return Outcome::Stopped };
        let start = Instant::now();
        let exchange = async {
            let response = match self.execute(request, way).await {
                Ok(response) => response,
                Err(outcome) => return *outcome,
            };
            let ttfb_ms = since(start);
            self.read(response, cap, start, ttfb_ms).await
        };
        tokio::time::timeout(timeout, exchange).await.unwrap_or(Outcome::TimedOut)
    }

    /// Sends, and again over a new connection where one that was open already may have been closed
    /// under a request that costs nothing.
    async fn execute(&self, request: Request, way: Way) -> Result<Response, Box<Outcome<Raw>>> {
        let tls = request.url().scheme() == "https";
        let client = |way| self.way(way, tls).map_err(|why| Box::new(self.refused(&told(&why))));
        let failed = |why| Box::new(self.failed(why));
        let reused = way == Way::Shared && self.shared.swap(true, Ordering::Relaxed);
        let spare = if reused { request.try_clone() } else { None };
        match (client(way)?.execute(request).await, spare) {
            (Err(why), Some(spare)) if !why.is_connect() && !why.is_timeout() => {
                client(Way::Alone)?.execute(spare).await.map_err(failed)
            }
            (sent, _) => sent.map_err(failed),
        }
    }

    /// What sends over a way.
    fn way(&self, way: Way, tls: bool) -> Result<&reqwest::Client, ClientError> {
        let cell = &self.ways[2 * way as usize + usize::from(tls)];
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        // This machine's authorities are hundreds, and reading them takes a while.
        let config = if tls { client_config()? } else { plain_config()? };
        let builder = builder(way).connect_timeout(self.connect).tls_backend_preconfigured(config);
        let client = builder.build().map_err(ClientError::Library)?;
        Ok(cell.get_or_init(|| client))
    }

    async fn read(
        &self,
        mut response: Response,
        cap: usize,
        start: Instant,
        ttfb_ms: u64,
    ) -> Outcome<Raw> {
        let (status, mut body) = (response.status().as_u16(), Vec::new());
        let headers = std::mem::take(response.headers_mut());
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > cap => return Outcome::TooLarge,
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(why) => return self.failed(why),
            }
        }
        Outcome::Answered(Raw { status, headers, body, latency_ms: since(start), ttfb_ms })
    }

    fn failed(&self, why: reqwest::Error) -> Outcome<Raw> {
        let why = why.without_url();
        if let Some(private) = causes(&why).iter().find_map(|cause| cause.downcast_ref::<Private>())
        {
            return self.refused(&private.to_string());
        }
        let text = harmless(&self.redactor, told(&why).as_bytes(), MAX_TEXT).0;
        if why.is_builder() {
            Outcome::Refused(text)
        } else if why.is_connect() {
            Outcome::ConnectFailed(text)
        } else if why.is_timeout() {
            Outcome::TimedOut
        } else {
            Outcome::Cut(text)
        }
    }
}

/// No read timeout beside the whole one: a synchronous endpoint is silent while it draws.
fn builder(way: Way) -> ClientBuilder {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("cogdex/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .referer(false)
        // The default sends again what a server refused by protocol, which may be billed.
        .retry(retry::never());
    match way {
        Way::Alone => builder.pool_max_idle_per_host(0),
        Way::Shared => builder.pool_max_idle_per_host(MAX_IDLE).pool_idle_timeout(IDLE),
        Way::Guarded => builder.pool_max_idle_per_host(0).dns_resolver(Arc::new(PublicOnly)),
    }
}

fn header_name(name: &str) -> Result<HeaderName, String> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` is not a header"))
}

fn since(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Resolves names to public addresses only. What it gives is what is connected to: there is no
/// second look-up that could say something else.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if let Some(private) = found.iter().find(|address| !is_public(address.ip())) {
                let why = format!("{} ({})", name.as_str(), private.ip());
                return Err(Box::new(Private(why)) as Box<dyn Error + Send + Sync>);
            }
            if found.is_empty() {
                return Err(IoError::new(ErrorKind::NotFound, "the name has no address").into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
