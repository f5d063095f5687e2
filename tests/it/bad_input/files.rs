//! Bad files and folders on the command line: jobs, catalogs, revisions.

use std::path::Path;
use std::process::Command;

use super::{TINY, refused, refused_in};
use crate::support::{cogdex, cogdex_in, root};

/// What is said of a jobs file, line by line, without `error: `.
fn told(text: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap_or_else(|why| panic!("{why}"));
    let written = std::fs::write(folder.path().join("jobs.toml"), text);
    written.unwrap_or_else(|why| panic!("{why}"));
    let tiny = root().join(TINY);
    let tiny = tiny.to_str().unwrap_or_default();
    let mut all = Vec::new();
    for command in [&["compare"][..], &["diff", tiny]] {
        let arguments = [command, &["--jobs", "jobs.toml", "--catalog", tiny]].concat();
        let output = cogdex_in(folder.path(), &arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
        let line = |line: &str| {
            line.strip_prefix("error: ").map_or_else(|| panic!("{said}"), str::to_owned)
        };
        all.push(said.lines().map(line).collect::<Vec<_>>());
    }
    assert_eq!(all[0], all[1]);
    all.remove(0)
}

#[test]
fn a_jobs_file_that_can_not_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let said = refused_in(folder.path(), &["compare", "--jobs", "jobs.toml"]);
    assert!(said.starts_with("--jobs: can't read `jobs.toml`: "), "{said}");
    let said = refused_in(folder.path(), &["compare", "--jobs", "."]);
    assert!(said.starts_with("--jobs: can't read `.`: "), "{said}");
    assert_eq!(refused(&["compare", "--jobs", ""]), "--jobs lacks its value");
}

#[test]
fn a_jobs_file_without_a_job() {
    let cases: [(&[u8], &str); 9] = [
        (b"", "1:1: empty-file: the file is empty"),
        (b" \n\n", "1:1: empty-file: the file is empty"),
        (b"\xff\xfe", "1:1: not-utf8: the file is not UTF-8"),
        (b"# nothing\n", "1:1: missing-key: `[[job]]` is missing"),
        (b"job = []\n", "1:1: missing-key: `[[job]]` is missing"),
        (b"job = 5\n", "1:7: wrong-type: `job` is an array, not of type integer"),
        (b"[job]\n", "1:1: wrong-type: `job` is an array, not of type table"),
        (b"job = [1]\n", "1:8: wrong-type: `job` is a table, not of type integer"),
        (b"[[jobs]]\n", "1:3: unknown-key: there is no key `jobs` here; did you mean `job`?"),
    ];
    for (text, wanted) in cases {
        assert_eq!(told(text), [format!("jobs.toml:{wanted}")]);
    }
}

#[test]
fn a_jobs_file_is_told_all_its_faults_at_their_places() {
    let text = "[[job]]\nname = \"first\"\nimage = 5\nimages = 1.5\nsize = 1024\n\n\
                [[job]]\nimages = \"many\"\nquality = [\"hd\", \"standard\"]\nhardware = []\n\
                require = [\"webhook\", \"wings\"]\ndeadline = true\n";
    // The types first: with those wrong, nobody knows what the values would be.
    assert_eq!(
        told(text.as_bytes()),
        [
            "jobs.toml:4:10: wrong-type: `images` is a string, a whole number or an array of \
             strings, not of type float",
            "jobs.toml:10:12: bad-value: `hardware` is an empty array; leave it out",
            "jobs.toml:12:12: wrong-type: `deadline` is a string, a whole number or an array of \
             strings, not of type boolean",
        ]
    );
    let text = text.replace("1.5", "0").replace("hardware = []\n", "").replace("true", "\"5\"");
    assert_eq!(
        told(text.as_bytes()),
        [
            "jobs.toml:3:1: unknown-key: there is no key `image`; did you mean `images`?",
            "jobs.toml:4:10: bad-value: `0` is not a number of images from 1 to 1000000000000",
            "jobs.toml:5:8: bad-value: `1024` is not a size, such as 1024x1024",
            "jobs.toml:8:10: bad-value: `many` is not a number of images from 1 to 1000000000000",
            "jobs.toml:9:18: bad-value: `quality` takes one value",
            "jobs.toml:10:23: bad-value: unknown feature `wings`; choose from: streaming, \
             tools, vision, json-mode, caching, byok, webhook, n, seed, negative-prompt, \
             commercial-use, safety-checker, watermark, sync, async",
            "jobs.toml:11:12: bad-value: `5` is not a duration such as 50ms, 10s, 10m, 2h or 7d",
        ]
    );
}

#[test]
fn a_jobs_file_may_require_several_things_and_count_in_any_spelling() {
    let folder = tempfile::tempdir().unwrap();
    let text = "\u{feff}[[job]]\r\nimages = 1_000\r\nrequire = [\"sync\", \"webhook\"]\r\n";
    std::fs::write(folder.path().join("jobs.toml"), text).unwrap();
    let tiny = root().join(TINY);
    let catalog = ["--catalog", tiny.to_str().unwrap(), "--format", "json"];
    let output =
        cogdex_in(folder.path(), &[&["compare", "--jobs", "jobs.toml"][..], &catalog].concat());
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["job"]["images"], 1_000);
    assert_eq!(document["job"]["require"], serde_json::json!(["sync", "webhook"]));
    assert_eq!(document["rows"][0]["reason"], "not-offered: `webhook` is not offered");
}

#[test]
fn a_job_asks_for_images_or_for_what_a_budget_gives() {
    let why = "bad-value: use either images or a budget, not both";
    let both = "[[job]]\nimages = 5\nbudget = \"5 USD\"\n";
    assert_eq!(told(both.as_bytes()), [format!("jobs.toml:2:1: {why}")]);
    let folder = tempfile::tempdir().unwrap();
    let jobs = folder.path().join("jobs.toml");
    std::fs::write(&jobs, "[[job]]\nbudget = \"5 USD\"\n").unwrap();
    let said = refused(&["compare", "--images", "5", "--jobs", jobs.to_str().unwrap()]);
    assert_eq!(said, why.replacen("bad-value", "--images", 1));
}

#[test]
fn jobs_with_budgets_in_two_currencies_have_no_one_total_to_differ_in() {
    let folder = tempfile::tempdir().unwrap();
    let jobs = folder.path().join("jobs.toml");
    std::fs::write(&jobs, "[[job]]\nbudget = \"5 USD\"\n[[job]]\nbudget = \"5 CNY\"\n").unwrap();
    let jobs = jobs.to_str().unwrap();
    let said = refused(&["diff", TINY, TINY, "--jobs", jobs]);
    assert_eq!(said, "the jobs are in USD and CNY; give their budgets in one currency");
    // Side by side, each is answered in its own.
    assert!(cogdex(&["compare", "--catalog", TINY, "--jobs", jobs]).status.success());
}

#[test]
fn a_catalog_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "format = 1\n").unwrap();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    std::fs::create_dir_all(folder.path().join("odd/catalog.toml")).unwrap();
    let tiny = root().join(TINY);
    let tiny = tiny.to_str().unwrap();
    for (name, why) in [
        ("nowhere", "there is no folder `nowhere`"),
        ("file", "there is no folder `file`"),
        ("empty", "`empty` is not a catalog: it has no `catalog.toml`"),
        ("odd", "`odd` is not a catalog: it has no `catalog.toml`"),
    ] {
        for arguments in [
            &["check", "--catalog", name][..],
            &["compare", "--catalog", name],
            &["show", "atelier/cogview-4", "--catalog", name],
            &["diff", name, tiny],
            &["diff", tiny, name],
            &["diff", tiny, "--catalog", name],
        ] {
            assert_eq!(refused_in(folder.path(), arguments), why, "{arguments:?}");
        }
    }
}

#[test]
fn a_catalog_without_what_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("catalog.toml"), "format = 1\n").unwrap();
    let run = |arguments: &[&str]| {
        refused_in(folder.path(), &[arguments, &["--catalog", ".", "--quiet"]].concat())
    };
    let wanted = "there is no model `cogview-4`; name another with --model, or take `any`";
    assert_eq!(run(&["compare"]), wanted);
    assert_eq!(run(&["diff", "."]), "the catalog holds no statement");
    assert_eq!(run(&["compare", "--model", "any"]), "the catalog holds no statement");
    assert_eq!(run(&["show", "a/b"]), "there is no listing `a/b`");
}

fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example.com",
            "-c",
            "commit.gpgsign=false",
            "-c",
            "core.hooksPath=/dev/null",
        ])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|why| panic!("git: {why}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_revision_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q"]);
    std::fs::create_dir_all(folder.path().join("catalog")).unwrap();
    std::fs::write(folder.path().join("catalog/x.toml"), "").unwrap();
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "x"]);
    let said = |old: &str| refused_in(folder.path(), &["diff", old]);
    for name in ["git:", "git:--help", "git:--output=x", "git:-"] {
        assert_eq!(said(name), format!("can't read `{name}`: that is no revision"));
    }
    for name in ["git:nonsense", "git:HEAD~5", "git:HEAD:catalog", "git:a b", "git:HEAD\nHEAD"] {
        let wanted = format!("can't read `{}`: ", name.replace('\n', "\u{fffd}"));
        assert!(said(name).starts_with(&wanted), "{}", said(name));
    }
    assert_eq!(said("git:HEAD"), "can't read `git:HEAD`: `catalog` has no `catalog.toml` there");
    let elsewhere = refused_in(folder.path(), &["diff", "git:HEAD", "--catalog", "data"]);
    assert!(elsewhere.starts_with("can't read `git:HEAD`: "), "{elsewhere}");
    // Nothing was written by a revision that looks like a flag.
    assert!(!folder.path().join("x").exists());
    // Nor is there a revision where there is no checkout.
    let bare = tempfile::tempdir().unwrap();
    let said = refused_in(bare.path(), &["diff", "git:HEAD"]);
    assert!(said.starts_with("can't read `git:HEAD`: "), "{said}");
}
