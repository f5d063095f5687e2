//! What a log would have cost: totals of every listing, and of days, months, tags or listings of
//! the log besides. What a listing can't price is counted and named.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::book::{Answer, BEFORE_FIRST, Basis, Book, Drawn};
use super::total::Total;
use super::usage::{Count, Usage, UsageKey};
use crate::catalog::{Catalog, Listing, Overflow};
use crate::pricing::{QuoteError, State, UsedRate};

/// By what totals are parted, beside the listings that are priced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub struct GroupBy {
    /// The UTC day of a row.
    pub day: bool,
    /// Its month.
    pub month: bool,
    /// Its tag.
    pub tag: bool,
    /// The listing or model that the log gives.
    pub listing: bool,
}

impl GroupBy {
    /// Whether there are groups at all.
    pub fn any(self) -> bool {
        self.day || self.month || self.tag || self.listing
    }
}

/// What one group has in common; what is not asked for is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breakdown {
    /// The day.
    pub day: Option<Date>,
    /// The month, `2026-11`.
    pub month: Option<String>,
    /// The tag; empty where a row has none.
    pub tag: Option<String>,
    /// The log's listing or model; empty where a row has none.
    pub listing: Option<String>,
}

/// What rows cost on one listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    /// From the lowest to the highest; of the rows that were priced.
    pub low: Total,
    /// The highest.
    pub high: Total,
    /// What was priced.
    pub priced: Count,
    /// Rows that were refused, by the number of the reason.
    pub refused: BTreeMap<usize, u64>,
    disputed: bool,
    declined: bool,
}

impl Sum {
    /// Whether the total lacks rows, and the true one is higher.
    pub fn is_floor(&self) -> bool {
        self.priced.rows > 0 && !self.refused.is_empty()
    }

    /// The total, where anything was priced.
    pub fn total(&self) -> Option<(Total, Total)> {
        (self.priced.rows > 0).then_some((self.low, self.high))
    }

    /// What can be said of all its rows together.
    pub fn state(&self) -> State {
        match (self.priced.rows, self.disputed, self.high.is_zero()) {
            (0, ..) if self.declined => State::Refused,
            (0, ..) => State::Unknown,
            (_, true, _) => State::Disputed,
            (_, false, true) => State::Free,
            (_, false, false) => State::Priced,
        }
    }

    fn add(&mut self, answer: Answer, count: Count) -> Result<(), Overflow> {
        match answer {
            Answer::Priced { low, high, state } => {
                self.low.add(low, count.images)?;
                self.high.add(high, count.images)?;
                self.priced.rows += count.rows;
                let images = self.priced.images.checked_add(count.images);
                self.priced.images = images.ok_or(Overflow)?;
                self.disputed |= state == State::Disputed;
            }
            Answer::Refused { state, reason } => {
                *self.refused.entry(reason).or_default() += count.rows;
                self.declined |= state == State::Refused;
            }
        }
        Ok(())
    }
}

/// One listing's line of a report.
#[derive(Debug)]
pub struct ReportLine<'c> {
    /// The listing.
    pub listing: &'c Listing,
    /// What the log costs there.
    pub sum: Sum,
}

/// What a log would have cost.
#[derive(Debug)]
pub struct Report<'c> {
    /// Every listing: whole totals first, then floors, each from the cheapest; then the others.
    pub lines: Vec<ReportLine<'c>>,
    /// Each part of the log on each listing, the listings in the order of the lines.
    pub parts: Vec<(Breakdown, &'c Listing, Sum)>,
    /// The words of the reasons, by number.
    pub reasons: Vec<String>,
    /// Every rate that was used.
    pub rates: Vec<UsedRate>,
    /// The day whose facts count, where it is one for all rows.
    pub as_of: Option<Date>,
}

impl<'c> Report<'c> {
    /// Prices every group of the log on every listing.
    pub fn new(
        catalog: &'c Catalog,
        listings: &[&'c Listing],
        usage: &Usage,
        basis: Basis,
        by: GroupBy,
        as_of: Option<Date>,
    ) -> Result<Self, QuoteError> {
        let mut drawn: Vec<Drawn> =
            usage.groups.keys().map(|alike| (alike.size, alike.quality.clone())).collect();
        drawn.sort_unstable();
        drawn.dedup();
        let kinds: BTreeMap<Drawn, usize> = drawn.iter().cloned().zip(0..).collect();
        let mut book = Book::new(catalog, listings, drawn, basis);
        let mut sums: Vec<Sum> = vec![Sum::default(); listings.len()];
        let mut parts: BTreeMap<Breakdown, Vec<Sum>> = BTreeMap::new();
        for (alike, count) in &usage.groups {
            let kind = kinds.get(&(alike.size, alike.quality.clone())).copied().unwrap_or_default();
            let day = as_of.unwrap_or(alike.period);
            let mut part = by.any().then(|| {
                parts
                    .entry(Breakdown::of(alike, by))
                    .or_insert_with(|| vec![Sum::default(); listings.len()])
            });
            for (place, sum) in sums.iter_mut().enumerate() {
                let answer = book.answer(place, day, kind)?;
                let overflow =
                    |Overflow| QuoteError::Overflow { listing: listings[place].id.to_string() };
                sum.add(answer, *count).map_err(overflow)?;
                if let Some(part) = &mut part {
                    part[place].add(answer, *count).map_err(overflow)?;
                }
            }
        }
        let reasons = book.reasons().to_vec();
        let rates = book.rates().to_vec();
        let mut order: Vec<usize> = (0..listings.len()).collect();
        order.sort_by_key(|place| {
            let sum = &sums[*place];
            let total = sum.total().map(|(low, high)| (high, low));
            (total.is_none(), sum.is_floor(), total, listings[*place].id.clone())
        });
        let mut all = Vec::with_capacity(parts.len() * listings.len());
        for (part, sums) in parts {
            for place in &order {
                all.push((part.clone(), listings[*place], sums[*place].clone()));
            }
        }
        let line =
            |place: &usize| ReportLine { listing: listings[*place], sum: sums[*place].clone() };
        let lines = order.iter().map(line).collect();
        Ok(Self { lines, parts: all, reasons, rates, as_of })
    }

    /// The words of the reasons of a sum, with how many rows each refused.
    pub fn refused<'r>(&'r self, sum: &'r Sum) -> impl Iterator<Item = (&'r str, u64)> + 'r {
        let reason = |number: &usize| self.reasons.get(*number).map_or("", String::as_str);
        sum.refused.iter().map(move |(number, rows)| (reason(number), *rows))
    }

    /// Whether any row was refused for being older than what is known of a listing.
    pub fn has_early_rows(&self) -> bool {
        let early = self.reasons.iter().position(|reason| reason == BEFORE_FIRST);
        early.is_some_and(|early| {
            self.lines.iter().any(|line| line.sum.refused.contains_key(&early))
        })
    }
}

impl Breakdown {
    fn of(alike: &UsageKey, by: GroupBy) -> Self {
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
