//! `cogdex probe`: does an endpoint keep its contract, without wasting a cent?

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use jiff::civil::Date;

use super::output::Output;
use super::{Exit, Format, Global, open, show};
use cogdex::catalog::{Catalog, Listing};
use cogdex::contract::{Exchange, Plan};
use cogdex::history::{History, RunId};
use cogdex::pricing::read_duration;
use cogdex::probe::{BaseUrl, RunResult, Spend, order};

mod answer;
mod batch;
mod plan;
mod progress;
mod record;
mod settings;
mod table;

use batch::ListingOutcome;
use plan::PlanCosts;
use settings::ReportTarget;

/// Flags of `probe`.
#[derive(Debug, Args)]
pub(crate) struct Probe {
    /// Listings to probe [default: all of which the key is set]
    listings: Vec<String>,
    /// Print what would be sent and what it could cost; send nothing
    #[arg(long)]
    plan: bool,
    /// The most that may be spent in 24 hours, such as "0.50 USD"; without it nothing that may bill is sent
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    spend_limit: Option<String>,
    /// A price where none is known: LISTING="0.02 USD / image"
    #[arg(long, value_name = "LISTING=PRICE")]
    assume_price: Vec<String>,
    /// Another scheme, host and port, and perhaps a path, in place of the contract's
    #[arg(long, value_name = "URL", value_parser = BaseUrl::parse)]
    base_url: Option<BaseUrl>,
    /// A report: json, junit, sarif, github, markdown or prometheus, to a file or `-` (repeatable)
    #[arg(long, value_name = "KIND=FILE")]
    report: Vec<String>,
    /// The longest wait for one answer
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    timeout: Duration,
    /// The longest wait for a task
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration)]
    task_timeout: Duration,
    /// The pause between two polls
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = duration)]
    poll_interval: Duration,
    /// The file of runs and of what was spent [default: in the user's data folder]
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// An exchange rate: CNY/USD=0.14 means 1 CNY = 0.14 USD
    #[arg(long = "rate", value_name = "A/B=R")]
    rates: Vec<String>,
    /// Listings of different keys that are probed at once; a host is asked two things at once at most
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=16))]
    concurrency: u16,
    /// Judge an earlier run again, from what was kept of it
    #[arg(long, value_name = "RUN")]
    replay: Option<RunId>,
    /// Probe only what was not looked at for so long: 7d
    #[arg(long, value_name = "TIME", value_parser = duration)]
    due: Option<Duration>,
    /// Write what was seen of disputes into the catalog of --catalog
    #[arg(long)]
    record: bool,
    /// Fail also on what is looser than promised, or was skipped for money
    #[arg(long)]
    strict: bool,
    /// The variable to read the key from
    #[arg(long, value_name = "NAME")]
    key_env: Option<String>,
    /// A host that may be sent the key, besides those of the built-in catalog (repeatable)
    #[arg(long, value_name = "HOST")]
    trust_host: Vec<String>,
}

/// What all runs of one command share.
struct ProbeEnv<'w> {
    catalog: &'w Catalog,
    embedded: &'w Catalog,
    path: &'w std::path::Path,
    global: &'w Global,
    today: Date,
}

fn duration(text: &str) -> Result<Duration, String> {
    read_duration(text).map(Duration::from_millis)
}

impl Probe {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let catalog = match open::catalog(global, output, today)? {
            Ok(catalog) => catalog,
            Err(exit) => return Ok(exit),
        };
        let embedded = Catalog::embedded()?;
        let listings = self.chosen(&catalog, &embedded)?;
        self.assumed_for_known(&catalog)?;
        if self.plan {
            for listing in &listings {
                self.print_plan(&catalog, listing, (global, output), today)?;
            }
            return Ok(Exit::Done);
        }
        // Everything that can fail for free fails before the first cent.
        let wanted = self.wanted()?;
        if self.record {
            record::possible(global, &catalog, &listings)?;
        }
        let path = self.history_path()?;
        History::open(&path)?;
        for report in wanted.iter().filter(|report| report.file != "-") {
            writable(&report.file)?;
        }
        let told = if let Some(number) = self.replay {
            vec![self.replayed(&catalog, &path, number, global)?]
        } else {
            let (catalog, embedded, path) = (&catalog, &embedded, path.as_path());
            let env = ProbeEnv { catalog, embedded, path, global, today };
            self.sent(&env, &listings, output)?
        };
        self.tell(told, &wanted, (global, today), output)
    }

    /// Reports first; then what went wrong, since a run that was paid for is not to be lost.
    fn tell(
        &self,
        told: Vec<ListingOutcome>,
        wanted: &[ReportTarget],
        (global, today): (&Global, Date),
        output: &mut Output,
    ) -> Result<Exit> {
        let (mut reports, mut sights, mut troubles) = (Vec::new(), Vec::new(), Vec::new());
        for one in told {
            reports.extend(one.report);
            sights.extend(one.sights);
            troubles.extend(one.trouble);
        }
        if !reports.is_empty() {
            Self::write(&reports, wanted, global, output)?;
        }
        for trouble in &troubles {
            output.error(&format!("{trouble:#}"));
        }
        if self.record {
            record::record(global, &sights, today, output)?;
        }
        Ok(self.exit(&reports, !troubles.is_empty()))
    }

    fn print_plan(
        &self,
        catalog: &Catalog,
        listing: &Listing,
        (global, output): (&Global, &mut Output),
        today: Date,
    ) -> Result<()> {
        let contract = Self::contract(catalog, listing, today)?;
        let plan = Plan::new(&contract);
        let spend_limit = self.spend_limit(listing, today)?;
        let costs = Self::costs(catalog, listing, &plan, &spend_limit)?;
        let bill = PlanCosts::of(&plan, &costs, &spend_limit, &order(&plan.requests, &costs))?;
        if global.format == Format::Json {
            let document = bill.document(&contract, &plan, &spend_limit);
            return output.text(&format!("{document}\n"));
        }
        bill.print(output, listing, &plan, &spend_limit)
    }

    /// Which requests are due: all, or those with a check that was not looked at for long.
    fn due(
        &self,
        history: &History,
        listing: &Listing,
        base: &str,
        plan: &Plan<'_>,
    ) -> Result<Vec<bool>> {
        let Some(due) = self.due else { return Ok(vec![true; plan.requests.len()]) };
        let last = history.last_checked(&listing.id, Some(base))?;
        let age = i64::try_from(due.as_millis()).unwrap_or(i64::MAX);
        // One answer serves all checks of a request, so the newest of them tells when it was asked;
        // some, such as a task's failure, may never be met.
        let newest = |ask: usize| {
            let checks = plan.checks.iter().filter(|check| check.requests.contains(&ask));
            checks.filter_map(|check| last.get(&check.id)).max()
        };
        let is_due = |ask| newest(ask).is_none_or(|at| now_ms() - at >= age);
        Ok((0..plan.requests.len()).map(is_due).collect())
    }

    /// Judges a run again from what was kept of it; nothing is sent.
    fn replayed(
        &self,
        catalog: &Catalog,
        path: &std::path::Path,
        number: RunId,
        global: &Global,
    ) -> Result<ListingOutcome> {
        let history = History::open(path)?;
        let id = number;
        let found = history.run(id)?.ok_or_else(|| anyhow!("there is no run {number}"))?;
        let listing = show::listing(catalog, &found.begun.listing)?;
        let contract = Self::contract(catalog, listing, found.begun.as_of)?;
        let plan = Plan::new(&contract);
        let mut exchanges: Vec<Option<Exchange>> = vec![None; plan.requests.len()];
        for evidence in history.evidence(id)? {
            if let Some(at) = plan.requests.iter().position(|ask| ask.id == evidence.ask) {
                exchanges[at] = serde_json::from_value(evidence.body).ok();
            }
        }
        let ran = RunResult {
            exchanges,
            costs: vec![None; plan.requests.len()],
            spend: Spend::default(),
        };
        let spend_limit = self.spend_limit(listing, found.begun.as_of)?;
        let base = found.begun.base_url;
        let report = Self::report((&contract, &plan), &ran, (id, base), &spend_limit, global);
        let sights = record::sights(&report, &contract, &plan, &ran);
        Ok(ListingOutcome { report: Some(report), sights, trouble: None })
    }
}

/// The history file under the user's data folder.
pub(crate) fn default_history() -> Result<PathBuf> {
    use etcetera::BaseStrategy;
    let folders = etcetera::choose_base_strategy().context("there is no home folder")?;
    Ok(folders.data_dir().join("cogdex").join("history.sqlite"))
}

/// A seed of the operating system's, for a key that nobody has.
fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Fails where a report could not be written in the end.
fn writable(file: &str) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let opened = options.create(true).append(true).open(file);
    opened.map(drop).with_context(|| format!("can't write {file}"))
}
