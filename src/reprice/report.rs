//! What a log would have cost: totals of every listing, and of days, months, tags or listings of
//! the log besides. What a listing can't price is counted and named.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use super::listing_sum::{MonthVolumes, OpenSum, PricedCount, Sum};
use super::usage::{Usage, UsageKey};
use crate::catalog::{Listing, Size};
use crate::pricing::{OfferCost, PriceTable, Reason, UsedRate, Variant};

/// By what totals are parted, beside the listings that are priced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub struct GroupBy {
    pub day: bool,
    pub month: bool,
    pub tag: bool,
    /// The listing or model that the log gives.
    pub listing: bool,
}

impl GroupBy {
    /// Whether there are groups at all.
    pub fn any(self) -> bool {
        self.day || self.month || self.tag || self.listing
    }

    /// The words of what totals are parted by.
    pub fn keys(self) -> Vec<&'static str> {
        let all = [
            (self.day, "day"),
            (self.month, "month"),
            (self.tag, "tag"),
            (self.listing, "log_listing"),
        ];
        all.into_iter().filter_map(|(wanted, key)| wanted.then_some(key)).collect()
    }
}

/// What one group has in common; what is not asked for is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breakdown {
    pub day: Option<Date>,
    /// The month, `2026-11`.
    pub month: Option<String>,
    /// The tag; empty where a row has none.
    pub tag: Option<String>,
    /// The log's listing or model; empty where a row has none.
    pub listing: Option<String>,
}

/// One listing's line of a report.
#[derive(Debug)]
pub struct ReportLine<'c> {
    pub listing: &'c Listing,
    pub sum: Sum,
}

/// What a log would have cost.
#[derive(Debug)]
pub struct RepriceReport<'c> {
    /// Every listing: whole totals from the cheapest, then floors from the one with most rows
    /// priced, then the others.
    pub lines: Vec<ReportLine<'c>>,
    /// Each part of the log, with its sums in the order of the lines.
    pub parts: Vec<(Breakdown, Vec<Sum>)>,
    /// The reasons, by number.
    pub reasons: Vec<Reason>,
    pub rates: Vec<UsedRate>,
    /// The day whose facts count, where it is one for all rows.
    pub as_of: Option<Date>,
}

/// More sums of parts are refused, so that memory stays bounded: some 500 MB.
const MAX_SUMS: usize = 2_000_000;

/// Says that a report would have too many sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{parts} parts of the log on {listings} listings are more than {MAX_SUMS} totals; leave out --by \
     tag or --by day, or choose a listing with --model"
)]
pub struct TooManySums {
    parts: usize,
    listings: usize,
}

/// Rows of a part of the log that have one kind.
struct PartRows {
    kind: usize,
    count: PricedCount,
    period: Date,
}

impl<'c> RepriceReport<'c> {
    /// Refuses a report that would not fit into the memory.
    pub fn check_parts(usage: &Usage, listings: usize, by: GroupBy) -> Result<(), TooManySums> {
        if !by.any() || usage.groups.len().saturating_mul(listings) <= MAX_SUMS {
            return Ok(());
        }
        let parts: BTreeSet<_> = usage.groups.keys().map(|it| Breakdown::new(it, by)).collect();
        let parts = parts.len();
        let fits = parts.saturating_mul(listings) <= MAX_SUMS;
        if fits { Ok(()) } else { Err(TooManySums { parts, listings }) }
    }

    /// Prices every group of the log on every listing; `variant` holds what the log does not tell.
    pub fn new(
        table: &PriceTable<'_>,
        listings: &[&'c Listing],
        usage: &Usage,
        variant: &Variant,
        by: GroupBy,
        as_of: Option<Date>,
    ) -> Self {
        let mut pricing = Pricing::new(table, listings, variant);
        let mut sums = vec![OpenSum::default(); listings.len()];
        let mut parts: BTreeMap<Breakdown, Vec<PartRows>> = BTreeMap::new();
        for (alike, count) in &usage.groups {
            // Kinds are kept for the parts alone.
            let kind = pricing.turn_to(alike, as_of.unwrap_or(alike.period), by.any());
            // No log has more: see `Usage`.
            let images = i64::try_from(count.images).unwrap_or(i64::MAX);
            let images = if alike.is_refund { -images } else { images };
            let count = PricedCount { rows: count.rows, images };
            let rows = PartRows { kind, count, period: alike.period };
            pricing.add(&mut sums, &rows);
            if by.any() {
                parts.entry(Breakdown::new(alike, by)).or_default().push(rows);
            }
        }
        // What a month's volume is stands in the whole log, and not in a part of it.
        let volumes: Vec<MonthVolumes> = sums.iter().map(OpenSum::volumes).collect();
        let sums = pricing.closed(sums, &volumes);
        let order = order_of(listings, &sums);
        let mut all = Vec::with_capacity(parts.len());
        for (part, rows) in parts {
            let mut sums = vec![OpenSum::default(); listings.len()];
            for rows in &rows {
                pricing.add(&mut sums, rows);
            }
            let sums = pricing.closed(sums, &volumes);
            all.push((part, order.iter().map(|place| sums[*place].clone()).collect()));
        }
        let line =
            |place: &usize| ReportLine { listing: listings[*place], sum: sums[*place].clone() };
        let lines = order.iter().map(line).collect();
        let Pricing { reasons, rates, .. } = pricing;
        Self { lines, parts: all, reasons: reasons.all, rates, as_of }
    }

    /// Every part of the log on every listing.
    pub fn sums_of_parts(&self) -> impl Iterator<Item = (&Breakdown, &'c Listing, &Sum)> + '_ {
        self.parts.iter().flat_map(|(part, sums)| {
            self.lines.iter().zip(sums).map(move |(line, sum)| (part, line.listing, sum))
        })
    }

    /// The reasons of a sum, with how many rows each refused.
    pub fn refused<'r>(&'r self, sum: &'r Sum) -> impl Iterator<Item = (&'r Reason, u64)> + 'r {
        let refused = sum.refused.iter();
        refused.filter_map(|(number, rows)| Some((self.reasons.get(*number)?, *rows)))
    }

    /// Whether any row was refused for being older than what is known of a listing.
    pub fn has_early_rows(&self) -> bool {
        let mut refused = self.lines.iter().flat_map(|line| self.refused(&line.sum));
        refused.any(|(reason, _)| reason.is_early())
    }
}

/// The listings' places in a report: whole totals from the cheapest, then floors from the one with
/// most rows priced, then the others.
fn order_of(listings: &[&Listing], sums: &[Sum]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..listings.len()).collect();
    order.sort_by_key(|place| {
        let sum = &sums[*place];
        let total = sum.total().map(|(low, high)| (high, low));
        let floor = sum.is_floor().then_some(Reverse(sum.priced.rows));
        (total.is_none(), floor, total, listings[*place].id.clone())
    });
    order
}

/// Reasons by number.
#[derive(Default)]
struct NumberedReasons {
    all: Vec<Reason>,
    numbers: HashMap<Reason, usize>,
}

impl NumberedReasons {
    fn number(&mut self, reason: &Reason) -> usize {
        if let Some(number) = self.numbers.get(reason) {
            return *number;
        }
        let number = self.all.len();
        self.all.push(reason.clone());
        self.numbers.insert(reason.clone(), number);
        number
    }
}

/// What the log says of rows of one kind: their day, size and quality.
type RowKind = (Date, Option<Size>, Option<String>);

/// What all listings ask for one kind of row after the other.
struct Pricing<'t, 'c> {
    table: &'t PriceTable<'t>,
    listings: &'t [&'c Listing],
    /// What the log does not tell of an image.
    variant: &'t Variant,
    /// The kind of row that the last costs are of; rows are sorted by it.
    kind: Option<RowKind>,
    /// For each kind that is kept, by listing: what an image costs, or the number of the reason.
    costs: Vec<Vec<Result<OfferCost, usize>>>,
    reasons: NumberedReasons,
    rates: Vec<UsedRate>,
}

impl<'t, 'c> Pricing<'t, 'c> {
    fn new(table: &'t PriceTable<'t>, listings: &'t [&'c Listing], variant: &'t Variant) -> Self {
        let (costs, reasons, rates) = (Vec::new(), NumberedReasons::default(), Vec::new());
        Self { table, listings, variant, kind: None, costs, reasons, rates }
    }

    /// Finds what rows of a kind cost, unless the last were of that kind, too; tells its number.
    fn turn_to(&mut self, alike: &UsageKey, day: Date, is_kept: bool) -> usize {
        let kind = Some((day, alike.size, alike.quality.clone()));
        if self.kind == kind {
            return self.costs.len() - 1;
        }
        self.kind = kind;
        let variant = alike.size.map(|size| {
            let quality = alike.quality.clone();
            Variant { size, quality, ..self.variant.clone() }
        });
        let mut costs = Vec::with_capacity(self.listings.len());
        for listing in self.listings {
            let Some(variant) = &variant else {
                costs.push(Err(self.reasons.number(&Reason::SizeNotGiven)));
                continue;
            };
            let offer = self.table.offer(listing, day, variant);
            costs.push(match offer.cost() {
                Ok(cost) => {
                    let new = offer.rates().iter().filter(|rate| !self.rates.contains(rate));
                    let new: Vec<_> = new.cloned().collect();
                    self.rates.extend(new);
                    Ok(cost.clone())
                }
                Err(reason) => Err(self.reasons.number(reason)),
            });
        }
        if !is_kept {
            self.costs.clear();
        }
        self.costs.push(costs);
        self.costs.len() - 1
    }

    /// The sums with what is divided, and with what could not be priced as a whole.
    fn closed(&mut self, sums: Vec<OpenSum>, volumes: &[MonthVolumes]) -> Vec<Sum> {
        let sums = sums.into_iter().zip(volumes);
        let close = |(sum, volumes): (OpenSum, &MonthVolumes)| {
            sum.close(volumes, |reason| self.reasons.number(reason))
        };
        sums.map(close).collect()
    }

    /// Adds rows of a kind to the sums of all listings.
    fn add(&self, sums: &mut [OpenSum], rows: &PartRows) {
        let costs = self.costs.get(rows.kind).into_iter().flatten();
        for (sum, cost) in sums.iter_mut().zip(costs) {
            match cost {
                Ok(cost) => sum.add_priced(cost, rows.count, rows.period),
                Err(number) => {
                    let unknown = self.reasons.all.get(*number).is_some_and(Reason::is_unknown);
                    sum.add_refused(*number, !unknown, rows.count.rows);
                }
            }
        }
    }
}

impl Breakdown {
    fn new(alike: &UsageKey, by: GroupBy) -> Self {
        let word =
            |wanted: bool, word: &Option<String>| wanted.then(|| word.clone().unwrap_or_default());
        Self {
            day: by.day.then_some(alike.period),
            month: by.month.then(|| alike.period.strftime("%Y-%m").to_string()),
            tag: word(by.tag, &alike.tag),
            listing: word(by.listing, &alike.listing),
        }
    }

    /// What it has in common, by the words of the command line.
    pub fn keys(&self) -> Vec<(&'static str, String)> {
        let day = self.day.map(|day| day.to_string());
        let all = [
            ("day", day.as_ref()),
            ("month", self.month.as_ref()),
            ("tag", self.tag.as_ref()),
            ("listing", self.listing.as_ref()),
        ];
        all.into_iter().filter_map(|(key, value)| Some((key, value?.clone()))).collect()
    }
}
