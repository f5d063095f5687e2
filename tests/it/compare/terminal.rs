//! The comparison for reading: its text, its width, its colours, and a reader who leaves early.

use std::process::{Command, Stdio};

use crate::support::{root, stdout};
use crate::terminal;

const ISSUE: [&str; 9] = [
    "compare",
    "--images",
    "1000",
    "--quality",
    "hd",
    "--as-of",
    "2026-11-20",
    "--rate",
    "CNY/USD=0.14",
];

/// Runs the program with these variables of the environment and no others that concern colour.
fn coloured(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_cogdex"))
        .args(arguments)
        .current_dir(root())
        .env_remove("CLICOLOR_FORCE")
        .env_remove("NO_COLOR")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// What changes with every edit of the catalog is left out.
fn timeless(text: &str) -> String {
    let lines = text.lines().map(|line| match line.split_once(", catalog ") {
        Some((day, _)) if day.starts_with("as of ") => format!("{day}, catalog …"),
        _ => line.trim_end().to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_line_of_every_quote_is_explained() {
    let text = stdout(&[&ISSUE[..], &["--explain"]].concat());
    insta::assert_snapshot!(timeless(&text));
}

#[test]
fn an_explanation_follows_the_table_and_changes_nothing_in_it() {
    let (short, long) = (stdout(&ISSUE), stdout(&[&ISSUE[..], &["--explain"]].concat()));
    assert!(long.starts_with(short.trim_end()));
}

#[test]
fn a_terminal_of_eighty_columns_is_not_outgrown() {
    for flags in
        [&[][..], &["--explain"], &["--model", "any", "--fail-rate", "7%"], &["--size", "768x1344"]]
    {
        let text = terminal::plain(80, &[&ISSUE[..], flags].concat());
        let long: Vec<_> = text.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(long.is_empty(), "{long:#?}");
    }
}

#[test]
fn colour_follows_the_flag_and_then_the_environment() {
    let has_colour = |flags: &[&str], variables: &[(&str, &str)]| {
        coloured(&[&ISSUE[..], flags].concat(), variables).contains('\u{1b}')
    };
    assert!(has_colour(&["--color", "always"], &[]));
    assert!(has_colour(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(has_colour(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!has_colour(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!has_colour(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn colour_changes_no_word() {
    let mut plain = String::new();
    let mut inside = false;
    for c in coloured(&[&ISSUE[..], &["--color", "always"]].concat(), &[]).chars() {
        match c {
            '\u{1b}' => inside = true,
            'm' if inside => inside = false,
            _ if inside => {}
            _ => plain.push(c),
        }
    }
    assert_eq!(plain, stdout(&ISSUE));
}

#[test]
fn the_same_question_gives_the_same_bytes() {
    for format in ["table", "json", "csv", "markdown"] {
        let ask = || stdout(&[&ISSUE[..], &["--model", "any", "--format", format]].concat());
        assert_eq!(ask(), ask(), "{format}");
    }
}

#[test]
fn a_reader_who_leaves_early_has_read_enough() {
    for format in ["table", "json", "csv", "markdown"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let child = Command::new(env!("CARGO_BIN_EXE_cogdex"))
            .args(ISSUE)
            .args(["--format", format])
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{format}");
    }
}
