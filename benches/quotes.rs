//! One quote and one comparison on the built-in catalog, beside the bare arithmetic of their totals.

use std::hint::black_box;

use cogdex::catalog::{Catalog, Currency, Field, Subject, Value, product};
use cogdex::compare::{GivenRate, Job, Selection, Terms, compare, quote, select};
use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::date;

fn terms() -> Terms {
    let rate: GivenRate = "CNY/USD=0.14".parse().expect("it is a rate");
    let currency = Currency::Iso(iso_currency::Currency::USD);
    Terms { as_of: date(2026, 11, 20), currency, rates: vec![rate] }
}
fn benches(c: &mut Criterion) {
    let catalog = Catalog::embedded().unwrap();
    c.bench_function("embedded", |b| b.iter(|| Catalog::embedded().unwrap()));
    let t = cogdex::catalog::Tree::Embedded;
    let paths = t.paths().unwrap();
    c.bench_function("embedded/paths", |b| b.iter(|| t.paths().unwrap()));
    c.bench_function("embedded/read", |b| {
        b.iter(|| paths.iter().map(|p| t.read(p).unwrap().len()).sum::<usize>())
    });
    c.bench_function("embedded/detable", |b| {
        b.iter(|| {
            paths
                .iter()
                .map(|p| {
                    let x = t.read(p).unwrap();
                    let s = std::str::from_utf8(&x).unwrap();
                    toml::de::DeTable::parse(s).unwrap().get_ref().len()
                })
                .sum::<usize>()
        })
    });
    let all = select(&catalog, &Selection::default()).unwrap();
    let job = Job::default();
    c.bench_function("compare", |b| b.iter(|| compare(&catalog, &all, &job, &terms()).unwrap()));
    for id in ["apiin/cogview-4", "zai/cogview-4-250304"] {
        c.bench_function(id, |b| {
            b.iter(|| quote(&catalog, &catalog.listings[id], &job, &terms()).unwrap())
        });
    }
}
criterion_group!(g, benches);
criterion_main!(g);
