//! Questions that people ask of a listing, answered from facts; what is unknown is not answered.

use super::Site;
use crate::catalog::Subject;

/// A link to where an answer can be checked.
#[derive(Debug, Clone)]
pub(crate) struct Evidence {
    /// What it leads to.
    pub(crate) label: String,
    /// Where: within the site.
    pub(crate) href: String,
}

/// One question with its answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// An id within the page: `faq-cost`.
    pub(crate) anchor: String,
    pub(crate) question: String,
    /// Plain text, a paragraph each; the writer of the page escapes it.
    pub(crate) paragraphs: Vec<String>,
    pub(crate) evidence: Vec<Evidence>,
    /// The day of a stale fact, where the answer rests on one; else nothing.
    pub(crate) stale: String,
}

/// Every question about a listing that its facts can answer.
pub(crate) fn answers<'c>(_site: &Site<'c>, _listing: &'c Subject) -> Vec<Answer> {
    Vec::new()
}
