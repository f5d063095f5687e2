//! The catalog's format: the README's examples load, every field is documented, and the schema is
//! the one that the program makes and that our own files follow.

use std::collections::BTreeMap;
use std::fmt::Write;

use cogdex::catalog::{
    CAPABILITIES, Catalog, ClauseKind, DiagnosticCode, Field, FieldKind, PayloadForm, Tree, schema,
};

use crate::support::{TODAY, root};

fn readme() -> String {
    std::fs::read_to_string(root().join("catalog/README.md")).unwrap()
}

/// The examples by file: each begins with a comment that names it.
fn examples() -> BTreeMap<String, Vec<u8>> {
    let text = readme();
    let blocks = text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks
        .map(|block| {
            let path = block.lines().next().unwrap().strip_prefix("# ").unwrap();
            (path.to_owned(), block.as_bytes().to_vec())
        })
        .collect()
}

#[test]
fn the_examples_of_the_readme_are_a_whole_catalog() {
    let files = examples();
    assert!(files.len() >= 9, "{:?}", files.keys());
    let inspection = Catalog::inspect(&Tree::Files(files), TODAY).unwrap();
    let findings: Vec<_> =
        inspection.findings.iter().map(|f| (f.code, f.place.to_string(), &f.text)).collect();
    // An example catalog has no edition, as any catalog under edit.
    let edition = |code: DiagnosticCode| code == DiagnosticCode::EditionDigest;
    assert!(findings.iter().all(|(code, ..)| edition(*code)), "{findings:?}");
    let by_quality = &inspection.catalog.listings["apiin/by-quality"];
    let price = inspection.catalog.field(by_quality, Field::Price, TODAY).unwrap();
    assert_eq!(price.value().unwrap().to_string(), "0.03 USD / image");
    // The page withdrew its limit, and no farther level of this listing states one.
    assert!(inspection.catalog.field(by_quality, Field::PromptLimit, TODAY).is_none());
}

/// The table of fields as it stands in the README.
fn field_table() -> String {
    let mut table = "| key | value | meaning |\n|---|---|---|\n".to_owned();
    for field in Field::ALL {
        let info = field.info();
        let form = match info.kind {
            FieldKind::Price => "price, or rows of prices",
            FieldKind::Credits => "`\"4 credits = 0.008 USD\"`",
            FieldKind::Fees => "`{ rate = \"5%\", on = \"top-up\" }`, or an array of them",
            FieldKind::Packs => "array of `{ price = \"10 USD\", credits = 1000 }`",
            FieldKind::TopUp => "`{ minimum = \"10 USD\" }`",
            FieldKind::RequestLimit => "`\"10 / minute\"`",
            FieldKind::Date => "date",
            FieldKind::Address => "address",
            FieldKind::Flag => "`true` or `false`",
            FieldKind::Text => "string",
            FieldKind::Words(words) => {
                &words.iter().map(|w| format!("`\"{w}\"`")).collect::<Vec<_>>().join(", ")
            }
            FieldKind::Texts => "array of strings",
            FieldKind::Count => "whole number",
            FieldKind::Span => "`\"1-4\"`",
            FieldKind::Share => "`\"5/11\"`",
            FieldKind::Size => "`\"1024x1024\"`",
            FieldKind::Sizes => "array of sizes, or a rule",
            FieldKind::Latency => "`\"3-8 s\"`, or rows",
            FieldKind::Limit => "`\"1000 chars\"`, `\"1024 tokens\"`, `\"any length\"`",
            FieldKind::Days => "`\"30d\"`",
            FieldKind::Flags(_) => "table of `true` and `false`",
            FieldKind::Notes => "table of `true`, `false` or strings",
        };
        let seen = if info.observable { " (a probe settles it)" } else { "" };
        writeln!(table, "| `{}` | {form} | {}{seen} |", info.key, info.meaning).unwrap();
    }
    let keys: Vec<_> = CAPABILITIES.iter().map(|key| format!("`{key}`")).collect();
    writeln!(table, "\nThe keys of `capabilities`: {}.", keys.join(", ")).unwrap();
    table
}

/// The table of payloads as it stands in the README.
fn clause_table() -> String {
    let mut table = "| payload | keys (`!` is required) |\n|---|---|\n".to_owned();
    for kind in ClauseKind::ALL {
        let keys = kind.payload().iter().map(|(key, form, required)| {
            let mark = if *required { "!" } else { "" };
            let words = match form {
                PayloadForm::Word(words) => format!(" ({})", words.join(", ")),
                _ => String::new(),
            };
            format!("`{key}`{mark}{words}")
        });
        writeln!(table, "| `{}` | {} |", kind.key(), keys.collect::<Vec<_>>().join("; ")).unwrap();
    }
    table
}

#[test]
fn the_readme_documents_every_clause_and_field() {
    let tables = format!("{}\n## Every field\n\n{}", clause_table(), field_table());
    if std::env::var_os("COGDEX_UPDATE").is_some() {
        let text = readme();
        let (before, _) = text.split_once("## Every clause\n").unwrap();
        let whole = format!("{before}## Every clause\n\n{tables}");
        std::fs::write(root().join("catalog/README.md"), whole).unwrap();
    }
    assert!(readme().ends_with(&tables), "run the tests once with COGDEX_UPDATE=1:\n{tables}");
}

#[test]
fn the_schema_in_the_catalog_is_the_one_the_program_makes() {
    let written = std::fs::read_to_string(root().join("catalog/schema.json")).unwrap();
    let written: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!(written, schema(), "run: cogdex export schema > catalog/schema.json");
}

/// Every TOML file of the catalog, with its path.
fn files() -> Vec<(String, String)> {
    let tree = Tree::folder(&root().join("catalog")).unwrap();
    let paths = tree.paths().unwrap().into_iter();
    paths
        .map(|path| {
            let text = String::from_utf8(tree.read(&path).unwrap().into_owned()).unwrap();
            (path, text)
        })
        .collect()
}

#[test]
fn every_file_names_the_schema_and_follows_it() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for (path, text) in files() {
        let up = "../".repeat(path.matches('/').count());
        let up = if up.is_empty() { "./" } else { up.as_str() };
        let first = text.lines().next().unwrap();
        assert_eq!(first, format!("#:schema {up}schema.json"), "{path}");
        let value = json(toml::from_str(&text).unwrap());
        let faults: Vec<_> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
        assert!(faults.is_empty(), "{path}: {faults:?}");
    }
}

#[test]
fn the_schema_refuses_what_the_program_refuses() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let refused = [
        "model = 1",
        "[[statement]]\nseen = 2026-11-20",
        "[[statement]]\nsource = \"a\"\nseen = 2026-11-20\nprize = \"1 USD / image\"",
        "[[statement]]\nsource = \"a\"\nseen = 2026-11-20\nprice = 0.1",
        "[[statement]]\nsource = \"a\"\nseen = 2026-11-20\ncapabilities = { flying = true }",
        "[[edition]]\nname = \"a\"\ndate = 2026-11-20\ndigest = \"ABC\"",
    ];
    for text in refused {
        assert!(!validator.is_valid(&json(toml::from_str(text).unwrap())), "{text}");
    }
}

/// TOML as an editor hands it to a schema: dates are strings.
fn json(value: toml::Value) -> serde_json::Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(integer) => integer.into(),
        toml::Value::Float(float) => float.into(),
        toml::Value::Boolean(yes) => yes.into(),
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(array) => array.into_iter().map(json).collect(),
        toml::Value::Table(table) => {
            table.into_iter().map(|(key, value)| (key, json(value))).collect()
        }
    }
}
