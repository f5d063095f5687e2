//! Prices that depend on the volume of a month, on the day of an offer, and on a batch: what a log
//! costs by them, worked out by hand, and beside what `compare` says of the same images.

use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::{cogdex, folder, job, listing, quote, terms};

const LADDER: &str = "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-01-01\n\
    price = [{ price = \"0 USD / image\", up-to = 100 }, \
    { price = \"0.015 USD / image\", up-to = 1000 }, { price = \"0.01 USD / image\" }, \
    { price = \"0.005 USD / image\", from = 2026-03-10, until = 2026-03-20 }, \
    { price = \"50%\", mode = \"batch\" }]\n";

fn repriced(listing: &str, log: &str, flags: &[&str]) -> Value {
    let catalog = folder(&[("listings/p/l.toml", listing)]);
    let logs = tempfile::tempdir().unwrap();
    let path = logs.path().join("usage.csv");
    std::fs::write(&path, log).unwrap();
    let (path, catalog) = (path.to_str().unwrap(), catalog.path().to_str().unwrap());
    let fixed = ["reprice", path, "--catalog", catalog, "--format", "json", "-q"];
    let output = cogdex(&[&fixed[..], flags].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn high(row: &Value) -> &str {
    row["total"]["high"].as_str().unwrap()
}

fn log(rows: &[(&str, u64)]) -> String {
    let rows = rows.iter().map(|(day, images)| format!("{day}T08:00:00Z,{images},1024x1024\n"));
    format!("time,images,size\n{}", rows.collect::<String>())
}

#[test]
fn each_month_counts_from_its_first_image() {
    // 100 free, 900 at 0.015 and 500 at 0.01 in January; 100 free and 50 at 0.015 in February.
    let log = log(&[("2026-01-05", 700), ("2026-01-31", 800), ("2026-02-01", 150)]);
    let document = repriced(LADDER, &log, &[]);
    assert_eq!(high(&document["rows"][0]), "19.25");
    let document = repriced(LADDER, &log, &["--by", "month"]);
    let groups = document["groups"].as_array().unwrap();
    assert_eq!(groups.iter().map(high).collect::<Vec<_>>(), ["18.5", "0.75"]);
    // A batch costs half of each step.
    let document = repriced(LADDER, &log, &["--mode", "batch"]);
    assert_eq!(high(&document["rows"][0]), "9.625");
}

#[test]
fn parts_of_a_month_share_its_total_by_their_images() {
    let log = log(&[("2026-01-05", 500), ("2026-01-31", 1000)]);
    let document = repriced(LADDER, &log, &["--by", "day"]);
    assert_eq!(high(&document["rows"][0]), "18.5");
    let groups: Vec<_> = document["groups"].as_array().unwrap().iter().map(high).collect();
    assert_eq!(groups, ["6.166666666667", "12.333333333333"]);
}

#[test]
fn an_offer_counts_by_the_day_of_the_row() {
    let log =
        log(&[("2026-03-09", 100), ("2026-03-10", 100), ("2026-03-20", 100), ("2026-03-21", 100)]);
    // Two hundred at 0.005 each; of the others a hundred are free, a hundred cost 0.015.
    assert_eq!(high(&repriced(LADDER, &log, &[])["rows"][0]), "2.5");
}

#[test]
fn images_count_once_where_their_units_are_open() {
    // No source says how 1.5 megapixels are rounded: 1.5 or 2 units an image. The 100 images of the
    // month all lie in the first step by either.
    let listing = "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-01-01\n\
        megapixel = 1_000_000\n\
        price = [{ price = \"0.02 USD / megapixel\", up-to = 100 }, \
        { price = \"0.01 USD / megapixel\" }]\n";
    let log =
        "time,images,size\n2026-01-05T08:00:00Z,60,1500x1000\n2026-01-06T08:00:00Z,40,1500x1000\n";
    let total = &repriced(listing, log, &[])["rows"][0]["total"];
    assert_eq!((total["low"].as_str(), total["high"].as_str()), (Some("3"), Some("4")), "{total}");
}

#[test]
fn a_ladder_without_a_last_row_is_priced_as_far_as_it_reaches() {
    let ladder = "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-01-01\n\
        price = [{ price = \"0.02 USD / image\", up-to = 100 }, \
        { price = \"0.01 USD / image\", up-to = 1000 }]\n";
    // 100 at 0.02 and 100 at 0.01 in January. February has one image more than any row holds for,
    // and nobody says which of its rows that one is in.
    let log =
        log(&[("2026-01-05", 150), ("2026-01-06", 50), ("2026-02-01", 1), ("2026-02-02", 1000)]);
    let row = &repriced(ladder, &log, &[])["rows"][0];
    assert_eq!(high(row), "3");
    assert_eq!(
        (&row["state"], &row["floor"], &row["images"]),
        (&"priced".into(), &true.into(), &200.into())
    );
    let refused = &row["log_rows"]["refused"][0];
    assert_eq!(refused["reason"], "no source states a price beyond image 1000 of a month");
    assert_eq!((&row["log_rows"]["priced"], &refused["count"]), (&2.into(), &2.into()));
    let groups = repriced(ladder, &log, &["--by", "month"]);
    assert_eq!(high(&groups["groups"][0]), "3");
    assert_eq!(groups["groups"][1]["total"], Value::Null);
}

#[test]
fn a_month_within_a_free_quota_costs_nothing_and_is_not_free() {
    let row = &repriced(LADDER, &log(&[("2026-01-05", 60)]), &[])["rows"][0];
    assert_eq!((high(row), &row["state"]), ("0", &"priced".into()));
    let free = LADDER.replace("0.015", "0").replace("0.01 ", "0 ").replace("0.005", "0");
    let row = &repriced(&free, &log(&[("2026-01-05", 60)]), &[])["rows"][0];
    assert_eq!((high(row), &row["state"]), ("0", &"free".into()));
}

#[test]
fn sources_that_differ_beyond_a_month_do_not_make_it_disputed() {
    let other = "[[statement]]\nsource = \"other\"\nseen = 2026-01-01\n\
        price = [{ price = \"0 USD / image\", up-to = 100 }, { price = \"0.02 USD / image\" }]\n";
    let both = format!("{LADDER}{other}");
    let state = |images| repriced(&both, &log(&[("2026-01-05", images)]), &[])["rows"][0].clone();
    assert_eq!(state(100)["state"], "priced");
    // 0.015 by one, 0.02 by the other.
    let row = state(101);
    assert_eq!(row["state"], "disputed");
    assert_eq!((row["total"]["low"].as_str(), high(&row)), (Some("0.015"), "0.02"));
}

#[test]
fn the_calls_of_a_month_are_paid_whole() {
    let calls = "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-01-01\n\
        price = \"0.04 USD / call\"\nimages-per-answer = \"4\"\n";
    // Ten images of January take three calls, five of February two.
    let log = log(&[("2026-01-05", 7), ("2026-01-06", 3), ("2026-02-01", 5)]);
    assert_eq!(high(&repriced(calls, &log, &[])["rows"][0]), "0.2");
}

#[test]
fn a_total_beyond_the_range_is_a_reason_of_its_listing_alone() {
    let at = |price: &str| {
        format!(
            "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-01-01\n\
                 price = \"{price} USD / image\"\n"
        )
    };
    let (huge, plain) = (at("79228162514264337593543950335"), at("0.02"));
    let catalog = folder(&[("listings/p/huge.toml", &huge), ("listings/q/plain.toml", &plain)]);
    let logs = tempfile::tempdir().unwrap();
    let path = logs.path().join("usage.csv");
    std::fs::write(&path, log(&[("2026-01-05", 1_000_000_000_000)])).unwrap();
    let (path, catalog) = (path.to_str().unwrap(), catalog.path().to_str().unwrap());
    let output = cogdex(&["reprice", path, "--catalog", catalog, "--format", "json", "-q"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let [plain, huge] = document["rows"].as_array().unwrap().as_slice() else { panic!() };
    assert_eq!(high(plain), "20000000000");
    assert_eq!((&huge["state"], &huge["total"]), (&"unknown".into(), &Value::Null));
    let reason = "the total is beyond the decimal range, and is not rounded to fit";
    assert_eq!(huge["log_rows"]["refused"][0]["reason"], reason);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_ladder_has_no_jumps_and_a_log_costs_what_compare_says(
        ends in prop::collection::btree_set(1..400_u64, 1..4),
        prices in prop::collection::vec(0..900_u32, 5), per in 1..4_u32, images in 1..900_u64,
    ) {
        let rows: Vec<_> = ends.iter().zip(&prices).map(|(end, price)| {
            format!("{{ price = \"{price} USD / {} images\", up-to = {end} }}", per + 1)
        }).collect();
        let rows = format!("[{}, {{ price = \"{} USD / {} images\" }}]", rows.join(", "), prices[4], per + 1);
        let stated = format!("[[statement]]\nsource = \"page\"\nseen = 2026-01-01\nprice = {rows}\n");
        let catalog = listing(&stated);
        let total = |images: u64| {
            let job = job(&[("images", &images.to_string())]);
            quote(&catalog, &catalog.listings["p/l"], &job, &terms()).total.unwrap().high
        };
        // One image more costs what one image of some step does, and never less than nothing.
        let dearest = Decimal::from(*prices.iter().max().unwrap()) / Decimal::from(per + 1);
        let step = total(images + 1) - total(images);
        let rounding = Decimal::new(5, 12);
        prop_assert!(step >= -rounding && step <= dearest + rounding, "{step}");
        let document = repriced(&format!("model = \"m\"\n{stated}"), &log(&[("2026-11-01", images)]), &[]);
        prop_assert_eq!(high(&document["rows"][0]), total(images).normalize().to_string());
    }
}
