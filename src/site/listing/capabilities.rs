//! What a listing can do, for every capability that a source may state: yes, no, or unknown.

use crate::catalog::{CAPABILITIES, Fact, Field, FieldValue};
use crate::site::format::{capability, capitalized};
use crate::site::listing::context::ListingContext;
use crate::site::urls;
use crate::site::view::fact;
use crate::site::view::side::SideView;

/// One capability.
#[derive(Debug)]
pub(crate) struct CapabilityRow<'s> {
    pub(crate) anchor: String,
    pub(crate) name: String,
    /// `yes`, `no`, `disputed` or `unknown`.
    pub(crate) answer: &'static str,
    pub(crate) sides: Vec<CapabilitySide<'s>>,
}

/// Who says so, and what.
#[derive(Debug)]
pub(crate) struct CapabilitySide<'s> {
    pub(crate) says: String,
    pub(crate) side: SideView<'s>,
}

/// The capabilities of which any source speaks, and those that none speaks of.
pub(crate) fn capability_rows<'s>(
    context: &ListingContext<'s, '_>,
) -> (Vec<CapabilityRow<'s>>, Vec<CapabilityRow<'s>>) {
    let ability = |key: &&'static str| {
        let fact = context.named(Field::Capabilities, key);
        CapabilityRow {
            anchor: format!("fact-capabilities-{}", urls::anchor(key)),
            name: capitalized(capability(key)),
            answer: answer(fact),
            sides: fact.map(|fact| capability_sides(context, fact)).unwrap_or_default(),
        }
    };
    CAPABILITIES.iter().map(ability).partition(|ability| !ability.sides.is_empty())
}

fn capability_sides<'s, 'c>(
    context: &ListingContext<'s, 'c>,
    fact: &Fact<'c>,
) -> Vec<CapabilitySide<'s>> {
    let view = fact::fact_view(context.site, fact);
    let several = view.answers.len() > 1;
    let sides = view.answers.into_iter().flat_map(|answer| {
        let says = if several { answer.value } else { String::new() };
        answer.sides.into_iter().map(move |side| CapabilitySide { says: says.clone(), side })
    });
    sides.collect()
}

fn answer(fact: Option<&Fact<'_>>) -> &'static str {
    match fact.map(Fact::value) {
        None => "unknown",
        Some(Some(FieldValue::Flag(true))) => "yes",
        Some(Some(_)) => "no",
        Some(None) => "disputed",
    }
}
