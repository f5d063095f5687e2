//! What the program prints: the README's examples are what it really prints, lines fit a narrow
//! terminal, and text from elsewhere can't steer it.

use std::fmt::Write;

use crate::served::Mock;
use crate::support::{cogdex, cogdex_in, root, stdout};
use crate::terminal;

/// The text without what changes with every edit of the catalog: its edition and digest.
fn timeless(text: &str) -> String {
    let lines = text.lines().map(|line| match line.split_once(", catalog ") {
        Some((before, _)) if before.starts_with("as of ") => format!("{before}, catalog …"),
        _ => line.trim_end().to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A first screen, and five tasks; more is reference, which has other places.
const MAX_README_BYTES: usize = 12_000;

#[test]
fn the_readme_prints_what_the_program_prints() {
    let path = root().join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (mut made, mut rest, mut blocks) = (String::new(), readme.as_str(), 0);
    while let Some((before, block)) = rest.split_once("```console\n") {
        let (block, after) = block.split_once("```").unwrap();
        let command = block.lines().next().unwrap();
        let arguments: Vec<_> = command.strip_prefix("$ cogdex ").unwrap().split(' ').collect();
        let printed = timeless(&terminal::plain(80, &arguments));
        write!(made, "{before}```console\n{command}\n{}\n```", printed.trim_end()).unwrap();
        (rest, blocks) = (after, blocks + 1);
    }
    made.push_str(rest);
    assert_eq!(blocks, 2);
    if std::env::var_os("COGDEX_UPDATE").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    assert!(
        readme.len() <= MAX_README_BYTES,
        "reference belongs into `--help` and catalog/README.md"
    );
    let behind = readme.lines().zip(made.lines()).find(|(told, printed)| told != printed);
    assert!(
        made == readme,
        "the README is behind; run the tests once with COGDEX_UPDATE=1: {behind:#?}"
    );
}

/// Runs a documented line in a shell, with the program on its path and a mock in place of the
/// real endpoint; gives the exit code and what it printed.
fn tried(line: &str, mock: &Mock, folder: &std::path::Path) -> (Option<i32>, String) {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_cogdex"));
    let path =
        format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let speed = "--poll-interval 10ms --history history.sqlite";
    let output = std::process::Command::new("sh")
        .arg("-c")
        .arg(format!("{line} --base-url http://{}/apiin {speed}", mock.address))
        .current_dir(folder)
        .env("PATH", path)
        .env("APIIN_API_KEY", "aio_mock_key")
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_documented_cron_line_and_workflow_work() {
    let guide = std::fs::read_to_string(root().join(".github/README.md")).unwrap();
    let block = |kind: &str| {
        let rest = guide.split_once(&format!("```{kind}\n")).unwrap().1;
        rest.split_once("```").unwrap().0.to_owned()
    };
    let mock = Mock::start(&["apiin"]);
    let folder = tempfile::tempdir().unwrap();
    let cron = block("cron");
    let command = cron.trim().splitn(6, ' ').nth(5).unwrap();
    let (code, printed) = tried(command, &mock, folder.path());
    assert_eq!(code, Some(0), "{printed}");
    assert!(
        std::fs::read_to_string(folder.path().join("cogdex.prom"))
            .unwrap()
            .contains("cogdex_check")
    );
    // What was looked at today is not due tomorrow: nothing is sent, and nothing is spent.
    let billed = || mock.ask("GET", "/_mock/counts", &[], "").json();
    let before = billed();
    assert_eq!(tried(command, &mock, folder.path()).0, Some(0));
    assert_eq!(billed(), before);
    let yaml = block("yaml");
    let line = yaml.lines().find_map(|line| line.trim().strip_prefix("- run: cogdex ")).unwrap();
    let fresh = tempfile::tempdir().unwrap();
    let (code, printed) = tried(&format!("cogdex {line}"), &mock, fresh.path());
    assert_eq!((code, printed.as_str()), (Some(0), ""));
    assert!(
        std::fs::read_to_string(fresh.path().join("probe.xml")).unwrap().contains("<testsuites")
    );
}

#[test]
fn lines_fit_eighty_columns() {
    for arguments in [
        &["compare", "--images", "1000", "--quality", "hd", "--explain"][..],
        &["compare", "--model", "any", "--images", "123456789", "--explain"],
        &["compare", "--budget", "20 USD"],
        &["show", "apiin/cogview-4", "--all"],
        &["show", "zai/cogview-4-250304", "--all", "-v"],
        &["show", "bigmodel/cogview-4-250304"],
    ] {
        for line in terminal::plain(80, arguments).lines() {
            // An address has no place to break.
            let fits = line.chars().count() <= 80 || line.contains("https://");
            assert!(fits, "{arguments:?}: {line}");
        }
    }
}

#[test]
fn colour_comes_only_where_it_is_wanted() {
    let has_colour = |arguments: &[&str]| stdout(arguments).contains('\u{1b}');
    assert!(!has_colour(&["compare"]));
    assert!(has_colour(&["compare", "--color", "always"]));
    assert!(!has_colour(&["compare", "--color", "never"]));
}

#[test]
fn text_of_a_catalog_cannot_steer_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in crate::support::BASE {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    std::fs::create_dir_all(folder.path().join("listings/p")).unwrap();
    let hostile = "model = \"m\"\nnote = \"\\u001b[2J\\u202egnp\\u0007\"\n[[statement]]\nsource = \"page\"\n\
        seen = 2026-11-20\nname = \"a\\u001b]0;title\\u0007b\\rc\\nd\"\nprice = \"1 USD / image\"\n";
    std::fs::write(folder.path().join("listings/p/l.toml"), hostile).unwrap();
    let catalog = folder.path().to_str().unwrap();
    for arguments in [
        &["show", "p/l", "--catalog", catalog][..],
        &["compare", "--catalog", catalog, "--explain"],
        &["check", "--catalog", catalog],
        &["compare", "--catalog", catalog, "--format", "csv"],
        &["compare", "--catalog", catalog, "--format", "markdown"],
    ] {
        let output = cogdex(arguments);
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(steers), "{arguments:?}: {text:?}");
    }
}

#[test]
fn the_program_runs_anywhere() {
    let elsewhere = tempfile::tempdir().unwrap();
    let output = cogdex_in(elsewhere.path(), &["compare"]);
    assert!(output.status.success());
}
