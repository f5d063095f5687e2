//! One quote and one comparison on the built-in catalog, beside the bare arithmetic of their
//! totals: what exact products and sums of the same figures cost without a fact looked up.

use std::hint::black_box;

use cogdex::catalog::{Catalog, Currency, Overflow, Subject, Tree, product, sum};
use cogdex::compare::{
    GivenRate, Job, Quote, QuoteError, Selection, Terms, compare, quote, select,
};
use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::date;
use rust_decimal::Decimal;
use toml::de::DeTable;

/// A price in credits of which the worth is disputed, one in yuan, one with a fee, one by size.
const LISTINGS: [&str; 4] =
    ["apiin/cogview-4", "bigmodel/cogview-4-250304", "aigateway/cogview4", "fal/cogview4"];

fn terms() -> Terms {
    let rate: GivenRate = "CNY/USD=0.14".parse().expect("it is a rate");
    let currency = Currency::Iso(iso_currency::Currency::USD);
    Terms { as_of: date(2026, 11, 20), currency, rates: vec![rate] }
}

/// The amounts of all lines of all readings, multiplied and added up anew.
fn arithmetic(figures: &[(Decimal, Decimal)]) -> Result<Decimal, Overflow> {
    figures.iter().try_fold(Decimal::ZERO, |total, (quantity, price)| {
        sum(total, product(black_box(*quantity), black_box(*price))?)
    })
}

/// A quantity and what one of it costs, for each line of each reading.
fn figures(quote: &Quote) -> Vec<(Decimal, Decimal)> {
    let lines = quote.readings.iter().flat_map(|reading| &reading.lines);
    let figures = lines.map(|line| (line.quantity, line.amount / line.quantity));
    figures.collect()
}

fn one_quote(criterion: &mut Criterion) {
    let (catalog, job, terms) = (embedded(), job(), terms());
    let mut group = criterion.benchmark_group("one quote");
    for id in LISTINGS {
        let listing = &catalog.listings[id];
        let ours = || -> Result<Quote, QuoteError> { quote(&catalog, listing, &job, &terms) };
        let figures = figures(&ours().expect("it has a quote"));
        group.bench_function(id, |bench| bench.iter(ours));
        let name = format!("{id}, floor");
        arithmetic(&figures).expect("the floor is a sum, too, and no overflow");
        group.bench_function(name, |bench| bench.iter(|| arithmetic(&figures)));
    }
    group.finish();
}

fn whole_catalog(criterion: &mut Criterion) {
    let (catalog, job, terms) = (embedded(), job(), terms());
    let mut group = criterion.benchmark_group("compare");
    for (name, selection) in [("default", Selection::default()), ("any model", Selection::Any)] {
        let listings: Vec<&Subject> = select(&catalog, &selection).expect("the family is known");
        let ours = || compare(&catalog, &listings, &job, &terms);
        let quotes = ours().expect("it can be compared").quotes;
        let figures: Vec<_> = quotes.iter().flat_map(|(_, quote)| figures(quote)).collect();
        arithmetic(&figures).expect("the floor is a sum, too, and no overflow");
        group.bench_function(format!("{name}, {} listings", listings.len()), |b| b.iter(ours));
        group.bench_function(format!("{name}, floor"), |b| b.iter(|| arithmetic(&figures)));
    }
    group.finish();
}

/// The program carries its catalog packed; the floor is what it would cost to parse its files.
fn loading(criterion: &mut Criterion) {
    let paths = Tree::Embedded.paths().expect("the files are built in");
    let read = |path: &String| Tree::Embedded.read(path).expect("it is built in").into_owned();
    let files: Vec<Vec<u8>> = paths.iter().map(read).collect();
    let texts: Vec<&str> =
        files.iter().map(|file| std::str::from_utf8(file).expect("it is UTF-8")).collect();
    let parse = || texts.iter().map(|text| DeTable::parse(text).map(|it| it.get_ref().len()));
    let mut group = criterion.benchmark_group("built-in catalog");
    group.bench_function("load", |bench| bench.iter(embedded));
    group.bench_function("parse its TOML", |bench| bench.iter(|| parse().all(|it| it.is_ok())));
    group.finish();
}

fn embedded() -> Catalog {
    Catalog::embedded().expect("the built-in catalog is whole")
}

fn job() -> Job {
    let mut job = Job::default();
    for (key, text) in [("images", "1000"), ("quality", "hd")] {
        job.set(key, text).expect("it is a key of a job");
    }
    job
}

criterion_group!(benches, one_quote, whole_catalog, loading);
criterion_main!(benches);
