//! Code that calls an endpoint, made from its contract, one snippet for each language.

use super::Site;
use crate::catalog::Subject;

/// A piece of code to copy.
#[derive(Debug, Clone)]
pub(crate) struct Snippet {
    /// An id within the page: `call-python`.
    pub(crate) anchor: String,
    /// `Python, with the openai package`.
    pub(crate) label: String,
    /// The word of the language for Markdown fences: `python`.
    pub(crate) language: &'static str,
    pub(crate) code: String,
}

/// The snippets of a listing; none where no contract is known.
pub(crate) fn snippets<'c>(_site: &Site<'c>, _listing: &'c Subject) -> Vec<Snippet> {
    Vec::new()
}
