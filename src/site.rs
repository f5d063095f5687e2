//! The site: a sorted list of files, each made when it is asked for, so that a site of any size
//! takes no more memory than its catalog.
//!
//! Pure: a catalog, a day and what probes saw go in, bytes come out. `build` writes them, `serve`
//! serves them, tests read them. No clock, no network; only [`publish`] touches a folder.

use std::sync::OnceLock;

use jiff::civil::Date;

use crate::catalog::{Catalog, Subject};
use crate::pricing::QuoteError;

mod address;
mod advice;
mod assets;
mod bars;
mod book;
mod chart;
mod disputes;
mod escape;
mod fact;
mod faq;
mod file;
mod flow;
mod head;
mod index;
mod known;
mod link;
mod log;
mod machine;
mod offers;
mod own;
mod pages;
mod pairs;
mod prices;
mod promise;
mod publish;
mod records;
mod rivals;
mod snippet;
mod words;

pub use faq::{Answer, Evidence};
pub use file::{File, Kind};
pub use offers::{ConsoleOffer, Offers};
pub use publish::{PublishError, Report, publish};
pub use records::{Record, Records};
pub use snippet::Snippet;

use index::Index;
use rivals::Rivals;

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
    /// Only pages that hold sellers against each other ask for it.
    rivals: OnceLock<Rivals<'c>>,
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
    /// A document can't be written.
    #[error("can't make `{path}`")]
    Json {
        /// The file.
        path: String,
        /// The cause.
        #[source]
        source: serde_json::Error,
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
        let (rivals, offers) = (OnceLock::new(), Offers::default());
        Ok(Self { catalog, settings, records, index, rivals, offers })
    }

    /// What the sellers of each family say and ask.
    fn rivals(&self) -> &Rivals<'c> {
        self.rivals.get_or_init(|| Rivals::new(self.catalog, &self.index, self.settings.as_of))
    }

    /// Code that calls a listing's endpoint; none where no contract is known.
    pub fn snippets(&self, listing: &'c Subject) -> Vec<Snippet> {
        snippet::snippets(self, listing)
    }

    /// The questions about a listing that its facts can answer.
    pub fn answers(&self, listing: &'c Subject) -> Vec<Answer> {
        faq::answers(&known::Known::of(self, listing))
    }
}
