//! A book of prices: what images of some kinds cost on each listing on each day, worked out before
//! it is asked for. A total is in proportion to images, and facts hold for whole days.

use std::collections::HashMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::job::Job;
use super::quote::{QuoteError, Range, State, quote};
use super::rates::{GivenRate, Terms};
use crate::catalog::{Catalog, Currency, Overflow, Size, Subject, product};

/// A size, and a quality where it is not each listing's own.
pub type Drawn = (Size, Option<String>);

/// What one image costs, where it has a price.
type Price = Option<(Range, State)>;

/// The prices of a book's kinds hold from a day to that of the next period.
#[derive(Debug, Clone, Copy)]
struct Period {
    from: Date,
    /// Which of the sheets.
    sheet: u32,
}

/// Prices of listings that were worked out.
#[derive(Debug)]
pub struct Book {
    drawn: Vec<Drawn>,
    /// The first of a listing's periods, and how many it has.
    places: HashMap<String, (usize, usize)>,
    /// Of one listing after the other, in order; the first of each begins before all days.
    periods: Vec<Period>,
    /// A price for each kind of image; what is alike on many listings and days stands here once.
    sheets: Vec<Vec<Price>>,
}

/// Every day on which a fact of the listing, or a rate, may change.
pub fn changes(catalog: &Catalog, listing: &Subject) -> Vec<Date> {
    let mut days: Vec<Date> = catalog
        .levels(listing)
        .flat_map(|subject| {
            let stated = subject.statements.iter().map(|statement| statement.seen);
            stated.chain(subject.rulings.iter().map(|ruling| ruling.date))
        })
        .chain(catalog.rates.iter().map(|rate| rate.date))
        .collect();
    days.sort_unstable();
    days.dedup();
    days
}

impl Book {
    /// Works out the prices of these listings for images of these kinds, of which none is lost.
    pub fn prepare(
        catalog: &Catalog,
        listings: &[&Subject],
        drawn: Vec<Drawn>,
        currency: Currency,
        rates: &[GivenRate],
    ) -> Result<Self, QuoteError> {
        let (mut places, mut periods) = (HashMap::new(), Vec::<Period>::new());
        let mut known: HashMap<Vec<Price>, u32> = HashMap::new();
        let mut sheets = Vec::new();
        for listing in listings {
            let first = periods.len();
            for from in [Date::MIN].into_iter().chain(changes(catalog, listing)) {
                let terms = Terms { as_of: from, currency, rates: rates.to_vec() };
                let prices = drawn.iter().map(|drawn| price(catalog, listing, drawn, &terms));
                let prices: Vec<Price> = prices.collect::<Result<_, _>>()?;
                let next = u32::try_from(sheets.len()).unwrap_or(u32::MAX);
                let sheet = *known.entry(prices).or_insert_with_key(|prices| {
                    sheets.push(prices.clone());
                    next
                });
                if periods[first..].last().is_none_or(|before| before.sheet != sheet) {
                    periods.push(Period { from, sheet });
                }
            }
            places.insert(listing.id.clone(), (first, periods.len() - first));
        }
        Ok(Self { drawn, places, periods, sheets })
    }

    /// What images cost on a listing on a day, from the lowest to the highest; `None` where that
    /// is not known, or where the book has no such listing or kind. Exact, or [`Overflow`].
    pub fn quote(
        &self,
        listing: &str,
        day: Date,
        size: Size,
        quality: Option<&str>,
        images: u64,
    ) -> Option<Result<(Range, State), Overflow>> {
        let kind = self.drawn.iter().position(|it| it.0 == size && it.1.as_deref() == quality)?;
        let (first, count) = *self.places.get(listing)?;
        let periods = &self.periods[first..first + count];
        let period = periods.iter().rev().find(|period| period.from <= day)?;
        let (one, state) = self.sheets[period.sheet as usize][kind]?;
        let total = || {
            let low = times(one.low, images)?;
            let high = if one.high == one.low { low } else { times(one.high, images)? };
            Ok((Range { low, high }, state))
        };
        Some(total())
    }
}

/// What one image costs; nothing on days that have no rate for it.
fn price(
    catalog: &Catalog,
    listing: &Subject,
    (size, quality): &Drawn,
    terms: &Terms,
) -> Result<Price, QuoteError> {
    let job = Job { size: *size, quality: quality.clone(), ..Job::default() };
    match quote(catalog, listing, &job, terms) {
        Ok(quote) => Ok(quote.total.map(|total| (total, quote.state))),
        Err(QuoteError::NoRate { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The product; what is not long needs no look at the zeros at its end.
fn times(one: Decimal, images: u64) -> Result<Decimal, Overflow> {
    let short = one.mantissa().checked_mul(images.into());
    let short = short.and_then(|it| Decimal::try_from_i128_with_scale(it, one.scale()).ok());
    short.map_or_else(|| product(one, Decimal::from(images)), Ok)
}
