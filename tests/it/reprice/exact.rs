//! Totals are the sums of `compare`'s quotes, row by row, to the last digit.

use std::fmt::Write as _;
use std::io::Cursor;

use cogdex::catalog::Catalog;
use cogdex::pricing::{GivenRate, Job, Selection, Terms, amount, changes, quote, select};
use cogdex::reprice::{
    Basis, GroupBy, Input, Periods, Progress, ReadOptions, Report, Total, Usage,
};
use jiff::civil::{Date, date};
use num_bigint::BigInt;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::support::{catalog, usd};

/// One row: the day of 2026, images, size and quality.
type Drawn = (i16, u64, usize, usize);

const SIZES: [&str; 4] = ["1024x1024", "768x1344", "513x2048", "16x16"];
const QUALITIES: [&str; 4] = ["", "standard", "hd", "other"];

/// Prices that differ in all that a price may differ in, and change on four days.
fn sellers(price: u32, fee: u32, credits: u32) -> Catalog {
    let by_size = format!(
        "[{{ price = \"0.{price:04} USD / image\", size = \"1024x1024\", quality = \"hd\" }}, \
         {{ price = \"0.{:04} USD / image\", size = \"1024x1024\", quality = \"standard\" }}]",
        price + 7
    );
    let first = format!(
        "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-03-01\n\
         price = \"0.{price:04} USD / megapixel\"\nfee = {{ rate = \"{fee}.5%\", on = \"top-up\" }}\n\
         [[statement]]\nsource = \"other\"\nseen = 2026-05-01\nprice = \"0.{:04} USD / image\"\n\
         sizes = [\"1024x1024\", \"768x1344\"]\n\
         [[statement]]\nsource = \"page\"\nseen = 2026-07-01\nprice = {by_size}\n",
        price + 3
    );
    let second = format!(
        "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-02-11\n\
         price = \"{credits} credits / image\"\ncredits = \"7 credits = 0.03 CNY\"\n\
         qualities = [\"standard\", \"hd\"]\ndefault-quality = \"hd\"\n\
         [[statement]]\nsource = \"page\"\nseen = 2026-04-01\nwithdrawn = [\"price\"]\n"
    );
    catalog(&[("listings/p/l.toml", &first), ("listings/q/l.toml", &second)])
}

fn day(number: i16) -> Date {
    date(2026, 1, 1).checked_add(jiff::Span::new().days(number)).unwrap()
}

fn log(rows: &[Drawn]) -> String {
    let mut log = String::from("time,images,size,quality\n");
    for (number, images, size, quality) in rows {
        let (size, quality) = (SIZES[*size], QUALITIES[*quality]);
        writeln!(log, "{}T12:00:00Z,{images},{size},{quality}", day(*number)).unwrap();
    }
    log
}

fn rate() -> GivenRate {
    "USD/CNY=7.0197".parse().unwrap()
}

/// An amount as it is printed, in units of 28 decimals: what no decimal of 96 bits can hold.
fn units(text: &str) -> BigInt {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{rest:0<28}").parse().unwrap()
}

/// Lowest and highest sum of the quotes of all rows that have one, and how many those are.
fn quoted(
    catalog: &Catalog,
    id: &str,
    rows: &[Drawn],
    as_of: Option<Date>,
) -> (BigInt, BigInt, u64) {
    let (mut low, mut high, mut priced) = (BigInt::ZERO, BigInt::ZERO, 0);
    for (number, images, size, quality) in rows {
        let mut job =
            Job { images: *images, size: SIZES[*size].parse().unwrap(), ..Job::default() };
        job.quality = Some(QUALITIES[*quality].to_owned()).filter(|quality| !quality.is_empty());
        let as_of = as_of.unwrap_or_else(|| day(*number));
        let terms = Terms { as_of, currency: usd(), rates: vec![rate()] };
        let quote = quote(catalog, &catalog.listings[id], &job, &terms).unwrap();
        if let Some(total) = quote.total {
            low += units(&amount(total.low));
            high += units(&amount(total.high));
            priced += 1;
        }
    }
    (low, high, priced)
}

fn rows() -> impl Strategy<Value = Vec<Drawn>> {
    prop::collection::vec((0..365_i16, 1..2_000_000_u64, 0..4_usize, 0..4_usize), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 150, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn a_log_costs_the_sum_of_its_rows_quotes(
        rows in rows(), price in 2_000..9_000_u32, fee in 0..20_u32, credits in 1..50_u32,
        late in any::<bool>(), daily in any::<bool>(),
    ) {
        let catalog = sellers(price, fee, credits);
        let as_of = late.then(|| date(2026, 8, 1));
        let by = GroupBy { day: daily, month: !daily, ..GroupBy::default() };
        let listings = select(&catalog, &Selection::default()).unwrap();
        let days: Vec<_> = listings.iter().flat_map(|listing| changes(&catalog, listing)).collect();
        let days = if late { Vec::new() } else { days };
        let reading =
            ReadOptions { periods: Periods::new(&days, by.day, by.month), ..ReadOptions::default() };
        let input = Input::Text(Box::new(Cursor::new(log(&rows))));
        let usage = Usage::read(input, &reading, &Progress::default()).unwrap();
        let basis = Basis { job: Job::default(), currency: usd(), rates: vec![rate()] };
        let report = Report::new(&catalog, &listings, &usage, basis, by, as_of).unwrap();
        for line in &report.lines {
            let id = line.listing.id.as_str();
            let wanted = quoted(&catalog, id, &rows, as_of);
            let (low, high) =
                (units(&line.sum.low.to_string()), units(&line.sum.high.to_string()));
            prop_assert_eq!((low, high, line.sum.priced.rows), wanted);
            let refused: u64 = line.sum.refused.values().sum();
            prop_assert_eq!(line.sum.priced.rows + refused, rows.len() as u64);
            // The days, or months, add up to the whole.
            let mut parts = Total::default();
            for (_, _, sum) in report.parts.iter().filter(|(_, listing, _)| listing.id == id) {
                parts.join(sum.high).unwrap();
            }
            prop_assert_eq!(parts.to_string(), line.sum.high.to_string());
        }
    }

    #[test]
    fn a_total_is_exact_and_in_order(
        amounts in prop::collection::vec((0..=u64::MAX, 0..=20_u32, 0..1_000_000_u64), 1..20),
    ) {
        use num_rational::BigRational;
        let mut total = Total::default();
        let mut wanted = BigRational::from_integer(0.into());
        let mut before = total;
        for (mantissa, scale, times) in amounts {
            let one = Decimal::from_i128_with_scale(i128::from(mantissa), scale);
            let ten = BigInt::from(10_u8).pow(scale);
            let exact = BigRational::new(mantissa.into(), ten);
            let Ok(()) = total.add(one, times) else { break };
            wanted += exact * BigRational::from_integer(times.into());
            let text = total.to_string();
            let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
            let digits: BigInt = format!("{whole}{rest}").parse().unwrap();
            let power = BigInt::from(10_u8).pow(u32::try_from(rest.len()).unwrap());
            prop_assert_eq!(&BigRational::new(digits, power), &wanted);
            prop_assert_eq!(total.cmp(&before), if times == 0 || mantissa == 0 {
                std::cmp::Ordering::Equal
            } else {
                std::cmp::Ordering::Greater
            });
            before = total;
        }
    }
}

#[test]
fn a_total_that_can_not_be_held_is_an_error() {
    let mut total = Total::default();
    let most = Decimal::MAX;
    assert!((0..2).all(|_| total.add(most, 1_000_000_000).is_ok()));
    assert!(total.add(most, u64::MAX).is_err());
}
