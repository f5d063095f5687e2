//! SARIF: valid against the schema of OASIS, and its place is the catalog's line.

use std::path::PathBuf;
use std::process::Command;

use cogdex::contract::Verdict;
use cogdex::probe::sarif;
use serde_json::{Value, json};

use super::{hostile_reports, report, row};
use crate::support::root;

/// The schema of OASIS: a crate has it among its sources, so that none is copied here.
fn sarif_schema() -> Value {
    // Crates of other platforms need not have been fetched.
    let version = Command::new("rustc").arg("-vV").output().unwrap().stdout;
    let version = String::from_utf8(version).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args(["--filter-platform", host])
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
        assert_eq!((of("error"), of("warning"), of("note")), (2, 2, 2));
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
    let odd = row("c", Verdict::Broken, "a b#c?d%e");
    let document = sarif(&[report("p/l", vec![odd], &[])]);
    let place = &document["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "catalog/endpoints/a%20b%23c%3Fd%25e.toml");
    assert_eq!(place["region"]["startLine"], 7);
}
