//! What is looked for on each page: the excerpts of all current statements that cite it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::catalog::{
    Catalog, Entity, EntityKind, Excerpt, ExcerptFigures, Field, Listing, Source, Statement,
};

/// One excerpt of a statement.
#[derive(Debug, Clone)]
pub struct Figure<'c> {
    pub entity: &'c Entity,
    pub statement: &'c Statement,
    pub excerpt: &'c Excerpt,
}

impl Figure<'_> {
    /// The numbers of the excerpt's field that the statement states.
    pub(super) fn numbers(&self) -> Vec<Decimal> {
        let stated = self.statement.stated.iter();
        let stated = stated.filter(|stated| stated.key.field == self.excerpt.field);
        let numbers = stated.flat_map(|stated| match stated.value.figures() {
            ExcerptFigures::All(numbers) | ExcerptFigures::Any(numbers) => numbers,
            ExcerptFigures::None => Vec::new(),
        });
        numbers.collect()
    }
}

/// A source with all that is looked for on its page.
#[derive(Debug, Clone)]
pub struct SourceFigures<'c> {
    pub source: &'c Source,
    /// Never empty.
    pub figures: Vec<Figure<'c>>,
    /// The names and codes of the models that each entity is about, by the entity's path.
    pub(super) names: BTreeMap<&'c str, Vec<&'c str>>,
}

/// Every source of which a current statement has an excerpt, by id.
pub fn plan(catalog: &Catalog, as_of: Date) -> Vec<SourceFigures<'_>> {
    let mut sources: BTreeMap<&str, SourceFigures<'_>> = BTreeMap::new();
    for entity in catalog.entities() {
        for figure in current_figures(entity, as_of) {
            let Some(source) = catalog.sources.get(&figure.statement.source) else { continue };
            let planned = sources.entry(&source.id).or_insert_with(|| SourceFigures {
                source,
                figures: Vec::new(),
                names: BTreeMap::new(),
            });
            planned.figures.push(figure);
            let path = entity.path.as_str();
            planned.names.entry(path).or_insert_with(|| names(catalog, entity));
        }
    }
    sources.into_values().collect()
}

/// The excerpts that no later statement of the same source supersedes.
fn current_figures(entity: &Entity, as_of: Date) -> Vec<Figure<'_>> {
    let known = entity.statements.iter().filter(|statement| statement.seen <= as_of);
    if known.clone().all(|statement| statement.excerpts.is_empty()) {
        return Vec::new();
    }
    let last = last_days(entity, as_of);
    let mut figures = Vec::new();
    for statement in known {
        let is_current = |excerpt: &&Excerpt| {
            last.get(&(statement.source.as_str(), excerpt.field)) == Some(&statement.seen)
                && !statement.withdraws(excerpt.field)
        };
        let excerpts = statement.excerpts.iter().filter(is_current);
        figures.extend(excerpts.map(|excerpt| Figure { entity, statement, excerpt }));
    }
    figures
}

/// The day on which each source last spoke of a field, by source and field.
fn last_days(entity: &Entity, as_of: Date) -> HashMap<(&str, Field), Date> {
    let mut last = HashMap::new();
    for statement in entity.statements.iter().filter(|statement| statement.seen <= as_of) {
        let stated = statement.stated.iter().map(|stated| stated.key.field);
        for field in stated.chain(statement.withdrawn.iter().map(|(field, _)| *field)) {
            let day = last.entry((statement.source.as_str(), field)).or_insert(statement.seen);
            *day = statement.seen.max(*day);
        }
    }
    last
}

/// How pages may name what an entity is about.
fn names<'c>(catalog: &'c Catalog, entity: &'c Entity) -> Vec<&'c str> {
    let listings = catalog.listings.values().filter(|listing| match entity.kind {
        EntityKind::Listing => *listing.id == *entity.id,
        EntityKind::Endpoint => listing.endpoint.as_deref() == Some(&*entity.id),
        EntityKind::Provider => *listing.provider == *entity.id,
        EntityKind::Model => *listing.model == *entity.id,
    });
    let mut names: BTreeSet<&str> = listings.flat_map(|it| names_of(catalog, it)).collect();
    if entity.kind == EntityKind::Model {
        names.extend([&*entity.id, entity.label()]);
        names.extend(stated_names(entity));
    }
    names.into_iter().collect()
}

fn names_of<'c>(catalog: &'c Catalog, listing: &'c Listing) -> impl Iterator<Item = &'c str> {
    let model = catalog.models.get(&listing.model).map(|model| model.entity.label());
    let own = [&*listing.model, listing.slug()].into_iter().chain(model);
    own.chain(stated_names(&listing.entity))
}

/// The names and codes that statements give.
fn stated_names(entity: &Entity) -> impl Iterator<Item = &str> {
    let stated = entity.statements.iter().flat_map(|statement| &statement.stated);
    let named = stated.filter(|stated| matches!(stated.key.field, Field::Name | Field::ModelCode));
    named.filter_map(|stated| stated.value.try_as_text_ref().map(String::as_str))
}
