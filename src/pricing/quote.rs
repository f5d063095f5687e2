//! A quote: what a job costs on one listing, with its state, lines, readings and warnings.

use rust_decimal::Decimal;

use super::answers::Asking;
use super::budget;
use super::cost::{Billing, Line};
use super::job::Job;
use super::latency;
use super::offer::{NoOffer, Offer};
use super::rates::{Terms, UsedRate};
use crate::catalog::{
    Catalog, Currency, Fact, Field, Key, Listing, Overflow, Value, product, quotient,
};

/// From the lowest to the highest that the sources allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Range {
    /// The lowest.
    pub low: Decimal,
    /// The highest.
    pub high: Decimal,
}

impl Range {
    /// So many times as much: what so many images cost, where one costs this and none is lost.
    /// Exact, or [`Overflow`].
    pub fn times(self, images: u64) -> Result<Self, Overflow> {
        let low = times(self.low, images)?;
        let high = if self.high == self.low { low } else { times(self.high, images)? };
        Ok(Self { low, high })
    }
}

/// The product; what is not long needs no look at the zeros at its end.
fn times(one: Decimal, images: u64) -> Result<Decimal, Overflow> {
    let short = u64::try_from(one.mantissa()).ok().and_then(|mantissa| {
        let product = i128::try_from(u128::from(mantissa) * u128::from(images)).ok()?;
        Decimal::try_from_i128_with_scale(product, one.scale()).ok()
    });
    short.map_or_else(|| product(one, Decimal::from(images)), Ok)
}

/// From the least to the most, in whole numbers: images, or seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole {
    /// The least.
    pub low: u64,
    /// The most.
    pub high: u64,
}

/// What can be said of the job on a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// The sources agree; an assumption may still give a range.
    Priced,
    /// The sources differ, and so does the total.
    Disputed,
    /// It costs nothing, by all sources.
    Free,
    /// No source states what is needed.
    Unknown,
    /// The listing can't do the job, or the question lacks what a price needs.
    Refused,
}

impl State {
    /// The word in the JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Priced => "priced",
            Self::Disputed => "disputed",
            Self::Free => "free",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
        }
    }
}

/// Something to know with a quote: an assumption, an age, a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// A word in kebab-case.
    pub code: &'static str,
    /// A sentence.
    pub text: String,
}

/// What follows if some sides of a dispute are right.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The sides, source and place.
    pub sources: Vec<String>,
    /// What it costs; `None` where these sides refuse the job.
    pub total: Option<Range>,
    /// With a budget: how many images it gives.
    pub images: Option<Whole>,
    /// What the sides say.
    pub reason: String,
    /// The lines of its highest total.
    pub lines: Vec<Line>,
}

/// What a job costs on one listing.
#[derive(Debug, Clone, PartialEq)]
pub struct Quote {
    /// The listing's id.
    pub listing: String,
    /// The provider's id.
    pub provider: String,
    /// What can be said.
    pub state: State,
    /// What it costs in the currency of the terms, where that is known.
    pub total: Option<Range>,
    /// The total's share per image that is kept, rounded once at 12 decimals.
    pub per_image: Option<Range>,
    /// With a budget: how many images it gives at least and at most.
    pub images: Option<Whole>,
    /// How long it takes, where latencies are stated.
    pub duration_s: Option<Whole>,
    /// The lines of the highest total.
    pub lines: Vec<Line>,
    /// One reading, or more where sources differ.
    pub readings: Vec<Reading>,
    /// What to know with it.
    pub warnings: Vec<Warning>,
    /// Why there is no total.
    pub reason: Option<String>,
    /// The rates that were used.
    pub rates: Vec<UsedRate>,
}

/// Says why no quote could be made at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// A figure can't be held to the last digit.
    #[error("the total of `{listing}` is beyond the decimal range, and is not rounded to fit")]
    Overflow {
        /// The listing.
        listing: String,
    },
    /// A rate that was turned round is nothing at 12 decimals, and would make every price free.
    #[error(
        "the rate from {from} to {to} can't be held when it is turned round; give one with --rate {from}/{to}=…"
    )]
    RateVanishes {
        /// The currency of the price.
        from: Currency,
        /// The currency that was asked for.
        to: Currency,
    },
    /// There is no exchange rate.
    #[error(
        "there is no official rate from {from} to {to} by that day; give one with --rate {from}/{to}=…"
    )]
    NoRate {
        /// The currency of the price.
        from: Currency,
        /// The currency that was asked for.
        to: Currency,
    },
}

/// Makes the quote of one listing.
pub fn quote(
    catalog: &Catalog,
    listing: &Listing,
    job: &Job,
    terms: &Terms,
) -> Result<Quote, QuoteError> {
    let asking = Asking { catalog, listing, job, terms };
    let mut quote = Quote {
        listing: listing.id.to_string(),
        provider: listing.provider.as_str().to_owned(),
        state: State::Refused,
        total: None,
        per_image: None,
        images: None,
        duration_s: None,
        lines: Vec::new(),
        readings: Vec::new(),
        warnings: Vec::new(),
        reason: None,
        rates: Vec::new(),
    };
    match asking.offer() {
        Err(NoOffer::Failed(error)) => return Err(error),
        Err(NoOffer::Unknown(why)) => {
            (quote.state, quote.reason) = (State::Unknown, Some(why));
            return Ok(quote);
        }
        Ok(offer) => asking.fill(&mut quote, &offer).map_err(|_| asking.overflow())?,
    }
    if let Some(why) = asking.missing() {
        quote.refuse(why);
    }
    Ok(quote)
}

impl Quote {
    fn refuse(&mut self, why: String) {
        (self.state, self.reason) = (State::Refused, Some(why));
        (self.total, self.per_image, self.images) = (None, None, None);
        self.lines.clear();
        self.readings.clear();
        self.rates.clear();
    }
}

impl Asking<'_> {
    fn fill(&self, quote: &mut Quote, offer: &Offer<'_>) -> Result<(), Overflow> {
        quote.warnings.clone_from(&offer.warnings);
        quote.rates.clone_from(&offer.rates);
        let mut bought = Vec::new();
        for reading in &offer.readings {
            bought.push(match (self.job.budget, &reading.billings) {
                (_, Err(why)) => Err(why.clone()),
                (Some(limit), Ok(billings)) => budget::images(self.job, billings, limit)?.map(Some),
                (None, Ok(_)) => Ok(None),
            });
        }
        let spans: Vec<Whole> = bought.iter().filter_map(|it| *it.as_ref().ok()?).collect();
        quote.images = spans
            .iter()
            .copied()
            .reduce(|a, b| Whole { low: a.low.min(b.low), high: a.high.max(b.high) });
        if quote.images.is_some_and(|images| images.high == 0) {
            quote.refuse("the budget does not buy one image".to_owned());
            return Ok(());
        }
        // What a budget gives is priced at the number that it gives in any case, or for one image.
        let images = quote.images.map_or(self.job.images, |images| images.low.max(1));
        for (reading, bought) in offer.readings.iter().zip(bought) {
            let (sources, mut reason) = (reading.sources.clone(), reading.reason.clone());
            let (mut total, mut lines, mut given) = (None, Vec::new(), None);
            match (bought, &reading.billings) {
                (Ok(span), Ok(billings)) => {
                    let (range, highest) = spread(self.job, billings, images)?;
                    (total, lines, given) = (Some(range), highest, span);
                }
                (Err(why), Ok(_)) => reason = why,
                (_, Err(_)) => {}
            }
            quote.readings.push(Reading { sources, total, images: given, reason, lines });
        }
        quote.judge();
        if let Some(total) = quote.total {
            let each = |total| quotient(total, Decimal::from(images));
            quote.per_image = Some(Range { low: each(total.low)?, high: each(total.high)? });
            self.time(quote, offer.quality.as_deref(), images)?;
        }
        Ok(())
    }

    /// Sets the duration, and refuses where even the fastest comes after the deadline.
    fn time(&self, quote: &mut Quote, quality: Option<&str>, images: u64) -> Result<(), Overflow> {
        let one = latency::of_one(self.catalog, self.listing, quality, self.terms.as_of);
        let most = match self.field(Field::Concurrency).as_ref().and_then(Fact::value) {
            Some(Value::Count(most)) => (*most).max(1),
            _ => u64::MAX,
        };
        let calls = self.job.concurrency.min(most);
        if calls < self.job.concurrency {
            let text = format!("only {calls} calls may be under way at once");
            quote.warnings.push(Warning { code: "concurrency-limit", text });
        }
        let Some(one) = one else {
            if self.job.deadline_ms.is_some() {
                let text = "no source states a latency; the deadline can't be judged".to_owned();
                quote.warnings.push(Warning { code: "latency-not-stated", text });
            }
            return Ok(());
        };
        let took = latency::of_job(self.job, images, calls, one)?;
        quote.duration_s = Some(took);
        let Some(deadline) = self.job.deadline_ms else { return Ok(()) };
        if u128::from(took.low) * 1000 > u128::from(deadline) {
            let why = format!("takes at least {} s, and the deadline is {} ms", took.low, deadline);
            quote.refuse(why);
        } else if u128::from(took.high) * 1000 > u128::from(deadline) {
            let text = format!("may take {} s, past the deadline", took.high);
            quote.warnings.push(Warning { code: "deadline-not-sure", text });
        }
        Ok(())
    }

    /// The first requirement that is not met, with its reason.
    fn missing(&self) -> Option<String> {
        self.job.require.iter().find_map(|wanted| {
            let delivery = wanted == "sync" || wanted == "async";
            let key = if delivery {
                Key::of(Field::Mode)
            } else {
                Key::named(Field::Capabilities, wanted)
            };
            let Some(fact) = self.catalog.fact(self.listing, &key, self.terms.as_of) else {
                return Some(format!("not-stated: no source states `{wanted}`"));
            };
            match fact.value() {
                Some(Value::Flag(true)) => None,
                Some(Value::Text(mode)) if mode.split(' ').any(|word| word == wanted) => None,
                Some(_) => Some(format!("not-offered: `{wanted}` is not offered")),
                None => Some(format!("disputed: sources differ on `{wanted}`")),
            }
        })
    }
}

impl Quote {
    /// Sets state, total and lines from the readings.
    fn judge(&mut self) {
        let totals: Vec<Range> = self.readings.iter().filter_map(|r| r.total).collect();
        let Some(total) = totals
            .iter()
            .copied()
            .reduce(|a, b| Range { low: a.low.min(b.low), high: a.high.max(b.high) })
        else {
            let why = self.readings.first().map(|reading| reading.reason.clone());
            return self.refuse(why.unwrap_or_default());
        };
        let said = |reading: &Reading| (reading.total, reading.images);
        let differ = self.readings.iter().any(|reading| said(reading) != said(&self.readings[0]));
        self.state = match (differ, total.high.is_zero()) {
            (true, _) => State::Disputed,
            (false, true) => State::Free,
            (false, false) => State::Priced,
        };
        let highest = self.readings.iter().filter(|r| r.total.is_some());
        let highest = highest.max_by_key(|reading| reading.total.map(|total| total.high));
        self.lines = highest.map(|reading| reading.lines.clone()).unwrap_or_default();
        self.total = Some(total);
    }
}

/// From the lowest to the highest of the open ways of billing, with the lines of the highest.
fn spread(
    job: &Job,
    billings: &[Billing<'_>],
    images: u64,
) -> Result<(Range, Vec<Line>), Overflow> {
    let mut range: Option<Range> = None;
    let mut highest = None;
    for billing in billings {
        let total = billing.total(job, images)?;
        let before = range.unwrap_or(Range { low: total, high: total });
        if range.is_none() || total > before.high {
            highest = Some(billing);
        }
        range = Some(Range { low: before.low.min(total), high: before.high.max(total) });
    }
    let lines = highest.map_or(Ok(Vec::new()), |billing| billing.lines(job, images))?;
    Ok((range.ok_or(Overflow)?, lines))
}
