//! From flags and the environment to the settings of a run: which listings, which key, who is
//! trusted with it, how much may be spent.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use clap::Args;
use jiff::civil::Date;
use rust_decimal::Decimal;
use strum::VariantNames;

use super::ProbeEnv;
use crate::cli::output::Output;
use crate::cli::terms_args::question;
use crate::cli::{Exit, Global, open};
use cogdex::catalog::{CallName, Catalog, Currency, Listing, UnitPrice, amount_of};
use cogdex::contract::{Check, Contract, Credential, Expectation, Plan, PlannedRequest};
use cogdex::history::RunId;
use cogdex::pricing::{named_listings, select_one};
use cogdex::probe::{ApiKey, BaseUrl, RunOptions, SpendLimit, Trust, trusted_hosts};

/// The form of a report.
#[derive(Debug, Clone, Copy, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "lowercase")]
pub(super) enum ReportKind {
    Json,
    Junit,
    Sarif,
    Github,
    Markdown,
    Prometheus,
}

/// Where a report goes.
pub(super) struct ReportTarget {
    pub(super) kind: ReportKind,
    pub(super) file: String,
}

/// Flags of `probe`.
#[derive(Debug, Args)]
pub(crate) struct ProbeArgs {
    /// Listings to test [default: all whose API key is set]
    pub(super) listings: Vec<String>,
    /// Show what would be sent and what it could cost; send nothing
    #[arg(long)]
    pub(super) plan: bool,
    /// Most to spend in 24 hours, such as "0.50 USD"; without it, no call that may cost money is sent
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    pub(super) spend_limit: Option<String>,
    /// Assume this price if none is known: LISTING="0.02 USD / image"
    #[arg(long, value_name = "LISTING=PRICE")]
    pub(super) assume_price: Vec<String>,
    /// Send requests to this address instead of the documented one
    #[arg(long, value_name = "URL", value_parser = BaseUrl::parse)]
    pub(super) base_url: Option<BaseUrl>,
    /// Write a report: json, junit, sarif, github, markdown or prometheus, to a file or - (repeatable)
    #[arg(long, value_name = "KIND=FILE")]
    pub(super) report: Vec<String>,
    /// Longest wait for one answer
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = crate::cli::duration)]
    pub(super) timeout: Duration,
    /// Longest wait for a task
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = crate::cli::duration)]
    pub(super) task_timeout: Duration,
    /// Pause between two polls
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = crate::cli::duration)]
    pub(super) poll_interval: Duration,
    /// File to keep results and spending in [default: in your data folder]
    #[arg(long, value_name = "FILE")]
    pub(super) history: Option<PathBuf>,
    /// Exchange rate to use: CNY/USD=0.14 means 1 CNY = 0.14 USD
    #[arg(long = "rate", value_name = "A/B=R")]
    pub(super) rates: Vec<String>,
    /// Number of listings with different keys to test at once; a host gets at most two requests at once
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=16))]
    pub(super) concurrency: u16,
    /// Judge an earlier run again from its stored answers
    #[arg(long, value_name = "RUN")]
    pub(super) replay: Option<RunId>,
    /// Test only what was not tested for this long: 7d
    #[arg(long, value_name = "TIME", value_parser = crate::cli::duration)]
    pub(super) due: Option<Duration>,
    /// Record in --catalog what was seen of disputes
    #[arg(long)]
    pub(super) record: bool,
    /// Also fail on what is looser than documented, or was skipped to save money
    #[arg(long)]
    pub(super) strict: bool,
    /// Environment variable that holds the API key
    #[arg(long, value_name = "NAME")]
    pub(super) key_env: Option<String>,
    /// Also send the API key to this host (repeatable)
    #[arg(long, value_name = "HOST")]
    pub(super) trust_host: Vec<String>,
}

impl ProbeArgs {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        super::run(self, global, output, today)
    }

    /// The listings that are named, or all of which a key is set.
    pub(super) fn selected_listings<'c>(
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
                bail!("name a listing, or set an API key variable");
            }
            return Ok(keyed);
        }
        let mut chosen: Vec<&Listing> = Vec::new();
        for name in &self.listings {
            for listing in probed_listings(catalog, name)? {
                // Named twice is meant once: a second run would pay for the same answers.
                if !chosen.iter().any(|known| known.id == listing.id) {
                    chosen.push(listing);
                }
            }
        }
        Ok(chosen)
    }

    /// Fails where a price is assumed for what is no listing: it would be missed in silence.
    pub(super) fn check_assumed_prices(&self, catalog: &Catalog) -> Result<()> {
        for text in &self.assume_price {
            if let Some((name, _)) = text.split_once('=') {
                let listing = select_one(catalog, name);
                listing.map_err(|why| anyhow!("--assume-price: {why}"))?;
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
        let name = self.key_name(embedded, listing);
        name.map_or(Ok(None), |name| open::api_key(&name, output))
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

    pub(super) fn spend_limit(
        &self,
        catalog: &Catalog,
        listing: &Listing,
        today: Date,
    ) -> Result<SpendLimit> {
        let limit = self.spend_limit.as_deref().map(amount_of).transpose();
        let limit = limit.map_err(|why| anyhow!("--spend-limit: {why}"))?;
        let rates = question(std::iter::empty(), &self.rates)?.rates;
        let mut assumed = None;
        for text in &self.assume_price {
            let (id, price) = text
                .split_once('=')
                .ok_or_else(|| anyhow!("--assume-price: `{text}` is not LISTING=PRICE"))?;
            // "0.02 USD" is short for "0.02 USD / image".
            let price =
                if price.contains('/') { price.to_owned() } else { format!("{price} / image") };
            let price: UnitPrice = price.parse().map_err(|why| anyhow!("--assume-price: {why}"))?;
            if select_one(catalog, id).is_ok_and(|it| it.id == listing.id) {
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
            images_kept: 0,
        }
    }

    /// Fails for what would make a run of a listing fail once others have spent, and warns of a
    /// time that is too short for what the contract states.
    pub(super) fn check_listing(
        &self,
        env: &ProbeEnv<'_>,
        listing: &Listing,
        output: &mut Output,
    ) -> Result<()> {
        let contract = contract_of(env.catalog, listing, env.today)?;
        let plan = Plan::new(&contract);
        let spend_limit = self.spend_limit(env.catalog, listing, env.today)?;
        costs(env.catalog, listing, &plan, &spend_limit)?;
        self.trust(env.embedded, listing, env.today)?;
        self.warn_of_doubled_path(&contract, output);
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

    /// Warns where a path of the contract stands at the end of the base URL, too.
    pub(super) fn warn_of_doubled_path(&self, contract: &Contract<'_>, output: &mut Output) {
        let path = contract.call_path(CallName::Create).unwrap_or("/");
        if let Some(base) = &self.base_url
            && let Some(doubled) = base.doubled(path)
        {
            output.warn(&format!(
                "--base-url ends in `{doubled}`, with which the contract's path begins: requests go to {}",
                base.join(path)
            ));
        }
    }

    pub(super) fn history_path(&self) -> Result<PathBuf> {
        if let Some(path) = &self.history {
            return Ok(path.clone());
        }
        open::default_history()
    }

    pub(super) fn report_targets(&self) -> Result<Vec<ReportTarget>> {
        let read = |text: &String| {
            let (kind, file) = text.split_once('=').unwrap_or((text, "-"));
            let kinds = ReportKind::VARIANTS.join(", ");
            let form = || anyhow!("--report: `{text}` is not KIND=FILE; a kind is one of {kinds}");
            let kind = kind.parse().ok().filter(|_| !file.is_empty()).ok_or_else(form)?;
            Ok(ReportTarget { kind, file: file.to_owned() })
        };
        self.report.iter().map(read).collect()
    }
}

/// The listings that a name stands for; of several, those that have a contract to be held to.
fn probed_listings<'c>(catalog: &'c Catalog, name: &str) -> Result<Vec<&'c Listing>> {
    let mut named = named_listings(catalog, name).unwrap_or_default();
    if named.len() > 1 {
        let clauses = |listing: &&Listing| {
            let endpoint = listing.endpoint.as_ref().and_then(|id| catalog.endpoints.get(id));
            endpoint.is_some_and(|endpoint| !endpoint.entity.clauses.is_empty())
        };
        named.retain(clauses);
    }
    // One has to have a contract, and says so if it has none; of none the reason is told.
    if named.is_empty() { Ok(vec![open::listing(catalog, name)?]) } else { Ok(named) }
}

pub(super) fn contract_of<'c>(
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

/// The longest that a listing's contract says an image takes.
fn stated_latency(plan: &Plan<'_>) -> Option<u64> {
    let most = |check: &Check<'_>| {
        if let Expectation::Within(most) = check.expectation { Some(most) } else { None }
    };
    plan.checks.iter().filter_map(most).max()
}
