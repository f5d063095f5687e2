//! Where the requests of a contract go: the base URL in place of its hosts, the hosts that are
//! trusted with the key, and the header that carries the key. Nothing is sent here.

use std::fmt;

use jiff::civil::Date;
use url::Position;

use super::api_key::ApiKey;
use super::trust::address;
use crate::catalog::{AuthClause, CallName, Catalog};
use crate::contract::Contract;

/// Scheme, host, port and perhaps a path in place of a contract's host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    origin: String,
}

/// Says why a text is no base URL; the text is not repeated, since it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// The text is no HTTP address, or holds a user.
    #[error("{0}; write an address such as http://127.0.0.1:8787/aigateway")]
    Address(String),
    /// A path can't be added after a query or a fragment.
    #[error("a base URL has neither `?` nor `#`")]
    Query,
}

impl BaseUrl {
    /// Reads an address without a query.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let url = address(text).map_err(BaseUrlError::Address)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::Query);
        }
        let origin = url[..Position::BeforePath].to_owned();
        // One address has one spelling, so that one history and one limit hold for it.
        let text = format!("{origin}{}", url.path().trim_end_matches('/'));
        Ok(Self { text, origin })
    }

    /// The address in its plainest spelling.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port, as [`Trust`](super::Trust) takes them.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The path and the query of a contract's address, at this base.
    pub fn join(&self, url: &str) -> String {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let path = rest.find('/').map_or("", |slash| &rest[slash..]);
        format!("{}{path}", self.text)
    }

    /// The end of the base's path with which a contract's path begins, so that it would stand twice
    /// in an address, as in `/v1/v1/images`.
    pub fn doubled<'p>(&self, path: &'p str) -> Option<&'p str> {
        let own = &self.text[self.origin.len()..];
        let ends = path.match_indices('/').map(|(at, _)| at).skip(1).chain([path.len()]);
        ends.map(|end| &path[..end]).filter(|start| own.ends_with(start)).last()
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// The hosts, as [`Trust`](super::Trust) takes them, that a catalog's contract of a listing calls;
/// none where the catalog has no such listing or contract. Only the built-in catalog may decide
/// where a key goes.
pub fn trusted_hosts(built_in: &Catalog, listing: &str, as_of: Date) -> Vec<String> {
    let own = built_in.listings.get(listing);
    let contract = own.and_then(|own| Contract::new(built_in, own, as_of));
    let calls = CallName::ALL.iter();
    contract.iter().flat_map(|own| calls.clone().filter_map(|call| call_host(own, *call))).collect()
}

/// Scheme, host and port of a contract's call, as [`Trust`](super::Trust) takes them.
pub fn call_host(contract: &Contract<'_>, call: CallName) -> Option<String> {
    let url = address(contract.call_host(call)?).ok()?;
    Some(url[..Position::BeforePath].to_owned())
}

/// The header that carries a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyHeader<'c> {
    pub name: &'c str,
    /// What stands before the key, such as `Bearer`; may be empty.
    pub scheme: &'c str,
}

impl<'c> KeyHeader<'c> {
    /// The header that a contract states, or `Authorization: Bearer` where it states none.
    pub fn from_contract(contract: &Contract<'c>) -> Self {
        contract.clauses::<AuthClause>().next().map_or(
            Self { name: "Authorization", scheme: "Bearer" },
            |auth| Self { name: &auth.body.header, scheme: auth.body.word() },
        )
    }

    /// The header's value with a key, or with what stands in its place.
    pub fn value(&self, key: &str) -> String {
        if self.scheme.is_empty() { key.to_owned() } else { format!("{} {key}", self.scheme) }
    }

    pub(super) fn secret_value(&self, key: &ApiKey) -> String {
        self.value(key.expose())
    }
}
