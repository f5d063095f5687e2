//! A book of prices: what images of some kinds cost on each listing on each day, worked out before
//! it is asked for. A total is in proportion to images, and facts hold for whole days.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use jiff::civil::Date;

use super::job::Job;
use super::quote::{QuoteError, Range, State, quote};
use super::rates::{GivenRate, Terms};
use crate::catalog::{Catalog, Currency, Listing, Overflow, Size};

/// A size, and a quality where it is not each listing's own.
pub type Drawn = (Size, Option<String>);

/// What one image costs, where it has a price.
type Price = Option<(Range, State)>;

/// Prices of listings that were worked out.
///
/// To wait for memory takes longer than to multiply. So a listing's id and its periods stand in one
/// piece, which is found by one look at a table, and prices that many listings have stand once.
#[derive(Debug)]
pub struct Book {
    drawn: Vec<Drawn>,
    hasher: RandomState,
    /// By the hash of an id: the other half of the hash, and where the record stands; a hash whose
    /// place was taken has the next that was free. At most half of them are used.
    places: Vec<(u32, u32)>,
    /// After a byte that is none, so that no record stands at 0: the length of the id, the number
    /// of periods, the id, and of each period its first day and the number of its sheet.
    records: Vec<u8>,
    /// A price for each kind of image, sheet after sheet.
    prices: Vec<Price>,
}

/// How many bytes the two numbers before an id take, and those of a period.
const HEAD: usize = 8;
const PERIOD: usize = 8;

/// Every day on which a fact of the listing, or a rate, may change.
pub fn changes(catalog: &Catalog, listing: &Listing) -> Vec<Date> {
    let mut days: Vec<Date> = catalog
        .levels(listing)
        .flat_map(|entity| {
            let stated = entity.statements.iter().map(|statement| statement.seen);
            stated.chain(entity.rulings.iter().map(|ruling| ruling.date))
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
        listings: &[&Listing],
        drawn: Vec<Drawn>,
        currency: Currency,
        rates: &[GivenRate],
    ) -> Result<Self, QuoteError> {
        let places = vec![(0, 0); (listings.len() * 2).next_power_of_two()];
        let (hasher, records, prices) = (RandomState::new(), vec![0], Vec::new());
        let mut book = Self { drawn, hasher, places, records, prices };
        let mut sheets: HashMap<Vec<Price>, u32> = HashMap::new();
        for listing in listings {
            let mut periods: Vec<(Date, u32)> = Vec::new();
            for from in [Date::MIN].into_iter().chain(changes(catalog, listing)) {
                let terms = Terms { as_of: from, currency, rates: rates.to_vec() };
                let prices = book.drawn.iter().map(|drawn| price(catalog, listing, drawn, &terms));
                let prices: Vec<Price> = prices.collect::<Result<_, _>>()?;
                let next = sheets.len();
                let sheet = *sheets.entry(prices).or_insert_with_key(|prices| {
                    book.prices.extend_from_slice(prices);
                    number(next)
                });
                if periods.last().is_none_or(|(_, before)| *before != sheet) {
                    periods.push((from, sheet));
                }
            }
            book.add(&listing.id, &periods);
        }
        Ok(book)
    }

    fn add(&mut self, id: &str, periods: &[(Date, u32)]) {
        let (mut place, other) = self.halves(id);
        while self.places[place].1 != 0 {
            place = (place + 1) & (self.places.len() - 1);
        }
        self.places[place] = (other, number(self.records.len()));
        for length in [id.len(), periods.len()] {
            self.records.extend_from_slice(&number(length).to_le_bytes());
        }
        self.records.extend_from_slice(id.as_bytes());
        for (from, sheet) in periods {
            self.records.extend_from_slice(&in_order(*from).to_le_bytes());
            self.records.extend_from_slice(&sheet.to_le_bytes());
        }
    }

    /// Where a search for an id begins, and what tells it from most others there.
    fn halves(&self, id: &str) -> (usize, u32) {
        let hash = self.hasher.hash_one(id);
        // The lower bits find the place, and the upper ones are left.
        (number_of(hash) & (self.places.len() - 1), u32::try_from(hash >> 32).unwrap_or_default())
    }

    /// A listing's periods as they stand in its record.
    fn periods(&self, id: &str) -> Option<&[u8]> {
        let (mut place, other) = self.halves(id);
        loop {
            let (half, at) = self.places[place];
            if at == 0 {
                return None;
            }
            if half == other {
                let record = &self.records[at as usize..];
                let [a, b, c, d, count @ ..] = *record.first_chunk::<HEAD>()?;
                let length = u32::from_le_bytes([a, b, c, d]) as usize;
                let count = u32::from_le_bytes(count) as usize;
                if record.get(HEAD..HEAD + length)? == id.as_bytes() {
                    return record[HEAD + length..].get(..count * PERIOD);
                }
            }
            place = (place + 1) & (self.places.len() - 1);
        }
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
        let day = in_order(day);
        let (periods, _) = self.periods(listing)?.as_chunks::<PERIOD>();
        let sheets = periods.iter().rev().map(|[a, b, c, d, sheet @ ..]| {
            (i32::from_le_bytes([*a, *b, *c, *d]), u32::from_le_bytes(*sheet))
        });
        let (_, sheet) = sheets.into_iter().find(|(from, _)| *from <= day)?;
        let (one, state) = self.prices[sheet as usize * self.drawn.len() + kind]?;
        Some(one.times(images).map(|total| (total, state)))
    }
}

/// A number of a record or sheet; four billion of them do not fit any memory.
fn number(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// The lower bits of a hash.
fn number_of(hash: u64) -> usize {
    usize::try_from(hash & u64::from(u32::MAX)).unwrap_or_default()
}

/// A day as a number, later ones higher.
fn in_order(day: Date) -> i32 {
    (i32::from(day.year()) << 9) + (i32::from(day.month()) << 5) + i32::from(day.day())
}

/// What one image costs; nothing on days that have no rate for it.
fn price(
    catalog: &Catalog,
    listing: &Listing,
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
