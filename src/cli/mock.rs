//! `cogdex mock`: serves every contract on loopback until Ctrl-C.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::output::{DIM, Output};
use super::{Exit, Global, open};
use cogdex::mock::{Fault, MockOptions, MockState, serve};

/// Flags of `mock`.
#[derive(Debug, Args)]
#[command(
    after_help = "A request may say what it wants by headers: x-cogdex-fault names a fault; \
    x-cogdex-variant names the source whose side of a dispute is answered, or `async` for a task \
    where the endpoint may answer at once as well."
)]
pub(crate) struct MockArgs {
    /// Providers to imitate [default: all whose API is documented]
    providers: Vec<String>,
    /// Loopback address to listen on; port 0 picks a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8787")]
    addr: SocketAddr,
    /// Put this fault into every answer; the header x-cogdex-fault does it for one
    #[arg(long, value_name = "NAME")]
    fault: Option<Fault>,
    /// List all faults and exit
    #[arg(long)]
    fault_list: bool,
    /// How long answers take
    #[arg(long, value_enum, default_value_t)]
    latency: LatencyOption,
    /// Stop after this time
    #[arg(long, value_name = "TIME", value_parser = super::duration)]
    stop_after: Option<Duration>,
}

/// Whether answers take as long as documented.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum LatencyOption {
    /// No time
    #[default]
    None,
    /// The shortest time that the documentation gives
    Documented,
}

impl MockArgs {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        if self.fault_list {
            for fault in Fault::ALL {
                output.line(&format!("{:<24} {}", fault.name(), fault.meaning()))?;
            }
            return Ok(Exit::Done);
        }
        let catalog = open::catalog(global, output, today)?;
        for provider in &self.providers {
            if !catalog.providers.contains_key(provider.as_str()) {
                bail!("there is no provider `{provider}`");
            }
            let mut own = catalog.endpoints.values().filter(|e| e.provider.as_str() == provider);
            if own.all(|endpoint| endpoint.entity.clauses.is_empty()) {
                bail!("no contract is known for an endpoint of `{provider}`");
            }
        }
        let runtime = tokio::runtime::Runtime::new().context("can't start the server")?;
        let options = MockOptions {
            documented_latency: self.latency == LatencyOption::Documented,
            stop_after: self.stop_after,
        };
        let clock = || jiff::Timestamp::now().as_second();
        let mut told = Ok(());
        let served = runtime.block_on(serve(self.addr, options, clock, |address| {
            let origin = format!("http://{address}");
            let state = MockState::new(catalog, today, &self.providers, &origin, self.fault);
            told = announce(output, &state, &origin);
            state
        }));
        // A request that still draws or hangs must not hold the program.
        runtime.shutdown_background();
        served?;
        told?;
        Ok(Exit::Done)
    }
}

fn announce(output: &mut Output, state: &MockState, origin: &str) -> Result<()> {
    output.line(&format!("listening on {origin}"))?;
    for base in state.bases() {
        output.line(&format!("{:<20} {origin}{}{}", base.endpoint, base.prefix, base.path))?;
    }
    output.styled_line(DIM, "any key with `mock` in it is let in; Ctrl-C stops")?;
    output.flush()
}
