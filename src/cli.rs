//! The command line: what can be asked, and how the answer leaves the program.
//!
//! Data goes to stdout, all else to stderr. The clock is read here, once, and handed down.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

mod build;
mod check;
mod clap_errors;
mod compare;
mod diff;
mod export;
mod grouped_lines;
mod history;
mod import;
mod mock;
mod open;
mod output;
mod probe;
mod rates;
mod reprice;
mod serve;
mod show;
mod terms_args;
mod text_table;
mod verify;

use output::Output;

/// What a command comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, and all holds.
    Done,
    /// The answer is no.
    No,
    /// Wrong usage, or it could not be done.
    Failed,
    /// It could not be told.
    Unsure,
}

impl Exit {
    /// Returns the number that the program ends with.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::No => 1,
            Self::Failed => 2,
            Self::Unsure => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Ends a command whose error is on stderr already.
#[derive(Debug, thiserror::Error)]
#[error("the command ends with {0:?}")]
pub(crate) struct Reported(pub(crate) Exit);

/// What CogView-4 costs on every listing, with every figure accounted for.
#[derive(Debug, Parser)]
#[command(name = "cogdex", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Flags of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Flags of every command")]
pub(crate) struct Global {
    /// Use the catalog in this folder instead of the built-in one
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) catalog: Option<PathBuf>,
    /// Output format
    #[arg(long, global = true, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t)]
    color: Color,
    /// Hide warnings
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Show more: line numbers, ages, excerpts
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Table,
    /// For programs
    Json,
    /// For spreadsheets
    Csv,
    /// For documents
    Markdown,
    /// For data frames, as a file on stdout
    Parquet,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compare prices for a job, cheapest first
    Compare(compare::CompareArgs),
    /// Show a listing, provider or model: price, facts, disputes, sources
    Show(show::ShowArgs),
    /// Check the catalog for errors and outdated pages
    Check(check::CheckArgs),
    /// Compare two catalogs: changed facts, and what they do to your costs
    Diff(diff::DiffArgs),
    /// Write the website as files into a folder
    Build(build::BuildArgs),
    /// Run the website, with an API and live reload
    Serve(serve::ServeArgs),
    /// Calculate what a usage log would have cost on every listing
    Reprice(reprice::RepriceArgs),
    /// Test live APIs against their documentation, within a spending limit
    Probe(Box<probe::ProbeArgs>),
    /// Check whether the pages still say what the catalog says
    Verify(Box<verify::VerifyArgs>),
    /// Show past probe results and what they cost
    History(history::HistoryArgs),
    /// Run a local mock of every API
    Mock(mock::MockArgs),
    /// Export the catalog: JSON, SQL, Parquet, OpenAPI, LiteLLM
    Export(export::ExportArgs),
    /// Import price data (LiteLLM) or API descriptions (OpenAPI)
    Import(import::ImportArgs),
}

impl Command {
    /// Its name, and how its answer can be written.
    fn formats(&self) -> (&'static str, &'static [Format]) {
        match self {
            Self::Compare(_) => {
                ("compare", &[Format::Table, Format::Json, Format::Csv, Format::Markdown])
            }
            Self::Show(_) => ("show", &[Format::Table, Format::Json]),
            Self::Check(_) => ("check", &[Format::Table, Format::Json]),
            Self::Diff(_) => ("diff", &[Format::Table, Format::Json]),
            Self::Build(_) => ("build", &[Format::Table]),
            Self::Serve(_) => ("serve", &[Format::Table]),
            Self::Reprice(_) => {
                ("reprice", &[Format::Table, Format::Json, Format::Csv, Format::Parquet])
            }
            Self::Probe(_) => ("probe", &[Format::Table, Format::Json, Format::Markdown]),
            Self::Verify(_) => ("verify", &[Format::Table, Format::Json, Format::Markdown]),
            Self::History(_) => ("history", &[Format::Table, Format::Json]),
            Self::Mock(_) => ("mock", &[Format::Table]),
            Self::Export(_) => ("export", &[Format::Table, Format::Json]),
            Self::Import(_) => ("import", &[Format::Table, Format::Json]),
        }
    }
}

/// Runs the command line and gives the exit code.
pub(crate) fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error).into(),
    };
    let choice = match cli.global.color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    let mut output = Output::new(choice, cli.global.quiet);
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let (name, formats) = cli.command.formats();
    if !formats.contains(&cli.global.format) {
        let values = formats.iter().filter_map(ValueEnum::to_possible_value);
        let known: Vec<_> = values.map(|value| value.get_name().to_owned()).collect();
        output.error(&format!("--format: `{name}` writes {}", known.join(" or ")));
        return Exit::Failed.into();
    }
    let result = match &cli.command {
        Command::Compare(command) => command.run(&cli.global, &mut output, today),
        Command::Show(command) => command.run(&cli.global, &mut output, today),
        Command::Check(command) => command.run(&cli.global, &mut output, today),
        Command::Diff(command) => command.run(&cli.global, &mut output, today),
        Command::Build(command) => command.run(&cli.global, &mut output, today),
        Command::Serve(command) => command.run(&cli.global, &mut output, today),
        Command::Reprice(command) => command.run(&cli.global, &mut output, today),
        Command::Probe(command) => command.run(&cli.global, &mut output, today),
        Command::Verify(command) => command.run(&cli.global, &mut output, today),
        Command::History(command) => command.run(&cli.global, &mut output, today),
        Command::Mock(command) => command.run(&cli.global, &mut output, today),
        Command::Export(command) => command.run(&cli.global, &mut output, today),
        Command::Import(command) => command.run(&cli.global, &mut output, today),
    };
    let result = result.and_then(|exit| output.flush().map(|()| exit));
    result.unwrap_or_else(|error| fail(&mut output, &error)).into()
}

/// Help and version are answers, and so is the help for who names no command; anything else is one
/// line on stderr.
fn refuse(error: &clap::Error) -> Exit {
    let mut output = Output::new(anstream::ColorChoice::Auto, false);
    let mut program = Cli::command();
    program.build();
    let (mut command, is_program) = named_command(program);
    let answer = if !error.use_stderr() {
        error.render().to_string()
    } else if !clap_errors::is_without_command(error) {
        output.error(&clap_errors::describe(error, &command));
        return Exit::Failed;
    } else if is_program {
        command.render_help().to_string()
    } else {
        // Nothing was exported, and a file that stdout was sent to must not hold the help.
        output.help(&command.render_help().to_string());
        return Exit::Failed;
    };
    match output.text(&answer).and_then(|()| output.flush()) {
        Ok(()) => Exit::Done,
        Err(error) => fail(&mut output, &error),
    }
}

/// The command that the command line names, and whether that is the program itself.
fn named_command(program: clap::Command) -> (clap::Command, bool) {
    let (mut command, mut is_program) = (program, true);
    for word in std::env::args_os().skip(1) {
        if let Some(next) = command.find_subcommand(&word) {
            (command, is_program) = (next.clone(), false);
        }
    }
    (command, is_program)
}

/// A closed pipe is success: whoever reads has read enough.
fn fail(output: &mut Output, error: &anyhow::Error) -> Exit {
    let pipe = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    if pipe.into_iter().any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe) {
        return Exit::Done;
    }
    if let Some(Reported(exit)) = error.downcast_ref() {
        return *exit;
    }
    output.error(&format!("{error:#}"));
    Exit::Failed
}

/// Reads a time such as `10m`.
fn duration(text: &str) -> Result<Duration, String> {
    cogdex::pricing::read_duration(text).map(Duration::from_millis)
}

/// Milliseconds since 1970.
fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

pub(crate) use cogdex::pricing::read_day as date;
