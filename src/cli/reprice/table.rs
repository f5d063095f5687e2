//! A report for reading: totals of every listing, why rows have none, and the parts of the log.

use anyhow::Result;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::bad_rows::places;
use crate::cli::grouped_lines::GroupedLines;
use crate::cli::output::{BOLD, DIM, GREEN, Output, YELLOW, clean, plural, styled};
use crate::cli::text_table::{Column, TextTable};
use crate::cli::{open, rates};
use cogdex::catalog::{Catalog, Currency};
use cogdex::pricing::{PriceRange, QuoteState, UsedRate, grouped, money_range, span};
use cogdex::reprice::{Breakdown, RepriceReport, Sum, Total, Usage, UsageCount, UsageKey};

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
    if let Some(end) = usage.partial {
        output.styled_line(YELLOW, &format!("Not all of the log, but what was read: {end}"))?;
    }
    output.line("")?;
    listings(output, currency, report)?;
    for rate in &report.rates {
        if let Some(day) = last_day_of(rate, usage, report) {
            rates::print(output, std::slice::from_ref(rate), day)?;
        }
    }
    parts(output, currency, report)?;
    bad(output, usage)?;
    output.line("")
}

fn count(number: u64) -> String {
    grouped(Decimal::from(number))
}

fn images(number: i64) -> String {
    grouped(Decimal::from(number))
}

fn title(usage: &Usage) -> String {
    let signed = |(alike, count): (&UsageKey, &UsageCount)| {
        let images = i128::from(count.images);
        if alike.is_refund { -images } else { images }
    };
    let images: i128 = usage.groups.iter().map(signed).sum();
    let days = usage.days.map_or_else(String::new, |(from, to)| {
        if from == to { format!(", {from}") } else { format!(", {from} to {to}") }
    });
    let images = u64::try_from(images)
        .map_or_else(|_| format!("{images} images"), |images| plural(images, "image"));
    format!("{}, {images}{days}", plural(usage.rows, "row"))
}

/// The last day for which a rate was used: rows of later days have a newer one.
fn last_day_of(rate: &UsedRate, usage: &Usage, report: &RepriceReport<'_>) -> Option<Date> {
    let last = report.as_of.or(usage.days.map(|(_, last)| last)).or(rate.date)?;
    let newer = report.rates.iter().filter(|other| other.pair == rate.pair);
    let newer = newer.filter_map(|other| other.date).filter(|date| Some(*date) > rate.date).min();
    Some(newer.and_then(|date| date.yesterday().ok()).map_or(last, |before| before.min(last)))
}

fn stamp(catalog: &Catalog, report: &RepriceReport<'_>) -> String {
    let day = report.as_of.map_or_else(
        || "each row as of its own day".to_owned(),
        |day| format!("all rows as of {day}"),
    );
    format!("{day}, {}", open::describe(catalog))
}

fn listings(output: &mut Output, currency: Currency, report: &RepriceReport<'_>) -> Result<()> {
    let mut notes = GroupedLines::new();
    for (number, line) in report.lines.iter().enumerate() {
        if line.sum.state() == QuoteState::Disputed {
            let text = "sources differ; from the lowest to the highest".to_owned();
            notes.add_kind("disputed", YELLOW, text, number);
        }
        for text in notes_of(report, &line.sum) {
            notes.add(text, number);
        }
    }
    let mut rows = TextTable::new([
        Column::right("#").title(),
        Column::left("Listing").title(),
        Column::right("Total"),
        Column::right("Images").named("", "images"),
        Column::left("Notes"),
    ]);
    for (number, line) in report.lines.iter().enumerate() {
        // A total that lacks rows can't be held against others.
        let is_ranked = line.sum.total().is_some() && !line.sum.is_floor();
        let rank = if is_ranked { (number + 1).to_string() } else { "-".to_owned() };
        let is_first = number == 0 && is_ranked;
        let of_first = |text: String| if is_first { styled(GREEN, &text) } else { text };
        rows.add_row([
            of_first(rank),
            of_first(clean(&line.listing.id)),
            of_first(total_of(&line.sum, currency)),
            images(line.sum.priced.images),
            notes.marks(&number),
        ]);
    }
    rows.print(output, 0)?;
    notes.print(output)
}

fn notes_of(report: &RepriceReport<'_>, sum: &Sum) -> Vec<String> {
    let mut notes = Vec::new();
    if sum.is_floor() {
        let refused: u64 = sum.refused.values().sum();
        let have = if refused == 1 { "row has" } else { "rows have" };
        notes.push(format!("a floor: {} {have} no price there", count(refused)));
    }
    notes.extend(report.refused(sum).map(|(why, rows)| {
        let hint = if why.is_early() { ": price them with --as-of DATE" } else { "" };
        format!("{}: {}{hint}", plural(rows, "row"), why.log_text())
    }));
    notes
}

/// `≥ $8–40`, or one amount; a dash where nothing could be priced.
fn total_of(sum: &Sum, currency: Currency) -> String {
    let Some((low, high)) = sum.total() else { return "-".to_owned() };
    let floor = if sum.is_floor() { "≥ " } else { "" };
    // A sum may be longer than any one amount; then it is shown as it is.
    let text = match (amount(low), amount(high)) {
        (Some(low), Some(high)) => money_range(PriceRange { low, high }, currency),
        _ => format!("{} {currency}", span(low.to_string(), &high.to_string())),
    };
    format!("{floor}{text}")
}

fn amount(total: Total) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(total.at(total.scale()).ok()?, total.scale()).ok()
}

fn parts(output: &mut Output, currency: Currency, report: &RepriceReport<'_>) -> Result<()> {
    for (breakdown, sums) in &report.parts {
        output.heading(&title_of_part(breakdown))?;
        let mut rows = TextTable::new([
            Column::left("Listing").title(),
            Column::right("Total"),
            Column::right("Images").named("", "images"),
        ]);
        for (line, sum) in report.lines.iter().zip(sums) {
            let total = total_of(sum, currency);
            rows.add_row([clean(&line.listing.id), total, images(sum.priced.images)]);
        }
        rows.print(output, 0)?;
    }
    Ok(())
}

fn title_of_part(part: &Breakdown) -> String {
    let keys = part.keys().into_iter();
    let words: Vec<_> = keys.map(|(key, word)| format!("{key} {}", label(&word))).collect();
    words.join(", ")
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
        let at = places(&usage.bad, fault, usize::MAX);
        let at = at.map_or_else(String::new, |at| format!(", {at}"));
        output.wrapped("  ", "    ", &format!("{}: {}{at}", fault.as_str(), count(rows)))?;
    }
    Ok(())
}
