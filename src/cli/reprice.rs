//! `cogdex reprice`: what a usage log would have cost on every listing.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::output::Output;
use super::terms_args::TermsArgs;
use super::{Exit, Format, Global, open};
use cogdex::catalog::{Catalog, Listing};
use cogdex::exchange::parquet_writer::report_parquet;
use cogdex::pricing::{PriceTable, changes_of, counts_volume};
use cogdex::reprice::{
    ConditionTest, EarlyEnd, GroupBy, Input, LogKind, Meaning, Periods, ReadOptions, ReadProgress,
    RepriceReport, RowCondition, TimeFormat, Usage, document, folder_columns, records,
};

mod bad_rows;
mod log_files;
mod progress;
mod spreadsheet;
mod table;

/// Flags of `reprice`.
#[derive(Debug, Args)]
pub(crate) struct RepriceArgs {
    /// Usage logs: CSV, JSON (also gzip, zstd or bz2) or Parquet, folders of them; - reads stdin
    #[arg(value_name = "USAGE", required = true)]
    usage: Vec<PathBuf>,
    /// Name columns that are not recognized: time=ts,images=n
    #[arg(long, value_name = "WHAT=COLUMN", value_delimiter = ',', value_parser = mapped)]
    map: Vec<(Meaning, String)>,
    /// Say what the log lacks, of all rows: images=1, size=1024x1024 (repeatable)
    #[arg(long = "set", value_name = "WHAT=VALUE", value_parser = set)]
    constants: Vec<(Meaning, String)>,
    /// Count only some rows: type=image, type!=chat, type~image for a prefix (repeatable)
    #[arg(long = "where", value_name = "COLUMN=VALUE", value_parser = condition)]
    conditions: Vec<RowCondition>,
    /// Read the log of a gateway: litellm, openrouter, langfuse, new-api or openai
    #[arg(long = "log", value_name = "GATEWAY", value_parser = log_kind)]
    kind: Option<LogKind>,
    /// Translate a value: size:auto=1024x1024 (repeatable)
    #[arg(long = "read", value_name = "WHAT:WORD=WORD", value_parser = read_as)]
    words: Vec<(Meaning, String, String)>,
    /// Read times in this form, as strptime has it: %m/%d/%Y
    #[arg(long, value_name = "FORMAT")]
    time_format: Option<TimeFormat>,
    /// What stands between fields, where the header does not tell: ; or tab
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<u8>,
    /// Also show totals per day, month, tag or listing of the log; several: day,tag
    #[arg(long, value_name = "WHAT", value_enum, value_delimiter = ',')]
    by: Vec<GroupOption>,
    #[command(flatten)]
    terms: TermsArgs,
    /// Read images below zero as refunds
    #[arg(long)]
    allow_negative: bool,
    /// Allow up to N unreadable rows
    #[arg(long, value_name = "N", default_value_t = 0, allow_hyphen_values = true)]
    allow_bad: u64,
}

/// What totals may be parted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum GroupOption {
    /// Per UTC day
    Day,
    /// Per month
    Month,
    /// Per tag
    Tag,
    /// Per listing or model of the log
    Listing,
}

/// Reads one character, or `tab`.
fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [b'"' | b'\n' | b'\r'] => Err("a quote or a line's end separates no fields".to_owned()),
        [byte] if byte.is_ascii() => Ok(*byte),
        _ => Err(format!("`{text}` is not one character, such as ; or tab")),
    }
}

/// Reads `time=ts`.
fn mapped(text: &str) -> Result<(Meaning, String), String> {
    let form = || format!("`{text}` is not such as time=ts");
    let (what, column) = text.split_once('=').ok_or_else(form)?;
    Ok((Meaning::from_str(what).map_err(|why| format!("{}: {why}", form()))?, column.to_owned()))
}

/// Reads `images=1`.
fn set(text: &str) -> Result<(Meaning, String), String> {
    let (what, value) = mapped(text)?;
    match what {
        Meaning::Images => {
            value.parse::<u64>().map_err(|_| format!("`{value}` is no count of images"))?;
        }
        Meaning::Size => {
            value.parse::<cogdex::catalog::Size>()?;
        }
        Meaning::Width | Meaning::Height => {
            return Err("give both sides: size=1024x1024".to_owned());
        }
        Meaning::Time | Meaning::Quality | Meaning::Listing | Meaning::Model | Meaning::Tag => {}
    }
    Ok((what, value))
}

/// Reads `type=image`, `type!=chat` and `type~image`.
fn condition(written: &str) -> Result<RowCondition, String> {
    let form = || format!("`{written}` is not such as type=image");
    let at = written.find(['=', '~']).ok_or_else(form)?;
    let (column, value) = (&written[..at], &written[at + 1..]);
    let (column, test) = match (column.strip_suffix('!'), &written[at..=at]) {
        (Some(column), "=") => (column, ConditionTest::IsNot),
        (_, "=") => (column, ConditionTest::Is),
        _ => (column, ConditionTest::StartsWith),
    };
    if column.is_empty() {
        return Err(form());
    }
    Ok(RowCondition { column: column.to_owned(), test, value: value.to_owned() })
}

fn log_kind(text: &str) -> Result<LogKind, String> {
    let known = "litellm, openrouter, langfuse, new-api, openai";
    text.parse().map_err(|_| format!("`{text}` is none of: {known}"))
}

/// Reads `size:auto=1024x1024`.
fn read_as(text: &str) -> Result<(Meaning, String, String), String> {
    let form = || format!("`{text}` is not such as size:auto=1024x1024");
    let (what, words) = text.split_once(':').ok_or_else(form)?;
    let (written, meant) = words.split_once('=').ok_or_else(form)?;
    let what = Meaning::from_str(what).map_err(|why| format!("{}: {why}", form()))?;
    // A model stands in for a listing, and has its words.
    let what = if what == Meaning::Model { Meaning::Listing } else { what };
    if matches!(what, Meaning::Time | Meaning::Images) {
        return Err(format!("{}: times and images are no words", form()));
    }
    if what == Meaning::Size {
        meant.parse::<cogdex::catalog::Size>()?;
    }
    Ok((what, written.to_owned(), meant.to_owned()))
}

impl RepriceArgs {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let (by, (terms, variant)) = (self.by()?, self.terms.pricing()?);
        if global.format == Format::Parquet && std::io::stdout().is_terminal() {
            bail!("--format parquet: stdout is a terminal; send it to a file");
        }
        let catalog = open::catalog(global, output, today)?;
        let listings = self.terms.listings(&catalog)?;
        let watch = Arc::new(ReadProgress::default());
        let reading = self.reading(&catalog, &listings, by);
        let usage = self.read(global, output, &reading, &watch)?;
        let currency = terms.currency;
        let table = PriceTable::new(&catalog, terms);
        let as_of = self.terms.as_of;
        RepriceReport::check_parts(&usage, listings.len(), by)?;
        let report = RepriceReport::new(&table, &listings, &usage, &variant, by, as_of);
        drop(table);
        match global.format {
            Format::Json => {
                output.json(&document(&catalog, currency, &usage, &report), false)?;
            }
            Format::Csv => {
                spreadsheet::csv(output, &catalog, currency, &usage, by, &records(&report, by))?;
            }
            Format::Parquet => {
                output.bytes(&report_parquet(
                    &catalog,
                    currency,
                    &usage,
                    by,
                    &records(&report, by),
                )?)?;
            }
            Format::Table | Format::Markdown => {
                table::print(output, &catalog, currency, &usage, &report)?;
            }
        }
        let exit = self.exit(output, &usage, &report);
        // To free each of the catalog's texts would take longer than to leave.
        std::mem::forget(catalog);
        Ok(exit)
    }

    /// Reads all files, as one log.
    fn read(
        &self,
        global: &Global,
        output: &mut Output,
        reading: &ReadOptions,
        watch: &Arc<ReadProgress>,
    ) -> Result<Usage> {
        if let Some(kind) = self.kind {
            output.warn(&format!("log of {}: {}", kind.as_str(), kind.assumptions()));
        }
        progress::stop_on_interrupt(watch)?;
        let files = log_files::expand(&self.usage)?;
        // All of them are looked at before the first is read: a wrong name is told at once.
        files.iter().try_for_each(|path| Input::look(path, watch))?;
        let bar = progress::show(watch, global.quiet);
        let mut all = Usage::default();
        for path in &files {
            let usage = read_file(path, reading, watch)?;
            if files.len() == 1 {
                all = usage;
            } else {
                all.append(usage, &path.display().to_string())?;
            }
            if all.partial == Some(EarlyEnd::Interrupted) {
                break;
            }
        }
        drop(bar);
        Ok(all)
    }

    fn by(&self) -> Result<GroupBy> {
        let has = |what| self.by.contains(&what);
        let by = GroupBy {
            day: has(GroupOption::Day),
            month: has(GroupOption::Month),
            tag: has(GroupOption::Tag),
            listing: has(GroupOption::Listing),
        };
        if by.day && by.month {
            bail!("--by: days are parts of months; leave out one of the two");
        }
        Ok(by)
    }

    fn reading(&self, catalog: &Catalog, listings: &[&Listing], by: GroupBy) -> ReadOptions {
        // One day's facts for all rows: then no fact changes between them.
        let mut days: Vec<Date> = Vec::new();
        if self.terms.as_of.is_none() {
            for listing in listings {
                days.extend(changes_of(catalog, listing));
            }
        }
        ReadOptions {
            map: self.map.clone(),
            words: self.words.clone(),
            // Where volume counts, it is that of a calendar month.
            periods: Periods::new(&days, by.day, by.month || counts_volume(catalog, listings)),
            by_tag: by.tag,
            by_listing: by.listing,
            time_format: self.time_format.clone(),
            delimiter: self.delimiter,
            constants: self.constants.clone(),
            conditions: self.conditions.clone(),
            kind: self.kind,
            folders: Vec::new(),
            allow_negative: self.allow_negative,
        }
    }

    /// Says what is missing in the answer, and what that comes to.
    fn exit(&self, output: &mut Output, usage: &Usage, report: &RepriceReport<'_>) -> Exit {
        if report.has_early_rows() {
            output.warn(
                "rows before a listing's first statement have no price there; to price them with \
                 the facts of a later day, give --as-of DATE",
            );
        }
        if usage.rows == 0 && usage.bad.count == 0 && usage.left_out.count > 0 {
            output.error(&bad_rows::describe_left_out(&usage.left_out));
            return Exit::No;
        }
        if let Some(end) = usage.partial {
            if usage.bad.count > 0 {
                output.warn(&bad_rows::describe(&usage.bad));
            }
            output.warn(&format!("{end}: this is what was read so far, and not all of the log"));
            return Exit::Unsure;
        }
        if usage.bad.count > self.allow_bad {
            let text = bad_rows::describe(&usage.bad);
            output
                .error(&format!("{text}; to let that pass, give --allow-bad {}", usage.bad.count));
            return Exit::No;
        }
        if usage.bad.count > 0 {
            output.warn(&bad_rows::describe(&usage.bad));
        }
        Exit::Done
    }
}

/// Reads one file, with the columns that its folders have.
fn read_file(path: &Path, reading: &ReadOptions, watch: &Arc<ReadProgress>) -> Result<Usage> {
    let folders = folder_columns(path);
    let of_file = (!folders.is_empty()).then(|| ReadOptions { folders, ..reading.clone() });
    match Input::open(path, watch) {
        Ok(input) => {
            let usage = Usage::read(input, of_file.as_ref().unwrap_or(reading), watch);
            usage.with_context(|| format!("`{}`", path.display()))
        }
        Err(_) if watch.is_stopped() => {
            Ok(Usage { partial: Some(EarlyEnd::Interrupted), ..Usage::default() })
        }
        Err(why) => Err(why.into()),
    }
}
