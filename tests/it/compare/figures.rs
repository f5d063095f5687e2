//! The figures that the issue names, from the embedded catalog.

use serde_json::{Value, json};

use super::{compared, has_no_figure, is_refused, issue, row, total, warnings};
use crate::support::cogdex;

fn amounts(row: &Value) -> Vec<&str> {
    row["lines"].as_array().unwrap().iter().map(|l| l["amount"].as_str().unwrap()).collect()
}

#[test]
fn a_thousand_images_in_hd_cost_what_the_issue_says() {
    let document = issue();
    for (listing, state, low, high) in [
        ("bigmodel/cogview-4-250304", "priced", "8.4", "8.4"),
        ("zai/cogview-4-250304", "priced", "10", "10"),
        ("blockrun/cogview-4", "priced", "16.75", "16.75"),
        ("xpay/zai-generate-image", "priced", "20", "20"),
        ("apiin/cogview-4", "disputed", "8", "40"),
        ("aigateway/cogview4", "priced", "105", "105"),
        ("fal/cogview4", "priced", "100", "200"),
    ] {
        let row = row(&document, listing);
        assert_eq!((row["state"].as_str(), total(row)), (Some(state), (low, high)), "{listing}");
    }
    let ranked = document["rows"].as_array().unwrap().iter().filter(|row| !row["rank"].is_null());
    assert_eq!(ranked.count(), 7);
}

#[test]
fn the_fee_stands_on_its_own_line_and_is_called_our_reading() {
    let document = issue();
    let row = row(&document, "aigateway/cogview4");
    assert_eq!(amounts(row), ["100", "5"]);
    assert_eq!(row["lines"][1]["what"], "fee on top-up");
    assert_eq!(row["lines"][1]["unit_price"], "5%");
    assert!(warnings(row).contains(&"fee-on-top"));
}

#[test]
fn credits_stand_in_the_first_line_and_both_readings_name_their_sources() {
    let document = issue();
    let row = row(&document, "apiin/cogview-4");
    assert_eq!(amounts(row), ["4000", "40"]);
    assert_eq!(row["lines"][0]["currency"], "credits");
    assert_eq!(row["lines"][1]["currency"], "USD");
    let readings = row["readings"].as_array().unwrap();
    assert_eq!(readings.len(), 2);
    assert_eq!(total(&readings[0]), ("8", "8"));
    assert_eq!(readings[0]["sources"], json!(["apiin-docs"]));
    assert_eq!(total(&readings[1]), ("40", "40"));
    let sides = [
        "apiin-market @ Pricing",
        "apiin-market @ Base cost",
        "apiin-market @ Endpoint decision panel",
    ];
    assert_eq!(readings[1]["sources"], json!(sides));
}

#[test]
fn hd_is_refused_where_the_page_gives_it_to_another_code() {
    let document = issue();
    assert!(is_refused(row(&document, "bigmodel/cogview-4"), "cogview-4-250304"));
    assert_eq!(total(row(&document, "bigmodel/cogview-4-250304")), ("8.4", "8.4"));
    // Nor does any source name the quality that this code draws by default.
    let standard = compared(&["--quality", "standard", "--rate", "CNY/USD=0.14"]);
    assert!(is_refused(row(&standard, "bigmodel/cogview-4"), "cogview-4-250304"));
}

#[test]
fn without_a_rate_the_newest_official_one_converts_and_is_called_old() {
    let document = compared(&["--quality", "hd"]);
    let rate = json!([{
        "pair": "CNY/USD", "value": "0.147375246854",
        "stated": "1 USD = 6.7854 CNY", "via": null,
        "date": "2026-08-19", "source": "pboc-august",
    }]);
    assert_eq!(document["rates"], rate);
    let row = row(&document, "bigmodel/cogview-4-250304");
    assert_eq!(total(row), ("8.842514811212", "8.842514811212"));
    let old = row["warnings"].as_array().unwrap().iter().find(|w| w["code"] == "old-rate").unwrap();
    let text = old["text"].as_str().unwrap();
    assert!(text.contains("2026-08-19") && text.contains("93 days"), "{text}");
}

#[test]
fn a_price_of_last_year_is_called_stale() {
    let document = issue();
    assert!(warnings(row(&document, "zai/cogview-4-250304")).contains(&"stale"));
    assert!(!warnings(row(&document, "fal/cogview4")).contains(&"stale"));
}

#[test]
fn sellers_whose_price_nobody_states_are_unknown_and_never_ranked() {
    let document = compared(&["--model", "any"]);
    let rows = document["rows"].as_array().unwrap();
    for provider in
        ["wavespeed", "302ai", "geekai", "gitee", "inference-sh", "portkey", "huggingface"]
    {
        let mut theirs = rows.iter().filter(|row| row["provider"] == provider).peekable();
        assert!(theirs.peek().is_some(), "{provider} sells nothing");
        for row in theirs {
            assert_eq!(row["state"], "unknown", "{row}");
            assert!(has_no_figure(row), "{row}");
        }
    }
}

#[test]
fn seconds_of_hardware_are_priced_only_for_who_says_how_many_and_on_what() {
    let asked = "--seconds-per-image and --hardware";
    let replicate = |flags: &[&str]| row(&compared(flags), "replicate/cogview4-6b").clone();
    assert!(is_refused(&replicate(&[]), asked));
    assert!(is_refused(&replicate(&["--seconds-per-image", "10"]), asked));
    // Hardware alone changes no price, and is a slip.
    let output = cogdex(&["compare", "--hardware", "L40S"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "error: --hardware: `L40S` has no effect without --seconds-per-image\n");
    let priced = replicate(&["--seconds-per-image", "12.5", "--hardware", "L40S"]);
    assert_eq!(
        (priced["state"].as_str(), total(&priced)),
        (Some("priced"), ("12.1875", "12.1875"))
    );
    let dearer = replicate(&["--seconds-per-image", "12.5", "--hardware", "H100"]);
    assert_eq!(total(&dearer), ("19.0625", "19.0625"));
    let other = replicate(&["--seconds-per-image", "12.5", "--hardware", "T4"]);
    assert!(is_refused(&other, "L40S, A100-80, H100"), "{other}");
}

#[test]
fn a_price_of_zero_against_another_is_disputed() {
    let document = compared(&["--model", "any", "--rate", "CNY/USD=0.14"]);
    let row = row(&document, "bigmodel/cogview-3-flash");
    assert_eq!((row["state"].as_str(), total(row)), (Some("disputed"), ("0", "8.4")));
    assert_eq!(total(&row["readings"][0]), ("8.4", "8.4"));
    assert_eq!(total(&row["readings"][1]), ("0", "0"));
    assert_eq!(row["readings"][1]["sources"], json!(["zai-sdk-java"]));
}

#[test]
fn siblings_appear_with_any_model_or_by_name() {
    let siblings = [
        "apiin/gpt-image-1.5-official",
        "apiin/grok-imagine",
        "apiin/ideogram-v3",
        "apiin/imagen-4",
        "apiin/kling-image-o1",
        "bigmodel/cogview-3-flash",
        "therouter/cogview-3-flash",
    ];
    let listings = |flags: &[&str]| -> Vec<String> {
        let document = compared(flags);
        let rows = document["rows"].as_array().unwrap().iter();
        rows.map(|row| row["listing"].as_str().unwrap().to_owned()).collect()
    };
    let (default, any) = (listings(&[]), listings(&["--model", "any"]));
    for sibling in siblings {
        assert!(!default.iter().any(|id| id == sibling), "{sibling}");
        assert!(any.iter().any(|id| id == sibling), "{sibling}");
        let (_, model) = sibling.split_once('/').unwrap();
        let sellers = siblings.iter().filter(|id| id.ends_with(&format!("/{model}"))).count();
        let found = listings(&["--model", model]);
        assert!(found.len() == sellers && found.iter().any(|id| id == sibling), "{found:?}");
    }
    assert_eq!(default.len() + siblings.len(), any.len());
    for weights in ["inference-sh/cogview4-6b", "fal/cogview4", "replicate/cogview4-6b"] {
        assert!(default.iter().any(|id| id == weights), "{weights} is of the family");
    }
    let document = compared(&["--model", "ideogram-v3"]);
    assert_eq!(total(row(&document, "apiin/ideogram-v3")), ("16", "80"));
}

#[test]
fn a_model_that_nobody_knows_is_refused_with_the_nearest() {
    let output = cogdex(&["compare", "--model", "cogview-5"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("`cogview-4`") && said.lines().count() == 1, "{said}");
}
