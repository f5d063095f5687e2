//! The files of the site as a whole: every document can be read by the programs it is for, says
//! which data it was made from, and text from outside stays text in all of them.

use std::collections::BTreeSet;

use cogdex::site::FileKind;
use pulldown_cmark::{Event, Parser, Tag};
use quick_xml::events::Event as Xml;
use serde_json::{Value, json};

use crate::site_links::{Made, elements, embedded, hostile};
use crate::support::{TODAY, stdout};

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
    let pages = made.of_kind(FileKind::Html).map(|(path, _)| path.to_owned());
    let pages: BTreeSet<_> = pages.filter(|path| path != "404.html").collect();
    assert_eq!(listed, pages);
    assert!(days > 0);
    let robots = made.text("robots.txt");
    assert!(robots.contains("\nSitemap: https://cogdex.example/sitemap.xml\n"), "{robots}");
}

#[test]
fn every_file_but_assets_says_which_data_it_was_made_from() {
    let catalog = embedded();
    let name = catalog.edition().map(|edition| edition.name.as_str());
    let edition = name.unwrap_or("under edit");
    let made = Made::of(&catalog, false);
    for (path, (kind, bytes)) in made.0.iter().filter(|(_, (kind, _))| *kind != FileKind::Png) {
        let text = std::str::from_utf8(bytes).unwrap();
        match kind {
            FileKind::Css | FileKind::JavaScript | FileKind::Svg => {}
            FileKind::Json => {
                let document = made.json(path);
                let stamp = ["catalog", "x-catalog"].map(|key| &document[key]);
                let checked = catalog.checked.map(|day| day.to_string());
                let expected =
                    json!({ "edition": name, "digest": catalog.digest, "checked": checked });
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
        // In a large family a listing's file names some of those who differ.
        let (here, there) = (own.remove("differences").unwrap(), &shown["differences"]);
        assert_eq!(here.as_array().unwrap().len(), there.as_array().unwrap().len(), "{id}");
        for (here, there) in here.as_array().unwrap().iter().zip(there.as_array().unwrap()) {
            let [some, all] = [here, there].map(|it| it["others"].as_array().unwrap());
            assert_eq!([&here["field"], &here["views"]], [&there["field"], &there["views"]]);
            assert_eq!(some[..], all[..some.len()], "{id} {}", here["field"]);
            assert_eq!(here["complete"], some.len() == all.len(), "{id} {}", here["field"]);
        }
        let mut shown = shown;
        shown.as_object_mut().unwrap().remove("differences");
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
    let documents = made.of_kind(FileKind::Json).filter(|(path, _)| path.contains("openapi"));
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
                let declared =
                    parameters.iter().find(|it| it["name"] == name && it["in"] == "path");
                assert!(
                    declared.is_some_and(|it| it["required"] == true),
                    "{path} {address}: {name}"
                );
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
    for (path, text) in Made::of(&embedded(), false).of_kind(FileKind::Html) {
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
    for (path, (kind, bytes)) in made.0.iter().filter(|(_, (kind, _))| *kind != FileKind::Png) {
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(!text.contains(steers), "{path} steers a screen");
        shown += usize::from(text.contains("txt.exe"));
        match kind {
            FileKind::Json => drop(made.json(path)),
            FileKind::Xml => {
                let mut reader = quick_xml::Reader::from_str(text);
                while !matches!(reader.read_event().unwrap(), Xml::Eof) {}
            }
            FileKind::Html => {
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
            FileKind::Markdown => {
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
    for (path, text) in made.of_kind(FileKind::Html) {
        for block in text.split(begin).skip(1) {
            let (block, _) = block.split_once("</script>").unwrap();
            let data: Value = serde_json::from_str(block).unwrap();
            assert_eq!(data["@context"], "https://schema.org", "{path}");
            read += 1;
        }
    }
    assert!(read > 0);
}

#[test]
fn a_program_gets_a_name_as_it_was() {
    let catalog = hostile();
    let note = catalog.listings["p/l"].entity.note.as_deref().unwrap().to_owned();
    assert!(note.contains('\u{202e}'));
    let made = Made::of(&catalog, false);
    assert_eq!(made.json("api/v1/catalog.json")["listings"][0]["head"]["note"], note.as_str());
}
