//! A request, and what becomes of it. An outcome is a value: only the caller knows whether it is an
//! error.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use jiff::fmt::rfc2822;

use super::api_key::ApiKey;
use super::redactor::{Redactor, clean, harmless};
use super::target::KeyHeader;

/// More headers, or longer ones, are nobody's answer and no reader's joy.
const MAX_HEADERS: usize = 100;
const MAX_HEADER_LEN: usize = 4096;

/// A request, about to be sent once.
#[derive(Debug)]
pub struct OutgoingRequest<'a> {
    pub method: &'a str,
    pub url: &'a str,
    /// Headers without the key.
    pub headers: Vec<(&'a str, String)>,
    pub key: Option<(&'a ApiKey, KeyHeader<'a>)>,
    pub json: Option<&'a serde_json::Value>,
    /// How long everything may take, from the first packet to the end of the body.
    pub timeout: Duration,
    /// How much of the body is read, after decompression; [`ANSWER_BYTES`](super::ANSWER_BYTES) where no image is in it.
    pub cap_bytes: usize,
    /// Whether it has a connection of its own, as everything that may bill has to: one that was
    /// used before may be closed under a request, and nobody knows whether it was read.
    pub alone: bool,
}

/// What became of a request. All texts are redacted and cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T = HttpResponse> {
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
    /// It was not sent, since all sending has ended.
    Stopped,
}

/// An answer, read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
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
    /// The body as it came, where a key stood in it.
    unredacted: Option<Unredacted>,
    /// Where it redirects to, with the values of the query that are written nowhere.
    location: Option<Unredacted>,
}

/// A body with a key in it, which is never printed.
#[derive(Clone, PartialEq, Eq)]
struct Unredacted(Vec<u8>);

impl fmt::Debug for Unredacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unredacted(…)")
    }
}

impl HttpResponse {
    /// An answer as it came, without its keys; the times are those to its end and to its head.
    pub fn new(
        redactor: &Redactor,
        status: u16,
        all: Vec<(&str, &[u8])>,
        raw: Vec<u8>,
        (latency_ms, ttfb_ms): (u64, u64),
    ) -> Self {
        let (body, mut key_echoed) = redactor.redact(&raw);
        let unredacted = key_echoed.then_some(Unredacted(raw));
        let mut truncated = all.len() > MAX_HEADERS;
        let mut headers = Vec::new();
        let location = all.iter().find(|(name, _)| *name == "location");
        let location = location.map(|(_, value)| Unredacted(value.to_vec()));
        for (name, value) in all.into_iter().take(MAX_HEADERS) {
            let (name, in_name) = harmless(redactor, name.as_bytes(), MAX_HEADER_LEN);
            let (value, in_value) = harmless(redactor, value, usize::MAX);
            let short = clean(&value, MAX_HEADER_LEN);
            truncated |= short != value;
            key_echoed |= in_name || in_value;
            headers.push((name, short));
        }
        Self {
            status,
            headers,
            body,
            latency_ms,
            ttfb_ms,
            key_echoed,
            truncated,
            unredacted,
            location,
        }
    }

    /// Where it redirects to, for whoever follows and for nothing that is written.
    pub(crate) fn location(&self) -> Option<&str> {
        std::str::from_utf8(&self.location.as_ref()?.0).ok()
    }

    /// The body as it came, for links that are followed and for nothing that is written.
    pub(super) fn unredacted_body(&self) -> &[u8] {
        self.unredacted.as_ref().map_or(&self.body, |body| &body.0)
    }
}

impl<T> Outcome<T> {
    /// The answer; or the outcome, where there is none.
    pub(super) fn into_answer(self) -> Result<T, Self> {
        if let Self::Answered(answer) = self { Ok(answer) } else { Err(self) }
    }

    /// A later outcome in place of this one, unless nothing of the later request left: what was
    /// answered before is then still all that was answered.
    pub(super) fn or(self, later: Self) -> Self {
        match later {
            Self::ConnectFailed(_) | Self::Refused(_) | Self::Stopped => self,
            Self::Answered(_) | Self::TimedOut | Self::Cut(_) | Self::TooLarge => later,
        }
    }

    /// The same outcome with another answer.
    pub(super) fn map<U>(self, of: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Answered(answer) => Outcome::Answered(of(answer)),
            Self::ConnectFailed(why) => Outcome::ConnectFailed(why),
            Self::TimedOut => Outcome::TimedOut,
            Self::Cut(why) => Outcome::Cut(why),
            Self::TooLarge => Outcome::TooLarge,
            Self::Refused(why) => Outcome::Refused(why),
            Self::Stopped => Outcome::Stopped,
        }
    }
}

/// The longest wait that a header is taken at its word for; no run lasts a day.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(24);

/// How long a Retry-After header asks to wait, in seconds or up to a date.
pub(super) fn retry_after(headers: &[(String, String)], now_ms: i64) -> Option<Duration> {
    let (_, value) = headers.iter().find(|(name, _)| name == "retry-after")?;
    pause_until(value, now_ms)
}

/// The same of the header's value.
pub(super) fn pause_until(value: &str, now_ms: i64) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = value.parse().map_or(MAX_RETRY_AFTER, Duration::from_secs);
        return Some(seconds.min(MAX_RETRY_AFTER));
    }
    let date = rfc2822::parse(value).ok()?;
    let wait_ms = date.timestamp().as_millisecond().saturating_sub(now_ms);
    Some(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0)).min(MAX_RETRY_AFTER))
}

/// An error and what is behind it.
pub(super) fn causes<'e>(why: &'e (dyn Error + 'static)) -> Vec<&'e (dyn Error + 'static)> {
    let (mut causes, mut next) = (Vec::new(), Some(why));
    while let Some(cause) = next {
        causes.push(cause);
        next = cause.source();
    }
    causes
}

/// An error with all that is behind it, in words.
pub(super) fn told(why: &(dyn Error + 'static)) -> String {
    let texts: Vec<_> = causes(why).iter().map(ToString::to_string).collect();
    texts.join(": ")
}
