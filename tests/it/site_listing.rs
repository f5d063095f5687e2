//! The page of a listing: what it says of a price, a task, a probe and other sellers, in HTML and
//! in its twin, and that foreign text stays text.

use std::collections::{BTreeMap, BTreeSet};

use cogdex::catalog::Catalog;
use cogdex::history::{ClauseHistory, NewRun, Run, TimedVerdict, VerdictRecord};
use cogdex::site::{ProbeRecord, ProbeRecords, Settings, Site};
use serde_json::Value;

use crate::support::{TODAY, catalog, listing};

/// A listing's page and its twin.
struct Pages {
    html: String,
    twin: String,
}

impl Pages {
    fn of(catalog: &Catalog, id: &str) -> Self {
        Self::probed(catalog, &ProbeRecords::default(), id)
    }

    fn probed(catalog: &Catalog, records: &ProbeRecords, id: &str) -> Self {
        let site = Site::new(catalog, records, Settings { as_of: TODAY, served: false });
        let read = |name: &str| {
            let path = format!("listings/{id}/{name}");
            let files = site.files();
            let file = files.iter().find(|file| file.path == path).unwrap();
            String::from_utf8(site.render(file).unwrap()).unwrap()
        };
        Self { html: read("index.html"), twin: read("index.md") }
    }

    fn embedded(id: &str) -> Self {
        Self::of(&Catalog::embedded().unwrap(), id)
    }

    /// The data for programs that the page holds.
    fn structured(&self) -> Vec<Value> {
        let parts = self.html.split("<script type=\"application/ld+json\">").skip(1);
        let data = parts.map(|part| part.split("</script>").next().unwrap());
        data.map(|data| serde_json::from_str(data).unwrap()).collect()
    }

    fn product(&self) -> Value {
        self.structured().into_iter().find(|data| data["@type"] == "Product").unwrap()
    }

    #[track_caller]
    fn both_say(&self, texts: &[&str]) {
        for text in texts {
            assert!(self.html.contains(text), "the page lacks {text}");
            assert!(self.twin.contains(text), "the twin lacks {text}");
        }
    }
}

/// What stands in the attribute of every element that has it.
fn attributes<'h>(html: &'h str, name: &str) -> Vec<&'h str> {
    let mark = format!(" {name}=\"");
    html.split(mark.as_str()).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

/// A run of one check that saw `observed`, with latencies on two days.
fn record(observed: &str) -> ProbeRecord {
    let (first, second) = (1_763_625_600_000, 1_763_712_000_000);
    let begun = NewRun {
        listing: "p/l".to_owned(),
        provider: "p".to_owned(),
        base_url: "https://p.example".to_owned(),
        as_of: TODAY,
        edition: None,
        digest: String::new(),
        started_ms: second,
    };
    let verdict = VerdictRecord {
        id: "answer.url".to_owned(),
        verdict: "broken".to_owned(),
        reason: "no link".to_owned(),
        observed: observed.to_owned(),
        latency_ms: Some(4200),
        cost: None,
    };
    let judged =
        TimedVerdict { run: "1".parse().unwrap(), at_ms: second, verdict: "broken".to_owned() };
    let clause = ClauseHistory {
        id: "answer.url".to_owned(),
        first_seen_ms: first,
        last_seen_ms: second,
        flips: 3,
        last: "broken".to_owned(),
        all: vec![judged],
    };
    ProbeRecord {
        run: Run { id: "1".parse().unwrap(), begun, finished_ms: Some(second) },
        verdicts: vec![verdict],
        clauses: vec![clause],
        latencies: vec![(first, 1500), (first + 5, 9000), (second, 4200)],
    }
}

fn records(observed: &str) -> ProbeRecords {
    ProbeRecords(BTreeMap::from([("p/l".to_owned(), record(observed))]))
}

#[test]
fn a_disputed_price_is_shown_with_every_reading() {
    let pages = Pages::embedded("apiin/cogview-4");
    pages.both_say(&[
        "One image costs $0.008–0.04: its own pages disagree.",
        "/sources/#apiin-docs",
        "$0.04 per image (4 credits)",
        "providers/apiin.toml:",
        "Endpoint decision panel",
    ]);
    for worth in ["0.008 USD", "0.04 USD"] {
        assert!(pages.html.contains(&format!("4 credits ~ {worth}")), "{worth}");
        assert!(pages.twin.contains(&format!("4 credits \\~ {worth}")), "{worth}");
    }
    for reading in ["### $0.008 an image, $8 for", "### $0.04 an image, $40 for"] {
        assert!(pages.twin.contains(reading), "{reading}");
    }
    let above = pages.html.split("id=\"price\"").next().unwrap();
    assert!(above.contains("$0.008–0.04") && above.contains("Its own pages disagree."));
}

#[test]
fn whether_sources_agree_is_said_beside_the_price() {
    let said = |id: &str, text: &str| Pages::embedded(id).both_say(&[text]);
    said("bigmodel/cogview-4-250304", "2 sources agree.");
    said("apiin/cogview-4", "Its own pages disagree.");
    said("fal/cogview4", "From one source. It leaves part of the price open.");
    said("geekai/cogview-4", "No source states a price.");
    // What a command asks for is told as the command's: a page has no flags.
    said("replicate/cogview4-6b", "Billed by the second; enter seconds per image");
}

#[test]
fn a_figure_is_short_and_its_bill_is_exact() {
    let big = |id: &str| {
        let html = Pages::embedded(id).html;
        html.split("<p class=\"big\">").nth(1).unwrap().split("</p>").next().unwrap().to_owned()
    };
    assert_eq!(big("bigmodel/cogview-4-250304"), "¥0.06 ≈ $0.00884");
    assert_eq!(big("aigateway/cogview4"), "$0.105");
    assert_eq!(big("fal/cogview4"), "$0.10–0.20");
    Pages::embedded("bigmodel/cogview-4-250304").both_say(&["0.008842514811 USD"]);
}

#[test]
fn a_disputed_price_is_an_offer_from_the_lowest_to_the_highest() {
    let offer = &Pages::embedded("apiin/cogview-4").product()["offers"];
    assert_eq!(offer["@type"], "AggregateOffer");
    assert_eq!((&offer["lowPrice"], &offer["highPrice"]), (&"0.008".into(), &"0.04".into()));
    assert_eq!(offer["offerCount"], 2);
}

#[test]
fn an_unknown_price_is_called_unknown_and_is_no_offer() {
    let pages = Pages::embedded("gitee/cogview4-6b");
    pages.both_say(&["We found no public price: no source states a price."]);
    assert!(pages.product().get("offers").is_none());
    assert!(!pages.html.contains("service-desc"), "no contract is known, so none is linked");
    assert!(Pages::embedded("apiin/cogview-4").html.contains("rel=\"service-desc\""));
}

#[test]
fn an_exact_price_is_an_offer_in_the_sellers_own_money() {
    let offer = &Pages::embedded("bigmodel/cogview-4-250304").product()["offers"];
    assert_eq!(offer["@type"], "Offer");
    assert_eq!((&offer["price"], &offer["priceCurrency"]), (&"0.06".into(), &"CNY".into()));
    // A fee comes on top, so the price is what is paid in the end.
    let offer = &Pages::embedded("aigateway/cogview4").product()["offers"];
    assert_eq!((&offer["price"], &offer["priceCurrency"]), (&"0.105".into(), &"USD".into()));
}

#[test]
fn a_changed_fact_changes_the_page() {
    let page = |price: &str| {
        let statement =
            format!("[[statement]]\nsource = \"page\"\nseen = 2026-11-20\nprice = \"{price}\"\n");
        Pages::of(&listing(&statement), "p/l")
    };
    let (one, two) = (page("0.01 USD / image"), page("0.02 USD / image"));
    one.both_say(&["One image costs $0.01."]);
    two.both_say(&["One image costs $0.02."]);
    assert_eq!(one.product()["offers"]["price"], "0.01");
    assert_eq!(two.product()["offers"]["price"], "0.02");
    assert!(!two.html.contains("0.01"));
}

#[test]
fn a_task_shows_the_words_and_envelopes_of_every_side() {
    let html = embedded_page("endpoints/apiin/images/index.html");
    let steps = html.split("id=\"task\"").nth(1).unwrap().split("</section>").next().unwrap();
    for word in ["IN_PROGRESS", "pending", "data.task_id", "data.status", "completed", "failed"] {
        assert!(steps.contains(&format!("<code>{word}</code>")), "{word}");
    }
    assert!(steps.contains("not documented"), "where the link lies is unknown");
    // Each example has its own source's envelope and word.
    let manual = html.split("(from API in One, general API manual)").nth(1).unwrap();
    let example = manual.split("</pre>").next().unwrap();
    assert!(example.contains("pending") && !example.contains("task_id"), "{example}");
    assert!(!embedded_page("endpoints/zai/images/index.html").contains("id=\"task\""));
    // The page of a listing leads there, and holds none of it.
    let listing = Pages::embedded("apiin/cogview-4").html;
    assert!(listing.contains("href=\"/endpoints/apiin/images/\""));
    assert!(!listing.contains("id=\"task\""));
}

#[test]
fn an_example_of_a_refusal_has_nothing_that_no_source_states() {
    // What type a refused key has is unknown there, so the example is another refusal; and its
    // message may be our words for what the page says.
    let html = embedded_page("endpoints/apiin/images/index.html");
    let example = html.split("id=\"refusal-example\"").nth(1).unwrap();
    let example = example.split("</pre>").next().unwrap();
    assert!(example.contains("invalid_request") && example.contains('…'), "{example}");
    assert!(!example.contains("invalid_request_error"), "{example}");
    assert!(!example.contains("bad parameters"), "{example}");
}

fn embedded_page(path: &str) -> String {
    let (catalog, records) = (Catalog::embedded().unwrap(), ProbeRecords::default());
    let site = Site::new(&catalog, &records, Settings { as_of: TODAY, served: false });
    let files = site.files();
    let file = files.iter().find(|file| file.path == path).unwrap();
    String::from_utf8(site.render(file).unwrap()).unwrap()
}

#[test]
fn a_capability_that_nobody_states_is_unknown_and_not_a_no() {
    let pages = Pages::embedded("aigateway/cogview4");
    let row = |key: &str| {
        let row = pages.html.split(&format!("id=\"fact-capabilities-{key}\"")).nth(1).unwrap();
        row.split("</dd>").next().unwrap().to_owned()
    };
    assert!(row("streaming").contains(">no<"));
    assert!(row("n").contains(">yes<"));
    let unknown = pages.html.split("Not documented, but may still be supported").nth(1).unwrap();
    assert!(unknown.split("</p>").next().unwrap().contains("Seed"));
}

#[test]
fn a_price_that_moved_is_drawn_and_stands_in_a_table() {
    let moved = listing(
        "[[statement]]\nsource = \"page\"\nseen = 2026-03-01\nprice = \"0.04 USD / image\"\n\
         [[statement]]\nsource = \"page\"\nseen = 2026-11-01\ncorrected = 2026-11-05\n\
         price = \"0.03 USD / image\"\n",
    );
    let pages = Pages::of(&moved, "p/l");
    assert!(pages.html.contains("<title id=\"price-chart-title\">"));
    assert!(pages.html.contains("<polyline"));
    pages.both_say(&["0.04 USD / image", "0.03 USD / image", "our mistake, corrected 2026-11-05"]);
    let once = listing(
        "[[statement]]\nsource = \"page\"\nseen = 2026-11-01\nprice = \"0.03 USD / image\"\n",
    );
    let pages = Pages::of(&once, "p/l");
    assert!(!pages.html.contains("price-chart"));
}

#[test]
fn what_probes_saw_is_told_with_its_latencies() {
    let catalog = listing("[[statement]]\nsource = \"page\"\nseen = 2026-11-20\nname = \"L\"\n");
    let pages = Pages::probed(&catalog, &records("a page of text"), "p/l");
    pages.both_say(&[
        "2025-11-21 08:00 UTC",
        "answer.url",
        "a page of text",
        "4200 ms",
        "3 answers: the fastest took 1500 ms, the middle one 4200 ms, the slowest 9000 ms.",
    ]);
    assert_eq!(pages.html.matches("<circle").count(), 3);
    let untested = Pages::of(&catalog, "p/l");
    assert!(untested.twin.contains("We haven’t tested this API ourselves."));
    assert!(!untested.html.contains("id=\"probes\""));
}

#[test]
fn other_sellers_are_counted_and_only_a_handful_is_named() {
    let own = "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n\
               price = \"0.05 USD / image\"\n";
    let other = own.replace("0.05", "0.02");
    let paths: Vec<String> = (10..70).map(|number| format!("listings/q/l{number}.toml")).collect();
    let mut files = vec![("listings/p/l.toml", own)];
    files.extend(paths.iter().map(|path| (path.as_str(), other.as_str())));
    let pages = Pages::of(&catalog(&files), "p/l");
    pages.both_say(&["q/l10", "$0.02 an image"]);
    let named = attributes(&pages.html, "href").into_iter().filter(|h| h.contains("/q/l")).count();
    assert_eq!(named, 3 + 5, "three to compare with, five that are cheaper");
    // Those of one provider are no other sellers of each other, but they are siblings.
    let pages = Pages::of(&catalog(&files), "q/l10");
    assert!(pages.html.contains("59 more"));
}

#[test]
fn ids_are_unique_and_every_place_on_the_page_exists() {
    let catalog = Catalog::embedded().unwrap();
    for id in catalog.listings.keys() {
        let pages = Pages::of(&catalog, id);
        let ids = attributes(&pages.html, "id");
        let unique: BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{id} has an id twice: {ids:?}");
        let links = attributes(&pages.html, "href").into_iter();
        for place in links.filter_map(|href| href.strip_prefix('#')) {
            assert!(unique.contains(&place), "{id} has no place {place}");
        }
        for place in attributes(&pages.html, "data-copy") {
            assert!(unique.contains(&place), "{id} copies nothing from {place}");
        }
    }
}

#[test]
fn foreign_text_stays_text_everywhere() {
    let bad = r#"\"><img src=x onerror=alert(1)></title><script>alert(2)</script>\u202Ejavascript:alert(3)"#;
    let statement = |seen: &str, price: &str| {
        format!(
            "[[statement]]\nsource = \"page\"\nat = \"{bad}\"\nseen = {seen}\nname = \"{bad}\"\n\
             maker = \"{bad}\"\nupstream = \"{bad}\"\nuse-cases = [\"{bad}\"]\n\
             claims = {{ odd = \"{bad}\" }}\nprice = \"{price}\"\n"
        )
    };
    let text = format!(
        "model = \"m\"\nslug = \"{bad}\"\nnote = \"{bad}\"\n{}{}",
        statement("2026-03-01", "0.04 USD / image"),
        statement("2026-11-01", "0.03 USD / image")
    );
    let catalog = catalog(&[("listings/p/l.toml", &text)]);
    let seen = "\"><img src=x onerror=alert(1)></title><script>alert(2)</script>\u{202e}\u{7}`";
    let pages = Pages::probed(&catalog, &records(seen), "p/l");
    for page in [&pages.html, &pages.twin] {
        assert!(!page.contains("<img") && !page.contains("<script>"), "{page}");
        assert!(!page.contains(['\u{202e}', '\u{7}']), "a mark that steers came through");
        assert!(page.contains('\u{fffd}') && page.contains("alert(2)"), "the text is still told");
    }
    assert!(pages.html.contains("<polyline"), "the chart names the place of the statement");
    assert!(!attributes(&pages.html, "href").iter().any(|href| href.starts_with("javascript")));
    assert!(!pages.twin.contains("](javascript"));
    assert!(pages.product()["name"].as_str().unwrap().contains("<script>alert(2)"));
}
