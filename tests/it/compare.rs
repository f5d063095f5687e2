//! `cogdex compare`: the figures of the embedded catalog, the rules behind them, and their forms.

use serde_json::Value;

use crate::support::json;

mod budget;
mod conditions;
mod figures;
mod first_payment;
mod forms;
mod kept;
mod losses;
mod public_reports;
mod reviewed;
mod shape;
mod sizes;
mod stated;
mod table;
mod terminal;
mod unknown;
mod whole;

/// The document for 1,000 images on the day of the seeds.
fn compared(flags: &[&str]) -> Value {
    json(
        &[&["compare", "--format", "json", "--as-of", "2026-11-20", "--images", "1000"], flags]
            .concat(),
    )
}

/// The job of the issue's figures.
fn issue() -> Value {
    compared(&["--quality", "hd", "--rate", "CNY/USD=0.14"])
}

fn row<'d>(document: &'d Value, listing: &str) -> &'d Value {
    let rows = document["rows"].as_array().unwrap();
    rows.iter().find(|row| row["listing"] == listing).unwrap()
}

/// The total of a row or reading, as `low` and `high`.
fn total(of: &Value) -> (&str, &str) {
    (of["total"]["low"].as_str().unwrap(), of["total"]["high"].as_str().unwrap())
}

/// The codes of a row's warnings.
fn warnings(row: &Value) -> Vec<&str> {
    row["warnings"].as_array().unwrap().iter().map(|w| w["code"].as_str().unwrap()).collect()
}

/// Whether the row is refused, unranked and without any figure, for a reason with these words.
fn is_refused(row: &Value, words: &str) -> bool {
    let reason = row["reason"].as_str().unwrap_or_default();
    row["state"] == "refused" && has_no_figure(row) && reason.contains(words)
}

fn has_no_figure(row: &Value) -> bool {
    ["rank", "total", "per_image", "images"].iter().all(|key| row[key].is_null())
        && row["lines"] == serde_json::json!([])
        && !row["reason"].as_str().unwrap_or_default().is_empty()
}
