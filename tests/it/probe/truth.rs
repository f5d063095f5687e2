//! What was seen stays true: by address, until it is looked at again, and whatever a clock said.

use std::path::PathBuf;

use cogdex::history::{History, NewRun, Reservation, VerdictRecord};
use jiff::civil::date;
use serde_json::Value;

use super::recorder::Recorder;
use super::{Bench, Seen, base, counts};
use crate::served::Mock;
use crate::support::{cogdex, usd};

const DAY: i64 = 86_400_000;

fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

fn history(bench: &Bench) -> History {
    History::open(&bench.path("h.sqlite")).unwrap()
}

/// The program's answer about a bench's history.
fn ask(bench: &Bench, more: &[&str]) -> (i32, String, String) {
    let catalog = bench.catalog.as_ref().unwrap().to_str().unwrap();
    let path = bench.text("h.sqlite");
    let output = cogdex(&[&["--catalog", catalog, "history", "--history", &path], more].concat());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// Moves all runs of a bench into the past.
fn earlier(bench: &Bench, by_ms: i64) {
    let connection = rusqlite::Connection::open(bench.path("h.sqlite")).unwrap();
    for sql in [
        "UPDATE runs SET started_ms = started_ms - ?1",
        "UPDATE reservations SET at_ms = at_ms - ?1",
    ] {
        connection.execute(sql, [by_ms]).unwrap();
    }
}

fn metrics(bench: &Bench, base: &str, more: &[&str]) -> (Seen, String) {
    let path: PathBuf = bench.path("cogdex.prom");
    let report = format!("prometheus={}", path.display());
    let arguments = [&["p/l", "--spend-limit", "9 USD", "--report", &report], more].concat();
    let seen = bench.run(base, &arguments);
    (seen, std::fs::read_to_string(path).unwrap())
}

#[test]
fn what_is_not_due_keeps_its_last_verdict_and_time_in_the_metrics() {
    let (bench, mock) = (Bench::small(), Mock::small(&["--fault", "wrong-size"]));
    let base = base(&mock, "p");
    let (_, first) = metrics(&bench, &base, &["--due", "7d"]);
    let broken = |text: &str| text.matches("verdict=\"broken\"").count();
    assert!(broken(&first) > 0, "{first}");
    earlier(&bench, DAY);
    let (seen, second) = metrics(&bench, &base, &["--due", "7d"]);
    assert_eq!(seen.code, 0, "nothing was due");
    assert_eq!(broken(&second), broken(&first), "{second}");
    // The times are those of the first run, a day ago.
    let times = |text: &str| -> Vec<i64> {
        let lines = text.lines().filter(|line| line.starts_with("cogdex_check_seconds{"));
        lines.map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect()
    };
    let (first, second) = (times(&first), times(&second));
    assert_eq!(first.len(), second.len());
    for (first, second) in first.iter().zip(&second) {
        assert!((first - second - DAY / 1000).abs() <= 1, "{first} {second}");
    }
    // Another address knows nothing of it.
    let other = Recorder::before(&mock, |_| {});
    let limits = ["p/l", "--report", &format!("prometheus={}", bench.text("other.prom"))];
    bench.run(&other.base("p"), &limits);
    let other = std::fs::read_to_string(bench.path("other.prom")).unwrap();
    assert_eq!(broken(&other), 0, "{other}");
}

#[test]
fn a_check_is_due_a_little_before_its_time_and_no_sooner() {
    let (bench, mock) = (Bench::small(), Mock::small(&[]));
    let base = base(&mock, "p");
    let due = ["p/l", "--spend-limit", "9 USD", "--due", "7d"];
    bench.run(&base, &due);
    let asked = || counts(&mock, "p/images").0;
    let first = asked();
    earlier(&bench, 7 * DAY - 2 * 3_600_000);
    bench.run(&base, &due);
    assert_eq!(asked(), first, "two hours are too early");
    // A minute before, as when a run of last week began a minute late.
    earlier(&bench, 2 * 3_600_000 - 60_000);
    bench.run(&base, &due);
    assert!(asked() > first);
}

#[test]
fn quiet_says_what_is_broken_and_nothing_else() {
    for (fault, lines) in [(&[][..], false), (&["--fault", "wrong-size"], true)] {
        let (bench, mock) = (Bench::small(), Mock::small(fault));
        let mut command =
            bench.command(&base(&mock, "p"), &["p/l", "--spend-limit", "9 USD", "--quiet"]);
        command.args(["--format", "table"]);
        // The bench asks for JSON before; the last of a flag counts nowhere, so it is left out.
        let own: Vec<_> = command.get_args().map(std::ffi::OsStr::to_owned).collect();
        let at = own.iter().position(|word| word == "json").unwrap();
        let mut plain = std::process::Command::new(command.get_program());
        plain
            .args(own.iter().enumerate().filter(|(i, _)| *i != at && *i + 1 != at).map(|(_, a)| a));
        plain.current_dir(crate::support::root()).env(super::VARIABLE, super::KEY);
        let seen = Seen::of(plain);
        assert_eq!(!seen.stdout.is_empty(), lines, "{}", seen.stdout);
        assert!(!seen.stdout.contains("holds") && !seen.stdout.contains("skipped"));
        assert!(!lines || seen.stdout.contains("broken: the image is not"), "{}", seen.stdout);
    }
}

#[test]
fn history_is_told_by_address_and_this_machines_own_last() {
    let (bench, mock) = (Bench::small(), Mock::small(&[]));
    bench.run(&base(&mock, "p"), &["p/l"]);
    let run = NewRun {
        listing: "p/l".to_owned(),
        provider: "p".to_owned(),
        base_url: "https://api.example.com".to_owned(),
        as_of: date(2026, 11, 20),
        edition: None,
        digest: String::new(),
        started_ms: now() - DAY,
    };
    let mut history = history(&bench);
    let id = history.begin(&run).unwrap();
    let verdict = VerdictRecord {
        id: "auth.wrong-key".to_owned(),
        verdict: "broken".to_owned(),
        reason: String::new(),
        observed: String::new(),
        latency_ms: None,
        cost: None,
    };
    history.judge(id, &[verdict]).unwrap();
    let (_, text, _) = ask(&bench, &["--format", "json"]);
    let document: Value = serde_json::from_str(&text).unwrap();
    let places = document["listings"].as_array().unwrap();
    let of = |place: &Value| place["base_url"].as_str().unwrap().to_owned();
    assert_eq!(places.iter().map(of).collect::<Vec<_>>(), [run.base_url, base(&mock, "p")]);
    let last = |place: &Value| {
        let checks = place["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["id"] == "auth.wrong-key").unwrap();
        (check["last"].clone(), check["flips"].clone())
    };
    assert_eq!(last(&places[0]), ("broken".into(), 0.into()));
    assert_eq!(last(&places[1]), ("holds".into(), 0.into()));
    let newest = history.newest("p/l").unwrap();
    assert_eq!(newest["auth.wrong-key"].0, id, "a mock's later word does not hide it");
    let (_, text, _) = ask(&bench, &[]);
    assert!(text.contains("which is this machine's own"), "{text}");
}

#[test]
fn a_limit_is_of_an_address_whatever_its_path() {
    let bench = Bench::small();
    let mut history = history(&bench);
    let at = |base_url: &str| NewRun {
        listing: "p/l".to_owned(),
        provider: "p".to_owned(),
        base_url: base_url.to_owned(),
        as_of: date(2026, 11, 20),
        edition: None,
        digest: String::new(),
        started_ms: now(),
    };
    let mut reserve = |base_url: &str| {
        let run = history.begin(&at(base_url)).unwrap();
        let (amount, limit) = ("0.3".parse().unwrap(), "0.5".parse().unwrap());
        let (listing, what) = ("p/l".to_owned(), "x".to_owned());
        let (currency, now_ms) = (usd(), now());
        let reservation = Reservation { run, listing, what, amount, currency, limit, now_ms };
        matches!(history.reserve(&reservation).unwrap(), cogdex::history::ReservationResult::Yes(_))
    };
    assert!(reserve("http://127.0.0.1:8787/p"));
    assert!(reserve("https://api.example.com"));
    assert!(!reserve("https://API.example.com/v1"));
    assert!(reserve("https://api.example.com:8443"));
    assert!(!reserve("http://127.0.0.1:8787/q"));
}

#[test]
fn entries_of_the_future_are_told_with_their_date_and_put_to_now() {
    let (bench, mock) = (Bench::small(), Mock::small(&[]));
    let base = base(&mock, "p");
    let limits = ["p/l", "--spend-limit", "0.01 USD", "--due", "7d"];
    bench.run(&base, &limits);
    earlier(&bench, now() - jiff::Timestamp::from_second(2_051_265_600).unwrap().as_millisecond());
    let seen = bench.run(&base, &limits);
    assert!(seen.stderr.contains("dated in the future, up to 2035-01-01"), "{}", seen.stderr);
    assert!(seen.with("skipped").join(" ").contains("2035-01-01"), "{}", seen.stdout);
    // What was looked at in 2035 is due, and the free part of it is looked at now.
    assert_eq!(seen.check("auth.wrong-key")["verdict"], "holds");
    let (code, _, told) = ask(&bench, &[]);
    assert_eq!(code, 0);
    assert!(told.contains("2035-01-01"), "{told}");
    // Nobody is there to be asked.
    let (code, _, told) = ask(&bench, &["--settle-future"]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("--yes"), "{told}");
    let (code, text, _) = ask(&bench, &["--settle-future", "--yes"]);
    assert_eq!(code, 0, "{text}");
    assert_eq!(history(&bench).future(now()).unwrap(), None);
    let used = history(&bench).used(None, usd(), now()).unwrap();
    assert_eq!(used, "0.01".parse().unwrap());
    assert!(history(&bench).used(None, usd(), now() + 2 * DAY).unwrap().is_zero());
    let (_, text, told) = ask(&bench, &["--settle-future", "--yes"]);
    assert!(text.contains("Nothing is dated in the future"), "{text}{told}");
}
