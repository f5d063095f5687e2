//! Budgets, in money and in credits: the largest number of images whose total stays within.

use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{is_refused, row};
use crate::support::{cogdex, job, listing, quote, terms};
use cogdex::catalog::Catalog;
use cogdex::pricing::{Quote, QuoteState};

fn bought(flags: &[&str]) -> Value {
    let always = ["compare", "--format", "json", "--as-of", "2026-11-20", "--rate", "CNY/USD=0.14"];
    crate::support::json(&[&always, flags].concat())
}

fn images(row: &Value) -> (u64, u64) {
    (row["images"]["low"].as_u64().unwrap(), row["images"]["high"].as_u64().unwrap())
}

#[test]
fn money_buys_as_many_images_as_stay_within_it() {
    let document = bought(&["--budget", "20 USD"]);
    let ranked: Vec<_> =
        document["rows"].as_array().unwrap().iter().filter(|r| !r["rank"].is_null()).collect();
    let got: Vec<_> =
        ranked.iter().map(|row| (row["listing"].as_str().unwrap(), images(row))).collect();
    // From the most that is sure: 0.0084, 0.01, 0.01675, 0.02, 0.008 to 0.04, 0.105 and 0.1 to 0.2 each.
    let wanted = [
        ("bigmodel/cogview-4", (2380, 2380)),
        ("bigmodel/cogview-4-250304", (2380, 2380)),
        ("zai/cogview-4-250304", (2000, 2000)),
        ("blockrun/cogview-4", (1194, 1194)),
        ("xpay/zai-generate-image", (1000, 1000)),
        ("apiin/cogview-4", (500, 2500)),
        ("aigateway/cogview4", (190, 190)),
        ("fal/cogview4", (100, 200)),
    ];
    assert_eq!(got, wanted);
    assert_eq!(document["job"]["budget"], "20 USD");
}

#[test]
fn one_image_more_is_beyond_the_budget() {
    let budget = Decimal::from(20);
    let document = bought(&["--budget", "20 USD"]);
    for row in document["rows"].as_array().unwrap().iter().filter(|row| !row["rank"].is_null()) {
        let listing = row["listing"].as_str().unwrap();
        let cost = |images: u64, end: &str| -> Decimal {
            let document = bought(&["--images", &images.to_string()]);
            super::row(&document, listing)["total"][end].as_str().unwrap().parse().unwrap()
        };
        let (low, high) = images(row);
        assert!(cost(low, "high") <= budget && cost(low + 1, "high") > budget, "{listing}");
        assert!(cost(high, "low") <= budget && cost(high + 1, "low") > budget, "{listing}");
    }
}

#[test]
fn each_reading_of_a_dispute_buys_its_own_number() {
    let document = bought(&["--budget", "20 USD"]);
    let row = row(&document, "apiin/cogview-4");
    assert_eq!(row["state"], "disputed");
    assert_eq!(images(&row["readings"][0]), (2500, 2500));
    assert_eq!(images(&row["readings"][1]), (500, 500));
}

#[test]
fn credits_buy_only_where_credits_are_billed() {
    let document = bought(&["--budget", "500 credits", "--model", "any"]);
    for row in document["rows"].as_array().unwrap() {
        match row["provider"].as_str().unwrap() {
            "apiin" => assert!(images(row).0 > 0, "{row}"),
            _ if row["state"] == "unknown" => {}
            "replicate" => assert!(is_refused(row, "billed by the second"), "{row}"),
            _ => assert!(is_refused(row, "a budget in credits, and it is billed in"), "{row}"),
        }
    }
    assert_eq!(document["rates"], json!([]), "nothing was converted");
    // 500 credits at 4, 5, 6, 8 and 10 each.
    assert_eq!(images(row(&document, "apiin/cogview-4")), (125, 125));
    assert_eq!(images(row(&document, "apiin/grok-imagine")), (100, 100));
    assert_eq!(images(row(&document, "apiin/kling-image-o1")), (83, 83));
    assert_eq!(images(row(&document, "apiin/ideogram-v3")), (62, 62));
    assert_eq!(images(row(&document, "apiin/gpt-image-1.5-official")), (50, 50));
}

#[test]
fn a_budget_in_another_currency_gives_totals_in_it() {
    let document = bought(&["--budget", "6 CNY"]);
    assert_eq!(document["currency"], "CNY");
    assert_eq!(images(row(&document, "bigmodel/cogview-4-250304")), (100, 100));
    assert_eq!(row(&document, "bigmodel/cogview-4-250304")["total"]["high"], "6");
}

#[test]
fn a_budget_that_buys_nothing_under_one_reading_is_not_sure_of_any_image() {
    let document = bought(&["--budget", "0.03 USD"]);
    let apiin = row(&document, "apiin/cogview-4");
    assert_eq!((apiin["state"].as_str(), images(apiin)), (Some("disputed"), (0, 3)));
    assert_eq!(images(&apiin["readings"][1]), (0, 0));
    // Of 2^20 pixels a megapixel costs 0.1, of a million and rounded up 0.2.
    let document = bought(&["--budget", "0.15 USD"]);
    assert_eq!(images(row(&document, "fal/cogview4")), (0, 1));
    let rank = |listing: &str| row(&document, listing)["rank"].as_u64().unwrap();
    assert!(rank("fal/cogview4") > rank("aigateway/cogview4"));
}

#[test]
fn a_budget_that_buys_not_one_image_is_refused() {
    let document = bought(&["--budget", "0.001 USD"]);
    for listing in ["zai/cogview-4-250304", "apiin/cogview-4", "fal/cogview4"] {
        assert!(is_refused(row(&document, listing), "does not buy one image"), "{listing}");
    }
}

fn priced(price: &str) -> Catalog {
    listing(&format!("[[statement]]\nsource = \"page\"\nseen = 2026-11-20\nprice = \"{price}\"\n"))
}

fn quoted(catalog: &Catalog, keys: &[(&str, &str)]) -> Quote {
    quote(catalog, &catalog.listings["p/l"], &job(keys), &terms())
}

#[test]
fn a_budget_sets_no_limit_to_what_is_free() {
    let quote = quoted(&priced("0 USD / image"), &[("budget", "20 USD")]);
    assert_eq!((quote.state, quote.images), (QuoteState::Refused, None));
    assert!(quote.reason.unwrap().to_string().contains("free"));
}

#[test]
fn a_budget_in_a_currency_that_totals_do_not_have_is_never_compared_with_them() {
    let quote = quoted(&priced("1 USD / image"), &[("budget", "20 CNY")]);
    assert_eq!((quote.state, quote.images), (QuoteState::Refused, None));
    assert!(quote.reason.unwrap().to_string().contains("CNY"));
}

#[test]
fn what_is_no_budget_is_one_clear_line() {
    for flags in [
        &["--budget", "0 USD"][..],
        &["--budget", "-5 USD"],
        &["--budget", "20"],
        &["--budget", "20 XYZ"],
        &["--budget", "20 USD", "--currency", "CNY"],
        &["--budget", "20 USD", "--images", "3"],
    ] {
        let output = cogdex(&[&["compare"], flags].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.lines().count()), (Some(2), 1), "{flags:?}: {said}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_deadline_counts_for_what_the_budget_buys() {
    let document = bought(&["--budget", "20 USD", "--deadline", "10s"]);
    assert!(is_refused(row(&document, "zai/cogview-4-250304"), "takes at least 10000 s"));
    assert_eq!(row(&document, "aigateway/cogview4")["reason_code"], "latency-not-stated");
    assert_eq!(row(&document, "apiin/cogview-4")["lines"], json!([]));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_number_bought_is_the_largest_that_fits(
        price in 1..100_000_i64, decimals in 0..=6_u32, budget in 1..1_000_000_i64,
        reject in 0..100_i64, fail in 0..100_i64, charged in any::<bool>(),
    ) {
        let price = Decimal::new(price, decimals);
        let catalog = listing(&format!(
            "[[statement]]\nsource = \"page\"\nseen = 2026-11-20\nprice = \"{price} USD / image\"\n\
             fee = {{ rate = \"5.5%\", on = \"top-up\" }}\nfailure-charged = {charged}\n"
        ));
        let budget = Decimal::new(budget, 2);
        let (reject, fail) = (format!("{reject}%"), format!("{fail}%"));
        let losses = [("reject-rate", reject.as_str()), ("fail-rate", fail.as_str())];
        let cost = |images: u64| {
            let images = images.to_string();
            let keys = [&losses[..], &[("images", &images)]].concat();
            quoted(&catalog, &keys).total.unwrap().high
        };
        let money = format!("{budget} USD");
        let quote = quoted(&catalog, &[&losses[..], &[("budget", &money)]].concat());
        match quote.images {
            Some(images) => {
                prop_assert_eq!(images.low, images.high);
                prop_assert!(cost(images.low) <= budget && cost(images.low + 1) > budget);
                prop_assert_eq!(quote.total.unwrap().high, cost(images.low));
            }
            None => prop_assert!(quote.state == QuoteState::Refused && cost(1) > budget),
        }
    }
}
