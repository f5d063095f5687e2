//! What a listing can do, for every capability that a source may state: yes, no, or unknown.

use crate::catalog::{CAPABILITIES, Fact, Field, Value};
use crate::site::address;
use crate::site::fact::SideView;
use crate::site::known::Known;
use crate::site::words::capability;

/// One capability.
#[derive(Debug)]
pub(crate) struct Ability<'s> {
    pub(crate) anchor: String,
    /// The key as words.
    pub(crate) name: &'static str,
    /// `yes`, `no`, `disputed` or `unknown`.
    pub(crate) answer: &'static str,
    /// Who says so; where sources differ, what each says.
    pub(crate) sides: Vec<AbilitySide<'s>>,
}

/// Who says so, and what.
#[derive(Debug)]
pub(crate) struct AbilitySide<'s> {
    /// What this side says, where sides differ; else nothing.
    pub(crate) says: String,
    pub(crate) side: SideView<'s>,
}

impl<'s, 'c> Known<'s, 'c> {
    /// The capabilities of which any source speaks, and those that none speaks of.
    pub(super) fn abilities(&self) -> (Vec<Ability<'s>>, Vec<Ability<'s>>) {
        let ability = |key: &&'static str| {
            let fact = self.named(Field::Capabilities, key);
            Ability {
                anchor: format!("fact-capabilities-{}", address::anchor(key)),
                name: capability(key),
                answer: answer(fact),
                sides: fact.map(|fact| self.ability_sides(fact)).unwrap_or_default(),
            }
        };
        CAPABILITIES.iter().map(ability).partition(|ability| ability.answer != "unknown")
    }

    fn ability_sides(&self, fact: &Fact<'c>) -> Vec<AbilitySide<'s>> {
        let view = self.site.view(fact);
        let several = view.answers.len() > 1;
        let sides = view.answers.into_iter().flat_map(|answer| {
            let says = if several { answer.value } else { String::new() };
            answer.sides.into_iter().map(move |side| AbilitySide { says: says.clone(), side })
        });
        sides.collect()
    }
}

fn answer(fact: Option<&Fact<'_>>) -> &'static str {
    match fact.map(Fact::value) {
        None => "unknown",
        Some(Some(Value::Flag(true))) => "yes",
        Some(Some(_)) => "no",
        Some(None) => "disputed",
    }
}
