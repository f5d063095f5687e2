//! Refusals held against a contract: a code or type is judged where a source pairs it with the
//! condition or the status, whichever of several it is, and nowhere else.

use cogdex::catalog::Catalog;
use cogdex::contract::{Assessment, Contract, Exchange, Judge, Plan, Verdict};
use serde_json::{Value, json};

use crate::support::TODAY;

/// What is said of one check when its request is refused like this.
fn judged(listing: &str, check: &str, status: u16, body: Value) -> Assessment {
    let catalog = Catalog::embedded().unwrap();
    let contract = Contract::new(&catalog, &catalog.listings[listing], TODAY).unwrap();
    let plan = Plan::new(&contract);
    let check = plan.checks.iter().find(|known| known.id == check).expect(check);
    let mut seen = vec![None; plan.requests.len()];
    let refused = Exchange { status: Some(status), body, is_json: true, ..Exchange::default() };
    seen[check.requests[0]] = Some(refused);
    Judge::new(&contract, &plan, &seen).assess(check)
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
        assert_eq!(bigmodel("user-id.too-short", 400, word), Verdict::Holds, "{word}");
        assert_eq!(bigmodel("size.outside.2064x512", 400, word), Verdict::Holds, "{word}");
    }
    assert_eq!(bigmodel("user-id.too-short", 400, "1261"), Verdict::Broken);
    // A limit or a content filter is no answer to what was asked, whatever its status.
    for word in ["1302", "1301", "1234", "1113"] {
        let outcome = bigmodel("user-id.too-short", 400, word);
        assert_eq!(outcome, Verdict::Inconclusive, "{word}");
    }
    assert_eq!(bigmodel("user-id.too-short", 422, "1210"), Verdict::Broken);
    for word in ["1000", "1002", "1004"] {
        assert_eq!(bigmodel("auth.wrong-key", 401, word), Verdict::Holds, "{word}");
    }
    assert_eq!(bigmodel("auth.wrong-key", 401, "1113"), Verdict::Broken);
}

#[test]
fn a_code_that_stands_beside_a_condition_alone_is_judged_too() {
    let zai = |word: &str| judged("zai/cogview-4-250304", "auth.no-key", 401, code(word)).outcome;
    assert_eq!((zai("1001"), zai("1302")), (Verdict::Holds, Verdict::Broken));
}

#[test]
fn how_a_bad_size_is_refused_is_unknown_but_for_what_its_status_is_paired_with() {
    let apiin = |status: u16, word: &str| {
        let body = json!({ "error": { "code": status, "message": "no", "type": word } });
        judged("apiin/cogview-4", "size.outside.1000x1000", status, body).outcome
    };
    assert_eq!(apiin(400, "invalid_request"), Verdict::Holds);
    assert_eq!(apiin(400, "something_else"), Verdict::Broken);
    // The page shows the body of a bad parameter, and no status beside it.
    assert_eq!(apiin(422, "something_else"), Verdict::Broken);
}

#[test]
fn a_word_may_be_the_type_or_the_code_where_the_list_does_not_say() {
    let aigateway = |kind: &str, code: Value| {
        let body = json!({ "error": { "message": "no", "type": kind, "code": code } });
        judged("aigateway/cogview4", "model.unknown", 404, body).outcome
    };
    assert_eq!(aigateway("not_found", Value::Null), Verdict::Holds);
    assert_eq!(aigateway("invalid_request_error", json!("not_found")), Verdict::Holds);
    assert_eq!(aigateway("invalid_request_error", json!("gone")), Verdict::Broken);
}

#[test]
fn a_body_of_a_refusal_has_all_that_one_source_shows() {
    let zai = |body: Value| judged("zai/cogview-4-250304", "error-body.wrong-key", 401, body);
    for lawful in [
        json!({ "error": { "code": "1002", "message": "no" } }),
        json!({ "error": { "code": 1002, "message": "no" } }),
        json!({ "code": 1002, "message": "no" }),
    ] {
        assert_eq!(zai(lawful.clone()).outcome, Verdict::Holds, "{lawful}");
    }
    for other in [
        json!({ "code": "1002", "message": "no" }),
        json!({ "error": { "code": "1002" } }),
        json!({ "error": "no" }),
        Value::Null,
    ] {
        assert_eq!(zai(other.clone()).outcome, Verdict::Broken, "{other}");
    }
    let side = zai(json!({ "code": 1002, "message": "no" })).observed;
    assert_eq!(side, "as zai-openapi says");
    let aigateway = |body: Value| {
        judged("aigateway/cogview4", "error-body.wrong-key", 401, json!({ "error": body })).outcome
    };
    let whole =
        json!({ "message": "no", "type": "authentication_error", "code": null, "param": null });
    assert_eq!(aigateway(whole.clone()), Verdict::Holds);
    for key in ["message", "type", "code", "param"] {
        let mut less = whole.clone();
        less.as_object_mut().unwrap().remove(key);
        assert_eq!(aigateway(less), Verdict::Broken, "{key}");
    }
}

#[test]
fn a_body_is_not_judged_where_no_source_says_how_the_key_is_refused() {
    let catalog = Catalog::embedded().unwrap();
    let contract = Contract::new(&catalog, &catalog.listings["fal/cogview4"], TODAY).unwrap();
    let plan = Plan::new(&contract);
    assert!(plan.checks.iter().all(|check| !check.id.starts_with("error-body")));
}

#[test]
fn every_size_that_a_page_names_is_asked_for_and_two_images_where_n_is_a_field() {
    let catalog = Catalog::embedded().unwrap();
    let ids = |listing: &str| {
        let contract = Contract::new(&catalog, &catalog.listings[listing], TODAY).unwrap();
        Plan::new(&contract).checks.into_iter().map(|check| check.id).collect::<Vec<_>>()
    };
    let zai = ids("zai/cogview-4-250304");
    for size in ["1024x1024", "768x1344", "1440x720", "512x512", "2048x1024"] {
        assert!(zai.contains(&format!("size.{size}")), "{size}: {zai:?}");
    }
    let aigateway = ids("aigateway/cogview4");
    for id in ["size.1024x1024", "n.2.images"] {
        assert!(aigateway.contains(&id.to_owned()), "{id}: {aigateway:?}");
    }
}

#[test]
fn what_is_paid_by_the_call_is_asked_once_unpaid_and_quotes_its_price() {
    let catalog = Catalog::embedded().unwrap();
    let listing = &catalog.listings["blockrun/cogview-4"];
    let contract = Contract::new(&catalog, listing, TODAY).unwrap();
    let plan = Plan::new(&contract);
    let ids: Vec<_> = plan.requests.iter().map(|request| request.id.as_str()).collect();
    assert_eq!(ids, ["auth.no-payment"]);
    let price = json!({ "amount": "0.016750", "currency": "USD" });
    let body = json!({ "error": "Payment Required", "price": price });
    let seen = |status| judged("blockrun/cogview-4", "auth.no-payment", status, body.clone());
    assert_eq!(seen(402).outcome, Verdict::Holds);
    assert_eq!(seen(402).observed, "status 402, quotes 0.016750");
    assert_eq!(seen(401).outcome, Verdict::Broken);
}
