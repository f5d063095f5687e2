//! The listing that is asked about, and what an answer turns out to rest on.

use jiff::civil::Date;

use super::super::address;
use super::super::fact::{FactView, meaning};
use super::super::words::inner;
use super::told::{Told, one_line};
use super::{Evidence, Site};
use crate::catalog::{Clause, FRESH_DAYS, Fact, Field, Key, Subject, View};
use crate::contract::Contract;

/// The most sources that an answer links to.
const MOST_SOURCES: usize = 6;

/// A listing that is asked about, with the names that questions use.
pub(super) struct Asked<'s, 'c> {
    pub(super) site: &'s Site<'c>,
    pub(super) listing: &'c Subject,
    pub(super) contract: Option<Contract<'c>>,
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
    pub(super) fn of(site: &'s Site<'c>, listing: &'c Subject) -> Self {
        let catalog = site.catalog;
        let name = |subject: Option<&Subject>, id: &str| {
            one_line(subject.and_then(|subject| subject.head("name")).unwrap_or(id))
        };
        let provider = name(catalog.providers.get(listing.provider()), listing.provider());
        let model = name(catalog.models.get(listing.model()), listing.model());
        let slug = one_line(listing.slug());
        let contract = Contract::of(catalog, listing, site.settings.as_of);
        Self { site, listing, contract, names: Names { slug, provider, model } }
    }

    /// What is told of a field, which then is part of the basis.
    pub(super) fn told(&self, basis: &mut Basis, field: Field) -> Option<Told> {
        self.tell(basis, &Key::of(field))
    }

    /// What is told of one key of a field's table.
    pub(super) fn named(&self, basis: &mut Basis, field: Field, name: &str) -> Option<Told> {
        self.tell(basis, &Key::named(field, name))
    }

    fn tell(&self, basis: &mut Basis, key: &Key) -> Option<Told> {
        let fact = self.site.catalog.fact(self.listing, key, self.site.settings.as_of)?;
        basis.fact(self, &fact);
        Some(Told::of(&fact, |source| one_line(&self.site.source_title(source))))
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
        let key = fact.key.to_string();
        let href = format!("{}#{}", address::of(asked.listing), FactView::anchor_of(&key));
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
        let contract = asked.contract.as_ref();
        let mut promises = contract.iter().flat_map(|contract| &contract.promises);
        if let Some(promise) = promises.find(|promise| promise.id == clause.id) {
            self.clauses(asked, &promise.sides);
        }
    }

    fn source(&mut self, asked: &Asked<'_, '_>, id: &str) {
        let href = address::source(id);
        let sources = self.evidence.iter().filter(|it| it.href.starts_with("/sources/")).count();
        if sources < MOST_SOURCES {
            self.link(one_line(&asked.site.source_title(id)), href);
        }
    }
}

/// A fact as a link calls it: by what it means, a capability by its name.
fn named(fact: &Fact<'_>) -> String {
    inner(&meaning(&fact.key))
}
