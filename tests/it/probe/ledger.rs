//! A history that fails in mid-run stops all sending, and a race for its limit is never won twice.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use cogdex::history::History;
use rusqlite::Connection;
use rust_decimal::Decimal;
use serde_json::Value;

use super::recorder::{Recorder, Reply, say};
use super::{Bench, KEY, Seen, VARIABLE};
use crate::served::Mock;

/// Makes one kind of write fail in a bench's history.
fn failing(bench: &Bench, trigger: &str) {
    History::open(&bench.path("h.sqlite")).unwrap();
    let connection = Connection::open(bench.path("h.sqlite")).unwrap();
    let sql =
        format!("CREATE TRIGGER stop BEFORE {trigger} BEGIN SELECT RAISE(ABORT, 'full'); END");
    connection.execute_batch(&sql).unwrap();
}

#[test]
fn a_ledger_that_fails_in_mid_run_stops_all_sending() {
    // What fails, at which listing, how many paid requests left before, and the last request.
    for (trigger, provider, paid, last) in [
        ("INSERT ON reservations", "p", 0, "POST"),
        ("INSERT ON reservations WHEN (SELECT count(*) FROM reservations) = 1", "p", 1, "GET"),
        ("INSERT ON reservations WHEN (SELECT count(*) FROM reservations) = 3", "q", 3, "GET"),
        ("UPDATE ON reservations", "p", 1, "POST"),
        ("INSERT ON exchanges WHEN NEW.ask = 'plain'", "p", 1, "GET"),
        ("INSERT ON tasks", "q", 1, "POST"),
    ] {
        let (bench, mock) = (Bench::small(), Mock::small(&[]));
        failing(&bench, trigger);
        let relay = Recorder::before(&mock, |_| {});
        let listing = format!("{provider}/l");
        let seen = bench.run(&relay.base(provider), &[&listing, "--spend-limit", "9 USD"]);
        assert_eq!(seen.code, 2, "{trigger}: {}", seen.stdout);
        assert!(seen.stderr.contains("full"), "{trigger}: {}", seen.stderr);
        assert_eq!(relay.posted_with(KEY).len(), paid, "{trigger}");
        assert!(relay.asked().last().unwrap().starts_with(last), "{trigger}: {:?}", relay.asked());
    }
}

#[test]
fn a_ledger_that_fails_for_one_listing_stops_those_that_are_probed_beside_it() {
    let bench = Bench::new();
    failing(&bench, "INSERT ON reservations WHEN NEW.listing = 'apiin/cogview-4'");
    let body = r#"{"error":{"code":401,"message":"no","type":"x"}}"#;
    let server = Recorder::saying(401, body);
    let host = format!("http://127.0.0.1:{}", server.port);
    let listings = ["apiin/cogview-4", "bigmodel/cogview-4-250304", "--spend-limit", "9 USD"];
    let mut command = bench.bare(&listings);
    command.args(["--base-url", &host, "--timeout", "60s"]);
    let other = "mock-another-key-of-somebody";
    command.env("BIGMODEL_API_KEY", other).env("APIIN_API_KEY", KEY);
    let seen = Seen::of(command);
    assert!(seen.stderr.contains("full"), "{}", seen.stderr);
    // Nothing that bills left for the other listing, and its report says why.
    assert_eq!(seen.document()["listing"], "bigmodel/cogview-4-250304");
    assert_eq!(server.posted_with(other), Vec::<String>::new());
    let skipped = seen.with("skipped").join("\n");
    assert!(skipped.contains("the ledger failed, so nothing more is sent"), "{skipped}");
}

/// Who came to a place where each waits for the others.
#[derive(Default)]
struct Meeting {
    came: Mutex<BTreeSet<String>>,
    changed: Condvar,
}

impl Meeting {
    /// Waits until `all` were here; those who never come are given up, and the test fails.
    fn meet(&self, who: &str, all: usize) {
        let mut came = self.came.lock().unwrap();
        came.insert(who.to_owned());
        self.changed.notify_all();
        while came.len() < all {
            let (back, waited) = self.changed.wait_timeout(came, Duration::from_secs(50)).unwrap();
            came = back;
            if waited.timed_out() {
                return;
            }
        }
    }
}

#[test]
fn two_processes_that_spend_at_the_same_time_share_one_limit() {
    let (bench, mock) = (Bench::small(), Mock::small(&[]));
    let keys = [KEY, "mock-another-key-of-somebody"];
    let meeting = Arc::<Meeting>::default();
    let (met, address) = (Arc::clone(&meeting), mock.address.clone());
    // Each paid request waits until both processes have one under way.
    let server = Recorder::start(move |request, socket| {
        if let Some(key) = keys.iter().find(|key| request.contains(**key)) {
            met.meet(key, 2);
        }
        let _ = Reply::from(&address, request, "", socket).write(socket);
    });
    let limits = ["p/l", "--spend-limit", "0.07 USD", "--timeout", "100s"];
    let runs = keys.map(|key| {
        let mut command = bench.command(&server.base("p"), &limits);
        command.env(VARIABLE, key).stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().unwrap()
    });
    let reserved: Vec<Decimal> = runs
        .map(|run| {
            let output = run.wait_with_output().unwrap();
            let document: Value = serde_json::from_slice(&output.stdout).unwrap();
            document["spend"]["reserved"].as_str().unwrap().parse().unwrap()
        })
        .to_vec();
    assert_eq!(meeting.came.lock().unwrap().len(), 2, "they never met");
    assert!(reserved.iter().all(|amount| *amount > Decimal::ZERO), "{reserved:?}");
    assert_eq!(reserved.iter().sum::<Decimal>(), "0.07".parse().unwrap(), "{reserved:?}");
    let posted = keys.map(|key| server.posted_with(key).len());
    assert_eq!(posted.iter().sum::<usize>(), 7, "{posted:?} at a cent each");
}

#[test]
fn what_one_process_has_under_way_is_spent_for_the_other() {
    let bench = Bench::small();
    let limits = ["p/l", "--spend-limit", "0.01 USD", "--timeout", "100s"];
    // The free calls are refused at once; the paid one is held as long as the first run lives.
    let first = Recorder::start(|request, socket| {
        if request.contains(KEY) {
            let _ = std::io::Read::read(socket, &mut [0; 1]);
        } else {
            say(socket, 401, "", br#"{"error":{"code":"1002","message":"no"}}"#);
        }
    });
    let mut run = bench.start(&first.base("p"), &limits);
    super::money::until(|| !first.posted_with(KEY).is_empty());
    let seen =
        bench.run(&first.base("p"), &["p/l", "--spend-limit", "0.01 USD", "--timeout", "1s"]);
    assert_eq!(run.try_wait().unwrap(), None, "both ran at the same time");
    run.kill().unwrap();
    run.wait().unwrap();
    assert_eq!(first.posted_with(KEY).len(), 1, "that of the first run");
    assert!(seen.with("skipped").join(" ").contains("0.01 of 0.01 USD are used"));
}
