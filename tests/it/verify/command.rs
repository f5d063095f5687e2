//! `cogdex verify` as a command: saved copies, JSON, exit codes, and what is not asked.

use serde_json::{Value, json};

use super::filler;
use crate::support::{folder, program};

const LISTING: &str = "model = \"m\"\nslug = \"cogview-4\"\n\
    [[statement]]\nsource = \"page\"\nseen = 2026-11-20\nprice = \"4 credits / image\"\n\
    prompt-limit = \"1000 chars\"\n\
    excerpt = { price = \"4 credits per image\", prompt-limit = \"max 1000 chars\" }\n\
    [[statement]]\nsource = \"other\"\nseen = 2026-11-20\nprice = \"4 credits / image\"\n\
    excerpt = { price = \"4 credits\" }\n";

/// Runs `verify` over copies; gives the exit code, stdout and stderr.
fn run(copies: &[(&str, &str)], flags: &[&str]) -> (Option<i32>, String, String) {
    let catalog = folder(&[("listings/p/l.toml", LISTING)]);
    let saved = tempfile::tempdir().unwrap();
    for (name, text) in copies {
        std::fs::write(saved.path().join(name), text).unwrap();
    }
    let output = std::process::Command::new(program())
        .args(["verify", "--from"])
        .arg(saved.path())
        .arg("--catalog")
        .arg(catalog.path())
        .args(flags)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn page(words: &str) -> String {
    format!("cogview-4\n{}{words}", filler())
}

#[test]
fn the_document_and_the_exit_codes() {
    let whole = page("4 credits per image (max 1000 chars)");
    let (code, out, err) = run(&[("page.md", &whole)], &["--format", "json"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("not asked, without a copy: other"), "{err}");
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(document["format"], 1);
    assert_eq!(
        document["summary"],
        json!({ "sources": 1, "confirmed": 2, "changed": 0, "gone": 0, "unreadable": 0 })
    );
    let source = &document["sources"][0];
    assert_eq!(source["source"], "page");
    assert_eq!(source["address"], "https://example.com/page");
    assert_eq!(source["status"], "read");
    assert_eq!(
        source["figures"][0],
        json!({
            "path": "listings/p/l.toml", "line": 8, "field": "price",
            "excerpt": "4 credits per image", "verdict": "confirmed",
            "found": "4 credits per image", "change": null,
        })
    );
    let changed = page("5 credits per image");
    let (code, out, _) = run(&[("page.txt", &changed)], &["--format", "json"]);
    assert_eq!(code, Some(1));
    let document: Value = serde_json::from_str(&out).unwrap();
    let figures = &document["sources"][0]["figures"];
    assert_eq!(figures[0]["verdict"], "changed");
    assert_eq!(figures[0]["found"], "5 credits per image");
    assert_eq!((&figures[1]["verdict"], &figures[1]["found"]), (&json!("gone"), &Value::Null));
    let (code, _, _) = run(&[("page.html", "<p>Just a moment...</p>")], &[]);
    assert_eq!(code, Some(3));
    // What changed goes before what can't be read.
    let (code, _, _) = run(&[("page.txt", &changed), ("other.json", "{}")], &[]);
    assert_eq!(code, Some(1));
}

#[test]
fn a_source_that_is_known_to_hide_does_not_fail() {
    let whole = page("4 credits per image, max 1000 chars");
    let copies = [("page.txt", whole.as_str()), ("other.txt", "")];
    assert_eq!(run(&copies, &[]).0, Some(3));
    let (code, out, _) = run(&copies, &["--allow-unreadable", "other"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("unreadable, as it is known to be"), "{out}");
    assert_eq!(run(&copies, &["--allow-unreadable", "page"]).0, Some(3));
    let (code, _, err) = run(&copies, &["--allow-unreadable", "othre"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("there is no source `othre`; did you mean `other`?"), "{err}");
}

#[test]
fn sources_by_name_and_those_without_excerpts() {
    let whole = page("4 credits per image, max 1000 chars");
    let copies = [("page.txt", whole.as_str()), ("other.txt", "")];
    let (code, _, err) = run(&copies, &["page", "run"]);
    assert_eq!(code, Some(0));
    assert!(err.contains("not asked: run, of which no statement has an excerpt"), "{err}");
    assert_eq!(run(&copies, &["nobody"]).0, Some(2));
}

#[test]
fn the_text_names_what_changed_and_what_is_told_once() {
    let changed = page("5 credits per image, max 1000 chars");
    let copies = [("page.txt", changed.as_str()), ("other.txt", "<html>")];
    let (_, out, _) = run(&copies, &[]);
    assert!(
        out.contains(
            "changed: listings/p/l.toml:8 price \"4 credits per image\" is now \"5 credits per image\""
        ),
        "{out}"
    );
    assert!(out.ends_with("1 confirmed, 1 changed, 1 unreadable\n"), "{out}");
    assert!(out.contains("unreadable: it has no text without scripts"), "{out}");
    let (_, quiet, _) = run(&copies, &["--quiet"]);
    assert!(quiet.contains("is now") && !quiet.contains("1 confirmed"), "{quiet}");
}
