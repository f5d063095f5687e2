//! Writes what a run saw of disputes into a catalog, as statements of kind `probe`.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use jiff::civil::Date;

use crate::cli::Global;
use cogdex::contract::Outcome;
use cogdex::probe::Report;

/// Adds a statement for each observable dispute that a run decided.
pub(super) fn record(global: &Global, reports: &[Report], today: Date) -> Result<()> {
    let folder = folder(global)?;
    for report in reports {
        // Only how an image is delivered is told in words that a statement has.
        let mode = report.rows.iter().find(|row| {
            row.id == "mode"
                && row.verdict.outcome == Outcome::Holds
                && row.evidence.text.contains(" or ")
        });
        let Some(mode) = mode else { continue };
        let source = format!("probe-{}", report.listing.replace('/', "-"));
        define(folder, &source, report)?;
        let text = format!(
            "\n[[statement]]\nsource = \"{source}\"\nat = \"run {}\"\nseen = {today}\nmode = \"{}\"\n",
            report.run, mode.verdict.observed
        );
        append(&folder.join("listings").join(format!("{}.toml", report.listing)), &text)?;
    }
    Ok(())
}

/// The catalog that is written into.
pub(super) fn folder(global: &Global) -> Result<&Path> {
    let folder = global.catalog.as_deref();
    let folder = folder.ok_or_else(|| anyhow!("--record writes into a catalog: give --catalog"))?;
    let sources = folder.join("sources.toml");
    let opened = std::fs::OpenOptions::new().append(true).open(&sources);
    opened.with_context(|| format!("can't write {}", sources.display()))?;
    Ok(folder)
}

/// Defines the source of a listing's probes, once.
fn define(folder: &Path, source: &str, report: &Report) -> Result<()> {
    let path = folder.join("sources.toml");
    let known =
        std::fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
    if known.contains(&format!("[{source}]")) {
        return Ok(());
    }
    let address = report.base_url.replace(['"', '\\'], "");
    let text = format!(
        "\n[{source}]\naddress = \"{address}\"\ntitle = \"Probes of {}\"\nkind = \"probe\"\n",
        report.listing
    );
    append(&path, &text)
}

fn append(path: &Path, text: &str) -> Result<()> {
    use std::io::Write;
    let mut file = std::fs::OpenOptions::new().append(true).open(path);
    let written = file
        .as_mut()
        .map_err(|why| anyhow!("{why}"))
        .and_then(|file| Ok(file.write_all(text.as_bytes())?));
    written.with_context(|| format!("can't write {}", path.display()))
}
