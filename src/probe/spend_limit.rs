//! What a request could cost at worst, before it is sent.

use rust_decimal::Decimal;

use crate::catalog::{Catalog, Currency, Listing, Overflow, Price, Unit, product};
use crate::contract::PlannedRequest;
use crate::pricing::{GivenRate, Job, QuoteError, Terms, quote};
use jiff::civil::Date;

/// A rate that nobody gave may have moved since its day: so much is added.
const MARGIN: Decimal = Decimal::from_parts(11, 0, 0, false, 1);

/// How much may be spent, and on what terms a price is turned into that currency.
#[derive(Debug, Clone)]
pub struct SpendLimit {
    /// The day whose prices count.
    pub as_of: Date,
    /// The currency of the limit.
    pub currency: Currency,
    /// The limit; nothing that may bill is sent without one.
    pub limit: Option<Decimal>,
    /// Rates from the command line.
    pub rates: Vec<GivenRate>,
    /// The price to assume where none is known.
    pub assumed: Option<Price>,
}

impl SpendLimit {
    /// The highest reading with fees; `None` where no price is known.
    pub fn worst(
        &self,
        catalog: &Catalog,
        listing: &Listing,
        ask: &PlannedRequest,
    ) -> Result<Option<Decimal>, QuoteError> {
        // What should be refused is billed as the plainest image, if it is billed.
        let plain = Job::default();
        let mut job = plain.clone();
        if !ask.refused {
            job.images = ask.image.n.unwrap_or(1);
            job.quality.clone_from(&ask.image.quality);
            job.size = ask.image.size.unwrap_or(job.size);
        }
        match self.quoted(catalog, listing, &job)? {
            Some(worst) => Ok(Some(worst)),
            None => match self.quoted(catalog, listing, &plain)? {
                Some(one) => {
                    let many = product(one, Decimal::from(job.images));
                    many.map(Some).map_err(|_| overflow(listing))
                }
                None => self.assumed(&job).map_err(|_| overflow(listing)),
            },
        }
    }

    fn quoted(
        &self,
        catalog: &Catalog,
        listing: &Listing,
        job: &Job,
    ) -> Result<Option<Decimal>, QuoteError> {
        let terms = Terms { as_of: self.as_of, currency: self.currency, rates: self.rates.clone() };
        let quote = quote(catalog, listing, job, &terms)?;
        let Some(total) = quote.total else { return Ok(None) };
        let dated = quote.rates.iter().any(|rate| rate.date.is_some());
        let worst = if dated { product(total.high, MARGIN) } else { Ok(total.high) };
        worst.map(Some).map_err(|_| overflow(listing))
    }

    /// The assumed price of a job; only by image or call, in the currency of the limit.
    fn assumed(&self, job: &Job) -> Result<Option<Decimal>, Overflow> {
        let Some(price) = self.assumed else { return Ok(None) };
        let plain = matches!(price.unit, Unit::Image | Unit::Call);
        if !plain || price.currency != self.currency {
            return Ok(None);
        }
        product(price.amount, Decimal::from(job.images)).map(Some)
    }
}

fn overflow(listing: &Listing) -> QuoteError {
    QuoteError::Overflow { listing: listing.id.to_string() }
}
