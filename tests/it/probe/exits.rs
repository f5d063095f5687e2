//! Exit codes, plans, replays, what is due, and what fails before anything is sent.

use serde_json::Value;

use super::recorder::Recorder;
use super::{Bench, KEY, Seen, VARIABLE, base, counts};
use crate::served::Mock;

#[test]
fn a_plan_sends_nothing_and_needs_no_key() {
    let server = Recorder::saying(200, "{}");
    let bench = Bench::small();
    let mut command = bench.bare(&["p/l", "--plan", "--base-url", &server.base("p")]);
    command.env_remove(VARIABLE);
    let seen = Seen::of(command);
    assert_eq!(seen.code, 0, "{}", seen.stderr);
    assert!(!seen.stdout.is_empty());
    assert!(server.asked().is_empty());
}

#[test]
fn what_can_fail_for_free_fails_before_anything_is_sent() {
    let server = Recorder::saying(200, "{}");
    let (bench, base) = (Bench::small(), server.base("p"));
    std::fs::write(bench.path("file"), "not a database, and no folder").unwrap();
    let file = bench.text("file");
    let below = format!("{file}/below");
    let cases: [&[&str]; 9] = [
        &["--history", &below],
        &["--history", &file],
        &["--report", &format!("json={below}")],
        &["--report", "nonsense=x"],
        &["--spend-limit", "much"],
        &["--spend-limit", "5 credits"],
        &["--rate", "CNY"],
        &["--assume-price", "p/l"],
        &["--replay", "77"],
    ];
    for case in cases {
        let mut command = bench.command(&base, &["p/l"]);
        // The last of two is what counts, where a flag may stand but once.
        let own: Vec<_> = command.get_args().map(std::ffi::OsStr::to_owned).collect();
        if case[0] == "--history" {
            let at = own.iter().position(|word| word == "--history").unwrap();
            let kept = own.iter().enumerate().filter(|(i, _)| *i != at && *i != at + 1);
            let kept: Vec<_> = kept.map(|(_, word)| word.clone()).collect();
            let mut other = std::process::Command::new(command.get_program());
            other.args(kept).current_dir(crate::support::root()).env(VARIABLE, KEY);
            command = other;
        }
        command.args(case);
        let seen = Seen::of(command);
        assert_eq!(seen.code, 2, "{case:?}: {}", seen.stdout);
        assert!(seen.stderr.contains("error"), "{case:?}: {}", seen.stderr);
    }
    let mut command = bench.command(&base, &["p/l", "--spend-limit", "9 USD"]);
    command.env_remove(VARIABLE);
    let seen = Seen::of(command);
    assert_eq!(seen.code, 2, "{}", seen.stdout);
    assert!(seen.stderr.contains(VARIABLE), "{}", seen.stderr);
    assert!(server.asked().is_empty());
}

#[test]
fn the_exit_code_tells_what_was_found() {
    for (fault, code) in [(None, 0), (Some("wrong-size"), 1), (Some("rate-limit"), 3)] {
        let mock = Mock::small(&fault.map_or(vec![], |fault| vec!["--fault", fault]));
        let seen = Bench::small().run(&base(&mock, "p"), &["p/l", "--spend-limit", "9 USD"]);
        assert_eq!(seen.code, code, "{fault:?}");
    }
    // Nobody listens there: nothing could be told.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nowhere = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(Bench::small().run(&nowhere, &["p/l"]).code, 3);
}

#[test]
fn what_is_looser_fails_only_where_strictness_is_asked_for() {
    let mock = Mock::small(&[]);
    // The mock refuses an odd size; this relay lets everything through.
    let lax = |mock: &Mock| {
        let address = mock.address.clone();
        Recorder::start(move |request, socket| {
            let request = request.replace("1000x1000", "1024x1024");
            let (line, rest) = request.split_once("\r\n").unwrap();
            let mut behind = std::net::TcpStream::connect(&address).unwrap();
            let asked = format!("{line}\r\nconnection: close\r\n{rest}");
            std::io::Write::write_all(&mut behind, asked.as_bytes()).unwrap();
            let _ = std::io::copy(&mut behind, socket);
        })
    };
    for (strict, code) in [(&[][..], 0), (&["--strict"][..], 1)] {
        let server = lax(&mock);
        // Images are fetched from the mock itself.
        let arguments =
            [&["p/l", "--spend-limit", "9 USD", "--trust-host", &mock.address], strict].concat();
        let seen = Bench::small().run(&server.base("p"), &arguments);
        assert_eq!(seen.with("broken"), Vec::<String>::new());
        let looser = seen.with("looser");
        assert!(looser.len() == 1 && looser[0].starts_with("size.outside"), "{looser:?}");
        assert_eq!(seen.code, code);
    }
}

fn verdicts(seen: &Seen) -> Vec<[Value; 4]> {
    let document = seen.document();
    let checks = document["checks"].as_array().unwrap().iter();
    checks.map(|c| ["id", "verdict", "reason", "observed"].map(|key| c[key].clone())).collect()
}

#[test]
fn a_replay_judges_the_same_and_sends_nothing() {
    for (provider, fault) in [("p", "wrong-size"), ("q", "unknown-status"), ("p", "gzip-bomb")] {
        let (bench, mock) = (Bench::small(), Mock::small(&["--fault", fault]));
        let limits =
            [&format!("{provider}/l"), "--spend-limit", "0.02 USD", "--task-timeout", "1s"];
        let seen = bench.run(&base(&mock, provider), &limits);
        let endpoint = format!("{provider}/images");
        let before = counts(&mock, &endpoint);
        let run = seen.document()["run"].to_string();
        let again = bench.run(&base(&mock, provider), &["--replay", &run]);
        assert_eq!(verdicts(&again), verdicts(&seen));
        assert_eq!((again.code, counts(&mock, &endpoint)), (seen.code, before), "{fault}");
    }
}

#[test]
fn what_was_looked_at_is_not_due_again() {
    for listing in ["apiin/cogview-4", "bigmodel/cogview-4-250304"] {
        let (bench, mock) = (Bench::new(), Mock::start(&[]));
        let provider = listing.split('/').next().unwrap();
        let limits = [listing, "--spend-limit", "9 USD"];
        bench.run(&base(&mock, provider), &limits);
        let endpoint = format!("{provider}/images");
        let before = counts(&mock, &endpoint);
        let due = [&limits[..], &["--due", "7d"]].concat();
        let seen = bench.run(&base(&mock, provider), &due);
        assert_eq!(counts(&mock, &endpoint), before, "{listing}");
        assert_eq!(seen.code, 0, "{listing}");
        // A millisecond later all of it is.
        let due = [&limits[..], &["--due", "1ms"]].concat();
        bench.run(&base(&mock, provider), &due);
        assert!(counts(&mock, &endpoint).1 > before.1, "{listing}");
    }
}

#[test]
fn several_listings_print_one_document_a_line() {
    let mock = Mock::small(&[]);
    let seen = Bench::small().run(&base(&mock, "p"), &["p/l", "q/l"]);
    let lines: Vec<Value> =
        seen.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let listings: Vec<_> = lines.iter().map(|line| line["listing"].as_str().unwrap()).collect();
    assert_eq!(listings, ["p/l", "q/l"]);
}
