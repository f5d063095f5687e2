//! What a request could cost at worst, before it is sent.

use rust_decimal::Decimal;

use crate::catalog::{Catalog, Currency, Listing, Overflow, Unit, UnitPrice, product};
use crate::contract::PlannedRequest;
use crate::pricing::{GivenRate, Job, PriceTable, PricingTerms, Reason};
use jiff::civil::Date;

/// A rate that nobody gave may have moved since its day: so much is added.
const MARGIN: Decimal = Decimal::from_parts(11, 0, 0, false, 1);

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
    /// known. A price that can't be turned into the currency of the limit, or held, is an error.
    pub fn worst(
        &self,
        table: &PriceTable<'_>,
        listing: &Listing,
        ask: &PlannedRequest,
    ) -> Result<Option<Decimal>, Reason> {
        // What should be refused is billed as the plainest image, if it is billed.
        let plain = Job::default();
        let mut job = plain.clone();
        if !ask.refused {
            job.images = ask.image.n.unwrap_or(1);
            job.quality.clone_from(&ask.image.quality);
            job.size = ask.image.size.unwrap_or(job.size);
        }
        if let Some(worst) = self.worst_of(table, listing, &job)? {
            return Ok(Some(worst));
        }
        match self.worst_of(table, listing, &Job { images: job.images, ..plain })? {
            Some(worst) => Ok(Some(worst)),
            None => Ok(self.assumed(&job)?),
        }
    }

    fn worst_of(
        &self,
        table: &PriceTable<'_>,
        listing: &Listing,
        job: &Job,
    ) -> Result<Option<Decimal>, Reason> {
        let offer = table.offer(listing, self.as_of, &job.into());
        let total = match offer.amount(job.images) {
            Err(
                reason @ (Reason::NoRate { .. } | Reason::RateVanishes { .. } | Reason::Overflow),
            ) => return Err(reason),
            Err(_) => return Ok(None),
            Ok(total) => total,
        };
        let dated = offer.rates().iter().any(|rate| rate.date.is_some());
        Ok(Some(if dated { product(total.high, MARGIN)? } else { total.high }))
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
