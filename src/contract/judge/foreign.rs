//! Pages of servers that are not the endpoint: a CDN, a proxy, or somebody else's machine at a
//! wrong address. They tell nothing of what the endpoint promises.

use super::error_details::{error_code, error_type};
use crate::catalog::ErrorBodyClause;
use crate::contract::{Contract, Exchange};

/// A page of another server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ForeignPage {
    /// Whether a CDN wants to see a browser.
    is_challenge: bool,
    pub(super) title: Option<String>,
    /// How the server calls itself.
    pub(super) server: Option<String>,
}

impl ForeignPage {
    /// What it is, in our words.
    pub(super) fn reason(&self) -> &'static str {
        if self.is_challenge {
            "a CDN asks for a browser, and not the endpoint answers"
        } else {
            "another server answers, and not the endpoint"
        }
    }
}

/// The page of another server in an exchange, where there is one.
pub(super) fn foreign_page(contract: &Contract<'_>, exchange: &Exchange) -> Option<ForeignPage> {
    let status = exchange.status?;
    let is_challenge = exchange.header("cf-mitigated").is_some();
    let is_missing = matches!(status, 404 | 405);
    let is_foreign = if is_challenge {
        true
    } else if exchange.is_json {
        is_missing && lacks_stated_shape(contract, exchange)
    } else {
        is_missing || is_markup(exchange)
    };
    is_foreign.then(|| ForeignPage {
        is_challenge,
        title: exchange.text.as_deref().and_then(title).or_else(|| exchange.text.clone()),
        server: exchange.header("server").map(|name| format!("server: {name}")),
    })
}

/// Whether sources show where an error has its code, and this body has none there.
fn lacks_stated_shape(contract: &Contract<'_>, exchange: &Exchange) -> bool {
    let mut shapes = contract.clauses::<ErrorBodyClause>();
    shapes.any(|shape| shape.code.is_some() || shape.error_type.is_some())
        && error_code(contract, &exchange.body).is_none()
        && error_type(contract, &exchange.body).is_none()
}

/// Whether a body is HTML or XML, by its own first character or by the type that it is declared.
fn is_markup(exchange: &Exchange) -> bool {
    let declared = exchange.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let starts = exchange.text.as_deref().is_some_and(|text| text.trim_start().starts_with('<'));
    starts || declared.contains("html")
}

/// The title of an HTML page.
fn title(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower[start..].find("</title>")?;
    Some(text[start..end].trim().to_owned()).filter(|title| !title.is_empty())
}
