//! The comparison for reading: ranked rows, what needs a look, what could not be ranked.

use anyhow::Result;
use rust_decimal::Decimal;

use crate::cli::grouped_lines::GroupedLines;
use crate::cli::output::{BOLD, DIM, Output, YELLOW, clean, styled, table};
use cogdex::catalog::{Catalog, Currency, SourcePlace};
use cogdex::pricing::{
    Comparison, CountRange, Job, PriceRange, PriceTable, Quote, QuoteLine, QuoteState, grouped,
};

/// The longest name of a listing that is never broken.
const ROOM_FOR_A_NAME: usize = 32;

/// How many characters total and share per image may have together in a line of 80.
const ROOM_FOR_FIGURES: usize = 30;

/// How long a range may be before its ends stand in lines of their own.
const ROOM_FOR_A_RANGE: usize = 24;

/// Prints the answer to one job.
pub(super) fn print(
    output: &mut Output,
    table: &PriceTable<'_>,
    job: &Job,
    comparison: &Comparison,
    explain: bool,
) -> Result<()> {
    let currency = table.terms().currency;
    output.wrapped_in(BOLD, "", "  ", &title(job))?;
    output.styled_line(DIM, &stamp(table.catalog(), comparison))?;
    output.line("")?;
    let notes = collect_notes(comparison);
    ranked(output, job, currency, comparison, &notes)?;
    notes.print(output)?;
    for rate in &comparison.rates {
        output.wrapped("Rate: ", "  ", &super::describe_rate(rate))?;
    }
    unranked(output, comparison)?;
    if explain {
        for (_, quote) in &comparison.quotes {
            if !quote.readings.is_empty() {
                print_quote(output, currency, quote)?;
            }
        }
    }
    output.line("")
}

/// What the job is, in a line: `1,000 images, 1024x1024, hd`.
pub(super) fn title(job: &Job) -> String {
    let name = job.name.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
    let quality = job.quality.as_deref().unwrap_or("default quality");
    let what = match job.budget {
        Some(budget) => format!("What {} {} gives", grouped(budget.amount), budget.currency),
        None if job.images == 1 => "1 image".to_owned(),
        None => format!("{} images", grouped(Decimal::from(job.images))),
    };
    let mut title = format!("{name}{what}, {}, {quality}", job.size);
    for (word, rate) in [("thrown away", job.reject_rate), ("failing", job.fail_rate)] {
        if !rate.0.is_zero() {
            title = format!("{title}, {rate} {word}");
        }
    }
    title
}

fn stamp(catalog: &Catalog, comparison: &Comparison) -> String {
    let edition = catalog.edition().map_or("under edit", |edition| edition.name.as_str());
    let digest = catalog.digest.get(..12).unwrap_or_default();
    format!("as of {}, catalog {} ({digest})", comparison.as_of, clean(edition))
}

fn ranked(
    output: &mut Output,
    job: &Job,
    currency: Currency,
    comparison: &Comparison,
    notes: &GroupedLines<usize>,
) -> Result<()> {
    let what = if job.budget.is_some() { "Images".to_owned() } else { format!("Total {currency}") };
    let mut lines = Vec::new();
    for (number, (rank, quote)) in comparison.quotes.iter().enumerate() {
        let (Some(rank), Some(total)) = (rank, quote.total) else { continue };
        let first = quote.images.map_or_else(|| span(total), image_span);
        let each = quote.per_image.map_or_else(String::new, span);
        let time = quote.duration_s.map_or_else(|| "?".to_owned(), time);
        let marks = notes.marks(&number);
        lines.push([rank.to_string(), clean(&quote.listing), first, each, time, marks]);
    }
    if lines.is_empty() {
        return output.line("No listing can be ranked for this job.");
    }
    // Long figures are never cut in two: they take two lines, and the room of what they repeat.
    let long = lines.iter().any(|[_, _, total, each, ..]| {
        total.chars().count() + each.chars().count() > ROOM_FOR_FIGURES
    });
    let header = ["#", "Listing", &what, "Per image", "Time", "Notes"];
    let kept: Vec<usize> = (0..header.len()).filter(|column| !long || *column != 3).collect();
    let header: Vec<&str> = kept.iter().map(|column| header[*column]).collect();
    // A name that leaves figures no room is broken before they are.
    let named = lines.iter().any(|[_, id, ..]| id.chars().count() > ROOM_FOR_A_NAME);
    let right: &[usize] = if long { &[0, 2] } else { &[0, 2, 3] };
    let mut rows = table(output.width, &header, right, if named { 2 } else { 1 });
    for line in &lines {
        rows.add_row(kept.iter().map(|column| match line[*column].split_once('–') {
            Some((low, high)) if *column == 2 && line[2].chars().count() > ROOM_FOR_A_RANGE => {
                format!("{low}–\n{high}")
            }
            _ => line[*column].clone(),
        }));
    }
    output.line(&rows.trim_fmt())
}

/// `8–40`, or one amount.
fn span(range: PriceRange) -> String {
    if range.low == range.high {
        return grouped(range.low);
    }
    format!("{}–{}", grouped(range.low), grouped(range.high))
}

fn image_span(images: CountRange) -> String {
    span(PriceRange { low: images.low.into(), high: images.high.into() })
}

/// `5–10 s`, `25–67 min`, `3.2–6.5 h`: rounded outwards, never faster or slower than stated.
fn time(span: CountRange) -> String {
    let (per, tenths, unit) = match span.high {
        0..=119 => (1, 1, "s"),
        120..=7_199 => (60, 1, "min"),
        _ => (3_600, 10, "h"),
    };
    let one = |number: u64| {
        let (whole, rest) = (number / tenths, number % tenths);
        if rest == 0 { grouped(whole.into()) } else { format!("{}.{rest}", grouped(whole.into())) }
    };
    let low = one(span.low.saturating_mul(tenths) / per);
    let high = one(span.high.saturating_mul(tenths).div_ceil(per));
    if span.low == span.high || low == high {
        format!("{high} {unit}")
    } else {
        format!("{low}–{high} {unit}")
    }
}

/// What is said below the table, by the numbers of the rows it is said of.
fn collect_notes(comparison: &Comparison) -> GroupedLines<usize> {
    let mut notes = GroupedLines::new();
    for (number, (rank, quote)) in comparison.quotes.iter().enumerate() {
        if rank.is_none() {
            continue;
        }
        let warnings = quote.warnings.iter().map(|w| format!("{}: {}", w.code, w.text));
        for text in disputes(quote).into_iter().chain(warnings) {
            notes.add(text, number);
        }
    }
    notes
}

fn disputes(quote: &Quote) -> Option<String> {
    if quote.state != QuoteState::Disputed {
        return None;
    }
    let readings: Vec<_> = quote
        .readings
        .iter()
        .map(|reading| {
            let total = match (reading.images, reading.total) {
                (Some(images), _) => format!("{} images", image_span(images)),
                (None, Some(total)) => span(total),
                (None, None) => "refused".to_owned(),
            };
            format!(
                "{total} if {} is right ({})",
                SourcePlace::list(&reading.sources),
                reading.reason
            )
        })
        .collect();
    Some(format!("disputed: {}", readings.join("; ")))
}

fn unranked(output: &mut Output, comparison: &Comparison) -> Result<()> {
    let others: Vec<_> = comparison.quotes.iter().filter(|(rank, _)| rank.is_none()).collect();
    if others.is_empty() {
        return Ok(());
    }
    output.heading("Not ranked")?;
    let mut reasons = GroupedLines::new();
    for (_, quote) in others {
        let reason = quote.reason.as_ref().map(ToString::to_string).unwrap_or_default();
        reasons.add(format!("{}: {reason}", quote.state.as_str()), quote.listing.clone());
    }
    for (text, listings) in reasons.0 {
        output.wrapped("", "", &text)?;
        output.wrapped("  ", "  ", &listings.join(", "))?;
    }
    Ok(())
}

fn print_quote(output: &mut Output, currency: Currency, quote: &Quote) -> Result<()> {
    output.heading(&quote.listing)?;
    for reading in &quote.readings {
        if quote.readings.len() > 1 {
            let sides =
                format!("If {} is right: {}", SourcePlace::list(&reading.sources), reading.reason);
            output.wrapped_in(YELLOW, "", "  ", &sides)?;
        }
        if reading.total.is_none() && quote.readings.len() == 1 {
            output.wrapped("  ", "  ", &reading.reason)?;
        }
        lines(output, &reading.lines)?;
        if let Some(total) = reading.total {
            let ends =
                if total.low == total.high { "total" } else { "total, from lowest to highest" };
            let sum = format!("{} {}", span(total), currency);
            output.line(&format!("  {ends}  {}", styled(BOLD, &sum)))?;
        }
    }
    Ok(())
}

fn lines(output: &mut Output, lines: &[QuoteLine]) -> Result<()> {
    let mut rows =
        table(output.width.saturating_sub(2), &["What", "At", "Amount", "Source"], &[2], 2);
    for line in lines {
        let paid = format!("{} {}", grouped(line.amount), line.currency);
        rows.add_row([
            clean(&line.what),
            clean(&line.unit_price),
            paid,
            clean(&SourcePlace::list(&line.sources)),
        ]);
    }
    if lines.is_empty() {
        return Ok(());
    }
    for row in rows.trim_fmt().lines() {
        output.line(&format!("  {row}"))?;
    }
    Ok(())
}
