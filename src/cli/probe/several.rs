//! Several listings in one command: one after the other where they share a key, else some at
//! once. What goes wrong with one is told, and is no matter of the others.

use anyhow::{Context, Result, anyhow, bail};

use super::answer::verdicts;
use super::progress::Progress;
use super::record::{Sight, sights};
use super::{Probe, World, now_ms, random};
use crate::cli::output::Output;
use cogdex::catalog::Subject;
use cogdex::contract::Plan;
use cogdex::history::{History, NewRun};
use cogdex::probe::{Client, Hosts, Key, Purse, Redactor, Report, Tools, Trust, run};

/// A stranger's server has other work to do: more at once is for those who run it.
const MOST_A_HOST: usize = 2;

/// What came of one listing.
#[derive(Default)]
pub(super) struct Told {
    /// What the run found, where it came to an end.
    pub(super) report: Option<Report>,
    /// What it saw of disputes.
    pub(super) sights: Vec<Sight>,
    /// Why there is no report, or what went wrong after it.
    pub(super) trouble: Option<anyhow::Error>,
}

/// A listing that can be probed, as far as can be told for free.
struct Ready<'w> {
    /// Its place among those that were named.
    at: usize,
    listing: &'w Subject,
    key: Option<Key>,
    purse: Purse,
    trust: Trust,
}

/// What all runs share while they are under way.
struct Shared {
    hosts: Hosts,
    progress: Progress,
}

impl Probe {
    /// Probes all listings; what came of each stands in the order in which they were named.
    pub(super) fn sent(
        &self,
        world: &World<'_>,
        listings: &[&Subject],
        output: &mut Output,
    ) -> Result<Vec<Told>> {
        self.flags(world)?;
        let mut all: Vec<Told> = listings.iter().map(|_| Told::default()).collect();
        let mut groups: Vec<Vec<Ready<'_>>> = Vec::new();
        for (at, listing) in listings.iter().enumerate() {
            let ready = match self.ready(world, at, listing, output) {
                Ok(ready) => ready,
                Err(why) => {
                    all[at].trouble = Some(why.context(listing.id.clone()));
                    continue;
                }
            };
            // Without a key nothing bills, so nobody has to wait for anybody.
            let shares = |group: &&mut Vec<Ready<'_>>| {
                ready.key.as_ref().is_some_and(|key| group[0].key.as_ref() == Some(key))
            };
            match groups.iter_mut().find(shares) {
                Some(group) => group.push(ready),
                None => groups.push(vec![ready]),
            }
        }
        let most = usize::from(self.concurrency);
        let shared = Shared {
            hosts: Hosts::new(most.min(MOST_A_HOST)),
            progress: Progress::new(world.global.quiet),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let turns = tokio::sync::Semaphore::new(most);
        let told = runtime.context("can't start")?.block_on(async {
            let (turns, shared) = (&turns, &shared);
            let groups = groups.iter().map(|group| async move {
                let _turn = turns.acquire().await;
                let mut told = Vec::new();
                for ready in group {
                    told.push((ready.at, self.one(world, ready, shared).await));
                }
                told
            });
            futures_util::future::join_all(groups).await
        });
        shared.progress.end();
        for (at, told) in told.into_iter().flatten() {
            let mut told =
                told.unwrap_or_else(|why| Told { trouble: Some(why), ..Told::default() });
            told.trouble = told.trouble.map(|why| why.context(listings[at].id.clone()));
            all[at] = told;
        }
        Ok(all)
    }

    /// Flags that are wrong are wrong for every listing.
    fn flags(&self, world: &World<'_>) -> Result<()> {
        for listing in world.embedded.listings.values().take(1) {
            self.purse(listing, world.today)?;
            self.trust(world.embedded, listing, world.today)?;
        }
        Ok(())
    }

    /// All of a listing that can fail for free.
    fn ready<'w>(
        &self,
        world: &World<'_>,
        at: usize,
        listing: &'w Subject,
        output: &mut Output,
    ) -> Result<Ready<'w>> {
        self.foreseen(world, listing, output)?;
        let key = self.key(world.embedded, listing, output)?;
        if key.is_none() && self.spend_limit.is_some() {
            let name = self.key_name(world.embedded, listing);
            let name = name.as_deref().unwrap_or("the variable that --key-env names");
            bail!("there is no key: set {name}");
        }
        let purse = self.purse(listing, world.today)?;
        let trust = self.trust(world.embedded, listing, world.today)?;
        Ok(Ready { at, listing, key, purse, trust })
    }

    async fn one(&self, world: &World<'_>, ready: &Ready<'_>, shared: &Shared) -> Result<Told> {
        let World { catalog, path, global, today, .. } = *world;
        let (listing, purse) = (ready.listing, &ready.purse);
        let contract = Self::contract(catalog, listing, today)?;
        let plan = Plan::of(&contract);
        let costs = Self::costs(catalog, listing, &plan, purse)?;
        let mut history = History::open(path)?;
        let stranger = Key::stranger(random());
        let redactor = Redactor::new(ready.key.as_ref())?;
        let client = Client::new(redactor, ready.trust.clone())?.polite(&shared.hosts);
        let manner = self.manner();
        let host = contract.call_host("create").unwrap_or_default();
        // An address can hold the key, too, and is written into every report.
        let base = client.redacted(self.base_url.as_deref().unwrap_or(host));
        let wanted = self.due(&history, listing, &base, &plan)?;
        let number = history.begin(&NewRun {
            listing: listing.id.clone(),
            provider: listing.provider().to_owned(),
            base_url: base.clone(),
            as_of: today,
            edition: catalog.edition().map(|edition| edition.name.clone()),
            digest: catalog.digest.clone(),
            started_ms: now_ms(),
        })?;
        shared.progress.expect(wanted.iter().filter(|due| **due).count());
        let asking = |ask: &str| shared.progress.asks(&listing.id, ask);
        let mut tools = Tools {
            client: &client,
            history: &mut history,
            key: ready.key.as_ref(),
            stranger: &stranger,
            purse,
            manner: &manner,
            clock: now_ms,
            asking: &asking,
        };
        let ran = run(&contract, &plan, &wanted, &costs, number, &mut tools).await;
        let ran = ran.map_err(|why| {
            let kept = format!("`--replay {number}` judges what was kept of run {number}");
            anyhow!(why).context(kept)
        })?;
        let report = Self::report((&contract, &plan), &ran, (number, base), purse, global);
        let sights = sights(&report, &contract, &plan, &ran);
        let judged = history.judge(number, &verdicts(&report));
        let trouble = judged.and_then(|()| history.finish(number, now_ms())).err();
        Ok(Told { report: Some(report), sights, trouble: trouble.map(Into::into) })
    }
}
