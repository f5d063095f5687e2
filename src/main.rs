//! The `cogdex` command: reads arguments, asks the library, writes what it answers.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::run()
}
