//! `cogdex import`: what others publish about prices, as files in a catalog's folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::output::Output;
use super::{Exit, Format, Global, open};
use cogdex::catalog::Tree;
use cogdex::exchange::litellm::import::{CatalogFiles, import};
use openapi::OpenApiArgs;
use rates::RatesArgs;

mod openapi;
mod rates;

/// The most bytes of a map; `LiteLLM`'s has about 2 MB.
const MAX_BYTES: u64 = 64 << 20;

/// Flags of `import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    #[command(subcommand)]
    command: ImportCommand,
}

#[derive(Debug, Subcommand)]
enum ImportCommand {
    /// Import the image prices of a LiteLLM price map
    Litellm {
        /// Price map, such as `model_prices_and_context_window.json`; - reads stdin
        file: PathBuf,
        /// Catalog folder to create or add to; --catalog means the same
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Date of the map [default: today, UTC]
        #[arg(long, value_name = "DATE", value_parser = super::date, allow_hyphen_values = true)]
        seen: Option<Date>,
    },
    /// Draft an endpoint's contract from an OpenAPI description
    Openapi(OpenApiArgs),
    /// Add the European Central Bank's reference rates
    Rates(RatesArgs),
}

impl ImportArgs {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let (file, out, seen) = match &self.command {
            ImportCommand::Litellm { file, out, seen } => (file, out, seen),
            ImportCommand::Openapi(args) => return args.run(global, output, today),
            ImportCommand::Rates(args) => return args.run(global, output, today),
        };
        let out = match (out, &global.catalog) {
            (Some(out), Some(catalog)) if out != catalog => {
                bail!("--out and --catalog name two folders; an import writes to one");
            }
            (Some(out), _) | (None, Some(out)) => out,
            (None, None) => bail!("give the catalog's folder to create or add to: --out DIR"),
        };
        let seen = seen.unwrap_or(today);
        let map = open::bytes(file, MAX_BYTES)?;
        let found = import(&map, &existing_files(out)?, seen, today)
            .with_context(|| format!("can't import {}", file.display()))?;
        write(out, &found.files)?;
        for row in &found.rows {
            if let Err(why) = &row.outcome {
                output.note(&format!("skipped {}: {why}", row.key));
            }
            for remark in &row.remarks {
                output.note(&format!("{} in part: {remark}", row.key));
            }
        }
        for (key, why) in &found.other_modes {
            output.note(&format!("not imported {key}: {why}"));
        }
        for id in &found.withdrawn {
            output.note(&format!("withdrawn: {id}: the map states less of it than before"));
        }
        for left in &found.left {
            output.warn(&format!("left alone: {left}"));
        }
        let (imported, all) = (found.imported(), found.rows.len());
        if global.format == Format::Json {
            output.json(&document(&found, seen), false)?;
        } else {
            output.line(&summary(&found, out))?;
        }
        if let Some(edition) = &found.edition {
            output.note(&format!("the edition {edition} is written"));
        }
        Ok(if imported == 0 && all > 0 { Exit::No } else { Exit::Done })
    }
}

/// The files of the catalog in a folder; none where there is no folder, or nothing in it.
fn existing_files(folder: &Path) -> Result<CatalogFiles> {
    let is_new = match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => true,
        Err(why) => return Err(why).with_context(|| format!("can't read {}", folder.display())),
    };
    if is_new {
        return Ok(CatalogFiles::new());
    }
    Ok(Tree::folder(folder).context("--out")?.files()?)
}

/// Writes the files in an order in which whoever reads meanwhile finds what each one names.
fn write(folder: &Path, files: &CatalogFiles) -> Result<()> {
    let of_listings = |path: &&String| path.starts_with("listings/");
    let (listings, first): (Vec<_>, Vec<_>) = files.keys().partition(of_listings);
    for path in first.into_iter().chain(listings) {
        open::replace(&folder.join(path), &files[path])?;
    }
    Ok(())
}

fn summary(found: &cogdex::exchange::litellm::import::LitellmImport, out: &Path) -> String {
    let (imported, all) = (found.imported(), found.rows.len());
    let mut ids: Vec<_> = found.rows.iter().filter_map(|row| row.outcome.as_ref().ok()).collect();
    ids.sort_by_key(|(id, _)| id);
    ids.dedup_by_key(|(id, _)| id);
    format!(
        "{imported} of {all} image rows imported as {} listings, {} refused; {} other entries; {} files written to {}",
        ids.len(),
        all - imported,
        found.others,
        found.files.len(),
        out.display()
    )
}

fn document(found: &cogdex::exchange::litellm::import::LitellmImport, seen: Date) -> Value {
    let row = |row: &cogdex::exchange::litellm::import::MapRow| {
        let imported = row.outcome.as_ref().ok();
        json!({
            "key": row.key,
            "listing": imported.map(|(id, _)| id),
            "says": imported.map(|(_, says)| says),
            "refused": row.outcome.as_ref().err(),
            "left_out": row.remarks,
        })
    };
    let other_mode = |(key, why): &(String, String)| json!({ "key": key, "reason": why });
    json!({
        "format": 1,
        "source": found.source,
        "seen": seen.to_string(),
        "rows": found.rows.iter().map(row).collect::<Vec<_>>(),
        "imported": found.imported(),
        "refused": found.rows.len() - found.imported(),
        "other_entries": found.others,
        "other_modes": found.other_modes.iter().map(other_mode).collect::<Vec<_>>(),
        "edition": found.edition,
        "withdrawn": found.withdrawn,
        "left_alone": found.left,
        "written": found.files.keys().collect::<Vec<_>>(),
    })
}
