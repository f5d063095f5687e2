//! `cogdex verify`: whether the pages still say what the catalog says.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use jiff::civil::Date;

use super::output::Output;
use super::{Exit, Format, Global, now_ms, open};
use cogdex::catalog::{Catalog, nearest};
use cogdex::history::{FigureRecord, PageStore};
use cogdex::verify::{
    FigureVerdict, PageText, SourceFigures, SourceReport, VerifyReport, github, junit, markdown,
    plan, prometheus, sarif, surroundings,
};
use pages::JudgedPage;

mod pages;
mod proposal;
mod record;
mod table;

/// The forms of a report.
const KINDS: [&str; 6] = ["json", "junit", "sarif", "github", "markdown", "prometheus"];

/// Flags of `verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Source, by its id in sources.toml [default: all that have excerpts]
    sources: Vec<String>,
    /// Judge saved copies in this folder: SOURCE.html, .md, .txt or .json
    #[arg(long, value_name = "DIR", conflicts_with = "replay")]
    from: Option<PathBuf>,
    /// Judge the pages that were kept by earlier runs again
    #[arg(long)]
    replay: bool,
    /// Don't fail where this source can't be read (repeatable)
    #[arg(long, value_name = "SOURCE")]
    allow_unreadable: Vec<String>,
    /// Read only what was not read for this long: 7d
    #[arg(long, value_name = "TIME", value_parser = super::duration)]
    due: Option<Duration>,
    /// Number of pages to read at once; a host gets one request at a time
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=16))]
    concurrency: u16,
    /// Longest wait for one page
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = super::duration)]
    timeout: Duration,
    /// Pause between two requests to a host
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = super::duration)]
    pause: Duration,
    /// Browser for pages that only a browser sees, such as chromium
    #[arg(long, value_name = "PATH")]
    browser: Option<PathBuf>,
    /// Also read from this host at a private address (repeatable)
    #[arg(long, value_name = "HOST[:PORT]")]
    trust_host: Vec<String>,
    /// Write a report: json, junit, sarif, github, markdown or prometheus, to a file or - (repeatable)
    #[arg(long, value_name = "KIND=FILE")]
    report: Vec<String>,
    /// History file, beside which pages are kept [default: in your data folder]
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// Record in --catalog the date of statements that were confirmed
    #[arg(long)]
    record: bool,
    /// Print the statements to append where a page changed, or write them to FILE.patch
    #[arg(long, value_name = "FILE.patch", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "a flag with a value that may be left out")]
    propose: Option<Option<PathBuf>>,
}

impl VerifyArgs {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let catalog = open::catalog(global, output, today)?;
        let planned = self.planned(&catalog, output, today)?;
        let targets = self.report_targets()?;
        let folder = || {
            let folder = global.catalog.as_deref();
            folder.ok_or_else(|| anyhow!("--record and --propose need a folder: give --catalog"))
        };
        if self.record || self.propose.is_some() {
            folder()?;
        }
        let mut judged = match &self.from {
            Some(copies) => pages::from_folder(copies, planned, output)?,
            None => self.judge_store_or_net(planned, (output, global.quiet))?,
        };
        for page in &mut judged {
            page.report.is_excused = self.allow_unreadable.contains(&page.report.planned.source.id);
        }
        let days: Vec<_> = judged.iter().map(|page| self.day(page, today)).collect();
        let sources: Vec<_> = judged.into_iter().map(|page| page.report).collect();
        let report = VerifyReport { catalog: &catalog, sources };
        Self::write(&report, &targets, global, output)?;
        if self.record {
            let dated: Vec<_> = report.sources.iter().zip(days).collect();
            record::record(folder()?, &dated, output)?;
        }
        if let Some(file) = &self.propose {
            let sources: Vec<_> = report.sources.iter().collect();
            let proposals = proposal::proposals(folder()?, &sources, today, output)?;
            proposal::check(folder()?, &proposals, today, output)?;
            proposal::write(folder()?, &proposals, file.as_deref(), output)?;
        }
        Ok(exit(&report))
    }

    /// Judges what earlier runs kept, or what is read now, which is kept in turn.
    fn judge_store_or_net<'c>(
        &self,
        planned: Vec<SourceFigures<'c>>,
        (output, quiet): (&mut Output, bool),
    ) -> Result<Vec<JudgedPage<'c>>> {
        let history = self.history.clone().map_or_else(open::default_history, Ok)?;
        let mut store = PageStore::open_beside(&history)?;
        if self.replay {
            return pages::from_store(&store, planned, output);
        }
        let mut judged = pages::from_net(self, &store, planned, (output, quiet))?;
        for page in &mut judged {
            let source = &page.report.planned.source.id;
            if let Some(copy) = &page.copy {
                if let Some(earlier) = store.before(source, &copy.text)? {
                    add_surroundings(&mut page.report, &earlier.text, &copy.text);
                }
                store.keep(&page.report.planned.source.id, copy)?;
                store.judge(&records(&page.report))?;
            }
        }
        Ok(judged)
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

    /// The day on which a page was read.
    fn day(&self, page: &JudgedPage<'_>, today: Date) -> Date {
        let kept = page.copy.as_ref().filter(|_| self.replay);
        let read = kept.and_then(|copy| jiff::Timestamp::from_millisecond(copy.read_ms).ok());
        read.map_or(today, |read| read.to_zoned(jiff::tz::TimeZone::UTC).date())
    }

    /// The forms and files of `--report`.
    fn report_targets(&self) -> Result<Vec<(&str, &str)>> {
        let target = |text: &'_ String| {
            let (kind, file) = text.split_once('=').unwrap_or((text, "-"));
            if !KINDS.contains(&kind) || file.is_empty() {
                bail!("--report: `{text}` is not KIND=FILE; a kind is one of {}", KINDS.join(", "));
            }
            Ok(())
        };
        self.report.iter().try_for_each(target)?;
        Ok(self.report.iter().map(|text| text.split_once('=').unwrap_or((text, "-"))).collect())
    }

    fn write(
        report: &VerifyReport<'_>,
        targets: &[(&str, &str)],
        global: &Global,
        output: &mut Output,
    ) -> Result<()> {
        let folder = global.catalog.as_deref().unwrap_or(Path::new("catalog"));
        let folder = folder.display().to_string();
        for (kind, file) in targets {
            let text = match *kind {
                "json" => format!("{}\n", report.document()),
                "junit" => junit(report).map_err(|why| anyhow!("junit: {why}"))?,
                "sarif" => format!("{}\n", serde_json::to_string_pretty(&sarif(report, &folder))?),
                "github" => github(report, &folder),
                "markdown" => markdown(report),
                _ => prometheus(report),
            };
            if *file == "-" {
                output.text(&text)?;
            } else {
                std::fs::write(file, text).with_context(|| format!("can't write {file}"))?;
            }
        }
        if targets.iter().any(|(_, file)| *file == "-") {
            return Ok(());
        }
        match global.format {
            Format::Json => output.json(&report.document(), false),
            Format::Markdown => output.text(&markdown(report)),
            Format::Table | Format::Csv | Format::Parquet => table::print(output, report, global),
        }
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

/// Puts beside each figure that is not confirmed what changed around it since an earlier copy.
fn add_surroundings(report: &mut SourceReport<'_>, earlier: &str, now: &str) {
    let earlier = PageText::from_text(earlier.to_owned());
    let now = PageText::from_text(now.to_owned());
    for (figure, finding) in report.planned.figures.iter().zip(&mut report.findings) {
        if matches!(finding.verdict, FigureVerdict::Changed | FigureVerdict::Gone) {
            finding.change = surroundings(figure, &earlier, &now);
        }
    }
}

fn records(report: &SourceReport<'_>) -> Vec<FigureRecord> {
    let now = now_ms();
    let figures = report.planned.figures.iter().zip(&report.findings);
    let figures = figures.map(|(figure, finding)| FigureRecord {
        source: report.planned.source.id.clone(),
        path: figure.entity.path.clone(),
        field: figure.excerpt.field.key().to_owned(),
        excerpt: figure.excerpt.text.clone(),
        verdict: finding.verdict.to_string(),
        judged_ms: now,
        confirmed_ms: (finding.verdict == FigureVerdict::Confirmed).then_some(now),
    });
    figures.collect()
}
