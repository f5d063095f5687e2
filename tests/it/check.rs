//! `cogdex check`: the tiny valid catalog, and a folder with one fault for every code.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use cogdex::catalog::{Catalog, DiagnosticCode, FactState, Field, Inspection, OpenError, Tree};
use cogdex::pricing::{Job, Selection, select};
use serde_json::Value;

use crate::support::{TODAY, cogdex, compare, root, terms};

mod bounds;
mod clauses;
mod damage;
mod faults;
mod hostile;

/// Each code with the place of its fault, counted out by hand in its folder.
const PLACES: [(DiagnosticCode, &str); 35] = [
    (DiagnosticCode::UnusableFile, "sources.toml:1:1"),
    (DiagnosticCode::NotUtf8, "models/cogview-4.toml:1:1"),
    (DiagnosticCode::EmptyFile, "models/cogview-4.toml:1:1"),
    (DiagnosticCode::Syntax, "models/cogview-4.toml:1:18"),
    (DiagnosticCode::UnknownFile, "listings/cogview-4.toml:1:1"),
    (DiagnosticCode::Format, "catalog.toml:1:10"),
    (DiagnosticCode::MissingKey, "models/cogview-4.toml:1:1"),
    (DiagnosticCode::UnknownKey, "models/cogview-4.toml:2:1"),
    (DiagnosticCode::WrongType, "listings/seller/cogview-4.toml:6:9"),
    (DiagnosticCode::BadValue, "listings/seller/cogview-4.toml:6:9"),
    (DiagnosticCode::UndefinedSource, "listings/seller/cogview-4.toml:9:10"),
    (DiagnosticCode::UndefinedReference, "listings/seller/cogview-4.toml:1:9"),
    (DiagnosticCode::DuplicateStatement, "listings/seller/cogview-4.toml:11:9"),
    (DiagnosticCode::FutureDate, "listings/seller/cogview-4.toml:3:1"),
    (DiagnosticCode::DateOrder, "listings/seller/cogview-4.toml:3:1"),
    (DiagnosticCode::WithdrawnUnknown, "listings/seller/cogview-4.toml:11:23"),
    (DiagnosticCode::ExcerptTooLong, "listings/seller/cogview-4.toml:7:21"),
    (DiagnosticCode::ExcerptOnProse, "listings/seller/cogview-4.toml:8:20"),
    (DiagnosticCode::ExcerptLacksFigure, "listings/seller/cogview-4.toml:7:21"),
    (DiagnosticCode::OffItsExcerpt, "listings/seller/cogview-4.toml:7:21"),
    (DiagnosticCode::OffItsPast, "listings/seller/cogview-4.toml:11:9"),
    (DiagnosticCode::OverlappingConditions, "listings/seller/cogview-4.toml:6:11"),
    (DiagnosticCode::UnknownRulingSide, "listings/seller/cogview-4.toml:15:1"),
    (DiagnosticCode::EditionOrder, "editions.toml:6:1"),
    (DiagnosticCode::PriceOverlap, "listings/seller/cogview-4.toml:6:9"),
    (DiagnosticCode::PriceGap, "listings/seller/cogview-4.toml:6:9"),
    (DiagnosticCode::AboveWhole, "listings/seller/cogview-4.toml:6:9"),
    (DiagnosticCode::CheckedBeforeSeen, "listings/seller/cogview-4.toml:3:1"),
    (DiagnosticCode::NoRate, "listings/seller/cogview-4.toml:6:9"),
    (DiagnosticCode::EditionDigest, "editions.toml:1:1"),
    (DiagnosticCode::Stale, "listings/seller/cogview-4.toml:3:1"),
    (DiagnosticCode::LapsedRuling, "listings/seller/cogview-4.toml:18:1"),
    (DiagnosticCode::UncitedSource, "sources.toml:1:2"),
    // The other seller's price is as far off, and is confirmed, so that one alone is told.
    (DiagnosticCode::OffOtherSellers, "listings/seller/cogview-4.toml:6:9"),
    (DiagnosticCode::OffAllPrices, "listings/seller/cogview-4.toml:6:9"),
];

fn fixture(name: &str) -> PathBuf {
    root().join("tests/fixtures").join(name)
}

fn invalid(code: DiagnosticCode) -> Tree {
    let folder = fixture("invalid").join(code.name());
    Tree::folder(&folder).unwrap_or_else(|why| panic!("{code}: {why}"))
}

fn inspect(tree: &Tree) -> Inspection {
    Catalog::inspect(tree, TODAY).unwrap_or_else(|why| panic!("{why}"))
}

/// `path:line:column code` of every finding, in order.
fn told(tree: &Tree) -> Vec<String> {
    let findings = inspect(tree).findings;
    findings.iter().map(|finding| format!("{} {}", finding.place, finding.code)).collect()
}

#[test]
fn the_tiny_catalog_has_no_finding() {
    let tree = Tree::folder(&fixture("catalog")).unwrap();
    let Inspection { catalog, findings } = inspect(&tree);
    assert_eq!(findings, []);
    assert_eq!(catalog.edition().unwrap().name, "2026-07-01");
}

#[test]
fn the_tiny_catalog_has_a_table_of_prices_and_a_ruling_that_holds() {
    let catalog = Catalog::open(&Tree::folder(&fixture("catalog")).unwrap(), TODAY).unwrap();
    let listings = select(&catalog, &Selection::default()).unwrap();
    let total = |quality: &str| {
        let mut job = Job::default();
        job.set("quality", quality).unwrap();
        let comparison = compare(&catalog, &listings, &job, &terms());
        let quotes = comparison.quotes.into_iter();
        let mut tables = quotes.filter(|(_, quote)| quote.listing == "atelier/cogview-4");
        tables.next().unwrap().1.total.unwrap().high.to_string()
    };
    // With the provider's fee of 5%.
    assert_eq!([total("standard"), total("hd")], ["0.021", "0.042"]);
    let dated = &catalog.listings["atelier/cogview-4-250304"];
    let lifetime = catalog.field(dated, Field::LinkLifetime, TODAY).unwrap();
    assert_eq!(lifetime.state(), FactState::Settled);
    assert_eq!(lifetime.value().unwrap().to_string(), "1d");
}

#[test]
fn the_program_finds_the_tiny_catalog_in_order_on_any_day() {
    let output = cogdex(&["check", "--catalog", "tests/fixtures/catalog"]);
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stdout).unwrap();
    // As the days go by its statements grow old, which is a warning and no error.
    let summary = "ok: 2 listings, 7 statements, 4 sources; 0 errors, ";
    assert!(said.lines().last().unwrap().starts_with(summary), "{said}");
    assert_eq!(said.matches("warning[").count(), said.matches("warning[stale]").count());
}

#[test]
fn every_code_has_a_folder_and_every_folder_a_code() {
    let codes: BTreeSet<_> =
        DiagnosticCode::ALL.iter().map(|code| code.name().to_owned()).collect();
    let folders = std::fs::read_dir(fixture("invalid")).unwrap();
    let folders: BTreeSet<_> =
        folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(codes, folders);
    let placed: BTreeSet<_> = PLACES.iter().map(|(code, _)| code.name().to_owned()).collect();
    assert_eq!(codes, placed);
}

#[test]
fn each_folder_has_its_one_fault_at_its_place_and_no_other() {
    for (code, place) in PLACES {
        assert_eq!(told(&invalid(code)), [format!("{place} {code}")]);
    }
}

#[test]
fn each_folder_is_an_edition_but_the_one_that_is_about_editions() {
    for &code in DiagnosticCode::ALL {
        let inspection = inspect(&invalid(code));
        let is_edition = inspection.catalog.edition().is_some();
        assert_eq!(is_edition, code != DiagnosticCode::EditionDigest, "{code}");
    }
}

#[test]
fn each_fault_is_told_with_its_rule_and_what_to_do() {
    let mut told = String::new();
    for &code in DiagnosticCode::ALL {
        for finding in inspect(&invalid(code)).findings {
            let severity = code.severity();
            writeln!(told, "{severity}[{code}] {}\n  {}", finding.place, finding.text).unwrap();
            writeln!(told, "  rule: {}", code.rule()).unwrap();
            for line in finding.hint.iter().flat_map(|hint| hint.lines()) {
                writeln!(told, "  hint: {line}").unwrap();
            }
        }
    }
    insta::assert_snapshot!("invalid", told);
}

#[test]
fn an_error_refuses_the_catalog_and_a_warning_does_not() {
    for &code in DiagnosticCode::ALL {
        let opened = Catalog::open(&invalid(code), TODAY);
        // Whoever edits a catalog has to be able to look at it before it has an edition.
        let refused =
            code.severity().to_string() == "error" && code != DiagnosticCode::EditionDigest;
        match opened {
            Ok(_) => assert!(!refused, "{code}"),
            Err(OpenError::Damaged(findings)) => {
                assert!(refused, "{code}");
                assert_eq!(findings.len(), 1, "{code}");
            }
            Err(other) => panic!("{code}: {other}"),
        }
    }
}

#[test]
fn the_program_explains_each_folder() {
    for (code, place) in PLACES {
        let folder = format!("tests/fixtures/invalid/{code}");
        let output = cogdex(&["check", "--catalog", &folder, "--color", "never"]);
        let is_error = code.severity().to_string() == "error";
        assert_eq!(output.status.code(), Some(i32::from(is_error)), "{code}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{code}");
        let said = String::from_utf8(output.stdout).unwrap();
        let [finding] = &inspect(&invalid(code)).findings[..] else { panic!("{code}") };
        // What is old is one table of pages to read again, and no snippet of each place.
        if code == DiagnosticCode::Stale {
            assert!(
                said.contains("warning[stale]: 1 source last read more than 180 days"),
                "{said}"
            );
            continue;
        }
        let mut wanted = vec![
            format!("{}[{code}]: ", code.severity()),
            format!("--> {place}\n"),
            format!("= note: {}\n", code.rule()),
        ];
        // Below the first line of a hint stands the edition of the day on which the test runs.
        wanted.extend(finding.hint.iter().map(|hint| format!("= help: {}\n", first_line(hint))));
        for wanted in wanted {
            assert!(said.contains(&wanted), "{code}: {wanted:?} is not in\n{said}");
        }
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[test]
fn a_finding_looks_as_rustc_would_print_it() {
    let folder = "tests/fixtures/invalid/unknown-key";
    let output = cogdex(&["check", "--catalog", folder, "--color", "never"]);
    let said = String::from_utf8(output.stdout).unwrap();
    insta::assert_snapshot!(said, @r#"
    error[unknown-key]: there is no key `famly` here
     --> models/cogview-4.toml:2:1
      |
    2 | famly = "cogview-4"
      | ^^^^^^^^^^^^^^^^^^^
      |
      = note: every key is one of the format's
      = help: did you mean `family`?

    0 listings, 0 statements, 0 sources; 1 error, 0 warnings
    "#);
}

#[test]
fn the_findings_as_json_have_the_shape_that_others_build_on() {
    let folder = "tests/fixtures/invalid/unknown-key";
    let output = cogdex(&["check", "--catalog", folder, "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let wanted = serde_json::json!({
        "format": 1,
        "findings": [{
            "code": "unknown-key",
            "severity": "error",
            "path": "models/cogview-4.toml",
            "line": 2,
            "column": 1,
            "text": "there is no key `famly` here",
            "hint": "did you mean `family`?",
            "rule": "every key is one of the format's",
        }],
    });
    assert_eq!(document, wanted);
    // The order of the keys is part of what people read.
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text, serde_json::to_string_pretty(&wanted).unwrap() + "\n");
}

#[test]
fn no_finding_is_an_empty_list_and_an_absent_hint_is_null() {
    let json = |name: &str| -> Value {
        let folder = format!("tests/fixtures/invalid/{name}");
        let output = cogdex(&["check", "--catalog", &folder, "--format", "json"]);
        serde_json::from_slice(&output.stdout).unwrap()
    };
    assert_eq!(json("empty-file")["findings"][0]["hint"], Value::Null);
    // A catalog without statements never grows old.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("catalog.toml"), "format = 1\n").unwrap();
    let tree = Tree::folder(folder.path()).unwrap();
    let digest = inspect(&tree).catalog.digest;
    let edition = format!("[[edition]]\nname = \"1\"\ndate = 2026-07-01\ndigest = \"{digest}\"\n");
    std::fs::write(folder.path().join("editions.toml"), edition).unwrap();
    let output =
        cogdex(&["check", "--catalog", folder.path().to_str().unwrap(), "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document, serde_json::json!({ "format": 1, "findings": [] }));
}

#[test]
fn our_own_catalog_has_no_errors_and_an_edition() {
    let embedded = Catalog::embedded().unwrap();
    let published = embedded.editions.last().unwrap().date;
    let tree = Tree::folder(&root().join("catalog")).unwrap();
    let Inspection { catalog, findings } = Catalog::inspect(&tree, published).unwrap();
    let errors: Vec<_> = findings.iter().filter(|finding| finding.is_error()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(catalog.edition().is_some());
    assert_eq!(embedded.digest, catalog.digest);
}
