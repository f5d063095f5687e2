//! The `cogdex` command: reads arguments, asks the library, writes what it answers.

use std::process::ExitCode;

mod cli;

/// To build a large site is a fourth cheaper with it than with the system's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
