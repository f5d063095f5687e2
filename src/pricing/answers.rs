//! The answers that a listing's facts give to a job: is the size offered, in which quality is it
//! drawn, which prices hold. Where sources differ, an answer for each group of sides.

use super::job::Job;
use super::quote::{QuoteError, Warning};
use super::rates::Terms;
use crate::catalog::{Catalog, Conditions, Fact, Field, Listing, Price, Rows, Texts, Value, View};

/// Why a seller of seconds gives no price for a job that does not say how many.
pub(super) const BY_THE_SECOND: &str =
    "billed by the second: give --seconds-per-image and --hardware";

/// One answer to a question about the job, with the sides that give it where others differ.
#[derive(Debug, Clone)]
pub(super) struct Dimension<T> {
    /// The answer.
    pub(super) answer: T,
    /// What it rests on.
    pub(super) reason: String,
    /// The sides, source and place.
    pub(super) sources: Vec<String>,
}

/// The facts of one listing under one set of terms.
pub(super) struct Asking<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) listing: &'c Listing,
    pub(super) job: &'c Job,
    pub(super) terms: &'c Terms,
}

impl<'c> Asking<'c> {
    pub(super) fn field(&self, field: Field) -> Option<Fact<'c>> {
        self.catalog.field(self.listing, field, self.terms.as_of)
    }

    pub(super) fn overflow(&self) -> QuoteError {
        QuoteError::Overflow { listing: self.listing.id.to_string() }
    }

    /// Whether the size is offered, one answer for each group of sides that differ on it.
    pub(super) fn sizes(&self, warnings: &mut Vec<Warning>) -> Vec<Dimension<Result<(), String>>> {
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
    pub(super) fn qualities(
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
                Err(not_taken(wanted, models.as_ref(), default_word.as_deref()))
            };
            answers.push(Dimension { answer, reason: takes.reason, sources: takes.sources });
        }
        answers
    }

    /// The prices that the job's conditions leave, one answer for each group of sides.
    pub(super) fn rows(
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
        let required = |mode: &str| self.job.require.iter().any(|wanted| wanted == mode);
        let meets = |when: &Conditions| {
            when.size.is_none_or(|size| size == self.job.size)
                && when.mode.as_deref().is_none_or(|mode| {
                    let other = if mode == "sync" { "async" } else { "sync" };
                    required(mode) || !required(other)
                })
                && (quality.is_none()
                    || when.quality.is_none()
                    || when.quality.as_deref() == quality)
        };
        let fit: Vec<_> = rows.0.iter().filter(|row| meets(&row.when)).collect();
        if fit.is_empty() {
            return Err("no source states a price for this size, quality and mode".to_owned());
        }
        let machines: Vec<_> = fit.iter().filter_map(|row| row.when.hardware.as_deref()).collect();
        if machines.is_empty() {
            return Ok(fit.iter().map(|row| row.value).collect());
        }
        let Some(hardware) = &self.job.hardware else {
            return Err(BY_THE_SECOND.to_owned());
        };
        let on: Vec<_> =
            fit.iter().filter(|row| row.when.hardware.as_ref() == Some(hardware)).collect();
        if on.is_empty() {
            return Err(format!("`{hardware}` has no price; these have: {}", machines.join(", ")));
        }
        Ok(on.iter().map(|row| row.value).collect())
    }

    /// Whether a price that the size leaves is one of a quality alone, be it the only one.
    pub(super) fn depends_on_quality(&self, fact: &Fact<'c>) -> bool {
        let values = fact.counting().iter().map(|view| view.value);
        values.into_iter().any(|value| match value {
            Value::Price(rows) => rows.0.iter().any(|row| {
                let here = row.when.size.is_none_or(|size| size == self.job.size);
                here && row.when.quality.is_some()
            }),
            _ => false,
        })
    }

    /// A warning where all sides of an answer that counts are more than 180 days old.
    pub(super) fn stale(&self, fact: &Fact<'c>) -> Option<Warning> {
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
    pub(super) fn blank(&self) -> Dimension<()> {
        Dimension { answer: (), reason: self.reason.clone(), sources: self.sources.clone() }
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
    // Words for a long table of prices take longer than all else, and are for disputes alone.
    if let [view] = fact.counting() {
        return vec![settled(answer(view.value))];
    }
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
pub(super) fn dimensions<'c>(fact: &Fact<'c>) -> Vec<Dimension<Option<&'c Value>>> {
    let disputed = fact.counting().len() > 1;
    let answer = |view: &View<'c>| Dimension {
        answer: Some(view.value),
        reason: if disputed { format!("{}: {}", fact.key, view.value) } else { String::new() },
        sources: view.sides(),
    };
    fact.counting().iter().map(answer).collect()
}

fn not_taken(wanted: &str, models: Option<&Fact<'_>>, default: Option<&str>) -> String {
    let codes = models.and_then(|fact| fact.views.first()).map(|view| view.value.to_string());
    let source = models.and_then(|fact| fact.views.first()).map(|view| view.sides().join(", "));
    let nearest = default.map(|word| format!("; the nearest is {word}")).unwrap_or_default();
    format!(
        "`{wanted}` is offered for {} alone ({}){nearest}",
        codes.unwrap_or_default(),
        source.unwrap_or_default()
    )
}
