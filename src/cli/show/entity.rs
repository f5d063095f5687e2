//! A provider with what it sells, and a model with who sells it, each with prices.

use anyhow::Result;
use jiff::civil::Date;

use super::facts;
use super::source_list::SourceList;
use crate::cli::compare::table::ranking;
use crate::cli::output::{BOLD, DIM, Output, clean};
use crate::cli::{Format, Global};
use cogdex::catalog::{Catalog, Entity, FieldPart, Listing, Model, Provider};
use cogdex::pricing::{Job, PriceTable, RankBy, Selection, compare, select};
use cogdex::show::EntityDocument;

/// Shows a provider and what it sells.
pub(super) fn show_provider(
    catalog: &Catalog,
    table: &PriceTable<'_>,
    provider: &Provider,
    (as_of, all): (Date, bool),
    (global, output): (&Global, &mut Output),
) -> Result<()> {
    let listings = catalog.listings.values().filter(|it| it.provider == provider.id);
    let key = provider.key_env.as_ref().map(|name| format!("its key is read from {name}"));
    let page =
        EntityPage { catalog, entity: &provider.entity, title: "What it sells", line: key, all };
    page.show(table, &listings.collect::<Vec<_>>(), as_of, (global, output))
}

/// Shows a model and who sells it.
pub(super) fn show_model(
    catalog: &Catalog,
    table: &PriceTable<'_>,
    model: &Model,
    (as_of, all): (Date, bool),
    (global, output): (&Global, &mut Output),
) -> Result<()> {
    let selection = Selection::Named(model.id.to_string());
    let listings = select(catalog, &selection).unwrap_or_default();
    let maker = catalog.makers.iter().find(|it| Some(it.id.as_str()) == model.maker.as_deref());
    let line = maker.map_or_else(String::new, |maker| format!("made by {}, ", maker.name));
    let line = Some(format!("{line}of the family {}", model.family()));
    let page = EntityPage { catalog, entity: &model.entity, title: "Who sells it", line, all };
    page.show(table, &listings, as_of, (global, output))
}

/// A page of an entity that has listings.
struct EntityPage<'c> {
    catalog: &'c Catalog,
    entity: &'c Entity,
    title: &'static str,
    line: Option<String>,
    /// Whether to show what pages say of themselves.
    all: bool,
}

impl EntityPage<'_> {
    fn show(
        &self,
        table: &PriceTable<'_>,
        listings: &[&Listing],
        as_of: Date,
        (global, output): (&Global, &mut Output),
    ) -> Result<()> {
        let comparison = compare(table, listings, &Job::default(), as_of, RankBy::Total)?;
        let known = self.catalog.facts_of(self.entity, as_of);
        if global.format == Format::Json {
            let document = EntityDocument::new(self.entity, &known, table, &comparison);
            return output.json(&document, false);
        }
        let edition = self.catalog.edition().map_or("under edit", |edition| &edition.name);
        let entity = self.entity;
        let name = format!("{}: {}", clean(&entity.id), clean(entity.label()));
        output.styled_line(BOLD, &name)?;
        for text in self.line.iter().chain(&entity.note) {
            output.wrapped("", "  ", text)?;
        }
        output.styled_line(DIM, &format!("as of {as_of}, catalog {edition}"))?;
        output.heading(&format!("{}, one image of 1024x1024", self.title))?;
        ranking(output, table, &Job::default(), &comparison)?;
        let mut sources = SourceList::new(self.catalog);
        // What a page says of itself is of no weight for whoever buys.
        let is_shown = |part| self.all || part != FieldPart::Page;
        let facts = known.iter().filter(|fact| is_shown(fact.key.field.info().part));
        let facts: Vec<_> = facts.collect();
        let verbose = global.verbose.then_some(self.catalog);
        facts::print(output, &mut sources, &facts, (as_of, entity.kind), verbose)?;
        sources.print(output)
    }
}
