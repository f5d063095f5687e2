//! Sizes and qualities: matched across spellings, refused outside a list, warned where not stated.

use proptest::prelude::*;
use serde_json::json;

use super::{compared, is_refused, row, total, warnings};
use crate::support::{job, listing, quote, terms};
use cogdex::catalog::{Catalog, Size, SizeRule, Sizes};
use cogdex::pricing::{Quote, QuoteState, WarningCode};

/// The quote of a catalog's one listing for keys of a job.
fn quoted(catalog: &Catalog, keys: &[(&str, &str)]) -> Quote {
    quote(catalog, &catalog.listings["p/l"], &job(keys), &terms())
}

fn stating(what: &str) -> Catalog {
    listing(&format!("[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n{what}\n"))
}

#[test]
fn both_spellings_of_a_size_are_one_size() {
    let (cross, star) = (compared(&["--size", "1152x864"]), compared(&["--size", "1152*864"]));
    assert_eq!(cross, star);
    assert_eq!(star["job"]["size"], "1152x864");
    // This seller writes its sizes on the wire with a star.
    assert_eq!(row(&star, "apiin/cogview-4")["state"], "disputed");
}

#[test]
fn a_size_outside_every_stated_list_is_refused_with_the_nearest() {
    let document = compared(&["--size", "1000x1000"]);
    let near = "1000x1000 is not offered; the nearest is 1024x1024";
    assert!(is_refused(row(&document, "apiin/cogview-4"), near));
    let near = "1000x1000 is not offered; the nearest is 1008x1008";
    assert!(is_refused(row(&document, "xpay/zai-generate-image"), near));
}

#[test]
fn a_size_that_no_source_mentions_is_priced_and_warned() {
    let document = compared(&["--size", "1000x1000"]);
    let row = row(&document, "aigateway/cogview4");
    assert_eq!(total(row), ("105", "105"));
    assert!(warnings(row).contains(&"not-stated"));
    let quality = quoted(&stating("price = \"1 USD / image\""), &[("quality", "hd")]);
    assert_eq!(quality.state, QuoteState::Priced);
    let texts: Vec<_> =
        quality.warnings.iter().filter(|w| w.code == WarningCode::NotStated).collect();
    assert_eq!(texts.len(), 2, "neither the size nor the quality is stated: {texts:?}");
}

#[test]
fn sides_that_differ_on_the_size_give_a_price_and_a_refusal() {
    let document = compared(&["--size", "1024x768", "--rate", "CNY/USD=0.14"]);
    let both = row(&document, "bigmodel/cogview-4-250304");
    assert_eq!((both["state"].as_str(), total(both)), (Some("disputed"), ("8.4", "8.4")));
    let readings = both["readings"].as_array().unwrap();
    let (refusing, priced) = (&readings[0], &readings[1]);
    assert_eq!(readings.len(), 2);
    assert_eq!(total(priced), ("8.4", "8.4"));
    assert_eq!(priced["sources"], json!(["bigmodel-reference"]));
    assert!(refusing["total"].is_null());
    assert_eq!(refusing["sources"], json!(["bigmodel-docs @ size, optional range"]));
    assert!(refusing["reason"].as_str().unwrap().contains("1024x768 is not offered"));
}

#[test]
fn a_size_that_all_sides_offer_is_not_disputed() {
    let document = compared(&["--size", "1024x1024", "--rate", "CNY/USD=0.14"]);
    let row = row(&document, "bigmodel/cogview-4-250304");
    assert_eq!(
        (row["state"].as_str(), row["readings"].as_array().unwrap().len()),
        (Some("priced"), 1)
    );
}

#[test]
fn a_quality_outside_the_stated_ones_is_refused_with_the_nearest() {
    let catalog = stating("price = \"1 USD / image\"\nqualities = [\"standard\", \"hd\"]");
    let refused = quoted(&catalog, &[("quality", "hdd")]);
    assert_eq!(refused.state, QuoteState::Refused);
    assert_eq!(refused.reason.unwrap().to_string(), "`hdd` is not offered; the nearest is hd");
    let other = quoted(&catalog, &[("quality", "4k")]).reason.unwrap().to_string();
    assert!(other.contains("standard, hd"), "{other}");
    assert_eq!(quoted(&catalog, &[("quality", "hd")]).state, QuoteState::Priced);
}

#[test]
fn the_price_follows_the_quality_and_the_size() {
    let rows = "price = [{ price = \"1 USD / image\", quality = \"standard\" }, \
                { price = \"3 USD / image\", quality = \"hd\" }]\ndefault-quality = \"standard\"";
    let catalog = stating(rows);
    let high = |keys: &[(&str, &str)]| quoted(&catalog, keys).total.unwrap().high.to_string();
    assert_eq!(high(&[]), "1");
    assert_eq!(high(&[("quality", "hd")]), "3");
    let draft = quoted(&catalog, &[("quality", "draft")]);
    assert_eq!(draft.state, QuoteState::Refused);
    let sized = stating(
        "price = [{ price = \"1 USD / image\", size = \"512x512\" }, \
         { price = \"2 USD / image\", size = \"1024*1024\" }]",
    );
    assert_eq!(quoted(&sized, &[]).total.unwrap().high.to_string(), "2");
    assert_eq!(quoted(&sized, &[("size", "512x512")]).total.unwrap().high.to_string(), "1");
    assert_eq!(quoted(&sized, &[("size", "640x640")]).state, QuoteState::Refused);
}

#[test]
fn a_price_that_hangs_on_an_unstated_default_is_a_range_and_says_so() {
    let rows = "price = [{ price = \"1 USD / image\", quality = \"standard\" }, \
                { price = \"3 USD / image\", quality = \"hd\" }]";
    let quote = quoted(&stating(rows), &[]);
    let total = quote.total.unwrap();
    assert_eq!((total.low.to_string(), total.high.to_string()), ("1".to_owned(), "3".to_owned()));
    assert!(
        quote.warnings.iter().any(|w| w.code == WarningCode::QualityOpen),
        "{:?}",
        quote.warnings
    );
    // The one price that there is is that of a quality which nobody asked for.
    let alone = stating("price = [{ price = \"3 USD / image\", quality = \"hd\" }]");
    let unasked = quoted(&alone, &[]);
    assert_eq!(unasked.total, None);
    assert_eq!(unasked.reason.unwrap().code(), "quality-not-given");
    let hd = quoted(&alone, &[("quality", "hd")]);
    assert_eq!(hd.total.unwrap().high.to_string(), "3");
    assert!(!hd.warnings.iter().any(|w| w.code == WarningCode::QualityOpen));
}

proptest! {
    #[test]
    fn the_nearest_size_is_one_that_is_offered(
        width in 1..=16_384_u32, height in 1..=16_384_u32,
        min in prop::option::of(1..5_000_u32), max in prop::option::of(1..5_000_u32),
        divisor in prop::option::of(1..600_u32), max_pixels in prop::option::of(1..9_000_000_u64),
    ) {
        let size = Size { width, height };
        let rule = SizeRule { min, max, divisor, max_pixels };
        let sizes = Sizes::Rule(rule);
        if let Some(near) = sizes.nearest(size) {
            prop_assert!(sizes.offers(near), "{near} of {rule}");
            prop_assert!(!sizes.offers(size) || near == size, "{size} is offered itself");
        }
    }
}

#[test]
fn a_rule_that_nothing_meets_has_no_nearest_size() {
    let size = Size { width: 1024, height: 1024 };
    for rule in [
        SizeRule { min: Some(u32::MAX), divisor: Some(2), ..SizeRule::default() },
        SizeRule { min: Some(512), max: Some(256), ..SizeRule::default() },
        SizeRule { divisor: Some(u32::MAX), ..SizeRule::default() },
        SizeRule { min: Some(512), max_pixels: Some(1000), ..SizeRule::default() },
    ] {
        assert_eq!(rule.nearest(size), None, "{rule}");
    }
}
