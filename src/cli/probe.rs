//! `cogdex probe`: does an endpoint keep its contract, without wasting a cent?

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::output::Output;
use super::{Exit, Format, Global, open, show};
use cogdex::catalog::{Catalog, Currency, Price, Subject, amount_of};
use cogdex::compare::{GivenRate, read_duration};
use cogdex::contract::{Contract, Exchange, Outcome, Plan, Who};
use cogdex::history::{History, NewRun, RunId, Verdict};
use cogdex::probe::{
    Client, Key, Manner, Purse, Ran, Redactor, Report, Spend, Tools, Trust, github, junit,
    markdown, observations, order, prometheus, rows, run, sarif,
};

mod record;
mod table;

/// Flags of `probe`.
#[derive(Debug, Args)]
pub(crate) struct Probe {
    /// Listings to probe [default: all of which the key is set]
    listings: Vec<String>,
    /// Print what would be sent and what it could cost; send nothing
    #[arg(long)]
    plan: bool,
    /// The most that may be spent in 24 hours, such as "0.50 USD"; without it nothing that may bill is sent
    #[arg(long, value_name = "AMOUNT")]
    spend_limit: Option<String>,
    /// A price where none is known: LISTING="0.02 USD / image"
    #[arg(long, value_name = "LISTING=PRICE")]
    assume_price: Vec<String>,
    /// Another scheme, host and port, and perhaps a path, in place of the contract's
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
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
    /// Listings of different keys that are probed at once
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

fn duration(text: &str) -> Result<Duration, String> {
    read_duration(text).map(Duration::from_millis)
}

/// Where a report goes.
struct Wanted {
    kind: String,
    file: String,
}

const KINDS: [&str; 6] = ["json", "junit", "sarif", "github", "markdown", "prometheus"];

impl Probe {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let catalog = match open::catalog(global, output, today)? {
            Ok(catalog) => catalog,
            Err(exit) => return Ok(exit),
        };
        let embedded = Catalog::embedded()?;
        let listings = self.chosen(&catalog, &embedded)?;
        if self.plan {
            for listing in &listings {
                self.print_plan(&catalog, listing, output, today)?;
            }
            return Ok(Exit::Done);
        }
        // Everything that can fail for free fails before the first cent.
        let wanted = self.wanted()?;
        let path = self.history_path()?;
        History::open(&path)?;
        for report in wanted.iter().filter(|report| report.file != "-") {
            writable(&report.file)?;
        }
        let reports = if let Some(number) = self.replay {
            vec![self.replayed(&catalog, &path, number, global)?]
        } else {
            self.sent(&catalog, &embedded, &listings, &path, global, output, today)?
        };
        self.write(&reports, &wanted, global, output)?;
        if self.record {
            record::record(global, &reports, today)?;
        }
        Ok(self.exit(&reports))
    }

    /// The listings that are named, or all of which a key is set.
    fn chosen<'c>(&self, catalog: &'c Catalog, embedded: &Catalog) -> Result<Vec<&'c Subject>> {
        if self.replay.is_some() {
            return Ok(Vec::new());
        }
        if self.listings.is_empty() {
            let keyed = catalog.listings.values().filter(|listing| {
                listing.head("endpoint").is_some_and(|id| {
                    catalog.endpoints.get(id).is_some_and(|e| !e.clauses.is_empty())
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
        self.listings.iter().map(|id| show::listing(catalog, id)).collect()
    }

    /// The variable of the key: the operator's word, or the built-in catalog's; never an edited one's.
    fn key_name(&self, embedded: &Catalog, listing: &Subject) -> Option<String> {
        let own = embedded.providers.get(listing.provider());
        self.key_env.clone().or_else(|| own?.head("key-env").map(str::to_owned))
    }

    fn key(
        &self,
        embedded: &Catalog,
        listing: &Subject,
        output: &mut Output,
    ) -> Result<Option<Key>> {
        let Some(name) = self.key_name(embedded, listing) else { return Ok(None) };
        let Ok(text) = std::env::var(&name) else { return Ok(None) };
        let key = Key::new(text).map_err(|why| anyhow!("the key in {name}: {why}"))?;
        if let Some(odd) = key.unusual() {
            output.warn(&format!("the key in {name} is unusual: {odd}"));
        }
        Ok(Some(key))
    }

    /// The hosts that may be sent the key.
    fn trust(&self, embedded: &Catalog, listing: &Subject, today: Date) -> Result<Trust> {
        let mut hosts = self.trust_host.clone();
        match &self.base_url {
            Some(base) => hosts.push(origin(base).ok_or_else(|| {
                anyhow!("--base-url: `{base}` is not such as http://127.0.0.1:8787/aigateway")
            })?),
            None => {
                let own = embedded.listings.get(&listing.id);
                if let Some(contract) = own.and_then(|own| Contract::of(embedded, own, today)) {
                    let calls = ["create", "poll", "result"].into_iter();
                    hosts.extend(calls.filter_map(|call| origin(contract.call_host(call)?)));
                }
            }
        }
        Ok(Trust::new(hosts)?)
    }

    fn purse(&self, listing: &Subject, today: Date) -> Result<Purse> {
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
            if id == listing.id {
                assumed = Some(price);
            }
        }
        let usd = Currency::Iso(iso_currency::Currency::USD);
        let currency = limit.map(|(_, currency)| currency);
        let currency = currency.or(assumed.map(|price| price.currency)).unwrap_or(usd);
        if currency == Currency::Credits {
            bail!("--spend-limit: a limit is in money, not in credits");
        }
        Ok(Purse { as_of: today, currency, limit: limit.map(|(amount, _)| amount), rates, assumed })
    }

    fn manner(&self) -> Manner {
        Manner {
            base_url: self.base_url.clone(),
            timeout: self.timeout,
            task_timeout: self.task_timeout,
            poll_interval: self.poll_interval,
        }
    }

    fn history_path(&self) -> Result<PathBuf> {
        if let Some(path) = &self.history {
            return Ok(path.clone());
        }
        default_history()
    }

    fn wanted(&self) -> Result<Vec<Wanted>> {
        let read = |text: &String| {
            let (kind, file) = text.split_once('=').unwrap_or((text, "-"));
            if !KINDS.contains(&kind) || file.is_empty() {
                bail!("--report: `{text}` is not KIND=FILE; a kind is one of {}", KINDS.join(", "));
            }
            Ok(Wanted { kind: kind.to_owned(), file: file.to_owned() })
        };
        self.report.iter().map(read).collect()
    }

    fn contract<'c>(
        &self,
        catalog: &'c Catalog,
        listing: &'c Subject,
        today: Date,
    ) -> Result<Contract<'c>> {
        Contract::of(catalog, listing, today)
            .ok_or_else(|| anyhow!("no contract is known for `{}`", listing.id))
    }

    fn costs(
        catalog: &Catalog,
        listing: &Subject,
        plan: &Plan<'_>,
        purse: &Purse,
    ) -> Result<Vec<Option<Decimal>>> {
        let cost = |ask: &cogdex::contract::Ask| match ask.who {
            Who::Owner => purse.worst(catalog, listing, ask),
            Who::Nobody | Who::Stranger => Ok(None),
        };
        Ok(plan.asks.iter().map(cost).collect::<Result<Vec<_>, _>>()?)
    }

    fn print_plan(
        &self,
        catalog: &Catalog,
        listing: &Subject,
        output: &mut Output,
        today: Date,
    ) -> Result<()> {
        let contract = self.contract(catalog, listing, today)?;
        let plan = Plan::of(&contract);
        let purse = self.purse(listing, today)?;
        let costs = Self::costs(catalog, listing, &plan, &purse)?;
        table::plan(output, listing, &plan, &costs, &purse, &order(&plan.asks, &costs))
    }

    /// Probes all listings: one after the other where they share a key, else some at once.
    #[expect(clippy::too_many_arguments, reason = "they are the world of a run, each used once")]
    fn sent(
        &self,
        catalog: &Catalog,
        embedded: &Catalog,
        listings: &[&Subject],
        path: &std::path::Path,
        global: &Global,
        output: &mut Output,
        today: Date,
    ) -> Result<Vec<Report>> {
        let mut by_key: Vec<(Option<String>, Vec<(&Subject, Option<Key>)>)> = Vec::new();
        for listing in listings {
            self.contract(catalog, listing, today)?;
            let key = self.key(embedded, listing, output)?;
            let name = self.key_name(embedded, listing);
            if key.is_none() && self.spend_limit.is_some() {
                let name = name.as_deref().unwrap_or("the variable that --key-env names");
                bail!("there is no key for `{}`: set {name}", listing.id);
            }
            match by_key.iter_mut().find(|(known, _)| *known == name) {
                Some((_, group)) => group.push((listing, key)),
                None => by_key.push((name, vec![(listing, key)])),
            }
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("can't start")?;
        let limit = std::rc::Rc::new(tokio::sync::Semaphore::new(usize::from(self.concurrency)));
        let reports = runtime.block_on(async {
            let groups = by_key.iter().map(|(_, group)| {
                let limit = std::rc::Rc::clone(&limit);
                async move {
                    let _turn = limit.acquire().await;
                    let mut reports = Vec::new();
                    for (listing, key) in group {
                        let one =
                            self.one(catalog, embedded, listing, key.as_ref(), path, global, today);
                        reports.push(one.await?);
                    }
                    anyhow::Ok(reports)
                }
            });
            futures_util::future::join_all(groups).await
        });
        let mut all = Vec::new();
        for reports in reports {
            all.extend(reports?);
        }
        Ok(all)
    }

    #[expect(clippy::too_many_arguments, reason = "they are the world of a run, each used once")]
    async fn one(
        &self,
        catalog: &Catalog,
        embedded: &Catalog,
        listing: &Subject,
        key: Option<&Key>,
        path: &std::path::Path,
        global: &Global,
        today: Date,
    ) -> Result<Report> {
        let contract = self.contract(catalog, listing, today)?;
        let plan = Plan::of(&contract);
        let purse = self.purse(listing, today)?;
        let costs = Self::costs(catalog, listing, &plan, &purse)?;
        let mut history = History::open(path)?;
        let stranger = Key::stranger(random());
        let redactor = Redactor::new(key)?;
        let client = Client::new(redactor, self.trust(embedded, listing, today)?)?;
        let manner = self.manner();
        let host = contract.call_host("create").unwrap_or_default();
        let base = self.base_url.clone().unwrap_or_else(|| host.to_owned());
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
        let mut tools = Tools {
            client: &client,
            history: &mut history,
            key,
            stranger: &stranger,
            purse: &purse,
            manner: &manner,
            clock: now_ms,
        };
        let ran = run(&contract, &plan, &wanted, &costs, number, &mut tools).await?;
        let report = self.report(&contract, &plan, &ran, number, base, &purse, global);
        history.judge(number, &verdicts(&report))?;
        history.finish(number, now_ms())?;
        Ok(report)
    }

    #[expect(clippy::too_many_arguments, reason = "a report has many parts")]
    fn report(
        &self,
        contract: &Contract<'_>,
        plan: &Plan<'_>,
        ran: &Ran,
        number: RunId,
        base_url: String,
        purse: &Purse,
        global: &Global,
    ) -> Report {
        let folder = global.catalog.as_ref().map_or("catalog".into(), |p| p.display().to_string());
        Report {
            run: number.to_string(),
            catalog: Report::stamp(contract),
            listing: contract.listing.id.clone(),
            base_url,
            as_of: contract.as_of.to_string(),
            limit: purse.limit,
            currency: purse.currency.code().to_owned(),
            spend: ran.spend,
            rows: rows(contract, plan, ran),
            observations: observations(contract, ran),
            folder,
        }
    }

    /// Which requests are due: all, or those with a check that was not looked at for long.
    fn due(
        &self,
        history: &History,
        listing: &Subject,
        base: &str,
        plan: &Plan<'_>,
    ) -> Result<Vec<bool>> {
        let Some(due) = self.due else { return Ok(vec![true; plan.asks.len()]) };
        let last = history.last_checked(&listing.id, Some(base))?;
        let age = i64::try_from(due.as_millis()).unwrap_or(i64::MAX);
        let mut wanted = vec![false; plan.asks.len()];
        for check in &plan.checks {
            if last.get(&check.id).is_none_or(|at| now_ms() - at >= age) {
                for ask in &check.asks {
                    wanted[*ask] = true;
                }
            }
        }
        Ok(wanted)
    }

    /// Judges a run again from what was kept of it; nothing is sent.
    fn replayed(
        &self,
        catalog: &Catalog,
        path: &std::path::Path,
        number: RunId,
        global: &Global,
    ) -> Result<Report> {
        let history = History::open(path)?;
        let id = number;
        let found = history.run(id)?.ok_or_else(|| anyhow!("there is no run {number}"))?;
        let listing = show::listing(catalog, &found.begun.listing)?;
        let contract = self.contract(catalog, listing, found.begun.as_of)?;
        let plan = Plan::of(&contract);
        let mut exchanges: Vec<Option<Exchange>> = vec![None; plan.asks.len()];
        for evidence in history.evidence(id)? {
            if let Some(at) = plan.asks.iter().position(|ask| ask.id == evidence.ask) {
                exchanges[at] = serde_json::from_value(evidence.body).ok();
            }
        }
        let ran = Ran { exchanges, costs: vec![None; plan.asks.len()], spend: Spend::default() };
        let purse = self.purse(listing, found.begun.as_of)?;
        Ok(self.report(&contract, &plan, &ran, id, found.begun.base_url, &purse, global))
    }

    fn write(
        &self,
        reports: &[Report],
        wanted: &[Wanted],
        global: &Global,
        output: &mut Output,
    ) -> Result<()> {
        for report in wanted {
            let text = match report.kind.as_str() {
                "json" => {
                    let all: Vec<_> =
                        reports.iter().map(|r| format!("{}\n", r.document())).collect();
                    all.concat()
                }
                "junit" => junit(reports).map_err(|why| anyhow!("junit: {why}"))?,
                "sarif" => format!("{}\n", serde_json::to_string_pretty(&sarif(reports))?),
                "github" => github(reports),
                "markdown" => markdown(reports),
                _ => prometheus(reports),
            };
            if report.file == "-" {
                output.text(&text)?;
            } else {
                std::fs::write(&report.file, text)
                    .with_context(|| format!("can't write {}", report.file))?;
            }
        }
        if wanted.iter().any(|report| report.file == "-") {
            return Ok(());
        }
        for report in reports {
            match global.format {
                Format::Json => output.json(&report.document(), reports.len() > 1)?,
                Format::Markdown => output.text(&markdown(std::slice::from_ref(report)))?,
                Format::Table | Format::Csv => table::report(output, report)?,
            }
        }
        Ok(())
    }

    fn exit(&self, reports: &[Report]) -> Exit {
        let any = |outcome: Outcome| {
            reports.iter().flat_map(|report| &report.rows).any(|r| r.verdict.outcome == outcome)
        };
        let saved = reports.iter().any(Report::saved_money);
        if !reports.iter().any(Report::anything_seen) {
            // Where nothing was due, nothing was meant to be sent.
            if self.due.is_some() && !saved { Exit::Done } else { Exit::Failed }
        } else if any(Outcome::Broken) || (self.strict && any(Outcome::Looser)) {
            Exit::No
        } else if any(Outcome::Inconclusive) || (self.strict && saved) {
            Exit::Unsure
        } else {
            Exit::Done
        }
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

/// Scheme, host and port of an address.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let plain = !host.is_empty() && !host.contains('@');
    (matches!(scheme, "http" | "https") && plain).then(|| format!("{scheme}://{host}"))
}

/// Fails where a report could not be written in the end.
fn writable(file: &str) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let opened = options.create(true).append(true).open(file);
    opened.map(drop).with_context(|| format!("can't write {file}"))
}

fn verdicts(report: &Report) -> Vec<Verdict> {
    let verdict = |row: &cogdex::probe::Row| Verdict {
        id: row.id.clone(),
        verdict: row.verdict.outcome.word().to_owned(),
        reason: row.verdict.reason.clone(),
        observed: row.verdict.observed.clone(),
        latency_ms: row.latency_ms,
        cost: row.cost,
    };
    report.rows.iter().map(verdict).collect()
}
