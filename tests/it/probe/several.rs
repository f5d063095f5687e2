//! Several listings in one command: what goes wrong with one is told, and the others are reported.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::recorder::Recorder;
use super::{Bench, KEY, Seen, base};
use crate::served::Mock;

/// The program with API in One's key alone, speaking to an address.
fn with_one_key(bench: &Bench, base: &str, arguments: &[&str]) -> Command {
    let mut command = bench.bare(&["--base-url", base]);
    command.args(arguments).env("APIIN_API_KEY", KEY);
    command
}

fn listings(seen: &Seen) -> Vec<String> {
    let documents = seen.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    documents.filter_map(|document| document["listing"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_listing_without_a_key_does_not_drop_the_others() {
    let mock = Mock::start(&["apiin"]);
    let bench = Bench::new();
    let file = bench.text("out.xml");
    let all = ["zai/cogview-4-250304", "apiin/cogview-4", "--spend-limit", "0.05 USD"];
    let report = format!("junit={file}");
    let arguments = [&all[..], &["--report", &report]].concat();
    let seen = Seen::of(with_one_key(&bench, &base(&mock, "apiin"), &arguments));
    assert_eq!(seen.document()["listing"], "apiin/cogview-4");
    assert_eq!(seen.check("accepted")["verdict"], "holds");
    assert!(std::fs::read_to_string(file).unwrap().contains("apiin/cogview-4"));
    let said = &seen.stderr;
    assert!(said.contains("zai/cogview-4-250304") && said.contains("ZAI_API_KEY"), "{said}");
    // Nothing is broken, and one listing was not looked at.
    assert_eq!(seen.code, 3);
}

#[test]
fn what_is_broken_outweighs_a_listing_that_failed() {
    let server = Recorder::saying(200, "{}");
    let named = ["apiin/cogview-4", "xpay/zai-generate-image"];
    let seen = Seen::of(with_one_key(&Bench::new(), &server.base("apiin"), &named));
    assert_eq!(listings(&seen).len(), 0, "one document is printed whole, not a line");
    assert_eq!(seen.document()["listing"], "apiin/cogview-4");
    assert!(seen.stderr.contains("xpay/zai-generate-image: no contract"), "{}", seen.stderr);
    assert_eq!(seen.code, 1);
}

#[test]
fn where_every_listing_fails_nothing_is_sent() {
    let server = Recorder::saying(200, "{}");
    let named = ["zai/cogview-4-250304", "fal/cogview4", "--spend-limit", "9 USD"];
    let seen = Seen::of(with_one_key(&Bench::new(), &server.base("p"), &named));
    assert_eq!((seen.code, seen.stdout.as_str()), (2, ""));
    assert!(seen.stderr.contains("ZAI_API_KEY") && seen.stderr.contains("FAL"), "{}", seen.stderr);
    assert!(server.asked().is_empty());
}

#[test]
fn a_wrong_address_fails_every_listing_before_anything_is_sent() {
    for wrong in ["ftp://127.0.0.1", "nonsense", "http://user@127.0.0.1"] {
        let seen = Seen::of(with_one_key(&Bench::new(), wrong, &["apiin/cogview-4"]));
        assert_eq!((seen.code, seen.stdout.as_str()), (2, ""), "{wrong}");
        assert!(seen.stderr.contains("--base-url"), "{}", seen.stderr);
    }
}

/// Makes the ledger refuse every reservation of a listing.
fn break_ledger(history: &Path, listing: &str) {
    let connection = rusqlite::Connection::open(history).unwrap();
    let sql = format!(
        "CREATE TRIGGER full BEFORE INSERT ON reservations WHEN NEW.listing = '{listing}'
         BEGIN SELECT RAISE(ABORT, 'no room is left'); END"
    );
    connection.execute_batch(&sql).unwrap();
}

#[test]
fn a_ledger_that_fails_keeps_the_reports_of_those_before() {
    let mock = Mock::small(&[]);
    let bench = Bench::small();
    let base = base(&mock, "p");
    bench.run(&base, &["p/l"]);
    break_ledger(&bench.path("h.sqlite"), "q/l");
    let seen = bench.run(&base, &["p/l", "q/l", "--spend-limit", "9 USD"]);
    assert_eq!(seen.document()["listing"], "p/l");
    assert_eq!(seen.check("accepted")["verdict"], "holds");
    let said = &seen.stderr;
    assert!(said.contains("q/l:") && said.contains("no room is left"), "{said}");
    assert_eq!(seen.code, 3);
    // What was kept of the run that failed can still be judged.
    let replay = said.split_once("`--replay ").unwrap().1.split('`').next().unwrap();
    let again = bench.run(&base, &["--replay", replay]);
    assert_eq!(again.document()["listing"], "q/l");
}

#[test]
fn a_ledger_that_fails_stops_all_sending() {
    let mock = Mock::small(&[]);
    let relay = Recorder::before(&mock, |_| {});
    let bench = Bench::small();
    bench.run(&relay.base("p"), &["p/l"]);
    break_ledger(&bench.path("h.sqlite"), "q/l");
    let before = relay.asked().len();
    // Both have one key, so the second waits for the first.
    let seen = bench.run(&relay.base("q"), &["q/l", "p/l", "--spend-limit", "9 USD"]);
    let since = relay.asked().split_off(before);
    assert_eq!(since.len(), 2, "the first one's free requests alone: {since:?}");
    assert!(relay.posted_with(KEY).is_empty());
    let skipped = seen.with("skipped").join("\n");
    assert!(skipped.contains("the ledger failed, so nothing more is sent"), "{skipped}");
    assert_eq!(seen.document()["listing"], "p/l");
    assert_eq!(seen.code, 2, "nothing of what is reported was sent");
}
