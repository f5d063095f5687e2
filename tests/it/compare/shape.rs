//! The JSON of a comparison, as others build on it, and the order of its rows.

use serde_json::Value;

use super::{compared, issue, row};
use crate::support::{catalog, compare, job, terms};
use cogdex::pricing::QuoteState;

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_document_has_the_keys_of_the_design() {
    let document = issue();
    assert_eq!(keys(&document), ["format", "catalog", "as_of", "currency", "job", "rates", "rows"]);
    assert_eq!(document["format"], 1);
    assert_eq!(keys(&document["catalog"]), ["edition", "digest", "checked"]);
    let digest = document["catalog"]["digest"].as_str().unwrap();
    assert!(digest.len() == 64 && digest.bytes().all(|b| b"0123456789abcdef".contains(&b)));
    assert_eq!(
        (document["as_of"].as_str(), document["currency"].as_str()),
        (Some("2026-11-20"), Some("USD"))
    );
    assert_eq!(keys(&document["job"])[..3], ["images", "size", "quality"]);
    assert_eq!(document["job"]["images"], 1000);
    assert_eq!(document["job"]["size"], "1024x1024");
    assert_eq!(document["job"]["quality"], "hd");
    assert_eq!(keys(&document["rates"][0]), ["pair", "value", "stated", "via", "date", "source"]);
}

/// `images` of a row and a reading answers a budget; `currency` tells the amounts of lines apart.
#[test]
fn every_row_line_reading_and_warning_has_the_keys_of_the_design() {
    let document = compared(&["--model", "any", "--deadline", "30d", "--fail-rate", "5%"]);
    let each = |rows: &Value, wanted: &[&str]| {
        for row in rows.as_array().unwrap() {
            assert_eq!(keys(row), wanted);
        }
    };
    let row = [
        "rank",
        "listing",
        "provider",
        "state",
        "images",
        "total",
        "per_image",
        "first_payment",
        "duration_s",
        "lines",
        "readings",
        "warnings",
        "reason",
        "reason_code",
    ];
    each(&document["rows"], &row);
    let span = ["low", "high"];
    for row in document["rows"].as_array().unwrap() {
        each(&row["lines"], &["what", "quantity", "unit_price", "amount", "currency", "source"]);
        each(&row["readings"], &["sources", "total", "images", "reason"]);
        each(&row["warnings"], &["code", "text"]);
        for range in ["total", "per_image", "duration_s"] {
            assert!(row[range].is_null() || keys(&row[range]) == span, "{row}");
        }
        let ranked = !row["rank"].is_null();
        assert_eq!(ranked, !row["total"].is_null(), "{row}");
        assert_eq!(ranked, row["reason"].is_null(), "{row}");
        assert_eq!(ranked, row["reason_code"].is_null(), "{row}");
    }
}

#[test]
fn amounts_are_decimal_strings_and_counts_are_numbers() {
    let document = issue();
    let row = row(&document, "zai/cogview-4-250304");
    let decimal = |value: &Value| value.as_str().unwrap().parse::<rust_decimal::Decimal>().is_ok();
    assert!(decimal(&row["total"]["low"]) && decimal(&row["per_image"]["high"]));
    assert!(decimal(&row["lines"][0]["amount"]) && decimal(&row["lines"][0]["quantity"]));
    assert!(decimal(&document["rates"][0]["value"]));
    assert!(row["rank"].is_u64() && row["duration_s"]["low"].is_u64());
    // Twenty seconds an image, one after the other.
    assert_eq!(row["duration_s"]["high"], 20_000);
}

#[test]
fn rows_are_ranked_by_high_then_low_then_id() {
    let priced = |rows: &str| format!("model = \"m\"\n{rows}");
    let at = |place: &str, price: &str| {
        priced(&format!(
            "[[statement]]\nsource = \"page\"\nat = \"{place}\"\nseen = 2026-11-20\nprice = \"{price} USD / image\"\n"
        ))
    };
    let between =
        |low: &str, high: &str| at("a", low) + at("b", high).trim_start_matches("model = \"m\"\n");
    let catalog = catalog(&[
        ("listings/p/wide.toml", &between("1", "5")),
        ("listings/p/narrow.toml", &between("2", "5")),
        ("listings/q/same.toml", &at("a", "5")),
        ("listings/p/same.toml", &at("a", "5")),
        ("listings/q/cheap.toml", &at("a", "4")),
        ("listings/q/free.toml", &at("a", "0")),
        ("listings/q/b-unknown.toml", &priced("")),
        ("listings/q/a-unknown.toml", &priced("")),
    ]);
    let listings: Vec<_> = catalog.listings.values().collect();
    let comparison = compare(&catalog, &listings, &job(&[]), &terms());
    let order: Vec<_> =
        comparison.quotes.iter().map(|(rank, q)| (*rank, q.listing.as_str(), q.state)).collect();
    let wanted = [
        (Some(1), "q/free", QuoteState::Free),
        (Some(2), "q/cheap", QuoteState::Priced),
        (Some(3), "p/wide", QuoteState::Disputed),
        (Some(4), "p/narrow", QuoteState::Disputed),
        (Some(5), "p/same", QuoteState::Priced),
        (Some(6), "q/same", QuoteState::Priced),
        (None, "q/a-unknown", QuoteState::Unknown),
        (None, "q/b-unknown", QuoteState::Unknown),
    ];
    assert_eq!(order, wanted);
}

#[test]
fn the_embedded_catalogs_rows_are_in_that_order_too() {
    let document = compared(&["--model", "any"]);
    let rows = document["rows"].as_array().unwrap();
    let number =
        |value: &Value| value.as_str().map(|text| text.parse::<rust_decimal::Decimal>().unwrap());
    let key = |row: &Value| {
        let (low, high) = (number(&row["total"]["low"]), number(&row["total"]["high"]));
        (high.is_none(), high, low, row["listing"].as_str().unwrap().to_owned())
    };
    let order: Vec<_> = rows.iter().map(key).collect();
    let mut sorted = order.clone();
    sorted.sort();
    assert_eq!(order, sorted);
    let ranks: Vec<_> = rows.iter().filter_map(|row| row["rank"].as_u64()).collect();
    assert_eq!(ranks, (1..=ranks.len() as u64).collect::<Vec<_>>());
}
