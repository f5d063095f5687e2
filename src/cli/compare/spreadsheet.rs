//! The comparison as rows for a spreadsheet or a document.

use anyhow::Result;

use super::Answer;
use crate::cli::output::{Output, clean};
use cogdex::catalog::Catalog;
use cogdex::compare::{Quote, amount};

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

/// One row a listing and job, with a header.
pub(super) fn csv(output: &mut Output, answers: &[Answer<'_>]) -> Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for (job, terms, comparison) in answers {
        for (rank, quote) in &comparison.quotes {
            let name = job.name.clone().unwrap_or_default();
            writer.write_record(record(&name, *rank, quote, terms.currency.code()))?;
        }
    }
    output.text(&String::from_utf8(writer.into_inner()?)?)
}

fn record(job: &str, rank: Option<usize>, quote: &Quote, currency: &str) -> [String; 16] {
    let number = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
    let money = |n: Option<rust_decimal::Decimal>| n.map(amount).unwrap_or_default();
    let codes: Vec<_> = quote.warnings.iter().map(|warning| warning.code).collect();
    [
        clean(job),
        rank.map(|rank| rank.to_string()).unwrap_or_default(),
        clean(&quote.listing),
        clean(&quote.provider),
        quote.state.word().to_owned(),
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
        clean(quote.reason.as_deref().unwrap_or_default()),
    ]
}

/// One table a job, with the edition it was made from.
pub(super) fn markdown(
    output: &mut Output,
    catalog: &Catalog,
    answers: &[Answer<'_>],
) -> Result<()> {
    for (job, terms, comparison) in answers {
        let name = job.name.as_ref().map(|name| format!("{}: ", cell(name))).unwrap_or_default();
        output.line(&format!("{name}{} of {}, as of {}\n", job.images, job.size, terms.as_of))?;
        let currency = terms.currency;
        output
            .line(&format!("| # | Listing | State | Low {currency} | High {currency} | Notes |"))?;
        output.line("|--:|---|---|--:|--:|---|")?;
        for (rank, quote) in &comparison.quotes {
            let [_, rank, listing, _, state, _, low, high, .., warnings, reason] =
                record("", *rank, quote, currency.code());
            let notes = cell(&format!("{warnings} {reason}"));
            let (listing, notes) = (cell(&listing), notes.trim());
            output.line(&format!("| {rank} | {listing} | {state} | {low} | {high} | {notes} |"))?;
        }
        let edition = catalog.edition().map_or("under edit", |edition| edition.name.as_str());
        output.line(&format!("\nCatalog {} `{}`\n", cell(edition), catalog.digest))?;
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
