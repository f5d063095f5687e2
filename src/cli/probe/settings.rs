//! From flags and the environment to the settings of a run: which listings, which key, who is
//! trusted with it, how much may be spent.

use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Probe, ProbeEnv};
use crate::cli::output::Output;
use crate::cli::show;
use cogdex::catalog::{Catalog, Currency, Listing, Price, amount_of};
use cogdex::contract::{Contract, Credential, Expectation, Plan, PlannedRequest};
use cogdex::pricing::GivenRate;
use cogdex::probe::{ApiKey, RunOptions, SpendLimit, Trust, trusted_hosts};

const KINDS: [&str; 6] = ["json", "junit", "sarif", "github", "markdown", "prometheus"];

/// Where a report goes.
pub(super) struct ReportTarget {
    pub(super) kind: String,
    pub(super) file: String,
}

impl Probe {
    /// The listings that are named, or all of which a key is set.
    pub(super) fn chosen<'c>(
        &self,
        catalog: &'c Catalog,
        embedded: &Catalog,
    ) -> Result<Vec<&'c Listing>> {
        if self.replay.is_some() {
            return Ok(Vec::new());
        }
        if self.listings.is_empty() {
            let keyed = catalog.listings.values().filter(|listing| {
                listing.endpoint.as_deref().is_some_and(|id| {
                    catalog.endpoints.get(id).is_some_and(|e| !e.entity.clauses.is_empty())
                }) && self
                    .key_name(embedded, listing)
                    .is_some_and(|name| std::env::var_os(name).is_some())
            });
            let keyed: Vec<_> = keyed.collect();
            if keyed.is_empty() {
                bail!("no listing is named, and no key is set");
            }
            return Ok(keyed);
        }
        let mut chosen: Vec<&Listing> = Vec::new();
        for id in &self.listings {
            let listing = show::listing(catalog, id)?;
            // Named twice is meant once: a second run would pay for the same answers.
            if !chosen.iter().any(|known| known.id == listing.id) {
                chosen.push(listing);
            }
        }
        Ok(chosen)
    }

    /// Fails where a price is assumed for what is no listing: it would be missed in silence.
    pub(super) fn assumed_for_known(&self, catalog: &Catalog) -> Result<()> {
        for text in &self.assume_price {
            if let Some((id, _)) = text.split_once('=') {
                show::listing(catalog, id).map_err(|why| anyhow!("--assume-price: {why}"))?;
            }
        }
        Ok(())
    }

    /// The variable of the key: the operator's word, or the built-in catalog's; never an edited one's.
    pub(super) fn key_name(&self, embedded: &Catalog, listing: &Listing) -> Option<String> {
        let own = embedded.providers.get(&listing.provider);
        self.key_env.clone().or_else(|| own?.key_env.as_deref().map(str::to_owned))
    }

    pub(super) fn key(
        &self,
        embedded: &Catalog,
        listing: &Listing,
        output: &mut Output,
    ) -> Result<Option<ApiKey>> {
        let Some(name) = self.key_name(embedded, listing) else { return Ok(None) };
        let Ok(text) = std::env::var(&name) else { return Ok(None) };
        let key = ApiKey::new(text).map_err(|why| anyhow!("the key in {name}: {why}"))?;
        if let Some(odd) = key.unusual() {
            output.warn(&format!("the key in {name} is unusual: {odd}"));
        }
        Ok(Some(key))
    }

    /// The hosts that may be sent the key.
    pub(super) fn trust(
        &self,
        embedded: &Catalog,
        listing: &Listing,
        today: Date,
    ) -> Result<Trust> {
        let mut hosts = self.trust_host.clone();
        match &self.base_url {
            Some(base) => hosts.push(base.origin().to_owned()),
            None => hosts.extend(trusted_hosts(embedded, &listing.id, today)),
        }
        Ok(Trust::new(hosts)?)
    }

    pub(super) fn spend_limit(&self, listing: &Listing, today: Date) -> Result<SpendLimit> {
        let limit = self.spend_limit.as_deref().map(amount_of).transpose();
        let limit = limit.map_err(|why| anyhow!("--spend-limit: {why}"))?;
        let rates = self.rates.iter().map(|text| text.parse::<GivenRate>());
        let rates = rates.collect::<Result<Vec<_>, _>>().map_err(|why| anyhow!("--rate: {why}"))?;
        let mut assumed = None;
        for text in &self.assume_price {
            let (id, price) = text
                .split_once('=')
                .ok_or_else(|| anyhow!("--assume-price: `{text}` is not LISTING=PRICE"))?;
            // "0.02 USD" is short for "0.02 USD / image".
            let price =
                if price.contains('/') { price.to_owned() } else { format!("{price} / image") };
            let price: Price = price.parse().map_err(|why| anyhow!("--assume-price: {why}"))?;
            if listing.id == id {
                assumed = Some(price);
            }
        }
        let usd = Currency::Iso(iso_currency::Currency::USD);
        let currency = limit.map(|(_, currency)| currency);
        let currency = currency.or(assumed.map(|price| price.currency)).unwrap_or(usd);
        if currency == Currency::Credits {
            bail!("--spend-limit: a limit is in money, not in credits");
        }
        Ok(SpendLimit {
            as_of: today,
            currency,
            limit: limit.map(|(amount, _)| amount),
            rates,
            assumed,
        })
    }

    pub(super) fn options(&self) -> RunOptions {
        RunOptions {
            base_url: self.base_url.clone(),
            timeout: self.timeout,
            task_timeout: self.task_timeout,
            poll_interval: self.poll_interval,
        }
    }

    /// Fails for what would make a run of a listing fail once others have spent, and warns of a
    /// time that is too short for what the contract states.
    pub(super) fn foreseen(
        &self,
        env: &ProbeEnv<'_>,
        listing: &Listing,
        output: &mut Output,
    ) -> Result<()> {
        let contract = Self::contract(env.catalog, listing, env.today)?;
        let plan = Plan::new(&contract);
        let spend_limit = self.spend_limit(listing, env.today)?;
        Self::costs(env.catalog, listing, &plan, &spend_limit)?;
        self.trust(env.embedded, listing, env.today)?;
        let (flag, time) = if contract.has_tasks() {
            ("--task-timeout", self.task_timeout)
        } else {
            ("--timeout", self.timeout)
        };
        if let Some(most) = stated_latency(&plan).filter(|most| time.as_secs() < *most) {
            output.warn(&format!(
                "{flag} is shorter than the {most} s that an image of `{}` may take",
                listing.id
            ));
        }
        Ok(())
    }

    pub(super) fn history_path(&self) -> Result<PathBuf> {
        if let Some(path) = &self.history {
            return Ok(path.clone());
        }
        super::default_history()
    }

    pub(super) fn wanted(&self) -> Result<Vec<ReportTarget>> {
        let read = |text: &String| {
            let (kind, file) = text.split_once('=').unwrap_or((text, "-"));
            if !KINDS.contains(&kind) || file.is_empty() {
                bail!("--report: `{text}` is not KIND=FILE; a kind is one of {}", KINDS.join(", "));
            }
            Ok(ReportTarget { kind: kind.to_owned(), file: file.to_owned() })
        };
        self.report.iter().map(read).collect()
    }

    pub(super) fn contract<'c>(
        catalog: &'c Catalog,
        listing: &'c Listing,
        today: Date,
    ) -> Result<Contract<'c>> {
        Contract::new(catalog, listing, today)
            .ok_or_else(|| anyhow!("no contract is known for `{}`", listing.id))
    }

    pub(super) fn costs(
        catalog: &Catalog,
        listing: &Listing,
        plan: &Plan<'_>,
        spend_limit: &SpendLimit,
    ) -> Result<Vec<Option<Decimal>>> {
        let table = spend_limit.price_table(catalog);
        let cost = |ask: &PlannedRequest| match ask.credential {
            Credential::Operator => spend_limit.worst(&table, listing, ask),
            Credential::None | Credential::Invalid => Ok(None),
        };
        Ok(plan.requests.iter().map(cost).collect::<Result<Vec<_>, _>>()?)
    }
}

/// The longest that a listing's contract says an image takes.
fn stated_latency(plan: &Plan<'_>) -> Option<u64> {
    let stated = plan.checks.iter().filter_map(|check| match check.expectation {
        Expectation::Within(most) => Some(most),
        _ => None,
    });
    stated.max()
}
