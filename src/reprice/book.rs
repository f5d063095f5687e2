//! A price book: what one image costs on each listing in each period, by size and quality. A total
//! is linear in images, and facts hold for whole days, so that one quote serves every row alike.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::timestamp::number_of;
use crate::catalog::{Catalog, Currency, Listing, Size};
use crate::pricing::{GivenRate, Job, QuoteError, State, Terms, UsedRate, changes, quote};

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
    listing: &'c Listing,
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
    reasons: Vec<String>,
    rates: Vec<UsedRate>,
}

impl<'c> Book<'c> {
    /// A book of these listings for images of these kinds; nothing is worked out yet.
    pub fn new(
        catalog: &'c Catalog,
        listings: &[&'c Listing],
        drawn: Vec<Drawn>,
        basis: Basis,
    ) -> Self {
        let entry = |listing: &&'c Listing| {
            let changes: Vec<i32> = changes(catalog, listing).into_iter().map(number_of).collect();
            let first =
                listing.entity.statements.iter().map(|statement| number_of(statement.seen)).min();
            let answers = vec![None; (changes.len() + 1) * drawn.len()];
            Entry { listing, changes, first: first.unwrap_or(i32::MIN), answers }
        };
        let entries: Vec<_> = listings.iter().map(entry).collect();
        Self { catalog, basis, drawn, entries, reasons: Vec::new(), rates: Vec::new() }
    }

    /// Every rate that was used so far.
    pub fn rates(&self) -> &[UsedRate] {
        &self.rates
    }

    /// The words of the reasons that were given so far, by number.
    pub fn reasons(&self) -> &[String] {
        &self.reasons
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
