//! The files of the site as a whole: every link leads somewhere, every document can be read by
//! the programs it is for, and text from outside stays text in all of them.

use std::collections::{BTreeMap, BTreeSet};

use cogdex::catalog::Catalog;
use cogdex::site::{Kind, Records, Settings, Site};
use pulldown_cmark::{Event, Parser, Tag};
use quick_xml::events::Event as Xml;
use serde_json::{Value, json};

use crate::served::CONTRACTS;
use crate::support::{TODAY, catalog, stdout};

/// Where the site stands in these tests.
const BASE: &str = "https://cogdex.example";

/// Every file of a site, made.
struct Made(BTreeMap<String, (Kind, Vec<u8>)>);

impl Made {
    fn of(catalog: &Catalog, served: bool) -> Self {
        let records = Records::default();
        let site = Site::new(catalog, &records, Settings { as_of: TODAY, served }).unwrap();
        let files = site.files();
        let count = files.len();
        let made = files.iter().map(|f| (f.path.clone(), (f.kind, site.render(f).unwrap())));
        let made: BTreeMap<_, _> = made.collect();
        assert_eq!(made.len(), count, "two files have one path");
        Self(made)
    }

    fn text(&self, path: &str) -> &str {
        let (_, bytes) = self.0.get(path).unwrap_or_else(|| panic!("there is no {path}"));
        std::str::from_utf8(bytes).unwrap()
    }

    fn json(&self, path: &str) -> Value {
        serde_json::from_str(self.text(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (&str, &str)> {
        let found = self.0.iter().filter(move |(_, (found, _))| *found == kind);
        found.map(|(path, (_, bytes))| (path.as_str(), std::str::from_utf8(bytes).unwrap()))
    }

    /// The file and the place within it that an address of this site leads to.
    fn resolve<'a>(from: &str, address: &'a str) -> Option<(String, &'a str)> {
        let address = match address.strip_prefix(BASE) {
            Some(rest) if rest.is_empty() || rest.starts_with(['/', '#']) => rest,
            _ if address.starts_with("https://") || address.starts_with("http://") => return None,
            _ => address,
        };
        let (path, place) = address.split_once('#').unwrap_or((address, ""));
        let path = match path.strip_prefix('/') {
            Some(path) => path.to_owned(),
            None if path.is_empty() && from.is_empty() => String::new(),
            None if path.is_empty() => return Some((from.to_owned(), place)),
            None => {
                let above = from.rsplit_once('/').map_or("", |(above, _)| above);
                format!("{above}/{path}").trim_start_matches('/').to_owned()
            }
        };
        let folder = path.is_empty() || path.ends_with('/');
        Some((if folder { format!("{path}index.html") } else { path }, place))
    }

    /// Every link that leads nowhere, as `page -> address`.
    fn dead(&self) -> Vec<String> {
        let pages = self.of_kind(Kind::Html).map(|(path, text)| (path, elements(path, text)));
        let pages: BTreeMap<_, _> = pages.collect();
        let places: BTreeMap<_, _> =
            pages.iter().map(|(path, all)| (*path, ids(path, all))).collect();
        let mut dead = Vec::new();
        let mut check = |from: &str, address: &str| {
            let Some((file, place)) = Self::resolve(from, address) else { return };
            let there = self.0.contains_key(&file)
                && (place.is_empty()
                    || places.get(file.as_str()).is_some_and(|ids| ids.contains(place)));
            if !there && !PENDING.contains(&address) {
                dead.push(format!("{from} -> {address}"));
            }
        };
        for (path, elements) in &pages {
            for (name, value) in elements.iter().flat_map(|element| &element.attributes) {
                if ["href", "src", "action", "srcset", "poster", "data"].contains(&name.as_str()) {
                    check(path, value);
                }
                if name == "for"
                    || name == "aria-labelledby"
                    || name == "aria-controls"
                    || name == "aria-describedby"
                    || name == "data-copy"
                {
                    value.split(' ').for_each(|id| check(path, &format!("#{id}")));
                }
            }
        }
        for (path, text) in self.of_kind(Kind::Markdown).chain(self.of_kind(Kind::Text)) {
            for event in Parser::new(text) {
                let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event
                else {
                    continue;
                };
                check(&path.replace("index.md", "index.html"), &dest_url);
            }
        }
        for (path, text) in self.of_kind(Kind::Json) {
            let document = serde_json::from_str(text).unwrap();
            let mut texts = Vec::new();
            strings(&document, &mut texts);
            for text in texts.iter().filter(|text| text.starts_with(&format!("{BASE}/"))) {
                check(path, text);
            }
        }
        dead
    }
}

/// Addresses that pages name and that a part of the site yet to come will have. A test fails as
/// soon as one of them is there, so that this list ends.
const PENDING: [&str; 7] =
    ["/disputes/", "/changes/", "/faq/", "/sources/", "/status/", "/changes.xml", ""];

/// A start tag.
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
}

/// The start tags of a page. It reads what our templates write: every value stands in double
/// quotes; anything else fails.
fn elements(path: &str, text: &str) -> Vec<Element> {
    let mut elements = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if rest.starts_with(['!', '/']) {
            continue;
        }
        let end = rest.find([' ', '\n', '>', '/']).unwrap();
        let mut element = Element { name: rest[..end].to_lowercase(), attributes: Vec::new() };
        rest = rest[end..].trim_start();
        while !rest.starts_with('>') {
            let end = rest.find(['=', ' ', '\n', '>']).unwrap();
            let name = rest[..end].to_lowercase();
            rest = &rest[end..];
            let mut value = String::new();
            if let Some(after) = rest.strip_prefix("=\"") {
                let end = after.find('"').unwrap_or_else(|| panic!("{path}: an open quote"));
                value = unescaped(&after[..end]);
                rest = &after[end + 1..];
            } else {
                assert!(!rest.starts_with('='), "{path}: {name} without quotes");
            }
            element.attributes.push((name, value));
            rest = rest.trim_start();
        }
        // What stands in these is text up to their end.
        if ["script", "style"].contains(&element.name.as_str()) {
            let end = rest.find(&format!("</{}", element.name));
            rest = &rest[end.unwrap_or_else(|| panic!("{path}: {} has no end", element.name))..];
        }
        elements.push(element);
    }
    elements
}

fn unescaped(text: &str) -> String {
    let mut plain = text.to_owned();
    for (code, c) in [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ] {
        plain = plain.replace(code, c);
    }
    plain
}

/// The ids of a page; none stands in it twice.
fn ids(path: &str, elements: &[Element]) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for (name, value) in elements.iter().flat_map(|element| &element.attributes) {
        if name == "id" {
            assert!(ids.insert(value.clone()), "{path}: the id {value} twice");
        }
    }
    ids
}

/// Every text in a document.
fn strings<'v>(value: &'v Value, texts: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, texts)),
        Value::Object(map) => map.values().for_each(|item| strings(item, texts)),
        _ => {}
    }
}

fn embedded() -> Catalog {
    Catalog::embedded().unwrap()
}

/// Names that would be markup, a link or a command if anything took them at their word.
const HOSTILE: &str = "<script>alert(1)</script>]]>--><img src=x onerror=alert(1)>\\\" 'x' `id` \
    $(id) [a](javascript:alert(1)) ${x} \u{202e}txt.exe &amp; | # *";

fn hostile() -> Catalog {
    let listing = format!(
        "model = \"m\"\nendpoint = \"p/images\"\nslug = \"{HOSTILE}\"\nnote = \"{HOSTILE}\"\n\
         [[statement]]\nsource = \"page\"\nseen = 2026-11-20\nat = \"{HOSTILE}\"\n\
         name = \"{HOSTILE}\"\nmaker = \"{HOSTILE}\"\nprice = \"0.04 USD / image\"\n\
         use-cases = [\"{HOSTILE}\"]\nqualities = [\"{HOSTILE}\"]\n\
         [[statement]]\nsource = \"other\"\nseen = 2026-11-20\nname = \"{HOSTILE} too\"\n"
    );
    let sources = crate::support::BASE[1].1.replace("A page", HOSTILE);
    let site = format!("title = \"{HOSTILE}\"\nbase = \"{BASE}\"\n");
    let mut files = CONTRACTS.to_vec();
    files.extend([
        ("listings/p/l.toml", listing.as_str()),
        ("sources.toml", &sources),
        ("site.toml", &site),
    ]);
    files.reverse();
    let mut seen = BTreeSet::new();
    files.retain(|(path, _)| seen.insert(*path));
    catalog(&files)
}

#[test]
fn every_link_leads_to_a_file_and_a_place_within_it() {
    for catalog in [embedded(), hostile()] {
        let dead = Made::of(&catalog, false).dead();
        assert!(dead.is_empty(), "{} dead links: {:#?}", dead.len(), &dead[..dead.len().min(40)]);
    }
}

#[test]
fn what_is_yet_to_come_is_not_there_yet() {
    let made = Made::of(&embedded(), false);
    for address in PENDING.iter().filter(|address| !address.is_empty()) {
        let (file, _) = Made::resolve("", address).unwrap();
        assert!(!made.0.contains_key(&file), "{address} is there: take it from the list");
    }
}

#[test]
fn a_dead_link_is_found() {
    let mut made = Made::of(&embedded(), false);
    let page = "<a href=\"/nowhere/\">x</a><a href=\"#gone\">y</a><a href=\"/#gone\">z</a>\
        <img src=\"a.png\"><a href=\"https://cogdex.example/api/v1/compare\">s</a>\
        <a href=\"javascript:alert(1)\">j</a><a href=\"https://example.com/\">fine</a>";
    made.0.insert("x/index.html".to_owned(), (Kind::Html, page.as_bytes().to_vec()));
    made.0.insert("x/index.md".to_owned(), (Kind::Markdown, b"[a](/nowhere/#x)".to_vec()));
    assert_eq!(made.dead().len(), 7);
}

#[test]
fn the_sitemap_lists_every_page_but_the_one_for_what_is_missing() {
    let made = Made::of(&embedded(), false);
    let mut reader = quick_xml::Reader::from_str(made.text("sitemap.xml"));
    let (mut listed, mut days, mut tag) = (BTreeSet::new(), 0, Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Xml::Start(start) => tag = start.name().as_ref().to_vec(),
            Xml::Text(text) if tag == b"loc" && !text.decode().unwrap().trim().is_empty() => {
                let (file, _) = Made::resolve("", text.decode().unwrap().trim()).unwrap();
                assert!(listed.insert(file));
            }
            Xml::Text(text) if tag == b"lastmod" && !text.decode().unwrap().trim().is_empty() => {
                let day: jiff::civil::Date = text.decode().unwrap().trim().parse().unwrap();
                assert!(day <= TODAY);
                days += 1;
            }
            Xml::Eof => break,
            _ => {}
        }
    }
    let pages = made.of_kind(Kind::Html).map(|(path, _)| path.to_owned());
    let pages: BTreeSet<_> = pages.filter(|path| path != "404.html").collect();
    assert_eq!(listed, pages);
    assert!(days > 0);
    let robots = made.text("robots.txt");
    assert!(robots.contains("\nSitemap: https://cogdex.example/sitemap.xml\n"), "{robots}");
}

#[test]
fn every_file_but_assets_says_which_data_it_was_made_from() {
    let catalog = embedded();
    let edition = &catalog.edition().unwrap().name;
    let made = Made::of(&catalog, false);
    for (path, (kind, bytes)) in &made.0 {
        let text = std::str::from_utf8(bytes).unwrap();
        match kind {
            Kind::Css | Kind::JavaScript | Kind::Svg => {}
            Kind::Json => {
                let document = made.json(path);
                let stamp = ["catalog", "x-catalog"].map(|key| &document[key]);
                let expected = json!({ "edition": edition, "digest": catalog.digest });
                assert!(stamp.contains(&&expected), "{path}");
            }
            _ => assert!(text.contains(&catalog.digest) && text.contains(edition), "{path}"),
        }
    }
}

#[test]
fn the_files_for_programs_are_those_of_the_commands() {
    let made = Made::of(&embedded(), false);
    let ours = |arguments: &[&str]| -> Value { serde_json::from_str(&stdout(arguments)).unwrap() };
    let compare = ["compare", "--format", "json", "--as-of", "2026-11-20"];
    assert_eq!(made.json("api/v1/comparison.json"), ours(&compare));
    let any = ours(&[&compare[..], &["--model", "any"]].concat());
    let all = made.json("api/v1/catalog.json");
    assert_eq!(all["listings"].as_array().unwrap().len(), embedded().listings.len());
    for entry in all["listings"].as_array().unwrap() {
        let id = entry["id"].as_str().unwrap();
        let shown = ours(&["show", id, "--format", "json", "--as-of", "2026-11-20"]);
        let mut document = made.json(&format!("api/v1/listings/{id}.json"));
        let rows = any["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["listing"] == id).unwrap();
        assert_eq!([&entry["quote"], &document["quote"]], [row, row]);
        assert_eq!(document["links"], entry["links"]);
        let own = document.as_object_mut().unwrap();
        own.remove("quote");
        own.remove("links");
        assert_eq!(document, shown);
    }
}

#[test]
fn the_description_of_the_api_fits_its_files() {
    let made = Made::of(&embedded(), false);
    let api = made.json("api/v1/openapi.json");
    for (name, path) in [
        ("Catalog", "api/v1/catalog.json"),
        ("Comparison", "api/v1/comparison.json"),
        ("Document", "api/v1/changes.json"),
        ("Listing", "api/v1/listings/apiin/cogview-4.json"),
        ("Contract", "openapi/apiin/cogview-4.json"),
    ] {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": format!("#/components/schemas/{name}"), "components": api["components"],
        });
        let schema = jsonschema::validator_for(&schema).unwrap();
        let document = made.json(path);
        let faults: Vec<_> = schema.iter_errors(&document).map(|e| e.to_string()).collect();
        assert!(faults.is_empty(), "{path}: {faults:?}");
        assert!(!schema.is_valid(&json!({ "format": 2 })), "{name} refuses nothing");
    }
}

/// Every operation of a document of an API, with its path.
fn operations(document: &Value) -> Vec<(String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().values().map(|operation| (path.clone(), operation.clone()))
    });
    all.collect()
}

#[test]
fn every_description_of_an_api_is_whole() {
    let made = Made::of(&embedded(), true);
    let documents = made.of_kind(Kind::Json).filter(|(path, _)| path.contains("openapi"));
    let paths: Vec<_> = documents.map(|(path, _)| path.to_owned()).collect();
    assert!(paths.len() > 5, "{paths:?}");
    for path in paths {
        let document = made.json(&path);
        assert_eq!(document["openapi"], "3.1.0", "{path}");
        assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
        let mut names = BTreeSet::new();
        for (address, operation) in operations(&document) {
            assert!(names.insert(operation["operationId"].to_string()), "{path} {address}");
            let no_parameters = Vec::new();
            let parameters = operation["parameters"].as_array().unwrap_or(&no_parameters);
            for name in address.split(['{', '}']).skip(1).step_by(2) {
                let named = parameters.iter().find(|it| it["name"] == name && it["in"] == "path");
                assert!(named.is_some_and(|it| it["required"] == true), "{path} {address}: {name}");
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                let fits = status == "default" || status.parse::<u16>().is_ok();
                assert!(fits && response["description"].is_string(), "{path} {address} {status}");
                let schema = &response["content"]["application/json"]["schema"];
                let local = schema["$ref"].as_str().and_then(|to| to.strip_prefix('#'));
                let schema = local.map_or(schema, |to| document.pointer(to).unwrap());
                assert!(jsonschema::meta::is_valid(schema), "{path} {address} {status}");
            }
        }
    }
}

#[test]
fn only_a_server_offers_what_a_server_computes() {
    let [built, served] =
        [false, true].map(|served| Made::of(&embedded(), served).json("api/v1/openapi.json"));
    assert!(built["paths"].get("/api/v1/compare").is_none());
    let parameters = &served["paths"]["/api/v1/compare"]["get"]["parameters"];
    let names = parameters.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap());
    let names: BTreeSet<_> = names.map(|name| format!("--{name}")).collect();
    // What the command has beyond a question itself is left out.
    let help = stdout(&["compare", "--help"]);
    let all = "--jobs --explain --catalog --format --color --quiet --verbose --help";
    let left_out: BTreeSet<_> = all.split(' ').map(str::to_owned).collect();
    let words = help.split(|c: char| c.is_whitespace() || c == ',');
    let flags = words.filter(|word| word.starts_with("--")).map(str::to_owned);
    let flags: BTreeSet<_> = flags.filter(|flag| !left_out.contains(flag)).collect();
    assert_eq!(names, flags);
    for (path, text) in Made::of(&embedded(), false).of_kind(Kind::Html) {
        assert!(!text.contains("\"/api/v1/compare\""), "{path}");
    }
}

#[test]
fn hostile_text_stays_text_in_every_file() {
    let made = Made::of(&hostile(), false);
    let steers = |c: char| {
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            || c.is_control() && c != '\n' && c != '\t'
    };
    let mut shown = 0;
    for (path, (kind, bytes)) in &made.0 {
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(!text.contains(steers), "{path} steers a screen");
        shown += usize::from(text.contains("txt.exe"));
        match kind {
            Kind::Json => drop(made.json(path)),
            Kind::Xml => {
                let mut reader = quick_xml::Reader::from_str(text);
                while !matches!(reader.read_event().unwrap(), Xml::Eof) {}
            }
            Kind::Html => {
                for element in elements(path, text) {
                    let own = element.attributes.iter().any(|(name, value)| {
                        (name == "src" && value.starts_with("/static/"))
                            || (name == "type" && value == "application/ld+json")
                    });
                    assert!(element.name != "script" || own, "{path} has a foreign script");
                    for (name, value) in &element.attributes {
                        assert!(!name.starts_with("on"), "{path} has a handler");
                        assert!(!value.starts_with("javascript:"), "{path}: {value}");
                    }
                }
            }
            Kind::Markdown => {
                for event in Parser::new(text) {
                    assert!(!matches!(event, Event::Html(_) | Event::InlineHtml(_)), "{path}");
                    if let Event::Start(Tag::Link { dest_url, .. }) = event {
                        assert!(!dest_url.starts_with("javascript"), "{path}: {dest_url}");
                    }
                }
            }
            _ => assert!(!text.contains("](javascript"), "{path}"),
        }
    }
    assert!(shown > 3, "the hostile text is in {shown} files only");
}

#[test]
fn structured_data_can_be_read() {
    let made = Made::of(&hostile(), false);
    let begin = "<script type=\"application/ld+json\">";
    let mut read = 0;
    for (path, text) in made.of_kind(Kind::Html) {
        for block in text.split(begin).skip(1) {
            let (block, _) = block.split_once("</script>").unwrap();
            let data: Value = serde_json::from_str(block).unwrap();
            assert_eq!(data["@context"], "https://schema.org", "{path}");
            read += 1;
        }
    }
    assert!(read > 0);
}
