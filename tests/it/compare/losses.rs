//! Images that are thrown away, calls that fail, and how long it all takes.

use super::{compared, is_refused, row, total, warnings};
use crate::support::{job, listing, quote, terms};
use cogdex::pricing::{Quote, QuoteState, WarningCode};

#[test]
fn images_thrown_away_are_paid_and_the_number_drawn_is_rounded_up() {
    let document = compared(&["--reject-rate", "10%"]);
    let row = row(&document, "zai/cogview-4-250304");
    assert_eq!(total(row), ("11.12", "11.12"), "1,112 is the ceiling of 1000 / 0.9");
    let lines = row["lines"].as_array().unwrap();
    let said: Vec<_> = lines.iter().map(|line| line["what"].as_str().unwrap()).collect();
    assert_eq!(said, ["1,000 images kept", "112 images thrown away"]);
    // A share of what is kept, not of what is drawn.
    assert_eq!(row["per_image"]["high"], "0.01112");
    for (images, share, drawn) in
        [("900", "10%", "1000"), ("1", "10%", "2"), ("1", "99.99%", "10000"), ("7", "0%", "7")]
    {
        let job = job(&[("images", images), ("reject-rate", share)]);
        assert_eq!(job.drawn(job.images).unwrap().to_string(), drawn, "{images} at {share}");
    }
}

#[test]
fn failed_calls_that_are_not_charged_cost_nothing() {
    let document = compared(&["--fail-rate", "5%"]);
    let row = row(&document, "apiin/cogview-4");
    assert_eq!(total(row), ("8", "40"));
    assert!(!warnings(row).contains(&"failures-not-stated"));
}

#[test]
fn where_nobody_says_whether_failed_calls_are_charged_the_total_is_a_range() {
    let document = compared(&["--fail-rate", "5%", "--rate", "CNY/USD=0.14"]);
    let row = row(&document, "bigmodel/cogview-4");
    // 1,053 is the ceiling of 1000 / 0.95.
    assert_eq!((row["state"].as_str(), total(row)), (Some("priced"), ("8.4", "8.8452")));
    assert!(warnings(row).contains(&"failures-not-stated"));
    let said: Vec<_> = row["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["what"].as_str().unwrap())
        .collect();
    assert_eq!(said, ["1,000 images kept", "53 calls failed", "CNY in USD"]);
}

fn stating(what: &str, keys: &[(&str, &str)]) -> Quote {
    let catalog = listing(&format!(
        "[[statement]]\nsource = \"page\"\nseen = 2026-11-20\nprice = \"1 USD / image\"\n{what}\n"
    ));
    quote(&catalog, &catalog.listings["p/l"], &job(keys), &terms())
}

#[test]
fn failed_calls_that_are_charged_are_paid_on_top_of_those_thrown_away() {
    let keys = [("images", "900"), ("reject-rate", "10%"), ("fail-rate", "20%")];
    let quote = stating("failure-charged = true", &keys);
    let total = quote.total.unwrap();
    assert_eq!((total.low, total.high), (1250.into(), 1250.into()), "900 / 0.9 / 0.8");
    let lines: Vec<_> =
        quote.lines.iter().map(|line| (line.what.as_str(), line.amount.to_string())).collect();
    let wanted = [
        ("900 images kept", "900".to_owned()),
        ("100 images thrown away", "100".to_owned()),
        ("250 calls failed", "250".to_owned()),
    ];
    assert_eq!(lines, wanted);
    assert!(quote.warnings.iter().all(|warning| warning.code != WarningCode::FailuresNotStated));
}

#[test]
fn a_deadline_refuses_what_cannot_come_in_time_and_warns_of_what_may_not() {
    let judged = |deadline: &str| {
        let document = compared(&["--concurrency", "10", "--deadline", deadline]);
        row(&document, "apiin/cogview-4").clone()
    };
    // 100 rounds of 3 to 8 seconds.
    let fits = judged("800s");
    assert_eq!(
        (fits["duration_s"]["low"].as_u64(), fits["duration_s"]["high"].as_u64()),
        (Some(300), Some(800))
    );
    assert_eq!(
        (fits["state"].as_str(), warnings(&fits).contains(&"deadline-not-sure")),
        (Some("disputed"), false)
    );
    let unsure = judged("799s");
    assert_eq!((unsure["state"].as_str(), total(&unsure)), (Some("disputed"), ("8", "40")));
    assert!(warnings(&unsure).contains(&"deadline-not-sure"));
    assert!(warnings(&judged("300s")).contains(&"deadline-not-sure"));
    assert!(is_refused(&judged("299999ms"), "at least 300 s"));
}

#[test]
fn where_no_latency_is_stated_there_is_no_rank_under_a_deadline() {
    let document = compared(&["--deadline", "30d"]);
    let row = row(&document, "xpay/zai-generate-image");
    assert_eq!(row["state"], "unknown");
    assert_eq!(row["reason_code"], "latency-not-stated");
    assert!(row["rank"].is_null() && row["total"].is_null() && row["duration_s"].is_null());
    // Who says how long an image takes can judge it, at sellers who don't.
    let document = compared(&["--deadline", "30d", "--seconds-per-image", "5"]);
    let row = super::row(&document, "xpay/zai-generate-image");
    assert_eq!((row["state"].as_str(), total(row)), (Some("priced"), ("20", "20")));
    assert_eq!(row["duration_s"], serde_json::json!({ "low": 5000, "high": 5000 }));
}

#[test]
fn a_round_is_only_as_wide_as_the_seller_allows() {
    let seller = "latency = \"10 s\"\nconcurrency = 4\n";
    let duration = |quote: &Quote| quote.duration_s.map(|span| (span.low, span.high));
    let quote = stating(seller, &[("images", "10"), ("concurrency", "100")]);
    assert_eq!(duration(&quote), Some((30, 30)), "three rounds of four");
    assert!(quote.warnings.iter().any(|warning| warning.code == WarningCode::ConcurrencyLimit));
    let quote = stating(seller, &[("images", "10"), ("concurrency", "4")]);
    assert_eq!(duration(&quote), Some((30, 30)));
    assert!(quote.warnings.iter().all(|warning| warning.code != WarningCode::ConcurrencyLimit));
    // What is thrown away or fails takes its time, too.
    let keys = [("images", "9"), ("reject-rate", "10%"), ("fail-rate", "50%")];
    assert_eq!(duration(&stating(seller, &keys)), Some((200, 200)), "twenty calls in turn");
}

#[test]
fn the_latency_follows_the_quality() {
    let seller = "latency = [{ latency = \"20 s\", quality = \"hd\" }, \
                  { latency = \"5-10 s\", quality = \"standard\" }]\n";
    let duration = |what: &str, keys: &[(&str, &str)]| {
        let quote = stating(&format!("{seller}{what}"), keys);
        assert_eq!(quote.state, QuoteState::Priced);
        quote.duration_s.map(|span| (span.low, span.high))
    };
    assert_eq!(duration("", &[("quality", "hd")]), Some((20, 20)));
    assert_eq!(duration("default-quality = \"standard\"", &[]), Some((5, 10)));
    assert_eq!(duration("", &[]), Some((5, 20)), "nobody says which quality it is");
    assert_eq!(duration("", &[("quality", "draft")]), None);
}
