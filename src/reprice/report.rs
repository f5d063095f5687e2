//! What a log would have cost: totals of every listing, and of days, months, tags or listings of
//! the log besides. What a listing can't price is counted and named.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::listing_sum::{MonthVolumes, OpenSum, Sum};
use super::usage::{Usage, UsageCount, UsageKey};
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
    /// Each part of the log on each listing, the listings in the order of the lines.
    pub parts: Vec<(Breakdown, &'c Listing, Sum)>,
    /// The reasons, by number.
    pub reasons: Vec<Reason>,
    pub rates: Vec<UsedRate>,
    /// The day whose facts count, where it is one for all rows.
    pub as_of: Option<Date>,
}

impl<'c> RepriceReport<'c> {
    /// Prices every group of the log on every listing; `variant` holds what the log does not tell.
    pub fn new(
        table: &PriceTable<'_>,
        listings: &[&'c Listing],
        usage: &Usage,
        variant: &Variant,
        by: GroupBy,
        as_of: Option<Date>,
    ) -> Self {
        let (costs, reasons, rates) = (Vec::new(), Vec::new(), Vec::new());
        let mut pricing = Pricing { table, listings, variant, kind: None, costs, reasons, rates };
        let mut sums = vec![OpenSum::default(); listings.len()];
        let mut parts: BTreeMap<Breakdown, Vec<OpenSum>> = BTreeMap::new();
        for (alike, count) in &usage.groups {
            pricing.turn_to(alike, as_of.unwrap_or(alike.period));
            pricing.add(&mut sums, *count, alike.period);
            if by.any() {
                let part = parts.entry(Breakdown::new(alike, by));
                let part = part.or_insert_with(|| vec![OpenSum::default(); listings.len()]);
                pricing.add(part, *count, alike.period);
            }
        }
        // What a month's volume is stands in the whole log, and not in a part of it.
        let volumes: Vec<MonthVolumes> = sums.iter().map(OpenSum::volumes).collect();
        let sums = pricing.closed(sums, &volumes);
        let mut order: Vec<usize> = (0..listings.len()).collect();
        order.sort_by_key(|place| {
            let sum = &sums[*place];
            let total = sum.total().map(|(low, high)| (high, low));
            let floor = sum.is_floor().then_some(Reverse(sum.priced.rows));
            (total.is_none(), floor, total, listings[*place].id.clone())
        });
        let mut all = Vec::with_capacity(parts.len() * listings.len());
        for (part, sums) in parts {
            let sums = pricing.closed(sums, &volumes);
            for place in &order {
                all.push((part.clone(), listings[*place], sums[*place].clone()));
            }
        }
        let line =
            |place: &usize| ReportLine { listing: listings[*place], sum: sums[*place].clone() };
        let lines = order.iter().map(line).collect();
        let Pricing { reasons, rates, .. } = pricing;
        Self { lines, parts: all, reasons, rates, as_of }
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

/// What all listings ask for one kind of row after the other.
struct Pricing<'t, 'c> {
    table: &'t PriceTable<'t>,
    listings: &'t [&'c Listing],
    /// What the log does not tell of an image.
    variant: &'t Variant,
    /// The kind of row that the costs are of; rows are sorted by it.
    kind: Option<(Date, Option<Size>, Option<String>)>,
    /// By listing what an image of that kind costs, or the number of the reason.
    costs: Vec<Result<OfferCost, usize>>,
    reasons: Vec<Reason>,
    rates: Vec<UsedRate>,
}

impl Pricing<'_, '_> {
    /// Finds what rows of a kind cost, unless the last were of that kind, too.
    fn turn_to(&mut self, alike: &UsageKey, day: Date) {
        let kind = Some((day, alike.size, alike.quality.clone()));
        if self.kind == kind {
            return;
        }
        self.kind = kind;
        let variant = alike.size.map(|size| {
            let quality = alike.quality.clone();
            Variant { size, quality, ..self.variant.clone() }
        });
        let mut costs = Vec::with_capacity(self.listings.len());
        for listing in self.listings {
            let Some(variant) = &variant else {
                costs.push(Err(self.number(&Reason::SizeNotGiven)));
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
                Err(reason) => Err(self.number(reason)),
            });
        }
        self.costs = costs;
    }

    /// The sums with what is divided, and with what could not be priced as a whole.
    fn closed(&mut self, sums: Vec<OpenSum>, volumes: &[MonthVolumes]) -> Vec<Sum> {
        let sums = sums.into_iter().zip(volumes);
        sums.map(|(sum, volumes)| sum.close(volumes, |reason| self.number(reason))).collect()
    }

    /// The number of a reason.
    fn number(&mut self, reason: &Reason) -> usize {
        let known = self.reasons.iter().position(|known| known == reason);
        known.unwrap_or_else(|| {
            self.reasons.push(reason.clone());
            self.reasons.len() - 1
        })
    }

    /// Adds rows of the kind to the sums of all listings.
    fn add(&self, sums: &mut [OpenSum], count: UsageCount, period: Date) {
        for (sum, cost) in sums.iter_mut().zip(&self.costs) {
            match cost {
                Ok(cost) => sum.add_priced(cost, count, period),
                Err(number) => {
                    let unknown = self.reasons.get(*number).is_some_and(Reason::is_unknown);
                    sum.add_refused(*number, !unknown, count);
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
