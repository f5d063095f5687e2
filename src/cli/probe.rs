//! `cogdex probe`: does an endpoint keep its contract, without wasting a cent?

use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use jiff::civil::Date;
use serde_json::Value;

use super::output::Output;
use super::{Exit, Format, Global, now_ms, open};
use cogdex::catalog::{Catalog, Listing};
use cogdex::contract::{Credential, Exchange, Plan, PlannedRequest, SkipCause};
use cogdex::history::{History, RunId};
use cogdex::pricing::{Job, UsedRate};
use cogdex::probe::{BaseUrl, ProbeReport, RunResult, Spend, order};

mod batch;
mod plan;
mod progress;
mod record;
mod report;
mod settings;
mod table;

pub(crate) use progress::ProbeProgress;
pub(crate) use settings::ProbeArgs;
pub(crate) use table::verdict_style;

use batch::ListingOutcome;
use plan::PlanCosts;
use settings::{ReportTarget, contract_of, costs};

/// So much before its time a check is due.
const MAX_EARLY: Duration = Duration::from_mins(90);

/// Clocks of machines that share a history differ by so much.
const MAX_SKEW_MS: i64 = 60_000;

/// What all runs of one command share.
struct ProbeEnv<'w> {
    catalog: &'w Catalog,
    embedded: &'w Catalog,
    path: &'w std::path::Path,
    global: &'w Global,
    today: Date,
}

pub(crate) fn run(
    args: &ProbeArgs,
    global: &Global,
    output: &mut Output,
    today: Date,
) -> Result<Exit> {
    let catalog = open::catalog(global, output, today)?;
    let embedded = Catalog::embedded()?;
    let listings = args.selected_listings(&catalog, &embedded)?;
    args.check_assumed_prices(&catalog)?;
    if args.plan {
        for listing in &listings {
            print_plan(args, &catalog, listing, (global, output), today)?;
        }
        return Ok(Exit::Done);
    }
    // Everything that can fail for free fails before the first cent.
    let targets = args.report_targets()?;
    if args.record {
        record::check_writable(global, &catalog, &listings)?;
        for listing in &listings {
            let base = args.base_url.as_ref().map(BaseUrl::origin);
            record::check_own_host(&contract_of(&catalog, listing, today)?, base)?;
        }
    }
    let path = args.history_path()?;
    History::open(&path)?;
    for report in targets.iter().filter(|report| report.file != "-") {
        writable(&report.file)?;
    }
    let told = if let Some(number) = args.replay {
        vec![replay_run(args, &catalog, &path, number, global)?]
    } else {
        let (catalog, embedded, path) = (&catalog, &embedded, path.as_path());
        let env = ProbeEnv { catalog, embedded, path, global, today };
        batch::probe_all(args, &env, &listings, output)?
    };
    finish(args, &catalog, told, &targets, (global, today), output)
}

/// Reports first; then what went wrong, since a run that was paid for is not to be lost.
fn finish(
    args: &ProbeArgs,
    catalog: &Catalog,
    told: Vec<ListingOutcome>,
    targets: &[ReportTarget],
    (global, today): (&Global, Date),
    output: &mut Output,
) -> Result<Exit> {
    let (mut reports, mut statements, mut troubles) = (Vec::new(), Vec::new(), Vec::new());
    for one in told {
        reports.extend(one.report);
        statements.extend(one.statements);
        troubles.extend(one.trouble);
    }
    if !reports.is_empty() {
        let used_rates = |report: &ProbeReport| {
            let listing = open::listing(catalog, &report.listing)?;
            rates_of(args, catalog, listing, today)
        };
        report::write(&reports, targets, global, output, (used_rates, today))?;
    }
    for trouble in &troubles {
        output.error(&format!("{trouble:#}"));
    }
    if args.record {
        record::record(global, &statements, today, output)?;
    }
    Ok(report::exit(args, &reports, !troubles.is_empty()))
}

/// The rates at which a listing's price becomes money of the limit's; none where it needs none.
fn rates_of(
    args: &ProbeArgs,
    catalog: &Catalog,
    listing: &Listing,
    today: Date,
) -> Result<Vec<UsedRate>> {
    let table = args.spend_limit(catalog, listing, today)?.price_table(catalog);
    Ok(table.quote(listing, today, &Job::default()).rates)
}

fn print_plan(
    args: &ProbeArgs,
    catalog: &Catalog,
    listing: &Listing,
    (global, output): (&Global, &mut Output),
    today: Date,
) -> Result<()> {
    let contract = contract_of(catalog, listing, today)?;
    args.warn_of_doubled_path(&contract, output);
    let plan = Plan::new(&contract);
    let spend_limit = args.spend_limit(catalog, listing, today)?;
    let costs = costs(catalog, listing, &plan, &spend_limit)?;
    let plan_costs = PlanCosts::new(&plan, &costs, &spend_limit, &order(&plan.requests, &costs))?;
    if global.format == Format::Json {
        let document = plan_costs.document(&contract, &plan, &spend_limit);
        return output.text(&format!("{document}\n"));
    }
    let rates = rates_of(args, catalog, listing, today)?;
    plan_costs.print(output, listing, &plan, &spend_limit, (&rates, today))
}

/// Which requests are due: all, or those with a check that was not looked at for long.
fn due_requests(
    args: &ProbeArgs,
    history: &History,
    listing: &Listing,
    base: &str,
    plan: &Plan<'_>,
) -> Result<Vec<bool>> {
    let Some(due) = args.due else { return Ok(vec![true; plan.requests.len()]) };
    let last = history.last_checked(&listing.id, Some(base))?;
    // A little before its time, so that a timer that fires a moment early, or an hour early when
    // the clocks change, does not skip a turn.
    let due = due.saturating_sub(MAX_EARLY.min(due / 10));
    let age = i64::try_from(due.as_millis()).unwrap_or(i64::MAX);
    // One answer serves all checks of a request, so the newest of them tells when it was asked;
    // some, such as a task's failure, may never be met.
    let newest = |ask: usize| {
        let checks = plan.checks.iter().filter(|check| check.requests.contains(&ask));
        checks.filter_map(|check| last.get(&check.id)).max()
    };
    let now = now_ms();
    // What was looked at in the future was looked at nobody knows when.
    let is_due = |ask| newest(ask).is_none_or(|at| now - at >= age || *at - now > MAX_SKEW_MS);
    Ok((0..plan.requests.len()).map(is_due).collect())
}

/// Judges a run again from what was kept of it; nothing is sent.
fn replay_run(
    args: &ProbeArgs,
    catalog: &Catalog,
    path: &std::path::Path,
    number: RunId,
    global: &Global,
) -> Result<ListingOutcome> {
    let history = History::open(path)?;
    let id = number;
    let found = history.run(id)?.ok_or_else(|| anyhow!("there is no run {number}"))?;
    let listing = open::listing(catalog, &found.begun.listing)?;
    let contract = contract_of(catalog, listing, found.begun.as_of)?;
    let plan = Plan::new(&contract);
    let mut exchanges: Vec<Option<Exchange>> = vec![None; plan.requests.len()];
    for evidence in history.evidence(id)? {
        if let Some(at) = plan.requests.iter().position(|ask| ask.id == evidence.ask) {
            exchanges[at] = kept_exchange(&plan.requests[at], evidence.body);
        }
    }
    let ran = RunResult {
        exchanges,
        costs: vec![None; plan.requests.len()],
        spend: Spend::default(),
        images: Vec::new(),
    };
    let spend_limit = args.spend_limit(catalog, listing, found.begun.as_of)?;
    if args.record {
        record::check_own_host(&contract, Some(&found.begun.base_url))?;
    }
    let run = (id, found.begun.base_url, found.begun.started_ms);
    let report = report::report((&contract, &plan), &ran, run, &spend_limit, global);
    let statements = record::statements(&report, &contract, &plan, &ran);
    Ok(ListingOutcome { report: Some(report), statements, trouble: None })
}

/// An exchange as it was kept. Runs that kept no cause of a skip can still tell one: what may bill
/// and did not leave was withheld.
fn kept_exchange(ask: &PlannedRequest, body: Value) -> Option<Exchange> {
    let names_cause = body.get("skip").is_some();
    let mut exchange: Exchange = serde_json::from_value(body).ok()?;
    if !names_cause && exchange.not_sent.is_some() && ask.credential == Credential::Operator {
        exchange.skip = Some(SkipCause::Withheld);
    }
    Some(exchange)
}

/// A seed of the operating system's, for a key that nobody has.
fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}

/// Fails where a report could not be written in the end.
fn writable(file: &str) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let opened = options.create(true).append(true).open(file);
    opened.map(drop).with_context(|| format!("can't write {file}"))
}
