//! A run that was kept is judged again as a whole, from what was kept alone.

use cogdex::history::{History, RunId};
use rusqlite::Connection;
use serde_json::Value;

use super::recorder::Recorder;
use super::{Bench, Seen};
use crate::served::Mock;

/// What a replay must say again, word for word.
fn told(seen: &Seen) -> Vec<Value> {
    let document = seen.document();
    let mut told = vec![document["observations"].clone(), document["summary"].clone()];
    told.extend(["listing", "base_url", "as_of", "run"].map(|key| document[key].clone()));
    for check in document["checks"].as_array().unwrap() {
        let mut check = check.clone();
        // What it could have cost is no judgement, and a replay costs nothing.
        check.as_object_mut().unwrap().remove("cost");
        told.push(check);
    }
    told
}

/// Judges a run again without a key, and with nobody behind the address.
fn again(bench: &Bench, run: &str) -> Seen {
    Seen::of(bench.bare(&["--replay", run, "--base-url", "http://127.0.0.1:1"]))
}

#[test]
fn a_whole_run_is_judged_the_same_again_and_nothing_is_sent() {
    for (listing, faults) in [
        ("bigmodel/cogview-4-250304", &[][..]),
        ("apiin/cogview-4", &[]),
        ("fal/cogview4", &[]),
        ("wavespeed/cogview-4", &[]),
        ("aigateway/cogview4", &["--fault", "key-echo"]),
        ("apiin/cogview-4", &["--fault", "wrong-size"]),
        ("apiin/cogview-4", &["--fault", "task-fails"]),
        ("bigmodel/cogview-4-250304", &["--fault", "html-link"]),
        ("zai/cogview-4-250304", &["--fault", "reset"]),
    ] {
        let (bench, mock) = (Bench::new(), Mock::start(faults));
        let server = Recorder::before(&mock, |_| {});
        let provider = listing.split('/').next().unwrap();
        let price = format!("{listing}=0.01 USD");
        let limits = [listing, "--spend-limit", "50 USD", "--assume-price", &price];
        let seen = bench.run(&server.base(provider), &limits);
        let asked = server.asked().len();
        assert!(asked > 2, "{listing}");
        let history = History::open(&bench.path("h.sqlite")).unwrap();
        let spent = history.spend_by_day().unwrap();
        let replayed = again(&bench, &seen.document()["run"].to_string());
        assert_eq!(told(&replayed), told(&seen), "{listing} {faults:?}");
        assert_eq!(replayed.code, seen.code, "{listing} {faults:?}");
        assert_eq!(server.asked().len(), asked, "{listing}: something was sent");
        assert_eq!(replayed.document()["spend"]["calls_billable"], 0);
        assert_eq!(history.spend_by_day().unwrap(), spent, "{listing}");
        assert_eq!(history.runs(None).unwrap().len(), 1, "{listing}");
    }
}

/// The one run of a bench against a faultless mock, and what was kept of it.
fn kept(listing: &str) -> (Bench, RunId, History) {
    let (bench, mock) = (Bench::new(), Mock::start(&[]));
    let server = Recorder::before(&mock, |_| {});
    let provider = listing.split('/').next().unwrap();
    let seen = bench.run(&server.base(provider), &[listing, "--spend-limit", "50 USD"]);
    seen.all_is_well(listing);
    let history = History::open(&bench.path("h.sqlite")).unwrap();
    let run = history.runs(Some(listing)).unwrap().pop().unwrap().id;
    (bench, run, history)
}

#[test]
fn evidence_holds_the_polls_of_a_task_and_the_header_of_its_image() {
    let (_bench, run, history) = kept("apiin/cogview-4");
    let evidence = history.evidence(run).unwrap();
    let plain = evidence.iter().find(|evidence| evidence.ask == "plain").unwrap();
    assert_eq!(plain.body["task"]["end"], "done");
    assert!(plain.body["task"]["polls"].as_array().unwrap().len() >= 2);
    assert_eq!(plain.body["images"][0]["size"], serde_json::json!([1024, 1024]));
    assert_eq!(plain.body["images"][0]["kind"], "png");
}

#[test]
fn a_replay_judges_what_was_kept_and_not_what_was_said_of_it() {
    for (listing, path, value, check, verdict) in [
        ("apiin/cogview-4", "$.images[0].size[0]", "512", "default-size", "broken"),
        ("bigmodel/cogview-4-250304", "$.images[0].size[0]", "512", "default-size", "broken"),
        ("apiin/cogview-4", "$.images[0].kind", "'gif'", "image.plain", "broken"),
        (
            "apiin/cogview-4",
            "$.images[0].trouble",
            "'the link answers 404'",
            "image.plain",
            "broken",
        ),
        ("apiin/cogview-4", "$.task.without_key", "200", "auth.poll", "broken"),
        ("apiin/cogview-4", "$.task.end", "'failed'", "task.ends", "inconclusive"),
        ("apiin/cogview-4", "$.status", "503", "accepted", "inconclusive"),
        ("apiin/cogview-4", "$.is_json", "json('false')", "accepted", "broken"),
    ] {
        let (bench, run, _history) = kept(listing);
        let connection = Connection::open(bench.path("h.sqlite")).unwrap();
        let sql = format!(
            "UPDATE exchanges SET body = json_set(body, '{path}', {value}) WHERE ask = 'plain'"
        );
        assert_eq!(connection.execute(&sql, []).unwrap(), 1);
        let seen = again(&bench, &run.to_string());
        assert_eq!(seen.check(check)["verdict"], verdict, "{path}: {}", seen.check(check));
    }
}
