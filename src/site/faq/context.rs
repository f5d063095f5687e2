//! The listing that is asked about, and what an answer turns out to rest on.

use jiff::civil::Date;

use crate::catalog::{Clause, Fact, Field, FieldKey, Listing, is_stale};
use crate::contract::Contract;
use crate::site::context::SiteContext;
use crate::site::faq::FaqEvidence;
use crate::site::faq::fact_text::{FactText, one_line};
use crate::site::format::{capability, phrase};
use crate::site::link::Link;
use crate::site::listing::context::ListingContext;
use crate::site::urls;
use crate::site::view::fact::FactView;

/// The most sources that an answer links to.
const MAX_SOURCES: usize = 6;

/// A listing that is asked about, with the names that questions use.
pub(crate) struct FaqContext<'s, 'c> {
    pub(crate) site: &'s SiteContext<'c>,
    pub(crate) listing: &'c Listing,
    pub(crate) facts: &'s [Fact<'c>],
    pub(crate) contract: Option<&'s Contract<'c>>,
    pub(crate) names: FaqNames,
}

/// What things are called, each in one line.
#[derive(Debug)]
pub(crate) struct FaqNames {
    pub(crate) slug: String,
    pub(crate) provider: String,
    pub(crate) model: String,
    /// Empty where it is unknown.
    pub(crate) maker: String,
}

/// What an answer rests on.
#[derive(Debug, Default)]
pub(crate) struct AnswerBasis {
    /// How many of the links lead to sources.
    sources: usize,
    pub(crate) evidence: Vec<FaqEvidence>,
    /// The oldest day that the answer has nothing newer for, where that is stale.
    pub(crate) stale: Option<Date>,
}

impl<'s, 'c> FaqContext<'s, 'c> {
    pub(crate) fn new(known: &'s ListingContext<'s, 'c>) -> Self {
        let ListingContext { site, listing, .. } = *known;
        let maker = site.maker(listing.model.as_str());
        let names = FaqNames {
            slug: one_line(listing.slug()),
            provider: one_line(&Link::provider(site.catalog, listing.provider.as_str()).label),
            model: one_line(&Link::model(site.catalog, listing.model.as_str()).label),
            maker: maker.map(|maker| one_line(&maker.name)).unwrap_or_default(),
        };
        Self { site, listing, facts: &known.facts, contract: known.contract.as_ref(), names }
    }

    /// What is told of a field, or of one key of its table, which then is part of the basis.
    pub(crate) fn fact(
        &self,
        basis: &mut AnswerBasis,
        field: Field,
        name: Option<&str>,
    ) -> Option<FactText> {
        let of = |key: &FieldKey| key.field == field && key.name.as_deref() == name;
        let fact = self.facts.iter().find(|fact| of(fact.key))?;
        basis.fact(self, fact);
        Some(FactText::new(fact, |source| one_line(self.site.source_title(source))))
    }
}

impl AnswerBasis {
    fn link(&mut self, label: String, href: String) {
        let evidence = FaqEvidence { label, href };
        if !self.evidence.contains(&evidence) {
            self.evidence.push(evidence);
        }
    }

    fn rest_on(&mut self, day: Option<Date>, as_of: Date) {
        let day = day.filter(|day| is_stale(*day, as_of));
        self.stale = [self.stale, day].into_iter().flatten().min();
    }

    /// Links to a place of the site.
    pub(crate) fn page(&mut self, label: &str, href: &str) {
        self.link(label.to_owned(), href.to_owned());
    }

    fn fact(&mut self, faq: &FaqContext<'_, '_>, fact: &Fact<'_>) {
        let anchor = FactView::anchor_of(fact.key);
        let href = format!("{}#{anchor}", urls::page(&faq.listing.entity));
        self.link(link_label(fact), href);
        for side in fact.effective_sides() {
            self.source(faq, &side.statement.source);
        }
        self.rest_on(fact.supported_on(faq.site.settings.as_of), faq.site.settings.as_of);
    }

    /// Notes that the answer rests on a promise, with all its sides.
    pub(crate) fn clauses(&mut self, faq: &FaqContext<'_, '_>, sides: &[&Clause]) {
        for clause in sides {
            self.source(faq, &clause.source);
        }
        let newest = sides.iter().map(|clause| clause.seen).max();
        self.rest_on(newest, faq.site.settings.as_of);
    }

    /// Notes that the answer rests on a promise of the contract, by its kind of call.
    pub(crate) fn clause(&mut self, faq: &FaqContext<'_, '_>, clause: &Clause) {
        let mut promises = faq.contract.iter().flat_map(|contract| &contract.promises);
        if let Some(promise) = promises.find(|promise| promise.id == clause.id) {
            self.clauses(faq, &promise.sides);
        }
    }

    fn source(&mut self, faq: &FaqContext<'_, '_>, id: &str) {
        let source = faq.site.index.source(id);
        let is_new = self.evidence.iter().all(|it| it.href != source.href);
        if is_new && self.sources < MAX_SOURCES {
            self.sources += 1;
            self.link(one_line(source.title), source.href.to_owned());
        }
    }
}

/// A fact as a link calls it: by what it means, a capability by its name.
fn link_label(fact: &Fact<'_>) -> String {
    let mut letters = fact.key.field.info().meaning.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    let meaning: String = first.into_iter().chain(letters).collect();
    match fact.key.name.as_deref() {
        None => meaning,
        Some(name) if fact.key.field == Field::Capabilities => capability(name).to_owned(),
        Some(name) => format!("{meaning}: {}", phrase(name)),
    }
}
