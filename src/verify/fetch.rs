//! Reads pages as a guest does: one request at a time for a host, with a pause between, nothing
//! twice that did not change, and nothing that a `robots.txt` keeps from programs. Keys and cookies
//! are never sent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as TurnMutex, OnceCell};
use tokio::time::Instant;
use url::Url;

use super::page::{PageFormat, PageText, UnreadableReason};
use super::robots::RobotRules;
use crate::history::PageCopy;
use crate::probe::{Client, HttpResponse, Outcome, OutgoingRequest, redirected};

/// The name by which a `robots.txt` speaks of us.
const AGENT: &str = "cogdex";

/// The most redirects from an address to its page.
const MAX_REDIRECTS: usize = 5;

/// The longest address that a redirect leads to.
const MAX_ADDRESS_LEN: usize = 4096;

/// Reads pages with one client, and remembers whom it asked what.
#[derive(Debug)]
pub struct PageFetcher<'f> {
    client: &'f Client,
    /// How long one request may take.
    timeout: Duration,
    /// How long a host is left alone after a request.
    pause: Duration,
    hosts: Mutex<BTreeMap<String, Arc<HostState>>>,
}

/// What is known of one host and port.
#[derive(Debug, Default)]
struct HostState {
    rules: OnceCell<Result<RobotRules, UnreadableReason>>,
    /// When its last request ended; whoever holds it has the turn.
    last: TurnMutex<Option<Instant>>,
}

/// What came of a page.
#[derive(Debug)]
pub struct FetchedPage {
    /// What is to be kept of it; its date is that of the request.
    pub copy: PageCopy,
    /// Whether it is what was kept of it before.
    pub is_unchanged: bool,
}

impl<'f> PageFetcher<'f> {
    /// A fetcher over a client.
    pub fn new(client: &'f Client, timeout: Duration, pause: Duration) -> Self {
        Self { client, timeout, pause, hosts: Mutex::default() }
    }

    /// Reads a page, or says why it can't be read; `kept` is what was last read of it, and `now_ms`
    /// the date of what is read now.
    pub async fn fetch(
        &self,
        address: &str,
        kept: Option<&PageCopy>,
        now_ms: i64,
    ) -> Result<FetchedPage, UnreadableReason> {
        let mut url = parse(address)?;
        let mut headers = vec![("accept", ACCEPT.to_owned())];
        let kept = kept.filter(|kept| kept.address == address);
        let state = kept.map(|kept| (&kept.etag, &kept.last_modified));
        if let Some((etag, date)) = state {
            headers.extend(etag.clone().map(|etag| ("if-none-match", etag)));
            headers.extend(date.clone().map(|date| ("if-modified-since", date)));
        }
        for _ in 0..=MAX_REDIRECTS {
            self.obey_robots(&url).await?;
            let answer = self.send(&url, headers.clone(), PageText::MAX_BYTES).await?;
            let header = |name: &str| header(&answer, name);
            if let (304, Some(kept)) = (answer.status, kept) {
                let copy = PageCopy { read_ms: now_ms, ..kept.clone() };
                return Ok(FetchedPage { copy, is_unchanged: true });
            }
            if let Some(next) = redirected(&url, answer.status, answer.location()) {
                url = parse(next.as_str())?;
                continue;
            }
            if !(200..300).contains(&answer.status) {
                return Err(UnreadableReason::Status(answer.status));
            }
            let kind = header("content-type");
            let copy = PageCopy {
                address: address.to_owned(),
                text: page_text(&answer.body, kind.as_deref(), url.as_str())?.into_string(),
                read_ms: now_ms,
                etag: header("etag"),
                last_modified: header("last-modified"),
            };
            return Ok(FetchedPage { copy, is_unchanged: false });
        }
        Err(UnreadableReason::NoAnswer("it redirects without end".to_owned()))
    }

    /// Fails where a host's `robots.txt` keeps an address from programs, or can't be told.
    pub async fn check_robots(&self, address: &str) -> Result<(), UnreadableReason> {
        self.obey_robots(&parse(address)?).await
    }

    async fn obey_robots(&self, url: &Url) -> Result<(), UnreadableReason> {
        let host = self.host(url);
        let rules = host.rules.get_or_init(|| self.robots(url)).await;
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        match rules {
            Ok(rules) if rules.allows(path) => Ok(()),
            Ok(_) => Err(UnreadableReason::Robots),
            Err(reason) => Err(reason.clone()),
        }
    }

    /// The rules of a host: none where it has none, and no leave where it fails to say.
    async fn robots(&self, url: &Url) -> Result<RobotRules, UnreadableReason> {
        let mut url = url.join("/robots.txt").map_err(no_answer)?;
        for _ in 0..=MAX_REDIRECTS {
            let answer = self.send(&url, Vec::new(), RobotRules::MAX_BYTES).await?;
            if let Some(next) = redirected(&url, answer.status, answer.location()) {
                url = next;
                continue;
            }
            return match answer.status {
                200..300 => Ok(RobotRules::parse(&String::from_utf8_lossy(&answer.body), AGENT)),
                400..500 => Ok(RobotRules::default()),
                status => {
                    let why = format!("its robots.txt answers with status {status}");
                    Err(UnreadableReason::NoAnswer(why))
                }
            };
        }
        Ok(RobotRules::default())
    }

    /// Sends one request when the host's turn comes.
    async fn send(
        &self,
        url: &Url,
        headers: Vec<(&'static str, String)>,
        cap_bytes: usize,
    ) -> Result<HttpResponse, UnreadableReason> {
        let host = self.host(url);
        let mut last = host.last.lock().await;
        if let Some(last) = *last {
            tokio::time::sleep_until(last + self.pause).await;
        }
        let mut headers = headers;
        headers.push(("user-agent", USER_AGENT.to_owned()));
        let outcome = self.client.send(OutgoingRequest {
            method: "GET",
            url: url.as_str(),
            headers,
            key: None,
            json: None,
            timeout: self.timeout,
            cap_bytes,
            alone: false,
        });
        let outcome = outcome.await;
        *last = Some(Instant::now());
        match outcome {
            Outcome::Answered(answer) => Ok(answer),
            Outcome::ConnectFailed(why) | Outcome::Cut(why) | Outcome::Refused(why) => {
                Err(UnreadableReason::NoAnswer(why))
            }
            Outcome::TimedOut => {
                Err(UnreadableReason::NoAnswer("it took too long to answer".to_owned()))
            }
            Outcome::TooLarge => Err(UnreadableReason::Fault(super::PageFault::TooLarge)),
            Outcome::Stopped => Err(UnreadableReason::Stopped),
        }
    }

    fn host(&self, url: &Url) -> Arc<HostState> {
        let port = url.port_or_known_default().unwrap_or_default();
        let name = format!("{}:{port}", url.host_str().unwrap_or_default());
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(hosts.entry(name).or_default())
    }
}

/// What is read, in the order in which it is liked.
const ACCEPT: &str = "text/html,text/markdown,text/plain;q=0.9,application/json;q=0.8,*/*;q=0.1";

/// Who asks, and how to keep it away.
const USER_AGENT: &str = concat!(
    "cogdex/",
    env!("CARGO_PKG_VERSION"),
    " (reads a price page to see whether it changed; robots.txt: cogdex)"
);

/// The text of a page as it came.
pub fn page_text(
    body: &[u8],
    content_type: Option<&str>,
    address: &str,
) -> Result<PageText, UnreadableReason> {
    let format = PageFormat::from_content_type(content_type, address);
    let read = match format {
        Some(format) => PageText::read(body, format, content_type),
        None => Err(super::PageFault::from_content_type(content_type)),
    };
    read.map_err(UnreadableReason::Fault)
}

fn header(answer: &HttpResponse, name: &str) -> Option<String> {
    answer.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

fn parse(address: &str) -> Result<Url, UnreadableReason> {
    if address.len() > MAX_ADDRESS_LEN {
        return Err(UnreadableReason::NoAnswer("its address is too long".to_owned()));
    }
    Url::parse(address).map_err(no_answer)
}

fn no_answer(why: url::ParseError) -> UnreadableReason {
    UnreadableReason::NoAnswer(format!("its address can't be read: {why}"))
}
