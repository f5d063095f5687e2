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

/// A page of an entity that has listings.
pub(super) struct EntityPage<'c> {
    catalog: &'c Catalog,
    entity: &'c Entity,
    title: &'static str,
    line: Option<String>,
    listings: Vec<&'c Listing>,
}

impl<'c> EntityPage<'c> {
    /// A provider and what it sells.
    pub(super) fn of_provider(catalog: &'c Catalog, provider: &'c Provider) -> Self {
        let listings = catalog.listings.values().filter(|it| it.provider == provider.id).collect();
        let line = provider.key_env.as_ref().map(|name| format!("its key is read from {name}"));
        Self { catalog, entity: &provider.entity, title: "What it sells", line, listings }
    }

    /// A model and who sells it.
    pub(super) fn of_model(catalog: &'c Catalog, model: &'c Model) -> Self {
        let selection = Selection::Named(model.id.to_string());
        let listings = select(catalog, &selection).unwrap_or_default();
        let maker = catalog.maker_of(&model.id);
        let maker = maker.map_or_else(String::new, |maker| format!("made by {}, ", maker.name));
        let line = Some(format!("{maker}of the family {}", model.family()));
        Self { catalog, entity: &model.entity, title: "Who sells it", line, listings }
    }

    /// Prints the page; what pages say of themselves is among it where all is asked for.
    pub(super) fn show(
        &self,
        table: &PriceTable<'_>,
        (as_of, all): (Date, bool),
        (global, output): (&Global, &mut Output),
    ) -> Result<()> {
        let comparison = compare(table, &self.listings, &Job::default(), as_of, RankBy::Total);
        let known = self.catalog.facts_of(self.entity, as_of);
        if global.format == Format::Json {
            let document = EntityDocument::new(self.entity, &known, table, &comparison);
            return output.json(&document, false);
        }
        let edition = self.catalog.edition_name();
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
        let is_shown = |part| all || part != FieldPart::Page;
        let facts = known.iter().filter(|fact| is_shown(fact.key.field.info().part));
        let facts: Vec<_> = facts.collect();
        let verbose = global.verbose.then_some(self.catalog);
        facts::print(output, &mut sources, &facts, (as_of, entity.kind), verbose)?;
        sources.print(output)
    }
}
