//! A price book: what one image costs on each listing in each period, by size and quality. A total
//! is linear in images, and facts hold for whole days, so that one quote serves every row alike.

use std::collections::HashMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::day::{date_of, number_of};
use crate::catalog::{Catalog, Currency, Overflow, Size, Subject};
use crate::compare::{GivenRate, Job, QuoteError, State, Terms, UsedRate, quote};

/// What a listing can't price, of which a log leaves the size open.
pub const SIZE_OPEN: &str = "size-not-given: the log leaves the size open; say which is meant, such \
                         as with --read size:auto=1024x1024";

/// What is refused on days before a listing's first statement.
pub const BEFORE_FIRST: &str = "before-first-statement";

/// What one image costs, or why it has no price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Answer {
    /// It has a price: from the lowest to the highest that the sources allow.
    Priced {
        /// The lowest.
        low: Decimal,
        /// The highest.
        high: Decimal,
        /// Priced, disputed or free.
        state: State,
    },
    /// It has none.
    Refused {
        /// Unknown or refused.
        state: State,
        /// The number of the reason.
        reason: usize,
    },
}

/// The size and quality of an image.
pub type Drawn = (Option<Size>, Option<String>);

/// One listing's prices.
struct Entry<'c> {
    listing: &'c Subject,
    /// The days on which a fact of it may change, in order.
    changes: Vec<i32>,
    /// The day of its own first statement.
    first: i32,
    /// By period, then by what is drawn; `None` until it is asked for.
    answers: Vec<Option<Answer>>,
}

/// The terms of all prices of a book: whatever does not change from row to row.
#[derive(Debug, Clone)]
pub struct Basis {
    /// What is asked for beside images, size and quality.
    pub job: Job,
    /// The currency of all totals.
    pub currency: Currency,
    /// Rates from the command line.
    pub rates: Vec<GivenRate>,
}

/// The prices of listings, each worked out once.
pub struct Book<'c> {
    catalog: &'c Catalog,
    basis: Basis,
    drawn: Vec<Drawn>,
    entries: Vec<Entry<'c>>,
    places: HashMap<&'c str, usize>,
    reasons: Vec<String>,
    rates: Vec<UsedRate>,
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

impl<'c> Book<'c> {
    /// A book of these listings for images of these kinds; nothing is worked out yet.
    pub fn new(
        catalog: &'c Catalog,
        listings: &[&'c Subject],
        drawn: Vec<Drawn>,
        basis: Basis,
    ) -> Self {
        let entry = |listing: &&'c Subject| {
            let changes: Vec<i32> = changes(catalog, listing).into_iter().map(number_of).collect();
            let first = listing.statements.iter().map(|statement| number_of(statement.seen)).min();
            let answers = vec![None; (changes.len() + 1) * drawn.len()];
            Entry { listing, changes, first: first.unwrap_or(i32::MIN), answers }
        };
        let entries: Vec<_> = listings.iter().map(entry).collect();
        let places = entries.iter().enumerate().map(|(at, it)| (it.listing.id.as_str(), at));
        let places = places.collect();
        Self { catalog, basis, drawn, entries, places, reasons: Vec::new(), rates: Vec::new() }
    }

    /// The listings, in the order they were given.
    pub fn listings(&self) -> impl Iterator<Item = &'c Subject> + '_ {
        self.entries.iter().map(|entry| entry.listing)
    }

    /// The place of a listing in that order.
    pub fn place(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// The number of a kind of image.
    pub fn drawn(&self, size: Option<Size>, quality: Option<&str>) -> Option<usize> {
        self.drawn.iter().position(|(s, q)| *s == size && q.as_deref() == quality)
    }

    /// Every rate that was used so far.
    pub fn rates(&self) -> &[UsedRate] {
        &self.rates
    }

    /// The words of the reasons that were given so far, by number.
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }

    /// Works out every price, for [`Book::price`].
    pub fn prepare(&mut self) -> Result<(), QuoteError> {
        for place in 0..self.entries.len() {
            for period in 0..=self.entries[place].changes.len() {
                let start = period.checked_sub(1).map_or(0, |at| self.entries[place].changes[at]);
                for drawn in 0..self.drawn.len() {
                    self.answer(place, date_of(start), drawn)?;
                }
            }
        }
        Ok(())
    }

    /// What images cost on a day, from the lowest to the highest; `None` where that is not known,
    /// or was not worked out. Exact, or [`Overflow`].
    pub fn price(
        &self,
        place: usize,
        day: Date,
        drawn: usize,
        images: u64,
    ) -> Option<Result<(Decimal, Decimal), Overflow>> {
        let entry = self.entries.get(place)?;
        let at = entry.at(number_of(day), drawn, self.drawn.len());
        let Some(Answer::Priced { low, high, .. }) = entry.answers.get(at)? else { return None };
        let total = |one: Decimal| crate::catalog::product(one, Decimal::from(images));
        Some(total(*low).and_then(|low| Ok((low, total(*high)?))))
    }

    /// What one image costs on a day, worked out where it was not yet.
    pub fn answer(&mut self, place: usize, day: Date, drawn: usize) -> Result<Answer, QuoteError> {
        let entry = &self.entries[place];
        let at = entry.at(number_of(day), drawn, self.drawn.len());
        if let Some(answer) = entry.answers[at] {
            return Ok(answer);
        }
        let answer = self.quoted(place, day, drawn)?;
        self.entries[place].answers[at] = Some(answer);
        Ok(answer)
    }

    fn quoted(&mut self, place: usize, day: Date, drawn: usize) -> Result<Answer, QuoteError> {
        let (size, quality) = &self.drawn[drawn];
        let Some(size) = *size else {
            return Ok(self.refused(State::Refused, SIZE_OPEN.to_owned()));
        };
        let entry = &self.entries[place];
        let job = Job { images: 1, size, quality: quality.clone(), ..self.basis.job.clone() };
        let (currency, rates) = (self.basis.currency, self.basis.rates.clone());
        let terms = Terms { as_of: day, currency, rates };
        let early = number_of(day) < entry.first;
        let quote = match quote(self.catalog, entry.listing, &job, &terms) {
            Ok(quote) => quote,
            // On other days there may be one.
            Err(error @ QuoteError::NoRate { .. }) => {
                return Ok(self.refused(State::Unknown, format!("no-rate: {error}")));
            }
            Err(error) => return Err(error),
        };
        for rate in quote.rates {
            if !self.rates.contains(&rate) {
                self.rates.push(rate);
            }
        }
        Ok(match quote.total {
            Some(total) => Answer::Priced { low: total.low, high: total.high, state: quote.state },
            None if early => self.refused(State::Unknown, BEFORE_FIRST.to_owned()),
            None => self.refused(quote.state, quote.reason.unwrap_or_default()),
        })
    }

    fn refused(&mut self, state: State, why: String) -> Answer {
        let known = self.reasons.iter().position(|known| *known == why);
        let reason = known.unwrap_or_else(|| {
            self.reasons.push(why);
            self.reasons.len() - 1
        });
        Answer::Refused { state, reason }
    }
}

impl Entry<'_> {
    /// Where the answer for a day stands.
    fn at(&self, day: i32, drawn: usize, kinds: usize) -> usize {
        self.changes.partition_point(|change| *change <= day) * kinds + drawn
    }
}
