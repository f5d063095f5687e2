//! The site: a sorted list of files, each made when it is asked for, so that a site of any size
//! takes no more memory than its catalog.
//!
//! Pure: a catalog, a day and what probes saw go in, bytes come out. `build` writes them, `serve`
//! serves them, tests read them. No clock, no network; only [`publish`] touches a folder.

mod assets;
mod call_sequence;
mod changelog;
mod charts;
mod context;
mod data;
mod escape;
mod family_index;
mod faq;
mod files;
mod format;
mod index;
mod integration_guide;
mod link;
mod listing;
mod listing_pairs;
mod page;
mod page_meta;
mod pages;
mod probe_records;
mod publish;
mod server_features;
mod snippets;
mod urls;
mod view;

pub use context::{Settings, SiteError};
pub use faq::{FaqAnswer, FaqEvidence};
pub use files::{FileKind, Site, SiteFile};
pub use probe_records::{ProbeRecord, ProbeRecords};
pub use publish::{PublishError, PublishReport, publish};
pub use server_features::{ConsoleFeature, ServerFeatures};
pub use snippets::Snippet;
