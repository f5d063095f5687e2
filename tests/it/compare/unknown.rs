//! Unknown is never zero, a missing price is never free, and an assumption is always said.

use crate::support::{catalog, job, listing, quote, terms};
use cogdex::catalog::{Catalog, SourcePlace};
use cogdex::pricing::{Quote, QuoteState, WarningCode};

fn quoted(catalog: &Catalog) -> Quote {
    quote(catalog, &catalog.listings["p/l"], &job(&[("images", "10")]), &terms())
}

fn said(source: &str, what: &str) -> String {
    format!("[[statement]]\nsource = \"{source}\"\nseen = 2026-11-20\n{what}\n")
}

fn is_unknown(quote: &Quote) -> bool {
    quote.state == QuoteState::Unknown
        && quote.total.is_none()
        && quote.per_image.is_none()
        && quote.lines.is_empty()
        && quote.reason.is_some()
}

#[test]
fn a_missing_price_is_unknown() {
    assert!(is_unknown(&quoted(&listing(""))));
    assert!(is_unknown(&quoted(&listing(&said("page", "credits = \"1 credit = 1 USD\"")))));
    assert!(is_unknown(&quoted(&listing(&said("page", "cost-range = \"0-5 credits\"")))));
}

#[test]
fn credits_of_unknown_worth_are_unknown() {
    let quote = quoted(&listing(&said("page", "price = \"4 credits / image\"")));
    assert!(is_unknown(&quote), "{quote:?}");
    assert!(quote.reason.unwrap().to_string().contains("credit"));
}

#[test]
fn the_worth_of_a_credit_is_found_at_the_provider_and_not_at_another() {
    let price = format!("model = \"m\"\n{}", said("page", "price = \"4 credits / image\""));
    let worth = |name: &str| {
        format!("name = \"{name}\"\n{}", said("page", "credits = \"1 credit = 0.5 USD\""))
    };
    let own = catalog(&[("listings/p/l.toml", &price), ("providers/p.toml", &worth("P"))]);
    assert_eq!(quoted(&own).total.unwrap().high, 20.into());
    let other = catalog(&[("listings/p/l.toml", &price), ("providers/q.toml", &worth("Q"))]);
    assert!(is_unknown(&quoted(&other)));
}

#[test]
fn credits_convert_only_the_price_that_is_in_credits() {
    let rows = "price = [{ price = \"1 USD / image\", quality = \"hd\" }, \
                { price = \"2 credits / image\", quality = \"standard\" }]\n\
                credits = \"1 credit = 0.25 USD\"";
    let quote = quoted(&listing(&said("page", rows)));
    let total = quote.total.unwrap();
    assert_eq!((total.low, total.high), (5.into(), 10.into()), "ten at 0.5, or ten at 1");
    assert!(quote.lines.iter().all(|line| line.what != "credits"), "{:?}", quote.lines);
}

#[test]
fn a_price_that_was_withdrawn_is_unknown_again() {
    let later = "[[statement]]\nsource = \"page\"\nseen = 2026-11-20\nwithdrawn = [\"price\"]\n";
    let earlier =
        "[[statement]]\nsource = \"page\"\nseen = 2026-11-10\nprice = \"1 USD / image\"\n";
    assert_eq!(quoted(&listing(earlier)).state, QuoteState::Priced);
    assert!(is_unknown(&quoted(&listing(&format!("{earlier}{later}")))));
}

#[test]
fn only_what_all_sources_call_free_is_free() {
    let zero = said("page", "price = \"0 USD / image\"");
    let free = quoted(&listing(&format!("{zero}{}", said("other", "price = \"0 CNY / call\""))));
    assert_eq!((free.state, free.total.unwrap().high), (QuoteState::Free, 0.into()));
    let paid =
        quoted(&listing(&format!("{zero}{}", said("other", "price = \"0.06 USD / image\""))));
    let total = paid.total.unwrap();
    assert_eq!(
        (paid.state, total.low, total.high.to_string()),
        (QuoteState::Disputed, 0.into(), "0.6".to_owned())
    );
    assert_eq!(paid.readings.len(), 2);
}

#[test]
fn a_fee_that_sources_dispute_gives_a_reading_for_each() {
    let price = said("page", "price = \"1 USD / image\"\nfee = { rate = \"5%\", on = \"top-up\" }");
    let other = said("other", "fee = { rate = \"10%\", on = \"top-up\" }");
    let quote = quoted(&listing(&format!("{price}{other}")));
    let total = quote.total.unwrap();
    assert_eq!(quote.state, QuoteState::Disputed);
    assert_eq!(
        (total.low.to_string(), total.high.to_string()),
        ("10.5".to_owned(), "11".to_owned())
    );
    let sources: Vec<_> = quote.readings.iter().map(|r| SourcePlace::list(&r.sources)).collect();
    assert_eq!(sources, ["page", "other"]);
}

#[test]
fn prices_that_are_equal_for_the_job_are_no_dispute() {
    let rows = "price = [{ price = \"1 USD / image\", quality = \"hd\" }, \
                { price = \"2 USD / image\", quality = \"standard\" }]\ndefault-quality = \"hd\"";
    let quote = quoted(&listing(&format!(
        "{}{}",
        said("page", rows),
        said("other", "price = \"1 USD / image\"")
    )));
    assert_eq!((quote.state, quote.total.unwrap().high), (QuoteState::Priced, 10.into()));
}

#[test]
fn megapixels_are_a_range_unless_they_are_whole() {
    let million = "price = \"1 USD / megapixel\"\nmegapixel = 1_000_000";
    let catalog = listing(&said("page", million));
    let at = |size: &str| {
        let quote = quote(&catalog, &catalog.listings["p/l"], &job(&[("size", size)]), &terms());
        let (total, warned) = (
            quote.total.unwrap(),
            quote.warnings.iter().any(|w| w.code == WarningCode::MegapixelRounding),
        );
        (total.low.normalize().to_string(), total.high.normalize().to_string(), warned)
    };
    assert_eq!(at("1000x1000"), ("1".to_owned(), "1".to_owned(), false));
    assert_eq!(at("1024x1024"), ("1.048576".to_owned(), "2".to_owned(), true));
    assert_eq!(at("100x100"), ("0.01".to_owned(), "1".to_owned(), true));
}
