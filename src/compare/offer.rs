//! What a listing offers for a job: every reading that the sources leave open, resolved to ways of
//! billing before any image is counted.

use rust_decimal::Decimal;

use super::cost::Billing;
use super::job::Job;
use super::quote::{QuoteError, Warning};
use super::rates::{Terms, UsedRate};
use crate::catalog::{
    Catalog, Conditions, CreditValue, Currency, Fact, Fee, Field, Price, Rows, Subject, Texts,
    Unit, Value, View, whole_up,
};

/// One answer to a question about the job, with the sides that give it where others differ.
#[derive(Debug, Clone)]
pub struct Dimension<T> {
    /// The answer.
    pub answer: T,
    /// What it rests on.
    pub reason: String,
    /// The sides, source and place.
    pub sources: Vec<String>,
}

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
pub struct Offer<'c> {
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

/// The facts of one listing under one set of terms.
pub(super) struct Asking<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) listing: &'c Subject,
    pub(super) job: &'c Job,
    pub(super) terms: &'c Terms,
}

impl<'c> Asking<'c> {
    pub(super) fn field(&self, field: Field) -> Option<Fact<'c>> {
        self.catalog.field(self.listing, field, self.terms.as_of)
    }

    pub(super) fn overflow(&self) -> QuoteError {
        QuoteError::Overflow { listing: self.listing.id.clone() }
    }

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
                offer.add(&[before, &open].concat(), billings, "");
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
        let rate = self.terms.rate(self.catalog, from).map_err(|_| self.overflow())?;
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
                let exact = (pixels / million).normalize();
                let whole = whole_up(pixels, million).map_err(|_| self.overflow())?;
                if exact == whole {
                    return Ok(Ok(vec![exact]));
                }
                let text = format!("{exact} megapixels are billed exactly, or as {whole}");
                offer.warn("megapixel-rounding", text);
                vec![exact, whole]
            }
            Unit::Second => match self.job.seconds_per_image {
                Some(seconds) => vec![seconds],
                None => {
                    let why = "billed by the second: give --seconds-per-image and --hardware";
                    return Ok(Err(why.to_owned()));
                }
            },
        }))
    }

    /// Whether failed calls are charged: both, where nothing is stated or sources differ.
    fn failures(&self, offer: &mut Offer<'c>) -> Vec<bool> {
        if self.job.fail_rate.0.is_zero() {
            return vec![false];
        }
        match self.field(Field::FailureCharged).as_ref().and_then(Fact::value) {
            Some(Value::Flag(charged)) => vec![*charged],
            _ => {
                let text = "no source settles whether failed calls are charged".to_owned();
                offer.warn("failures-not-stated", text);
                vec![false, true]
            }
        }
    }

    /// Whether the size is offered, one answer for each group of sides that differ on it.
    fn sizes(&self, warnings: &mut Vec<Warning>) -> Vec<Dimension<Result<(), String>>> {
        let size = self.job.size;
        let Some(fact) = self.field(Field::Sizes) else {
            let text = format!("no source states sizes; {size} may not be offered");
            warnings.push(Warning { code: "not-stated", text });
            return vec![settled(Ok(()))];
        };
        grouped(&fact, |value| match value {
            Value::Sizes(sizes) if !sizes.offers(size) => Err(match sizes.nearest(size) {
                Some(near) => format!("{size} is not offered; the nearest is {near}"),
                None => format!("{size} is not offered"),
            }),
            _ => Ok(()),
        })
    }

    /// The quality the job is drawn in, or why it is refused.
    fn qualities(
        &self,
        warnings: &mut Vec<Warning>,
    ) -> Vec<Dimension<Result<Option<String>, String>>> {
        let default = self.field(Field::DefaultQuality);
        let default_word = match default.as_ref().and_then(Fact::value) {
            Some(Value::Text(word)) => Some(word.clone()),
            _ => None,
        };
        let Some(wanted) = &self.job.quality else {
            return vec![settled(Ok(default_word))];
        };
        let models = self.field(Field::QualityModels);
        let takes = models.as_ref().map_or_else(
            || vec![settled(true)],
            |fact| {
                grouped(fact, |value| match value {
                    Value::Texts(Texts(codes)) => {
                        codes.iter().any(|code| code == self.listing.slug())
                    }
                    _ => true,
                })
            },
        );
        let offered = self.field(Field::Qualities).map_or_else(
            || {
                let text = format!("no source states qualities; `{wanted}` may not be offered");
                warnings.push(Warning { code: "not-stated", text });
                vec![settled(Ok(Some(wanted.clone())))]
            },
            |fact| grouped(&fact, |value| offered(value, wanted)),
        );
        let mut answers = Vec::new();
        for takes in takes {
            if takes.answer {
                let both = offered.iter().map(|offered| Dimension {
                    answer: offered.answer.clone(),
                    reason: joined(&takes.reason, &offered.reason),
                    sources: [takes.sources.clone(), offered.sources.clone()].concat(),
                });
                answers.extend(both);
                continue;
            }
            let answer = if default_word.as_ref() == Some(wanted) {
                Ok(default_word.clone())
            } else {
                Err(self.not_taken(wanted, models.as_ref(), default_word.as_deref()))
            };
            answers.push(Dimension { answer, reason: takes.reason, sources: takes.sources });
        }
        answers
    }

    fn not_taken(&self, wanted: &str, models: Option<&Fact<'c>>, default: Option<&str>) -> String {
        let codes = models.and_then(|fact| fact.views.first()).map(|view| view.value.to_string());
        let source = models.and_then(|fact| fact.views.first()).map(|view| view.sides().join(", "));
        let nearest = default.map(|word| format!("; the nearest is {word}")).unwrap_or_default();
        format!(
            "`{wanted}` is offered for {} alone ({}){nearest}",
            codes.unwrap_or_default(),
            source.unwrap_or_default()
        )
    }

    /// The prices that the job's conditions leave, one answer for each group of sides.
    fn rows(
        &self,
        fact: &Fact<'c>,
        quality: Option<&str>,
    ) -> Vec<Dimension<Result<Vec<Price>, String>>> {
        let mut answers = grouped(fact, |value| match value {
            Value::Price(rows) => self.fitting(rows, quality),
            _ => Err("no price".to_owned()),
        });
        // Alone, a price still names its source, for the lines.
        if let [one] = answers.as_mut_slice() {
            one.sources = fact.counting().iter().flat_map(View::sides).collect();
        }
        answers
    }

    fn fitting(&self, rows: &Rows<Price>, quality: Option<&str>) -> Result<Vec<Price>, String> {
        let meets = |when: &Conditions| {
            when.size.is_none_or(|size| size == self.job.size)
                && (quality.is_none()
                    || when.quality.is_none()
                    || when.quality.as_deref() == quality)
        };
        let fit: Vec<_> = rows.0.iter().filter(|row| meets(&row.when)).collect();
        if fit.is_empty() {
            return Err("no source states a price for this size and quality".to_owned());
        }
        let machines: Vec<_> = fit.iter().filter_map(|row| row.when.hardware.as_deref()).collect();
        if machines.is_empty() {
            return Ok(fit.iter().map(|row| row.value).collect());
        }
        let Some(hardware) = &self.job.hardware else {
            return Err("billed by the second: give --seconds-per-image and --hardware".to_owned());
        };
        let on: Vec<_> =
            fit.iter().filter(|row| row.when.hardware.as_ref() == Some(hardware)).collect();
        if on.is_empty() {
            return Err(format!("`{hardware}` has no price; these have: {}", machines.join(", ")));
        }
        Ok(on.iter().map(|row| row.value).collect())
    }

    /// A warning where all sides of an answer that counts are more than 180 days old.
    fn stale(&self, fact: &Fact<'c>) -> Option<Warning> {
        let youngest = |view: &View<'_>| {
            let ages = view.sides.iter().map(|side| (side.statement.age(self.terms.as_of), side));
            ages.min_by_key(|(age, _)| age.days).map(|(age, side)| (age, side.statement.dated()))
        };
        let (age, date) = fact
            .counting()
            .iter()
            .filter_map(youngest)
            .max_by_key(|(age, _)| age.days)
            .filter(|(age, _)| age.is_stale())?;
        let text = format!("the {} was last read on {date}, {} days ago", fact.key, age.days);
        Some(Warning { code: "stale", text })
    }
}

impl<T> Dimension<T> {
    fn blank(&self) -> Dimension<()> {
        Dimension { answer: (), reason: self.reason.clone(), sources: self.sources.clone() }
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

fn settled<T>(answer: T) -> Dimension<T> {
    Dimension { answer, reason: String::new(), sources: Vec::new() }
}

fn joined(a: &str, b: &str) -> String {
    [a, b].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

fn offered(value: &Value, wanted: &str) -> Result<Option<String>, String> {
    match value {
        Value::Texts(Texts(list)) if !list.iter().any(|word| word == wanted) => {
            let near = crate::catalog::nearest(wanted, list.iter().map(String::as_str));
            let near = near.map_or_else(|| list.join(", "), str::to_owned);
            Err(format!("`{wanted}` is not offered; the nearest is {near}"))
        }
        _ => Ok(Some(wanted.to_owned())),
    }
}

/// A fact as one answer for each group of sides that come to the same for this job. Only where
/// there are several do the answers carry a reason, which marks them as disputed.
fn grouped<T: PartialEq>(fact: &Fact<'_>, answer: impl Fn(&Value) -> T) -> Vec<Dimension<T>> {
    let mut groups: Vec<Dimension<T>> = Vec::new();
    for view in fact.counting() {
        let (answer, said) = (answer(view.value), format!("{}: {}", fact.key, view.value));
        match groups.iter_mut().find(|group| group.answer == answer) {
            Some(group) => {
                group.sources.extend(view.sides());
                group.reason = joined(&group.reason, &said);
            }
            None => groups.push(Dimension { answer, reason: said, sources: view.sides() }),
        }
    }
    if let [one] = groups.as_mut_slice() {
        one.reason.clear();
        one.sources.clear();
    }
    groups
}

/// A fact's answers as they are, each with its sides; the reason marks a dispute.
fn dimensions<'c>(fact: &Fact<'c>) -> Vec<Dimension<Option<&'c Value>>> {
    let disputed = fact.counting().len() > 1;
    let answer = |view: &View<'c>| Dimension {
        answer: Some(view.value),
        reason: if disputed { format!("{}: {}", fact.key, view.value) } else { String::new() },
        sources: view.sides(),
    };
    fact.counting().iter().map(answer).collect()
}
