//! The comparison for reading: ranked rows, what needs a look, what could not be ranked.

use anstyle::Style;
use anyhow::Result;
use rust_decimal::Decimal;

use super::{disputes, explain};
use crate::cli::grouped_lines::GroupedLines;
use crate::cli::output::{BOLD, DIM, GREEN, Output, YELLOW, clean, styled};
use crate::cli::text_table::{Column, TextTable};
use crate::cli::{open, rates};
use cogdex::catalog::{Catalog, Currency};
use cogdex::pricing::money_range;
use cogdex::pricing::{
    Comparison, CountRange, Job, PriceTable, Quote, QuoteState, RankBy, Warning, WarningCode,
    grouped, span,
};

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
    ranking(output, table, job, comparison)?;
    if explain {
        for (_, quote) in &comparison.quotes {
            if !quote.readings.is_empty() {
                explain::print(output, currency, quote)?;
            }
        }
    }
    output.line("")
}

/// Prints all listings of an answer: those with a rank and what to know of them, then the others.
pub(crate) fn ranking(
    output: &mut Output,
    table: &PriceTable<'_>,
    job: &Job,
    comparison: &Comparison,
) -> Result<()> {
    let notes = collect_notes(comparison, table.terms().currency);
    ranked(output, job, table.terms().currency, comparison, &notes)?;
    notes.print(output)?;
    rates::print(output, &comparison.rates, comparison.as_of)?;
    unranked(output, comparison)
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
    format!("as of {}, {}", comparison.as_of, open::describe(catalog))
}

fn ranked(
    output: &mut Output,
    job: &Job,
    currency: Currency,
    comparison: &Comparison,
    notes: &GroupedLines<usize>,
) -> Result<()> {
    let what = if job.budget.is_some() { "Images" } else { "Total" };
    let mut rows = TextTable::new([
        Column::right("#").title(),
        Column::left("Listing").title(),
        Column::right(what).named("", if job.budget.is_some() { "images" } else { "" }),
        Column::right("Per image").optional().named("", "each"),
        Column::right("Pay first").optional().named("pay", "first"),
        Column::left("Time").or("?", "time unknown"),
        Column::left("Notes"),
    ]);
    // Who takes any amount is told from the others where any seller asks for a first payment.
    let by_payment = comparison.rank_by == RankBy::FirstPayment;
    let mut payments = comparison.quotes.iter().filter_map(|(_, quote)| quote.first_payment);
    let has_payment = by_payment || payments.next().is_some();
    for (number, (rank, quote)) in comparison.quotes.iter().enumerate() {
        let (Some(rank), Some(total)) = (rank, quote.total) else { continue };
        let first = quote.images.map_or_else(|| money_range(total, currency), image_span);
        // Of one image, the share would say the total again.
        let each = quote.per_image.map(|each| money_range(each, currency));
        let each = each.filter(|each| *each != first).unwrap_or_default();
        let is_about = quote.warnings.iter().any(|it| it.code == WarningCode::About);
        let first = if is_about { format!("~{first}") } else { first };
        let paid = quote.first_payment.map(|range| money_range(range, currency));
        let first_payment = paid.or_else(|| has_payment.then(|| "any".to_owned()));
        let time = quote.duration_s.map_or_else(String::new, time);
        let of_first = |text: String| if *rank == 1 { styled(GREEN, &text) } else { text };
        rows.add_row([
            of_first(rank.to_string()),
            of_first(clean(&quote.listing)),
            of_first(first),
            each,
            first_payment.unwrap_or_default(),
            time,
            notes.marks(&number),
        ]);
    }
    if rows.is_empty() {
        return output.line("No listing can be ranked for this job.");
    }
    rows.print(output, 0)
}

/// `8–40`, or one number.
pub(crate) fn image_span(images: CountRange) -> String {
    span(grouped(images.low.into()), &grouped(images.high.into()))
}

/// `5–10 s`, `25–67 min`, `3.2–6.5 h`: rounded outwards, never faster or slower than stated.
fn time(range: CountRange) -> String {
    let (per, tenths, unit) = match range.high {
        0..=119 => (1, 1, "s"),
        120..=7_199 => (60, 1, "min"),
        _ => (3_600, 10, "h"),
    };
    let one = |number: u64| {
        let (whole, rest) = (number / tenths, number % tenths);
        if rest == 0 { grouped(whole.into()) } else { format!("{}.{rest}", grouped(whole.into())) }
    };
    let low = one(range.low.saturating_mul(tenths) / per);
    let high = one(range.high.saturating_mul(tenths).div_ceil(per));
    let is_one = range.low == range.high;
    format!("{} {unit}", if is_one { high } else { span(low, &high) })
}

/// What is said below the table, by the numbers of the rows it is said of.
fn collect_notes(comparison: &Comparison, currency: Currency) -> GroupedLines<usize> {
    let mut notes = GroupedLines::new();
    for (number, (rank, quote)) in comparison.quotes.iter().enumerate() {
        if rank.is_none() {
            continue;
        }
        if quote.state == QuoteState::Disputed {
            notes.add_kind("disputed", YELLOW, disputes::cause(quote), number);
        }
        for warning in &quote.warnings {
            let style = if is_age(warning.code) { YELLOW } else { Style::new() };
            notes.add_kind("", style, warning_text(quote, warning, currency), number);
        }
    }
    notes
}

/// A warning for reading, with money as it stands in tables.
pub(crate) fn warning_text(quote: &Quote, warning: &Warning, currency: Currency) -> String {
    match quote.batch_total.filter(|_| warning.code == WarningCode::BatchPrice) {
        Some(total) => {
            format!("as a batch it costs {} (--mode batch)", money_range(total, currency))
        }
        None => warning.text.clone(),
    }
}

/// Whether a warning says that something is old.
fn is_age(code: WarningCode) -> bool {
    matches!(code, WarningCode::Stale | WarningCode::OldRate)
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
    for line in reasons.0 {
        output.wrapped("", "", &line.text)?;
        output.wrapped("  ", "  ", &line.items.join(", "))?;
    }
    Ok(())
}
