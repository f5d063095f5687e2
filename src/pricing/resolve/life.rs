//! Whether a listing is sold, what it can do, and how it is paid for: facts beside its price.

use std::collections::BTreeMap;

use super::{Findings, Resolver};
use crate::catalog::{
    Capability, Conditions, CountSpan, CreditPack, DeliveryMode, EntityKind, Fact, FeeAmount, Fees,
    Field, FieldKey, FieldValue, Money, RequestLimit, SourcePlace,
};
use crate::pricing::charge::Sources;
use crate::pricing::rates::UsedRate;
use crate::pricing::reason::{Reason, WarningCode};

impl Resolver<'_> {
    /// Why it is no longer sold, where a source says so.
    pub(super) fn retired(&self, found: &mut Findings) -> Option<Reason> {
        let day = self.offered(Field::Retires).and_then(|fact| {
            let days = fact.effective_claims().iter();
            let day = days.filter_map(|it| it.value.try_as_date_ref().copied()).min()?;
            Some((day, fact))
        });
        if let Some((day, fact)) = day {
            if day <= self.as_of {
                return Some(retired(Some(day), &fact));
            }
            let text = format!("it is no longer sold from {day} on, says {}", sources(&fact));
            found.warn(WarningCode::Retires, text);
        }
        let fact = self.offered(Field::Active)?;
        match fact.value() {
            Some(FieldValue::Flag(false)) => Some(retired(None, &fact)),
            None => {
                let text = format!("sources differ on whether it is sold: {}", sources(&fact));
                found.warn(WarningCode::Retires, text);
                None
            }
            Some(_) => None,
        }
    }

    /// The first requirement that is not met.
    pub(super) fn unmet(&self) -> Option<Reason> {
        // That the maker bills says nothing of what else is required.
        let (own_key, others): (Vec<_>, Vec<_>) =
            self.variant.require.iter().partition(|wanted| is_own_key(wanted));
        others.into_iter().chain(own_key).find_map(|wanted| self.unmet_one(wanted))
    }

    fn unmet_one(&self, wanted: &str) -> Option<Reason> {
        let delivery = wanted.parse::<DeliveryMode>().ok();
        let key = match delivery {
            Some(_) => FieldKey::new(Field::Mode),
            None => FieldKey::named(Field::Capabilities, wanted),
        };
        let fact = self.catalog.fact(self.listing, &key, self.as_of);
        let Some(fact) = fact.filter(|fact| fact.level() != EntityKind::Model) else {
            return Some(Reason::RequirementNotStated(wanted.to_owned()));
        };
        match fact.value() {
            // With an own key it is the maker who bills, and the seller's price says nothing.
            Some(FieldValue::Flag(true)) if is_own_key(wanted) => {
                Some(Reason::ByokMakerBills { maker_asks: self.maker_asks() })
            }
            Some(FieldValue::Flag(true)) => None,
            Some(FieldValue::Text(word))
                if delivery.is_some_and(|mode| DeliveryMode::stated(word).contains(&mode)) =>
            {
                None
            }
            Some(_) => Some(Reason::RequirementNotOffered(wanted.to_owned())),
            None => Some(Reason::RequirementDisputed(wanted.to_owned())),
        }
    }

    /// What the maker's own listings of the model's family ask, as a list for people.
    fn maker_asks(&self) -> String {
        let catalog = self.catalog;
        let model = catalog.models.get(&*self.listing.model);
        let Some(maker) = model.and_then(|model| model.maker.as_ref()) else {
            return String::new();
        };
        let family = catalog.family(self.listing);
        let own = catalog.listings.values().filter(|other| {
            let provider = catalog.providers.get(&*other.provider);
            let is_own = provider.is_some_and(|it| it.maker.as_ref() == Some(maker));
            let sold = catalog.field(other, Field::Active, self.as_of);
            let sold = sold.as_ref().and_then(Fact::value) != Some(&FieldValue::Flag(false));
            is_own && sold && catalog.family(other) == family
        });
        let mut asks: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for listing in own {
            if let Some(fact) = catalog.field(listing, Field::Price, self.as_of) {
                asks.entry(fact.words()).or_default().push(listing.id.as_str());
            }
        }
        let asks = asks.iter().map(|(price, ids)| format!("{price} ({})", ids.join(", ")));
        asks.collect::<Vec<_>>().join("; ")
    }

    /// How many requests may be sent, by each side.
    pub(super) fn request_limits(&self) -> Vec<RequestLimit> {
        let fact = self.offered(Field::RequestLimit);
        let claims = fact.iter().flat_map(Fact::effective_claims);
        claims.filter_map(|it| it.value.try_as_request_limit_ref().copied()).collect()
    }

    /// How many images one call may give, from the fewest to the most that any side says.
    pub(super) fn images_per_call(&self) -> Option<CountSpan> {
        let fact = self.offered(Field::ImagesPerAnswer)?;
        let spans = fact.effective_claims().iter().filter_map(|it| it.value.try_as_span_ref());
        spans.copied().reduce(|a, b| CountSpan { low: a.low.min(b.low), high: a.high.max(b.high) })
    }

    /// How many images a fee on a call pays for.
    pub(super) fn images_per_fee(
        &self,
        found: &mut Findings,
        fees: Option<&(Fees, Sources)>,
    ) -> u64 {
        let mut fees = fees.iter().flat_map(|(fees, _)| &fees.0);
        let has_fee = fees.any(|fee| matches!(fee.amount, FeeAmount::PerCall(..)));
        if has_fee { self.calls(found).divisor } else { 1 }
    }

    /// The packs in which each side says that credits are sold.
    pub(super) fn packs(&self) -> Vec<Vec<CreditPack>> {
        let fact = self.offered(Field::Packs);
        let claims = fact.iter().flat_map(Fact::effective_claims);
        claims.filter_map(|claim| Some(claim.value.try_as_packs_ref()?.0.clone())).collect()
    }

    /// Who says in which packs credits are sold.
    pub(super) fn pack_sources(&self) -> Vec<SourcePlace> {
        let fact = self.offered(Field::Packs);
        fact.iter().flat_map(Fact::effective_sides).map(|side| side.statement.side()).collect()
    }

    /// Tells when an offer ends, and which prices are announced.
    pub(super) fn note_offers(&self, found: &mut Findings, fact: &Fact<'_>) {
        let size = self.variant.size;
        let is_ours = |when: &Conditions| {
            when.size.is_none_or(|its| its == size)
                && when.max_pixels.is_none_or(|most| size.pixels() <= most)
                && (when.quality.is_none() || when.quality == self.variant.quality)
                && when.is_batch() == self.variant.batch
        };
        let values = fact.effective_claims().iter();
        let rows = values.filter_map(|it| it.value.try_as_price_ref()).flat_map(|rows| &rows.0);
        for row in rows.filter(|row| is_ours(&row.when)) {
            let price = &row.value;
            match (row.when.from, row.when.until) {
                (Some(from), _) if from > self.as_of => {
                    let text = format!("from {from} on a price of {price} is announced");
                    found.warn(WarningCode::PriceAnnounced, text);
                }
                (_, Some(until)) if until >= self.as_of => {
                    found
                        .warn(WarningCode::OfferEnds, format!("{price} is an offer until {until}"));
                }
                _ => {}
            }
        }
    }

    /// The least that has to be paid in, by each side.
    pub(super) fn minimums(&self) -> Vec<Money> {
        let fact = self.offered(Field::TopUp);
        let claims = fact.iter().flat_map(Fact::effective_claims);
        claims.filter_map(|it| it.value.try_as_top_up_ref().copied()).collect()
    }

    /// The rates from the currencies of packs and of the least payment, where there are any.
    pub(super) fn funding_rates(&self) -> Vec<UsedRate> {
        let packs = self.packs().into_iter().flatten().map(|pack| pack.currency);
        let mut rates: Vec<UsedRate> = Vec::new();
        for from in packs.chain(self.minimums().into_iter().map(|it| it.currency)) {
            let to = self.terms.currency;
            if from != to && !rates.iter().any(|rate| rate.from == from) {
                let rate = self.terms.rate(self.catalog, from, self.as_of);
                rates.extend(rate.ok().flatten());
            }
        }
        rates
    }

    /// Whether a source states a price for a batch.
    pub(super) fn has_batch(&self) -> bool {
        self.field(Field::Price).is_some_and(|fact| {
            let values = fact.effective_claims().iter();
            let rows = values.filter_map(|it| it.value.try_as_price_ref()).flat_map(|it| &it.0);
            rows.into_iter().any(|row| row.when.is_batch())
        })
    }
}

fn is_own_key(wanted: &str) -> bool {
    wanted.parse() == Ok(Capability::Byok)
}

fn retired(from: Option<jiff::civil::Date>, fact: &Fact<'_>) -> Reason {
    let seen = fact.effective_sides().map(|side| side.statement.seen).max();
    Reason::Retired { from, sources: sources(fact), seen: seen.unwrap_or_default() }
}

fn sources(fact: &Fact<'_>) -> String {
    let sides: Vec<SourcePlace> = fact.effective_sides().map(|it| it.statement.side()).collect();
    SourcePlace::list(&sides)
}
