//! What keeps its contract in a way of its own is never called broken or looser.

use serde_json::{Value, json};

use super::recorder::{Recorder, Reply};
use super::{Bench, base};
use crate::served::Mock;

const LISTINGS: [&str; 9] = [
    "aigateway/cogview4",
    "apiin/cogview-4",
    "bigmodel/cogview-4-250304",
    "bigmodel/cogview-4",
    "zai/cogview-4-250304",
    "fal/cogview4",
    "wavespeed/cogview-4",
    "302ai/cogview-4",
    "302ai/cogview-4-250304",
];

fn provider(listing: &str) -> &str {
    listing.split('/').next().unwrap()
}

/// Probes a listing with all that it could cost.
fn probed(bench: &Bench, base: &str, listing: &str) -> super::Seen {
    let price = format!("{listing}=0.01 USD");
    bench.run(base, &[listing, "--spend-limit", "50 USD", "--assume-price", &price])
}

#[test]
fn a_server_without_faults_keeps_every_contract() {
    let mock = Mock::start(&[]);
    for listing in LISTINGS {
        let bench = Bench::new();
        let seen = probed(&bench, &base(&mock, provider(listing)), listing);
        seen.all_is_well(listing);
        assert_eq!(seen.with("inconclusive"), Vec::<String>::new(), "{listing}");
        assert_eq!(seen.code, 0, "{listing}");
    }
}

/// Probes listings through a server that changes every good answer of a mock.
fn through(listings: &[&str], change: impl Fn(&mut Reply) + Send + Sync + Clone + 'static) {
    let mock = Mock::start(&[]);
    for listing in listings {
        let relay = Recorder::before(&mock, change.clone());
        let bench = Bench::new();
        let seen = probed(&bench, &relay.base(provider(listing)), listing);
        seen.all_is_well(listing);
        assert_eq!(seen.with("inconclusive"), Vec::<String>::new(), "{listing}");
    }
}

fn reversed(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            object.into_iter().rev().map(|(key, value)| (key, reversed(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(reversed).collect(),
        other => other,
    }
}

#[test]
fn other_orders_of_keys_and_further_fields_are_lawful() {
    through(&["bigmodel/cogview-4-250304", "apiin/cogview-4", "fal/cogview4"], |reply| {
        if let Ok(body @ Value::Object(_)) = serde_json::from_slice::<Value>(&reply.body) {
            let mut body = reversed(body);
            body["trace"] = json!({ "id": "9", "spans": [null, 1.5, true] });
            reply.body = serde_json::to_vec_pretty(&body).unwrap();
        }
    });
}

#[test]
fn bodies_in_chunks_are_lawful() {
    through(&["aigateway/cogview4", "wavespeed/cogview-4"], |reply| reply.chunked = true);
}

#[test]
fn either_side_of_a_dispute_is_lawful() {
    let mock = Mock::start(&[]);
    for (listing, side) in [
        ("apiin/cogview-4", "apiin-docs"),
        ("apiin/cogview-4", "apiin-manual"),
        ("bigmodel/cogview-4-250304", "bigmodel-docs"),
        ("zai/cogview-4-250304", "zai-openapi"),
    ] {
        let relay = Recorder::asking(&mock, &format!("x-cogdex-variant: {side}\r\n"));
        let bench = Bench::new();
        probed(&bench, &relay.base(provider(listing)), listing).all_is_well(side);
    }
}

#[test]
fn one_429_with_retry_after_is_waited_out() {
    let mock = Mock::start(&["--fault", "rate-limit-retry-after"]);
    let bench = Bench::new();
    let seen = probed(&bench, &base(&mock, "aigateway"), "aigateway/cogview4");
    seen.all_is_well("aigateway");
}

#[test]
fn an_echoed_key_is_an_observation_and_nothing_worse() {
    let mock = Mock::start(&["--fault", "key-echo"]);
    for listing in ["bigmodel/cogview-4-250304", "apiin/cogview-4"] {
        let bench = Bench::new();
        let seen = probed(&bench, &base(&mock, provider(listing)), listing);
        seen.all_is_well(listing);
        let told = seen.document()["observations"].to_string();
        assert!(told.contains("the key stood in the answer"), "{told}");
    }
}
