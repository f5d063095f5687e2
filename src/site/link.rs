//! Places to go to, with the words that lead there.

use crate::catalog::{Catalog, Entity, EntityKind};
use crate::site::urls;

/// A link within the site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Link {
    pub(crate) label: String,
    pub(crate) href: String,
}

impl Link {
    /// An entity by its id.
    pub(crate) fn to(entity: &Entity) -> Self {
        Self { label: entity.id.to_string(), href: urls::page(entity) }
    }

    /// An entity by its name.
    pub(crate) fn named(entity: &Entity) -> Self {
        Self { label: entity.label().to_owned(), href: urls::page(entity) }
    }

    /// A listing's provider by its name.
    pub(crate) fn provider(catalog: &Catalog, id: &str) -> Self {
        let label = catalog.providers.get(id).map_or(id, |it| it.entity.label()).to_owned();
        Self { label, href: urls::page_of(EntityKind::Provider, id) }
    }

    /// A listing's model by its name.
    pub(crate) fn model(catalog: &Catalog, id: &str) -> Self {
        let label = catalog.models.get(id).map_or(id, |it| it.entity.label()).to_owned();
        Self { label, href: urls::page_of(EntityKind::Model, id) }
    }
}
