//! Several listings in one command: one after the other where they share a key, else some at
//! once. What goes wrong with one is told, and is no matter of the others.

use anyhow::{Context, Result, anyhow, bail};

use super::progress::ProbeProgress;
use super::record::{ProbeStatement, statements};
use super::report::{report, verdicts};
use super::settings::{contract_of, costs};
use super::{ProbeArgs, ProbeEnv, random};
use crate::cli::now_ms;
use crate::cli::output::Output;
use cogdex::catalog::{CallName, Listing};
use cogdex::contract::Plan;
use cogdex::history::{History, NewRun};
use cogdex::probe::{
    ApiKey, BaseUrl, Client, HostLimiter, ProbeReport, Redactor, RunContext, SpendLimit, Trust, run,
};

/// A stranger's server has other work to do: more at once is for those who run it.
const MAX_REQUESTS_PER_HOST: usize = 2;

/// What came of one listing.
#[derive(Default)]
pub(super) struct ListingOutcome {
    /// What the run found, where it came to an end.
    pub(super) report: Option<ProbeReport>,
    /// What it saw of disputes.
    pub(super) statements: Vec<ProbeStatement>,
    /// Why there is no report, or what went wrong after it.
    pub(super) trouble: Option<anyhow::Error>,
}

/// A listing that can be probed, as far as can be told for free.
struct ReadyListing<'w> {
    /// Its place among those that were named.
    at: usize,
    listing: &'w Listing,
    key: Option<ApiKey>,
    spend_limit: SpendLimit,
    trust: Trust,
}

/// What all runs share while they are under way.
struct BatchState {
    hosts: HostLimiter,
    progress: ProbeProgress,
}

/// Probes all listings; what came of each stands in the order in which they were named.
pub(super) fn probe_all(
    args: &ProbeArgs,
    env: &ProbeEnv<'_>,
    listings: &[&Listing],
    output: &mut Output,
) -> Result<Vec<ListingOutcome>> {
    check_flags(args, env)?;
    if let Some(future) = History::open(env.path)?.future(now_ms())? {
        output.warn(&format!("in the history, {future}"));
    }
    let mut all: Vec<ListingOutcome> = listings.iter().map(|_| ListingOutcome::default()).collect();
    let mut groups: Vec<Vec<ReadyListing<'_>>> = Vec::new();
    for (at, listing) in listings.iter().enumerate() {
        let ready = match prepare(args, env, at, listing, output) {
            Ok(ready) => ready,
            Err(why) => {
                all[at].trouble = Some(why.context(listing.id.clone()));
                continue;
            }
        };
        // Without a key nothing bills, so nobody has to wait for anybody.
        let shares = |group: &&mut Vec<ReadyListing<'_>>| {
            ready.key.as_ref().is_some_and(|key| group[0].key.as_ref() == Some(key))
        };
        match groups.iter_mut().find(shares) {
            Some(group) => group.push(ready),
            None => groups.push(vec![ready]),
        }
    }
    let most = usize::from(args.concurrency);
    let shared = BatchState {
        hosts: HostLimiter::new(most.min(MAX_REQUESTS_PER_HOST)),
        progress: ProbeProgress::new(env.global.quiet),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let turns = tokio::sync::Semaphore::new(most);
    let told = runtime.context("can't start")?.block_on(async {
        let (turns, shared) = (&turns, &shared);
        let groups = groups.iter().map(|group| async move {
            let _turn = turns.acquire().await;
            let mut told = Vec::new();
            for ready in group {
                told.push((ready.at, probe_listing(args, env, ready, shared).await));
            }
            told
        });
        futures_util::future::join_all(groups).await
    });
    shared.progress.end();
    for (at, told) in told.into_iter().flatten() {
        let mut told = told.unwrap_or_else(|why| ListingOutcome {
            trouble: Some(why),
            ..ListingOutcome::default()
        });
        told.trouble = told.trouble.map(|why| why.context(listings[at].id.clone()));
        all[at] = told;
    }
    Ok(all)
}

/// Flags that are wrong are wrong for every listing.
fn check_flags(args: &ProbeArgs, env: &ProbeEnv<'_>) -> Result<()> {
    for listing in env.embedded.listings.values().take(1) {
        args.spend_limit(env.catalog, listing, env.today)?;
        args.trust(env.embedded, listing, env.today)?;
    }
    Ok(())
}

/// All of a listing that can fail for free.
fn prepare<'w>(
    args: &ProbeArgs,
    env: &ProbeEnv<'_>,
    at: usize,
    listing: &'w Listing,
    output: &mut Output,
) -> Result<ReadyListing<'w>> {
    args.check_listing(env, listing, output)?;
    let key = args.key(env.embedded, listing, output)?;
    if key.is_none() && args.spend_limit.is_some() {
        let name = args.key_name(env.embedded, listing);
        let name = name.as_deref().unwrap_or("the variable that --key-env names");
        bail!("there is no key: set {name}");
    }
    let spend_limit = args.spend_limit(env.catalog, listing, env.today)?;
    let trust = args.trust(env.embedded, listing, env.today)?;
    Ok(ReadyListing { at, listing, key, spend_limit, trust })
}

async fn probe_listing(
    args: &ProbeArgs,
    env: &ProbeEnv<'_>,
    ready: &ReadyListing<'_>,
    shared: &BatchState,
) -> Result<ListingOutcome> {
    let ProbeEnv { catalog, path, global, today, .. } = *env;
    let (listing, spend_limit) = (ready.listing, &ready.spend_limit);
    let contract = contract_of(catalog, listing, today)?;
    let plan = Plan::new(&contract);
    let costs = costs(catalog, listing, &plan, spend_limit)?;
    let mut history = History::open(path)?;
    let invalid_key = ApiKey::invalid_example(random());
    let redactor = Redactor::new(ready.key.as_ref())?;
    let client = Client::new(redactor, ready.trust.clone())?;
    let client = client.polite(&shared.hosts).patient(args.timeout);
    let options = args.options();
    let host = contract.call_host(CallName::Create).unwrap_or_default();
    // An address can hold the key, too, and is written into every report.
    let base = client.redacted(args.base_url.as_ref().map_or(host, BaseUrl::as_str));
    let wanted = super::due_requests(args, &history, listing, &base, &plan)?;
    let earlier = history.timeline(&listing.id, Some(&base))?;
    let started_ms = now_ms();
    let number = history.begin(&NewRun {
        listing: listing.id.to_string(),
        provider: listing.provider.to_string(),
        base_url: base.clone(),
        as_of: today,
        edition: catalog.edition().map(|edition| edition.name.clone()),
        digest: catalog.digest.clone(),
        started_ms,
    })?;
    shared.progress.expect(wanted.iter().filter(|due| **due).count());
    let asking = |ask: &str| shared.progress.start_request(&listing.id, ask);
    let mut tools = RunContext {
        client: &client,
        history: &mut history,
        key: ready.key.as_ref(),
        invalid_key: &invalid_key,
        spend_limit,
        options: &options,
        clock: now_ms,
        asking: &asking,
    };
    let ran = run(&contract, &plan, &wanted, &costs, number, &mut tools).await;
    let ran = ran.map_err(|why| {
        let kept = format!("`--replay {number}` judges what was kept of run {number}");
        anyhow!(why).context(kept)
    })?;
    let run = (number, base, started_ms);
    let mut report = report((&contract, &plan), &ran, run, spend_limit, global);
    report.remember(&earlier);
    let statements = statements(&report, &contract, &plan, &ran);
    let judged = history.judge(number, &verdicts(&report));
    let trouble = judged.and_then(|()| history.finish(number, now_ms())).err();
    Ok(ListingOutcome { report: Some(report), statements, trouble: trouble.map(Into::into) })
}
