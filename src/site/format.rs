//! Keys, counts and amounts as people read them.

use crate::catalog::{Capability, Currency, Fact, FieldValue};
pub(crate) use crate::pricing::plural;
use crate::pricing::{PriceRange, Reason, money_range};

/// A key as a phrase: `link-lifetime` is `link lifetime`.
pub(crate) fn key_text(key: &str) -> String {
    key.replace(['-', '.'], " ")
}

/// Words of keys that are names or short for something.
const NAMES: [(&str, &str); 6] = [
    ("byok", "BYOK"),
    ("chinese", "Chinese"),
    ("english", "English"),
    ("api", "API"),
    ("json", "JSON"),
    ("sota", "state of the art"),
];

/// A key within a sentence, with names as they are written: `api-shape` is `API shape`.
pub(crate) fn phrase(key: &str) -> String {
    let text = key_text(key);
    let named = |word| NAMES.iter().find(|(key, _)| *key == word).map_or(word, |(_, name)| *name);
    text.split(' ').map(named).collect::<Vec<_>>().join(" ")
}

/// A phrase with a capital letter.
pub(crate) fn capitalized(phrase: &str) -> String {
    let mut letters = phrase.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A key as a heading: `link-lifetime` is `Link lifetime`.
pub(crate) fn heading(key: &str) -> String {
    capitalized(&phrase(key))
}

/// A capability within a sentence, in words that need no knowledge of the field.
pub(crate) fn capability(key: &str) -> &str {
    match key.parse() {
        Ok(Capability::Streaming) => "streaming",
        Ok(Capability::Tools) => "tools",
        Ok(Capability::Vision) => "images as input",
        Ok(Capability::JsonMode) => "JSON mode",
        Ok(Capability::Caching) => "prompt caching",
        Ok(Capability::Byok) => "own key (BYOK)",
        Ok(Capability::Webhook) => "webhook when done",
        Ok(Capability::N) => "several images a call",
        Ok(Capability::Seed) => "seed",
        Ok(Capability::NegativePrompt) => "negative prompt",
        Ok(Capability::CommercialUse) => "commercial use",
        Ok(Capability::SafetyChecker) => "safety checker",
        Ok(Capability::Watermark) => "watermark",
        Err(_) => key,
    }
}

/// Each thing once, in the order in which they first come.
pub(crate) fn distinct<T: PartialEq>(things: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut distinct = Vec::new();
    for thing in things {
        if !distinct.contains(&thing) {
            distinct.push(thing);
        }
    }
    distinct
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn and_list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Why there is no total; a page has no flags.
pub(crate) fn reason_text(reason: &Reason) -> String {
    if *reason == Reason::SecondsNotGiven {
        return "billed by the second; enter seconds per image and hardware on the home page"
            .to_owned();
    }
    reason.to_string()
}

/// An amount, or from the lowest to the highest, as people read it: `$0.008–0.04`. What is exact
/// stands in bills and in the JSON.
pub(crate) fn range(range: PriceRange, currency: Currency) -> String {
    money_range(range, currency)
}

/// The answers that count of a fact, with a length of time as `30 days` instead of `30d`.
pub(crate) fn counting_text(fact: &Fact<'_>) -> String {
    let text = |value: &FieldValue| match value.try_as_days_ref() {
        Some(days) => plural(days.0, "day"),
        None => value.to_string(),
    };
    let values = fact.effective_claims().iter().map(|view| text(view.value));
    values.collect::<Vec<_>>().join(" or ")
}

/// A yes, a no, or neither.
pub(crate) fn yes_no(flag: Option<bool>) -> &'static str {
    match flag {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    }
}
