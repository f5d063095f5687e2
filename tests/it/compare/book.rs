//! A quote from a prepared book is the total of the quote that is worked out for it.

use cogdex::catalog::{Catalog, Listing};
use cogdex::pricing::{Book, Drawn, GivenRate, Job, QuoteError, Terms, changes, quote};
use jiff::civil::Date;
use proptest::prelude::*;

use crate::support::{catalog, usd};

fn kinds() -> Vec<Drawn> {
    let mut kinds = Vec::new();
    for size in ["1024x1024", "768x1344", "513x2048"] {
        for quality in [None, Some("hd"), Some("standard")] {
            kinds.push((size.parse().unwrap(), quality.map(str::to_owned)));
        }
    }
    kinds
}

/// Holds every listing, kind and day on which something changes, and the one before, against the
/// quote for so many images.
fn agrees(catalog: &Catalog, rates: &[GivenRate], images: u64) {
    let listings: Vec<&Listing> = catalog.listings.values().collect();
    let book = Book::prepare(catalog, &listings, kinds(), usd(), rates).unwrap();
    let mut priced = 0;
    for listing in listings {
        let days = changes(catalog, listing);
        let days = days.iter().flat_map(|day| [day.yesterday().unwrap(), *day]);
        for day in days.chain([Date::MIN, Date::MAX]) {
            for (size, quality) in kinds() {
                let told = book.quote(&listing.id, day, size, quality.as_deref(), images);
                let told = told.map(Result::unwrap);
                let job = Job { images, size, quality, ..Job::default() };
                let terms = Terms { as_of: day, currency: usd(), rates: rates.to_vec() };
                let worked = match quote(catalog, listing, &job, &terms) {
                    Ok(quote) => quote.total.map(|total| (total, quote.state)),
                    Err(QuoteError::NoRate { .. }) => None,
                    Err(why) => panic!("{why}"),
                };
                assert_eq!(told, worked, "{} on {day}: {job:?}", listing.id);
                priced += u32::from(told.is_some());
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
fn what_a_book_was_not_made_for_it_does_not_answer() {
    let catalog = sellers(100, 5, 30);
    let listings: Vec<&Listing> = catalog.listings.values().collect();
    let book = Book::prepare(&catalog, &listings[..1], kinds(), usd(), &[]);
    let book = book.unwrap();
    let ask = |listing: &str, size: &str, quality: Option<&str>| {
        book.quote(listing, Date::MAX, size.parse().unwrap(), quality, 1)
    };
    // Its price is in yuan, of which no rate is known; then it has none.
    assert!(ask("p/a", "1024x1024", None).is_none());
    for (listing, size, quality) in
        [("p/b", "1024x1024", None), ("p/a", "16x16", None), ("p/a", "1024x1024", Some("4k"))]
    {
        assert!(ask(listing, size, quality).is_none(), "{listing} {size} {quality:?}");
    }
    let all = Book::prepare(&catalog, &listings, kinds(), usd(), &[]).unwrap();
    let size = "1024x1024".parse().unwrap();
    assert!(all.quote("p/b", Date::MAX, size, None, 1).is_some());
    let catalog = sellers(100, 5, 7);
    let listings: Vec<&Listing> = catalog.listings.values().collect();
    let all = Book::prepare(&catalog, &listings, kinds(), usd(), &[]).unwrap();
    // A total that can't be held is an error, and no other number.
    assert!(all.quote("p/b", Date::MAX, size, None, u64::MAX).is_some_and(|total| total.is_err()));
}
