//! The pages around the listings: endpoints, providers, models, pairs, disputes, sources, changes
//! with their feed, status, and how to read them.

use cogdex::catalog::{Catalog, FactState};
use cogdex::history::{NewRun, Run, VerdictRecord};
use cogdex::show::show;
use cogdex::site::{FileKind, ProbeRecord, ProbeRecords, Settings, Site};

use crate::support::{TODAY, catalog, listing};

mod changes;
mod hostile;

const SETTINGS: Settings = Settings { as_of: TODAY, served: false };

/// One file of the site of a catalog.
fn page(catalog: &Catalog, path: &str) -> String {
    page_with(catalog, &ProbeRecords::default(), path)
}

fn page_with(catalog: &Catalog, records: &ProbeRecords, path: &str) -> String {
    let site = Site::new(catalog, records, SETTINGS);
    let files = site.files();
    let file = files.iter().find(|file| file.path == path);
    let file = file.unwrap_or_else(|| panic!("there is no {path}"));
    String::from_utf8(site.render(file).unwrap()).unwrap()
}

/// Every page and feed: its path and what is in it.
fn texts(catalog: &Catalog) -> Vec<(String, FileKind, String)> {
    let records = ProbeRecords::default();
    let site = Site::new(catalog, &records, SETTINGS);
    let files = site.files();
    let texts = files
        .iter()
        .filter(|f| matches!(f.kind, FileKind::Html | FileKind::Markdown | FileKind::Xml));
    texts
        .map(|file| {
            let text = String::from_utf8(site.render(file).unwrap()).unwrap();
            (file.path.clone(), file.kind, text)
        })
        .collect()
}

fn embedded() -> Catalog {
    Catalog::embedded().unwrap()
}

/// The words of a page without its tags, white space in one.
fn words(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn has(text: &str, all: &[&str]) {
    for part in all {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
}

#[test]
fn an_endpoint_sets_what_its_pages_say_beside_what_its_listings_say() {
    let catalog = embedded();
    let html = words(&page(&catalog, "endpoints/apiin/images/index.html"));
    has(
        &html,
        &["6 listings here; 5 not known by name", "4-25 credits", "$0.008–0.10 for one image"],
    );
    has(&html, &["1 of 6: apiin/cogview-4", "0 with, 0 without, 6 unknown", "5/11"]);
    has(&html, &["async or sync, disputed: 1 listing; async: 5 listings"]);
    has(&html, &["POST https://apiin.one/api/v1/images/generations", "IN_PROGRESS or pending"]);
    has(
        &html,
        &[
            "The documentation doesn’t show where the image is.",
            "We don’t know when the link expires.",
        ],
    );
    has(&html, &["data.task_id", "Required", "Example response"]);
    has(&html, &["What we couldn’t find out", "The body of a failed task: whether it says why."]);
    let markdown = page(&catalog, "endpoints/apiin/images/index.md");
    has(&markdown, &["6 listings here; 5 not known by name", "data.task\\_id"]);
}

#[test]
fn advice_names_latencies_and_link_lifetimes_as_the_sources_state_them() {
    let html = words(&page(&embedded(), "endpoints/bigmodel/images/index.html"));
    let slow = words(&page(&embedded(), "endpoints/wavespeed/cogview-4/index.html"));
    has(&slow, &["says an image takes 5-10 s if quality standard; 20 s if quality hd."]);
    has(&html, &["the link works for 30 days.", "The link works for 30 days."]);
}

#[test]
fn an_endpoint_whose_calls_nobody_describes_says_that_they_are_unknown() {
    let html = words(&page(&embedded(), "endpoints/inference-sh/run/index.html"));
    has(&html, &["how it is called is unknown here", "async"]);
    assert!(!html.contains("In production"), "there is no contract to advise on");
}

#[test]
fn advice_on_retries_follows_the_contract() {
    let clause = |retryable: &str| {
        format!(
            "name = \"E\"\n[[clause]]\nid = \"call.create\"\nsource = \"page\"\nseen = 2026-11-20\n\
             call = {{ name = \"create\", method = \"POST\", url = \"https://example.com/v1\", billable = true }}\n\
             [[clause]]\nid = \"error.429\"\nsource = \"page\"\nseen = 2026-11-20\n\
             error = {{ status = 429, when = \"rate-limit\"{retryable} }}\n"
        )
    };
    let html = |retryable: &str| {
        let files = [
            ("endpoints/p/e.toml", clause(retryable)),
            ("listings/p/l.toml", "model = \"m\"\nendpoint = \"p/e\"\n".to_owned()),
        ];
        let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        words(&page(&catalog(&files), "endpoints/p/e/index.html"))
    };
    has(&html(", retryable = true"), &["Wait, then retry: 429 (rate limit)."]);
    has(&html(", retryable = false"), &["Fix these first; don’t retry: 429 (rate limit)."]);
    has(&html(""), &["Nobody says whether a retry helps; don’t retry: 429 (rate limit)."]);
}

#[test]
fn a_provider_shows_both_sides_of_what_a_credit_costs() {
    let catalog = embedded();
    let html = words(&page(&catalog, "providers/apiin/index.html"));
    has(&html, &["4 credits ~ 0.008 USD or 4 credits ~ 0.04 USD disputed", "APIIN_API_KEY"]);
    has(&html, &["Fee unknown", "Affects apiin/cogview-4", "API in One, general API manual"]);
    has(&html, &["$0.008–0.04"]);
    let html = words(&page(&catalog, "providers/aigateway/index.html"));
    has(&html, &["5% on top-up", "5% applied at credit top-up, not per-call"]);
}

#[test]
fn a_model_shows_its_figures_with_those_it_was_compared_with_and_claims_with_their_opposite() {
    let catalog = embedded();
    let html = page(&catalog, "models/cogview4-6b/index.html");
    has(&html, &["dpg-bench: CogView4-6B 85.13, janus-pro-7b 84.19", "role=\"img\""]);
    has(&words(&html), &["geneval", "0.73", "Apache-2.0", "GLM-4-9B", "Chinese, English"]);
    assert_eq!(html.matches("<svg").count(), 1, "a figure without peers is not drawn");
    let html = words(&page(&catalog, "models/cogview-4/index.html"));
    has(&html, &["First open source : sources contradict each other. disputed"]);
    has(&html, &["yes · Z.ai, guide to CogView-4", "no · CogView4, README of the repository"]);
    has(&html, &["Licence unknown", "another model of its family"]);
}

#[test]
fn figures_of_others_that_fit_no_benchmark_are_shown_and_not_drawn() {
    let model = "name = \"M\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n\
                 benchmarks = { b = \"0.73\" }\nbenchmark-peers = { rival = \"84.08\" }\n";
    let html = page(&catalog(&[("models/m.toml", model)]), "models/m/index.html");
    has(&words(&html), &["by a benchmark that is not named", "rival 84.08"]);
    assert!(!html.contains("<svg"));
}

#[test]
fn a_pair_has_one_page_with_what_differs_and_what_images_cost() {
    let catalog = embedded();
    let path = "compare/apiin/cogview-4/vs/zai/cogview-4-250304/index.html";
    let html = words(&page(&catalog, path));
    has(&html, &["1 $0.008–0.04 $0.01 not settled"]);
    has(&html, &["1,000 $8–40 $10", "100,000 $800–4,000 $1,000"]);
    has(&html, &["Size spelling W*H WxH", "Link lifetime – 30d"]);
    let path = "compare/aigateway/cogview4/vs/xpay/zai-generate-image/index.html";
    has(&words(&page(&catalog, path)), &["1 $0.105 $0.02 xpay/zai-generate-image"]);
    let site = texts(&catalog);
    let turned = "compare/zai/cogview-4-250304/vs/apiin/cogview-4/index.html";
    assert!(site.iter().all(|(path, ..)| path != turned));
}

#[test]
fn a_pair_begins_with_which_costs_less_or_why_that_is_open() {
    let catalog = embedded();
    let begins = |pair: &str, verdict: &str| {
        for form in ["html", "md"] {
            let text = words(&page(&catalog, &format!("compare/{pair}/index.{form}")));
            has(&text, &[verdict]);
        }
    };
    begins(
        "apiin/cogview-4/vs/fal/cogview4",
        "apiin/cogview-4 costs less: $0.008–0.04 an image, against $0.10–0.20 on fal/cogview4.",
    );
    begins(
        "apiin/cogview-4/vs/fal/cogview4",
        "Known differences: price, failure charged, mode, default size.",
    );
    begins(
        "apiin/cogview-4/vs/zai/cogview-4-250304",
        "Which costs less is not settled: $0.008–0.04 an image on apiin/cogview-4, $0.01",
    );
    let paths: Vec<_> = texts(&catalog).into_iter().map(|(path, ..)| path).collect();
    let unpriced = |path: &&String| path.starts_with("compare/") && path.contains("302ai");
    assert_eq!(paths.iter().find(unpriced), None, "what has no price is compared with nothing");
    begins("bigmodel/cogview-4/vs/bigmodel/cogview-4-250304", "An image costs the same on both:");
}

#[test]
fn the_number_of_pair_pages_grows_with_the_listings_and_not_with_their_square() {
    let pairs = |count: usize| {
        let files: Vec<_> = (0..count)
            .map(|i| {
                let text = format!(
                    "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\nprice = \"0.{:03} USD / image\"\n",
                    100 + i
                );
                (format!("listings/p/l{i:03}.toml"), text)
            })
            .collect();
        let files: Vec<_> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
        let catalog = catalog(&files);
        let records = ProbeRecords::default();
        let site = Site::new(&catalog, &records, SETTINGS);
        let pages = |file: &&cogdex::site::SiteFile<'_>| {
            file.path.starts_with("compare/")
                && file.path != "compare/index.html"
                && file.kind == FileKind::Html
        };
        site.files().iter().filter(pages).count()
    };
    assert_eq!(pairs(1), 0);
    assert_eq!(pairs(8), 28, "every two of few");
    assert_eq!(pairs(20), 3 * 20 - 6);
    assert_eq!(pairs(80), 3 * 80 - 6, "each with its three next in rank");
}

#[test]
fn every_dispute_of_every_listing_stands_on_the_page_of_disputes() {
    let catalog = embedded();
    let html = page(&catalog, "disputes/index.html");
    let mut seen = 0;
    for listing in catalog.listings.values() {
        for fact in show(&catalog, listing, TODAY).disputes() {
            let key = fact.key.to_string();
            let id = format!("{}-{}-{key}", fact.level(), fact.entity.id).replace('/', "-");
            assert!(html.contains(&format!("id=\"{id}\"")), "{id}");
            seen += 1;
        }
    }
    assert!(seen > 10, "the catalog has disputes");
    let open = show(&catalog, &catalog.listings["apiin/cogview-4"], TODAY);
    assert!(open.disputes().any(|fact| fact.state() == FactState::Disputed));
    has(&words(&html), &["Mode disputed listing apiin/cogview-4", "at “Service highlights”"]);
    has(&html, &["listings/apiin/cogview-4.toml:"]);
}

const SIDES: &str = "[[statement]]\nsource = \"page\"\nseen = 2026-11-01\nmode = \"async\"\n\
                     [[statement]]\nsource = \"other\"\nseen = 2026-11-01\nmode = \"sync\"\n";
const RULING: &str = "[[ruling]]\nfield = \"mode\"\ndecides = \"async\"\ndate = 2026-11-02\n\
                      reason = \"a task id came back\"\nsides = { page = \"async\", other = \"sync\" }\n";

#[test]
fn a_ruling_settles_and_lapses_as_soon_as_a_side_moves() {
    let html = words(&page(&listing(&format!("{SIDES}{RULING}")), "disputes/index.html"));
    has(
        &html,
        &[
            "0 disputes open, 1 settled",
            "Settled for async : ruled on 2026-11-02: a task id came back",
        ],
    );
    assert!(!html.contains("decides no more"));
    let moved = "[[statement]]\nsource = \"other\"\nseen = 2026-11-10\nmode = \"sync or async\"\n";
    let html = words(&page(&listing(&format!("{SIDES}{moved}{RULING}")), "disputes/index.html"));
    has(&html, &["1 dispute open, 0 settled", "A side has moved since, so it decides no more."]);
}

#[test]
fn a_price_that_was_settled_is_not_called_undisputed() {
    let sides = SIDES.replace("mode = \"async\"", "price = \"0.01 USD / image\"");
    let sides = sides.replace("mode = \"sync\"", "price = \"0.02 USD / image\"");
    let ruling = "[[ruling]]\nfield = \"price\"\ndecides = \"0.02 USD / image\"\n\
        date = 2026-11-02\nreason = \"an invoice came\"\n\
        sides = { page = \"0.01 USD / image\", other = \"0.02 USD / image\" }\n";
    let open = words(&page(&listing(&sides), "listings/p/l/index.html"));
    has(&open, &["Its own pages disagree."]);
    let settled = words(&page(&listing(&format!("{sides}{ruling}")), "listings/p/l/index.html"));
    has(&settled, &["$0.02", "Its pages disagree, and it is settled which counts."]);
    assert!(!settled.contains("From one source"));
}

#[test]
fn each_source_has_a_place_of_its_own_with_what_it_states() {
    let catalog = embedded();
    let html = page(&catalog, "sources/index.html");
    for id in catalog.sources.keys() {
        assert!(html.contains(&format!("id=\"{id}\"")), "{id}");
    }
    has(&html, &["\"@type\":\"Dataset\"", "rel=\"nofollow noopener\"", "badge stale"]);
    has(&words(&html), &["endpoint apiin/images : 7 facts, "]);
    for (path, _, text) in texts(&catalog) {
        for link in text.split("/sources/#").skip(1) {
            let end = link.find(['"', ')']).unwrap();
            assert!(catalog.sources.contains_key(&link[..end]), "{path}: {}", &link[..end]);
        }
    }
}

#[test]
fn the_status_says_what_probes_saw_or_that_there_were_none() {
    let catalog = listing(
        "[[statement]]\nsource = \"page\"\nseen = 2026-01-01\nprice = \"0.01 USD / image\"\n",
    );
    let html = words(&page(&catalog, "status/index.html"));
    has(&html, &["No live tests are published yet.", "p/l never none 2026-01-01 stale price"]);
    has(&html, &["failure charged, mode, latency, sizes"]);
    let verdict = |id: &str, word: &str| VerdictRecord {
        id: id.to_owned(),
        verdict: word.to_owned(),
        reason: "<script>".to_owned(),
        observed: String::new(),
        latency_ms: None,
        cost: None,
    };
    let run = Run {
        id: "1".parse().unwrap(),
        begun: NewRun {
            listing: "p/l".to_owned(),
            provider: "p".to_owned(),
            base_url: "http://127.0.0.1".to_owned(),
            as_of: TODAY,
            edition: Some("<b>e</b>".to_owned()),
            digest: String::new(),
            started_ms: 1_795_000_000_000,
        },
        finished_ms: None,
    };
    let verdicts = vec![verdict("a", "holds"), verdict("b", "broken"), verdict("c", "holds")];
    let record = ProbeRecord { run, verdicts, clauses: Vec::new(), latencies: Vec::new() };
    let records = ProbeRecords([("p/l".to_owned(), record)].into());
    let html = page_with(&catalog, &records, "status/index.html");
    has(&words(&html), &["p/l 2026-11-18 11:06 UTC edition", "1 broken 2 holds"]);
    assert!(!html.contains("<b>e</b>") && !words(&html).contains("without a history"));
}

#[test]
fn a_changed_fact_changes_its_pages() {
    let endpoint = |models: u32, price: &str| {
        let endpoint = format!(
            "name = \"E\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\nendpoint-models = {models}\n"
        );
        let listing = format!(
            "model = \"m\"\nendpoint = \"p/e\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\nprice = \"{price} USD / image\"\n"
        );
        let model = "name = \"M\"\nfamily = \"cogview-4\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\nlicence = \"MIT\"\n";
        catalog(&[
            ("endpoints/p/e.toml", &endpoint),
            ("listings/p/l.toml", &listing),
            ("models/m.toml", model),
        ])
    };
    let (before, after) = (endpoint(3, "0.01"), endpoint(4, "0.02"));
    let of = |catalog: &Catalog, path: &str| words(&page(catalog, path));
    has(
        &of(&before, "endpoints/p/e/index.html"),
        &["1 listing here; 2 not known", "$0.01 for one image"],
    );
    has(
        &of(&after, "endpoints/p/e/index.html"),
        &["1 listing here; 3 not known", "$0.02 for one image"],
    );
    for path in ["providers/p/index.html", "models/m/index.html", "changes/index.html"] {
        has(&of(&before, path), &["0.01 USD / image"]);
        has(&of(&after, path), &["0.02 USD / image"]);
    }
    has(&of(&after, "models/m/index.html"), &["Licence MIT"]);
    has(&of(&after, "reading/index.html"), &["cogdex show p/l --as-of 2026-11-20", "with $0.02"]);
}
