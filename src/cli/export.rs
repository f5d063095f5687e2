//! `cogdex export`: documents made from the catalog, alone on stdout.

use anyhow::Result;
use clap::{Args, Subcommand};

use super::Exit;
use super::output::Output;

/// Flags of `export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The JSON Schema of the catalog's files, for completion in an editor
    Schema,
}

impl Export {
    pub(crate) fn run(&self, output: &mut Output) -> Result<Exit> {
        match self.what {
            What::Schema => output.json(&cogdex::catalog::schema(), false)?,
        }
        Ok(Exit::Done)
    }
}
