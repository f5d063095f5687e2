//! Who may use the console: pages of its own hosts that hold its token.

use std::net::SocketAddr;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, header};
use sha2::{Digest, Sha256};

use super::ConsoleError;
use crate::server::error::ApiError;

/// The hosts under which the console is reached, and its token.
pub struct ConsoleAuth {
    hosts: Vec<String>,
    token: String,
}

impl std::fmt::Debug for ConsoleAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConsoleAuth").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

impl ConsoleAuth {
    /// The rules of a console at an address; one that others can reach needs the hosts under which they may.
    pub fn new(address: SocketAddr, named: &[String], token: String) -> Result<Self, ConsoleError> {
        if let Some(bad) = named.iter().find(|host| !is_host(host)) {
            return Err(ConsoleError::Host(bad.clone()));
        }
        let mut hosts: Vec<_> = named.iter().map(|host| host.to_ascii_lowercase()).collect();
        if address.ip().is_loopback() {
            let port = address.port();
            let own = [address.to_string(), format!("localhost:{port}")];
            if port == 80 {
                let plain = own.iter().map(|host| host.trim_end_matches(":80").to_owned());
                hosts.extend(plain);
            }
            hosts.extend(own);
        } else if named.is_empty() {
            return Err(ConsoleError::Open(address));
        }
        Ok(Self { hosts, token })
    }

    /// The token, from which other secrets are made.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Whether a request names one of the hosts. A name that an attacker points here is none.
    pub(super) fn require_own_page(&self, headers: &HeaderMap) -> Result<String, ApiError> {
        let said = text(headers, &header::HOST).unwrap_or_default().to_ascii_lowercase();
        if !self.hosts.contains(&said) {
            return Err(ApiError::Forbidden("this host is not the console's"));
        }
        // A page of elsewhere may not even show what is here.
        let site = HeaderName::from_static("sec-fetch-site");
        if matches!(text(headers, &site), Some("cross-site" | "same-site")) {
            return Err(ApiError::Forbidden("only the console's own page may ask"));
        }
        Ok(said)
    }

    /// Whether a request comes from the console's own page, and holds the token.
    pub(super) fn authorize(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let host = self.require_own_page(headers)?;
        let origin = text(headers, &header::ORIGIN).unwrap_or_default();
        let from = origin.strip_prefix("http://").or(origin.strip_prefix("https://"));
        if from != Some(host.as_str()) {
            return Err(ApiError::Forbidden("only the console's own page may ask"));
        }
        let shown = text(headers, &HeaderName::from_static("x-console-token"));
        // Digests are compared, so that the time tells nothing of the token.
        let digest = |token: &str| Sha256::digest(token.as_bytes());
        if shown.is_none_or(|shown| digest(shown) != digest(&self.token)) {
            return Err(ApiError::Forbidden("the token is wrong; load the page anew"));
        }
        Ok(())
    }
}

/// A header that stands there once.
fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(first)
}

/// Whether a text is a name or an address, perhaps with a port; who it names is another question.
pub(in crate::server) fn is_host(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    let Ok(authority) = text.parse::<Authority>() else { return false };
    let port = text.strip_prefix(authority.host()).unwrap_or_default();
    text.bytes().all(is_plain) && (port.is_empty() || authority.port_u16().is_some())
}
