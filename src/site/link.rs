//! Places to go to, with the words that lead there.

use crate::catalog::{Catalog, Level, Subject};
use crate::site::urls;

/// A link within the site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Link {
    pub(crate) label: String,
    pub(crate) href: String,
}

impl Link {
    /// A subject by its id.
    pub(crate) fn to(subject: &Subject) -> Self {
        Self { label: subject.id.clone(), href: urls::page(subject) }
    }

    /// A subject by its name.
    pub(crate) fn named(subject: &Subject) -> Self {
        Self { label: name(subject).to_owned(), href: urls::page(subject) }
    }

    /// A listing's provider by its name.
    pub(crate) fn provider(catalog: &Catalog, id: &str) -> Self {
        let label = catalog.providers.get(id).map_or(id, name).to_owned();
        Self { label, href: urls::at(Level::Provider, id) }
    }

    /// A listing's model by its name.
    pub(crate) fn model(catalog: &Catalog, id: &str) -> Self {
        let label = catalog.models.get(id).map_or(id, name).to_owned();
        Self { label, href: urls::at(Level::Model, id) }
    }
}

/// The name of a subject, or its id where it has none.
pub(crate) fn name(subject: &Subject) -> &str {
    subject.head("name").unwrap_or(&subject.id)
}
