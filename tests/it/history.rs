//! What is known on a day: statements that supersede each other, rulings that lapse, ages, and the
//! digest and edition by which a state of the data is named.

use cogdex::catalog::{Catalog, Fact, FactState, FieldKey};
use jiff::civil::{Date, date};

use crate::support::{TODAY, Terms, cogdex, job, json, listing, quote, usd};
use cogdex::pricing::WarningCode;

mod digest;
mod rulings;

/// A statement of a source on a day of 2026, with its fields.
fn said(source: &str, day: &str, fields: &str) -> String {
    format!("[[statement]]\nsource = \"{source}\"\nseen = 2026-{day}\n{fields}\n")
}

fn fact<'c>(catalog: &'c Catalog, key: &str, day: Date) -> Option<Fact<'c>> {
    catalog.fact(&catalog.listings["p/l"], &FieldKey::parse(key).unwrap(), day)
}

/// Every answer of a listing's field on a day, those too that were not decided for.
fn answers(catalog: &Catalog, key: &str, day: Date) -> Vec<String> {
    let fact = fact(catalog, key, day);
    fact.iter().flat_map(|fact| &fact.claims).map(|view| view.value.to_string()).collect()
}

fn state(catalog: &Catalog, key: &str, day: Date) -> FactState {
    fact(catalog, key, day).unwrap().state()
}

const MARCH: Date = date(2026, 3, 1);
const JUNE: Date = date(2026, 6, 1);

#[test]
fn a_newer_statement_supersedes_an_older_one_field_by_field() {
    let catalog = listing(
        &[
            said("page", "03-01", "price = \"1 USD / image\"\nmode = \"sync\""),
            said("page", "06-01", "price = \"2 USD / image\"\nactive = true"),
            said("other", "03-01", "active = false"),
        ]
        .concat(),
    );
    assert_eq!(answers(&catalog, "price", date(2026, 5, 31)), ["1 USD / image"]);
    assert_eq!(answers(&catalog, "price", JUNE), ["2 USD / image"]);
    assert_eq!(answers(&catalog, "mode", JUNE), ["sync"], "nobody said anything else");
    assert_eq!(answers(&catalog, "active", MARCH), ["no"]);
    assert_eq!(answers(&catalog, "active", JUNE), ["yes", "no"], "another source stays");
    assert!(answers(&catalog, "price", date(2026, 2, 28)).is_empty());
}

#[test]
fn a_table_is_superseded_as_a_whole() {
    let catalog = listing(
        &[
            said("page", "03-01", "capabilities = { n = true, seed = true }"),
            said("page", "06-01", "capabilities = { seed = false }"),
        ]
        .concat(),
    );
    assert_eq!(answers(&catalog, "capabilities.n", MARCH), ["yes"]);
    assert_eq!(answers(&catalog, "capabilities.seed", JUNE), ["no"]);
    assert!(answers(&catalog, "capabilities.n", JUNE).is_empty());
}

#[test]
fn what_vanished_from_a_page_is_no_longer_said_by_it() {
    let catalog = listing(
        &[
            said("page", "03-01", "mode = \"sync\"\nprice = \"1 USD / image\""),
            said("other", "03-01", "mode = \"async\""),
            said("page", "06-01", "withdrawn = [\"mode\", \"price\"]"),
            said("page", "09-01", "mode = \"sync\""),
        ]
        .concat(),
    );
    assert_eq!(answers(&catalog, "mode", MARCH), ["sync", "async"]);
    assert_eq!(answers(&catalog, "mode", JUNE), ["async"]);
    assert_eq!(answers(&catalog, "price", MARCH), ["1 USD / image"]);
    assert!(answers(&catalog, "price", TODAY).is_empty());
    assert_eq!(answers(&catalog, "mode", TODAY), ["async", "sync"], "it came back");
}

#[test]
fn a_statement_of_tomorrow_does_not_count_today() {
    let catalog = listing(&said("page", "06-01", "price = \"1 USD / image\""));
    assert!(answers(&catalog, "price", date(2026, 5, 31)).is_empty());
    assert_eq!(answers(&catalog, "price", JUNE).len(), 1, "it holds from 00:00 of its day");
}

#[test]
fn two_places_of_one_source_are_two_sides_until_the_source_speaks_again() {
    let catalog = listing(
        &[
            said("page", "03-01", "at = \"Top\"\nmode = \"sync\""),
            said("page", "03-01", "at = \"Bottom\"\nmode = \"async\""),
            said("page", "06-01", "mode = \"async\""),
        ]
        .concat(),
    );
    assert_eq!(state(&catalog, "mode", MARCH), FactState::Disputed);
    let fact = fact(&catalog, "mode", MARCH).unwrap();
    let sides = fact.claims.iter().flat_map(cogdex::catalog::Claim::sides);
    let sides: Vec<_> = sides.map(|side| side.to_string()).collect();
    assert_eq!(sides, ["page @ Top", "page @ Bottom"]);
    assert_eq!(answers(&catalog, "mode", JUNE), ["async"]);
}

#[test]
fn a_slip_of_ours_is_mended_for_the_past_as_well() {
    let mended = said("page", "03-01", "corrected = 2026-06-01\nprice = \"3 USD / image\"");
    let catalog = listing(&mended);
    assert_eq!(answers(&catalog, "price", MARCH), ["3 USD / image"]);
}

#[test]
fn the_nearest_level_that_says_anything_wins() {
    let file = |head: &str, fields: &str| format!("{head}\n{}", said("page", "03-01", fields));
    let catalog = crate::support::catalog(&[
        ("models/m.toml", &file("name = \"M\"", "mode = \"sync\"\nlicence = \"MIT\"")),
        (
            "providers/p.toml",
            &file("name = \"P\"", "mode = \"async\"\ncapabilities = { byok = true, n = true }"),
        ),
        ("endpoints/p/e.toml", &file("name = \"E\"", "capabilities = { n = false, seed = true }")),
        (
            "listings/p/l.toml",
            &file("model = \"m\"\nendpoint = \"p/e\"", "capabilities = { seed = false }"),
        ),
    ]);
    let from = |key: &str| {
        let fact = fact(&catalog, key, MARCH).unwrap();
        format!("{}: {}", fact.level(), fact.value().unwrap())
    };
    assert_eq!(from("licence"), "model: MIT");
    assert_eq!(from("mode"), "provider: async");
    // A table is looked up key by key.
    assert_eq!(from("capabilities.byok"), "provider: yes");
    assert_eq!(from("capabilities.n"), "endpoint: no");
    assert_eq!(from("capabilities.seed"), "listing: no");
}

#[test]
fn a_fact_is_stale_after_180_days_by_the_pages_date_or_else_the_day_it_was_seen() {
    let catalog = listing(
        &[
            said("page", "05-24", "price = \"1 USD / image\""),
            said("other", "05-24", "page-date = 2026-05-23\nmode = \"sync\""),
        ]
        .concat(),
    );
    let age = |key: &str| {
        let fact = fact(&catalog, key, TODAY).unwrap();
        let age = fact.claims[0].sides[0].statement.age(TODAY);
        (age.days, age.is_stale(), age.undated)
    };
    assert_eq!(age("price"), (180, false, true));
    assert_eq!(age("mode"), (181, true, false));
    let warned = |day: Date| {
        let terms = Terms { as_of: day, currency: usd(), rates: Vec::new() };
        let quote = quote(&catalog, &catalog.listings["p/l"], &job(&[]), &terms);
        assert!(quote.total.is_some(), "marked, never hidden");
        quote.warnings.iter().any(|warning| warning.code == WarningCode::Stale)
    };
    assert!(!warned(TODAY));
    assert!(warned(TODAY.tomorrow().unwrap()));
}

#[test]
fn one_fresh_side_keeps_a_price_fresh() {
    let catalog = listing(
        &[
            said("page", "01-01", "price = \"1 USD / image\""),
            said("other", "11-01", "price = \"1 USD / image\""),
        ]
        .concat(),
    );
    let terms = crate::support::terms();
    let quote = quote(&catalog, &catalog.listings["p/l"], &job(&[]), &terms);
    assert!(
        quote.warnings.iter().all(|warning| warning.code != WarningCode::Stale),
        "{:?}",
        quote.warnings
    );
}

#[test]
fn what_was_said_before_is_shown_apart() {
    let catalog = listing(
        &[
            said("page", "03-01", "price = \"1 USD / image\"\nmode = \"sync\""),
            said("page", "06-01", "price = \"2 USD / image\""),
            said("page", "09-01", "price = \"3 USD / image\""),
        ]
        .concat(),
    );
    let shown = cogdex::show::show(&catalog, &catalog.listings["p/l"], date(2026, 8, 1));
    let document = serde_json::json!(cogdex::show::ListingDocument::new(&shown, &catalog));
    let past = document["past"].as_array().unwrap();
    assert_eq!(past.len(), 1, "{past:?}");
    assert_eq!(
        (past[0]["seen"].as_str(), past[0]["stated"]["price"].as_str()),
        (Some("2026-03-01"), Some("1 USD / image"))
    );
    let price = &document["facts"][0];
    assert_eq!((price["field"].as_str(), price["state"].as_str()), (Some("price"), Some("agreed")));
    let side = &price["views"][0]["sides"][0];
    assert_eq!((side["age_days"].as_u64(), side["undated"].as_bool()), (Some(61), Some(true)));
}

#[test]
fn the_embedded_catalog_reads_its_own_past() {
    let on = |day: &str| json(&["compare", "--model", "any", "--as-of", day, "--format", "json"]);
    let ranked = |document: &serde_json::Value| -> Vec<String> {
        let rows = document["rows"].as_array().unwrap().iter();
        let ranked = rows.filter(|row| !row["rank"].is_null());
        ranked.map(|row| row["listing"].as_str().unwrap().to_owned()).collect()
    };
    // Of all sellers, only Z.ai's pages were kept in 2025.
    let document = on("2025-11-01");
    assert_eq!(
        (ranked(&document), &document["as_of"]),
        (vec!["zai/cogview-4-250304".to_owned()], &"2025-11-01".into())
    );
    let before = on("2026-11-19");
    assert!(!ranked(&before).contains(&"apiin/cogview-4".to_owned()));
    assert!(ranked(&on("2026-11-20")).contains(&"apiin/cogview-4".to_owned()));
}

#[test]
fn a_day_before_every_statement_is_refused_in_one_line() {
    for command in [&["compare"][..], &["show", "zai/cogview-4-250304"]] {
        let output = cogdex(&[command, &["--as-of", "2024-12-31"]].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{said}");
        assert!(said.contains("nothing was stated by 2024-12-31") && output.stdout.is_empty());
    }
}
