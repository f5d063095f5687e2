//! Refusals held against a contract: a code or type is judged where a source pairs it with the
//! condition or the status, whichever of several it is, and nowhere else.

use cogdex::catalog::Catalog;
use cogdex::contract::{Contract, Exchange, Outcome, Plan, Verdict, judge};
use serde_json::{Value, json};

use crate::support::TODAY;

/// What is said of one check when its request is refused like this.
fn judged(listing: &str, check: &str, status: u16, body: Value) -> Verdict {
    let catalog = Catalog::embedded().unwrap();
    let contract = Contract::of(&catalog, &catalog.listings[listing], TODAY).unwrap();
    let plan = Plan::of(&contract);
    let check = plan.checks.iter().find(|known| known.id == check).expect(check);
    let mut seen = vec![None; plan.asks.len()];
    let refused = Exchange { status: Some(status), body, is_json: true, ..Exchange::default() };
    seen[check.asks[0]] = Some(refused);
    judge(&contract, check, &seen)
}

fn code(code: &str) -> Value {
    json!({ "error": { "code": code, "message": "no" } })
}

#[test]
fn any_code_that_is_paired_with_a_condition_will_do() {
    let bigmodel = |check: &str, status: u16, word: &str| {
        judged("bigmodel/cogview-4-250304", check, status, code(word)).outcome
    };
    for word in ["1210", "1213", "1214", "1215"] {
        assert_eq!(bigmodel("user-id.too-short", 400, word), Outcome::Holds, "{word}");
        assert_eq!(bigmodel("size.outside.1000x1000", 400, word), Outcome::Holds, "{word}");
    }
    assert_eq!(bigmodel("user-id.too-short", 400, "1302"), Outcome::Broken);
    assert_eq!(bigmodel("user-id.too-short", 422, "1210"), Outcome::Broken);
    for word in ["1000", "1002", "1004"] {
        assert_eq!(bigmodel("auth.wrong-key", 401, word), Outcome::Holds, "{word}");
    }
    assert_eq!(bigmodel("auth.wrong-key", 401, "1113"), Outcome::Broken);
}

#[test]
fn a_code_that_stands_beside_a_condition_alone_is_judged_too() {
    let zai = |word: &str| judged("zai/cogview-4-250304", "auth.no-key", 401, code(word)).outcome;
    assert_eq!((zai("1001"), zai("1302")), (Outcome::Holds, Outcome::Broken));
}

#[test]
fn how_a_bad_size_is_refused_is_unknown_but_for_what_its_status_is_paired_with() {
    let apiin = |status: u16, word: &str| {
        let body = json!({ "error": { "code": status, "message": "no", "type": word } });
        judged("apiin/cogview-4", "size.outside.1000x1000", status, body).outcome
    };
    assert_eq!(apiin(400, "invalid_request"), Outcome::Holds);
    assert_eq!(apiin(400, "something_else"), Outcome::Broken);
    assert_eq!(apiin(422, "something_else"), Outcome::Holds);
}

#[test]
fn a_word_may_be_the_type_or_the_code_where_the_list_does_not_say() {
    let aigateway = |kind: &str, code: Value| {
        let body = json!({ "error": { "message": "no", "type": kind, "code": code } });
        judged("aigateway/cogview4", "model.unknown", 404, body).outcome
    };
    assert_eq!(aigateway("not_found", Value::Null), Outcome::Holds);
    assert_eq!(aigateway("invalid_request_error", json!("not_found")), Outcome::Holds);
    assert_eq!(aigateway("invalid_request_error", json!("gone")), Outcome::Broken);
}
