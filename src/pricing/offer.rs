//! What a listing offers for a job: every reading that the sources leave open, resolved to ways of
//! billing before any image is counted.

use rust_decimal::Decimal;

use super::answers::{Asking, BY_THE_SECOND, Dimension, dimensions};
use super::cost::Billing;
use super::quote::{QuoteError, Warning};
use super::rates::UsedRate;
use crate::catalog::{CreditValue, Currency, Fact, Fee, Field, Price, Unit, Value, whole_up};

/// One reading: what follows if these sides are right.
#[derive(Debug)]
pub(crate) struct OfferReading<'c> {
    pub(crate) sources: Vec<String>,
    pub(crate) reason: String,
    /// Several ways where an assumption is open, such as how megapixels are rounded;
    /// or why the job is refused.
    pub(crate) billings: Result<Vec<Billing<'c>>, String>,
}

/// A listing's offer for a job.
#[derive(Debug)]
pub(super) struct Offer<'c> {
    pub(crate) readings: Vec<OfferReading<'c>>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) rates: Vec<UsedRate>,
    /// The quality the job would be drawn in, where that is known.
    pub(crate) quality: Option<String>,
}

/// Why there is no offer at all.
pub(crate) enum NoOffer {
    /// No source states what is needed.
    Unknown(String),
    /// Something failed for the whole comparison.
    Failed(QuoteError),
}

impl From<QuoteError> for NoOffer {
    fn from(error: QuoteError) -> Self {
        Self::Failed(error)
    }
}

impl<'c> Asking<'c> {
    /// Resolves all that does not depend on the number of images.
    pub(super) fn offer(&self) -> Result<Offer<'c>, NoOffer> {
        let price = self
            .field(Field::Price)
            .ok_or_else(|| NoOffer::Unknown("no source states a price".to_owned()))?;
        let mut warnings = Vec::new();
        let sizes = self.sizes(&mut warnings);
        let qualities = self.qualities(&mut warnings);
        let credits = self.field(Field::Credits);
        let fee = self.field(Field::Fee);
        for fact in [Some(&price), credits.as_ref(), fee.as_ref()].into_iter().flatten() {
            warnings.extend(self.stale(fact));
        }
        let mut offer = Offer { readings: Vec::new(), warnings, rates: Vec::new(), quality: None };
        for size in &sizes {
            for quality in &qualities {
                if let Err(why) = size.answer.as_ref().and(quality.answer.as_ref()) {
                    let billings = Err(why.clone());
                    offer.add(&[&size.blank(), &quality.blank()], billings, why);
                    continue;
                }
                let quality_word = quality.answer.clone().ok().flatten();
                offer.quality = quality_word.clone().or(offer.quality.take());
                let rows = self.rows(&price, quality_word.as_deref());
                if quality_word.is_none() && self.depends_on_quality(&price) {
                    let text = "no default quality is stated, and the price depends on it";
                    offer.warn("quality-open", text.to_owned());
                }
                for row in &rows {
                    let (size, quality) = (size.blank(), quality.blank());
                    self.priced(
                        &mut offer,
                        &[&size, &quality],
                        row,
                        credits.as_ref(),
                        fee.as_ref(),
                    )?;
                }
            }
        }
        Ok(offer)
    }

    /// Adds the readings of one price: one for each value of a credit and each fee.
    fn priced(
        &self,
        offer: &mut Offer<'c>,
        before: &[&Dimension<()>],
        row: &Dimension<Result<Vec<Price>, String>>,
        credits: Option<&Fact<'c>>,
        fee: Option<&Fact<'c>>,
    ) -> Result<(), NoOffer> {
        let blank = row.blank();
        let prices = match &row.answer {
            Ok(prices) => prices,
            Err(why) => {
                offer.add(&[before, &[&blank]].concat(), Err(why.clone()), why);
                return Ok(());
            }
        };
        if prices.len() > 1 {
            let text = "no default quality is stated, and the price depends on it".to_owned();
            offer.warn("quality-open", text);
        }
        let in_credits = prices.iter().any(|price| price.currency == Currency::Credits);
        let credits = credits.filter(|_| in_credits).map(dimensions);
        if in_credits && credits.is_none() {
            let why = "billed in credits, and no source states what a credit costs";
            return Err(NoOffer::Unknown(why.to_owned()));
        }
        let none = || vec![Dimension { answer: None, reason: String::new(), sources: Vec::new() }];
        for credit in &credits.unwrap_or_else(none) {
            for fee in &fee.map_or_else(none, dimensions) {
                let source = row.sources.join(", ");
                let billings = self.billings(offer, prices, &source, credit, fee)?;
                let open = [&blank, &credit.blank(), &fee.blank()];
                let why = billings.as_ref().err().cloned().unwrap_or_default();
                offer.add(&[before, &open].concat(), billings, &why);
            }
        }
        Ok(())
    }

    /// The ways of billing of one reading; more than one where an assumption is open.
    fn billings(
        &self,
        offer: &mut Offer<'c>,
        prices: &[Price],
        source: &str,
        credit: &Dimension<Option<&'c Value>>,
        fee: &Dimension<Option<&'c Value>>,
    ) -> Result<Result<Vec<Billing<'c>>, String>, NoOffer> {
        let credits: Option<&CreditValue> = match credit.answer {
            Some(Value::Credits(value)) => Some(value),
            _ => None,
        };
        let fee: Option<(&Fee, String)> = match fee.answer {
            Some(Value::Fee(value)) => Some((value, fee.sources.join(", "))),
            _ => None,
        };
        if let Some((fee, _)) = &fee {
            let text = format!("a fee of {fee} is read as coming on top of the price");
            offer.warn("fee-on-top", text);
        }
        let mut billings = Vec::new();
        for price in prices {
            // A table of prices may have both, and a credit is worth nothing to the others.
            let credits = credits.filter(|_| price.currency == Currency::Credits);
            let currency = credits.map_or(price.currency, |credits| credits.currency);
            let rate = self.rate(offer, currency)?;
            let units = match self.units(offer, *price)? {
                Ok(units) => units,
                Err(why) => return Ok(Err(why)),
            };
            for units_per_image in units {
                for failures_charged in self.failures(offer) {
                    billings.push(Billing {
                        price: *price,
                        price_source: source.to_owned(),
                        units_per_image,
                        failures_charged,
                        credits: credits.map(|value| (value, credit.sources.join(", "))),
                        fee: fee.clone(),
                        rate: rate.clone(),
                        currency: self.terms.currency,
                    });
                }
            }
        }
        Ok(Ok(billings))
    }

    fn rate(&self, offer: &mut Offer<'c>, from: Currency) -> Result<Option<UsedRate>, NoOffer> {
        let to = self.terms.currency;
        if from == to {
            return Ok(None);
        }
        let rate = self.terms.rate(self.catalog, from);
        let rate = rate.map_err(|_| QuoteError::RateVanishes { from, to })?;
        let rate = rate.ok_or(QuoteError::NoRate { from, to })?;
        if let Some(days) = rate.old_days {
            let date = rate.date.map_or_else(String::new, |date| date.to_string());
            let text = format!("the rate {} is of {date}, {days} days old", rate.pair);
            offer.warn("old-rate", text);
        }
        if !offer.rates.contains(&rate) {
            offer.rates.push(rate.clone());
        }
        Ok(Some(rate))
    }

    /// How many units one image is: several answers where the source leaves it open.
    fn units(
        &self,
        offer: &mut Offer<'c>,
        price: Price,
    ) -> Result<Result<Vec<Decimal>, String>, QuoteError> {
        let pixels = Decimal::from(self.job.size.pixels());
        let million = Decimal::from(1_000_000);
        Ok(Ok(match price.unit {
            Unit::Image => vec![Decimal::ONE],
            Unit::Call => {
                offer.warn("one-image-per-call", "one call is read as one image".to_owned());
                vec![Decimal::ONE]
            }
            Unit::Pixel => vec![pixels],
            Unit::Megapixel => {
                let exact = Decimal::from_i128_with_scale(pixels.mantissa(), 6).normalize();
                let whole = whole_up(pixels, million).map_err(|_| self.overflow())?;
                if exact == whole {
                    return Ok(Ok(vec![exact]));
                }
                let text = format!("{exact} megapixels are billed exactly, or as {whole}");
                offer.warn("megapixel-rounding", text);
                vec![exact, whole]
            }
            Unit::Second => {
                let Some(seconds) = self.job.seconds_per_image else {
                    return Ok(Err(BY_THE_SECOND.to_owned()));
                };
                vec![seconds]
            }
        }))
    }

    /// Whether failed calls are charged: both, where nothing is stated or sources differ.
    fn failures(&self, offer: &mut Offer<'c>) -> Vec<bool> {
        if self.job.fail_rate.0.is_zero() {
            return vec![false];
        }
        if let Some(Value::Flag(charged)) =
            self.field(Field::FailureCharged).as_ref().and_then(Fact::value)
        {
            return vec![*charged];
        }
        let text = "no source settles whether failed calls are charged".to_owned();
        offer.warn("failures-not-stated", text);
        vec![false, true]
    }
}

impl<'c> Offer<'c> {
    fn warn(&mut self, code: &'static str, text: String) {
        let warning = Warning { code, text };
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Adds a reading; only what others dispute names its sides, so that sides tell readings apart.
    fn add(
        &mut self,
        parts: &[&Dimension<()>],
        billings: Result<Vec<Billing<'c>>, String>,
        refusal: &str,
    ) {
        let disputed = parts.iter().filter(|part| !part.reason.is_empty());
        let mut sources: Vec<_> = disputed.clone().flat_map(|p| p.sources.clone()).collect();
        if sources.is_empty() {
            sources = parts.iter().flat_map(|part| part.sources.clone()).collect();
        }
        sources.dedup();
        let mut reasons: Vec<_> = disputed.map(|part| part.reason.clone()).collect();
        reasons.extend((!refusal.is_empty()).then(|| refusal.to_owned()));
        let reason = reasons.join("; ");
        self.readings.push(OfferReading { sources, reason, billings });
    }
}
