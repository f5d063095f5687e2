//! The contract in `show`: every promise with its sources, both sides of each dispute with their
//! places, and what a probe saw beside them.

use serde_json::Value;

use crate::support::{json, root, stdout};
use crate::terminal;

const DAY: [&str; 2] = ["--as-of", "2026-11-21"];

fn text(listing: &str) -> String {
    let text = stdout(&[&["show", listing, "--all"], &DAY[..]].concat());
    let contract = text.split_once("\nContract of endpoint ").expect("no contract").1;
    contract.split("\n\n").next().unwrap().to_owned()
}

/// The lines of one disputed promise.
fn dispute(contract: &str, id: &str) -> String {
    let head = format!("  {id} (disputed)\n");
    let after = contract.split_once(&head).unwrap_or_else(|| panic!("no {id} in {contract}")).1;
    after.lines().take_while(|line| line.starts_with("    ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_disputed_clause_has_both_sides_and_their_places() {
    for (listing, id, words) in [
        // C3: the word for a task under way, and nothing else of it.
        (
            "apiin/cogview-4",
            "task.under-way",
            &["IN_PROGRESS", "says apiin-docs", "pending", "says apiin-manual"][..],
        ),
        // C4: the envelope.
        (
            "apiin/cogview-4",
            "answer.task-id",
            &["data.task_id", "says apiin-docs", "id, string", "says apiin-manual"],
        ),
        // C5: the shape of the id.
        (
            "apiin/cogview-4",
            "answer.task-id-shape",
            &["n48xxxx_cv4", "@ Example Response", "task_abc123", "@ Check Task Status"],
        ),
        // C17: the time as a number or as a string.
        (
            "bigmodel/cogview-4-250304",
            "answer.created",
            &["integer", "@ Response Example", "string", "@ Response Parameters"],
        ),
        // C24: the body of an error, and the type of its code.
        ("zai/cogview-4-250304", "error-body", &["code-type string", "code-type integer"]),
    ] {
        let contract = text(listing);
        let dispute = dispute(&contract, id);
        for word in words {
            assert!(dispute.contains(word), "{listing} {id}: {word} in {dispute}");
        }
        assert!(dispute.matches("says ").count() >= 2, "{dispute}");
    }
    let apiin = text("apiin/cogview-4");
    for agreed in ["task.done: completed, which means done\n", "task.failed: failed\n"] {
        assert!(apiin.contains(agreed), "{apiin}");
    }
}

#[test]
fn the_two_ways_of_delivery_stand_among_the_disputes() {
    // C2 is a dispute of a fact, which the contract refers to.
    let text = stdout(&[&["show", "apiin/cogview-4"], &DAY[..]].concat());
    let disputes = text.split_once("\nDisputes\n").unwrap().1.split("\n\n").next().unwrap();
    let mode = disputes.split_once("mode (listing apiin/cogview-4)").unwrap().1;
    for words in ["async, says", "[2] @ Production pattern", "sync, says", "@ Service highlights"] {
        assert!(mode.contains(words), "{words}: {mode}");
    }
}

#[test]
fn what_no_source_states_is_told_as_unknown() {
    let contract = text("apiin/cogview-4");
    let unknown = contract.split_once("Not documented").unwrap().1;
    assert!(unknown.contains("unknown.finished-task: The body of a finished task"), "{unknown}");
    // C23: the page has no status for a bad parameter, and shows no body of an error.
    let aigateway = text("aigateway/cogview4");
    for id in ["unknown.error-body", "unknown.bad-request", "unknown.quality"] {
        assert!(aigateway.contains(id), "{id}: {aigateway}");
    }
}

fn contracts() -> Vec<(String, Value)> {
    let listings =
        ["apiin/cogview-4", "bigmodel/cogview-4", "zai/cogview-4-250304", "fal/cogview4"];
    let more = ["wavespeed/cogview-4", "302ai/cogview-4", "aigateway/cogview4"];
    let document = |id: &&str| {
        ((*id).to_owned(), json(&["show", *id, "--format", "json"])["contract"].clone())
    };
    listings.iter().chain(&more).map(document).collect()
}

#[test]
fn the_json_has_every_side_of_every_promise_and_its_line() {
    for (listing, contract) in contracts() {
        let promises = contract["promises"].as_array().unwrap_or_else(|| panic!("{listing}"));
        let endpoint = contract["endpoint"].as_str().unwrap();
        let path = root().join(format!("catalog/endpoints/{endpoint}.toml"));
        let file = std::fs::read_to_string(path).unwrap();
        let lines: Vec<_> = file.lines().collect();
        let mut sides = 0;
        for promise in promises {
            let views = promise["views"].as_array().unwrap();
            let disputed = promise["state"] == "disputed";
            assert_eq!(disputed, views.len() > 1, "{listing}: {promise}");
            for side in views.iter().flat_map(|view| view["sides"].as_array().unwrap()) {
                let place = side["place"].as_str().unwrap();
                let line: usize = place.split(':').nth(1).unwrap().parse().unwrap();
                let id = format!("id = \"{}\"", promise["id"].as_str().unwrap());
                let source = format!("source = \"{}\"", side["source"].as_str().unwrap());
                said_at(&lines, line - 1, &id, &source).unwrap_or_else(|why| {
                    panic!("{place}: {why}");
                });
                assert!(side["address"].as_str().unwrap().starts_with("http"), "{side}");
                sides += 1;
            }
        }
        let single = file.matches("[[clause]]").count() - file.matches("\nby = [").count();
        let of_by = file.matches("{ source = ").count();
        let rows =
            lines.iter().filter(|line| line.starts_with("  { ") && !line.contains("{ source"));
        assert_eq!(sides, single + of_by + rows.count(), "{listing}");
    }
}

/// Whether a line is where a source makes a promise: a clause's head, an item of `by`, or a row of
/// a table of errors.
fn said_at(lines: &[&str], at: usize, id: &str, source: &str) -> Result<(), String> {
    let head = (0..=at).rev().find(|line| lines[*line].starts_with("[["));
    let head = head.ok_or("it stands in no table")?;
    let end =
        (at + 1..lines.len()).find(|line| lines[*line].starts_with("[[")).unwrap_or(lines.len());
    let named = match lines[head] {
        "[[clause]]" => lines[head + 1] == id,
        "[[errors]]" => {
            let derived = id.split(['"', '.']).skip(2).filter(|part| !part.is_empty());
            lines[at].contains(id) || derived.into_iter().all(|part| lines[at].contains(part))
        }
        other => return Err(format!("it stands in {other}")),
    };
    let by_source = if head == at || lines[head] == "[[errors]]" {
        lines[head..end].contains(&source)
    } else {
        lines[at].contains(source)
    };
    match (named, by_source) {
        (true, true) => Ok(()),
        (named, by_source) => Err(format!("{id}: {named}, {source}: {by_source}: {}", lines[at])),
    }
}

#[test]
fn the_text_has_every_promise_and_fits_eighty_columns() {
    for (listing, contract) in contracts() {
        for flags in [&[][..], &["-v"]] {
            let arguments = [&["show", &listing, "--all"], flags].concat();
            let text = terminal::plain(80, &arguments);
            for promise in contract["promises"].as_array().unwrap() {
                let id = promise["id"].as_str().unwrap();
                let known = text.contains(&format!("    {id}: "))
                    || text.contains(&format!("  {id} (disputed)"));
                assert!(known, "{listing}: {id}");
            }
            for line in text.lines() {
                // An address has no place to break.
                assert!(line.chars().count() <= 80 || line.contains("https://"), "{line}");
            }
        }
    }
}

#[test]
fn a_listing_without_a_contract_says_nothing_of_one() {
    let text = stdout(&["show", "xpay/zai-generate-image", "--all"]);
    assert!(!text.contains("Contract of"), "{text}");
    let document = json(&["show", "xpay/zai-generate-image", "--format", "json"]);
    assert_eq!(document["contract"], Value::Null);
}
