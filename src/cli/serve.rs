//! `cogdex serve`: the site from memory until Ctrl-C.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use jiff::civil::Date;

use super::output::Output;
use super::{Exit, Global, now_ms, open};
use cogdex::server::{
    ReloadEvent, ServerOptions, SharedSnapshot, SnapshotLoader, keep_current, listen, serve,
};

mod console;

/// Flags of `serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Address to listen on; port 0 picks a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    addr: SocketAddr,
    /// File with probe results [default: none; for the console in your data folder]
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// Reload --catalog when it changes; on errors, the previous version keeps running
    #[arg(long)]
    watch: bool,
    /// Number of threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Stop after this time
    #[arg(long, value_name = "TIME", value_parser = super::duration)]
    stop_after: Option<Duration>,
    /// Open a console to try listings; it may spend this much in 24 hours, such as "0.50 USD"
    #[arg(long, value_name = "AMOUNT")]
    spend_limit: Option<String>,
    /// Let the console call a built-in mock instead of the real APIs
    #[arg(long, requires = "spend_limit")]
    mock: bool,
    /// Host name under which others reach the console, if --addr is not loopback (repeatable)
    #[arg(long, value_name = "HOST", requires = "spend_limit")]
    console_host: Vec<String>,
    /// Exchange rate for the console: CNY/USD=0.14 means 1 CNY = 0.14 USD
    #[arg(long = "rate", value_name = "A/B=R", requires = "spend_limit")]
    rates: Vec<String>,
}

impl ServeArgs {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        if self.watch && global.catalog.is_none() {
            bail!("--watch: the built-in catalog does not change; give --catalog");
        }
        let runtime = self.runtime().context("can't start the server")?;
        let exit = runtime.block_on(self.serve(global, output, today));
        // A request of the console that is under way must not hold the program: it counts as spent.
        runtime.shutdown_background();
        exit
    }

    /// With one thread everything is on it, and nothing is handed from one to another.
    fn runtime(&self) -> std::io::Result<tokio::runtime::Runtime> {
        let mut builder = match self.threads {
            Some(1) => tokio::runtime::Builder::new_current_thread(),
            _ => tokio::runtime::Builder::new_multi_thread(),
        };
        if let Some(threads) = self.threads {
            builder.worker_threads(usize::from(threads));
        }
        builder.enable_all().build()
    }

    async fn serve(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let listener = listen(self.addr)?;
        let address = listener.local_addr()?;
        let catalog = open::catalog(global, output, today)?;
        let mut loader = SnapshotLoader {
            folder: global.catalog.clone(),
            history: self.history.clone(),
            ..SnapshotLoader::default()
        };
        loader.features.live = self.watch;
        let opened = match console::open_console(self, global, address, today, output).await? {
            Some((console, offer, temporary)) => {
                loader.features.console = Some(offer);
                Some((console, temporary))
            }
            None => None,
        };
        let (console, _temporary) = opened.unzip();
        let snapshot = SharedSnapshot::new(loader.load_catalog(catalog, today)?);
        let options = ServerOptions {
            stop_after: self.stop_after,
            history: self.history.clone(),
            ..ServerOptions::new(now_ms)
        };
        output.line(&format!("listening on http://{address}"))?;
        if console.is_some() {
            output.line(&format!("the console is at http://{address}/console/"))?;
        }
        output.flush()?;
        let report = |event| match event {
            ReloadEvent::Exchanged => output.warn("the catalog has changed, and is served"),
            ReloadEvent::Blind(why) => output.error(&format!("--watch: {why}")),
            ReloadEvent::Refused(lines) => {
                for line in &lines {
                    output.error(line);
                }
                output.error("the catalog could not be loaded; what was served before goes on");
            }
        };
        tokio::select! {
            served = serve(listener, snapshot.clone(), console, options) => served?,
            () = keep_current(snapshot, loader, self.watch, now_ms, report) => {}
        }
        Ok(Exit::Done)
    }
}
