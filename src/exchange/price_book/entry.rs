//! What one listing says of one case on one day: charges by reading, or why there are none.

use jiff::civil::Date;

use super::case::{Quality, Words};
use crate::catalog::{Catalog, Fact, Field, Listing, Size, SizeRule, Sizes, Value, View};
use crate::pricing::{Charge, Job, QuoteError, Terms, tariffs};
use crate::reprice::{BEFORE_FIRST, Basis};

/// One charge, or one refusal, of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// It counts for sizes within this rule alone.
    pub rule: Option<SizeRule>,
    /// The number of the reading, from 1; the lowest and the highest of all are the range.
    pub reading: u32,
    /// What is charged; none where the case is refused.
    pub charge: Option<Charge>,
    /// Who says so.
    pub sources: Vec<String>,
    /// What a dispute is about, or why the case is refused; `{size}` and `{quality}` stand for
    /// those of the row.
    pub reason: String,
}

impl Entry {
    /// A refusal that all sides give.
    pub(super) fn refusal(reason: String) -> Self {
        Self { rule: None, reading: 1, charge: None, sources: Vec::new(), reason }
    }
}

/// The questions of one listing on one day.
pub(super) struct Asked<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) listing: &'a Listing,
    pub(super) words: &'a Words,
    pub(super) basis: &'a Basis,
    pub(super) day: Date,
    /// Whether the day is before the listing's first statement.
    pub(super) early: bool,
}

impl Asked<'_> {
    /// What is said of images of a size and quality; no size stands for all that no source names.
    pub(super) fn entries(
        &self,
        size: Option<Size>,
        quality: &Quality,
    ) -> Result<Vec<Entry>, QuoteError> {
        match size {
            Some(size) => self.of_size(size, quality, None),
            None => self.of_other_sizes(quality),
        }
    }

    /// All sizes that no source names are alike but for the rules that let them through: no price
    /// is conditioned on them, and what is charged for pixels is counted later.
    fn of_other_sizes(&self, quality: &Quality) -> Result<Vec<Entry>, QuoteError> {
        let Some(any) = self.words.other_size(SizeRule::default()) else { return Ok(Vec::new()) };
        let fact = self.catalog.field(self.listing, Field::Sizes, self.day);
        let rules = fact.as_ref().and_then(rules);
        let Some(rules) = rules else { return self.of_size(any, quality, None) };
        let (job, terms) = self.question(any, quality);
        if let Ok(Err(why)) = tariffs(self.catalog, self.listing, &job, &terms) {
            return Ok(vec![self.refused(why)]);
        }
        let mut entries = Vec::new();
        for rule in rules {
            // Where every size within it has a name, the named ones say all.
            if let Some(size) = self.words.other_size(rule) {
                entries.extend(self.of_size(size, quality, Some(rule))?);
            }
        }
        let last = entries.iter().map(|entry| entry.reading).max().unwrap_or(0);
        let refused = self.refused("{size} is not offered".to_owned());
        entries.push(Entry { reading: last + 1, ..refused });
        Ok(entries)
    }

    fn of_size(
        &self,
        size: Size,
        quality: &Quality,
        rule: Option<SizeRule>,
    ) -> Result<Vec<Entry>, QuoteError> {
        let (job, terms) = self.question(size, quality);
        let words = |text: &str| template(text, &job, quality == &Quality::Other, rule.is_some());
        let tariffs = match tariffs(self.catalog, self.listing, &job, &terms) {
            Ok(Ok(tariffs)) => tariffs,
            Ok(Err(why)) => return Ok(vec![Entry { rule, ..self.refused(why) }]),
            // On other days there may be one.
            Err(error @ QuoteError::NoRate { .. }) => {
                return Ok(vec![Entry { rule, ..Entry::refusal(format!("no-rate: {error}")) }]);
            }
            Err(error) => return Err(error),
        };
        if tariffs.iter().all(|tariff| tariff.charges.is_empty()) {
            let why = tariffs.first().map(|tariff| words(&tariff.reason)).unwrap_or_default();
            return Ok(vec![Entry { rule, ..self.refused(why) }]);
        }
        let mut entries = Vec::new();
        for (tariff, reading) in tariffs.iter().zip(1..) {
            let (sources, reason) = (tariff.sources.clone(), words(&tariff.reason));
            let entry = |charge| Entry {
                rule,
                reading,
                charge,
                sources: sources.clone(),
                reason: reason.clone(),
            };
            if tariff.charges.is_empty() {
                entries.push(entry(None));
            }
            entries.extend(tariff.charges.iter().map(|charge| entry(Some(ageless(charge)))));
        }
        Ok(entries)
    }

    fn question(&self, size: Size, quality: &Quality) -> (Job, Terms) {
        let quality = match quality {
            Quality::Default => None,
            Quality::Named(word) => Some(word.clone()),
            Quality::Other => Some(self.words.other_quality()),
        };
        let job = Job { images: 1, size, quality, ..self.basis.job.clone() };
        let (currency, rates) = (self.basis.currency, self.basis.rates.clone());
        (job, Terms { as_of: self.day, currency, rates })
    }

    fn refused(&self, why: String) -> Entry {
        Entry::refusal(if self.early { BEFORE_FIRST.to_owned() } else { why })
    }
}

/// The rules by which a listing takes a size, of all sides that count; `None` where it takes any.
/// A list lets no size through that has no name.
fn rules(fact: &Fact<'_>) -> Option<Vec<SizeRule>> {
    let mut rules = Vec::new();
    for View { value, .. } in fact.counting() {
        match value {
            Value::Sizes(Sizes::Rule(rule)) if !rules.contains(rule) => rules.push(*rule),
            Value::Sizes(_) => {}
            _ => return None,
        }
    }
    Some(rules)
}

/// A charge without the age of its rate, which is another on every day.
fn ageless(charge: &Charge) -> Charge {
    let mut charge = charge.clone();
    if let Some(rate) = &mut charge.rate {
        rate.old_days = None;
    }
    charge
}

/// A reason with `{size}` and `{quality}` in place of those of the job. What is nearest to a size
/// or word that stands for many is left out: it is another for each of them.
fn template(text: &str, job: &Job, many_qualities: bool, many_sizes: bool) -> String {
    let size = "{size} is not offered";
    let mut text = text.replace(&format!("{} is not offered", job.size), size);
    let mut open = Vec::new();
    if many_sizes {
        open.push(size.to_owned());
    }
    if let Some(quality) = &job.quality {
        text = text.replace(&format!("`{quality}` is "), "`{quality}` is ");
        if many_qualities {
            open.push("`{quality}` is not offered".to_owned());
        }
    }
    for refusal in open {
        if let Some(at) = text.find(&format!("{refusal}; the nearest is ")) {
            text.truncate(at + refusal.len());
        }
    }
    text
}
