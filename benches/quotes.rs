//! One quote and one comparison on the built-in catalog, beside the bare arithmetic of their
//! totals: what exact products and sums of the same figures cost without a fact looked up. Then
//! quotes of 100,000 listings at random from a price table, and answers from a table as JSON.
//!
//! `PEER` names a Python that has the price calculators of others, and `PEERS` the folder with the
//! script that times them; then they take part in the same run.
#![expect(clippy::print_stdout, reason = "a benchmark's answer is what it prints")]

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use cogdex::catalog::{Catalog, Currency, Listing, Overflow, Tree, product, sum};
use cogdex::pricing::{
    GivenRate, Job, PriceTable, PricingTerms, Query, Quote, RankBy, Selection, Variant, compare,
    select,
};
use criterion::{Criterion, criterion_group};
use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use toml::de::DeTable;

#[path = "load/generated.rs"]
mod generated;

/// How many listings the table has.
const IN_TABLE: usize = 100_000;

/// So many quotes are one round.
const QUOTES: usize = 2_000_000;

/// How often each takes turns.
const ROUNDS: usize = 7;

/// A price in credits of which the worth is disputed, one in yuan, one with a fee, one by size.
const LISTINGS: [&str; 4] =
    ["apiin/cogview-4", "bigmodel/cogview-4-250304", "aigateway/cogview4", "fal/cogview4"];

/// The day whose facts count.
const AS_OF: Date = date(2026, 11, 20);

fn terms() -> PricingTerms {
    let rate: GivenRate = "CNY/USD=0.14".parse().expect("it is a rate");
    PricingTerms { currency: Currency::DOLLARS, rates: vec![rate] }
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
    let (catalog, job) = (embedded(), job());
    let table = PriceTable::new(&catalog, terms());
    let mut group = criterion.benchmark_group("one quote");
    for id in LISTINGS {
        let listing = catalog.listings.values().find(|it| it.id.as_str() == id);
        let listing = listing.expect("it is built in");
        let ours = || table.quote(listing, AS_OF, &job);
        let fresh = || PriceTable::new(&catalog, terms()).quote(listing, AS_OF, &job);
        group.bench_function(format!("{id}, a first one"), |bench| bench.iter(fresh));
        let figures = figures(&ours());
        group.bench_function(id, |bench| bench.iter(ours));
        let name = format!("{id}, floor");
        arithmetic(&figures).expect("the floor is a sum, too, and no overflow");
        group.bench_function(name, |bench| bench.iter(|| arithmetic(&figures)));
    }
    group.finish();
}

fn whole_catalog(criterion: &mut Criterion) {
    let (catalog, job) = (embedded(), job());
    let table = PriceTable::new(&catalog, terms());
    let mut group = criterion.benchmark_group("compare");
    for (name, selection) in [("default", Selection::default()), ("any model", Selection::Any)] {
        let listings: Vec<&Listing> = select(&catalog, &selection).expect("the family is known");
        let ours = || compare(&table, &listings, &job, AS_OF, RankBy::Total);
        let quotes = ours().quotes;
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

/// A question whose offers are in the table, beside the first of its day and variant.
fn answers(criterion: &mut Criterion) {
    let catalog = embedded();
    let today = date(2026, 11, 21);
    let table = PriceTable::new(&catalog, terms());
    let mut images = 0;
    let mut answer = |table: &PriceTable<'_>| {
        images = images % 1_000_000 + 1;
        let mut query = Query::default();
        query.set("images", &images.to_string()).expect("it is a number");
        query.answer(table, today)
    };
    let mut group = criterion.benchmark_group("answer as JSON");
    group.bench_function("from the table", |bench| bench.iter(|| answer(&table)));
    let first = || PriceTable::new(&catalog, terms());
    group.bench_function("the first", |bench| bench.iter(|| answer(&first())));
    group.finish();
}

/// The next of a row of numbers without any order.
fn random(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    usize::try_from(*state >> 16).expect("48 bits")
}

/// Listing, day, variant, images: quotes from a table that has all offers.
fn table() {
    let folder = tempfile::tempdir().expect("there is room for the files");
    generated::write(folder.path(), IN_TABLE).expect("the files can be written");
    let tree = Tree::Folder(folder.path().to_owned());
    let catalog = Catalog::open(&tree, generated::TODAY).expect("the catalog is whole");
    let listings: Vec<&Listing> = catalog.listings.values().collect();
    let variant = Variant { quality: Some("hd".to_owned()), ..Variant::default() };
    let days = [date(2026, 6, 15), date(2026, 11, 20), date(2026, 11, 21)];
    let table = PriceTable::with_max_offers(&catalog, terms(), 4 * IN_TABLE);
    let start = Instant::now();
    for listing in &listings {
        for day in days {
            black_box(table.offer(listing, day, &variant));
        }
    }
    println!("the offers of {IN_TABLE} listings are resolved in {:?}", start.elapsed());
    let mut state = 0x9E37_79B9_7F4A_7C15;
    // What is asked stands in a row of its own: only the table is looked up at random.
    let next = |n: usize| {
        let listing = listings[random(&mut state) % listings.len()];
        (listing, days[n % days.len()], n as u64 % 5000 + 1)
    };
    let asked: Vec<(&Listing, Date, u64)> = (0..QUOTES).map(next).collect();
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let (start, mut priced) = (Instant::now(), 0);
        for (listing, day, images) in &asked {
            let offer = table.offer(black_box(listing), *day, &variant);
            priced += u64::from(black_box(offer.amount(*images)).is_ok());
        }
        times.push(start.elapsed().as_nanos() / QUOTES as u128);
        assert!(priced > QUOTES as u64 / 2, "most listings have a price");
    }
    times.sort_unstable();
    println!(
        "one quote of a listing at random: {} ns, the fastest round {} ns",
        times[ROUNDS / 2],
        times[0]
    );
}

/// The calculators of others, in the same run.
fn peers() {
    let (Ok(python), Ok(folder)) = (std::env::var("PEER"), std::env::var("PEERS")) else {
        println!(
            "others took no part: PEER and PEERS name a Python that has them and their script"
        );
        return;
    };
    let script = Path::new(&folder).join("quote_peer.py");
    for name in ["genai", "litellm_img", "tokencost"] {
        let done = Command::new(&python).arg(&script).args([name, "5000"]).output();
        let done = done.expect("Python can be started");
        let said = String::from_utf8_lossy(&done.stdout);
        println!("{}", said.lines().last().unwrap_or("it is not installed"));
    }
}

criterion_group!(benches, one_quote, whole_catalog, loading, answers);

fn main() {
    // `cargo test --all-targets` runs this program, too, and is not to measure anything.
    if std::env::args().any(|argument| argument == "--bench") {
        table();
        peers();
        benches();
        Criterion::default().configure_from_args().final_summary();
    }
}
