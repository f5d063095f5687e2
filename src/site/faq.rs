//! Questions that people ask of a listing, answered from facts; what is unknown is not answered.

use super::Site;
use crate::catalog::Subject;

/// A link to where an answer can be checked.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// What it leads to.
    pub label: String,
    /// Where: within the site.
    pub href: String,
}

/// One question with its answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// An id within the page: `faq-cost`.
    pub anchor: String,
    pub question: String,
    /// Plain text, a paragraph each; the writer of the page escapes it.
    pub paragraphs: Vec<String>,
    pub evidence: Vec<Evidence>,
    /// The day of a stale fact, where the answer rests on one; else nothing.
    pub stale: String,
}

/// Every question about a listing that its facts can answer.
pub(crate) fn answers<'c>(_site: &Site<'c>, _listing: &'c Subject) -> Vec<Answer> {
    Vec::new()
}
