//! What a listing charges for one image, pixel or megapixel, before anything is counted: the same
//! ways of billing from which quotes are made, for those who do the counting elsewhere.

use rust_decimal::Decimal;

use super::answers::Asking;
use super::cost::Billing;
use super::job::Job;
use super::offer::NoOffer;
use super::quote::QuoteError;
use super::rates::{Terms, UsedRate};
use crate::catalog::{Catalog, Fee, Listing, Overflow, Price, Unit};

/// What a charge is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Per {
    /// Images.
    Image,
    /// The pixels of all images.
    Pixel,
    /// The megapixels of each image, rounded up to a whole number.
    WholeMegapixel,
}

impl Per {
    /// The word in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Pixel => "pixel",
            Self::WholeMegapixel => "whole-megapixel",
        }
    }
}

/// One way in which an image is billed.
#[derive(Debug, Clone, PartialEq)]
pub struct Charge {
    /// What one unit costs in the currency of the terms, with credits, fee and rate in it; exact.
    pub amount: Decimal,
    /// The unit.
    pub per: Per,
    /// The price as it is stated.
    pub price: Price,
    /// Who states it.
    pub price_source: String,
    /// What one credit is worth, where the price is in credits.
    pub credit: Option<Decimal>,
    /// The fee on top.
    pub fee: Option<Fee>,
    /// The exchange rate.
    pub rate: Option<UsedRate>,
}

/// What follows for one image if some sides of a dispute are right.
#[derive(Debug, Clone, PartialEq)]
pub struct Tariff {
    /// The sides, source and place.
    pub sources: Vec<String>,
    /// What the sides say, or why they refuse the image.
    pub reason: String,
    /// Every way of billing that is left open; none where the image is refused.
    pub charges: Vec<Charge>,
}

/// Every reading of what one image costs; or, as the inner error, why none is known. Of the job
/// only size, quality, hardware and seconds count: nothing is thrown away, no call fails.
pub fn tariffs(
    catalog: &Catalog,
    listing: &Listing,
    job: &Job,
    terms: &Terms,
) -> Result<Result<Vec<Tariff>, String>, QuoteError> {
    let asking = Asking { catalog, listing, job, terms };
    let offer = match asking.offer() {
        Err(NoOffer::Failed(error)) => return Err(error),
        Err(NoOffer::Unknown(why)) => return Ok(Err(why)),
        Ok(offer) => offer,
    };
    let mut tariffs = Vec::new();
    for reading in &offer.readings {
        let mut charges: Vec<Charge> = Vec::new();
        for billing in reading.billings.iter().flatten() {
            for charge in of(billing).map_err(|_| asking.overflow())? {
                if !charges.contains(&charge) {
                    charges.push(charge);
                }
            }
        }
        let (sources, reason) = (reading.sources.clone(), reading.reason.clone());
        tariffs.push(Tariff { sources, reason, charges });
    }
    Ok(Ok(tariffs))
}

fn of(billing: &Billing<'_>) -> Result<Vec<Charge>, Overflow> {
    let units: &[(Per, Decimal)] = match billing.price.unit {
        Unit::Image | Unit::Call | Unit::Second => &[(Per::Image, billing.units_per_image)],
        Unit::Pixel => &[(Per::Pixel, Decimal::ONE)],
        // Where a size has whole megapixels both come to the same.
        Unit::Megapixel => &[
            (Per::Pixel, Decimal::from_parts(1, 0, 0, false, 6)),
            (Per::WholeMegapixel, Decimal::ONE),
        ],
    };
    let charge = |(per, units): &(Per, Decimal)| {
        let one = Billing { units_per_image: *units, ..billing.clone() };
        Ok(Charge {
            amount: one.total_of(Decimal::ONE)?,
            per: *per,
            price: billing.price,
            price_source: billing.price_source.clone(),
            credit: billing.credits.as_ref().map(|(credits, _)| credits.of_one()).transpose()?,
            fee: billing.fee.as_ref().map(|(fee, _)| (*fee).clone()),
            rate: billing.rate.clone(),
        })
    };
    units.iter().map(charge).collect()
}
