//! Totals beyond what a decimal holds: the reason of that row alone, and never a product that wrapped or was rounded.

use cogdex::catalog::Catalog;
use cogdex::pricing::{Job, Quote, Reason};
use rust_decimal::Decimal;
use serde_json::Value;

use super::TINY;
use crate::support::{cogdex, job, listing, quote, terms};

const HEAD: &str = "[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n";

/// The largest that a decimal holds.
const MOST: &str = "79228162514264337593543950335";

fn quoted(lines: &str, job: &Job) -> Quote {
    let catalog: Catalog = listing(&format!("{HEAD}{lines}"));
    quote(&catalog, &catalog.listings["p/l"], job, &terms())
}

fn total(lines: &str, job: &Job) -> Option<Decimal> {
    let quote = quoted(lines, job);
    assert_eq!(quote.total.is_none(), quote.reason == Some(Reason::Overflow), "{quote:?}");
    quote.total.map(|total| total.high)
}

/// The row of one listing, and the first of the others.
fn rows(arguments: &[&str], listing: &str) -> [Value; 2] {
    let output = cogdex(&[arguments, &["json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = document["rows"].as_array().unwrap();
    let (own, others): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row["listing"] == listing);
    [own[0].clone(), others[0].clone()]
}

fn held(text: &str) -> Option<Decimal> {
    let held = Decimal::from_str_exact(text);
    assert!(held.is_ok(), "{text}");
    held.ok()
}

#[test]
fn a_total_that_is_too_large_is_no_total() {
    let images = |n: &str| job(&[("images", n)]);
    let price = format!("price = \"{MOST} USD / image\"\n");
    assert_eq!(total(&price, &images("1")), held(MOST));
    assert_eq!(total(&price, &images("2")), None);
    assert_eq!(total(&price, &images("1000000000000")), None);
    let fee = format!("{price}fee = {{ rate = \"0.000000000001%\", on = \"top-up\" }}\n");
    assert_eq!(total(&fee, &images("1")), None);
    let pixels = "price = \"1000000000000000000 USD / pixel\"\n";
    assert_eq!(
        total(pixels, &job(&[("size", "16384x16384")])),
        held("268435456000000000000000000")
    );
    assert_eq!(total(pixels, &job(&[("size", "16384x16384"), ("images", "1000")])), None);
    let credits = format!("price = \"{MOST} credits / image\"\ncredits = \"1 credit = 1.1 USD\"\n");
    assert_eq!(total(&credits, &images("1")), None);
}

#[test]
fn a_total_with_too_many_digits_is_no_total() {
    let one = Job::default();
    let price = "price = \"0.100000000007 USD / image\"\n";
    let fee = |rate: &str| format!("{price}fee = {{ rate = \"{rate}\", on = \"top-up\" }}\n");
    assert_eq!(total(&fee("3.000000000007%"), &one), held("0.10300000000721700000000049"));
    // The same for 7,691 images has 29 digits, and for 10,000 it has zeros at its end.
    let images = |n: &str| job(&[("images", n)]);
    assert_eq!(total(&fee("3.000000000007%"), &images("7699")), None);
    let wanted = "1030.0000000721700000000049";
    assert_eq!(total(&fee("3.000000000007%"), &images("10000")), held(wanted));
}

#[test]
fn a_budget_is_not_cut_short_where_a_total_on_the_way_has_too_many_digits() {
    let lines = "price = \"0.100000000007 USD / image\"\n\
                 fee = { rate = \"3.000000000007%\", on = \"top-up\" }\n";
    // 20,000 images cost 2060.000000144340000000098, which can be held; 19,999 can't.
    let quote = quoted(lines, &job(&[("budget", "2060.000000144341 USD")]));
    let images = quote.images.unwrap();
    assert_eq!((images.low, images.high), (20_000, 20_000));
    // 2,000 USD give 19,417 images, of which the total can't be held.
    assert_eq!(total(lines, &job(&[("budget", "2000 USD")])), None);
}

#[test]
fn a_budget_without_bounds_is_told_from_a_price_of_nothing() {
    let reason = |lines: &str, budget: &str| {
        let quote = quoted(lines, &job(&[("budget", budget)]));
        assert_eq!(quote.total, None);
        quote.reason.unwrap().to_string()
    };
    let free = "price = \"0 USD / image\"\n";
    assert_eq!(reason(free, "1 USD"), "it is free, and a budget sets no limit");
    let cheap = "price = \"0.000000000001 USD / image\"\n";
    assert_eq!(reason(cheap, "1 USD"), "the budget gives 1000000000000 images or more");
    let budget = format!("{MOST} USD");
    assert_eq!(reason("price = \"1 USD / image\"\n", &budget), reason(cheap, "1 USD"));
    let dear = format!("price = \"{MOST} USD / image\"\n");
    assert_eq!(reason(&dear, "1 USD"), "the budget does not buy one image");
}

#[test]
fn a_total_beyond_the_range_is_the_reason_of_its_row_and_the_others_are_ranked() {
    let rate = format!("CNY/USD={MOST}");
    let arguments =
        ["compare", "--catalog", TINY, "--images", "1000000000000", "--rate", &rate, "--format"];
    let beyond = "the total is beyond the decimal range, and is not rounded to fit";
    let [yuan, ranked] = rows(&arguments, "atelier/cogview-4-250304");
    assert_eq!(yuan["state"], "unknown");
    assert_eq!(yuan["total"], Value::Null);
    assert_eq!((&yuan["reason"], &yuan["reason_code"]), (&beyond.into(), &"overflow".into()));
    assert_eq!(ranked["rank"], 1);
    for format in ["table", "csv", "markdown"] {
        let output = cogdex(&[&arguments[..], &[format]].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.contains(beyond), "{text}");
    }
    let changed = ["diff", TINY, TINY, "--images", "1000000000000", "--rate", &rate];
    assert!(cogdex(&changed).status.success());
}

#[test]
fn a_rate_that_vanishes_when_turned_round_is_no_price_of_nothing() {
    let given = ["compare", "--catalog", TINY, "--rate", "USD/CNY=2000000000001", "--format"];
    let [yuan, ranked] = rows(&given, "atelier/cogview-4-250304");
    let wanted = "the rate from CNY to USD can't be held when it is turned round; \
                  give one with --rate CNY/USD=…";
    assert_eq!((&yuan["reason"], &yuan["reason_code"]), (&wanted.into(), &"rate-vanishes".into()));
    assert_eq!(ranked["rank"], 1);
    let held = ["compare", "--catalog", TINY, "--rate", "USD/CNY=1999999999999"];
    assert!(cogdex(&held).status.success());
}

#[test]
fn a_long_job_is_timed_or_refused_and_never_wrapped() {
    let slow = "price = \"1 USD / image\"\nlatency = \"18446744073709551615 s\"\n";
    let once = quoted(slow, &Job::default()).duration_s.unwrap();
    assert_eq!(once.high, u64::MAX);
    assert_eq!(total(slow, &job(&[("images", "2")])), None);
    let late = quoted(slow, &job(&[("deadline", "1ms")]));
    assert_eq!(late.total, None);
    assert_eq!(
        late.reason.unwrap().to_string(),
        "takes at least 18446744073709551615 s, and the deadline is 1 ms"
    );
}
