//! How what is served is made anew: which catalog, which history, and what the server adds.

use std::path::PathBuf;

use jiff::civil::Date;

use super::snapshot::Snapshot;
use crate::catalog::{Catalog, Finding, ListingId, OpenError, Tree};
use crate::history::{History, HistoryError};
use crate::site::{ProbeRecords, ServerFeatures, SiteError};

/// Where what is served comes from.
#[derive(Debug, Clone, Default)]
pub struct SnapshotLoader {
    /// The folder of the catalog; the built-in one where absent.
    pub folder: Option<PathBuf>,
    /// The file of runs, for what probes saw.
    pub history: Option<PathBuf>,
    /// What the server adds to the site.
    pub offers: ServerFeatures,
}

/// Says why nothing new can be served.
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
    /// The site can't be made.
    #[error(transparent)]
    Site(#[from] SiteError),
}

impl LoadError {
    /// Each in a line.
    pub fn lines(&self) -> Vec<String> {
        let Self::Damaged(findings) = self else { return vec![self.to_string()] };
        let line = |finding: &Finding| {
            let hint = finding.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
            format!("{}: {}: {}{hint}", finding.place, finding.code, finding.text)
        };
        findings.iter().map(line).collect()
    }
}

impl SnapshotLoader {
    /// Reads the catalog and makes its site as on a day.
    pub fn make(&self, today: Date) -> Result<Snapshot, LoadError> {
        self.of(self.catalog(today)?, today)
    }

    /// The same, unless what is served is of this catalog and day already.
    pub(super) fn make_anew(
        &self,
        served: &Snapshot,
        today: Date,
    ) -> Result<Option<Snapshot>, LoadError> {
        let catalog = self.catalog(today)?;
        let same = (&catalog.digest, today) == (&served.catalog.digest, served.today)
            && catalog.edition().is_some() == served.catalog.edition().is_some();
        if same { Ok(None) } else { self.of(catalog, today).map(Some) }
    }

    /// Makes the site of a catalog that was read already.
    pub fn of(&self, catalog: Catalog, today: Date) -> Result<Snapshot, LoadError> {
        let mut records = ProbeRecords::default();
        if let Some(path) = &self.history {
            let history = History::open(path)?;
            records = ProbeRecords::read(&history, catalog.listings.keys().map(ListingId::as_str))?;
        }
        Ok(Snapshot::of(catalog, &records, today, &self.offers)?)
    }

    fn catalog(&self, today: Date) -> Result<Catalog, LoadError> {
        let opened = match &self.folder {
            Some(folder) => Tree::folder(folder)
                .map_err(OpenError::from)
                .and_then(|tree| Catalog::open(&tree, today)),
            None => Catalog::embedded(),
        };
        opened.map_err(|why| match why {
            OpenError::Damaged(mut findings) => {
                findings.retain(Finding::is_error);
                LoadError::Damaged(findings)
            }
            other @ OpenError::Tree(_) => LoadError::Catalog(other),
        })
    }
}
