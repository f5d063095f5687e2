//! The listing that is asked about, and what an answer turns out to rest on.

use jiff::civil::Date;

use super::super::address;
use super::super::fact::{FactView, meaning};
use super::super::words::inner;
use super::told::{Told, one_line};
use super::{Evidence, Known, Site};
use crate::catalog::{Clause, FRESH_DAYS, Fact, Field, Key, Subject, View};
use crate::contract::Contract;

/// The most sources that an answer links to.
const MOST_SOURCES: usize = 6;

/// A listing that is asked about, with the names that questions use.
pub(super) struct Asked<'s, 'c> {
    pub(super) site: &'s Site<'c>,
    pub(super) listing: &'c Subject,
    /// Its facts, in the order of the fields.
    pub(super) facts: &'s [Fact<'c>],
    pub(super) contract: Option<&'s Contract<'c>>,
    pub(super) names: Names,
}

/// What things are called, each in one line.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) slug: String,
    pub(super) provider: String,
    pub(super) model: String,
}

/// What an answer rests on.
#[derive(Debug, Default)]
pub(super) struct Basis {
    pub(super) evidence: Vec<Evidence>,
    /// The oldest day that the answer has nothing newer for, where that is stale.
    pub(super) stale: Option<Date>,
}

impl<'s, 'c> Asked<'s, 'c> {
    pub(super) fn of(known: &'s Known<'s, 'c>) -> Self {
        let Known { site, listing, .. } = *known;
        let catalog = site.catalog;
        let name = |subject: Option<&Subject>, id: &str| {
            one_line(subject.and_then(|subject| subject.head("name")).unwrap_or(id))
        };
        let provider = name(catalog.providers.get(listing.provider()), listing.provider());
        let model = name(catalog.models.get(listing.model()), listing.model());
        let slug = one_line(listing.slug());
        let names = Names { slug, provider, model };
        Self { site, listing, facts: &known.facts, contract: known.contract.as_ref(), names }
    }

    /// What is told of a field, which then is part of the basis.
    pub(super) fn told(&self, basis: &mut Basis, field: Field) -> Option<Told> {
        self.tell(basis, field, None)
    }

    /// What is told of one key of a field's table.
    pub(super) fn named(&self, basis: &mut Basis, field: Field, name: &str) -> Option<Told> {
        self.tell(basis, field, Some(name))
    }

    fn tell(&self, basis: &mut Basis, field: Field, name: Option<&str>) -> Option<Told> {
        let of = |key: &Key| key.field == field && key.name.as_deref() == name;
        let fact = self.facts.iter().find(|fact| of(fact.key))?;
        basis.fact(self, fact);
        Some(Told::of(fact, |source| one_line(self.site.source_title(source))))
    }
}

impl Basis {
    fn link(&mut self, label: String, href: String) {
        let evidence = Evidence { label, href };
        if !self.evidence.contains(&evidence) {
            self.evidence.push(evidence);
        }
    }

    fn old(&mut self, day: Date, as_of: Date) {
        let age = day.until(as_of).map_or(i32::MAX, |span| span.get_days());
        if age > FRESH_DAYS {
            self.stale = Some(self.stale.map_or(day, |stale| stale.min(day)));
        }
    }

    /// Links to a place of the site.
    pub(super) fn page(&mut self, label: &str, href: &str) {
        self.link(label.to_owned(), href.to_owned());
    }

    fn fact(&mut self, asked: &Asked<'_, '_>, fact: &Fact<'_>) {
        let anchor = FactView::anchor_of(fact.key);
        let href = format!("{}#{anchor}", address::of(asked.listing));
        self.link(named(fact), href);
        let counting = || fact.counting().iter();
        for side in counting().flat_map(|view| &view.sides) {
            self.source(asked, &side.statement.source);
        }
        let youngest = |view: &View<'_>| view.sides.iter().map(|s| s.statement.dated()).max();
        if let Some(day) = counting().filter_map(youngest).min() {
            self.old(day, asked.site.settings.as_of);
        }
    }

    /// Notes that the answer rests on a promise, with all its sides.
    pub(super) fn clauses(&mut self, asked: &Asked<'_, '_>, sides: &[&Clause]) {
        for clause in sides {
            self.source(asked, &clause.source);
        }
        if let Some(day) = sides.iter().map(|clause| clause.seen).max() {
            self.old(day, asked.site.settings.as_of);
        }
    }

    /// Notes that the answer rests on a promise of the contract, by its kind of call.
    pub(super) fn clause(&mut self, asked: &Asked<'_, '_>, clause: &Clause) {
        let mut promises = asked.contract.iter().flat_map(|contract| &contract.promises);
        if let Some(promise) = promises.find(|promise| promise.id == clause.id) {
            self.clauses(asked, &promise.sides);
        }
    }

    fn source(&mut self, asked: &Asked<'_, '_>, id: &str) {
        let sources = || self.evidence.iter().filter(|it| it.href.starts_with("/sources/"));
        let source = asked.site.index.source(id);
        if sources().count() < MOST_SOURCES && sources().all(|it| it.href != source.href) {
            self.link(one_line(source.title), source.href.to_owned());
        }
    }
}

/// A fact as a link calls it: by what it means, a capability by its name.
fn named(fact: &Fact<'_>) -> String {
    inner(&meaning(fact.key))
}
