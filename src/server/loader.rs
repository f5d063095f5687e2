//! Loads a snapshot: which catalog, which history, and what the server adds to the site.

use std::path::PathBuf;

use jiff::civil::Date;

use super::snapshot::Snapshot;
use crate::catalog::{Catalog, Finding, OpenError, Tree, printed_findings};
use crate::history::{History, HistoryError};
use crate::site::{ProbeRecords, ServerFeatures};

/// Where a snapshot comes from.
#[derive(Debug, Clone, Default)]
pub struct SnapshotLoader {
    /// The folder of the catalog; the built-in one where absent.
    pub folder: Option<PathBuf>,
    /// The file of runs, for what probes saw.
    pub history: Option<PathBuf>,
    /// What the server adds to the site.
    pub features: ServerFeatures,
}

/// Says why no snapshot could be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The catalog has errors; all of them.
    #[error("the catalog has {} errors", .0.len())]
    Damaged(Vec<Finding>),
    /// The catalog can't be read.
    #[error(transparent)]
    Catalog(OpenError),
    /// The history can't be read.
    #[error(transparent)]
    History(#[from] HistoryError),
}

impl LoadError {
    /// Every reason on a line of its own.
    pub fn lines(&self) -> Vec<String> {
        let Self::Damaged(findings) = self else {
            let causes =
                std::iter::successors(Some(self as &dyn std::error::Error), |e| e.source());
            return vec![causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")];
        };
        printed_findings(findings.iter()).iter().map(ToString::to_string).collect()
    }

    /// Whether the same load may succeed later although nobody changes the catalog.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Catalog(_) | Self::History(_) => true,
            Self::Damaged(_) => false,
        }
    }
}

impl SnapshotLoader {
    /// Reads the catalog and lists its site as on a day.
    pub fn load(&self, today: Date) -> Result<Snapshot, LoadError> {
        self.load_catalog(self.catalog(today)?, today)
    }

    /// Loads, unless what is served is of this catalog and day already.
    pub(super) fn load_if_changed(
        &self,
        served: &Snapshot,
        today: Date,
    ) -> Result<Option<Snapshot>, LoadError> {
        let catalog = self.catalog(today)?;
        let before = served.catalog();
        let is_same = (&catalog.digest, today) == (&before.digest, served.today)
            && catalog.edition().is_some() == before.edition().is_some();
        if is_same { Ok(None) } else { self.load_catalog(catalog, today).map(Some) }
    }

    /// Lists the site of a catalog that was read already.
    pub fn load_catalog(&self, catalog: Catalog, today: Date) -> Result<Snapshot, LoadError> {
        let mut records = ProbeRecords::default();
        if let Some(path) = &self.history {
            let history = History::open(path)?;
            records = ProbeRecords::read(&history, &catalog, today)?;
        }
        Ok(Snapshot::new(catalog, records, today, &self.features))
    }

    fn catalog(&self, today: Date) -> Result<Catalog, LoadError> {
        let opened = match &self.folder {
            Some(folder) => Tree::folder(folder)
                .map_err(OpenError::from)
                .and_then(|tree| Catalog::open(&tree, today)),
            None => Catalog::embedded(),
        };
        opened.map_err(|error| match error {
            OpenError::Damaged(mut findings) => {
                findings.retain(Finding::is_error);
                LoadError::Damaged(findings)
            }
            other @ OpenError::Tree(_) => LoadError::Catalog(other),
        })
    }
}
