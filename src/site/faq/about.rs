//! What a listing is, what it is for, and how fresh all of this is.

use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::catalog::{FRESH_DAYS, Fact, Field, Part, State};
use crate::site::faq::context::{AnswerBasis, FaqContext, FaqNames};
use crate::site::faq::fact_text::{FactText, one_line};

#[derive(Template)]
#[template(path = "faq/what.txt", escape = "none")]
struct WhatText<'a> {
    names: &'a FaqNames,
    maker: String,
    input: Option<FactText>,
    output: Option<FactText>,
    upstream: Option<FactText>,
    active: Option<FactText>,
}

/// What is it?
pub(super) fn what(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let catalog = faq.site.catalog;
    let model = catalog.models.get(&faq.listing.model);
    let maker = model.and_then(|model| model.maker.as_deref());
    let maker = maker.and_then(|id| catalog.makers.iter().find(|maker| maker.id == id));
    let what = WhatText {
        names: &faq.names,
        maker: maker.map(|maker| one_line(&maker.name)).unwrap_or_default(),
        input: faq.text(basis, Field::Input),
        output: faq.text(basis, Field::Output),
        upstream: faq.text(basis, Field::Upstream),
        active: faq.text(basis, Field::Active),
    };
    what.render().ok()
}

#[derive(Template)]
#[template(path = "faq/uses.txt", escape = "none")]
struct UsesText<'a> {
    names: &'a FaqNames,
    uses: FactText,
}

/// What is it used for?
pub(super) fn uses(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let uses = faq.text(basis, Field::UseCases)?;
    UsesText { names: &faq.names, uses }.render().ok()
}

#[derive(Template)]
#[template(path = "faq/languages.txt", escape = "none")]
struct LanguagesText<'a> {
    names: &'a FaqNames,
    languages: FactText,
}

/// Which languages does it understand?
pub(super) fn languages(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let languages = faq.text(basis, Field::Languages)?;
    LanguagesText { names: &faq.names, languages }.render().ok()
}

#[derive(Template)]
#[template(path = "faq/licence.txt", escape = "none")]
struct LicenceText<'a> {
    names: &'a FaqNames,
    licence: Option<FactText>,
    commercial: Option<FactText>,
}

/// Under which licence?
pub(super) fn licence(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let licence = faq.text(basis, Field::Licence);
    let commercial = faq.text_named(basis, Field::Capabilities, "commercial-use");
    licence.as_ref().or(commercial.as_ref())?;
    LicenceText { names: &faq.names, licence, commercial }.render().ok()
}

#[derive(Template)]
#[template(path = "faq/fresh.txt", escape = "none")]
struct FreshText<'a> {
    names: &'a FaqNames,
    edition: String,
    as_of: String,
    facts: usize,
    newest: String,
    oldest: String,
    stale: usize,
    disputed: usize,
    probed: String,
}

/// How fresh is this?
pub(super) fn fresh(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
    let (site, as_of) = (faq.site, faq.site.settings.as_of);
    let facts = || faq.facts.iter().filter(|fact| fact.key.field.info().part != Part::Page);
    let youngest = |fact: &Fact<'_>| {
        let views = fact.counting().iter();
        let of_view = views.filter_map(|view| view.sides.iter().map(|s| s.statement.dated()).max());
        of_view.min()
    };
    let days: Vec<_> = facts().filter_map(youngest).collect();
    let age = |day: &&Date| day.until(as_of).is_ok_and(|span| span.get_days() > FRESH_DAYS);
    let record = site.records.get(&faq.listing.id);
    let probed = record.and_then(|record| {
        let moment = Timestamp::from_millisecond(record.run.begun.started_ms).ok()?;
        Some(moment.to_zoned(TimeZone::UTC).date().to_string())
    });
    basis.page("how to read this", "/reading/");
    let fresh = FreshText {
        names: &faq.names,
        edition: one_line(site.edition()),
        as_of: as_of.to_string(),
        facts: days.len(),
        newest: days.iter().max().map(ToString::to_string).unwrap_or_default(),
        oldest: days.iter().min().map(ToString::to_string).unwrap_or_default(),
        stale: days.iter().filter(age).count(),
        disputed: facts().filter(|fact| fact.state() == State::Disputed).count(),
        probed: probed.unwrap_or_default(),
    };
    fresh.render().ok()
}
