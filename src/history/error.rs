//! What can go wrong with a history: every error names the file and what was being done.

use std::path::{Path, PathBuf};

use crate::catalog::Overflow;

/// Says what could not be done with which history.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The folder of the file could not be made.
    #[error("can't make the folder of the history `{}`", path.display())]
    Folder {
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The database failed: no room, no right, damaged, or kept busy by another process.
    #[error("can't {operation} in the history `{}`", path.display())]
    Database {
        operation: &'static str,
        path: PathBuf,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// What was asked for, or what was found in the file, makes no sense.
    #[error("can't {operation} in the history `{}`: {why}", path.display())]
    Refused { operation: &'static str, path: PathBuf, why: String },
    /// The file can be read and not written.
    #[error("the history `{}` is read-only", .0.display())]
    ReadOnly(PathBuf),
    /// The file is a database of another program.
    #[error("`{}` is a database, and not a history of cogdex", .0.display())]
    Foreign(PathBuf),
    /// The file was written by a newer program.
    #[error(
        "the history `{}` has format {found}, this cogdex knows up to {known}: use a newer one",
        path.display()
    )]
    Newer {
        path: PathBuf,
        found: i64,
        /// The newest format that is known.
        known: i64,
    },
}

/// A failure that does not know yet what was being done in which file.
#[derive(Debug)]
pub(super) enum HistoryFault {
    Database(Box<dyn std::error::Error + Send + Sync>),
    Refused(String),
}

impl HistoryFault {
    pub(super) fn refused(why: impl Into<String>) -> Self {
        Self::Refused(why.into())
    }

    pub(super) fn during(self, operation: &'static str, path: &Path) -> HistoryError {
        let path = path.to_owned();
        match self {
            Self::Database(source) => HistoryError::Database { operation, path, source },
            Self::Refused(why) => HistoryError::Refused { operation, path, why },
        }
    }
}

impl From<rusqlite::Error> for HistoryFault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

impl From<rusqlite_migration::Error> for HistoryFault {
    fn from(error: rusqlite_migration::Error) -> Self {
        Self::Database(error.into())
    }
}

impl From<Overflow> for HistoryFault {
    fn from(overflow: Overflow) -> Self {
        Self::Refused(overflow.to_string())
    }
}
