//! A fact as pages show it: its answers, who gives each, how old they are, and what decided.

use std::borrow::Cow;

use crate::catalog::{Catalog, Fact, Field, Key, Settlement, Side, State, Statement, Subject};
use crate::show::state_word;

use super::words::{capability, inner, titled};
use super::{Site, address};

/// One side of a fact: a source at a place.
#[derive(Debug)]
pub(crate) struct SideView {
    /// The source's title.
    pub(crate) title: String,
    /// Its place among the sources.
    pub(crate) href: String,
    /// The place on the page, or nothing.
    pub(crate) at: String,
    /// The day from which it holds.
    pub(crate) seen: String,
    /// The page's own words, or nothing.
    pub(crate) excerpt: String,
    pub(crate) stale: bool,
    /// Whether the page shows no date of its own.
    pub(crate) undated: bool,
    /// Where the catalog says so: file and line.
    pub(crate) place: String,
}

/// One answer, with everyone who gives it.
#[derive(Debug)]
pub(crate) struct AnswerView {
    pub(crate) value: String,
    pub(crate) sides: Vec<SideView>,
}

/// What is known of a field.
#[derive(Debug)]
pub(crate) struct FactView {
    /// The key: `price`, `capabilities.streaming`.
    pub(crate) key: String,
    /// The key as an id within the page.
    pub(crate) anchor: String,
    /// What the field means, in a phrase.
    pub(crate) meaning: Cow<'static, str>,
    /// `agreed`, `disputed` or `settled`.
    pub(crate) state: &'static str,
    /// The answers that count, joined by ` or `.
    pub(crate) value: String,
    pub(crate) answers: Vec<AnswerView>,
    /// What decided a dispute, or nothing.
    pub(crate) settled: String,
    /// The level it comes from: `listing`, `endpoint`, `provider` or `model`.
    pub(crate) level: String,
    /// Whether any side that counts is stale.
    pub(crate) stale: bool,
    /// The newest day of all sides.
    pub(crate) seen: String,
}

impl FactView {
    /// The id of a fact's place on the page of its listing.
    pub(crate) fn anchor_of(key: &str) -> String {
        format!("fact-{}", address::anchor(key))
    }

    pub(crate) fn is_disputed(&self) -> bool {
        self.state == "disputed"
    }
}

impl<'c> Site<'c> {
    /// What is known of a field for a listing, whatever level states it.
    pub(crate) fn fact(&self, listing: &'c Subject, field: Field) -> Option<Fact<'c>> {
        self.catalog.field(listing, field, self.settings.as_of)
    }

    /// What is known of one key of a field's table for a listing.
    pub(crate) fn named(&self, listing: &'c Subject, field: Field, name: &str) -> Option<Fact<'c>> {
        self.catalog.fact(listing, &Key::named(field, name), self.settings.as_of)
    }

    /// A fact for the templates.
    pub(crate) fn view(&self, fact: &Fact<'_>) -> FactView {
        let key = fact.key.to_string();
        let answers = fact.views.iter().map(|view| AnswerView {
            value: view.value.to_string(),
            sides: view.sides.iter().map(|side| self.side(fact, side)).collect(),
        });
        let counting = fact.counting();
        let values: Vec<_> = counting.iter().map(|view| view.value.to_string()).collect();
        let sides = || counting.iter().flat_map(|view| &view.sides);
        FactView {
            anchor: FactView::anchor_of(&key),
            key,
            meaning: meaning(&fact.key),
            state: state_word(fact.state()),
            value: values.join(" or "),
            settled: fact.settled.map(|(_, by)| settlement(self.catalog, by)).unwrap_or_default(),
            level: fact.level().to_string(),
            stale: sides().any(|side| side.statement.age(self.settings.as_of).is_stale()),
            seen: sides()
                .map(|side| side.statement.seen)
                .max()
                .map(|d| d.to_string())
                .unwrap_or_default(),
            answers: answers.collect(),
        }
    }

    fn side(&self, fact: &Fact<'_>, side: &Side<'_>) -> SideView {
        let Side { statement, stated } = side;
        let age = statement.age(self.settings.as_of);
        SideView {
            title: self.source_title(&statement.source),
            href: address::source(&statement.source),
            at: statement.at.clone().unwrap_or_default(),
            seen: statement.seen.to_string(),
            excerpt: statement.excerpt(fact.key.field).unwrap_or_default().to_owned(),
            stale: age.is_stale(),
            undated: age.undated,
            place: format!("{}:{}", fact.subject.path, stated.position.line),
        }
    }

    /// The title of a source, or its id where it has none.
    pub(crate) fn source_title(&self, id: &str) -> String {
        self.catalog.sources.get(id).map_or(id, |source| &source.title).to_owned()
    }
}

/// What a key asks, in a phrase; of a table's key, which of its names.
pub(crate) fn meaning(key: &Key) -> Cow<'static, str> {
    let meaning = key.field.info().meaning;
    match key.name.as_deref() {
        None => Cow::Borrowed(meaning),
        Some(name) if key.field == Field::Capabilities => Cow::Owned(capability(name).to_owned()),
        Some(name) => Cow::Owned(format!("{meaning}: {}", inner(&titled(name)))),
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
    fact.state() == State::Disputed
}
