//! `cogdex compare`: what a job costs on every listing, as a table, JSON, CSV or Markdown.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use jiff::civil::Date;

use super::output::Output;
use super::terms_args::{ImageArgs, question};
use super::{Exit, Format, Global, Reported, open};
use cogdex::catalog::{MAX_FILE_BYTES, printed_findings, read_jobs};
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
    /// Read jobs from this TOML file, one [[job]] each; `-` is stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) jobs: Option<PathBuf>,
    /// Model, family, provider, listing or code; `any` for all listings [default: cogview-4]
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
    #[command(flatten)]
    image: ImageArgs,
    /// Rank by total, or by first-payment: what you have to pay before the first image [default: total]
    #[arg(long, value_name = "WHAT")]
    rank_by: Option<String>,
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
        let queries = self.args.queries(output)?;
        let catalog = open::catalog(global, output, today)?;
        let many = queries.len() > 1;
        let tables = PriceTables::new(&catalog);
        let mut answers = Vec::new();
        for query in &queries {
            let listings = query.listings(&catalog).map_err(|why| anyhow!(why))?;
            query.check(&catalog, &listings).map_err(|why| anyhow!(why))?;
            let as_of = query.day(&catalog, today).map_err(|why| anyhow!(why))?;
            let table = tables.table(&query.terms(&query.job).map_err(|why| anyhow!(why))?);
            let comparison = compare(&table, &listings, &query.job, as_of, query.rank_by);
            answers.push((&query.job, table, comparison));
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
    /// The query of the flags, or those of the file.
    pub(crate) fn queries(&self, output: &mut Output) -> Result<Vec<Query>> {
        let question = self.question()?;
        let Some(path) = &self.jobs else { return Ok(vec![question]) };
        let name = if open::is_stdin(path) { "stdin".into() } else { path.display().to_string() };
        let bytes = open::bytes(path, MAX_FILE_BYTES).context("--jobs")?;
        let queries = read_jobs(&name, &bytes).and_then(|tables| question.from_tables(&tables));
        let is_bought = |queries: &[Query]| queries.iter().any(|it| it.job.budget.is_some());
        match queries {
            Ok(queries) if self.images.is_some() && is_bought(&queries) => {
                bail!("--images: use either images or a budget, not both")
            }
            Ok(queries) => Ok(queries),
            Err(findings) => {
                for finding in printed_findings(findings.iter()) {
                    output.error(&finding.to_string());
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
            ("rank-by", &self.rank_by),
            ("model", &self.model),
            ("currency", &self.currency),
        ];
        let mut question = question(flags.into_iter().chain(self.image.flags()), &self.rates)?;
        question.as_of = self.as_of;
        for text in &self.require {
            question.set("require", text).map_err(|why| anyhow!(why))?;
        }
        Ok(question)
    }
}
