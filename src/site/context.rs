//! What every file of the site is made from: the catalog on a day, what probes saw, what a server
//! adds, and the lookups that pages share.

use std::sync::OnceLock;

use jiff::civil::Date;

use crate::catalog::{Catalog, Entity, EntityKind, Fact, Field, FieldKey, Listing, Maker};
use crate::site::family_index::FamilyIndex;
use crate::site::index::SiteIndex;
use crate::site::link::Link;
use crate::site::probe_records::ProbeRecords;
use crate::site::server_features::ServerFeatures;

/// How a site is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    pub as_of: Date,
    /// Whether a server stands behind the pages; else nothing links to what only one has.
    pub served: bool,
}

/// Says why a site can't be made.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    #[error("can't make `{path}`")]
    Render {
        path: String,
        #[source]
        source: askama::Error,
    },
    #[error("can't make `{path}`")]
    Json {
        path: String,
        #[source]
        source: serde_json::Error,
    },
}

/// The catalog with everything that is worked out of it once for all pages.
#[derive(Debug)]
pub(crate) struct SiteContext<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) settings: Settings,
    pub(crate) records: &'c ProbeRecords,
    pub(crate) index: SiteIndex<'c>,
    family_index: OnceLock<FamilyIndex<'c>>,
    pub(crate) features: ServerFeatures,
}

impl<'c> SiteContext<'c> {
    pub(crate) fn new(
        catalog: &'c Catalog,
        records: &'c ProbeRecords,
        settings: Settings,
        features: ServerFeatures,
    ) -> Self {
        let index = SiteIndex::new(catalog, settings.as_of);
        Self { catalog, settings, records, index, family_index: OnceLock::new(), features }
    }

    /// What the sellers of each family say and ask.
    pub(crate) fn family_index(&self) -> &FamilyIndex<'c> {
        self.family_index
            .get_or_init(|| FamilyIndex::new(self.catalog, &self.index, self.settings.as_of))
    }

    /// What is known of a field for a listing, whatever level states it.
    pub(crate) fn fact(&self, listing: &'c Listing, field: Field) -> Option<Fact<'c>> {
        self.catalog.field(listing, field, self.settings.as_of)
    }

    /// What is known of one key of a field's table for a listing.
    pub(crate) fn fact_named(
        &self,
        listing: &'c Listing,
        field: Field,
        name: &str,
    ) -> Option<Fact<'c>> {
        self.catalog.fact(listing, &FieldKey::named(field, name), self.settings.as_of)
    }

    /// The answers to a field that count, joined by ` or `; empty where there is none.
    pub(crate) fn answers(&self, listing: &'c Listing, field: Field) -> String {
        self.fact(listing, field).as_ref().map(Fact::words).unwrap_or_default()
    }

    /// Who trained a model, where that is known.
    pub(crate) fn maker(&self, model: &str) -> Option<&'c Maker> {
        self.catalog.maker_of(model)
    }

    /// The title of a source, or its id where it has none.
    pub(crate) fn source_title<'s>(&'s self, id: &'s str) -> &'s str {
        self.index.source(id).title
    }

    /// A source by its title.
    pub(crate) fn source_link(&self, id: &str) -> Link {
        let source = self.index.source(id);
        Link { label: source.title.to_owned(), href: source.href.to_owned() }
    }

    /// The name of the edition, or that there is none yet.
    pub(crate) fn edition(&self) -> &str {
        self.catalog.edition_name()
    }

    /// The whole address of one within the site.
    pub(crate) fn absolute(&self, href: &str) -> String {
        format!("{}{href}", self.catalog.site.base)
    }

    /// The newest day on which anything was read of a listing, or of anything at all.
    pub(crate) fn newest_day(&self, entity: Option<&'c Entity>) -> Option<Date> {
        let days = |entity: &'c Entity| {
            let statements = entity.statements.iter();
            statements.flat_map(|s| [Some(s.seen), s.corrected]).flatten()
        };
        let until = |day: &Date| *day <= self.settings.as_of;
        let listing = entity.filter(|entity| entity.kind == EntityKind::Listing);
        let listing = listing.and_then(|entity| self.catalog.listings.get(&*entity.id));
        match (listing, entity) {
            (Some(listing), _) => self.catalog.levels(listing).flat_map(days).filter(until).max(),
            (None, Some(entity)) => days(entity).filter(until).max(),
            (None, None) => self.catalog.entities().flat_map(days).filter(until).max(),
        }
    }
}
