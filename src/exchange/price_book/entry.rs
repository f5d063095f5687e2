//! What one listing says of one case on one day: charges by reading, or why there are none.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::case::{CaseQuality, NamedValues};
use crate::catalog::{
    Claim, EntityKind, Fact, Fees, Field, Listing, Overflow, Price, Size, SizeRule, Sizes,
    SourcePlace, quotient,
};
use crate::pricing::{Charge, CountedCost, OfferReading, PriceTable, Reason, UsedRate, Variant};

/// Why a size without a name is refused.
const NOT_BY_CLASS: &str = "its price depends on the pixels, and no source names this size; give the sizes of the log with --sizes";

/// Why a price is left out of a table that counts images and pixels alone.
const BY_VOLUME: &str = "this table can't say its price, which depends on the month's volume or on whole calls; reprice can";
const BY_ROUNDED_SIZES: &str = "this table can't say its price, whose parts count an image's size in several ways; reprice can";

/// One charge, or one refusal, of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct BookEntry {
    /// It counts for sizes within this rule alone.
    pub rule: Option<SizeRule>,
    /// The number of the reading, from 1; the lowest and the highest of all are the range.
    pub reading: u32,
    pub charge: Option<BookCharge>,
    /// Who says so.
    pub sources: Vec<SourcePlace>,
    /// What a dispute is about, or why the case is refused; `{size}` and `{quality}` stand for
    /// those of the row.
    pub reason: String,
}

/// What is charged for one unit.
#[derive(Debug, Clone, PartialEq)]
pub struct BookCharge {
    /// What one image costs, with credits, fees and rate in it.
    pub cost: CountedCost,
    /// The price as it is stated.
    pub price: Price,
    pub price_source: String,
    /// What one credit is worth, rounded at 12 decimals; the cost has it exactly.
    pub credit: Option<Decimal>,
    pub fees: Option<Fees>,
    pub rate: Option<UsedRate>,
}

impl BookCharge {
    /// What the cost of a unit and the rest are divided by together.
    pub(super) fn divisor(&self) -> Option<i128> {
        self.cost.each.common_divisor(self.cost.base).ok()
    }
}

impl BookEntry {
    /// A refusal that all sides give.
    pub(super) fn refusal(reason: String) -> Self {
        Self { rule: None, reading: 1, charge: None, sources: Vec::new(), reason }
    }
}

/// The offers of one listing on one day.
pub(super) struct EntryMaker<'a> {
    pub(super) table: &'a PriceTable<'a>,
    pub(super) listing: &'a Listing,
    pub(super) named: &'a NamedValues,
    /// What is the same for all cases: hardware, and seconds of an image.
    pub(super) variant: &'a Variant,
    pub(super) day: Date,
}

impl EntryMaker<'_> {
    /// What is said of images of a size and quality; no size stands for all that no source names.
    pub(super) fn entries(&self, size: Option<Size>, quality: &CaseQuality) -> Vec<BookEntry> {
        match size {
            Some(size) => self.entries_of_size(size, quality, None),
            None => self.entries_of_other_sizes(quality),
        }
    }

    /// All sizes that no source names are alike but for the rules that let them through: no price
    /// is conditioned on them, and what is charged for pixels is counted later.
    fn entries_of_other_sizes(&self, quality: &CaseQuality) -> Vec<BookEntry> {
        let Some(any) = self.named.other_size(SizeRule::default()) else { return Vec::new() };
        let fact = self.table.catalog().field(self.listing, Field::Sizes, self.day);
        // What a model can draw is no offer, and refuses nothing.
        let fact = fact.filter(|fact| fact.level() != EntityKind::Model);
        let rules = fact.as_ref().and_then(rules);
        if self.has_size_classes(rules.as_deref().unwrap_or(&[SizeRule::default()])) {
            return vec![BookEntry::refusal(NOT_BY_CLASS.to_owned())];
        }
        let Some(rules) = rules else { return self.entries_of_size(any, quality, None) };
        let offer = self.table.offer(self.listing, self.day, &self.variant_of(any, quality));
        if let Err(reason) = offer.readings() {
            return vec![BookEntry::refusal(reason.log_text())];
        }
        let mut entries = Vec::new();
        for rule in rules {
            // Where every size within it has a name, the named ones say all.
            if let Some(size) = self.named.other_size(rule) {
                entries.extend(self.entries_of_size(size, quality, Some(rule)));
            }
        }
        let last = entries.iter().map(|entry| entry.reading).max().unwrap_or(0);
        let beyond = Reason::SizeNotOffered { size: any, nearest: None };
        let beyond = PriceTable::refusal_on(self.listing, self.day, beyond);
        let refused = BookEntry::refusal(template(&beyond, false, true));
        entries.push(BookEntry { reading: last + 1, ..refused });
        entries
    }

    /// Whether a price holds up to a number of pixels that sizes within these rules may exceed: then
    /// sizes without a name are not alike.
    fn has_size_classes(&self, rules: &[SizeRule]) -> bool {
        let largest = |rule: &SizeRule| {
            let square = rule.max.map(|side| u64::from(side).pow(2));
            rule.max_pixels.into_iter().chain(square).min()
        };
        let exceeds = |most: u64| rules.iter().any(|rule| largest(rule).is_none_or(|it| it > most));
        let fact = self.table.catalog().field(self.listing, Field::Price, self.day);
        let claims = fact.iter().flat_map(Fact::effective_claims);
        let rows = claims.filter_map(|it| it.value.try_as_price_ref()).flat_map(|rows| &rows.0);
        rows.into_iter().any(|row| row.when.max_pixels.is_some_and(exceeds))
    }

    fn entries_of_size(
        &self,
        size: Size,
        quality: &CaseQuality,
        rule: Option<SizeRule>,
    ) -> Vec<BookEntry> {
        let offer = self.table.offer(self.listing, self.day, &self.variant_of(size, quality));
        let template =
            |reason: &Reason| template(reason, *quality == CaseQuality::Other, rule.is_some());
        let refused = |text| vec![BookEntry { rule, ..BookEntry::refusal(text) }];
        let readings = match (offer.cost(), offer.readings()) {
            (Err(reason), _) | (_, Err(reason)) => return refused(template(reason)),
            (Ok(_), Ok(readings)) => readings,
        };
        let mut entries = Vec::new();
        for (reading, number) in readings.iter().zip(1..) {
            let OfferReading { sources, says, charges } = reading;
            let entry = |charge, reason| BookEntry {
                rule,
                reading: number,
                charge,
                sources: sources.clone(),
                reason,
            };
            match charges {
                Err(reason) => {
                    let says = (!says.is_empty()).then(|| says.clone());
                    let parts: Vec<_> = says.into_iter().chain([template(reason)]).collect();
                    entries.push(entry(None, parts.join("; ")));
                }
                Ok(charges) => match book_charges(charges) {
                    Ok(Ok(charges)) => {
                        let charges = charges.into_iter();
                        entries.extend(charges.map(|charge| entry(Some(charge), says.clone())));
                    }
                    Ok(Err(why)) => return refused(why.to_owned()),
                    Err(Overflow) => return refused(Reason::Overflow.to_string()),
                },
            }
        }
        entries
    }

    fn variant_of(&self, size: Size, quality: &CaseQuality) -> Variant {
        let quality = match quality {
            CaseQuality::Default => None,
            CaseQuality::Named(word) => Some(word.clone()),
            CaseQuality::Other => Some(self.named.other_quality()),
        };
        Variant { size, quality, ..self.variant.clone() }
    }
}

/// The charges of a reading by the unit that is counted, each once; or why a table that counts images
/// and pixels alone can't say them.
fn book_charges(charges: &[Charge]) -> Result<Result<Vec<BookCharge>, &'static str>, Overflow> {
    let mut all: Vec<BookCharge> = Vec::new();
    for charge in charges {
        let price = charge.steps.first().map(|step| &step.price);
        let (Some(cost), Some(price)) = (charge.counted_cost()?, price) else {
            let is_single = charge.image_cost().single().is_some();
            return Ok(Err(if is_single { BY_ROUNDED_SIZES } else { BY_VOLUME }));
        };
        let worth = charge.credits.as_ref();
        let worth = worth.map(|(credits, _)| quotient(credits.worth, credits.credits));
        let charge = BookCharge {
            cost,
            price: price.clone(),
            price_source: SourcePlace::list(&charge.price_sources),
            credit: worth.transpose()?,
            fees: charge.fees.as_ref().map(|(fees, _)| fees.clone()),
            rate: charge.rates.first().cloned(),
        };
        if !all.contains(&charge) {
            all.push(charge);
        }
    }
    Ok(Ok(all))
}

/// The rules by which a listing takes a size, of all sides that count; `None` where it takes any.
/// A list lets no size through that has no name.
fn rules(fact: &Fact<'_>) -> Option<Vec<SizeRule>> {
    let mut rules = Vec::new();
    for Claim { value, .. } in fact.effective_claims() {
        match value.try_as_sizes_ref()? {
            Sizes::Rule(rule) if !rules.contains(rule) => rules.push(*rule),
            Sizes::Rule(_) | Sizes::List(_) => {}
        }
    }
    Some(rules)
}

/// A reason with `{size}` and `{quality}` in place of those of the variant. What is nearest to a
/// size or quality that stands for many is left out: it is another for each of them.
fn template(reason: &Reason, many_qualities: bool, many_sizes: bool) -> String {
    let (subject, nearest) = match reason {
        Reason::Disputed { sides, reason } => {
            return format!("{sides}; {}", template(reason, many_qualities, many_sizes));
        }
        Reason::SizeNotOffered { nearest, .. } => {
            let nearest = nearest.filter(|_| !many_sizes).map(|nearest| nearest.to_string());
            ("{size} is not offered".to_owned(), nearest)
        }
        Reason::QualityNotOffered { nearest, .. } => {
            let nearest = Some(nearest.clone()).filter(|_| !many_qualities);
            ("`{quality}` is not offered".to_owned(), nearest)
        }
        Reason::QualityOfOtherModels { models, sources, default, .. } => {
            let text = format!("`{{quality}}` is offered for {models} alone ({sources})");
            (text, default.clone())
        }
        Reason::QualityNotGiven { .. }
        | Reason::BeyondVolume { .. }
        | Reason::NoBatch
        | Reason::Retired { .. }
        | Reason::ByokMakerBills { .. }
        | Reason::LatencyNotStated
        | Reason::TokensNotGiven { .. }
        | Reason::NoPrice
        | Reason::NoCreditValue
        | Reason::NoRate { .. }
        | Reason::RateVanishes { .. }
        | Reason::Overflow
        | Reason::BeforeFirstStatement { .. }
        | Reason::SizeNotGiven
        | Reason::NoPriceForVariant
        | Reason::SecondsNotGiven
        | Reason::HardwareNotPriced { .. }
        | Reason::RequirementNotStated(_)
        | Reason::RequirementNotOffered(_)
        | Reason::RequirementDisputed(_)
        | Reason::TooSlow { .. }
        | Reason::BudgetTooSmall
        | Reason::BudgetBelowFirstPayment { .. }
        | Reason::BudgetInCredits { .. }
        | Reason::BudgetInOtherCurrency { .. }
        | Reason::BudgetOfFree
        | Reason::BudgetTooLarge { .. } => (reason.log_text(), None),
    };
    nearest.map_or_else(|| subject.clone(), |near| format!("{subject}; the nearest is {near}"))
}
