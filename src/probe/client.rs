//! The one place that speaks HTTP: sends a request once, reads a bounded answer, and gives it back
//! without keys. It follows no redirect, uses no proxy, and never tries anything again.

use std::error::Error;
use std::io::{Error as IoError, ErrorKind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{ClientBuilder, Method, Request, Response, redirect, retry};
use url::Url;

use super::address::{Trust, is_public, literal};
use super::key::Key;
use super::picture::{Picture, embedded, measured};
use super::redactor::{Redactor, clean, harmless};

mod download;

/// The most of an answer that is read where no image is expected in it.
pub const ANSWER_BYTES: usize = 1 << 20;

/// The most of an image that is read, whatever the caller allows.
pub const PICTURE_BYTES: usize = 20 << 20;

/// How long a connection may take, the handshake with it.
const CONNECT: Duration = Duration::from_secs(10);

/// More headers, or longer ones, are nobody's answer and no reader's joy.
const MOST_HEADERS: usize = 100;
const MOST_HEADER: usize = 4096;

/// The length of a link or a reason that is still read by a person.
const MOST_TEXT: usize = 500;

/// A request, about to be sent once.
#[derive(Debug)]
pub struct Outgoing<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// The whole address.
    pub url: &'a str,
    /// Headers without the key.
    pub headers: Vec<(&'a str, String)>,
    /// The key, the header it goes in, and its scheme, such as `Bearer`, or nothing.
    pub key: Option<(&'a Key, &'a str, &'a str)>,
    /// The body.
    pub json: Option<&'a serde_json::Value>,
    /// How long everything may take, from the first packet to the end of the body.
    pub timeout: Duration,
    /// How much of the body is read, after decompression; [`ANSWER_BYTES`] where no image is in it.
    pub cap_bytes: usize,
}

/// What became of a request. All texts are redacted and cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T = Answered> {
    /// It was answered, with whatever status.
    Answered(T),
    /// No byte of it left, since there was no connection: it is safe to send it again.
    ConnectFailed(String),
    /// The time was over; the server may have done its work.
    TimedOut,
    /// The connection or the answer broke; the server may have done its work.
    Cut(String),
    /// The body is longer than what is read; the server may have done its work.
    TooLarge,
    /// It was not sent, and why.
    Refused(String),
}

/// An answer, read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// Names in lower case with their values.
    pub headers: Vec<(String, String)>,
    /// The body, unpacked and redacted.
    pub body: Vec<u8>,
    /// From the start to the end of the body, on the monotonic clock.
    pub latency_ms: u64,
    /// From the start to the head of the answer.
    pub ttfb_ms: u64,
    /// Whether a key stood anywhere in the answer.
    pub key_echoed: bool,
    /// Whether headers were left out or cut; a body is read whole or not at all.
    pub truncated: bool,
}

/// Says why there is no client.
#[derive(Debug, thiserror::Error)]
#[error("can't make an HTTP client")]
pub struct ClientError(#[source] reqwest::Error);

/// Sends requests, with the key to those alone whom the operator named.
#[derive(Debug)]
pub struct Client {
    redactor: Redactor,
    trust: Trust,
    /// For hosts that the operator named, wherever they stand.
    open: reqwest::Client,
    /// For all others, if they are on the public internet.
    guarded: reqwest::Client,
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
        let open = builder().build().map_err(ClientError)?;
        let guarded = builder().dns_resolver(Arc::new(PublicOnly)).build().map_err(ClientError)?;
        Ok(Self { redactor, trust, open, guarded })
    }

    /// Sends a request once and reads the answer.
    pub async fn send(&self, out: Outgoing<'_>) -> Outcome {
        let (timeout, cap) = (out.timeout, out.cap_bytes);
        match self.request(&out) {
            Ok(request) => self.fetch(request, timeout, cap).await.map(|raw| self.answered(&raw)),
            Err(why) => self.refused(&why),
        }
    }

    /// Fetches an image without any key, or reads it from a `data:` link.
    pub async fn image(&self, link: &str, cap_bytes: usize, timeout: Duration) -> Picture {
        let cap = cap_bytes.min(PICTURE_BYTES);
        let text = |bytes: &[u8], most| harmless(&self.redactor, bytes, most).0;
        let mut picture = Picture {
            link: text(link.as_bytes(), MOST_TEXT),
            outcome: Outcome::TimedOut,
            location: None,
            content_type: None,
            size: None,
            kind: None,
            bytes: 0,
        };
        let mut seen = |body: &[u8]| {
            (picture.kind, picture.size) = measured(body);
            picture.bytes = body.len();
        };
        picture.outcome = if let Some(embedded) = embedded(link, cap) {
            embedded.map(|(kind, body)| {
                seen(&body);
                picture.content_type = Some(text(kind.as_bytes(), MOST_TEXT));
                None
            })
        } else {
            let fetched = match self.image_request(link) {
                Ok(request) => self.fetch(request, timeout, cap).await,
                Err(why) => self.refused(&why),
            };
            fetched.map(|raw| {
                seen(&raw.body);
                let header = |name| raw.headers.get(name).map(|v| text(v.as_bytes(), MOST_TEXT));
                picture.content_type = header("content-type");
                picture.location = header("location");
                Some(raw.status)
            })
        };
        picture
    }

    fn request(&self, out: &Outgoing<'_>) -> Result<Request, String> {
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
        } else if let Some((key, name, scheme)) = out.key {
            let space = if scheme.is_empty() { "" } else { " " };
            let value = format!("{scheme}{space}{}", key.expose());
            let mut value = HeaderValue::from_bytes(value.as_bytes())
                .map_err(|_| "no header can carry the key".to_owned())?;
            value.set_sensitive(true);
            request.headers_mut().insert(header_name(name)?, value);
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

    fn refused<T>(&self, why: &str) -> Outcome<T> {
        Outcome::Refused(harmless(&self.redactor, why.as_bytes(), MOST_TEXT).0)
    }

    /// Sends and reads; the time counts for both together, so that a slow drip ends as well.
    async fn fetch(&self, request: Request, timeout: Duration, cap: usize) -> Outcome<Raw> {
        let client = if self.trust.names(request.url()) {
            &self.open
        } else {
            if let Some(address) = literal(request.url()).filter(|ip| !is_public(*ip)) {
                return self.refused(&Private(address.to_string()).to_string());
            }
            &self.guarded
        };
        let start = Instant::now();
        let exchange = async {
            let response = match client.execute(request).await {
                Ok(response) => response,
                Err(why) => return self.failed(why),
            };
            let ttfb_ms = since(start);
            self.read(response, cap, start, ttfb_ms).await
        };
        tokio::time::timeout(timeout, exchange).await.unwrap_or(Outcome::TimedOut)
    }

    async fn read(
        &self,
        mut response: Response,
        cap: usize,
        start: Instant,
        ttfb_ms: u64,
    ) -> Outcome<Raw> {
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let mut body = Vec::new();
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
        let mut texts = Vec::new();
        let mut cause: Option<&(dyn Error + 'static)> = Some(&why);
        while let Some(inner) = cause {
            if let Some(private) = inner.downcast_ref::<Private>() {
                return self.refused(&private.to_string());
            }
            texts.push(inner.to_string());
            cause = inner.source();
        }
        let text = harmless(&self.redactor, texts.join(": ").as_bytes(), MOST_TEXT).0;
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

    fn answered(&self, raw: &Raw) -> Answered {
        let mut headers = Vec::new();
        let (body, mut key_echoed) = self.redactor.redact(&raw.body);
        let mut truncated = raw.headers.len() > MOST_HEADERS;
        for (name, value) in raw.headers.iter().take(MOST_HEADERS) {
            let (name, in_name) = harmless(&self.redactor, name.as_str().as_bytes(), MOST_HEADER);
            let (value, in_value) = harmless(&self.redactor, value.as_bytes(), usize::MAX);
            let short = clean(&value, MOST_HEADER);
            truncated |= short != value;
            key_echoed |= in_name || in_value;
            headers.push((name, short));
        }
        let Raw { status, latency_ms, ttfb_ms, .. } = *raw;
        Answered { status, headers, body, latency_ms, ttfb_ms, key_echoed, truncated }
    }
}

impl<T> Outcome<T> {
    /// The same outcome with another answer.
    pub(super) fn map<U>(self, of: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Answered(answer) => Outcome::Answered(of(answer)),
            Self::ConnectFailed(why) => Outcome::ConnectFailed(why),
            Self::TimedOut => Outcome::TimedOut,
            Self::Cut(why) => Outcome::Cut(why),
            Self::TooLarge => Outcome::TooLarge,
            Self::Refused(why) => Outcome::Refused(why),
        }
    }
}

/// No read timeout beside the whole one: a synchronous endpoint is silent while it draws.
fn builder() -> ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("cogdex/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .referer(false)
        // The default sends again what a server refused by protocol, which may be billed.
        .retry(retry::never())
        // A reused connection may be closed under a request, and nobody knows whether it was read.
        .pool_max_idle_per_host(0)
        .connect_timeout(CONNECT)
}

fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|why| format!("the address can't be read: {why}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{}` is neither http nor https", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address holds a user or a password".to_owned());
    }
    Ok(url)
}

fn header_name(name: &str) -> Result<HeaderName, String> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` is not a header"))
}

fn since(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// An address that the operator did not name, on a machine or network that is not public.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a public address, and nobody named it")]
struct Private(String);

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
