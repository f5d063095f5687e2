//! The comparator: what a job costs on every listing, line by line, with every reading of a dispute.
//!
//! A [`PriceTable`] knows which offers there are; whoever prices asks it. Pure: a catalog, terms, a
//! day and a job go in, quotes come out. What a source leaves open is an assumption and is printed;
//! what no source states is unknown and never a zero.

mod budget;
mod charge;
mod first_payment;
mod format;
mod image_cost;
mod job;
mod json;
mod known;
mod latency;
mod money;
mod offer;
mod query;
mod quote;
mod ranking;
mod rates;
mod reason;
mod resolve;
mod selection;
mod table;
mod terms;
mod unit_cost;
mod variant;

pub use charge::{Charge, ChargeUnit, PixelRule, PriceStep, UnitCount};
pub use format::{amount, grouped, plural, span, time};
pub use image_cost::{CostStep, CountedCost, ImageCost};
pub use job::{Budget, JOB_KEYS, Job, read_duration};
pub use json::{CatalogStamp, QuoteRow, catalog_stamp, document, job_keys, rate};
pub use money::{money, money_at_most, money_range, money_ranges};
pub use offer::{AmountSpread, Offer, OfferCost, OfferReading};
pub use query::{Query, TERM_KEYS, read_day};
pub use quote::{
    CountRange, DisputedPart, LineKind, PriceRange, Quote, QuoteLine, QuoteReading, QuoteState,
};
pub use ranking::{Comparison, RankBy, compare};
pub use rates::{Conversion, GivenRate, UsedRate, old_rate_days};
pub use reason::{Reason, Warning, WarningCode};
pub use selection::{Selection, named_listings, select, select_one};
pub use table::{CatalogHandle, MAX_OFFERS, PriceTable, PriceTables, changes_of, counts_volume};
pub use terms::PricingTerms;
pub use unit_cost::{Share, UnitCost};
pub use variant::Variant;
