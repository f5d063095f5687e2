//! A quote: what a job costs on one listing, with its state, lines, readings and warnings. Types
//! alone; `offer` fills them.

use std::fmt;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::ranking::RankBy;
use super::rates::UsedRate;
use super::reason::{Reason, Warning};
use crate::catalog::{Currency, SourcePlace};

/// Amounts from the lowest to the highest that the sources allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PriceRange {
    pub low: Decimal,
    pub high: Decimal,
}

impl PriceRange {
    /// The range from the lower low to the higher high.
    pub(super) fn hull(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }
}

impl fmt::Display for PriceRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = (self.low.normalize(), self.high.normalize());
        if low == high { write!(f, "{low}") } else { write!(f, "{low} to {high}") }
    }
}

/// Whole numbers from the lowest to the highest: images, or seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CountRange {
    pub low: u64,
    pub high: u64,
}

impl CountRange {
    /// The range from the lower low to the higher high.
    pub(super) fn hull(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }
}

/// What can be said of the job on a listing.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::Display, strum::IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
pub enum QuoteState {
    /// The sources agree; an assumption may still give a range.
    Priced,
    /// The sources differ, and so does the total.
    Disputed,
    /// It costs nothing, by all sources.
    Free,
    /// No source states what is needed.
    Unknown,
    /// The listing can't do the job, or the question lacks what a price needs.
    Refused,
}

impl QuoteState {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What a line of a quote does to what is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// The price itself, or a part of it.
    Price,
    /// The share of the price that is paid in a batch.
    Share,
    /// Credits become money.
    Credits,
    Fee,
    /// Money is exchanged.
    Rate,
}

/// One line of a quote.
#[derive(Debug, Clone, PartialEq)]
pub struct QuoteLine {
    pub kind: LineKind,
    /// What is paid for.
    pub what: String,
    pub quantity: Decimal,
    /// What one unit costs, or the equation by which the quantity is converted, as it is stated.
    pub unit_price: String,
    /// What the quantity comes to in `currency`.
    pub amount: Decimal,
    pub currency: Currency,
    /// Who states the unit price.
    pub sources: Arc<[SourcePlace]>,
}

/// What follows if some sides of a dispute are right.
#[derive(Debug, Clone, PartialEq)]
pub struct QuoteReading {
    pub sources: Vec<SourcePlace>,
    /// What it costs; `None` where these sides refuse the job.
    pub total: Option<PriceRange>,
    /// With a budget: how many images it gives.
    pub images: Option<CountRange>,
    /// What the sides say, and why they refuse the job.
    pub reason: String,
    /// Why they refuse it.
    pub refusal: Option<Reason>,
    /// The lines of its highest total.
    pub lines: Vec<QuoteLine>,
    /// The lines of its lowest total, where that is another.
    pub low_lines: Vec<QuoteLine>,
}

/// What a job costs on one listing.
#[derive(Debug, Clone, PartialEq)]
pub struct Quote {
    /// The listing's id.
    pub listing: String,
    /// The provider's id.
    pub provider: String,
    pub state: QuoteState,
    /// What it costs in the currency of the terms, where that is known.
    pub total: Option<PriceRange>,
    /// The total's share per image that is kept, rounded once at 12 decimals.
    pub per_image: Option<PriceRange>,
    /// With a budget: how many images it gives at least and at most.
    pub images: Option<CountRange>,
    /// What has to be paid before the first image, where credits come in packs or a least amount
    /// has to be paid in.
    pub first_payment: Option<PriceRange>,
    /// What the same costs as a batch, where it is not asked for as one.
    pub batch_total: Option<PriceRange>,
    /// How long it takes, where latencies are stated.
    pub duration_s: Option<CountRange>,
    /// The lines of the highest total.
    pub lines: Vec<QuoteLine>,
    /// One reading, or more where sources differ.
    pub readings: Vec<QuoteReading>,
    pub warnings: Vec<Warning>,
    /// Why there is no total.
    pub reason: Option<Reason>,
    /// The rates that were used.
    pub rates: Vec<UsedRate>,
}

/// What the sources of a disputed quote differ on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum DisputedPart {
    Price,
    /// Whether the size is offered: the price itself has one answer.
    Size,
    /// Whether the quality is offered.
    Quality,
}

impl DisputedPart {
    /// The word that stands before `disputed`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl QuoteReading {
    /// What it comes to before its bills are exchanged, by each bill; nothing where one is not.
    fn own_costs(&self) -> impl Iterator<Item = Option<(Decimal, Currency)>> {
        let bills = [&self.low_lines, &self.lines].into_iter().filter(|lines| !lines.is_empty());
        bills.map(|lines| {
            let (last, before) = lines.split_last()?;
            let is_exchanged = |line: &QuoteLine| line.kind == LineKind::Rate;
            // What is exchanged first and then added to is in two kinds of money.
            let is_own = is_exchanged(last) && !before.iter().any(is_exchanged);
            is_own.then_some((last.quantity, before.last()?.currency))
        })
    }
}

impl Quote {
    /// What it is ranked by: the total, or what has to be paid first, where anything has.
    pub fn ranked_amount(&self, rank_by: RankBy) -> Option<PriceRange> {
        match rank_by {
            RankBy::Total => self.total,
            RankBy::FirstPayment => self.first_payment.or(self.total),
        }
    }

    /// What a converted quote comes to in the seller's own money, where all its bills are in one.
    pub fn own_cost(&self) -> Option<(PriceRange, Currency)> {
        let priced = self.readings.iter().filter(|reading| reading.total.is_some());
        let costs: Option<Vec<_>> = priced.flat_map(QuoteReading::own_costs).collect();
        let costs = costs?;
        let (_, own) = *costs.first()?;
        let ranges = costs.iter().map(|(amount, _)| PriceRange { low: *amount, high: *amount });
        let range = ranges.reduce(PriceRange::hull)?;
        costs.iter().all(|(_, it)| *it == own).then_some((range, own))
    }

    /// What the sources differ on; nothing where the quote is not disputed. Where all that have a
    /// price have the same, they differ on why others refuse the job.
    pub fn disputed_part(&self) -> Option<DisputedPart> {
        if self.state != QuoteState::Disputed {
            return None;
        }
        let mut priced = self.readings.iter().filter(|reading| reading.total.is_some());
        let comes_to = |reading: &QuoteReading| (reading.total, reading.images);
        let first = priced.next().map(comes_to);
        if priced.any(|reading| Some(comes_to(reading)) != first) {
            return Some(DisputedPart::Price);
        }
        let refusals = self.readings.iter().filter_map(|reading| reading.refusal.as_ref());
        Some(refusals.map(Reason::disputed_part).next().unwrap_or(DisputedPart::Price))
    }

    /// A quote without a total.
    pub(super) fn without_total(listing: &str, provider: &str, reason: Reason) -> Self {
        let state = if reason.is_unknown() { QuoteState::Unknown } else { QuoteState::Refused };
        Self {
            listing: listing.to_owned(),
            provider: provider.to_owned(),
            state,
            total: None,
            per_image: None,
            images: None,
            first_payment: None,
            batch_total: None,
            duration_s: None,
            lines: Vec::new(),
            readings: Vec::new(),
            warnings: Vec::new(),
            reason: Some(reason),
            rates: Vec::new(),
        }
    }

    /// Takes back what a total rests on; the warnings and the duration stay.
    pub(super) fn refuse(&mut self, reason: Reason) {
        let unknown = reason.is_unknown();
        self.state = if unknown { QuoteState::Unknown } else { QuoteState::Refused };
        self.reason = Some(reason);
        (self.total, self.per_image, self.images) = (None, None, None);
        (self.first_payment, self.batch_total) = (None, None);
        self.lines.clear();
        self.readings.clear();
        self.rates.clear();
    }
}
