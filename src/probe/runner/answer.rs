//! What comes back, turned into what is kept: bounded JSON, the headers that matter, images.

use serde_json::Value;

use super::Outcome;
use crate::contract::{BodyPrefix, Exchange, ImageEvidence};
use crate::probe::image_file::{ImageFault, image_fault};
use crate::probe::image_header::ImageFetch;
use crate::probe::image_links::ImageRef;
use crate::probe::outcome::HttpResponse;
use crate::probe::redactor::{clean, masked_links, masked_value};

/// The headers of an answer that are kept.
const KEPT_HEADERS: [&str; 8] = [
    "content-type",
    "retry-after",
    "location",
    "x-request-id",
    "request-id",
    "cf-ray",
    "cf-mitigated",
    "server",
];

/// How much is kept of a body that is no JSON: enough for the title of a page.
const MAX_TEXT_LEN: usize = 300;

/// How many bytes of it are looked at.
const MAX_TEXT_BYTES: usize = 2048;

/// What some editors and servers put before a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The deepest JSON that is taken for an answer; one that is kept has to be read again.
const MAX_DEPTH: usize = 64;

/// More values than any answer has; each takes many times the memory of its text.
const MAX_VALUES: usize = 100_000;

pub(super) fn read(exchange: &mut Exchange, answered: &HttpResponse) {
    exchange.status = Some(answered.status);
    exchange.latency_ms = answered.latency_ms;
    exchange.key_echoed = answered.key_echoed;
    let kept = |(name, _): &&(String, String)| KEPT_HEADERS.contains(&name.as_str());
    exchange.headers = answered.headers.iter().filter(kept).cloned().collect();
    let stripped = answered.body.strip_prefix(BYTE_ORDER_MARK);
    let bytes = stripped.unwrap_or(&answered.body);
    let body = written(&answered.body);
    exchange.prefix = stripped.map(|_| BodyPrefix::ByteOrderMark);
    exchange.is_json = body.is_some();
    if body.is_none() {
        let start = &bytes[..bytes.len().min(MAX_TEXT_BYTES)];
        let text = clean(&masked_links(&String::from_utf8_lossy(start)), MAX_TEXT_LEN);
        exchange.text = Some(text).filter(|text| !text.trim().is_empty());
    }
    exchange.body = body.unwrap_or(Value::Null);
}

/// The JSON of an answer as it came, before any key was taken out of it.
pub(super) fn unredacted(answered: &HttpResponse) -> Option<Value> {
    parsed(answered.unredacted_body())
}

pub(super) fn seen(picture: ImageFetch, found: &ImageRef) -> ImageEvidence {
    let inline = matches!(found, ImageRef::Inline { .. });
    let unfit = matches!(picture.outcome, Outcome::Refused(_) | Outcome::TooLarge);
    let (status, mut trouble) = match picture.outcome.into_answer() {
        Ok(status) => (status, None),
        Err(other) => (None, Some(why(&other))),
    };
    if let Some(status) = status.filter(|status| *status != 200) {
        trouble = Some(match picture.location {
            _ if picture.challenged => "a CDN asks for a browser, and gives no image".to_owned(),
            Some(_) => format!("the link leads elsewhere, with status {status}"),
            None => format!("the link answers {status}"),
        });
    }
    let fault = if trouble.is_none() { image_fault(&picture.body) } else { None };
    if let Some(fault) = fault {
        trouble = Some(fault.to_string());
    }
    ImageEvidence {
        link: (!inline).then_some(picture.link),
        // An image in the answer came with it.
        status: if inline { Some(200) } else { status },
        trouble,
        unfit,
        redirected: picture.redirected,
        unread: picture.challenged || fault == Some(ImageFault::UnreadKind),
        content_type: if inline { None } else { picture.content_type },
        named_kind: found.named_kind().map(str::to_owned),
        kind: picture.kind,
        size: picture.size,
    }
}

/// Why no answer came, in words.
pub(super) fn why<T>(outcome: &Outcome<T>) -> String {
    match outcome {
        Outcome::Answered(_) => String::new(),
        Outcome::Refused(why) => why.clone(),
        Outcome::Stopped => "the ledger failed, so nothing more is sent".to_owned(),
        Outcome::ConnectFailed(why) => format!("no connection: {why}"),
        Outcome::TimedOut => "no answer in time".to_owned(),
        Outcome::Cut(why) => format!("the answer was cut: {why}"),
        Outcome::TooLarge => "the answer is too large".to_owned(),
    }
}

pub(super) fn no_answer(exchange: &mut Exchange, outcome: &Outcome) {
    match outcome {
        Outcome::Refused(_) | Outcome::Stopped => exchange.not_sent = Some(why(outcome)),
        Outcome::Answered(_)
        | Outcome::ConnectFailed(_)
        | Outcome::TimedOut
        | Outcome::Cut(_)
        | Outcome::TooLarge => {
            exchange.too_large = *outcome == Outcome::TooLarge;
            exchange.failed = Some(why(outcome));
        }
    }
}

/// How deep arrays and objects stand in each other, and about how many values there are, in bytes
/// that need not be JSON.
fn measure(bytes: &[u8]) -> (usize, usize) {
    let (mut deepest, mut now, mut values) = (0_usize, 0_usize, 1_usize);
    let (mut in_text, mut escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                now += 1;
                values += 1;
                deepest = deepest.max(now);
            }
            b']' | b'}' if !in_text => now = now.saturating_sub(1),
            b',' if !in_text => values += 1,
            _ => {}
        }
    }
    (deepest, values)
}

/// The JSON of an answer, without the mark that some servers put before it; none where it nests
/// deeper, or has more values, than any honest one.
pub(in crate::probe) fn parsed(bytes: &[u8]) -> Option<Value> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let (depth, values) = measure(bytes);
    let honest = depth <= MAX_DEPTH && values <= MAX_VALUES;
    honest.then(|| serde_json::from_slice(bytes).ok()).flatten()
}

/// The JSON of an answer as it is kept and told: its links lead nowhere.
pub(super) fn written(bytes: &[u8]) -> Option<Value> {
    parsed(bytes).map(masked_value)
}
