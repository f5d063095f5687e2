//! Reports: each form stays well-formed and harmless, whatever a server or a catalog said.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use cogdex::contract::{Evidence, Outcome, Verdict};
use cogdex::probe::{Report, Row, Spend, Summary, github, junit, markdown, prometheus, sarif};
use quick_xml::events::{BytesStart, Event};
use serde_json::{Value, json};

use crate::support::root;

const OUTCOMES: [Outcome; 5] =
    [Outcome::Holds, Outcome::Broken, Outcome::Looser, Outcome::Inconclusive, Outcome::Skipped];

fn row(id: &str, outcome: Outcome, text: &str) -> Row {
    let evidence = Evidence {
        source: text.to_owned(),
        path: format!("endpoints/{text}.toml"),
        line: 7,
        text: text.to_owned(),
    };
    let verdict = Verdict { outcome, reason: text.to_owned(), observed: text.to_owned() };
    let cost = Some("0.0080".parse().unwrap());
    Row { id: id.to_owned(), evidence, verdict, cost, latency_ms: Some(1204) }
}

fn report(listing: &str, rows: Vec<Row>, observations: &[&str]) -> Report {
    Report {
        run: "12".to_owned(),
        catalog: json!({ "edition": "2026.11", "digest": "ab" }),
        listing: listing.to_owned(),
        base_url: "https://example.com".to_owned(),
        as_of: "2026-11-20".to_owned(),
        limit: Some("0.50".parse().unwrap()),
        currency: "USD".to_owned(),
        spend: Spend {
            reserved: "0.10".parse().unwrap(),
            spent: "0.0080".parse().unwrap(),
            calls_billable: 1,
        },
        rows,
        observations: observations.iter().map(|text| (*text).to_owned()).collect(),
        folder: "catalog/".to_owned(),
    }
}

/// What a hostile server or catalog might say.
fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = [
        "]]>",
        "<script>alert(1)</script>",
        "\"'><x y='z'/>&amp;&#0;",
        "a\0b\u{1}c\u{b}d\u{1b}[31me\u{7f}f\u{9b}g\u{fffe}h\u{ffff}",
        "::error file=x::y",
        "one\n::error file=x,line=1::two\r\n::stop-commands::three\rfour",
        "a|b||c\\|d\\",
        "`` ` ``` `x`",
        "left\u{202e}right\u{200b}\u{2066}\u{feff}",
        "%0A::error::x%0D%25",
        "[click](https://example.com/x) ![i](http://example.com/p.png) <https://example.com>",
        "@someone see https://example.com, www.example.com and someone@example.com",
        "# heading\n\n- list\n\n|---|\n***\n~~~\n$x$",
        "} 1\ncogdex_check{listing=\"x\"} 0\n# TYPE cogdex_check counter\\",
        "a\u{2028}b\u{2029}c\u{85}d\u{c}e",
        "{0} {{x}} ${{ secrets.X }}",
        "",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("x|\"<\n".repeat(20_000));
    texts
}

/// Reports in which the text stands wherever a text can stand, with every outcome.
fn reports_of(text: &str) -> Vec<Report> {
    let rows = OUTCOMES.map(|outcome| row(&format!("{text}{}", outcome.word()), outcome, text));
    let plain = rows.clone().map(|row| Row { id: row.verdict.outcome.word().to_owned(), ..row });
    let mut all = rows.to_vec();
    all.extend(plain);
    let odd = Report {
        folder: text.to_owned(),
        base_url: text.to_owned(),
        ..report(text, all, &[text, text])
    };
    vec![odd, report("p/l", plain_rows(), &[])]
}

fn plain_rows() -> Vec<Row> {
    OUTCOMES.map(|outcome| row(outcome.word(), outcome, "plain")).to_vec()
}

/// Every hostile text, and reports made of it.
fn hostile_reports() -> impl Iterator<Item = (String, Vec<Report>)> {
    hostile().into_iter().map(|text| {
        let reports = reports_of(&text);
        (text, reports)
    })
}

/// No report has what a terminal, an editor or a reader's eye could be fooled with.
fn is_visible(c: char) -> bool {
    let fools = |c| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    c == '\n' || !(c.is_control() || fools(c))
}

#[test]
fn no_form_passes_on_invisible_characters_or_endless_text() {
    for (text, reports) in hostile_reports() {
        let documents: Vec<_> = reports.iter().map(|r| r.document().to_string()).collect();
        let forms = [
            ("json", documents.concat()),
            ("junit", junit(&reports).unwrap()),
            ("sarif", sarif(&reports).to_string()),
            ("github", github(&reports)),
            ("markdown", markdown(&reports)),
            ("prometheus", prometheus(&reports)),
        ];
        for (form, written) in forms {
            let bad = written.chars().find(|c| !is_visible(*c));
            assert_eq!(bad, None, "{form} of {text:.40?}");
            assert!(written.len() < 500_000, "{form} has {} bytes", written.len());
        }
    }
}

/// An attribute of an XML element.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found =
        element.attributes().map(Result::unwrap).find(|a| a.key.as_ref() == name.as_bytes());
    found.map(|a| a.normalized_value(quick_xml::XmlVersion::Explicit1_0).unwrap().into_owned())
}

/// The names of all elements, the root's attributes and all character data of an XML document.
fn parsed(xml: &str) -> (Vec<String>, BytesStart<'static>, Vec<String>) {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_comments = true;
    let (mut names, mut first, mut texts) = (Vec::new(), None, Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) | Event::Empty(element) => {
                names.push(String::from_utf8(element.name().as_ref().to_vec()).unwrap());
                assert!(element.attributes().all(|attribute| attribute.is_ok()), "{element:?}");
                texts.extend(attribute(&element, "message"));
                first.get_or_insert(element.into_owned());
            }
            Event::Comment(_) | Event::CData(_) | Event::PI(_) | Event::DocType(_) => {
                panic!("a text became markup: {xml:.400}")
            }
            Event::Eof => return (names, first.unwrap(), texts),
            _ => {}
        }
    }
}

#[test]
fn junit_parses_and_counts_right_whatever_is_said() {
    for (text, reports) in hostile_reports() {
        let xml = junit(&reports).unwrap();
        // What XML can't hold at all, not even as a reference.
        assert!(!xml.contains(['\u{fffe}', '\u{ffff}']) && !xml.contains("&#0;"), "{text:.40?}");
        let (names, suites, messages) = parsed(&xml);
        let count = |name: &str| names.iter().filter(|known| *known == name).count();
        let stated = |name: &str| attribute(&suites, name).unwrap().parse::<usize>().unwrap();
        assert_eq!((count("testsuite"), count("testcase")), (2, 15), "{text:.40?}");
        assert_eq!((count("failure"), count("error"), count("skipped")), (6, 3, 3));
        assert_eq!((stated("tests"), stated("failures"), stated("errors")), (15, 6, 3));
        assert_eq!(count("script") + count("x"), 0);
        assert_eq!(messages.len(), 12);
    }
}

#[test]
fn junit_tells_a_text_as_it_is() {
    let text = "<a & \"b\"> ']]>";
    let xml = junit(&[report("p/l", vec![row("c", Outcome::Broken, text)], &[])]).unwrap();
    let (_, _, messages) = parsed(&xml);
    assert_eq!(messages, [format!("{text} {text}")]);
}

/// The schema of OASIS: a crate has it among its sources, so that none is copied here.
fn sarif_schema() -> Value {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").unwrap();
    let manifest = PathBuf::from(package["manifest_path"].as_str().unwrap());
    let schema = std::fs::read(manifest.with_file_name("src").join("schema.json")).unwrap();
    let mut schema: Value = serde_json::from_slice(&schema).unwrap();
    // Its pattern of languages is no regular expression; no report names a language.
    for part in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][part]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    schema
}

#[test]
fn sarif_is_valid_against_the_schema_whatever_is_said() {
    let schema = sarif_schema();
    assert!(schema["$id"].as_str().unwrap().ends_with("/sarif-schema-2.1.0.json"));
    let schema = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    assert!(!schema.is_valid(&json!({ "version": "2.1.0" })));
    let mut all = Vec::new();
    for (text, reports) in hostile_reports() {
        let document = sarif(&reports);
        let faults: Vec<_> = schema.iter_errors(&document).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{text:.40?}: {faults:.400?}");
        let results = document["runs"][0]["results"].as_array().unwrap();
        let of = |level: &str| results.iter().filter(|result| result["level"] == level).count();
        assert_eq!((of("error"), of("warning"), of("note")), (3, 3, 3));
        for result in results {
            // A viewer makes links of `[text](address)` in a message.
            assert!(!result["message"]["text"].as_str().unwrap().contains("]("), "{result:.400}");
        }
        all.extend(reports);
    }
    assert!(schema.is_valid(&sarif(&all)) && schema.is_valid(&sarif(&[])));
}

#[test]
fn sarif_names_the_line_of_the_catalog_as_a_uri() {
    let odd = row("c", Outcome::Broken, "a b#c?d%e");
    let document = sarif(&[report("p/l", vec![odd], &[])]);
    let place = &document["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "catalog/endpoints/a%20b%23c%3Fd%25e.toml");
    assert_eq!(place["region"]["startLine"], 7);
}

#[test]
fn each_annotation_is_one_line_with_one_command() {
    for (text, reports) in hostile_reports() {
        let written = github(&reports);
        let lines: Vec<_> = written.split_terminator('\n').collect();
        assert_eq!(lines.len(), 9, "{text:.40?}: {written:.400}");
        for line in lines {
            let rest = line.strip_prefix("::").unwrap();
            let (command, _message) = rest.split_once("::").unwrap();
            let (name, properties) = command.split_once(' ').unwrap();
            assert!(["error", "warning", "notice"].contains(&name), "{line:.200}");
            let keys: Vec<_> =
                properties.split(',').map(|pair| pair.split_once('=').unwrap().0).collect();
            assert_eq!(keys, ["file", "line", "title"], "{line:.200}");
            // GitHub undoes these escapes only; any other percent sign was escaped itself.
            let mut escapes = line.split('%').skip(1);
            assert!(escapes.all(|e| ["25", "3A", "2C"].iter().any(|known| e.starts_with(known))));
        }
    }
}

#[test]
fn an_annotation_says_what_was_promised_broken_and_where() {
    let reports = [report("p/l", vec![row("c", Outcome::Broken, "50%: a, b")], &[])];
    assert_eq!(
        github(&reports),
        "::error file=catalog/endpoints/50%25%3A a%2C b.toml,line=7,title=p/l c::\
         broken: 50%25: a, b 50%25: a, b\n"
    );
}

/// The rows of all tables as a reader sees them; fails on any markup within.
fn tables(text: &str) -> Vec<Vec<String>> {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH;
    let mut rows: Vec<Vec<String>> = Vec::new();
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::TableHead | Tag::TableRow) => rows.push(Vec::new()),
            Event::Start(Tag::TableCell) => rows.last_mut().unwrap().push(String::new()),
            Event::Text(text) => {
                if let Some(cell) = rows.last_mut().and_then(|row| row.last_mut()) {
                    cell.push_str(&text);
                }
            }
            // Drawn as nothing: it parts a name from its `@`.
            Event::InlineHtml(html) => assert_eq!(&*html, "<!-- -->"),
            Event::End(TagEnd::Table) => rows.push(vec![String::new()]),
            Event::Start(
                Tag::Table(_) | Tag::Heading { .. } | Tag::Paragraph | Tag::List(_) | Tag::Item,
            )
            | Event::End(_) => {}
            other => panic!("a text became markup: {other:?} in {text:.400}"),
        }
    }
    rows.retain(|row| row.len() > 1);
    rows
}

#[test]
fn markdown_keeps_its_rows_and_shows_texts_as_they_are() {
    for (text, reports) in hostile_reports() {
        let rows = tables(&markdown(&reports));
        assert_eq!(rows.len(), 2 + 15, "{text:.40?}");
        let shown = cogdex::probe::clean(&text, 1000);
        for row in &rows {
            assert_eq!(row.len(), 5, "{text:.40?}");
        }
        for row in &rows[1..=10] {
            // A table trims its cells.
            assert_eq!((&*row[2], &*row[3]), (shown.trim(), shown.trim()));
        }
    }
}

#[test]
fn markdown_neither_links_nor_calls_anybody() {
    let text = "@someone https://example.com www.example.com WWW.example.com";
    let written = markdown(&[report("p/l", vec![row("c", Outcome::Broken, text)], &[text])]);
    for live in ["@s", "://", "www.", "WWW."] {
        assert!(!written.replace("\\:", "").contains(live), "{live} in {written}");
    }
}

/// Name and labels of a sample; fails where it breaks the text exposition grammar.
fn series(line: &str) -> String {
    let (name, rest) = line.split_once('{').expect(line);
    assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{line:.200}");
    let mut chars = rest.char_indices();
    let (mut quoted, mut end) = (false, None);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => assert!(quoted && matches!(chars.next(), Some((_, '\\' | '"' | 'n')))),
            '"' => quoted = !quoted,
            '}' if !quoted => {
                end = Some(at);
                break;
            }
            c => assert!(quoted || c.is_ascii_lowercase() || "_=,".contains(c), "{line:.200}"),
        }
    }
    let end = end.expect(line);
    let value = rest[end + 1..].strip_prefix(' ').expect(line);
    assert!(value.bytes().all(|b| b.is_ascii_digit() || b == b'.'), "{value}");
    value.parse::<f64>().expect(line);
    format!("{name}{{{}", &rest[..end])
}

#[test]
fn prometheus_lines_match_the_grammar_and_no_series_stands_twice() {
    for (text, mut reports) in hostile_reports() {
        reports.extend(reports.clone());
        let written = prometheus(&reports);
        assert!(written.ends_with('\n'));
        let (mut declared, mut seen) = (BTreeSet::new(), BTreeSet::new());
        let mut current = String::new();
        for line in written.split_terminator('\n') {
            if let Some(comment) = line.strip_prefix("# ") {
                let mut words = comment.splitn(3, ' ');
                let (kind, name) = (words.next().unwrap(), words.next().unwrap());
                assert!(declared.insert((kind.to_owned(), name.to_owned())), "{line}");
                if kind == "TYPE" {
                    assert_eq!(words.next(), Some("gauge"));
                    current = format!("{name}{{");
                }
            } else {
                let series = series(line);
                assert!(series.starts_with(&current), "{series} stands under {current}");
                assert!(seen.insert(series), "twice: {line:.200} of {text:.40?}");
            }
        }
        assert_eq!(declared.len(), 6);
        // Two for each check, however its name was cut, and one for each listing.
        let names = |report: &Report| {
            let ids = report.rows.iter().map(|row| cogdex::probe::clean(&row.id, 1000));
            ids.collect::<BTreeSet<_>>().len()
        };
        assert_eq!(seen.len(), 2 * names(&reports[0]) + 2 * names(&reports[1]) + 2);
    }
}

/// The keys of an object, in the order in which they stand.
fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_document_has_exactly_the_keys_of_the_design() {
    let document = report("p/l", plain_rows(), &["seen"]).document();
    let top = "format run catalog listing base_url as_of spend checks observations summary";
    assert_eq!(keys(&document).join(" "), top);
    assert_eq!(keys(&document["spend"]).join(" "), "limit reserved spent calls_billable");
    let check = "id clause source path line verdict reason cost latency_ms expected observed";
    for row in document["checks"].as_array().unwrap() {
        assert_eq!(keys(row).join(" "), check);
    }
    let summary = json!({ "holds": 1, "broken": 1, "looser": 1, "inconclusive": 1, "skipped": 1 });
    assert_eq!(document["summary"], summary);
    assert_eq!(document["spend"]["limit"], "0.5 USD");
    assert_eq!(document["spend"]["spent"], "0.008");
    assert_eq!((&document["run"], &document["format"]), (&json!(12), &json!(1)));
    assert_eq!(document["checks"][0]["cost"], "0.008");
}

#[test]
fn a_document_stays_one_line_and_reads_back_whatever_is_said() {
    for (_, reports) in hostile_reports() {
        for report in reports {
            let line = report.document().to_string();
            assert!(!line.contains('\n'));
            let back: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(back["checks"].as_array().unwrap().len(), report.rows.len());
        }
    }
}

#[test]
fn a_summary_counts_every_outcome_once() {
    let one = Summary { holds: 1, broken: 1, looser: 1, inconclusive: 1, skipped: 1 };
    assert_eq!(report("p/l", plain_rows(), &[]).summary(), one);
    assert_eq!(report("p/l", Vec::new(), &[]).summary(), Summary::default());
}
