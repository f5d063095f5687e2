//! What was stated over time: the page, the feed and the document.

use cogdex::site::{ProbeRecords, Settings, Site};

use super::{SETTINGS, embedded, has, page, words};
use crate::support::{catalog, listing};

/// A price that the seller changed, one that we had got wrong, and one that vanished.
const HISTORY: &str = "[[statement]]\nsource = \"page\"\nseen = 2026-10-01\nprice = \"0.01 USD / image\"\n\
     [[statement]]\nsource = \"page\"\nseen = 2026-11-01\nprice = \"0.02 USD / image\"\n\
     [[statement]]\nsource = \"other\"\nseen = 2026-10-01\ncorrected = 2026-11-05\nprice = \"0.03 USD / image\"\n\
     [[statement]]\nsource = \"other\"\nseen = 2026-11-10\nwithdrawn = [\"price\"]\n";

#[test]
fn a_corrected_price_is_told_apart_from_a_changed_one() {
    let catalog = listing(HISTORY);
    let html = page(&catalog, "changes/index.html");
    let text = words(&html);
    has(&text, &["1 changed by the seller, 1 vanished, 1 corrected by us; 2 statements read."]);
    has(
        &text,
        &[
            "price changed 2026-11-01 · A page · page of the listing price: 0.01 USD / image 0.02 USD / image",
        ],
    );
    has(
        &text,
        &["our correction 2026-11-05 · Another · page of the listing price: 0.03 USD / image"],
    );
    has(&text, &["price vanished 2026-11-10 · Another"]);
    let place = |word: &str| text.find(word).unwrap();
    assert!(place("2026-11-10") < place("2026-11-05") && place("2026-11-05") < place("2026-11-01"));
    has(
        &html,
        &["id=\"2026-11-05.listing.p-l.other.corrected\"", "id=\"2026-11-01.listing.p-l.page\""],
    );

    let feed = page(&catalog, "changes.xml");
    has(&feed, &["<title>p/l: price changed</title>", "<title>p/l: our correction</title>"]);
    has(
        &feed,
        &[
            "price from 0.01 USD / image to 0.02 USD / image",
            "<updated>2026-11-10T00:00:00Z</updated>",
        ],
    );

    let records = ProbeRecords::default();
    let site = Site::new(&catalog, &records, SETTINGS);
    let document = serde_json::json!(site.changes_document());
    let kinds: Vec<_> =
        document["changes"].as_array().unwrap().iter().map(|c| &c["change"]).collect();
    assert_eq!(kinds, ["withdrawn", "corrected", "changed", "first-seen", "first-seen"]);
    assert_eq!(document["changes"][2]["items"][0]["old"], "0.01 USD / image");
    assert_eq!(document["changes"][1]["items"][0]["old"], serde_json::Value::Null);
}

#[test]
fn what_is_dated_after_the_day_is_not_told_yet() {
    let catalog = listing(HISTORY);
    let records = ProbeRecords::default();
    let as_of = "2026-11-02".parse().unwrap();
    let site = Site::new(&catalog, &records, Settings { as_of, served: false });
    let document = serde_json::json!(site.changes_document());
    let days: Vec<_> = document["changes"].as_array().unwrap().iter().map(|c| &c["date"]).collect();
    assert_eq!(days, ["2026-11-01", "2026-10-01", "2026-10-01"]);
}

#[test]
fn the_feed_is_well_formed_and_each_entry_has_an_id_of_its_own() {
    let feed = page(&embedded(), "changes.xml");
    let mut reader = quick_xml::Reader::from_str(&feed);
    let (mut entries, mut ids) = (0, Vec::new());
    let mut inside = false;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(tag) => {
                entries += u32::from(tag.name().as_ref() == b"entry");
                inside = tag.name().as_ref() == b"id";
            }
            quick_xml::events::Event::Text(text) if inside => {
                ids.push(String::from_utf8(text.to_vec()).unwrap());
            }
            quick_xml::events::Event::End(_) => inside = false,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert!(entries < 50, "what was read for the first time is no change: {entries}");
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), all), (all, entries as usize + 1));
}

#[test]
fn a_promise_that_a_source_changed_is_told_with_what_it_said_before() {
    let clause = |seen: &str, status: u32| {
        format!(
            "[[clause]]\nid = \"error.funds\"\nsource = \"page\"\nseen = {seen}\n\
             error = {{ status = {status}, when = \"no-funds\" }}\n"
        )
    };
    let endpoint =
        format!("name = \"E\"\n{}{}", clause("2026-10-01", 402), clause("2026-11-01", 429));
    let catalog = catalog(&[
        ("endpoints/p/e.toml", &endpoint),
        ("listings/p/l.toml", "model = \"m\"\nendpoint = \"p/e\"\n"),
    ]);
    let text = words(&page(&catalog, "changes/index.html"));
    has(&text, &["error.funds: status 402; when no-funds status 429; when no-funds"]);
    has(&text, &["States 1 clause of the contract."]);
}
