//! What is served now, exchanged whole: a request sees one catalog from its beginning to its end.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use jiff::civil::Date;

use super::shelf::Shelf;
use crate::catalog::Catalog;
use crate::site::{Records, Settings, Site, SiteError};

/// A catalog with its site.
#[derive(Debug)]
pub struct Loaded {
    /// The catalog.
    pub catalog: Catalog,
    /// The day whose facts count where none is asked for.
    pub today: Date,
    pub(super) shelf: Shelf,
}

impl Loaded {
    /// Makes the site of a catalog.
    pub fn of(catalog: Catalog, records: &Records, today: Date) -> Result<Self, SiteError> {
        let settings = Settings { as_of: today, served: true };
        let shelf = Shelf::of(&Site::new(&catalog, records, settings)?)?;
        Ok(Self { catalog, today, shelf })
    }
}

/// A handle to what is served now.
#[derive(Debug, Clone)]
pub struct Live(Arc<ArcSwap<Loaded>>);

impl Live {
    /// Begins with a catalog and its site.
    pub fn new(loaded: Loaded) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(loaded)))
    }

    /// What is served now.
    pub fn now(&self) -> Guard<Arc<Loaded>> {
        self.0.load()
    }

    /// Serves something else from the next request on.
    pub fn exchange(&self, loaded: Loaded) {
        self.0.store(Arc::new(loaded));
    }
}
