//! From facts to an offer: every reading that the sources leave open, resolved to charges before
//! any image is counted. The only place of this room that looks at facts.

mod alternatives;

use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;

use self::alternatives::Alternative;
use super::charge::Charge;
use super::offer::{FailedCalls, OfferCost, OfferReading, ResolvedOffer};
use super::quote::{CountRange, QuoteError};
use super::rates::UsedRate;
use super::reason::{OfferWarning, Reason, Warning, WarningCode};
use super::terms::PricingTerms;
use super::variant::Variant;
use crate::catalog::{
    Catalog, Claim, CreditValue, Currency, Fact, Fee, Field, FieldKey, FieldValue, Listing,
    Overflow, Price, SourcePlace, Unit, whole_up,
};

/// The facts of one listing on a day, asked for one variant.
pub(super) struct Resolver<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) listing: &'a Listing,
    pub(super) variant: &'a Variant,
    pub(super) terms: &'a PricingTerms,
    pub(super) as_of: Date,
}

/// Why there are no readings.
enum Failure {
    /// No source states what is needed.
    Unknown(Reason),
    /// A figure can't be held.
    Error(QuoteError),
}

impl From<QuoteError> for Failure {
    fn from(error: QuoteError) -> Self {
        Self::Error(error)
    }
}

/// What is found while readings are resolved.
#[derive(Default)]
struct Findings {
    readings: Vec<OfferReading>,
    warnings: Vec<OfferWarning>,
    rates: Vec<UsedRate>,
    /// The quality that is drawn, where it is known.
    quality: Option<String>,
}

impl<'a> Resolver<'a> {
    /// Resolves the offer.
    pub(super) fn offer(&self) -> Result<ResolvedOffer, QuoteError> {
        let mut found = Findings::default();
        let mut readings = match self.read(&mut found) {
            Ok(()) => Ok(std::mem::take(&mut found.readings)),
            Err(Failure::Unknown(reason)) => Err(reason),
            Err(Failure::Error(error)) => return Err(error),
        };
        let unmet = self.unmet();
        let mut cost = match &readings {
            Ok(readings) => OfferCost::new(readings).map_err(|Overflow| self.overflow())?,
            Err(reason) => Err(reason.clone()),
        };
        let of_day = |reason| refusal_on(self.listing, self.as_of, reason);
        readings = readings.map_err(of_day);
        cost = cost.map_err(of_day);
        if let (Ok(_), Some(reason)) = (&cost, &unmet) {
            cost = Err(reason.clone());
        }
        Ok(ResolvedOffer {
            listing: self.listing.id.to_string(),
            provider: self.listing.provider.as_str().to_owned(),
            readings,
            cost,
            warnings: found.warnings,
            rates: found.rates,
            failures: self.failed_calls(),
            seconds: self.latency(found.quality.as_deref()),
            concurrency: self.concurrency(),
            unmet,
        })
    }

    fn field(&self, field: Field) -> Option<Fact<'a>> {
        self.catalog.field(self.listing, field, self.as_of)
    }

    fn overflow(&self) -> QuoteError {
        QuoteError::overflow(self.listing.id.as_str())
    }

    /// Finds every reading of the price, for every answer about size and quality.
    fn read(&self, found: &mut Findings) -> Result<(), Failure> {
        let price = self.field(Field::Price).ok_or(Failure::Unknown(Reason::NoPrice))?;
        let sizes = self.sizes(&mut found.warnings);
        let qualities = self.qualities(&mut found.warnings);
        let credits = self.field(Field::Credits);
        let fee = self.field(Field::Fee);
        for fact in [Some(&price), credits.as_ref(), fee.as_ref()].into_iter().flatten() {
            found.warnings.extend(youngest_side(fact));
        }
        for size in &sizes {
            for quality in &qualities {
                let open = [&size.without_answer(), &quality.without_answer()];
                if let Err(reason) = size.answer.as_ref().and(quality.answer.as_ref()) {
                    found.add(&open, Err(reason.clone()));
                    continue;
                }
                let word = quality.answer.clone().ok().flatten();
                found.quality = word.clone().or(found.quality.take());
                if word.is_none() && self.depends_on_quality(&price) {
                    found.warn_quality_open();
                }
                for row in &self.rows(&price, word.as_deref()) {
                    self.read_row(found, &open, row, credits.as_ref(), fee.as_ref())?;
                }
            }
        }
        Ok(())
    }

    /// Adds the readings of one price: one for each value of a credit and each fee.
    fn read_row(
        &self,
        found: &mut Findings,
        before: &[&Alternative<()>],
        row: &Alternative<Result<Vec<Price>, Reason>>,
        credits: Option<&Fact<'a>>,
        fee: Option<&Fact<'a>>,
    ) -> Result<(), Failure> {
        let price = row.without_answer();
        let prices = match &row.answer {
            Ok(prices) => prices,
            Err(reason) => {
                found.add(&[before, &[&price]].concat(), Err(reason.clone()));
                return Ok(());
            }
        };
        if prices.len() > 1 {
            found.warn_quality_open();
        }
        let in_credits = prices.iter().any(|price| price.currency == Currency::Credits);
        if in_credits && credits.is_none() {
            return Err(Failure::Unknown(Reason::NoCreditValue));
        }
        let credits = Alternative::of_each_view(credits.filter(|_| in_credits));
        for credit in &credits {
            for fee in &Alternative::of_each_view(fee) {
                let sources = row.sources.as_slice().into();
                let charges = self.charges(found, (prices, &sources), credit, fee)?;
                let open = [&price, &credit.without_answer(), &fee.without_answer()];
                found.add(&[before, &open].concat(), charges);
            }
        }
        Ok(())
    }

    /// The charges of one reading; more than one where an assumption is open.
    fn charges(
        &self,
        found: &mut Findings,
        (prices, sources): (&[Price], &Arc<[SourcePlace]>),
        credit: &Alternative<Option<&'a FieldValue>>,
        fee: &Alternative<Option<&'a FieldValue>>,
    ) -> Result<Result<Vec<Charge>, Reason>, Failure> {
        let worth: Option<CreditValue> =
            credit.answer.and_then(FieldValue::try_as_credits_ref).copied();
        let fee: Option<(Fee, Arc<[SourcePlace]>)> = fee
            .answer
            .and_then(FieldValue::try_as_fee_ref)
            .map(|value| (value.clone(), fee.sources.as_slice().into()));
        if let Some((fee, _)) = &fee {
            let text = format!("a fee of {fee} is read as coming on top of the price");
            found.warn(WarningCode::FeeOnTop, text);
        }
        let mut charges = Vec::new();
        for price in prices {
            // A table of prices may have both, and a credit is worth nothing to the others.
            let worth = worth.filter(|_| price.currency == Currency::Credits);
            let currency = worth.map_or(price.currency, |worth| worth.currency);
            let rate = self.rate(found, currency)?;
            let units = match self.units(found, *price)? {
                Ok(units) => units,
                Err(reason) => return Ok(Err(reason)),
            };
            for units_per_image in units {
                let credits = worth.map(|worth| (worth, credit.sources.as_slice().into()));
                let stated = (*price, sources.clone());
                let rate = (rate.clone(), self.terms.currency);
                let charge = Charge::new(stated, units_per_image, credits, fee.clone(), rate);
                charges.push(charge.map_err(|Overflow| self.overflow())?);
            }
        }
        Ok(Ok(charges))
    }

    fn rate(&self, found: &mut Findings, from: Currency) -> Result<Option<UsedRate>, Failure> {
        let to = self.terms.currency;
        if from == to {
            return Ok(None);
        }
        let rate = self.terms.rate(self.catalog, from, self.as_of);
        let rate = rate.map_err(|Overflow| QuoteError::RateVanishes { from, to })?;
        let rate = rate.ok_or(Failure::Unknown(Reason::NoRate { from, to }))?;
        if let Some(date) = rate.date {
            found.add_warning(OfferWarning::RateAge { pair: rate.pair.clone(), date });
        }
        if !found.rates.contains(&rate) {
            found.rates.push(rate.clone());
        }
        Ok(Some(rate))
    }

    /// How many units one image is: several answers where the source leaves it open.
    fn units(
        &self,
        found: &mut Findings,
        price: Price,
    ) -> Result<Result<Vec<Decimal>, Reason>, QuoteError> {
        let pixels = Decimal::from(self.variant.size.pixels());
        Ok(Ok(match price.unit {
            Unit::Image => vec![Decimal::ONE],
            Unit::Call => {
                let text = "one call is read as one image".to_owned();
                found.warn(WarningCode::OneImagePerCall, text);
                vec![Decimal::ONE]
            }
            Unit::Pixel => vec![pixels],
            Unit::Megapixel => {
                let exact = Decimal::from_i128_with_scale(pixels.mantissa(), 6).normalize();
                let whole = whole_up(pixels, Decimal::from(1_000_000));
                let whole = whole.map_err(|Overflow| self.overflow())?;
                if exact == whole {
                    return Ok(Ok(vec![exact]));
                }
                let text = format!("{exact} megapixels are billed exactly, or as {whole}");
                found.warn(WarningCode::MegapixelRounding, text);
                vec![exact, whole]
            }
            Unit::Second => match self.variant.seconds_per_image {
                Some(seconds) => vec![seconds],
                None => return Ok(Err(Reason::SecondsNotGiven)),
            },
        }))
    }

    fn failed_calls(&self) -> FailedCalls {
        let fact = self.field(Field::FailureCharged);
        match fact.as_ref().and_then(Fact::value).and_then(FieldValue::try_as_flag_ref) {
            Some(true) => FailedCalls::Charged,
            Some(false) => FailedCalls::Free,
            None => FailedCalls::Open,
        }
    }

    /// How many calls may be under way at once.
    fn concurrency(&self) -> Option<u64> {
        let fact = self.field(Field::Concurrency);
        let most = fact.as_ref().and_then(Fact::value).and_then(FieldValue::try_as_count_ref);
        most.map(|most| (*most).max(1))
    }

    /// From the fastest to the slowest that is stated for one image, over all sides of a dispute
    /// and, where the quality is not known, over all qualities.
    fn latency(&self, quality: Option<&str>) -> Option<CountRange> {
        let fact = self.field(Field::Latency)?;
        let rows = fact.effective_claims().iter().flat_map(|view| {
            view.value.try_as_latency_ref().map_or(&[][..], |rows| rows.0.as_slice())
        });
        let fits = rows.filter(|row| {
            quality.is_none()
                || row.when.quality.is_none()
                || row.when.quality.as_deref() == quality
        });
        fits.map(|row| CountRange { low: row.value.0.low, high: row.value.0.high })
            .reduce(CountRange::hull)
    }

    /// The first requirement that is not met.
    fn unmet(&self) -> Option<Reason> {
        self.variant.require.iter().find_map(|wanted| {
            let delivery = wanted == "sync" || wanted == "async";
            let key = if delivery {
                FieldKey::new(Field::Mode)
            } else {
                FieldKey::named(Field::Capabilities, wanted)
            };
            let Some(fact) = self.catalog.fact(self.listing, &key, self.as_of) else {
                return Some(Reason::RequirementNotStated(wanted.clone()));
            };
            match fact.value() {
                Some(FieldValue::Flag(true)) => None,
                Some(FieldValue::Text(mode)) if mode.split(' ').any(|word| word == wanted) => None,
                Some(_) => Some(Reason::RequirementNotOffered(wanted.clone())),
                None => Some(Reason::RequirementDisputed(wanted.clone())),
            }
        })
    }
}

/// A reason on a day: before a listing's first statement nothing else is to be said.
pub(super) fn refusal_on(listing: &Listing, day: Date, reason: Reason) -> Reason {
    let first = listing.entity.statements.iter().map(|statement| statement.seen).min();
    match first {
        Some(first) if day < first => Reason::BeforeFirstStatement { first },
        Some(_) | None => reason,
    }
}

/// The day on which the answer with the oldest sources was last read.
fn youngest_side(fact: &Fact<'_>) -> Option<OfferWarning> {
    let read_on = |view: &Claim<'_>| view.sides.iter().map(|side| side.statement.dated()).max();
    let read_on = fact.effective_claims().iter().filter_map(read_on).min()?;
    Some(OfferWarning::Age { field: fact.key.to_string(), read_on })
}

impl Findings {
    fn warn(&mut self, code: WarningCode, text: String) {
        self.add_warning(OfferWarning::Always(Warning { code, text }));
    }

    fn warn_quality_open(&mut self) {
        let text = "no default quality is stated, and the price depends on it";
        self.warn(WarningCode::QualityOpen, text.to_owned());
    }

    fn add_warning(&mut self, warning: OfferWarning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Adds a reading; only what others dispute names its sides, so that sides tell readings apart.
    fn add(&mut self, parts: &[&Alternative<()>], charges: Result<Vec<Charge>, Reason>) {
        let disputed = parts.iter().filter(|part| !part.says.is_empty());
        let mut sources: Vec<_> = disputed.clone().flat_map(|p| p.sources.clone()).collect();
        if sources.is_empty() {
            sources = parts.iter().flat_map(|part| part.sources.clone()).collect();
        }
        sources.dedup();
        let says: Vec<_> = disputed.map(|part| part.says.as_str()).collect();
        self.readings.push(OfferReading { sources, says: says.join("; "), charges });
    }
}
