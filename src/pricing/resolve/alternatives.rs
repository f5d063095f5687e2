//! The answers that a listing's facts give about a variant: is the size offered, in which quality
//! is it drawn, which prices hold. Where sources differ, one for each group of sides.

use super::super::reason::{OfferWarning, Reason, Warning, WarningCode};
use super::Resolver;
use crate::catalog::{
    Claim, ConditionTable, Conditions, Fact, Field, FieldValue, Price, SourcePlace, Texts, nearest,
};

/// One answer to a question about a variant.
#[derive(Debug, Clone)]
pub(super) struct Alternative<T> {
    pub(super) answer: T,
    /// What the sides say that give it; empty where all agree.
    pub(super) says: String,
    /// The sides, source and place.
    pub(super) sources: Vec<SourcePlace>,
}

impl<T> Alternative<T> {
    /// The answer on which all agree, or which nobody questions.
    fn agreed(answer: T) -> Self {
        Self { answer, says: String::new(), sources: Vec::new() }
    }

    /// What the sides say, without the answer.
    pub(super) fn without_answer(&self) -> Alternative<()> {
        Alternative { answer: (), says: self.says.clone(), sources: self.sources.clone() }
    }
}

impl<'c> Alternative<Option<&'c FieldValue>> {
    /// A fact's answers as they are, each with its sides; nothing where there is no fact.
    pub(super) fn of_each_view(fact: Option<&Fact<'c>>) -> Vec<Self> {
        let Some(fact) = fact else { return vec![Self::agreed(None)] };
        let disputed = fact.effective_claims().len() > 1;
        let answer = |view: &Claim<'c>| Self {
            answer: Some(view.value),
            says: if disputed { format!("{}: {}", fact.key, view.value) } else { String::new() },
            sources: view.sides(),
        };
        fact.effective_claims().iter().map(answer).collect()
    }
}

impl Resolver<'_> {
    /// Whether the size is offered.
    pub(super) fn sizes(
        &self,
        warnings: &mut Vec<OfferWarning>,
    ) -> Vec<Alternative<Result<(), Reason>>> {
        let size = self.variant.size;
        let Some(fact) = self.field(Field::Sizes) else {
            warnings.push(not_stated(format!("no source states sizes; {size} may not be offered")));
            return vec![Alternative::agreed(Ok(()))];
        };
        grouped(&fact, |value| match value.try_as_sizes_ref() {
            Some(sizes) if !sizes.offers(size) => {
                Err(Reason::SizeNotOffered { size, nearest: sizes.nearest(size) })
            }
            Some(_) | None => Ok(()),
        })
    }

    /// The quality that is drawn, or why it is refused.
    pub(super) fn qualities(
        &self,
        warnings: &mut Vec<OfferWarning>,
    ) -> Vec<Alternative<Result<Option<String>, Reason>>> {
        let default = self.field(Field::DefaultQuality);
        let default =
            default.as_ref().and_then(Fact::value).and_then(FieldValue::try_as_text_ref).cloned();
        let Some(wanted) = &self.variant.quality else {
            return vec![Alternative::agreed(Ok(default))];
        };
        let models = self.field(Field::QualityModels);
        let offered = self.offered_qualities(wanted, warnings);
        let mut answers = Vec::new();
        for takes in self.takes_qualities(models.as_ref()) {
            if takes.answer {
                answers.extend(offered.iter().map(|offered| Alternative {
                    answer: offered.answer.clone(),
                    says: joined(&takes.says, &offered.says),
                    sources: [takes.sources.clone(), offered.sources.clone()].concat(),
                }));
                continue;
            }
            let answer = if default.as_ref() == Some(wanted) {
                Ok(default.clone())
            } else {
                Err(of_other_models(wanted, models.as_ref(), default.clone()))
            };
            answers.push(Alternative { answer, says: takes.says, sources: takes.sources });
        }
        answers
    }

    /// Whether the model is one of those for which the provider offers quality modes.
    fn takes_qualities(&self, models: Option<&Fact<'_>>) -> Vec<Alternative<bool>> {
        let Some(models) = models else { return vec![Alternative::agreed(true)] };
        grouped(models, |value| {
            let codes = value.try_as_texts_ref();
            codes.is_none_or(|codes| codes.0.iter().any(|code| code == self.listing.slug()))
        })
    }

    /// Whether the quality is among those that are offered.
    fn offered_qualities(
        &self,
        wanted: &str,
        warnings: &mut Vec<OfferWarning>,
    ) -> Vec<Alternative<Result<Option<String>, Reason>>> {
        let Some(fact) = self.field(Field::Qualities) else {
            let text = format!("no source states qualities; `{wanted}` may not be offered");
            warnings.push(not_stated(text));
            return vec![Alternative::agreed(Ok(Some(wanted.to_owned())))];
        };
        grouped(&fact, |value| match value.try_as_texts_ref() {
            Some(Texts(list)) if !list.iter().any(|word| word == wanted) => {
                let near = nearest(wanted, list.iter().map(String::as_str));
                let nearest = near.map_or_else(|| list.join(", "), str::to_owned);
                Err(Reason::QualityNotOffered { quality: wanted.to_owned(), nearest })
            }
            Some(_) | None => Ok(Some(wanted.to_owned())),
        })
    }

    /// The prices whose conditions the variant meets.
    pub(super) fn rows(
        &self,
        fact: &Fact<'_>,
        quality: Option<&str>,
    ) -> Vec<Alternative<Result<Vec<Price>, Reason>>> {
        let mut answers = grouped(fact, |value| match value.try_as_price_ref() {
            Some(rows) => self.fitting(rows, quality),
            None => Err(Reason::NoPrice),
        });
        // Alone, a price still names its source, for the lines.
        if let [one] = answers.as_mut_slice() {
            one.sources = fact.effective_claims().iter().flat_map(Claim::sides).collect();
        }
        answers
    }

    fn fitting(
        &self,
        rows: &ConditionTable<Price>,
        quality: Option<&str>,
    ) -> Result<Vec<Price>, Reason> {
        let meets = |when: &Conditions| {
            when.size.is_none_or(|size| size == self.variant.size)
                && when.mode.as_deref().is_none_or(|mode| self.variant.allows_mode(mode))
                && (quality.is_none()
                    || when.quality.is_none()
                    || when.quality.as_deref() == quality)
        };
        let fit: Vec<_> = rows.0.iter().filter(|row| meets(&row.when)).collect();
        if fit.is_empty() {
            return Err(Reason::NoPriceForVariant);
        }
        let priced: Vec<_> = fit.iter().filter_map(|row| row.when.hardware.clone()).collect();
        if priced.is_empty() {
            return Ok(fit.iter().map(|row| row.value).collect());
        }
        let Some(hardware) = &self.variant.hardware else {
            return Err(Reason::SecondsNotGiven);
        };
        let on = fit.iter().filter(|row| row.when.hardware.as_ref() == Some(hardware));
        let on: Vec<_> = on.map(|row| row.value).collect();
        if on.is_empty() {
            return Err(Reason::HardwareNotPriced { hardware: hardware.clone(), priced });
        }
        Ok(on)
    }

    /// Whether a price that the size leaves is one of a quality alone, be it the only one.
    pub(super) fn depends_on_quality(&self, fact: &Fact<'_>) -> bool {
        let values = fact.effective_claims().iter().map(|view| view.value);
        values.into_iter().filter_map(FieldValue::try_as_price_ref).any(|rows| {
            rows.0.iter().any(|row| {
                let here = row.when.size.is_none_or(|size| size == self.variant.size);
                here && row.when.quality.is_some()
            })
        })
    }
}

fn not_stated(text: String) -> OfferWarning {
    OfferWarning::Always(Warning { code: WarningCode::NotStated, text })
}

fn joined(a: &str, b: &str) -> String {
    [a, b].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

/// A fact as one answer for each group of sides that come to the same for this variant. Only where
/// there are several do the answers tell what their sides say, which marks them as disputed.
fn grouped<T: PartialEq>(
    fact: &Fact<'_>,
    answer: impl Fn(&FieldValue) -> T,
) -> Vec<Alternative<T>> {
    // The text of a long table of prices takes longer than all else, and is for disputes alone.
    if let [view] = fact.effective_claims() {
        return vec![Alternative::agreed(answer(view.value))];
    }
    let mut groups: Vec<Alternative<T>> = Vec::new();
    for view in fact.effective_claims() {
        let (answer, says) = (answer(view.value), format!("{}: {}", fact.key, view.value));
        match groups.iter_mut().find(|group| group.answer == answer) {
            Some(group) => {
                group.sources.extend(view.sides());
                group.says = joined(&group.says, &says);
            }
            None => groups.push(Alternative { answer, says, sources: view.sides() }),
        }
    }
    if let [one] = groups.as_mut_slice() {
        one.says.clear();
        one.sources.clear();
    }
    groups
}

/// Tells for which models alone a quality is offered.
fn of_other_models(wanted: &str, models: Option<&Fact<'_>>, default: Option<String>) -> Reason {
    let view = models.and_then(|fact| fact.claims.first());
    Reason::QualityOfOtherModels {
        quality: wanted.to_owned(),
        models: view.map(|view| view.value.to_string()).unwrap_or_default(),
        sources: view.map(|view| SourcePlace::list(&view.sides())).unwrap_or_default(),
        default,
    }
}
