//! What `verify` writes: the day of what was confirmed, proposals for what changed, and reports.

use std::path::Path;

use super::filler;
use crate::support::{folder, program};

const LISTING: &str = "# A comment that stays.\nmodel = \"m\"\nslug = \"cogview-4\"\n\n\
    [[statement]]\nsource = \"page\"  # and this one\nseen = 2026-11-20\n\
    price = \"4 credits / image\"\nexcerpt = { price = \"4 credits per image\" }\n\n\
    [[statement]]\nsource = \"other\"\nseen = 2026-11-20\nchecked = 2026-11-21 # old\n\
    price = \"0.02 USD / image\"\nexcerpt = { price = \"CogView-4 | $0.02\" }\n";

/// Runs `verify --from` over two copies; gives the exit code, stdout, stderr and the listing.
fn run(
    page: &str,
    other: &str,
    flags: &[&str],
) -> (Option<i32>, String, String, tempfile::TempDir) {
    let catalog = folder(&[("listings/p/l.toml", LISTING)]);
    std::fs::write(catalog.path().join(".page.txt"), "").unwrap();
    let saved = tempfile::tempdir().unwrap();
    let text = |words: &str| format!("cogview-4\n{}{words}", filler());
    std::fs::write(saved.path().join("page.txt"), text(page)).unwrap();
    std::fs::write(saved.path().join("other.txt"), text(other)).unwrap();
    let output = std::process::Command::new(program())
        .current_dir(catalog.path())
        .args(["verify", "--catalog", ".", "--from"])
        .arg(saved.path())
        .args(flags)
        .output()
        .unwrap();
    let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), said(output.stdout), said(output.stderr), catalog)
}

fn listing(catalog: &Path) -> String {
    std::fs::read_to_string(catalog.join("listings/p/l.toml")).unwrap()
}

#[test]
fn the_day_is_written_and_nothing_else() {
    let flags = ["--record"];
    let (code, _, err, catalog) = run("4 credits per image", "| CogView-4 | $0.02 |", &flags);
    assert_eq!(code, Some(0), "{err}");
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let expected = LISTING
        .replacen(
            "seen = 2026-11-20\nprice",
            &format!("seen = 2026-11-20\nchecked = {today}\nprice"),
            1,
        )
        .replace("checked = 2026-11-21 # old", &format!("checked = {today} # old"));
    assert_eq!(listing(catalog.path()), expected);
    assert!(err.contains("2 statements"), "{err}");
}

#[test]
fn what_is_not_confirmed_is_not_dated() {
    let (code, _, _, catalog) = run("5 credits per image", "| CogView-4 | $0.03 |", &["--record"]);
    assert_eq!(code, Some(1));
    assert_eq!(listing(catalog.path()), LISTING);
}

#[test]
fn a_change_is_proposed_in_the_pages_own_unit_and_checked() {
    let flags = ["--propose"];
    let (code, out, err, catalog) = run("40 credits per image", "| CogView-4 | €0.03 |", &flags);
    assert_eq!(code, Some(1));
    assert!(out.contains("# Read the page before you keep this"), "{out}");
    assert!(out.contains("price = \"40 credits / image\"\n"), "{out}");
    assert!(out.contains("excerpt = { price = \"40 credits per image\" }\n"), "{out}");
    assert!(out.contains("price = \"0.03 EUR / image\"\n"), "{out}");
    // A slip of ten times is told.
    assert!(err.contains("off-its-past") && err.contains("10 times off"), "{err}");
    assert_eq!(listing(catalog.path()), LISTING);
}

#[test]
fn a_patch_is_one_that_git_applies() {
    let flags = ["--propose", "new.patch"];
    let (code, _, err, catalog) = run("5 credits per image", "| CogView-4 | $0.02 |", &flags);
    assert_eq!(code, Some(1), "{err}");
    let git = |arguments: &[&str]| {
        let done = std::process::Command::new("git")
            .current_dir(catalog.path())
            .args(arguments)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    git(&["init", "-q"]);
    git(&["apply", "new.patch"]);
    let text = listing(catalog.path());
    assert!(
        text.starts_with(LISTING) && text.contains("price = \"5 credits / image\"\n"),
        "{text}"
    );
}

#[test]
fn reports_in_every_form() {
    let (page, other) = ("5 credits per image", "nothing");
    let report = |kind: &str| {
        let flag = format!("--report={kind}=-");
        let (code, out, err, _) = run(page, other, &[&flag]);
        assert_eq!(code, Some(1), "{err}");
        out
    };
    let github = report("github");
    assert!(github.contains("::error file=./listings/p/l.toml,line=9,title=changed::page: \"4 credits per image\" is now \"5 credits per image\"\n"), "{github}");
    assert!(report("markdown").contains("| changed | page |"));
    assert!(report("prometheus").contains("cogdex_figures{source=\"other\",verdict=\"gone\"} 1"));
    assert!(report("junit").contains("<failure"));
    let sarif: serde_json::Value = serde_json::from_str(&report("sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"][1]["ruleId"], "changed");
    assert_eq!(report("json").lines().count(), 1);
}
