//! `cogdex compare`: what a job costs on every listing, as a table, JSON, CSV or Markdown.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use jiff::civil::Date;

use super::output::Output;
use super::{Exit, Format, Global, check, open};
use cogdex::catalog::{Catalog, Currency, Subject, read_jobs};
use cogdex::compare::{
    Comparison, GivenRate, Job, Selection, Terms, UsedRate, amount, compare, document, select,
};

mod spreadsheet;
mod table;

/// Flags that describe a job and the terms on which it is priced.
#[derive(Debug, Args)]
pub(crate) struct Question {
    /// Images that are kept [default: 1]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    images: Option<String>,
    /// Size, 1024x1024 or 1024*1024 [default: 1024x1024]
    #[arg(long, value_name = "WxH", allow_hyphen_values = true)]
    size: Option<String>,
    /// Quality mode, such as hd [default: each listing's own]
    #[arg(long, value_name = "Q")]
    quality: Option<String>,
    /// A TOML file with one [[job]] per job
    #[arg(long, value_name = "FILE")]
    pub(crate) jobs: Option<PathBuf>,
    /// A model or family; `any` for all listings [default: cogview-4]
    #[arg(long, value_name = "M|any")]
    model: Option<String>,
    /// The currency of all totals [default: USD, or the budget's]
    #[arg(long, value_name = "CODE", allow_hyphen_values = true)]
    currency: Option<String>,
    /// An exchange rate: CNY/USD=0.14 means 1 CNY = 0.14 USD
    #[arg(long = "rate", value_name = "A/B=R", allow_hyphen_values = true)]
    rates: Vec<String>,
    /// The day whose facts count [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = super::date, allow_hyphen_values = true)]
    as_of: Option<Date>,
    /// How many images does this give: "20 USD" or "500 credits"
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    budget: Option<String>,
    /// Refuse what can't be done in this time: 10m
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    deadline: Option<String>,
    /// Calls under way at once [default: 1]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    concurrency: Option<String>,
    /// The share of images you throw away: 10%
    #[arg(long, value_name = "SHARE", allow_hyphen_values = true)]
    reject_rate: Option<String>,
    /// The share of calls that fails: 5%
    #[arg(long, value_name = "SHARE", allow_hyphen_values = true)]
    fail_rate: Option<String>,
    /// For sellers of seconds: how long one image takes
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    seconds_per_image: Option<String>,
    /// For sellers of seconds: on which hardware
    #[arg(long, value_name = "NAME")]
    hardware: Option<String>,
    /// What the listing must offer: webhook, byok, async, … (repeatable)
    #[arg(long, value_name = "CAP", allow_hyphen_values = true)]
    require: Vec<String>,
}

/// Flags of `compare`.
#[derive(Debug, Args)]
pub(crate) struct Compare {
    #[command(flatten)]
    question: Question,
    /// Print every quote line by line
    #[arg(long)]
    explain: bool,
}

impl Compare {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let Some(jobs) = self.question.jobs(output)? else { return Ok(Exit::Failed) };
        let catalog = match open::catalog(global, output, today)? {
            Ok(catalog) => catalog,
            Err(exit) => return Ok(exit),
        };
        let listings = self.question.listings(&catalog)?;
        let many = jobs.len() > 1;
        let mut answers = Vec::new();
        for job in &jobs {
            let terms = self.question.terms(&catalog, job, today)?;
            let comparison = compare(&catalog, &listings, job, &terms)?;
            answers.push((job, terms, comparison));
        }
        match global.format {
            Format::Json => {
                for (job, terms, comparison) in &answers {
                    output.json(&document(&catalog, terms, job, comparison), many)?;
                }
            }
            Format::Csv => spreadsheet::csv(output, &catalog, &answers)?,
            Format::Markdown => spreadsheet::markdown(output, &catalog, &answers)?,
            // No Parquet: it is not among this command's formats.
            Format::Table | Format::Parquet => {
                for (job, terms, comparison) in &answers {
                    table::print(output, &catalog, job, terms, comparison, self.explain)?;
                }
            }
        }
        // The program is about to end: to free each of the catalog's texts would take longer than
        // the comparison did.
        std::mem::forget(catalog);
        Ok(Exit::Done)
    }
}

/// `CNY/USD = 0.14 (--rate)`, or with a source and its day.
pub(crate) fn stated(rate: &UsedRate) -> String {
    let of = rate.date.map_or_else(String::new, |date| format!(" of {date}"));
    format!("{} = {} ({}{of})", rate.pair, amount(rate.value), rate.source)
}

/// One job with its terms and quotes.
type Answer<'a> = (&'a Job, Terms, Comparison);

impl Question {
    /// The jobs of the flags or of the file; `None` where the file was refused, and told why.
    pub(crate) fn jobs(&self, output: &mut Output) -> Result<Option<Vec<Job>>> {
        let job = self.job()?;
        let Some(path) = &self.jobs else { return Ok(Some(vec![self.asked(job)?])) };
        let name = path.display().to_string();
        let bytes = std::fs::read(path).with_context(|| format!("--jobs: can't read `{name}`"))?;
        let jobs = read_jobs(&name, &bytes).and_then(|tables| Job::from_tables(&job, &tables));
        match jobs {
            Ok(jobs) => {
                Ok(Some(jobs.into_iter().map(|job| self.asked(job)).collect::<Result<_>>()?))
            }
            Err(findings) => {
                for finding in &findings {
                    output.error(&check::line(finding));
                }
                Ok(None)
            }
        }
    }

    fn job(&self) -> Result<Job> {
        let mut job = Job::default();
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
        ];
        for (key, text) in flags {
            if let Some(text) = text {
                job.set(key, text).map_err(|why| anyhow!("--{key}: {why}"))?;
            }
        }
        for text in &self.require {
            job.set("require", text).map_err(|why| anyhow!("--require: {why}"))?;
        }
        Ok(job)
    }

    /// Refuses a job with two answers to one question.
    fn asked(&self, job: Job) -> Result<Job> {
        if job.budget.is_some() && self.images.is_some() {
            bail!("--images: a budget asks how many images it gives; leave out one of the two");
        }
        Ok(job)
    }

    pub(crate) fn selection(&self) -> Selection {
        match self.model.as_deref() {
            None => Selection::default(),
            Some("any") => Selection::Any,
            Some(model) => Selection::Model(model.to_owned()),
        }
    }

    fn listings<'c>(&self, catalog: &'c Catalog) -> Result<Vec<&'c Subject>> {
        select(catalog, &self.selection()).map_err(|why| self.no_model(&why))
    }

    /// Says that nobody sells the model, whether it was named or is the one that is meant.
    pub(crate) fn no_model(&self, why: &str) -> anyhow::Error {
        match &self.model {
            Some(_) => anyhow!("--model: {why}"),
            None => anyhow!("{why}; name another with --model, or take `any`"),
        }
    }

    /// The day, currency and rates; a day before every statement is refused.
    pub(crate) fn terms(&self, catalog: &Catalog, job: &Job, today: Date) -> Result<Terms> {
        let as_of = self.as_of.unwrap_or(today);
        match catalog.first_day() {
            Some(first) if as_of >= first => {}
            Some(first) => bail!("--as-of: nothing was stated by {as_of}; the first is of {first}"),
            None => bail!("the catalog holds no statement"),
        }
        let rates = given_rates(&self.rates)?;
        let budget = job.budget.map(|budget| budget.currency).filter(|c| *c != Currency::Credits);
        let currency = given_currency(self.currency.as_deref())?.or(budget);
        let currency = currency.unwrap_or(Currency::Iso(iso_currency::Currency::USD));
        if let Some(budget) = budget.filter(|budget| *budget != currency) {
            bail!("--budget is in {budget}, and --currency in {currency}; give one of them");
        }
        Ok(Terms { as_of, currency, rates })
    }
}

/// Reads every `--rate`; no pair is given twice.
pub(crate) fn given_rates(texts: &[String]) -> Result<Vec<GivenRate>> {
    let rates = texts.iter().map(|text| text.parse::<GivenRate>());
    let rates = rates.collect::<Result<Vec<_>, _>>().map_err(|why| anyhow!("--rate: {why}"))?;
    for (i, rate) in rates.iter().enumerate() {
        if rates[..i].iter().any(|before| before.is_of(rate)) {
            bail!("--rate: {}/{} is given more than once", rate.from, rate.to);
        }
    }
    Ok(rates)
}

/// Reads `--currency`.
pub(crate) fn given_currency(code: Option<&str>) -> Result<Option<Currency>> {
    match code {
        None => Ok(None),
        Some(code) if code == Currency::Credits.code() => {
            bail!("--currency: totals are in money, not in credits")
        }
        Some(code) => {
            let currency = Currency::money(code).map_err(|why| anyhow!("--currency: {why}"))?;
            Ok(Some(currency))
        }
    }
}
