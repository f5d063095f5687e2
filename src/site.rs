//! The site: a sorted list of files, each made when it is asked for, so that a site of any size
//! takes no more memory than its catalog.
//!
//! Pure: a catalog, a day and what probes saw go in, bytes come out. `build` writes them, `serve`
//! serves them, tests read them. No clock, no network; only [`publish`] touches a folder.

use std::sync::OnceLock;

use jiff::civil::Date;

use crate::catalog::{Catalog, Subject};
use crate::pricing::QuoteError;

mod assets;
mod call_sequence;
mod changelog;
mod charts;
mod data;
mod escape;
mod family_index;
mod faq;
mod file;
mod format;
mod index;
mod integration_guide;
mod link;
mod listing;
mod listing_pairs;
mod page_meta;
mod pages;
mod probe_records;
mod publish;
mod server_features;
mod snippets;
mod urls;
mod view;

pub use crate::site::faq::{FaqAnswer, FaqEvidence};
pub use crate::site::file::{FileKind, SiteFile};
pub use crate::site::probe_records::{ProbeRecord, ProbeRecords};
pub use crate::site::publish::{PublishError, PublishReport, publish};
pub use crate::site::server_features::{ConsoleFeature, ServerFeatures};
pub use crate::site::snippets::Snippet;

use crate::site::family_index::FamilyIndex;
use crate::site::index::SiteIndex;

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
    records: &'c ProbeRecords,
    index: SiteIndex<'c>,
    /// Only pages that hold sellers against each other ask for it.
    rivals: OnceLock<FamilyIndex<'c>>,
    offers: ServerFeatures,
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
        records: &'c ProbeRecords,
        settings: Settings,
    ) -> Result<Self, SiteError> {
        let index = SiteIndex::new(catalog, settings.as_of)?;
        let (rivals, offers) = (OnceLock::new(), ServerFeatures::default());
        Ok(Self { catalog, settings, records, index, rivals, offers })
    }

    /// What the sellers of each family say and ask.
    fn rivals(&self) -> &FamilyIndex<'c> {
        self.rivals.get_or_init(|| FamilyIndex::new(self.catalog, &self.index, self.settings.as_of))
    }

    /// Code that calls a listing's endpoint; none where no contract is known.
    pub fn snippets(&self, listing: &'c Subject) -> Vec<Snippet> {
        snippets::snippets(self, listing)
    }

    /// The questions about a listing that its facts can answer.
    pub fn answers(&self, listing: &'c Subject) -> Vec<FaqAnswer> {
        faq::answers(&listing::context::ListingContext::of(self, listing))
    }
}
