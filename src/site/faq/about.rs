//! How fresh everything about a listing is.

use askama::Template;

use crate::catalog::{FactState, FieldPart, is_stale};
use crate::site::faq::context::{AnswerBasis, FaqContext, FaqNames};
use crate::site::faq::fact_text::one_line;
use crate::site::probe_records::day;

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
pub(super) fn fresh(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> askama::Result<String> {
    let (site, as_of) = (faq.site, faq.site.settings.as_of);
    let facts = || faq.facts.iter().filter(|fact| fact.key.field.info().part != FieldPart::Page);
    let days: Vec<_> = facts().filter_map(|fact| fact.supported_on(as_of)).collect();
    let record = site.records.get(&faq.listing.id);
    basis.page("how to read this", "/reading/");
    let fresh = FreshText {
        names: &faq.names,
        edition: one_line(site.edition()),
        as_of: as_of.to_string(),
        facts: days.len(),
        newest: days.iter().max().map(ToString::to_string).unwrap_or_default(),
        oldest: days.iter().min().map(ToString::to_string).unwrap_or_default(),
        stale: days.iter().filter(|day| is_stale(**day, as_of)).count(),
        disputed: facts().filter(|fact| fact.state() == FactState::Disputed).count(),
        probed: record.map(|record| day(record.run.begun.started_ms)).unwrap_or_default(),
    };
    fresh.render()
}
