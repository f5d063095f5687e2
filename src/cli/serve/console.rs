//! From flags and the environment to a console: its limit, its keys, its token, and its mock.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use jiff::civil::Date;

use super::ServeArgs;
use crate::cli::output::Output;
use crate::cli::terms_args::question;
use crate::cli::{Global, now_ms, open};
use cogdex::catalog::{Catalog, Currency, OpenError, Tree, amount_of};
use cogdex::history::History;
use cogdex::mock::{self, MockState};
use cogdex::pricing::amount;
use cogdex::probe::ApiKey;
use cogdex::server::{Console, ConsoleAuth, ConsoleTarget, SpendPolicy};
use cogdex::site::ConsoleFeature;

/// A ledger of the mock's, which goes with the server.
pub(super) struct Temporary(Option<PathBuf>);

impl Drop for Temporary {
    fn drop(&mut self) {
        let Some(path) = &self.0 else { return };
        for ending in ["", "-wal", "-shm"] {
            let mut name = path.as_os_str().to_owned();
            name.push(ending);
            drop(std::fs::remove_file(name));
        }
    }
}

/// The console, where a limit is given; everything that can fail for free fails here.
pub(super) async fn open_console(
    args: &ServeArgs,
    global: &Global,
    address: SocketAddr,
    today: Date,
    output: &mut Output,
) -> Result<Option<(Console, ConsoleFeature, Temporary)>> {
    let Some(limit) = &args.spend_limit else { return Ok(None) };
    let (limit, currency) = amount_of(limit).map_err(|why| anyhow!("--spend-limit: {why}"))?;
    if currency == Currency::Credits {
        bail!("--spend-limit: a limit is in money, not in credits");
    }
    let rates = question(std::iter::empty(), &args.rates)?.rates;
    let token = token()?;
    let auth = ConsoleAuth::new(address, &args.console_host, token.clone())?;
    let (history, temporary) = ledger(args, &token)?;
    History::open(&history)?;
    let mut providers = None;
    let place = if args.mock {
        start_mock(global, today).await?
    } else {
        let keys = keys(output)?;
        providers = Some(keys.keys().cloned().collect::<BTreeSet<_>>());
        ConsoleTarget::Endpoints(keys)
    };
    let offer = ConsoleFeature {
        token,
        limit: format!("{} {currency}", amount(limit)),
        mock: args.mock,
        providers,
    };
    let till = SpendPolicy { limit, currency, rates, history };
    Ok(Some((Console::new(auth, place, till, now_ms)?, offer, temporary)))
}

/// What the mock is paid is no money, and must not count against a limit of real money.
fn ledger(args: &ServeArgs, token: &str) -> Result<(PathBuf, Temporary)> {
    match &args.history {
        Some(path) => Ok((path.clone(), Temporary(None))),
        None if args.mock => {
            let name = format!("cogdex-mock-{}.sqlite", token.get(..12).unwrap_or(token));
            let path = std::env::temp_dir().join(name);
            Ok((path.clone(), Temporary(Some(path))))
        }
        None => Ok((open::default_history()?, Temporary(None))),
    }
}

/// 128 bits of the operating system's, in hex: nobody guesses them.
fn token() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|why| anyhow!("can't make a token: {why}"))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

/// The keys of the environment, by the variables that the built-in catalog names.
fn keys(output: &mut Output) -> Result<BTreeMap<String, ApiKey>> {
    let embedded = Catalog::embedded()?;
    let mut keys = BTreeMap::new();
    for provider in embedded.providers.values() {
        let Some(name) = provider.key_env.as_deref() else { continue };
        let key = open::api_key(name, output)?;
        keys.extend(key.map(|key| (provider.id.to_string(), key)));
    }
    Ok(keys)
}

/// Starts a mock on a free port of loopback; it ends with the server.
async fn start_mock(global: &Global, today: Date) -> Result<ConsoleTarget> {
    let catalog = catalog(global.catalog.as_deref(), today)?;
    let (tell, told) = tokio::sync::oneshot::channel();
    let clock = || now_ms() / 1000;
    let made = move |address: SocketAddr| {
        let origin = format!("http://{address}");
        let state = MockState::new(catalog, today, &[], &origin, None);
        let base =
            |base: &mock::MockEndpoint| (base.endpoint.clone(), format!("{origin}{}", base.prefix));
        let bases: BTreeMap<_, _> = state.bases().iter().map(base).collect();
        drop(tell.send((origin.clone(), bases)));
        state
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    tokio::spawn(mock::serve(address, mock::MockOptions::default(), clock, made));
    let (origin, bases) = told.await.context("can't start the mock")?;
    let key = ApiKey::new("mock-key-of-the-console".to_owned())?;
    Ok(ConsoleTarget::Mock { origin, bases, key })
}

/// The catalog once more, for the mock to hold.
fn catalog(folder: Option<&Path>, today: Date) -> Result<Catalog, OpenError> {
    match folder {
        Some(folder) => Catalog::open(&Tree::folder(folder)?, today),
        None => Catalog::embedded(),
    }
}
