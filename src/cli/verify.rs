//! `cogdex verify`: whether the pages still say what the catalog says.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use jiff::civil::Date;

use super::output::Output;
use super::{Exit, Format, Global, open};
use cogdex::catalog::{Catalog, nearest};
use cogdex::verify::{
    PageFault, PageFormat, PageText, SourceFigures, SourceReport, UnreadableReason, VerifyReport,
    plan,
};

mod table;

/// Flags of `verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Source, by its id in sources.toml [default: all that have excerpts]
    sources: Vec<String>,
    /// Judge saved copies in this folder: SOURCE.html, .md, .txt or .json
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// Don't fail where this source can't be read (repeatable)
    #[arg(long, value_name = "SOURCE")]
    allow_unreadable: Vec<String>,
}

impl VerifyArgs {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let catalog = open::catalog(global, output, today)?;
        let planned = self.planned(&catalog, output, today)?;
        let Some(folder) = &self.from else {
            bail!("--from names the folder of the saved copies");
        };
        let mut sources = from_folder(folder, planned, output)?;
        for source in &mut sources {
            source.is_excused = self.allow_unreadable.contains(&source.planned.source.id);
        }
        let report = VerifyReport { catalog: &catalog, sources };
        match global.format {
            Format::Json => output.json(&report.document(), false)?,
            Format::Table | Format::Csv | Format::Markdown | Format::Parquet => {
                table::print(output, &report, global)?;
            }
        }
        Ok(exit(&report))
    }

    /// The sources that are named, or all, as far as they have excerpts.
    fn planned<'c>(
        &self,
        catalog: &'c Catalog,
        output: &mut Output,
        today: Date,
    ) -> Result<Vec<SourceFigures<'c>>> {
        for name in self.sources.iter().chain(&self.allow_unreadable) {
            if !catalog.sources.contains_key(name) {
                let hint = nearest(name, catalog.sources.keys().map(String::as_str));
                let hint = hint.map(|known| format!("; did you mean `{known}`?"));
                bail!("there is no source `{name}`{}", hint.unwrap_or_default());
            }
        }
        let mut planned = plan(catalog, today);
        for name in &self.sources {
            if !planned.iter().any(|planned| planned.source.id == *name) {
                output.note(&format!("not asked: {name}, of which no statement has an excerpt"));
            }
        }
        planned.retain(|it| self.sources.is_empty() || self.sources.contains(&it.source.id));
        Ok(planned)
    }
}

/// What changed or went is an answer; what can't be read is none.
fn exit(report: &VerifyReport<'_>) -> Exit {
    if report.has_changes() {
        Exit::No
    } else if report.has_unreadable() {
        Exit::Unsure
    } else {
        Exit::Done
    }
}

/// Judges the sources of which a folder has a copy, and names the others.
fn from_folder<'c>(
    folder: &Path,
    planned: Vec<SourceFigures<'c>>,
    output: &mut Output,
) -> Result<Vec<SourceReport<'c>>> {
    if !folder.is_dir() {
        bail!("there is no folder `{}`", folder.display());
    }
    let (mut reports, mut others) = (Vec::new(), Vec::new());
    for planned in planned {
        let id = &planned.source.id;
        let copies = PageFormat::ENDINGS
            .map(|(ending, format)| (folder.join(format!("{id}.{ending}")), format));
        match copies.iter().find(|(path, _)| path.exists()) {
            Some((path, format)) => {
                let page = saved(path, *format);
                reports.push(SourceReport::new(planned, page.as_ref().map_err(Clone::clone)));
            }
            None => others.push(id.as_str()),
        }
    }
    if !others.is_empty() {
        output.note(&format!("not asked, without a copy: {}", others.join(", ")));
    }
    Ok(reports)
}

/// The text of a saved copy.
fn saved(path: &Path, format: PageFormat) -> Result<PageText, UnreadableReason> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path);
    // One byte more tells that there are more.
    let read =
        file.and_then(|file| file.take(PageText::MAX_BYTES as u64 + 1).read_to_end(&mut bytes));
    read.map_err(|why| UnreadableReason::Copy(why.to_string()))?;
    PageText::read(&bytes, format, None).map_err(|fault: PageFault| UnreadableReason::Fault(fault))
}
