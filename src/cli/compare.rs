//! `cogdex compare`: what a job costs on every listing, as a table, JSON, CSV or Markdown.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use jiff::civil::Date;

use super::output::Output;
use super::terms_args::question;
use super::{Exit, Format, Global, Reported, check, open};
use cogdex::catalog::read_jobs;
use cogdex::pricing::{Comparison, Job, PriceTable, PriceTables, Query, compare, document};

pub(crate) mod disputes;
mod explain;
mod spreadsheet;
pub(crate) mod table;

/// Flags that describe a job and the terms on which it is priced.
#[derive(Debug, Args)]
pub(crate) struct JobArgs {
    /// Number of images you keep [default: 1]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    images: Option<String>,
    /// Size, 1024x1024 or 1024*1024 [default: 1024x1024]
    #[arg(long, value_name = "WxH", allow_hyphen_values = true)]
    size: Option<String>,
    /// Quality, such as hd [default: each listing's own]
    #[arg(long, value_name = "Q")]
    quality: Option<String>,
    /// Read jobs from this TOML file, one [[job]] each
    #[arg(long, value_name = "FILE")]
    pub(crate) jobs: Option<PathBuf>,
    /// Model or model family; `any` for all listings [default: cogview-4]
    #[arg(long, value_name = "M|any")]
    model: Option<String>,
    /// Currency of all totals [default: USD, or the budget's]
    #[arg(long, value_name = "CODE", allow_hyphen_values = true)]
    currency: Option<String>,
    /// Exchange rate to use: CNY/USD=0.14 means 1 CNY = 0.14 USD
    #[arg(long = "rate", value_name = "A/B=R", allow_hyphen_values = true)]
    rates: Vec<String>,
    /// Use data as of this date [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = super::date, allow_hyphen_values = true)]
    as_of: Option<Date>,
    /// Show how many images this buys: "20 USD" or "500 credits"
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    budget: Option<String>,
    /// Leave out sellers too slow for this: 10m
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    deadline: Option<String>,
    /// Number of calls at once [default: 1]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    concurrency: Option<String>,
    /// Share of images you throw away: 10%
    #[arg(long, value_name = "SHARE", allow_hyphen_values = true)]
    reject_rate: Option<String>,
    /// Share of calls that fail: 5%
    #[arg(long, value_name = "SHARE", allow_hyphen_values = true)]
    fail_rate: Option<String>,
    /// Seconds per image, for sellers that bill by the second
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    seconds_per_image: Option<String>,
    /// GPU type, for sellers that bill by the second
    #[arg(long, value_name = "NAME")]
    hardware: Option<String>,
    /// Feature that the listing must offer: webhook, byok, async, … (repeatable)
    #[arg(long, value_name = "CAP", allow_hyphen_values = true)]
    require: Vec<String>,
}

/// Flags of `compare`.
#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    #[command(flatten)]
    args: JobArgs,
    /// Show every total line by line, with all digits
    #[arg(long)]
    explain: bool,
}

impl CompareArgs {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let jobs = self.args.jobs(output)?;
        let catalog = open::catalog(global, output, today)?;
        let question = self.args.question()?;
        let listings = question.listings(&catalog).map_err(|why| anyhow!(why))?;
        let many = jobs.len() > 1;
        let as_of = question.day(&catalog, today).map_err(|why| anyhow!(why))?;
        let tables = PriceTables::new(&catalog);
        let mut answers = Vec::new();
        for job in &jobs {
            let terms = question.terms(job).map_err(|why| anyhow!(why))?;
            let table = tables.table(&terms);
            let comparison = compare(&table, &listings, job, as_of)?;
            answers.push((job, table, comparison));
        }
        match global.format {
            Format::Json => {
                for (job, table, comparison) in &answers {
                    output.json(&document(table, job, comparison), many)?;
                }
            }
            Format::Csv => spreadsheet::csv(output, &catalog, &answers)?,
            Format::Markdown => spreadsheet::markdown(output, &catalog, &answers)?,
            // No Parquet: it is not among this command's formats.
            Format::Table | Format::Parquet => {
                for (job, table, comparison) in &answers {
                    table::print(output, table, job, comparison, self.explain)?;
                }
            }
        }
        // The program is about to end: to free each of the catalog's texts would take longer than
        // the comparison did.
        drop(answers);
        drop(tables);
        std::mem::forget(catalog);
        Ok(Exit::Done)
    }
}

/// One job with the table that was asked, and its quotes.
type Answer<'a> = (&'a Job, Arc<PriceTable<'a>>, Comparison);

impl JobArgs {
    /// The jobs of the flags or of the file.
    pub(crate) fn jobs(&self, output: &mut Output) -> Result<Vec<Job>> {
        let question = self.question()?;
        let Some(path) = &self.jobs else { return Ok(vec![question.job]) };
        let name = path.display().to_string();
        let bytes = std::fs::read(path).with_context(|| format!("--jobs: can't read `{name}`"))?;
        let jobs = read_jobs(&name, &bytes).and_then(|it| Job::from_tables(&question.job, &it));
        match jobs {
            Ok(jobs) if self.images.is_some() && jobs.iter().any(|job| job.budget.is_some()) => {
                bail!("--images: use either images or a budget, not both")
            }
            Ok(jobs) => Ok(jobs),
            Err(findings) => {
                for finding in &findings {
                    output.error(&check::line(finding));
                }
                Err(Reported(Exit::Failed).into())
            }
        }
    }

    /// The flags as a question, or the first of them that is wrong.
    pub(crate) fn question(&self) -> Result<Query> {
        let flags = [
            ("images", &self.images),
            ("size", &self.size),
            ("quality", &self.quality),
            ("budget", &self.budget),
            ("deadline", &self.deadline),
            ("concurrency", &self.concurrency),
            ("reject-rate", &self.reject_rate),
            ("fail-rate", &self.fail_rate),
            ("seconds-per-image", &self.seconds_per_image),
            ("hardware", &self.hardware),
            ("model", &self.model),
            ("currency", &self.currency),
        ];
        let mut question = question(flags.into_iter(), &self.rates)?;
        question.as_of = self.as_of;
        for text in &self.require {
            question.set("require", text).map_err(|why| anyhow!(why))?;
        }
        Ok(question)
    }
}
