//! What is needed to print a listing, which all parts of its page share.

use super::probed::LatestVerdicts;
use super::source_list::SourceList;
use crate::cli::output::Output;
use cogdex::catalog::Catalog;
use cogdex::pricing::PriceTable;

/// What is needed to print a listing.
pub(super) struct ListingPrinter<'p, 'c> {
    pub(super) output: &'p mut Output,
    pub(super) table: &'p PriceTable<'c>,
    pub(super) verbose: bool,
    pub(super) probed: LatestVerdicts,
    pub(super) sources: SourceList<'c>,
}

impl<'p, 'c> ListingPrinter<'p, 'c> {
    pub(super) fn new(
        output: &'p mut Output,
        catalog: &'c Catalog,
        table: &'p PriceTable<'c>,
        verbose: bool,
        probed: LatestVerdicts,
    ) -> Self {
        Self { output, table, verbose, probed, sources: SourceList::new(catalog) }
    }
}
