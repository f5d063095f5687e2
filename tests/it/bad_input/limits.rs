//! Totals beyond what a decimal holds: an error, and never a product that wrapped or was rounded.

use cogdex::catalog::Catalog;
use cogdex::pricing::{Job, Quote, QuoteError};
use rust_decimal::Decimal;

use super::{TINY, refused};
use crate::support::{cogdex, job, listing, quote, terms};

const HEAD: &str = "[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n";

/// The largest that a decimal holds.
const MOST: &str = "79228162514264337593543950335";

fn quoted(lines: &str, job: &Job) -> Result<Quote, QuoteError> {
    let catalog: Catalog = listing(&format!("{HEAD}{lines}"));
    quote(&catalog, &catalog.listings["p/l"], job, &terms())
}

fn total(lines: &str, job: &Job) -> Option<Decimal> {
    match quoted(lines, job) {
        Ok(quote) => quote.total.map(|total| total.high),
        Err(QuoteError::Overflow { listing }) => {
            assert_eq!(listing, "p/l");
            None
        }
        Err(other) => panic!("{other}"),
    }
}

fn held(text: &str) -> Option<Decimal> {
    let held = Decimal::from_str_exact(text);
    assert!(held.is_ok(), "{text}");
    held.ok()
}

#[test]
fn a_total_that_is_too_large_is_an_error() {
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
fn a_total_with_too_many_digits_is_an_error() {
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
    let quote = quoted(lines, &job(&[("budget", "2060.000000144341 USD")])).unwrap();
    let images = quote.images.unwrap();
    assert_eq!((images.low, images.high), (20_000, 20_000));
    // 2,000 USD give 19,417 images, of which the total can't be held.
    assert_eq!(total(lines, &job(&[("budget", "2000 USD")])), None);
}

#[test]
fn a_budget_without_bounds_is_told_from_a_price_of_nothing() {
    let reason = |lines: &str, budget: &str| {
        let quote = quoted(lines, &job(&[("budget", budget)])).unwrap();
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
fn the_program_says_which_total_is_beyond_the_range() {
    let arguments = [
        &["compare", "--catalog", TINY, "--images", "1000000000000"][..],
        &["--rate", &format!("CNY/USD={MOST}")],
    ];
    let beyond = "is beyond the decimal range, and is not rounded to fit";
    let wanted = format!("the total of `atelier/cogview-4-250304` {beyond}");
    for format in ["table", "json", "csv", "markdown"] {
        assert_eq!(refused(&[&arguments.concat()[..], &["--format", format]].concat()), wanted);
    }
    let said =
        refused(&["diff", TINY, TINY, "--images", "1000000000000", "--rate", arguments[1][1]]);
    assert_eq!(said, wanted);
    let most = "99.999999999999%";
    let lost = ["compare", "--catalog", TINY, "--images", "1000000000000", "--reject-rate", most];
    let said = refused(&[&lost[..], &["--fail-rate", most, "--quality", "hd"]].concat());
    assert!(said.ends_with(beyond), "{said}");
}

#[test]
fn a_rate_that_vanishes_when_turned_round_is_no_price_of_nothing() {
    let said = refused(&["compare", "--catalog", TINY, "--rate", "USD/CNY=2000000000001"]);
    let wanted = "the rate from CNY to USD can't be held when it is turned round; \
                  give one with --rate CNY/USD=…";
    assert_eq!(said, wanted);
    let held = ["compare", "--catalog", TINY, "--rate", "USD/CNY=1999999999999"];
    assert!(cogdex(&held).status.success());
}

#[test]
fn a_long_job_is_timed_or_refused_and_never_wrapped() {
    let slow = "price = \"1 USD / image\"\nlatency = \"18446744073709551615 s\"\n";
    let once = quoted(slow, &Job::default()).unwrap().duration_s.unwrap();
    assert_eq!(once.high, u64::MAX);
    assert_eq!(total(slow, &job(&[("images", "2")])), None);
    let late = quoted(slow, &job(&[("deadline", "1ms")])).unwrap();
    assert_eq!(late.total, None);
    assert_eq!(
        late.reason.unwrap().to_string(),
        "takes at least 18446744073709551615 s, and the deadline is 1 ms"
    );
}
