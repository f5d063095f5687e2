//! Latency: slow within what is stated is lawful, above it only that clause is broken. What is
//! judged here are stored times; no clock of this machine decides.

use cogdex::history::History;
use rusqlite::Connection;
use serde_json::Value;

use super::recorder::Recorder;
use super::{Bench, Seen, base};
use crate::served::Mock;

/// The two small contracts, with a range of `p/l` that no busy machine leaves.
fn patient() -> (Bench, Mock) {
    let bench = Bench::small();
    let path = bench.path("catalog").join("listings/p/l.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"1-2 s\"", "\"1-600 s\"")).unwrap();
    let catalog = bench.text("catalog");
    let mock = Mock::start(&["--catalog", &catalog, "--latency", "documented"]);
    (bench, mock)
}

#[test]
fn an_answer_that_takes_as_long_as_documented_is_lawful() {
    let (bench, mock) = patient();
    let seen = bench.run(&base(&mock, "p"), &["p/l", "--spend-limit", "0.01 USD"]);
    seen.all_is_well("p/l");
    assert_eq!(seen.with("inconclusive"), Vec::<String>::new());
    let check = seen.check("latency.plain");
    assert_eq!(check["verdict"], "holds");
    assert!(check["latency_ms"].as_u64().unwrap() >= 1000, "{check}");
}

#[test]
fn a_timeout_below_what_is_documented_is_a_warning_and_breaks_nothing() {
    let (bench, mock) = patient();
    let limits = ["p/l", "--spend-limit", "0.01 USD", "--timeout", "200ms"];
    let seen = bench.run(&base(&mock, "p"), &limits);
    assert_eq!(seen.with("broken"), Vec::<String>::new());
    assert_eq!(seen.check("latency.plain")["verdict"], "inconclusive");
    assert_eq!(super::counts(&mock, "p/images").1, 0, "the mock had no time to draw");
    assert!(seen.stderr.contains("warning") && seen.stderr.contains("600 s"), "{}", seen.stderr);
    // Whoever waits long enough is not warned.
    let limits = ["p/l", "--timeout", "11m"];
    let said = bench.run(&base(&mock, "p"), &limits).stderr;
    assert!(!said.contains("shorter"), "{said}");
}

/// A faultless run of a listing, judged again after one exchange was made to take so long.
fn taking(listing: &str, ask: &str, change: &str) -> Seen {
    let (bench, mock) = (Bench::new(), Mock::start(&[]));
    let relay = Recorder::before(&mock, |_| {});
    let provider = listing.split('/').next().unwrap();
    let price = format!("{listing}=0.01 USD");
    let limits = [listing, "--spend-limit", "50 USD", "--assume-price", &price];
    bench.run(&relay.base(provider), &limits).all_is_well(listing);
    let history = History::open(&bench.path("h.sqlite")).unwrap();
    let run = history.runs(Some(listing)).unwrap().pop().unwrap().id.to_string();
    let connection = Connection::open(bench.path("h.sqlite")).unwrap();
    let sql = format!("UPDATE exchanges SET body = json_set(body, {change}) WHERE ask = '{ask}'");
    assert_eq!(connection.execute(&sql, []).unwrap(), 1, "{ask}");
    Seen::of(bench.bare(&["--replay", &run]))
}

/// The most seconds that a listing's latency may take, from what the check itself says.
fn most(seen: &Seen, check: &str) -> Value {
    seen.check(check)["reason"].clone()
}

#[test]
fn only_above_the_stated_range_is_latency_broken_and_nothing_else() {
    // Hd takes up to 20 s at BigModel, standard up to 10 s.
    let listing = "bigmodel/cogview-4-250304";
    for (ask, ms, broken) in [
        ("quality.hd", 20_000, false),
        ("quality.hd", 20_001, true),
        ("quality.standard", 10_000, false),
        ("quality.standard", 10_001, true),
        ("quality.standard", 0, false),
    ] {
        let seen = taking(listing, ask, &format!("'$.latency_ms', {ms}"));
        let check = format!("latency.{ask}");
        let wanted =
            if broken { vec![format!("{check}: {}", most(&seen, &check))] } else { vec![] };
        assert_eq!(seen.with("broken"), wanted, "{ask} {ms}");
        assert_eq!(seen.with("looser"), Vec::<String>::new());
        assert_eq!(seen.with("inconclusive"), Vec::<String>::new(), "{ask} {ms}");
        assert_eq!(seen.code, i32::from(broken), "{ask} {ms}");
    }
}

#[test]
fn a_task_that_ended_between_two_polls_is_not_called_late_for_the_pause() {
    let listing = "apiin/cogview-4";
    let late = "'$.latency_ms', 900000";
    let under_way = |ms: u64| format!("{late}, '$.task.under_way_ms', {ms}");
    // The last poll that found it under way tells how long it surely took.
    let seen = taking(listing, "plain", &under_way(1));
    assert_eq!(seen.check("latency.plain")["verdict"], "inconclusive");
    assert_eq!(seen.with("broken"), Vec::<String>::new());
    let seen = taking(listing, "plain", &under_way(899_999));
    let check = seen.check("latency.plain");
    assert_eq!(check["verdict"], "broken", "{check}");
    assert_eq!(seen.with("broken").len(), 1);
    assert_eq!(seen.code, 1);
}
