//! The comparison as rows for a spreadsheet or a document.

use anyhow::Result;

use super::Answer;
use super::table::title;
use crate::cli::output::{Output, clean};
use crate::cli::rates;
use cogdex::catalog::Catalog;
use cogdex::pricing::{Quote, amount, span};

const COLUMNS: [&str; 16] = [
    "job",
    "rank",
    "listing",
    "provider",
    "state",
    "currency",
    "total_low",
    "total_high",
    "per_image_low",
    "per_image_high",
    "images_low",
    "images_high",
    "duration_low_s",
    "duration_high_s",
    "warnings",
    "reason",
];

/// What every row was made from.
const STAMP: [&str; 4] = ["as_of", "edition", "digest", "rates"];

/// What has to be paid before the first image.
const PAYMENT: [&str; 2] = ["first_payment_low", "first_payment_high"];

/// One row a listing and job, with a header.
pub(super) fn csv(output: &mut Output, catalog: &Catalog, answers: &[Answer<'_>]) -> Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS.iter().chain(&STAMP).chain(&PAYMENT))?;
    let edition = catalog.edition().map_or("", |edition| edition.name.as_str());
    for (job, table, comparison) in answers {
        let rates: Vec<_> = comparison.rates.iter().map(rates::describe).collect();
        let stamp = [
            comparison.as_of.to_string(),
            clean(edition),
            catalog.digest.clone(),
            clean(&rates.join("; ")),
        ];
        for (rank, quote) in &comparison.quotes {
            let name = job.name.clone().unwrap_or_default();
            let row = record(&name, *rank, quote, table.terms().currency.code());
            let paid = quote.first_payment.map(|range| [range.low, range.high].map(amount));
            writer.write_record(row.iter().chain(&stamp).chain(&paid.unwrap_or_default()))?;
        }
    }
    output.text(&String::from_utf8(writer.into_inner()?)?)
}

fn record(job: &str, rank: Option<usize>, quote: &Quote, currency: &str) -> [String; 16] {
    let number = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
    let money = |n: Option<rust_decimal::Decimal>| n.map(amount).unwrap_or_default();
    let mut codes: Vec<&str> = quote.warnings.iter().map(|warning| warning.code.into()).collect();
    codes.dedup();
    [
        clean(job),
        rank.map(|rank| rank.to_string()).unwrap_or_default(),
        clean(&quote.listing),
        clean(&quote.provider),
        quote.state.as_str().to_owned(),
        currency.to_owned(),
        money(quote.total.map(|range| range.low)),
        money(quote.total.map(|range| range.high)),
        money(quote.per_image.map(|range| range.low)),
        money(quote.per_image.map(|range| range.high)),
        number(quote.images.map(|images| images.low)),
        number(quote.images.map(|images| images.high)),
        number(quote.duration_s.map(|seconds| seconds.low)),
        number(quote.duration_s.map(|seconds| seconds.high)),
        codes.join(" "),
        clean(&quote.reason.as_ref().map(ToString::to_string).unwrap_or_default()),
    ]
}

/// One table a job, with the edition it was made from.
pub(super) fn markdown(
    output: &mut Output,
    catalog: &Catalog,
    answers: &[Answer<'_>],
) -> Result<()> {
    for (job, table, comparison) in answers {
        output.line(&format!("{}, as of {}\n", cell(&title(job)), comparison.as_of))?;
        let (currency, budget) = (table.terms().currency, job.budget.is_some());
        let (head, rule) = if budget { (" Images |", "--:|") } else { ("", "") };
        let head =
            format!("| # | Listing | State |{head} Low {currency} | High {currency} | Notes |");
        output.line(&format!("{head}\n|--:|---|---|{rule}--:|--:|---|"))?;
        for (rank, quote) in &comparison.quotes {
            let [
                _,
                rank,
                listing,
                _,
                state,
                _,
                low,
                high,
                _,
                _,
                fewest,
                most,
                ..,
                warnings,
                reason,
            ] = record("", *rank, quote, currency.code());
            let images = span(fewest, &most);
            let images = if budget { format!(" {images} |") } else { String::new() };
            let notes = cell(&format!("{warnings} {reason}"));
            let (listing, notes) = (cell(&listing), notes.trim());
            let row =
                format!("| {rank} | {listing} | {state} |{images} {low} | {high} | {notes} |");
            output.line(&row)?;
        }
        if !comparison.rates.is_empty() {
            output.line("")?;
        }
        for rate in &comparison.rates {
            output.line(&format!("- Rate: {}", cell(&rates::describe(rate))))?;
        }
        let edition = cell(catalog.edition_name());
        output.line(&format!("\nCatalog {edition} `{}`\n", catalog.digest))?;
    }
    Ok(())
}

/// Text that stays text within a Markdown table.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in clean(text).chars() {
        if matches!(c, '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '~') {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}
