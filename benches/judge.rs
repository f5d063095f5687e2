//! An answer held against its contract: what ten checks of one request cost, the parse of the
//! body included, beside the bare parse.

use std::hint::black_box;

use cogdex::catalog::Catalog;
use cogdex::contract::{Contract, Exchange, ImageEvidence, Judge, Plan};
use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::date;

const BODY: &str = r#"{"created":1763683200,"data":[{"url":"https://example.com/image.png"}],
    "content_filter":[{"role":"assistant","level":3}]}"#;

/// How many checks a figure is of, as in the peer's script.
const CHECKS: usize = 10;

/// What came of the plainest request.
fn exchange(body: serde_json::Value) -> Exchange {
    Exchange {
        ask: "plain".to_owned(),
        status: Some(200),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body,
        is_json: true,
        asked_at: 1_763_683_200,
        latency_ms: 900,
        images: vec![ImageEvidence {
            link: Some("https://example.com/image.png".to_owned()),
            status: Some(200),
            content_type: Some("image/png".to_owned()),
            kind: Some("png".to_owned()),
            size: Some((1024, 1024)),
            ..ImageEvidence::default()
        }],
        ..Exchange::default()
    }
}

fn ten_checks(criterion: &mut Criterion) {
    let catalog = Catalog::embedded().expect("it is ours");
    let listing = &catalog.listings["zai/cogview-4-250304"];
    let contract = Contract::new(&catalog, listing, date(2026, 11, 20)).expect("it has one");
    let plan = Plan::new(&contract);
    let first = plan.requests.iter().position(|ask| ask.id == "plain").expect("there is one");
    let checks: Vec<_> =
        plan.checks.iter().filter(|check| check.requests == [first]).take(CHECKS).collect();
    assert_eq!(checks.len(), CHECKS);
    let mut group = criterion.benchmark_group("one answer");
    group.bench_function("parse and ten checks", |bencher| {
        bencher.iter(|| {
            let mut seen = vec![None; plan.requests.len()];
            let body = serde_json::from_str(black_box(BODY)).expect("it is JSON");
            seen[first] = Some(exchange(body));
            let judge = Judge::new(&contract, &plan, &seen);
            let judged = checks.iter().map(|check| judge.assess(check));
            judged.filter(|verdict| verdict.reason.is_empty()).count()
        });
    });
    group.bench_function("parse alone", |bencher| {
        bencher.iter(|| serde_json::from_str::<serde_json::Value>(black_box(BODY)).is_ok());
    });
    group.finish();
}

criterion_group!(benches, ten_checks);
criterion_main!(benches);
