//! `cogdex serve`: the site from memory until Ctrl-C.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use jiff::civil::Date;

use super::output::Output;
use super::{Exit, Global, build, open};
use cogdex::compare::read_duration;
use cogdex::serve::{Live, Loaded, Options, listen, routes, serve};

/// Flags of `serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The address to serve on; port 0 takes any free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    addr: SocketAddr,
    /// The file of runs, for what probes saw [default: none]
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// Stop by itself after this time
    #[arg(long, value_name = "TIME", value_parser = duration)]
    stop_after: Option<Duration>,
}

fn duration(text: &str) -> Result<Duration, String> {
    read_duration(text).map(Duration::from_millis)
}

impl Serve {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let catalog = match open::catalog(global, output, today)? {
            Ok(catalog) => catalog,
            Err(exit) => return Ok(exit),
        };
        let records = build::records(&catalog, self.history.as_deref())?;
        let live = Live::new(Loaded::of(catalog, &records, today)?);
        let runtime = tokio::runtime::Runtime::new().context("can't start the server")?;
        let options = Options { stop_after: self.stop_after, ..Options::default() };
        runtime.block_on(async {
            let listener = listen(self.addr)?;
            output.line(&format!("listening on http://{}", listener.local_addr()?))?;
            output.flush()?;
            Ok::<_, anyhow::Error>(serve(listener, live.clone(), routes(live), options).await?)
        })?;
        Ok(Exit::Done)
    }
}
