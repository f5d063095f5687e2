//! The site: a sorted list of files, each made when it is asked for, so that a site of any size
//! takes no more memory than its catalog.
//!
//! Pure: a catalog, a day and what probes saw go in, bytes come out. `build` writes them, `serve`
//! serves them, tests read them. No clock, no network; only [`publish`] touches a folder.

use jiff::civil::Date;

use crate::catalog::Catalog;
use crate::compare::QuoteError;

mod address;
mod assets;
mod book;
mod escape;
mod fact;
mod faq;
mod file;
mod head;
mod index;
mod offers;
mod pages;
mod records;
mod snippet;

pub use file::{File, Kind};
pub use offers::{ConsoleOffer, Offers};
pub use records::{Record, Records};

use index::Index;

/// How a site is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The day whose facts count.
    pub as_of: Date,
    /// Whether a server stands behind the pages; else nothing links to what only one has.
    pub served: bool,
}

/// A site that can be made.
#[derive(Debug)]
pub struct Site<'c> {
    catalog: &'c Catalog,
    settings: Settings,
    records: &'c Records,
    index: Index<'c>,
    offers: Offers,
}

/// Says why a site can't be made.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// A price can't be worked out.
    #[error(transparent)]
    Quote(#[from] QuoteError),
    /// A page can't be written.
    #[error("can't make `{path}`")]
    Render {
        /// The file.
        path: String,
        /// The cause.
        #[source]
        source: askama::Error,
    },
}

impl<'c> Site<'c> {
    /// Works out what all pages share.
    pub fn new(
        catalog: &'c Catalog,
        records: &'c Records,
        settings: Settings,
    ) -> Result<Self, SiteError> {
        let index = Index::new(catalog, settings.as_of)?;
        Ok(Self { catalog, settings, records, index, offers: Offers::default() })
    }
}
