//! Disputes on what is taken: every value that any source names is asked for, and what is taken
//! and refused is held against each side as a whole.

use serde_json::json;

use super::super::expectation::Expectation;
use super::boundaries::{long_prompt, user_id, with};
use super::{Contract, Credential, ImageRequest, PROMPT, Plan, of_fact};
use crate::catalog::{Fact, FactState, Field, FieldMeaning, FieldValue, PromptLimit};

/// Fields of which the sources state different lists or bounds.
pub(super) fn disputes<'c>(plan: &mut Plan<'c>, contract: &Contract<'c>) {
    for (meaning, field) in [
        (FieldMeaning::Quality, Field::Qualities),
        (FieldMeaning::ResponseFormat, Field::ResponseFormats),
    ] {
        let Some((name, fact)) = disputed(contract, meaning, field) else { continue };
        let mut values: Vec<&String> = Vec::new();
        for value in fact.claims.iter().flat_map(|view| texts(view.value)) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        let images = values.iter().map(|value| match field {
            Field::Qualities => {
                ImageRequest { quality: Some((*value).clone()), ..ImageRequest::prompt(PROMPT) }
            }
            _ => with(name, json!(value)),
        });
        let images = values.iter().map(ToString::to_string).zip(images).collect();
        let says = |value: &FieldValue, at: usize| Some(texts(value).contains(values[at]));
        taken(plan, contract, &fact, images, &says);
    }
    prompts(plan, contract);
    user_ids(plan, contract);
    spellings(plan, contract);
}

fn prompts<'c>(plan: &mut Plan<'c>, contract: &Contract<'c>) {
    if let Some((_, fact)) = disputed(contract, FieldMeaning::Prompt, Field::PromptLimit) {
        let limits = fact.claims.iter().map(|view| most(view.value)).collect::<Option<Vec<_>>>();
        // A limit in tokens, or none at all, is not to be seen in one request.
        let Some(mut limits) = limits else { return };
        limits.sort_unstable();
        let images = limits
            .iter()
            .map(|chars| (chars.to_string(), ImageRequest::prompt(&long_prompt(*chars))));
        let says = |value: &FieldValue, at: usize| most(value).map(|most| limits[at] <= most);
        taken(plan, contract, &fact, images.collect(), &says);
    }
}

fn user_ids<'c>(plan: &mut Plan<'c>, contract: &Contract<'c>) {
    if let Some((name, fact)) = disputed(contract, FieldMeaning::UserId, Field::UserIdLength) {
        let spans = fact.claims.iter().filter_map(|claim| claim.value.try_as_span_ref());
        let mut lengths: Vec<u64> = spans.flat_map(|span| [span.low, span.high]).collect();
        lengths.sort_unstable();
        lengths.dedup();
        let images = lengths.iter().map(|n| (n.to_string(), with(name, json!(user_id(*n)))));
        let says = |value: &FieldValue, at: usize| {
            Some(matches!(value, FieldValue::Span(s) if (s.low..=s.high).contains(&lengths[at])))
        };
        taken(plan, contract, &fact, images.collect(), &says);
    }
}

/// Who writes a code says that it is taken, and nothing of how others write it.
fn spellings<'c>(plan: &mut Plan<'c>, contract: &Contract<'c>) {
    let Some((_, fact)) = disputed(contract, FieldMeaning::Model, Field::ModelCode) else {
        return;
    };
    let codes: Vec<_> = fact.claims.iter().map(|view| view.value.to_string()).collect();
    let image =
        |code: &String| ImageRequest { model: Some(code.clone()), ..ImageRequest::prompt(PROMPT) };
    let images = codes.iter().map(|code| (code.clone(), image(code))).collect();
    let says = |value: &FieldValue, at: usize| (value.to_string() == codes[at]).then_some(true);
    taken(plan, contract, &fact, images, &says);
}

fn taken<'c>(
    plan: &mut Plan<'c>,
    contract: &Contract<'c>,
    fact: &Fact<'c>,
    images: Vec<(String, ImageRequest)>,
    says: &dyn Fn(&FieldValue, usize) -> Option<bool>,
) {
    let key = fact.key.to_string();
    let sides = fact.claims.iter().map(|view| {
        let says = (0..images.len()).map(|at| says(view.value, at));
        (view.value.to_string(), says.collect())
    });
    let sides = sides.collect();
    let mut values = Vec::new();
    for (value, image) in images {
        let id = format!("{key}.{value}");
        let request = plan.request(contract, &id, Credential::Operator, image, false);
        plan.picture(contract, request, &id);
        values.push((request, value));
    }
    let requests = values.iter().map(|(request, _)| *request).collect();
    plan.check(&key, requests, of_fact(fact), Expectation::Taken(values, sides));
}

/// The name on the wire of a field that is taken, and its fact where the sources differ.
fn disputed<'c>(
    contract: &Contract<'c>,
    meaning: FieldMeaning,
    field: Field,
) -> Option<(&'c str, Fact<'c>)> {
    let name = contract.takes(meaning)?;
    let fact = contract.fact(field).filter(|fact| fact.state() == FactState::Disputed)?;
    Some((name, fact))
}

fn texts(value: &FieldValue) -> &[String] {
    value.try_as_texts_ref().map_or(&[], |texts| &texts.0)
}

fn most(value: &FieldValue) -> Option<u64> {
    match value.try_as_limit_ref()? {
        PromptLimit::Chars(most) => Some(*most),
        PromptLimit::Tokens(_) | PromptLimit::AnyLength => None,
    }
}
