//! Keys, counts and amounts as people read them.

use crate::catalog::Currency;
use crate::compare::{Range, grouped};

/// A key as a phrase: `link-lifetime` is `link lifetime`.
pub(crate) fn spaced(key: &str) -> String {
    key.replace(['-', '.'], " ")
}

/// A key as a heading: `link-lifetime` is `Link lifetime`.
pub(crate) fn titled(key: &str) -> String {
    let text = spaced(key).replace("byok", "BYOK");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// So many of a thing: `1 listing`, `2 listings`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// An amount, or from the lowest to the highest.
pub(crate) fn range(range: Range, currency: Currency) -> String {
    let (low, high) = (grouped(range.low), grouped(range.high));
    if low == high { format!("{low} {currency}") } else { format!("{low} to {high} {currency}") }
}

/// A length of time as the catalog writes it, in words: `30d` is `30 days`.
pub(crate) fn days(text: &str) -> String {
    match text.strip_suffix('d').and_then(|count| count.parse().ok()) {
        Some(count) => counted(count, "day"),
        None => text.to_owned(),
    }
}
