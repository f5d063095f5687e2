//! From facts to an offer: every reading that the sources leave open, resolved to charges before
//! any image is counted. The only place of this room that looks at facts.

mod alternatives;
mod findings;
mod life;
mod prices;
mod units;

use std::sync::Arc;

use jiff::civil::Date;

use self::alternatives::Alternative;
use self::findings::Findings;
use self::prices::{PriceAnswer, PriceLadder};
use self::units::MegapixelReading;
use super::charge::{Charge, PriceStep, Sources, UnitCount};
use super::offer::{FailedCalls, OfferCost, ResolvedOffer};
use super::quote::CountRange;
use super::rates::UsedRate;
use super::reason::{OfferWarning, Reason, WarningCode};
use super::terms::PricingTerms;
use super::variant::Variant;
use crate::catalog::{
    Catalog, ConditionCase, ConditionTable, CreditPack, CreditValue, Currency, DeliveryMode,
    EntityKind, Fact, FeeAmount, Fees, Field, FieldValue, Listing, Overflow, Price,
};

/// The facts of one listing on a day, asked for one variant.
pub(super) struct Resolver<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) listing: &'a Listing,
    pub(super) variant: &'a Variant,
    pub(super) terms: &'a PricingTerms,
    pub(super) as_of: Date,
}

impl<'a> Resolver<'a> {
    /// Resolves the offer.
    pub(super) fn offer(&self) -> ResolvedOffer {
        let mut found = Findings::default();
        let retired = self.retired(&mut found);
        let mut readings = match (retired, self.read(&mut found)) {
            (Some(reason), _) | (None, Err(reason)) => Err(reason),
            (None, Ok(())) => Ok(std::mem::take(&mut found.readings)),
        };
        let unmet = self.unmet();
        let mut cost = match &readings {
            Ok(readings) => OfferCost::new(readings),
            Err(reason) => Err(reason.clone()),
        };
        let of_day = |reason| refusal_on(self.listing, self.as_of, reason);
        readings = readings.map_err(of_day);
        cost = cost.map_err(of_day);
        if let (Ok(_), Some(reason)) = (&cost, &unmet) {
            cost = Err(reason.clone());
        }
        ResolvedOffer {
            listing: self.listing.id.to_string(),
            provider: self.listing.provider.as_str().to_owned(),
            readings,
            cost,
            warnings: found.warnings,
            rates: found.rates,
            failures: self.failed_calls(),
            seconds: self.latency(found.quality.as_deref()),
            concurrency: self.concurrency(),
            request_limits: self.request_limits(),
            images_per_call: self.images_per_call(),
            packs: self.packs(),
            minimums: self.minimums(),
            funding_rates: self.funding_rates(),
            has_batch: self.has_batch(),
            unmet,
        }
    }

    fn field(&self, field: Field) -> Option<Fact<'a>> {
        self.catalog.field(self.listing, field, self.as_of)
    }

    /// What the seller offers. What is known of the model alone is no offer of anybody.
    fn offered(&self, field: Field) -> Option<Fact<'a>> {
        self.field(field).filter(|fact| fact.level() != EntityKind::Model)
    }

    /// Finds every reading of the price, for every answer about size and quality.
    fn read(&self, found: &mut Findings) -> Result<(), Reason> {
        let price = self.field(Field::Price).ok_or(Reason::NoPrice)?;
        let sizes = self.sizes(&mut found.warnings);
        let qualities = self.qualities(&mut found.warnings);
        let credits = self.field(Field::Credits);
        let fees = self.field(Field::Fee);
        for fact in [Some(&price), credits.as_ref(), fees.as_ref()].into_iter().flatten() {
            let field = fact.key.to_string();
            let read_on = fact.supported_on(self.as_of);
            found.warnings.extend(read_on.map(|read_on| OfferWarning::Age { field, read_on }));
        }
        self.note_offers(found, &price);
        for size in &sizes {
            for quality in &qualities {
                let open = [&size.without_answer(), &quality.without_answer()];
                if let Err(reason) = size.answer.as_ref().and(quality.answer.as_ref()) {
                    found.add(&open, Err(reason.clone()));
                    continue;
                }
                let word = quality.answer.clone().ok().flatten();
                found.quality = word.clone().or(found.quality.take());
                for row in &self.prices(&price, word.as_deref()) {
                    self.read_row(found, &open, row, credits.as_ref(), fees.as_ref())?;
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
        row: &Alternative<Result<PriceAnswer, Reason>>,
        credits: Option<&Fact<'a>>,
        fees: Option<&Fact<'a>>,
    ) -> Result<(), Reason> {
        let price = row.without_answer();
        let answer = match &row.answer {
            Ok(answer) => answer,
            Err(reason) => {
                found.add(&[before, &[&price]].concat(), Err(reason.clone()));
                return Ok(());
            }
        };
        found.warn_open(answer.open);
        let prices = || answer.ladders.iter().flat_map(|it| &it.steps).map(|(_, price)| price);
        if prices().any(Price::is_about) {
            found.warn_about("price");
        }
        let in_credits =
            answer.ladders.iter().any(|ladder| ladder.currency() == Some(Currency::Credits));
        let credits = credits.filter(|_| in_credits);
        let worths: Vec<Alternative<Vec<CreditValue>>> = match (in_credits, credits) {
            (false, _) => vec![Alternative::agreed(Vec::new())],
            (true, None) => vec![Alternative {
                sources: self.pack_sources(),
                ..Alternative::agreed(self.worth_by_packs(found)?)
            }],
            (true, Some(_)) => {
                let each = Alternative::of_each_view(credits).into_iter();
                let worth = |value: &FieldValue| value.try_as_credits_ref().copied();
                each.map(|it| it.map(|value| value.and_then(worth).into_iter().collect())).collect()
            }
        };
        if worths.iter().flat_map(|worth| &worth.answer).any(|worth| worth.is_about) {
            found.warn_about("worth of a credit");
        }
        for megapixels in &self.megapixels(prices()) {
            for worth in &worths {
                for fees in &Alternative::of_each_view(fees) {
                    let sources = row.sources.as_slice().into();
                    let answer = (answer, &sources, megapixels.answer.as_slice());
                    let charges = self.charges(found, answer, worth, fees)?;
                    let others = [megapixels.without_answer(), worth.without_answer()];
                    let open = [&price, &others[0], &others[1], &fees.without_answer()];
                    found.add(&[before, &open].concat(), charges);
                }
            }
        }
        Ok(())
    }

    /// What a credit is worth by the dearest and by the cheapest pack, where no equation is stated.
    fn worth_by_packs(&self, found: &mut Findings) -> Result<Vec<CreditValue>, Reason> {
        let worth = |pack: &CreditPack| CreditValue {
            credits: pack.credits,
            worth: pack.price,
            currency: pack.currency,
            is_about: false,
        };
        let mut worths = Vec::new();
        for pack in self.packs().concat() {
            worths.push((worth(&pack).of_one()?, worth(&pack)));
        }
        worths.sort_by_key(|(one, _)| *one);
        let (Some((_, cheapest)), Some((_, dearest))) = (worths.first(), worths.last()) else {
            return Err(Reason::NoCreditValue);
        };
        let (cheapest, dearest) = (*cheapest, *dearest);
        if cheapest == dearest {
            return Ok(vec![cheapest]);
        }
        let text = format!("a credit costs what it does in a pack: {cheapest} to {dearest}");
        found.warn(WarningCode::Packs, text);
        Ok(vec![cheapest, dearest])
    }

    /// The charges of one reading; more than one where an assumption is open.
    fn charges(
        &self,
        found: &mut Findings,
        (answer, sources, megapixels): (&PriceAnswer, &Sources, &[MegapixelReading]),
        worth: &Alternative<Vec<CreditValue>>,
        fees: &Alternative<Option<&'a FieldValue>>,
    ) -> Result<Result<Vec<Charge>, Reason>, Reason> {
        let stated = fees.answer.and_then(FieldValue::try_as_fees_ref);
        let fees: Option<(Fees, Sources)> =
            stated.map(|value| (value.clone(), fees.sources.as_slice().into()));
        if let Some((fees, _)) = &fees {
            let text = format!("a fee of {fees} is added to the price");
            found.warn(WarningCode::FeeOnTop, text);
        }
        let mut charges = Vec::new();
        for ladder in &answer.ladders {
            let in_credits = ladder.currency() == Some(Currency::Credits);
            // A table of prices may have both, and a credit is worth nothing to the others.
            let worths: Vec<Option<CreditValue>> = if in_credits {
                worth.answer.iter().copied().map(Some).collect()
            } else {
                vec![None]
            };
            let readings = match self.units(found, &ladder.steps, megapixels) {
                Ok(readings) => readings,
                Err(reason) => return Ok(Err(reason)),
            };
            for worth_of_one in worths {
                let credits = worth_of_one.map(|it| (it, worth.sources.as_slice().into()));
                for units in &readings {
                    let steps = steps_of(ladder, units);
                    let share = ladder.share.map(|share| (share, Arc::clone(sources)));
                    let rates = self.rates(found, ladder, worth_of_one, fees.as_ref())?;
                    let per_call = self.images_per_fee(found, fees.as_ref());
                    let charge = Charge::new(
                        (steps, Arc::clone(&ladder.name), Arc::clone(sources)),
                        per_call,
                        share,
                        credits.clone(),
                        fees.clone(),
                        (rates, self.terms.currency),
                    );
                    charges.push(charge?);
                }
            }
        }
        Ok(Ok(charges))
    }

    /// The rates that a charge needs: from the currency that is paid in, and from those of fees.
    fn rates(
        &self,
        found: &mut Findings,
        ladder: &PriceLadder,
        worth: Option<CreditValue>,
        fees: Option<&(Fees, Sources)>,
    ) -> Result<Vec<UsedRate>, Reason> {
        let currency = worth.map(|worth| worth.currency).or(ladder.currency());
        let of_fee = |amount: FeeAmount| match amount {
            FeeAmount::PerCall(_, currency) => Some(currency),
            FeeAmount::Rate(_) => None,
        };
        let fees = fees.iter().flat_map(|(fees, _)| &fees.0);
        // A fee in the price's own currency is added before anything is converted.
        let others = fees.filter_map(|fee| of_fee(fee.amount)).filter(|of| Some(*of) != currency);
        let mut rates = Vec::new();
        for currency in currency.into_iter().chain(others) {
            rates.extend(self.rate(found, currency)?);
        }
        rates.dedup();
        Ok(rates)
    }

    fn rate(&self, found: &mut Findings, from: Currency) -> Result<Option<UsedRate>, Reason> {
        let to = self.terms.currency;
        if from == to {
            return Ok(None);
        }
        let rate = self.terms.rate(self.catalog, from, self.as_of);
        let rate = rate.map_err(|Overflow| Reason::RateVanishes { from, to })?;
        let rate = rate.ok_or(Reason::NoRate { from, to })?;
        if let Some(date) = rate.date {
            found.add_warning(OfferWarning::RateAge { pair: rate.pair.clone(), date });
        }
        if !found.rates.contains(&rate) {
            found.rates.push(rate.clone());
        }
        Ok(Some(rate))
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
    fn concurrency(&self) -> Option<CountRange> {
        let fact = self.offered(Field::Concurrency)?;
        let counts = fact.effective_claims().iter().filter_map(|it| it.value.try_as_count_ref());
        let ranges = counts.map(|most| CountRange { low: (*most).max(1), high: (*most).max(1) });
        ranges.reduce(CountRange::hull)
    }

    /// From the fastest to the slowest that is stated for one image, over all sides of a dispute
    /// and, where the quality is not known, over all qualities.
    fn latency(&self, quality: Option<&str>) -> Option<CountRange> {
        let fact = self.offered(Field::Latency)?;
        let tables = fact.effective_claims().iter().filter_map(|it| it.value.try_as_latency_ref());
        let mut range: Option<CountRange> = None;
        for table in tables {
            let named = table.0.iter().map(|row| row.when.quality.as_deref());
            let qualities: Vec<_> = match quality {
                Some(quality) => vec![Some(quality)],
                None => named.chain([None]).collect(),
            };
            for (quality, mode) in qualities
                .iter()
                .flat_map(|it| self.latency_modes().into_iter().map(move |m| (*it, m)))
            {
                let (size, steps, day) = (self.variant.size, self.variant.steps, self.as_of);
                let case = ConditionCase { size, quality, mode, steps, day };
                let fit = table.0.iter().filter(|row| row.when.hold(case));
                for row in ConditionTable::most_specific(fit) {
                    let took = CountRange { low: row.value.0.low, high: row.value.0.high };
                    range = Some(range.map_or(took, |range| range.hull(took)));
                }
            }
        }
        range
    }

    /// The ways of delivery whose latencies count; a batch has its own.
    fn latency_modes(&self) -> Vec<DeliveryMode> {
        if self.variant.batch { vec![DeliveryMode::Batch] } else { self.deliveries() }
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

/// The steps of a ladder with the units of one reading.
fn steps_of(ladder: &PriceLadder, units: &[Vec<UnitCount>]) -> Vec<PriceStep> {
    let steps = ladder.steps.iter().zip(units);
    let step = |((up_to, price), units): (&(Option<u64>, Price), &Vec<UnitCount>)| PriceStep {
        up_to: *up_to,
        price: price.clone(),
        units: units.clone(),
    };
    steps.map(step).collect()
}

impl PriceLadder {
    fn currency(&self) -> Option<Currency> {
        Price::common_currency(self.steps.iter().map(|(_, price)| price))
    }
}
