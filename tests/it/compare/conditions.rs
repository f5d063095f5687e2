//! What a listing has to be able to do: `--require`.

use super::{compared, is_refused, row, total};
use crate::support::{job, listing, quote, terms};
use cogdex::pricing::{Quote, QuoteState};

#[test]
fn what_no_source_states_is_refused_as_not_stated() {
    let document = compared(&["--require", "webhook", "--model", "any"]);
    let priced = compared(&["--model", "any"]);
    for after in document["rows"].as_array().unwrap() {
        assert!(after["rank"].is_null() && after["total"].is_null(), "{after}");
        let before = row(&priced, after["listing"].as_str().unwrap());
        if before["state"] == "unknown" {
            assert_eq!(after["state"], "unknown", "{after}");
        } else {
            assert!(is_refused(after, "not-stated"), "{after}");
        }
    }
}

#[test]
fn what_a_source_states_is_enough() {
    let document = compared(&["--require", "sync"]);
    assert_eq!(total(row(&document, "aigateway/cogview4")), ("105", "105"));
    let document = compared(&["--require", "byok"]);
    assert!(is_refused(row(&document, "zai/cogview-4-250304"), "not-stated"));
    // With an own key the maker bills: neither the gateway's price nor nothing.
    let own = row(&document, "aigateway/cogview4");
    assert_eq!(
        (own["state"].as_str(), own["reason_code"].as_str()),
        (Some("unknown"), Some("byok-maker-bills"))
    );
    assert!(own["rank"].is_null() && own["total"].is_null());
}

#[test]
fn what_a_source_denies_is_refused_as_not_offered() {
    let document = compared(&["--require", "streaming"]);
    assert!(is_refused(row(&document, "aigateway/cogview4"), "not-offered"));
}

#[test]
fn every_requirement_has_to_be_met() {
    let document = compared(&["--require", "sync", "--require", "streaming"]);
    assert!(is_refused(row(&document, "aigateway/cogview4"), "streaming"));
}

#[test]
fn a_way_of_delivery_that_sources_dispute_is_refused_as_disputed() {
    let document = compared(&["--require", "sync"]);
    assert!(is_refused(row(&document, "apiin/cogview-4"), "disputed"));
    assert_eq!(total(row(&document, "aigateway/cogview4")), ("105", "105"));
    // Both ways are stated here.
    for way in ["sync", "async"] {
        assert_eq!(row(&compared(&["--require", way]), "fal/cogview4")["state"], "priced");
    }
}

#[test]
fn a_price_of_the_other_delivery_does_not_count_where_one_is_required() {
    let rows = "[{ price = \"1 USD / image\", mode = \"sync\" }, { price = \"3 USD / image\", mode = \"async\" }]";
    let catalog = listing(&format!(
        "[[statement]]\nsource = \"page\"\nseen = 2026-11-20\nmode = \"sync or async\"\nprice = {rows}\n"
    ));
    let total = |keys: &[(&str, &str)]| {
        let total = quote(&catalog, &catalog.listings["p/l"], &job(keys), &terms()).total;
        total.map(|total| (total.low.to_string(), total.high.to_string())).unwrap()
    };
    let both = ("1".to_owned(), "3".to_owned());
    assert_eq!(total(&[]), both);
    assert_eq!(total(&[("require", "sync"), ("require", "async")]), both);
    assert_eq!(total(&[("require", "sync")]), ("1".to_owned(), "1".to_owned()));
    assert_eq!(total(&[("require", "async")]), ("3".to_owned(), "3".to_owned()));
}

fn stating(what: &str, keys: &[(&str, &str)]) -> Quote {
    let catalog = listing(&format!(
        "[[statement]]\nsource = \"page\"\nseen = 2026-11-20\nprice = \"1 USD / image\"\n{what}\n"
    ));
    quote(&catalog, &catalog.listings["p/l"], &job(keys), &terms())
}

#[test]
fn a_capability_is_stated_denied_or_unknown() {
    let capable = "capabilities = { webhook = true, seed = false }";
    assert_eq!(stating(capable, &[("require", "webhook")]).state, QuoteState::Priced);
    let reason = |wanted: &str| {
        let quote = stating(capable, &[("require", wanted)]);
        assert_eq!((quote.state, quote.total), (QuoteState::Refused, None));
        quote.reason.unwrap().to_string()
    };
    assert!(reason("seed").starts_with("not-offered"));
    assert!(reason("n").starts_with("not-stated"));
    assert!(reason("async").starts_with("not-stated"));
    let async_only = "mode = \"async\"";
    assert_eq!(stating(async_only, &[("require", "async")]).state, QuoteState::Priced);
    assert_eq!(stating(async_only, &[("require", "sync")]).state, QuoteState::Refused);
}
