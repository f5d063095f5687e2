//! What a listing is, what it is for, and how fresh all of this is.

use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::asked::{Asked, Basis, Names};
use super::told::{Told, one_line};
use crate::catalog::{FRESH_DAYS, Fact, Field, Part, State};

#[derive(Template)]
#[template(path = "faq/what.txt", escape = "none")]
struct What<'a> {
    names: &'a Names,
    maker: String,
    input: Option<Told>,
    output: Option<Told>,
    upstream: Option<Told>,
    active: Option<Told>,
}

/// What is it?
pub(super) fn what(asked: &Asked<'_, '_>, basis: &mut Basis) -> Option<String> {
    let catalog = asked.site.catalog;
    let model = catalog.models.get(asked.listing.model());
    let maker = model.and_then(|model| model.head("maker"));
    let maker = maker.and_then(|id| catalog.makers.iter().find(|maker| maker.id == id));
    let what = What {
        names: &asked.names,
        maker: maker.map(|maker| one_line(&maker.name)).unwrap_or_default(),
        input: asked.told(basis, Field::Input),
        output: asked.told(basis, Field::Output),
        upstream: asked.told(basis, Field::Upstream),
        active: asked.told(basis, Field::Active),
    };
    what.render().ok()
}

#[derive(Template)]
#[template(path = "faq/uses.txt", escape = "none")]
struct Uses<'a> {
    names: &'a Names,
    uses: Told,
}

/// What is it used for?
pub(super) fn uses(asked: &Asked<'_, '_>, basis: &mut Basis) -> Option<String> {
    let uses = asked.told(basis, Field::UseCases)?;
    Uses { names: &asked.names, uses }.render().ok()
}

#[derive(Template)]
#[template(path = "faq/languages.txt", escape = "none")]
struct Languages<'a> {
    names: &'a Names,
    languages: Told,
}

/// Which languages does it understand?
pub(super) fn languages(asked: &Asked<'_, '_>, basis: &mut Basis) -> Option<String> {
    let languages = asked.told(basis, Field::Languages)?;
    Languages { names: &asked.names, languages }.render().ok()
}

#[derive(Template)]
#[template(path = "faq/licence.txt", escape = "none")]
struct Terms<'a> {
    names: &'a Names,
    licence: Option<Told>,
    commercial: Option<Told>,
}

/// Under which licence?
pub(super) fn licence(asked: &Asked<'_, '_>, basis: &mut Basis) -> Option<String> {
    let licence = asked.told(basis, Field::Licence);
    let commercial = asked.named(basis, Field::Capabilities, "commercial-use");
    licence.as_ref().or(commercial.as_ref())?;
    Terms { names: &asked.names, licence, commercial }.render().ok()
}

#[derive(Template)]
#[template(path = "faq/fresh.txt", escape = "none")]
struct Fresh<'a> {
    names: &'a Names,
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
pub(super) fn fresh(asked: &Asked<'_, '_>, basis: &mut Basis) -> Option<String> {
    let (site, as_of) = (asked.site, asked.site.settings.as_of);
    let facts = || asked.facts.iter().filter(|fact| fact.key.field.info().part != Part::Page);
    let youngest = |fact: &Fact<'_>| {
        let views = fact.counting().iter();
        let of_view = views.filter_map(|view| view.sides.iter().map(|s| s.statement.dated()).max());
        of_view.min()
    };
    let days: Vec<_> = facts().filter_map(youngest).collect();
    let age = |day: &&Date| day.until(as_of).is_ok_and(|span| span.get_days() > FRESH_DAYS);
    let record = site.records.of(&asked.listing.id);
    let probed = record.and_then(|record| {
        let moment = Timestamp::from_millisecond(record.run.begun.started_ms).ok()?;
        Some(moment.to_zoned(TimeZone::UTC).date().to_string())
    });
    basis.page("how to read this", "/reading/");
    let fresh = Fresh {
        names: &asked.names,
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
