//! `check` on a terminal: a list of pages to read again, and errors where they are seen.

use super::{WIDTHS, assert_fits, folder, json, plain, shown};

/// Two statements that are old, of one source, and an error between them.
fn damaged() -> tempfile::TempDir {
    let endpoint = "name = \"E\"\n[[statement]]\nsource = \"other\"\nseen = 2025-02-01\n\
        mode = \"sync\"\n[[statement]]\nsource = \"page\"\nseen = 2025-01-01\ninput = [\"text\"]\n";
    let listing = "model = \"m\"\nendpoint = \"p/e\"\n[[statement]]\nsource = \"page\"\n\
        seen = 2025-01-02\nprice = \"1 USD / image\"\nname = \"L\"\nbogus = 1\n";
    folder(&[
        ("endpoints/p/e.toml", endpoint),
        ("listings/p/a.toml", "model = \"m\"\nendpoint = \"p/e\"\n"),
        ("listings/p/l.toml", listing),
    ])
}

#[test]
fn stale_sources_are_one_table_with_addresses_and_users() {
    let catalog = damaged();
    let arguments = ["check", "--catalog", catalog.path().to_str().unwrap()];
    let (code, text) = shown(200, &[&arguments[..], &["--color", "never"]].concat());
    assert_eq!(code, 1);
    assert_eq!(text.matches("warning[stale]").count(), 1, "{text}");
    assert!(
        text.contains("warning[stale]: 2 sources last read more than 180 days ago\n"),
        "{text}"
    );
    let row = |source: &str| {
        let line = text.lines().find(|line| line.trim_start().starts_with(source)).unwrap();
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let page = row("page ");
    assert_eq!(page[2..], ["2", "listings,", "3", "facts", "https://example.com/page"]);
    assert!(page[1].parse::<u32>().unwrap() > 600, "{page:?}");
    assert_eq!(row("other ")[2..], ["2", "listings,", "1", "fact", "https://example.com/other"]);
}

#[test]
fn errors_stand_last_and_may_stand_alone() {
    let catalog = damaged();
    let path = catalog.path().to_str().unwrap();
    let (code, text) = shown(80, &["check", "--catalog", path, "--color", "never"]);
    assert_eq!(code, 1);
    let error = text.find("error[unknown-key]").unwrap();
    assert!(text[..error].contains("warning[stale]") && !text[error..].contains("warning["));
    let (code, alone) = shown(80, &["check", "--catalog", path, "--errors", "--color", "never"]);
    assert_eq!(code, 1);
    assert!(alone.contains("error[unknown-key]") && !alone.contains("warning["), "{alone}");
    let document = json_of_errors(path);
    let findings = document["findings"].as_array().unwrap();
    assert!(!findings.is_empty() && findings.iter().all(|it| it["severity"] == "error"));
    // What is hidden is counted all the same.
    let quiet = plain(80, &["check", "--errors"]);
    let hidden = json(&["check", "--format", "json"])["findings"].as_array().unwrap().len();
    let end = format!("; 0 errors, {hidden} warnings\n");
    assert!(hidden > 1 && quiet.starts_with("ok: ") && quiet.ends_with(&end), "{quiet}");
}

fn json_of_errors(path: &str) -> serde_json::Value {
    let arguments = ["check", "--catalog", path, "--errors", "--format", "json"];
    serde_json::from_slice(&crate::support::cogdex(&arguments).stdout).unwrap()
}

#[test]
fn an_old_rate_is_told_with_its_address() {
    let text = plain(200, &["check"]);
    let rates = text.split_once("Old exchange rates\n").unwrap().1;
    assert!(rates.contains("1 EUR = 7.9989 CNY is of 2026-05-08, "), "{text}");
    let told = " days old: ecb-reference https://";
    assert!(rates.lines().any(|line| line.contains(told)), "{text}");
    for width in WIDTHS {
        assert_fits(width, &plain(width, &["check"]));
    }
}

#[test]
fn the_json_has_each_place_of_what_is_old() {
    let catalog = damaged();
    let path = catalog.path().to_str().unwrap();
    let output = crate::support::cogdex(&["check", "--catalog", path, "--format", "json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = document["findings"].as_array().unwrap();
    let stale = findings.iter().filter(|it| it["code"] == "stale");
    let places: Vec<_> = stale.map(|it| (it["path"].as_str().unwrap(), &it["line"])).collect();
    let (endpoint, listing) = ("endpoints/p/e.toml", "listings/p/l.toml");
    let wanted = [(endpoint, &2.into()), (endpoint, &6.into()), (listing, &3.into())];
    assert_eq!(places, wanted);
}
