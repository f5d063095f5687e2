//! Who says something: a source at a place, of a fact or of a promise, and the wordings of a
//! promise with those who give each.

use std::fmt;

use jiff::civil::Date;

use crate::catalog::{Clause, Entity, Field, Statement, is_stale};
use crate::site::context::SiteContext;
use crate::site::format::distinct;

/// One source at one place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SideView<'s> {
    pub(crate) title: &'s str,
    pub(crate) href: &'s str,
    /// The source's own address; empty where it can't be followed.
    pub(crate) out: &'s str,
    pub(crate) at: &'s str,
    pub(crate) seen: Date,
    pub(crate) excerpt: &'s str,
    pub(crate) note: &'s str,
    pub(crate) stale: bool,
    pub(crate) undated: bool,
    pub(crate) place: CatalogPlace<'s>,
}

/// A line of an entity's file: `listings/a/b.toml:3`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CatalogPlace<'s> {
    path: &'s str,
    pub(crate) line: u32,
    /// Where the files of the catalog can be seen; empty where nobody says.
    pub(crate) repository: &'s str,
}

impl<'s> CatalogPlace<'s> {
    fn new(site: &'s SiteContext<'_>, path: &'s str, line: u32) -> Self {
        let repository = site.catalog.site.repository.as_deref().unwrap_or_default();
        Self { path, line, repository }
    }

    /// The line in the catalog's repository.
    pub(crate) fn href(&self) -> String {
        format!("{}/{}#L{}", self.repository, self.path, self.line)
    }
}

impl fmt::Display for CatalogPlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

impl<'s> SideView<'s> {
    /// The side that states a field in a line of an entity's file.
    pub(crate) fn from_statement(
        site: &'s SiteContext<'_>,
        entity: &'s Entity,
        statement: &'s Statement,
        (field, line): (Field, u32),
    ) -> Self {
        let source = site.index.source(&statement.source);
        let age = statement.age(site.settings.as_of);
        Self {
            title: source.title,
            href: source.href,
            out: source.out,
            at: statement.at.as_deref().unwrap_or_default(),
            seen: statement.seen,
            excerpt: statement.excerpt(field).unwrap_or_default(),
            note: "",
            stale: age.is_stale() && field.can_age(),
            undated: age.undated,
            place: CatalogPlace::new(site, &entity.path, line),
        }
    }

    /// The side that makes a promise of an endpoint.
    pub(crate) fn from_clause(
        site: &'s SiteContext<'_>,
        entity: &'s Entity,
        clause: &'s Clause,
    ) -> Self {
        let source = site.index.source(&clause.source);
        Self {
            title: source.title,
            href: source.href,
            out: source.out,
            at: clause.at.as_deref().unwrap_or_default(),
            seen: clause.seen,
            excerpt: "",
            note: clause.note.as_deref().unwrap_or_default(),
            stale: is_stale(clause.seen, site.settings.as_of),
            undated: false,
            place: CatalogPlace::new(site, &entity.path, clause.position.line),
        }
    }
}

/// Those who give one wording of a promise.
#[derive(Debug)]
pub(crate) struct WordingSides<'s> {
    pub(crate) sides: Vec<SideView<'s>>,
    /// Whether others word the promise differently.
    pub(crate) disputed: bool,
}

impl<'s> WordingSides<'s> {
    /// What the sides note beside the promise.
    pub(crate) fn notes(&self) -> Vec<&'s str> {
        distinct(self.sides.iter().map(|side| side.note).filter(|note| !note.is_empty()))
    }
}

/// One wording of a promise.
#[derive(Debug)]
pub(crate) struct ClauseWording<'s, T = String> {
    pub(crate) says: T,
    pub(crate) by: WordingSides<'s>,
}

/// The different wordings among what clauses of an entity say.
pub(crate) fn wordings<'s, T: PartialEq>(
    site: &'s SiteContext<'_>,
    entity: &'s Entity,
    clauses: impl IntoIterator<Item = (T, &'s Clause)>,
) -> Vec<ClauseWording<'s, T>> {
    let mut wordings: Vec<ClauseWording<'s, T>> = Vec::new();
    for (says, clause) in clauses {
        let view = SideView::from_clause(site, entity, clause);
        if let Some(known) = wordings.iter_mut().find(|known| known.says == says) {
            known.by.sides.push(view);
        } else {
            let by = WordingSides { sides: vec![view], disputed: false };
            wordings.push(ClauseWording { says, by });
        }
    }
    let disputed = wordings.len() > 1;
    for wording in &mut wordings {
        wording.by.disputed = disputed;
    }
    wordings
}
