//! What a probe saw of a dispute stands beside the sides in `show`.

use serde_json::Value;

use super::{Bench, base};
use crate::served::Mock;
use crate::support::{cogdex, json, stdout};

/// The answer to `show` with the history of a bench.
fn arguments<'a>(history: &'a str, listing: &'a str) -> Vec<&'a str> {
    vec!["show", listing, "--all", "--history", history]
}

#[test]
fn what_a_probe_saw_stands_beside_the_sides_whatever_came_after() {
    let (bench, mock) = (Bench::new(), Mock::start(&["apiin"]));
    let base = base(&mock, "apiin");
    let history = bench.text("h.sqlite");
    let all = arguments(&history, "apiin/cogview-4");
    let none = cogdex(&all);
    let said = String::from_utf8(none.stderr).unwrap();
    assert_eq!((none.status.code(), none.stdout.len()), (Some(2), 0), "{said}");
    assert!(said.contains("there is no file") && !std::fs::exists(&history).unwrap(), "{said}");
    bench.run(&base, &["apiin/cogview-4", "--spend-limit", "9 USD"]);
    // A run that pays for nothing sees nothing of it, and hides nothing.
    bench.run(&base, &["apiin/cogview-4"]);
    let text = stdout(&all);
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mode = joined.split_once("mode (listing apiin/cogview-4)").unwrap().1;
    let mode = mode.split("Price and billing").next().unwrap();
    assert!(mode.contains("sync, says [2] @ Service highlights"), "{mode}");
    assert!(mode.contains("a probe saw: async (run 1 of "), "{mode}");
    assert!(mode.contains(&base), "it says where: {mode}");
    let words = joined.split_once("task.under-way (disputed)").unwrap().1;
    assert!(words.contains("a probe saw: IN_PROGRESS, as apiin-docs says (run 1"), "{words}");
}

#[test]
fn the_json_has_what_a_probe_saw_too() {
    let (bench, mock) = (Bench::new(), Mock::start(&["bigmodel"]));
    let history = bench.text("h.sqlite");
    bench.run(&base(&mock, "bigmodel"), &["bigmodel/cogview-4", "--spend-limit", "9 USD"]);
    let all = [&arguments(&history, "bigmodel/cogview-4")[..], &["--format", "json"]].concat();
    let document = json(&all);
    let facts = document["facts"].as_array().unwrap();
    let sizes = facts.iter().find(|fact| fact["field"] == "sizes").unwrap();
    assert_eq!(sizes["probe"]["observed"], "all sizes are drawn as asked");
    assert_eq!((&sizes["probe"]["run"], &sizes["probe"]["verdict"]), (&1.into(), &"holds".into()));
    // Where nothing is disputed there is nothing to stand beside.
    let agreed: Vec<_> = facts.iter().filter(|fact| fact["state"] == "agreed").collect();
    assert!(!agreed.is_empty() && agreed.iter().all(|fact| fact["probe"] == Value::Null));
    let promises = document["contract"]["promises"].as_array().unwrap();
    let created = promises.iter().find(|promise| promise["id"] == "answer.created").unwrap();
    assert_eq!(created["probe"]["verdict"], "holds", "{created}");
}
