//! Help, slips of the hand, and what is said of work that was done.

use super::{file, json, plain, stdout};
use crate::support::{cogdex, root};

fn said(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = cogdex(arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn without_a_command_there_is_help() {
    for arguments in [&[][..], &["--quiet"]] {
        let (code, help, errors) = said(arguments);
        assert_eq!((code, errors.as_str()), (Some(0), ""));
        assert!(help.contains("Usage: cogdex [OPTIONS] <COMMAND>"), "{help}");
        assert!(help.contains("compare  Compare prices for a job, cheapest first"), "{help}");
    }
    // Nothing was exported: a file that stdout goes to stays empty.
    for (command, word) in [("export", "litellm  Export a LiteLLM"), ("import", "Import the image")]
    {
        let (code, out, help) = said(&[command]);
        assert_eq!((code, out.as_str()), (Some(2), ""));
        assert!(help.contains(&format!("Usage: cogdex {command} [OPTIONS] <COMMAND>")), "{help}");
        assert!(help.contains(word), "{help}");
    }
}

#[test]
fn an_option_that_other_programs_have_is_told_by_our_name() {
    for (arguments, wanted) in [
        (&["serve", "--bind", "1"][..], "unknown option --bind; did you mean `--addr`?"),
        (&["mock", "--port=1"], "unknown option --port; did you mean `--addr`?"),
        (&["build", "--output", "x"], "unknown option --output; did you mean `--out`?"),
        (&["compare", "--json"], "unknown option --json; did you mean `--format json`?"),
        (&["probe", "--dry-run"], "unknown option --dry-run; did you mean `--plan`?"),
        (&["compare", "--bind"], "unknown option --bind"),
        (&["compare", "--imgaes", "5"], "unknown option --imgaes; did you mean `--images`?"),
    ] {
        let (code, _, errors) = said(arguments);
        assert_eq!((code, errors), (Some(2), format!("error: {wanted}\n")), "{arguments:?}");
    }
}

#[test]
fn a_build_tells_what_it_wrote_on_a_terminal_alone() {
    let home = tempfile::tempdir().unwrap();
    let out = file(&home, "dist");
    let small = root().join("tests/fixtures/catalog");
    let arguments = ["build", "--out", out.to_str().unwrap(), "--catalog", small.to_str().unwrap()];
    assert_eq!(stdout(&arguments), "");
    let told = plain(200, &arguments);
    let (folder, rest) = told.trim_end().split_once(": ").unwrap();
    assert_eq!(folder, out.to_str().unwrap());
    assert!(rest.contains(" pages, 0 of ") && rest.ends_with(" files changed"), "{told}");
    let pages: usize = rest.split(' ').next().unwrap().parse().unwrap();
    assert_eq!(pages, count_pages(&out));
    assert_eq!(plain(200, &[&arguments[..], &["--quiet"]].concat()), "");
}

fn count_pages(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            if path.is_dir() {
                return count_pages(&path);
            }
            usize::from(path.extension().is_some_and(|ending| ending == "html"))
        })
        .sum()
}

#[test]
fn an_export_ends_with_how_much_is_in_it_and_gives_no_advice_that_leads_nowhere() {
    let (code, map, told) = said(&["export", "litellm", "--as-of", "2026-11-26"]);
    assert_eq!(code, Some(0));
    let map: serde_json::Value = serde_json::from_str(&map).unwrap();
    assert_eq!(map.as_object().unwrap().len(), 5);
    assert_eq!(told.lines().last(), Some("5 exported, 24 left out"));
    assert!(told.contains("skipped replicate/cogview4-6b: billed by the second\n"), "{told}");
    assert!(!told.contains("--seconds-per-image"), "{told}");
    let listings = json(&["export", "json", "--as-of", "2026-11-26"]);
    assert_eq!(listings["listings"].as_array().map(Vec::len), Some(26));
}
