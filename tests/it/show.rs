//! `cogdex show`: disputes with both sides and places, differences apart, matters of the pages.

use crate::support::{cogdex, json, stdout};

/// The lines of one section of the text, from its heading to the next.
fn section(text: &str, heading: &str) -> String {
    let after = text.split_once(&format!("\n{heading}\n")).expect(heading).1;
    after.split("\n\n").next().unwrap().to_owned()
}

fn apiin() -> String {
    stdout(&["show", "apiin/cogview-4", "--all", "--as-of", "2026-11-20"])
}

#[test]
fn a_dispute_names_both_sides_and_their_places() {
    let disputes = section(&apiin(), "Disputes");
    for words in [
        "credits (provider apiin): nothing settles it",
        "4 credits ~ 0.008 USD, says [1]\n",
        "4 credits ~ 0.04 USD, says [2] @ Pricing; 4 credits = 0.04 USD: [2] @ Base cost; ",
        "25 credits = 0.25 USD: [2] @ Endpoint",
        "mode (listing apiin/cogview-4): nothing settles it",
        "async, says [1]; [2] @ Runtime behavior; ",
        "sync, says [2] @ Service highlights; ",
    ] {
        assert!(disputes.contains(words), "{words}:\n{disputes}");
    }
    let sources = section(&apiin(), "Sources");
    assert!(sources.starts_with("[1]  apiin-docs, ") && sources.contains("\n[2]  apiin-market, "));
}

#[test]
fn differences_from_other_sellers_stand_apart_from_disputes() {
    let text = apiin();
    let (disputes, differences) =
        (section(&text, "Disputes"), section(&text, "Differences from other sellers"));
    for key in ["size-spelling", "default-quality", "sizes", "prompt-limit", "latency"] {
        assert!(differences.contains(&format!("{key}:")), "{key}:\n{differences}");
        assert!(!disputes.contains(key), "{key}:\n{disputes}");
    }
}

#[test]
fn matters_of_the_pages_stand_apart_too() {
    let text = apiin();
    let pages = section(&text, "Other claims");
    assert!(pages.contains("key-placeholder: aio_your_key (apiin-docs @ Check task status)"));
    assert!(pages.contains("webhook-coverage: 5/11 (apiin-market)"));
}

#[test]
fn a_listing_of_which_nothing_is_known_says_so() {
    let text = stdout(&["show", "gitee/cogview4-6b", "--as-of", "2026-11-20"]);
    assert!(text.contains("note"), "{text}");
    assert!(text.contains("\nprice     unknown: no source states a price\n"), "{text}");
    assert!(!text.contains("\n  price "), "{text}");
}

#[test]
fn the_json_has_every_fact_with_its_sides_and_lines() {
    let document = json(&["show", "apiin/cogview-4", "--as-of", "2026-11-20", "--format", "json"]);
    assert_eq!(document["format"], 1);
    let facts = document["facts"].as_array().unwrap();
    let credits = facts.iter().find(|fact| fact["field"] == "credits").unwrap();
    assert_eq!(credits["state"], "disputed");
    assert_eq!(credits["level"], "provider");
    let side = &credits["views"][0]["sides"][0];
    assert_eq!(side["source"], "apiin-docs");
    assert_eq!(side["excerpt"], "4 credits per image (~$0.008)");
    assert_eq!(side["undated"], true);
    let place = side["place"].as_str().unwrap();
    let (path, line) = place.split_once(':').unwrap();
    let text = std::fs::read_to_string(crate::support::root().join("catalog").join(path)).unwrap();
    let line: usize = line.split(':').next().unwrap().parse().unwrap();
    assert!(text.lines().nth(line - 1).unwrap().contains("0.008 USD"));
    assert!(!document["differences"].as_array().unwrap().is_empty());
}

#[test]
fn an_unknown_listing_gets_the_nearest_as_a_hint() {
    let output = cogdex(&["show", "apiin/cogview4"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("did you mean `apiin/cogview-4`?"), "{said}");
}
