//! The answers that a listing's facts give about a variant: is the size offered, in which quality
//! is it drawn. Where sources differ, one for each group of sides.

use super::super::reason::{OfferWarning, Reason, Warning, WarningCode};
use super::Resolver;
use crate::catalog::{
    Claim, Conditions, Fact, Field, FieldValue, Size, SourcePlace, Texts, nearest,
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
    pub(super) fn agreed(answer: T) -> Self {
        Self { answer, says: String::new(), sources: Vec::new() }
    }

    /// The same sides with what follows from their answer.
    pub(super) fn map<U>(self, follow: impl FnOnce(T) -> U) -> Alternative<U> {
        let Self { answer, says, sources } = self;
        Alternative { answer: follow(answer), says, sources }
    }

    /// The sides of both, with what follows from both. Who says what nobody disputes is no side
    /// where something is disputed.
    pub(super) fn and<U, V>(&self, other: &Alternative<U>, answer: V) -> Alternative<V> {
        let sources = match (self.says.is_empty(), other.says.is_empty()) {
            (false, true) => self.sources.clone(),
            (true, false) => other.sources.clone(),
            (true, true) | (false, false) => [self.sources.clone(), other.sources.clone()].concat(),
        };
        Alternative { answer, says: joined(&self.says, &other.says), sources }
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
        let Some(fact) = self.offered(Field::Sizes) else {
            if !self.is_size_shown(size) {
                let text = format!("no page lists the sizes, so {size} may not be available");
                warnings.push(not_stated(text));
            }
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
        let default = self.offered(Field::DefaultQuality);
        let default =
            default.as_ref().and_then(Fact::value).and_then(FieldValue::try_as_text_ref).cloned();
        let Some(wanted) = &self.variant.quality else {
            return vec![Alternative::agreed(Ok(default))];
        };
        let models = self.offered(Field::QualityModels);
        let offered = self.offered_qualities(wanted, warnings);
        let mut answers = Vec::new();
        for takes in self.takes_qualities(models.as_ref()) {
            if takes.answer {
                answers.extend(offered.iter().map(|it| takes.and(it, it.answer.clone())));
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
        let Some(fact) = self.offered(Field::Qualities) else {
            if !self.is_quality_shown(wanted) {
                let text =
                    format!("no page lists the qualities, so `{wanted}` may not be available");
                warnings.push(not_stated(text));
            }
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

    /// Whether a source shows the size in a sample call, or asks a price for it.
    fn is_size_shown(&self, size: Size) -> bool {
        let shown = self.offered(Field::ShownSizes).is_some_and(|fact| {
            let values = fact.effective_claims().iter();
            values.filter_map(|it| it.value.try_as_sizes_ref()).any(|sizes| sizes.offers(size))
        });
        let fits = |when: &Conditions| {
            when.size == Some(size) || when.max_pixels.is_some_and(|most| size.pixels() <= most)
        };
        shown || self.is_priced(fits)
    }

    /// Whether a source shows the quality in a sample call, or asks a price for it.
    fn is_quality_shown(&self, quality: &str) -> bool {
        let shown = self.offered(Field::ShownQualities).is_some_and(|fact| {
            let values = fact.effective_claims().iter();
            let texts = values.filter_map(|it| it.value.try_as_texts_ref());
            texts.flat_map(|texts| &texts.0).any(|word| word == quality)
        });
        shown || self.is_priced(|when| when.quality.as_deref() == Some(quality))
    }

    /// Whether a row of a price table has such conditions.
    fn is_priced(&self, fits: impl Fn(&Conditions) -> bool) -> bool {
        self.field(Field::Price).is_some_and(|fact| {
            let values = fact.effective_claims().iter();
            let rows = values.filter_map(|it| it.value.try_as_price_ref()).flat_map(|it| &it.0);
            rows.into_iter().any(|row| fits(&row.when))
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
pub(super) fn grouped<T: PartialEq>(
    fact: &Fact<'_>,
    answer: impl Fn(&FieldValue) -> T,
) -> Vec<Alternative<T>> {
    // The text of a long table of prices takes longer than all else, and is for disputes alone.
    if let [view] = fact.effective_claims() {
        return vec![Alternative::agreed(answer(view.value))];
    }
    merged(fact.effective_claims().iter().map(|view| Alternative {
        answer: answer(view.value),
        says: format!("{}: {}", fact.key, view.value),
        sources: view.sides(),
    }))
}

/// Alternatives with equal answers as one; alone, it neither says anything nor names its sides.
pub(super) fn merged<T: PartialEq>(
    alternatives: impl Iterator<Item = Alternative<T>>,
) -> Vec<Alternative<T>> {
    let mut groups: Vec<Alternative<T>> = Vec::new();
    for it in alternatives {
        match groups.iter_mut().find(|group| group.answer == it.answer) {
            Some(group) => {
                group.sources.extend(it.sources);
                group.says = joined(&group.says, &it.says);
            }
            None => groups.push(it),
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
