//! What publishers and other pages use: badges, the picture for links, the keys of `site.toml`,
//! lists of pages, and which runs of probes are published.

use cogdex::catalog::{Catalog, Tree};
use cogdex::history::{History, NewRun, VerdictRecord};
use cogdex::site::{FileKind, ProbeRecords, Settings, Site};

use crate::support::{TODAY, catalog, tree};

const SETTINGS: Settings = Settings { as_of: TODAY, served: false };

fn bytes(catalog: &Catalog, fits: impl Fn(&str) -> bool) -> Option<Vec<u8>> {
    let records = ProbeRecords::default();
    let site = Site::new(catalog, &records, SETTINGS);
    let files = site.files();
    let file = files.iter().find(|file| fits(&file.path))?;
    Some(site.render(file).unwrap())
}

fn text(catalog: &Catalog, path: &str) -> String {
    let bytes = bytes(catalog, |it| it == path).unwrap_or_else(|| panic!("there is no {path}"));
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_badge_tells_the_price_and_whether_it_is_disputed() {
    let catalog = Catalog::embedded().unwrap();
    let badge = text(&catalog, "badges/apiin/cogview-4.svg");
    assert!(badge.contains("0.008–0.04 USD, disputed") && badge.contains("role=\"img\""));
    assert!(text(&catalog, "badges/zai/cogview-4-250304.svg").contains(">0.01 USD<"));
    assert!(text(&catalog, "badges/gitee/cogview4-6b.svg").contains("no public price"));
    let page = text(&catalog, "listings/apiin/cogview-4/index.html");
    assert!(page.contains("/badges/apiin/cogview-4.svg)](https://"), "its Markdown can be copied");
}

#[test]
fn every_page_names_one_picture_of_the_size_that_other_sites_show() {
    let catalog = Catalog::embedded().unwrap();
    let picture = bytes(&catalog, |path| path.starts_with("static/social-")).unwrap();
    let side = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
    assert_eq!((side(16), side(20)), (1200, 630));
    for path in ["index.html", "listings/apiin/cogview-4/index.html"] {
        assert!(
            text(&catalog, path)
                .contains("og:image\" content=\"https://cogdex.example/static/social-")
        );
    }
}

#[test]
fn a_publisher_sets_colour_logo_links_style_and_repository() {
    let site = "title = \"Ours\"\nbase = \"https://ours.example/\"\naccent = \"#aa3300\"\n\
        logo = \"/logo.svg\"\nstylesheet = \"/own.css\"\nrepository = \"https://git.example/tree/\"\n\
        links = [{ label = \"Imprint\", href = \"https://ours.example/imprint\" }]\n";
    let listing = "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n\
        price = \"0.01 USD / image\"\n";
    let catalog = catalog(&[("site.toml", site), ("listings/p/l.toml", listing)]);
    assert!(text(&catalog, "static/theme.css").contains("light-dark(#aa3300,"));
    let page = text(&catalog, "listings/p/l/index.html");
    for part in [
        "href=\"/static/theme.css\"",
        "href=\"/own.css\"",
        "src=\"/logo.svg\"",
        "href=\"https://ours.example/imprint\"",
        "href=\"https://git.example/tree\" rel=\"noopener\">Wrong? Tell us",
        "href=\"https://git.example/tree/listings/p/l.toml#L5\"",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let plain = text(&Catalog::embedded().unwrap(), "index.html");
    assert!(!plain.contains("theme.css") && !plain.contains("Tell us"));
}

#[test]
fn a_key_of_the_publisher_loads_nothing_from_elsewhere() {
    for (key, value) in [
        ("accent", "\"red; } body { display: none\""),
        ("accent", "\"#12345\""),
        ("logo", "\"https://elsewhere.example/logo.svg\""),
        ("stylesheet", "\"//elsewhere.example/own.css\""),
        ("repository", "\"javascript:alert(1)\""),
        ("links", "[{ label = \"x\", href = \"javascript:alert(1)\" }]"),
        ("links", "[{ label = \"x\" }]"),
    ] {
        let text = format!("{key} = {value}\n");
        let files: Tree = tree(&[("site.toml", &text)]);
        assert!(Catalog::open(&files, TODAY).is_err(), "{text}");
    }
}

#[test]
fn the_menu_leads_to_a_list_of_each_kind_of_page() {
    let catalog = Catalog::embedded().unwrap();
    let home = text(&catalog, "index.html");
    for (path, holds) in [
        ("listings/", "What each can do"),
        ("providers/", "Open at Z.ai"),
        ("models/", "CogView-4"),
        ("endpoints/", "apiin/images"),
        ("compare/", "apiin/cogview-4 or zai/cogview-4-250304"),
    ] {
        assert!(home.contains(&format!("href=\"/{path}\"")), "{path}");
        assert!(text(&catalog, &format!("{path}index.html")).contains(holds), "{path}: {holds}");
    }
    assert!(!home.contains("href=\"/status/\""), "there is nothing to tell of probes");
}

#[test]
fn a_run_at_another_address_than_the_sellers_is_not_published() {
    let catalog = catalog(&[
        (
            "endpoints/p/e.toml",
            "name = \"E\"\n[[clause]]\nid = \"call.create\"\nsource = \"page\"\nseen = 2026-11-20\n\
             call = { name = \"create\", method = \"POST\", url = \"https://seller.example/v1\", billable = true }\n",
        ),
        ("listings/p/l.toml", "model = \"m\"\nendpoint = \"p/e\"\n"),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let mut history = History::open(&folder.path().join("h.sqlite")).unwrap();
    let mut run = |base_url: &str, started_ms: i64| {
        let begun = NewRun {
            listing: "p/l".to_owned(),
            provider: "p".to_owned(),
            base_url: base_url.to_owned(),
            as_of: TODAY,
            edition: None,
            digest: String::new(),
            started_ms,
        };
        let run = history.begin(&begun).unwrap();
        let verdict = VerdictRecord {
            id: "answer.url".to_owned(),
            verdict: "broken".to_owned(),
            reason: String::new(),
            observed: String::new(),
            latency_ms: None,
            cost: None,
        };
        history.judge(run, &[verdict]).unwrap();
        ProbeRecords::read(&history, &catalog, TODAY).unwrap()
    };
    assert!(run("http://127.0.0.1:8080/v1", 1_000).get("p/l").is_none(), "a mock of ours");
    assert!(run("https://other.example/v1", 2_000).get("p/l").is_none(), "another host");
    assert!(run("https://seller.example", 3_000).get("p/l").is_some());
    let records = run("http://127.0.0.1:8080/v1", 4_000);
    assert_eq!(records.get("p/l").unwrap().run.begun.base_url, "https://seller.example");
    let site = Site::new(&catalog, &records, SETTINGS);
    let files = site.files();
    let home = files.iter().find(|file| file.path == "index.html").unwrap();
    assert_eq!(home.kind, FileKind::Html);
    let home = String::from_utf8(site.render(home).unwrap()).unwrap();
    assert!(home.contains("href=\"/status/\""), "there is something to tell now");
}
