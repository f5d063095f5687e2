//! What is served now, exchanged whole: a request sees one catalog from its beginning to its end.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use arc_swap::{ArcSwap, Guard};
use jiff::civil::Date;

use super::counts::Counts;
use super::static_files::Shelf;
use crate::catalog::Catalog;
use crate::pricing::PriceTables;
use crate::site::{ProbeRecords, ServerFeatures, Settings, Site, SiteError};

/// A catalog with its site.
#[derive(Debug)]
pub struct Snapshot {
    /// The catalog.
    pub catalog: Arc<Catalog>,
    /// The day whose facts count where none is asked for.
    pub today: Date,
    pub(super) shelf: Shelf,
    pub(super) tables: PriceTables<'static>,
}

impl Snapshot {
    /// Makes the site of a catalog, with what a server adds to it.
    pub fn of(
        catalog: Catalog,
        records: &ProbeRecords,
        today: Date,
        offers: &ServerFeatures,
    ) -> Result<Self, SiteError> {
        let settings = Settings { as_of: today, served: true };
        let shelf = Shelf::of(&Site::with_features(&catalog, records, settings, offers)?)?;
        let catalog = Arc::new(catalog);
        let tables = PriceTables::new(Arc::clone(&catalog));
        Ok(Self { catalog, today, shelf, tables })
    }
}

/// A handle to what is served now.
#[derive(Debug, Clone)]
pub struct SharedSnapshot(Arc<State>);

#[derive(Debug)]
struct State {
    loaded: ArcSwap<Snapshot>,
    /// Why what was last looked at is not served.
    findings: ArcSwap<Vec<String>>,
    counts: Arc<Counts>,
}

impl SharedSnapshot {
    /// Begins with a catalog and its site.
    pub fn new(loaded: Snapshot) -> Self {
        Self(Arc::new(State {
            loaded: ArcSwap::from_pointee(loaded),
            findings: ArcSwap::default(),
            counts: Arc::default(),
        }))
    }

    /// What is served now.
    pub fn now(&self) -> Guard<Arc<Snapshot>> {
        self.0.loaded.load()
    }

    /// What is served now, for as long as it is needed.
    pub(super) fn kept(&self) -> Arc<Snapshot> {
        self.0.loaded.load_full()
    }

    /// Serves something else from the next request on.
    pub fn exchange(&self, loaded: Snapshot) {
        self.0.loaded.store(Arc::new(loaded));
        self.settle();
        self.0.counts.exchanged.fetch_add(1, Relaxed);
    }

    /// Goes on with what is served, since the new state has these findings.
    pub fn refuse(&self, findings: Vec<String>) {
        self.0.findings.store(Arc::new(findings));
        self.0.counts.refused.fetch_add(1, Relaxed);
    }

    /// Forgets findings: what was last looked at is what is served.
    pub(super) fn settle(&self) {
        self.0.findings.store(Arc::default());
    }

    /// Why what was last looked at is not served; empty where it is.
    pub fn findings(&self) -> Arc<Vec<String>> {
        self.0.findings.load_full()
    }

    pub(super) fn counts(&self) -> &Arc<Counts> {
        &self.0.counts
    }
}
