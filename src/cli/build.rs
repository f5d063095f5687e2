//! `cogdex build`: the site as files in a folder.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use jiff::civil::Date;

use super::output::Output;
use super::{Exit, Global, open};
use cogdex::catalog::{Catalog, ListingId};
use cogdex::history::History;
use cogdex::site::{ProbeRecords, PublishReport, Settings, Site, publish};

/// Flags of `build`.
#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    /// The folder that the site is written to
    #[arg(long, value_name = "DIR", default_value = "dist")]
    out: PathBuf,
    /// The file of runs, for what probes saw [default: none]
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// The day whose facts count [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = super::date, allow_hyphen_values = true)]
    as_of: Option<Date>,
}

impl BuildArgs {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let catalog = open::catalog(global, output, today)?;
        let records = records(&catalog, self.history.as_deref())?;
        let settings = Settings { as_of: self.as_of.unwrap_or(today), served: false };
        let site = Site::new(&catalog, &records, settings)?;
        let report = publish(&site, &self.out)?;
        for path in &report.left {
            output.warn(&format!("`{path}` is no longer part of the site, and was changed: left"));
        }
        if global.verbose {
            let PublishReport { written, kept, removed, .. } = report;
            output.note(&format!("{written} files written, {kept} kept, {removed} removed"));
        }
        // The program is about to end: to free each of the catalog's texts would take longer than
        // a page.
        drop(site);
        std::mem::forget(catalog);
        Ok(Exit::Done)
    }
}

/// What probes saw, where a history is named.
pub(crate) fn records(
    catalog: &Catalog,
    history: Option<&std::path::Path>,
) -> Result<ProbeRecords> {
    let Some(path) = history else { return Ok(ProbeRecords::default()) };
    let history = History::open(path)?;
    Ok(ProbeRecords::read(&history, catalog.listings.keys().map(ListingId::as_str))?)
}
