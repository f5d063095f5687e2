//! What the headers of a request for a file say: which encodings are taken, and what is known.

use axum::http::{HeaderMap, HeaderName, header};

use super::answer::{Answer, Encoding, Wire};
use super::host::is_host;

/// The headers that matter for a file.
pub(super) struct Asked<'r> {
    encodings: &'r [u8],
    known: &'r [u8],
    /// Whether the connection ends with this request.
    pub(super) last: bool,
}

impl<'r> Asked<'r> {
    /// Reads the headers; `None` where the request has a body, is not of HTTP/1.1, or is malformed.
    pub(super) fn of(request: &httparse::Request<'_, 'r>) -> Option<Self> {
        if request.version != Some(1) {
            return None;
        }
        let mut asked = Self { encodings: b"", known: b"", last: false };
        let mut hosts = 0;
        for header in request.headers.iter() {
            let is = |name: &str| header.name.eq_ignore_ascii_case(name);
            match header.name.len() {
                4 if is("host") && is_host(header.value) => hosts += 1,
                4 if is("host") => return None,
                6 if is("expect") => return None,
                7 if is("upgrade") => return None,
                10 if is("connection") => {
                    asked.last |= header.value.eq_ignore_ascii_case(b"close");
                }
                13 if is("if-none-match") => asked.known = header.value,
                14 if is("content-length") => return None,
                15 if is("accept-encoding") => asked.encodings = header.value,
                17 if is("transfer-encoding") => return None,
                _ => {}
            }
        }
        // Without exactly one host a request is malformed, and the routes say so.
        (hosts == 1).then_some(asked)
    }

    /// The same of a request that came by the routes.
    pub(super) fn from_map(headers: &'r HeaderMap) -> Self {
        let value = |name: HeaderName| headers.get(name).map_or(&b""[..], |v| v.as_bytes());
        let (encodings, known) = (value(header::ACCEPT_ENCODING), value(header::IF_NONE_MATCH));
        Self { encodings, known, last: false }
    }

    /// The best encoding of an answer that the client takes.
    pub(super) fn wire<'a>(&self, answer: &'a Answer) -> Option<&'a Wire> {
        answer.wire(|encoding| encoding == Encoding::Identity || self.takes(encoding.word()))
    }

    /// Whether an encoding is named and not given the weight of nothing.
    fn takes(&self, word: &str) -> bool {
        let Ok(list) = std::str::from_utf8(self.encodings) else { return false };
        list.split(',').any(|item| {
            let (name, weight) = item.split_once(';').unwrap_or((item, ""));
            let weight = weight.trim();
            let weight = weight.strip_prefix("q=").or(weight.strip_prefix("Q=")).unwrap_or("1");
            name.trim().eq_ignore_ascii_case(word)
                && weight.bytes().any(|b| (b'1'..=b'9').contains(&b))
        })
    }

    /// Whether the client holds what has this tag.
    pub(super) fn has(&self, tag: &str) -> bool {
        // What is made when it is asked for has no tag.
        if tag.is_empty() {
            return false;
        }
        let Ok(list) = std::str::from_utf8(self.known) else { return false };
        let mut tags = list.split(',').map(|it| it.trim().trim_start_matches("W/"));
        !list.is_empty() && tags.any(|it| it == tag || it == "*")
    }
}
