//! A report for reading: totals of every listing, why rows have none, and the parts of the log.

use anyhow::Result;
use rust_decimal::Decimal;

use crate::cli::grouped_lines::GroupedLines;
use crate::cli::output::{BOLD, DIM, Output, YELLOW, clean, plural, table};
use cogdex::catalog::{Catalog, Currency};
use cogdex::pricing::{QuoteState, grouped};
use cogdex::reprice::{Breakdown, RepriceReport, Sum, Total, Usage};

/// How long a range may be before its ends stand in lines of their own.
const ROOM_FOR_A_RANGE: usize = 24;

/// The longest name of a listing that is never broken.
const ROOM_FOR_A_NAME: usize = 32;

/// Prints the answer.
pub(super) fn print(
    output: &mut Output,
    catalog: &Catalog,
    currency: Currency,
    usage: &Usage,
    report: &RepriceReport<'_>,
) -> Result<()> {
    output.wrapped_in(BOLD, "", "  ", &title(usage))?;
    output.styled_line(DIM, &stamp(catalog, report))?;
    if usage.partial {
        output.styled_line(YELLOW, "Interrupted: what was read so far")?;
    }
    output.line("")?;
    listings(output, currency, report)?;
    for rate in &report.rates {
        output.wrapped("Rate: ", "  ", &crate::cli::compare::describe_rate(rate))?;
    }
    parts(output, currency, report)?;
    bad(output, usage)?;
    output.line("")
}

fn count(number: u64) -> String {
    grouped(Decimal::from(number))
}

fn title(usage: &Usage) -> String {
    let images: u128 = usage.groups.values().map(|count| u128::from(count.images)).sum();
    let days = usage.days.map_or_else(String::new, |(from, to)| {
        if from == to { format!(", {from}") } else { format!(", {from} to {to}") }
    });
    let images = u64::try_from(images)
        .map_or_else(|_| format!("{images} images"), |images| plural(images, "image"));
    format!("{}, {images}{days}", plural(usage.rows, "row"))
}

/// Whether a name of a listing would leave figures no room: it is broken before they are.
fn has_long_name(report: &RepriceReport<'_>) -> bool {
    report.lines.iter().any(|line| line.listing.id.chars().count() > ROOM_FOR_A_NAME)
}

fn stamp(catalog: &Catalog, report: &RepriceReport<'_>) -> String {
    let edition = catalog.edition().map_or("under edit", |edition| edition.name.as_str());
    let digest = catalog.digest.get(..12).unwrap_or_default();
    let day = report.as_of.map_or_else(
        || "each row as of its own day".to_owned(),
        |day| format!("all rows as of {day}"),
    );
    format!("{day}, catalog {} ({digest})", clean(edition))
}

fn listings(output: &mut Output, currency: Currency, report: &RepriceReport<'_>) -> Result<()> {
    let mut notes = GroupedLines::new();
    for (number, line) in report.lines.iter().enumerate() {
        for text in notes_of(report, &line.sum) {
            notes.add(text, number);
        }
    }
    let total = format!("Total {currency}");
    let header = ["#", "Listing", &total, "Images", "Notes"];
    let whole = if has_long_name(report) { 2 } else { 1 };
    let mut rows = table(output.width, &header, &[0, 2, 3], whole);
    for (number, line) in report.lines.iter().enumerate() {
        let rank = line.sum.total().map_or_else(|| "-".to_owned(), |_| (number + 1).to_string());
        let (total, images) = (total_of(&line.sum), count(line.sum.priced.images));
        rows.add_row([rank, clean(&line.listing.id), total, images, notes.marks(&number)]);
    }
    output.line(&rows.trim_fmt())?;
    notes.print(output)
}

fn notes_of(report: &RepriceReport<'_>, sum: &Sum) -> Vec<String> {
    let mut notes = Vec::new();
    if sum.is_floor() {
        let refused: u64 = sum.refused.values().sum();
        let have = if refused == 1 { "row has" } else { "rows have" };
        notes.push(format!("a floor: {} {have} no price there", count(refused)));
    }
    if sum.state() == QuoteState::Disputed {
        notes.push("disputed: sources differ; from the lowest to the highest".to_owned());
    }
    notes.extend(report.refused(sum).map(|(why, rows)| {
        let hint = if why.is_early() { ": price them with --as-of DATE" } else { "" };
        format!("{}: {}{hint}", plural(rows, "row"), why.log_text())
    }));
    notes
}

/// `≥ 8–40`, or one amount; a dash where nothing could be priced.
fn total_of(sum: &Sum) -> String {
    let Some((low, high)) = sum.total() else { return "-".to_owned() };
    let floor = if sum.is_floor() { "≥ " } else { "" };
    if low == high {
        return format!("{floor}{}", apart(low));
    }
    let (low, high) = (apart(low), apart(high));
    let long = low.chars().count() + high.chars().count() > ROOM_FOR_A_RANGE;
    format!("{floor}{low}–{}{high}", if long { "\n" } else { "" })
}

/// A total with its thousands apart.
fn apart(total: Total) -> String {
    let text = total.to_string();
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), ""), |parts| parts);
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    if rest.is_empty() { whole } else { format!("{whole}.{rest}") }
}

fn parts(output: &mut Output, currency: Currency, report: &RepriceReport<'_>) -> Result<()> {
    let whole = usize::from(has_long_name(report));
    let mut last: Option<&Breakdown> = None;
    let mut rows = None;
    for (part, listing, sum) in &report.parts {
        if last != Some(part) {
            if let Some(rows) = rows.take() {
                output.line(&comfy_table::Table::trim_fmt(&rows))?;
            }
            let words: Vec<_> = part
                .keys()
                .into_iter()
                .map(|(key, word)| format!("{key} {}", label(&word)))
                .collect();
            output.heading(&words.join(", "))?;
            last = Some(part);
        }
        let total = format!("Total {currency}");
        let header = ["Listing", &total, "Images"];
        let rows = rows.get_or_insert_with(|| table(output.width, &header, &[1, 2], whole));
        rows.add_row([clean(&listing.id), total_of(sum), count(sum.priced.images)]);
    }
    if let Some(rows) = rows {
        output.line(&rows.trim_fmt())?;
    }
    Ok(())
}

fn label(word: &str) -> String {
    if word.is_empty() { "(none)".to_owned() } else { word.to_owned() }
}

fn bad(output: &mut Output, usage: &Usage) -> Result<()> {
    if usage.bad.count == 0 {
        return Ok(());
    }
    output.heading(&format!("{} could not be read", plural(usage.bad.count, "row")))?;
    for (fault, rows) in usage.bad.by_kind() {
        let lines = usage.bad.first.iter().filter(|(_, of)| *of == fault);
        let lines: Vec<_> = lines.map(|(line, _)| line.to_string()).collect();
        let at =
            if lines.is_empty() { String::new() } else { format!(", line {}", lines.join(", ")) };
        output.wrapped("  ", "    ", &format!("{}: {}{at}", fault.as_str(), count(rows)))?;
    }
    Ok(())
}
