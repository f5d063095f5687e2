//! The quality modes of a listing, each with the time that sources state for it; and what a call
//! is charged for, in four lines.

use crate::catalog::{Fact, Field, FieldValue};
use crate::site::format::{distinct, yes_no};
use crate::site::listing::context::ListingContext;
use crate::site::view::fact::{self, Glance};

/// One quality mode.
#[derive(Debug)]
pub(crate) struct QualityRow {
    pub(crate) name: String,
    pub(crate) is_default: bool,
    pub(crate) took: String,
}

pub(crate) fn quality_rows(context: &ListingContext<'_, '_>) -> Vec<QualityRow> {
    let answers = context.fact(Field::Qualities).map(Fact::effective_claims).unwrap_or_default();
    let names = distinct(fact::texts(answers));
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
    let answers = context.fact(Field::Latency).map(Fact::effective_claims).unwrap_or_default();
    let rows = answers.iter().filter_map(|view| view.value.try_as_latency_ref());
    let rows = rows.flat_map(|rows| &rows.0);
    let fitting = rows.filter(|row| row.when.quality.as_deref().is_none_or(|word| word == quality));
    distinct(fitting.map(|row| row.value.to_string())).join(" or ")
}

/// What is charged, what comes on top, and when nothing is charged.
pub(crate) fn charges(context: &ListingContext<'_, '_>) -> Vec<Glance> {
    let unknown =
        |label, none: &str, href| Glance { label, value: none.to_owned(), state: "", href };
    let line = |label, field, none| match context.fact(field) {
        Some(fact) => Glance::new(label, fact),
        None => unknown(label, none, String::new()),
    };
    let byok = "Own key (BYOK)";
    let own_key = match context.named(Field::Capabilities, "byok") {
        Some(fact) => {
            let flag = fact.value().and_then(FieldValue::try_as_flag_ref).copied();
            Glance { value: yes_no(flag).to_owned(), ..Glance::new(byok, fact) }
        }
        None => unknown(byok, yes_no(None), "#fact-capabilities-byok".to_owned()),
    };
    vec![
        line("Charged for", Field::Price, "unknown"),
        line("Fee on top", Field::Fee, "none is stated"),
        line("Failed calls charged", Field::FailureCharged, "unknown"),
        own_key,
    ]
}
