//! `cogdex build`: the site as files in a folder.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use jiff::civil::Date;

use super::output::{Output, clean, plural};
use super::{Exit, Global, open};
use cogdex::catalog::Catalog;
use cogdex::history::History;
use cogdex::site::{ProbeRecords, PublishReport, Settings, Site, publish};

/// Flags of `build`.
#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    /// Folder to write the website to
    #[arg(long, value_name = "DIR", default_value = "dist")]
    out: PathBuf,
    /// File with probe results to publish [default: none]
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// Use data as of this date [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = super::date, allow_hyphen_values = true)]
    as_of: Option<Date>,
}

impl BuildArgs {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        open::refuse_catalog_folder(&self.out, global.catalog.as_deref())?;
        let catalog = open::catalog(global, output, today)?;
        let as_of = self.as_of.unwrap_or(today);
        let records = records(&catalog, self.history.as_deref(), as_of)?;
        let settings = Settings { as_of, served: false };
        let site = Site::new(&catalog, &records, settings);
        let report = publish(&site, &self.out)?;
        for path in &report.left {
            output.warn(&format!("`{path}` is no longer part of the site, and was changed: left"));
        }
        if global.verbose {
            let PublishReport { written, kept, removed, .. } = report;
            output.note(&format!("{written} files written, {kept} kept, {removed} removed"));
        } else if std::io::stdout().is_terminal() && !global.quiet {
            let folder = clean(&self.out.display().to_string());
            let files = site.files();
            let pages = files.iter().filter(|file| is_page(&file.path)).count();
            let (pages, changed) = (plural(pages, "page"), report.written + report.removed);
            let files = plural(files.len(), "file");
            output.line(&format!("{folder}: {pages}, {changed} of {files} changed"))?;
        }
        // The program is about to end: to free each of the catalog's texts would take longer than
        // a page.
        drop(site);
        std::mem::forget(catalog);
        Ok(Exit::Done)
    }
}

/// Whether a file is a page for people: twins in Markdown and data for programs are none.
fn is_page(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ending == "html")
}

/// What probes saw, where a history is named.
pub(crate) fn records(
    catalog: &Catalog,
    history: Option<&Path>,
    as_of: Date,
) -> Result<ProbeRecords> {
    let Some(path) = history else { return Ok(ProbeRecords::default()) };
    open::existing_history(path)?;
    let history = History::open(path)?;
    Ok(ProbeRecords::read(&history, catalog, as_of)?)
}
