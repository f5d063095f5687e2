//! The quality modes of a listing, each with the time that sources state for it; and what a call
//! is charged for, in four lines.

use crate::catalog::{CAPABILITIES, Fact, Field, Texts, Value};
use crate::show::state_word;
use crate::site::format::yes_no;
use crate::site::listing::context::ListingContext;
use crate::site::urls;
use crate::site::view::fact::Glance;

/// One quality mode.
#[derive(Debug)]
pub(crate) struct QualityRow {
    pub(crate) name: String,
    pub(crate) is_default: bool,
    pub(crate) took: String,
}

pub(crate) fn quality_rows(context: &ListingContext<'_, '_>) -> Vec<QualityRow> {
    let mut names: Vec<&str> = Vec::new();
    for view in context.fact(Field::Qualities).into_iter().flat_map(Fact::counting) {
        if let Value::Texts(Texts(words)) = view.value {
            let new = words.iter().filter(|word| !names.contains(&word.as_str()));
            let new: Vec<_> = new.map(String::as_str).collect();
            names.extend(new);
        }
    }
    let default = context.words(Field::DefaultQuality);
    let row = |name: &str| QualityRow {
        name: name.to_owned(),
        is_default: name == default,
        took: latency_text(context, name),
    };
    names.into_iter().map(row).collect()
}

/// The latencies that are stated for a quality, or for all.
fn latency_text(context: &ListingContext<'_, '_>, quality: &str) -> String {
    let mut times: Vec<String> = Vec::new();
    for view in context.fact(Field::Latency).into_iter().flat_map(Fact::counting) {
        let Value::Latency(rows) = view.value else { continue };
        for row in &rows.0 {
            let fits = row.when.quality.as_deref().is_none_or(|word| word == quality);
            let time = row.value.to_string();
            if fits && !times.contains(&time) {
                times.push(time);
            }
        }
    }
    times.join(" or ")
}

/// What is charged, what comes on top, and when nothing is charged.
pub(crate) fn charges(context: &ListingContext<'_, '_>) -> Vec<Glance> {
    let line = |label, field, none: &str| {
        let fact = context.fact(field);
        Glance {
            label,
            value: fact.map_or_else(|| none.to_owned(), |_| context.words(field)),
            state: fact.map_or("", |fact| state_word(fact.state())),
            href: fact.map(|_| format!("#fact-{field}")).unwrap_or_default(),
        }
    };
    let byok = CAPABILITIES.iter().find(|key| **key == "byok").copied().unwrap_or_default();
    let own = context.named(Field::Capabilities, byok);
    let flag = own.and_then(Fact::value).and_then(Value::try_as_flag_ref).copied();
    vec![
        line("Charged for", Field::Price, "unknown"),
        line("Fee on top", Field::Fee, "none is stated"),
        line("Failed calls charged", Field::FailureCharged, "unknown"),
        Glance {
            label: "Own key (BYOK)",
            value: yes_no(flag).to_owned(),
            state: own.map_or("", |fact| state_word(fact.state())),
            href: format!("#fact-capabilities-{}", urls::anchor(byok)),
        },
    ]
}
