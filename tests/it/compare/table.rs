//! What a price table keeps: an offer that was resolved once says on each day, and for any number of
//! images, what a fresh table's quote says.

use cogdex::catalog::{Catalog, Listing};
use cogdex::pricing::{GivenRate, Job, PriceTable, PricingTerms, Reason, Variant, changes_of};
use jiff::civil::Date;
use proptest::prelude::*;

use crate::support::{TODAY, Terms, catalog, quote, usd};

fn variants() -> Vec<Variant> {
    let mut variants = Vec::new();
    for size in ["1024x1024", "768x1344", "513x2048"] {
        for quality in [None, Some("hd"), Some("standard")] {
            let (size, quality) = (size.parse().unwrap(), quality.map(str::to_owned));
            variants.push(Variant { size, quality, ..Variant::default() });
        }
    }
    variants
}

/// Holds every listing, variant and day on which something changes, and the one before, against
/// the quote of a fresh table for so many images.
fn agrees(catalog: &Catalog, rates: &[GivenRate], images: u64) {
    let listings: Vec<&Listing> = catalog.listings.values().collect();
    let terms = PricingTerms { currency: usd(), rates: rates.to_vec() };
    // So few offers are kept that it starts anew now and then.
    let table = PriceTable::with_max_offers(catalog, terms, 40);
    let mut priced = 0;
    for listing in listings {
        let days = changes_of(catalog, listing);
        let days = days.iter().flat_map(|day| [day.yesterday().unwrap(), *day]);
        for day in days.chain([Date::MIN, Date::MAX]) {
            for variant in variants() {
                let offer = table.offer(listing, day, &variant);
                let Variant { size, quality, .. } = variant;
                let job = Job { images, size, quality, ..Job::default() };
                let terms = Terms { as_of: day, currency: usd(), rates: rates.to_vec() };
                let fresh = quote(catalog, listing, &job, &terms);
                assert_eq!(offer.amount(images).ok(), fresh.total, "{} {day}", listing.id);
                assert_eq!(
                    offer.cost().ok().map(|cost| cost.state),
                    fresh.total.map(|_| fresh.state)
                );
                assert_eq!(offer.cost().err(), fresh.reason.as_ref());
                assert_eq!(table.quote(listing, day, &job), fresh);
                priced += u32::from(fresh.total.is_some());
            }
        }
    }
    assert!(priced > 0, "nothing has a price");
}

#[test]
fn the_built_in_catalog_costs_by_its_book_what_it_costs() {
    let catalog = Catalog::embedded().unwrap();
    for images in [1, 7, 1_000_000] {
        agrees(&catalog, &[], images);
        agrees(&catalog, &["CNY/USD=0.14".parse().unwrap()], images);
    }
}

/// Prices that change on some days, in all that a price may differ in.
fn sellers(price: u32, fee: u32, credits: u32) -> Catalog {
    let statement = |source: &str, day: u32, text: &str| {
        format!("[[statement]]\nsource = \"{source}\"\nseen = 2026-03-{day:02}\n{text}\n")
    };
    let yuan = statement("page", 1, &format!("price = \"0.{price:04} CNY / megapixel\""))
        + &statement("other", 3, &format!("price = \"0.{:04} CNY / megapixel\"", price + fee));
    let credit = statement("page", 2, "price = \"4 credits / image\"")
        + &statement("page", 5, &format!("credits = \"{credits} credits = 0.008 USD\""))
        + &statement("other", 6, &format!("fee = {{ rate = \"{fee}%\", on = \"top-up\" }}"));
    let sizes = statement("page", 4, "price = \"0 USD / image\"\nsizes = [\"1024x1024\"]")
        + &statement("page", 9, "withdrawn = [\"price\"]");
    let files =
        [("listings/p/a.toml", yuan), ("listings/p/b.toml", credit), ("listings/q/c.toml", sizes)];
    let files = files.map(|(path, text)| (path, format!("model = \"m\"\n{text}")));
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    catalog(&files)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_sellers_ask_is_in_their_book(
        price in 1..9_000_u32, fee in 1..99_u32, credits in 1..500_u32, images in 1..u64::from(u32::MAX),
    ) {
        agrees(&sellers(price, fee, credits), &["CNY/USD=0.14".parse().unwrap()], images);
    }
}

#[test]
fn what_has_no_price_has_a_reason_that_is_told_once() {
    let catalog = sellers(100, 5, 30);
    let table = PriceTable::new(&catalog, PricingTerms { currency: usd(), rates: Vec::new() });
    let offer = |listing: &str, day: Date, size: &str| {
        let variant = Variant { size: size.parse().unwrap(), ..Variant::default() };
        table.offer(&catalog.listings[listing], day, &variant)
    };
    // Its price is in yuan, of which no rate is known; the others have one all the same.
    let yuan = offer("p/a", TODAY, "1024x1024");
    let no_rate = Reason::NoRate { from: "CNY".parse().unwrap(), to: usd() };
    assert_eq!(yuan.cost().unwrap_err(), &no_rate);
    assert_eq!(yuan.quote(&Job::default()).reason, Some(no_rate));
    assert!(offer("p/b", TODAY, "1024x1024").cost().is_ok());
    let early = offer("p/b", Date::MIN, "1024x1024");
    assert_eq!(early.cost().unwrap_err().code(), "before-first-statement");
    // A total that can't be held is an error, and no other number.
    assert!(offer("p/b", TODAY, "1024x1024").amount(u64::MAX).is_ok());
    let dear = crate::support::listing(
        "[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n\
         price = \"99999999999999.123456789012 USD / image\"\n",
    );
    let table = PriceTable::new(&dear, PricingTerms { currency: usd(), rates: Vec::new() });
    let offer = table.offer(&dear.listings["p/l"], TODAY, &Variant::default());
    assert!(offer.amount(1).is_ok() && offer.amount(u64::MAX).is_err());
}

#[test]
fn six_hundred_credits_for_a_hundred_dollars_buy_a_hundred_images_of_six() {
    let catalog = crate::support::listing(
        "[[statement]]\nsource = \"page\"\nseen = 2026-11-20\nprice = \"6 credits / image\"\n\
         credits = \"600 credits = 100 USD\"\n",
    );
    let told = |keys: &[(&str, &str)]| {
        let job = crate::support::job(keys);
        quote(&catalog, &catalog.listings["p/l"], &job, &crate::support::terms())
    };
    let total = told(&[("images", "100")]).total.unwrap();
    assert_eq!((total.low, total.high), (100.into(), 100.into()));
    for (budget, images) in
        [("100 USD", 100), ("1 USD", 1), ("99.99 USD", 99), ("600 credits", 100)]
    {
        assert_eq!(told(&[("budget", budget)]).images.unwrap().high, images, "{budget}");
    }
}
