//! `cogdex import openapi`: the draft of an endpoint's file, printed or written into a folder.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use super::super::output::Output;
use super::super::{Exit, Format, Global, open};
use super::{MAX_BYTES, write};
use cogdex::exchange::litellm::import::CatalogFiles;
use cogdex::exchange::openapi_import::contract_from_openapi;

/// Flags of `import openapi`.
#[derive(Debug, Args)]
pub(crate) struct OpenApiArgs {
    /// OpenAPI 3 description as JSON; - reads stdin
    file: PathBuf,
    /// Endpoint id, such as zai/images
    #[arg(long, value_name = "ID")]
    endpoint: String,
    /// Id of the source that published the description
    #[arg(long, value_name = "ID")]
    source: String,
    /// Path of the call [default: the one that creates images]
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// Catalog folder to write to [default: print the file]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Date on which the description was read [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = super::super::date, allow_hyphen_values = true)]
    seen: Option<Date>,
}

impl OpenApiArgs {
    pub(super) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let seen = self.seen.unwrap_or(today);
        if seen > today {
            bail!("--seen: {seen} is in the future");
        }
        for (flag, id, parts) in [("--endpoint", &self.endpoint, 2), ("--source", &self.source, 1)]
        {
            if id.split('/').count() != parts || !id.split('/').all(is_id) {
                let form = if parts == 2 { "provider/endpoint" } else { "one word" };
                bail!("{flag}: `{id}` is no id: {form}, of small letters, digits, `-` and `.`");
            }
        }
        let description = open::bytes(&self.file, MAX_BYTES)?;
        let draft = contract_from_openapi(&description, &self.source, seen, self.path.as_deref())
            .with_context(|| format!("can't import {}", self.file.display()))?;
        let file = format!("endpoints/{}.toml", self.endpoint);
        let folder = self.out.as_ref().or(global.catalog.as_ref());
        if let Some(folder) = folder {
            if folder.join(&file).try_exists().unwrap_or(true) {
                bail!(
                    "{} is there already: print the draft, and compare",
                    folder.join(&file).display()
                );
            }
            write(folder, &CatalogFiles::from([(file.clone(), draft.toml.clone().into_bytes())]))?;
        }
        for note in &draft.notes {
            output.note(note);
        }
        if global.format == Format::Json {
            let (path, notes) = (&draft.path, &draft.notes);
            let written = folder.is_some().then_some(&file);
            output.json(
                &json!({ "format": 1, "endpoint": self.endpoint, "source": self.source,
                    "seen": seen.to_string(), "path": path, "written": written,
                    "toml": draft.toml, "notes": notes }),
                false,
            )?;
        } else if let Some(folder) = folder {
            output.line(&format!("{} is written", folder.join(&file).display()))?;
        } else {
            output.line(draft.toml.trim_end())?;
        }
        Ok(Exit::Done)
    }
}

fn is_id(part: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    !part.is_empty() && !part.starts_with('.') && part.chars().all(fits)
}
