//! Answers held against a contract: every item of a list, and not the first alone.

use cogdex::catalog::Catalog;
use cogdex::contract::{Contract, Exchange, Judge, Plan, Verdict};
use serde_json::{Value, json};

use crate::support::TODAY;

const ASKED_AT: i64 = 1_795_000_000;

fn judged(check: &str, body: Value) -> Verdict {
    let catalog = Catalog::embedded().unwrap();
    let listing = &catalog.listings["bigmodel/cogview-4-250304"];
    let contract = Contract::new(&catalog, listing, TODAY).unwrap();
    let plan = Plan::new(&contract);
    let check = plan.checks.iter().find(|known| known.id == check).expect(check);
    let mut seen = vec![None; plan.requests.len()];
    let status = Some(200);
    let answer =
        Exchange { status, body, is_json: true, asked_at: ASKED_AT, ..Exchange::default() };
    seen[check.requests[0]] = Some(answer);
    Judge::new(&contract, &plan, &seen).assess(check).outcome
}

#[test]
fn each_item_of_a_list_keeps_the_promise() {
    let filter =
        |second: Value| json!({ "content_filter": [{ "role": "user", "level": 3 }, second] });
    let (role, level) = ("answer.content-filter.role", "answer.content-filter.level");
    let good = filter(json!({ "role": "history", "level": 0 }));
    assert_eq!((judged(role, good.clone()), judged(level, good)), (Verdict::Holds, Verdict::Holds));
    let bad = filter(json!({ "role": "system", "level": 4 }));
    assert_eq!((judged(role, bad.clone()), judged(level, bad)), (Verdict::Broken, Verdict::Broken));
    let links = json!({ "data": [{ "url": "https://a.example/1.png" }, {}] });
    assert_eq!(judged("answer.data.url", links), Verdict::Broken);
    assert_eq!(judged(role, json!({ "content_filter": [] })), Verdict::Skipped);
    assert_eq!(judged("answer.data.url", json!({ "data": [] })), Verdict::Broken);
}

#[test]
fn a_time_is_a_number_or_a_string_within_a_day_of_the_call() {
    let created = |value: Value| judged("answer.created", json!({ "created": value }));
    for seconds in [ASKED_AT, ASKED_AT + 86_400, ASKED_AT - 86_400] {
        assert_eq!(created(json!(seconds)), Verdict::Holds);
        assert_eq!(created(json!(seconds.to_string())), Verdict::Holds);
    }
    for seconds in [ASKED_AT + 86_401, ASKED_AT - 86_401, 123, ASKED_AT * 1000] {
        assert_eq!(created(json!(seconds)), Verdict::Broken, "{seconds}");
        assert_eq!(created(json!(seconds.to_string())), Verdict::Broken, "{seconds}");
    }
    assert_eq!(created(json!(1.5)), Verdict::Broken);
}
