//! Answers by offers that a table keeps equal those of a fresh table, to the byte.

use cogdex::catalog::Catalog;
use cogdex::pricing::{PriceTable, PriceTables, Query};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestCaseResult, TestRunner};

use crate::support::catalog;

const CASES: u32 = 250;

/// The day after the seeds, on which the built-in catalog has all that it states.
const LATER: jiff::civil::Date = jiff::civil::date(2026, 11, 21);

fn query(keys: &[(String, String)], images: u64) -> Query {
    let mut query = Query::default();
    query.set("images", &images.to_string()).unwrap();
    for (key, text) in keys {
        query.set(key, text).unwrap();
    }
    query
}

/// One statement of a source: a price in some unit and currency, and what else a total rests on.
fn statement(source: &'static str) -> impl Strategy<Value = String> {
    let amount = prop_oneof![
        Just("0".to_owned()),
        (1..99_999_u32, 0..=12_usize).prop_map(|(digits, decimals)| {
            let text = format!("{digits:0>width$}", width = decimals + 1);
            let (whole, rest) = text.split_at(text.len() - decimals);
            if rest.is_empty() { whole.to_owned() } else { format!("{whole}.{rest}") }
        }),
    ];
    let currency = prop::sample::select(vec!["USD", "CNY", "credits"]);
    let unit = prop::sample::select(vec!["image", "megapixel", "pixel", "call", "second"]);
    let quality = prop::sample::select(vec!["", ", quality = \"hd\"", ", size = \"768x1344\""]);
    let more = prop::sample::select(vec![
        "",
        "credits = \"7 credits = 0.03 USD\"\n",
        "credits = \"3 credits = 1 CNY\"\nfee = { rate = \"5.5%\", on = \"top-up\" }\n",
        "fee = { rate = \"3%\", on = \"call\" }\nlatency = \"3-8 s\"\nconcurrency = 2\n",
        "failure-charged = true\nsizes = [\"1024x1024\"]\nlatency = \"1-400 s\"\n",
        "qualities = [\"standard\", \"hd\"]\ndefault-quality = \"hd\"\nmode = \"sync\"\n",
    ]);
    (amount, currency, unit, quality, more).prop_map(move |(amount, currency, unit, when, more)| {
        let price = format!("{amount} {currency} / {unit}");
        format!(
            "[[statement]]\nsource = \"{source}\"\nseen = 2026-11-20\n\
             price = [{{ price = \"{price}\"{when} }}]\n{more}"
        )
    })
}

/// A listing by one source, or by two that may differ.
fn file() -> impl Strategy<Value = String> {
    (statement("page"), prop::option::of(statement("other")))
        .prop_map(|(a, b)| format!("model = \"m\"\n{a}{}", b.unwrap_or_default()))
}

/// What is asked besides the number of images.
fn keys() -> impl Strategy<Value = Vec<(String, String)>> {
    let key = |key: &'static str, words: Vec<&'static str>| {
        let word = prop::sample::select(words);
        prop::option::weighted(0.2, word).prop_map(move |word| Some((key, word?)))
    };
    let keys = (
        key("size", vec!["1024x1024", "768x1344", "999x1001"]),
        key("quality", vec!["hd", "standard", "4k"]),
        key("reject-rate", vec!["10%", "0.1%", "99%"]),
        key("fail-rate", vec!["5%", "0%"]),
        key("seconds-per-image", vec!["3", "0.125"]),
        key("concurrency", vec!["1", "4"]),
        key("deadline", vec!["10s", "2h"]),
        key("require", vec!["sync", "streaming"]),
        key("currency", vec!["CNY", "USD"]),
    );
    keys.prop_map(|(a, b, c, d, e, f, g, h, i)| {
        let keys = [a, b, c, d, e, f, g, h, i].into_iter().flatten();
        let rate = [("rate".to_owned(), "CNY/USD=0.14".to_owned())];
        keys.map(|(key, word)| (key.to_owned(), word.to_owned())).chain(rate).collect()
    })
}

fn images() -> impl Strategy<Value = u64> {
    prop_oneof![1..20_u64, 1..2_000_000_u64, (0..9_u32).prop_map(|n| 10_u64.pow(n))]
}

/// Whether each answer of the tables is that of a table of its own.
fn agrees(catalog: &Catalog, keys: &[(String, String)], all: &[u64]) -> Result<(), TestCaseError> {
    let tables = PriceTables::new(catalog);
    for images in all {
        let query = query(keys, *images);
        let terms = query.terms(&query.job).unwrap();
        let fresh = query.answer(&PriceTable::new(catalog, terms.clone()), LATER);
        prop_assert_eq!(query.answer(&tables.table(&terms), LATER), fresh, "{} images", images);
    }
    Ok(())
}

#[test]
fn what_is_kept_answers_as_what_is_fresh() {
    let cases = (prop::collection::vec(file(), 1..4), keys(), prop::collection::vec(images(), 8));
    let hold =
        |(files, keys, images): (Vec<String>, Vec<(String, String)>, Vec<u64>)| -> TestCaseResult {
            let paths: Vec<_> = (0..files.len()).map(|n| format!("listings/p/l{n}.toml")).collect();
            let files: Vec<_> =
                paths.iter().zip(&files).map(|(p, f)| (p.as_str(), f.as_str())).collect();
            agrees(&catalog(&files), &keys, &images)
        };
    let config =
        ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config).run(&cases, hold).unwrap();
}

#[test]
fn the_built_in_catalog_answers_for_every_size_and_quality_from_what_is_kept() {
    let catalog = Catalog::embedded().unwrap();
    for model in ["any", "cogview-4"] {
        for size in ["1024x1024", "768x1344", "512x512"] {
            for quality in ["hd", "standard"] {
                let keys = [("model", model), ("size", size), ("quality", quality)];
                let keys = keys.map(|(key, text)| (key.to_owned(), text.to_owned()));
                agrees(&catalog, &keys, &[1, 2, 1000, 123_456]).unwrap();
            }
        }
    }
}
