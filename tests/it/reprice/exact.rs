//! Totals are the sums of the shares of all rows, to the last digit.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Cursor;

use cogdex::catalog::Catalog;
use cogdex::pricing::{
    GivenRate, Job, PriceTable, Selection, Share, UnitCost, Variant, changes_of, select,
};
use cogdex::reprice::{
    GroupBy, Input, Periods, ReadOptions, ReadProgress, RepriceReport, Total, Usage,
};
use jiff::civil::{Date, date};
use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;

use crate::money::reference::half_even;
use crate::support::{Terms, catalog, usd};

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

/// What the images of a log come to at one end: those that cost the same by the sum of their
/// images, rounded once, half to even, where their cost does not end as a decimal.
#[derive(Default)]
struct Shares(BTreeMap<BigRational, (u64, bool)>);

impl Shares {
    fn add(&mut self, cost: UnitCost, images: u64) {
        let of = |n: i128| BigRational::from_integer(n.into());
        let dividend = cost.dividend();
        let ten = BigInt::from(10).pow(dividend.scale);
        let cost_of_one = of(dividend.mantissa) / of(cost.divisor()) / BigRational::from(ten);
        let (sum, _) = self.0.entry(cost_of_one).or_insert((0, cost.divisor() != 1));
        *sum += images;
    }

    /// In units of 28 decimals.
    fn total(&self) -> BigInt {
        let share = |(cost, (images, rounded)): (&BigRational, &(u64, bool))| {
            let share = cost * BigRational::from_integer((*images).into());
            if *rounded { half_even(&share, 12) } else { share }
        };
        let total: BigRational = self.0.iter().map(share).sum();
        (total * BigRational::from_integer(BigInt::from(10).pow(28))).to_integer()
    }
}

/// Lowest and highest of all rows that have a price, and how many those are.
fn priced(
    table: &PriceTable<'_>,
    id: &str,
    rows: &[Drawn],
    as_of: Option<Date>,
) -> (BigInt, BigInt, u64) {
    let (mut low, mut high, mut priced) = (Shares::default(), Shares::default(), 0);
    for (number, images, size, quality) in rows {
        let mut job =
            Job { images: *images, size: SIZES[*size].parse().unwrap(), ..Job::default() };
        job.quality = Some(QUALITIES[*quality].to_owned()).filter(|quality| !quality.is_empty());
        let listing = &table.catalog().listings[id];
        let offer = table.offer(listing, as_of.unwrap_or_else(|| day(*number)), &(&job).into());
        let total = offer.quote(&job).total;
        // A row alone is a share alone, and costs what its quote says.
        assert_eq!(offer.amount(*images).ok(), total);
        if let Ok(cost) = offer.cost() {
            let (lowest, highest) = cost.single().unwrap().unwrap();
            low.add(lowest, *images);
            high.add(highest, *images);
            priced += 1;
        }
    }
    (low.total(), high.total(), priced)
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
        let days: Vec<_> = listings.iter().flat_map(|listing| changes_of(&catalog, listing)).collect();
        let days = if late { Vec::new() } else { days };
        let reading =
            ReadOptions { periods: Periods::new(&days, by.day, by.month), ..ReadOptions::default() };
        let input = Input::Text(Box::new(Cursor::new(log(&rows))));
        let usage = Usage::read(input, &reading, &ReadProgress::default()).unwrap();
        let terms = Terms { as_of: day(0), currency: usd(), rates: vec![rate()] };
        let variant = Variant::default();
        let table = terms.table(&catalog);
        let report = RepriceReport::new(&table, &listings, &usage, &variant, by, as_of);
        for line in &report.lines {
            let id = line.listing.id.as_str();
            let wanted = priced(&table, id, &rows, as_of);
            let (low, high) =
                (units(&line.sum.low.to_string()), units(&line.sum.high.to_string()));
            prop_assert_eq!((low, high, line.sum.priced.rows), wanted);
            let refused: u64 = line.sum.refused.values().sum();
            prop_assert_eq!(line.sum.priced.rows + refused, rows.len() as u64);
            // The days, or months, add up to the whole, but for the last digit where a share is
            // cut in parts, each of which is rounded.
            let mut parts = Total::default();
            let mut count = 0_u64;
            for (_, _, sum) in report.sums_of_parts().filter(|(_, listing, _)| listing.id == id) {
                parts.join(sum.high).unwrap();
                count += 2;
            }
            let off = units(&parts.to_string()) - units(&line.sum.high.to_string());
            let digit = BigInt::from(10).pow(16) * count;
            prop_assert!(off <= digit && -off <= digit, "{parts} is not {}", line.sum.high);
        }
    }

    #[test]
    fn a_total_is_exact_and_in_order(
        amounts in prop::collection::vec((0..=u64::MAX, 0..=20_u32, 0..1_000_000_u64), 1..20),
    ) {
        let mut total = Total::default();
        let mut wanted = BigRational::from_integer(0.into());
        let mut before = total;
        for (mantissa, scale, times) in amounts {
            let product = i128::from(mantissa) * i128::from(times);
            let ten = BigInt::from(10_u8).pow(scale);
            let exact = BigRational::new(mantissa.into(), ten);
            let Ok(()) = total.add(Share { mantissa: product, scale }) else { break };
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
    let most = Share { mantissa: i128::MAX / 2, scale: 0 };
    assert!((0..2).all(|_| total.add(most).is_ok()));
    assert!(total.add(most).is_err());
}
