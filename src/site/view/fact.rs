//! A fact as pages show it: its answers, who gives each, how old they are, and what decided.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::catalog::{
    Catalog, Claim, ClaimSide, Entity, Fact, FactState, Field, FieldKey, Settlement, Size, Sizes,
    Statement,
};

use crate::site::context::SiteContext;
use crate::site::format::{capability, capitalized, heading, phrase};
use crate::site::urls;
use crate::site::view::side::SideView;

/// One answer, with everyone who gives it.
#[derive(Debug)]
pub(crate) struct AnswerView<'s> {
    pub(crate) value: String,
    pub(crate) sides: Vec<SideView<'s>>,
}

/// What is known of a field.
#[derive(Debug)]
pub(crate) struct FactView<'s> {
    /// The key: `price`, `capabilities.streaming`.
    pub(crate) key: &'s FieldKey,
    pub(crate) anchor: String,
    pub(crate) meaning: Cow<'static, str>,
    /// `agreed`, `disputed` or `settled`.
    pub(crate) state: &'static str,
    pub(crate) decided: FactState,
    /// The answers that count, joined by ` or `.
    pub(crate) value: String,
    pub(crate) answers: Vec<AnswerView<'s>>,
    pub(crate) settled: String,
    /// The level it comes from: `listing`, `endpoint`, `provider` or `model`.
    pub(crate) level: &'static str,
    pub(crate) stale: bool,
    pub(crate) seen: Date,
}

/// A fact without who says so.
#[derive(Debug)]
pub(crate) struct FactSummary {
    /// The answers that count, joined by ` or `.
    pub(crate) value: String,
    /// `agreed`, `disputed` or `settled`.
    pub(crate) state: &'static str,
    pub(crate) stale: bool,
}

impl FactView<'_> {
    /// The id of a fact's place on the page of its listing.
    pub(crate) fn anchor_of(key: &FieldKey) -> String {
        urls::anchor(&format!("fact-{key}"))
    }

    pub(crate) fn is_disputed(&self) -> bool {
        self.decided == FactState::Disputed
    }
}

/// A fact for the templates.
pub(crate) fn fact_view<'s>(site: &'s SiteContext<'_>, fact: &Fact<'s>) -> FactView<'s> {
    let answers = fact.claims.iter().map(|view| AnswerView {
        value: view.value.to_string(),
        sides: view.sides.iter().map(|it| side_view(site, fact, it)).collect(),
    });
    let answers: Vec<_> = answers.collect();
    let value = match (answers.as_slice(), fact.settled) {
        ([answer], _) => answer.value.clone(),
        (answers, Some((view, _))) => answers[view].value.clone(),
        _ => fact.words(),
    };
    FactView {
        anchor: FactView::anchor_of(fact.key),
        key: fact.key,
        meaning: meaning(fact.key),
        state: fact.state().into(),
        decided: fact.state(),
        value,
        settled: fact.settled.map(|(_, by)| settlement(site.catalog, by)).unwrap_or_default(),
        level: fact.level().as_str(),
        stale: fact.is_stale(site.settings.as_of),
        // Someone gives each answer.
        seen: fact
            .effective_sides()
            .map(|side| side.statement.seen)
            .max()
            .unwrap_or(site.settings.as_of),
        answers,
    }
}

/// A fact in short.
pub(crate) fn summary(site: &SiteContext<'_>, fact: &Fact<'_>) -> FactSummary {
    let (value, state) = (fact.words(), fact.state().into());
    FactSummary { value, state, stale: fact.is_stale(site.settings.as_of) }
}

fn side_view<'s>(site: &'s SiteContext<'_>, fact: &Fact<'s>, from: &ClaimSide<'s>) -> SideView<'s> {
    let place = (fact.key.field, from.stated.position.line);
    SideView::from_statement(site, fact.entity, from.statement, place)
}

/// The texts of some answers, one after the other.
pub(crate) fn texts<'c>(answers: &[Claim<'c>]) -> impl Iterator<Item = &'c str> {
    let lists = answers.iter().filter_map(|view| view.value.try_as_texts_ref());
    lists.flat_map(|list| list.0.iter().map(String::as_str))
}

/// The sizes that some answers list, one after the other.
pub(crate) fn sizes(answers: &[Claim<'_>]) -> impl Iterator<Item = Size> {
    let lists = answers.iter().filter_map(|view| match view.value.try_as_sizes_ref()? {
        Sizes::List(sizes) => Some(sizes.iter().copied()),
        Sizes::Rule(_) => None,
    });
    lists.flatten()
}

/// What a key asks, in a phrase; of a table's key, which of its names.
pub(crate) fn meaning(key: &FieldKey) -> Cow<'static, str> {
    let meaning = key.field.info().meaning;
    match key.name.as_deref() {
        None => Cow::Borrowed(meaning),
        Some(name) if key.field == Field::Capabilities => Cow::Owned(capitalized(capability(name))),
        Some(name) => Cow::Owned(format!("{meaning}: {}", phrase(name))),
    }
}

fn settlement(catalog: &Catalog, by: Settlement<'_>) -> String {
    let title = |statement: &Statement| {
        catalog.sources.get(&statement.source).map_or("", |source| &source.title).to_owned()
    };
    match by {
        Settlement::Probe(statement) => {
            format!("a probe saw it on {}: {}", statement.seen, title(statement))
        }
        Settlement::Invoice(statement) => {
            format!("an invoice of {} shows it: {}", statement.seen, title(statement))
        }
        Settlement::Ruling(ruling) => format!("ruled on {}: {}", ruling.date, ruling.reason),
    }
}

/// Whether sources differ on a fact and nothing decides.
pub(crate) fn is_disputed(fact: &Fact<'_>) -> bool {
    fact.state() == FactState::Disputed
}

/// What the sources say of a field, under its label; nothing is unknown.
#[derive(Debug)]
pub(crate) struct LabelledFact<'s> {
    pub(crate) label: String,
    pub(crate) said: Vec<FactView<'s>>,
}

/// Every fact of an entity's own level, in the order of the fields.
pub(crate) fn own_facts<'c>(site: &SiteContext<'c>, entity: &'c Entity) -> Vec<Fact<'c>> {
    site.catalog.facts_of(entity, site.settings.as_of)
}

/// The facts of an entity's own level on which its sources differ, settled ones among them.
pub(crate) fn own_disputes<'c>(site: &SiteContext<'c>, entity: &'c Entity) -> Vec<Fact<'c>> {
    // One statement can't differ from itself, and most subjects have no second.
    if entity.statements.len() < 2 {
        return Vec::new();
    }
    let mut facts = own_facts(site, entity);
    facts.retain(|fact| fact.state() != FactState::Agreed);
    facts
}

/// What is stated of some fields of an entity, at its own level.
pub(crate) fn labelled_facts<'s, 'c>(
    site: &'s SiteContext<'c>,
    entity: &'c Entity,
    fields: &[Field],
) -> Vec<LabelledFact<'s>> {
    let known = |field: &Field| {
        let fact = site.catalog.fact_of(entity, &FieldKey::new(*field), site.settings.as_of);
        let said = fact.iter().map(|fact| fact_view(site, fact)).collect();
        LabelledFact { label: heading(field.key()), said }
    };
    fields.iter().map(known).collect()
}

/// One line of what a reader wants to know at once.
#[derive(Debug)]
pub(crate) struct Glance {
    pub(crate) label: &'static str,
    pub(crate) value: String,
    /// `agreed`, `disputed` or `settled`; nothing where nothing is known.
    pub(crate) state: &'static str,
    pub(crate) href: String,
}

impl Glance {
    /// What counts of a fact, with the way to its place on the page.
    pub(crate) fn new(label: &'static str, fact: &Fact<'_>) -> Self {
        let (value, state) = (fact.words(), fact.state().into());
        Self { label, value, state, href: format!("#{}", FactView::anchor_of(fact.key)) }
    }
}
