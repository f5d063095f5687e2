//! How far a run is: told on a terminal, and nowhere else.

use std::process::Stdio;

use super::{Bench, base};
use crate::served::Mock;
use crate::terminal::{self, Terminal};

/// What the program writes to stderr where that is a terminal.
fn on_a_terminal(arguments: &[&str]) -> String {
    let mock = Mock::small(&[]);
    let bench = Bench::small();
    let terminal = Terminal::open(80);
    let mut command = bench.command(&base(&mock, "p"), arguments);
    command.env("TERM", "xterm").stdout(Stdio::null()).stderr(terminal.output());
    let (status, written) = terminal.run(&mut command);
    assert!(status.success());
    written
}

#[test]
fn a_terminal_is_told_how_far_a_run_is() {
    let written = on_a_terminal(&["p/l"]);
    assert!(written.contains("p/l: auth.no-key"), "{written:?}");
    // The line goes away: the cursor's line is cleared at the end.
    let last = written.rsplit("p/l: ").next().unwrap();
    assert!(last.contains("\u{1b}[2K"), "{written:?}");
}

#[test]
fn a_terminal_is_told_nothing_where_quiet_is_asked_for() {
    assert_eq!(on_a_terminal(&["p/l", "-q"]), "");
}

#[test]
fn without_a_terminal_nothing_is_told() {
    let mock = Mock::start(&["apiin"]);
    let seen = Bench::new().run(&base(&mock, "apiin"), &["apiin/cogview-4"]);
    assert_eq!((seen.code, seen.stderr.as_str()), (0, ""));
}

#[test]
fn a_broken_promise_is_red_in_the_history() {
    let mock = Mock::small(&["--fault", "wrong-size"]);
    let bench = Bench::small();
    let seen = bench.run(&base(&mock, "p"), &["p/l", "--spend-limit", "9 USD"]);
    assert!(!seen.with("broken").is_empty(), "{}", seen.stdout);
    let history = bench.text("h.sqlite");
    for (columns, row) in
        [(80, "  \u{1b}[1m\u{1b}[31mbroken"), (40, "\n  \u{1b}[1m\u{1b}[31mbroken")]
    {
        let (code, text) = terminal::shown(columns, &["history", "--history", &history]);
        assert_eq!(code, 0);
        assert!(text.contains(row), "{columns}: {text:?}");
        assert!(text.contains("\u{1b}[32mholds"), "{text:?}");
    }
}
