//! What a request could cost at worst, before it is sent.

use rust_decimal::Decimal;

use crate::catalog::{Catalog, Currency, Listing, Overflow, Unit, UnitPrice, product};
use crate::contract::PlannedRequest;
use crate::pricing::{GivenRate, Job, PriceTable, PricingTerms, QuoteError, Reason};
use jiff::civil::Date;

/// A rate that nobody gave may have moved since its day: so much is added.
const MARGIN: Decimal = Decimal::from_parts(11, 0, 0, false, 1);

/// Says why the worst case of a request can't be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorstCaseError {
    #[error(transparent)]
    Quote(#[from] QuoteError),
    /// The price is in a currency that has no rate to that of the limit.
    #[error("{0}")]
    NoRate(Reason),
}

/// How much may be spent, and on what terms a price is turned into that currency.
#[derive(Debug, Clone)]
pub struct SpendLimit {
    /// The day whose prices count.
    pub as_of: Date,
    pub currency: Currency,
    /// The limit; nothing that may bill is sent without one.
    pub limit: Option<Decimal>,
    pub rates: Vec<GivenRate>,
    /// The price to assume where none is known.
    pub assumed: Option<UnitPrice>,
}

impl SpendLimit {
    /// The offers in the currency of the limit.
    pub fn price_table<'c>(&self, catalog: &'c Catalog) -> PriceTable<'c> {
        let terms = PricingTerms { currency: self.currency, rates: self.rates.clone() };
        PriceTable::new(catalog, terms)
    }

    /// The highest reading with fees, by [`SpendLimit::price_table`]; `None` where no price is
    /// known.
    pub fn worst(
        &self,
        table: &PriceTable<'_>,
        listing: &Listing,
        ask: &PlannedRequest,
    ) -> Result<Option<Decimal>, WorstCaseError> {
        // What should be refused is billed as the plainest image, if it is billed.
        let plain = Job::default();
        let mut job = plain.clone();
        if !ask.refused {
            job.images = ask.image.n.unwrap_or(1);
            job.quality.clone_from(&ask.image.quality);
            job.size = ask.image.size.unwrap_or(job.size);
        }
        let overflow = |Overflow| QuoteError::overflow(listing.id.as_str()).into();
        if let Some(worst) = self.worst_of(table, listing, &job)? {
            return Ok(Some(worst));
        }
        match self.worst_of(table, listing, &Job { images: job.images, ..plain })? {
            Some(worst) => Ok(Some(worst)),
            None => self.assumed(&job).map_err(overflow),
        }
    }

    fn worst_of(
        &self,
        table: &PriceTable<'_>,
        listing: &Listing,
        job: &Job,
    ) -> Result<Option<Decimal>, WorstCaseError> {
        let offer = table.offer(listing, self.as_of, &job.into())?;
        let total = match offer.cost() {
            Err(reason @ Reason::NoRate { .. }) => {
                return Err(WorstCaseError::NoRate(reason.clone()));
            }
            Err(_) => return Ok(None),
            Ok(_) => offer.amount(job.images)?,
        };
        let Some(total) = total else { return Ok(None) };
        let dated = offer.rates().iter().any(|rate| rate.date.is_some());
        let worst = if dated { product(total.high, MARGIN) } else { Ok(total.high) };
        worst.map(Some).map_err(|Overflow| QuoteError::overflow(listing.id.as_str()).into())
    }

    /// The assumed price of a job; only by image or call, in the currency of the limit.
    fn assumed(&self, job: &Job) -> Result<Option<Decimal>, Overflow> {
        let Some(price) = self.assumed else { return Ok(None) };
        let plain = matches!(price.unit, Unit::Image | Unit::Call) && price.per == 1;
        if !plain || price.currency != self.currency {
            return Ok(None);
        }
        product(price.amount, Decimal::from(job.images)).map(Some)
    }
}
