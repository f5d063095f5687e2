//! The cells of the table of all listings: what is told of one fact in a few words.

use jiff::civil::Date;

use crate::catalog::{EntityKind, Fact, FieldValue, Sizes, is_stale};
use crate::pricing::{CountRange, time};
use crate::site::format::plural;
use crate::site::view::rate;

/// One cell that can be sorted: what is shown, and what it is sorted by.
#[derive(Debug)]
pub(crate) struct HomeCell {
    pub(crate) text: String,
    pub(crate) by: String,
    pub(crate) disputed: bool,
    pub(crate) known: bool,
    /// How old it is, where it is too old to be relied on.
    pub(crate) old: String,
}

/// A list of sizes by its number, a rule by its bounds.
pub(super) fn sizes(value: &FieldValue) -> String {
    match value.try_as_sizes_ref() {
        Some(Sizes::List(list)) => plural(list.len(), "size"),
        Some(Sizes::Rule(rule)) => match (rule.min, rule.max) {
            (Some(min), Some(max)) => format!("any, {min}–{max} px"),
            (None, Some(max)) => format!("any, up to {max} px"),
            _ => "any, by a rule".to_owned(),
        },
        None => value.to_string(),
    }
}

/// From the shortest to the longest time: `1 h 23 min to 2 h 46 min`.
pub(super) fn span_of_time(took: CountRange) -> String {
    let (low, high) = (time(took.low), time(took.high));
    if low == high { low } else { format!("{low} to {high}") }
}

impl HomeCell {
    /// What counts of a fact, `or` between the sides of a dispute.
    pub(super) fn from_fact(fact: Option<&Fact<'_>>, word: impl Fn(&FieldValue) -> String) -> Self {
        let Some(fact) = fact else { return Self::missing() };
        let mut words: Vec<_> =
            fact.effective_claims().iter().map(|view| word(view.value)).collect();
        words.dedup();
        let mut text = words.join(" or ");
        let is_of_model = fact.level() == EntityKind::Model;
        if is_of_model {
            text.push_str(" (from the model, not the seller)");
        }
        Self {
            by: text.clone(),
            text,
            disputed: fact.effective_claims().len() > 1,
            known: !is_of_model,
            old: String::new(),
        }
    }

    /// The day of a price's youngest support, with its age where that is old.
    pub(super) fn checked(price: Option<&Fact<'_>>, as_of: Date) -> Self {
        let day = price.and_then(|price| price.supported_on(as_of));
        let old = day.filter(|day| is_stale(*day, as_of)).map(|day| rate::age(day, as_of));
        Self { old: old.unwrap_or_default(), ..Self::day(day.map(|day| day.to_string())) }
    }

    /// A day on which something happened; a dash where it never did.
    fn day(day: Option<String>) -> Self {
        day.map_or_else(Self::missing, |text| Self {
            by: text.clone(),
            text,
            disputed: false,
            known: true,
            old: String::new(),
        })
    }

    fn missing() -> Self {
        Self {
            text: "–".to_owned(),
            by: String::new(),
            disputed: false,
            known: false,
            old: String::new(),
        }
    }
}
