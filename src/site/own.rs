//! What is stated of a subject at its own level alone: a dispute about a provider's credits is
//! the provider's, and told once, however many listings it sells.

use super::Site;
use super::fact::FactView;
use super::words::titled;
use crate::catalog::{Fact, Field, Key, State, Subject};

/// What the sources say of a field, under its label; nothing is unknown.
#[derive(Debug)]
pub(crate) struct Labelled<'s> {
    pub(crate) label: String,
    /// One fact, or none.
    pub(crate) said: Vec<FactView<'s>>,
}

impl<'c> Site<'c> {
    /// Every fact of a subject's own level, in the order of the fields.
    pub(crate) fn own(&self, subject: &'c Subject) -> Vec<Fact<'c>> {
        self.catalog.facts_of(subject, self.settings.as_of)
    }

    /// The facts of a subject's own level on which its sources differ, settled ones among them.
    pub(crate) fn own_disputes(&self, subject: &'c Subject) -> Vec<Fact<'c>> {
        // One statement can't differ from itself, and most subjects have no second.
        if subject.statements.len() < 2 {
            return Vec::new();
        }
        let mut facts = self.own(subject);
        facts.retain(|fact| fact.state() != State::Agreed);
        facts
    }

    /// What is stated of some fields of a subject, at its own level.
    pub(crate) fn own_known<'s>(
        &'s self,
        subject: &'c Subject,
        fields: &[Field],
    ) -> Vec<Labelled<'s>> {
        let known = |field: &Field| {
            let fact = self.catalog.fact_of(subject, &Key::of(*field), self.settings.as_of);
            let said = fact.iter().map(|fact| self.view(fact)).collect();
            Labelled { label: titled(field.key()), said }
        };
        fields.iter().map(known).collect()
    }
}
