//! Every link of the site leads somewhere: from pages, their twins, plain texts and documents.

use std::collections::{BTreeMap, BTreeSet};

use cogdex::catalog::Catalog;
use cogdex::site::{FileKind, ProbeRecords, Settings, Site};
use pulldown_cmark::{Event, Parser, Tag};
use serde_json::Value;

use crate::served::CONTRACTS;
use crate::support::{BASE as FILES, TODAY, catalog};

/// Where the site stands in these tests.
const BASE: &str = "https://cogdex.example";

/// Every file of a site, made.
pub(crate) struct Made(pub(crate) BTreeMap<String, (FileKind, Vec<u8>)>);

impl Made {
    pub(crate) fn of(catalog: &Catalog, served: bool) -> Self {
        let records = ProbeRecords::default();
        let site = Site::new(catalog, &records, Settings { as_of: TODAY, served });
        let files = site.files();
        let count = files.len();
        let made = files.iter().map(|f| (f.path.clone(), (f.kind, site.render(f).unwrap())));
        let made: BTreeMap<_, _> = made.collect();
        assert_eq!(made.len(), count, "two files have one path");
        Self(made)
    }

    pub(crate) fn text(&self, path: &str) -> &str {
        let (_, bytes) = self.0.get(path).unwrap_or_else(|| panic!("there is no {path}"));
        std::str::from_utf8(bytes).unwrap()
    }

    pub(crate) fn json(&self, path: &str) -> Value {
        serde_json::from_str(self.text(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
    }

    pub(crate) fn of_kind(&self, kind: FileKind) -> impl Iterator<Item = (&str, &str)> {
        let found = self.0.iter().filter(move |(_, (found, _))| *found == kind);
        found.map(|(path, (_, bytes))| (path.as_str(), std::str::from_utf8(bytes).unwrap()))
    }

    /// The file and the place within it that an address of this site leads to.
    pub(crate) fn resolve<'a>(from: &str, address: &'a str) -> Option<(String, &'a str)> {
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
        let pages = self.of_kind(FileKind::Html).map(|(path, text)| (path, elements(path, text)));
        let pages: BTreeMap<_, _> = pages.collect();
        let places: BTreeMap<_, _> =
            pages.iter().map(|(path, all)| (*path, ids(path, all))).collect();
        let mut dead = Vec::new();
        let mut check = |from: &str, address: &str| {
            let Some((file, place)) = Self::resolve(from, address) else { return };
            let there = self.0.contains_key(&file)
                && (place.is_empty()
                    || places.get(file.as_str()).is_some_and(|ids| ids.contains(place)));
            if !there {
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
        for (path, text) in self.of_kind(FileKind::Markdown).chain(self.of_kind(FileKind::Text)) {
            for event in Parser::new(text) {
                let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event
                else {
                    continue;
                };
                check(&path.replace("index.md", "index.html"), &dest_url);
            }
        }
        for (path, text) in self.of_kind(FileKind::Json) {
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

/// A start tag.
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
}

/// The start tags of a page. It reads what our templates write: every value stands in double
/// quotes; anything else fails.
pub(crate) fn elements(path: &str, text: &str) -> Vec<Element> {
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

/// The catalog that the program carries.
pub(crate) fn embedded() -> Catalog {
    Catalog::embedded().unwrap()
}

/// Names that would be markup, a link or a command if anything took them at their word.
const HOSTILE: &str = "<script>alert(1)</script>]]>--><img src=x onerror=alert(1)>\\\" 'x' `id` \
    $(id) [a](javascript:alert(1)) ${x} \u{202e}txt.exe &amp; | # *";

pub(crate) fn hostile() -> Catalog {
    let listing = format!(
        "model = \"m\"\nendpoint = \"p/images\"\nslug = \"{HOSTILE}\"\nnote = \"{HOSTILE}\"\n\
         [[statement]]\nsource = \"page\"\nseen = 2026-11-20\nat = \"{HOSTILE}\"\n\
         name = \"{HOSTILE}\"\nmaker = \"{HOSTILE}\"\nprice = \"0.04 USD / image\"\n\
         use-cases = [\"{HOSTILE}\"]\nqualities = [\"{HOSTILE}\"]\n\
         [[statement]]\nsource = \"other\"\nseen = 2026-11-20\nname = \"{HOSTILE} too\"\n"
    );
    let sources = FILES[1].1.replace("A page", HOSTILE);
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
fn a_dead_link_is_found() {
    let mut made = Made::of(&embedded(), false);
    let page = "<a href=\"/nowhere/\">x</a><a href=\"#gone\">y</a><a href=\"/#gone\">z</a>\
        <img src=\"a.png\"><a href=\"https://cogdex.example/api/v1/compare\">s</a>\
        <a href=\"javascript:alert(1)\">j</a><a href=\"https://example.com/\">fine</a>";
    made.0.insert("x/index.html".to_owned(), (FileKind::Html, page.as_bytes().to_vec()));
    made.0.insert("x/index.md".to_owned(), (FileKind::Markdown, b"[a](/nowhere/#x)".to_vec()));
    assert_eq!(made.dead().len(), 7);
}
