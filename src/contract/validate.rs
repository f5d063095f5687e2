//! What is wrong with a request, by the contract: the conditions under which an endpoint refuses.

use serde_json::Value;

use super::Contract;
use super::json_path::has_type;
use crate::catalog::{
    Condition, Field, FieldClause, FieldMeaning, FieldValue, JsonType, Listing, PromptLimit, Size,
    Texts,
};

/// The first thing that the contract says is wrong with a request's body; what no source
/// rules on is let through.
pub(super) fn validate_request(contract: &Contract<'_>, body: &Value) -> Option<Condition> {
    let Some(body) = body.as_object() else { return Some(Condition::BadRequest) };
    contract.clauses::<FieldClause>().find_map(|field| {
        let value = body.get(&field.name);
        if value.is_none() && !field.required {
            return None;
        }
        match (field.meaning(), value) {
            (Some(FieldMeaning::Prompt), _) => prompt(contract, value),
            (Some(FieldMeaning::Model), _) => model(contract, value),
            (_, None) => Some(Condition::BadRequest),
            (Some(FieldMeaning::Size), Some(value)) => bad_size(contract, value),
            (Some(FieldMeaning::Quality), Some(value)) => bad_quality(contract, value),
            (
                Some(FieldMeaning::Count | FieldMeaning::ResponseFormat | FieldMeaning::UserId)
                | None,
                Some(value),
            ) => bad_value(contract, &field, value),
        }
    })
}

fn prompt(contract: &Contract<'_>, value: Option<&Value>) -> Option<Condition> {
    let Some(prompt) = value.and_then(Value::as_str).filter(|prompt| !prompt.is_empty()) else {
        return Some(Condition::MissingPrompt);
    };
    let limit = contract.fact(Field::PromptLimit);
    let length = prompt.chars().count() as u64;
    // Where sources differ, the loosest counts.
    let fits = limit.is_none_or(|limit| {
        let claims = limit.effective_claims();
        claims.is_empty()
            || claims.iter().any(|claim| match claim.value.try_as_limit_ref() {
                Some(PromptLimit::Chars(most)) => length <= *most,
                Some(PromptLimit::Tokens(_) | PromptLimit::AnyLength) | None => true,
            })
    });
    (!fits).then_some(Condition::PromptTooLong)
}

/// The listing's own code in any case of letters, or another listing's of the endpoint.
fn model(contract: &Contract<'_>, value: Option<&Value>) -> Option<Condition> {
    let Some(code) = value.and_then(Value::as_str) else { return Some(Condition::BadRequest) };
    let siblings = contract
        .catalog
        .listings
        .values()
        .filter(|listing| listing.endpoint.as_deref() == Some(contract.endpoint.id.as_str()));
    let mut known = siblings.map(Listing::slug);
    if known.any(|slug| slug.eq_ignore_ascii_case(code)) {
        return None;
    }
    Some(Condition::UnknownModel)
}

fn bad_size(contract: &Contract<'_>, value: &Value) -> Option<Condition> {
    let size: Option<Size> = match value {
        Value::String(text) if spells_otherwise(contract, text) => None,
        Value::String(text) => text.parse().ok(),
        Value::Object(_) => {
            let side = |key: &str| value.get(key)?.as_u64()?.try_into().ok();
            side("width").zip(side("height")).map(|(width, height)| Size { width, height })
        }
        _ => None,
    };
    let Some(size) = size else {
        // A named size, where the contract has names, is judged by the field's own list.
        return if value.is_string() && named_sizes(contract, value) {
            None
        } else {
            Some(Condition::BadSize)
        };
    };
    let fact = contract.fact(Field::Sizes)?;
    let offered = fact
        .effective_claims()
        .iter()
        .any(|claim| claim.value.try_as_sizes_ref().is_none_or(|sizes| sizes.offers(size)));
    (!offered).then_some(Condition::BadSize)
}

/// Whether a size is written in the sign that no source of the endpoint writes.
fn spells_otherwise(contract: &Contract<'_>, text: &str) -> bool {
    let Some(fact) = contract.fact(Field::SizeSpelling) else { return false };
    let sign = if text.contains('*') { "W*H" } else { "WxH" };
    !fact.claims.iter().any(|view| view.value.to_string() == sign)
}

fn named_sizes(contract: &Contract<'_>, value: &Value) -> bool {
    let mut fields = contract.clauses::<FieldClause>();
    fields.any(|field| field.allowed.iter().flatten().any(|name| value == name.as_str()))
}

fn bad_quality(contract: &Contract<'_>, value: &Value) -> Option<Condition> {
    let default = contract.fact(Field::DefaultQuality);
    let default = default.as_ref().and_then(crate::catalog::Fact::value);
    let default = default.and_then(FieldValue::try_as_text_ref);
    let is_default = default.is_some_and(|word| value == word.as_str());
    if !is_default && !takes_qualities(contract) {
        return Some(Condition::BadQuality);
    }
    let fact = contract.fact(Field::Qualities)?;
    let offered = fact.effective_claims().iter().any(|view| match (view.value, value.as_str()) {
        (FieldValue::Texts(Texts(list)), Some(word)) => list.iter().any(|known| known == word),
        (_, word) => word.is_some(),
    });
    (!offered).then_some(Condition::BadQuality)
}

/// Whether the listing's model is one of those that take a quality; where sources differ, one that
/// names it is enough.
fn takes_qualities(contract: &Contract<'_>) -> bool {
    let Some(models) = contract.fact(Field::QualityModels) else { return true };
    let claims = models.effective_claims();
    claims.is_empty()
        || claims.iter().any(|claim| {
            let codes = claim.value.try_as_texts_ref();
            codes.is_none_or(|codes| codes.0.iter().any(|code| code == contract.listing.slug()))
        })
}

fn bad_value(contract: &Contract<'_>, field: &FieldClause, value: &Value) -> Option<Condition> {
    let bad = Some(Condition::BadRequest);
    // An object may be given by a name that the endpoint has for it.
    let named = field.json_type == JsonType::Object && value.is_string();
    let typed = named || has_type(value, field.json_type);
    let listed = field
        .allowed
        .as_ref()
        .is_none_or(|allowed| allowed.is_empty() || allowed.iter().any(|word| value == word));
    let low = field.min.is_none_or(|min| at_least(value, min));
    let high = field.max.is_none_or(|max| at_most(value, max));
    // No endpoint draws less than one image, whether or not a source says so.
    let low = low && (field.meaning() != Some(FieldMeaning::Count) || at_least(value, 1));
    if !typed || !listed || !low || !high {
        return bad;
    }
    let fact = field.fact.and_then(|field| contract.fact(field))?;
    let fits = match (fact.value()?, value) {
        (FieldValue::Span(span), Value::String(text)) => {
            (span.low..=span.high).contains(&(text.chars().count() as u64))
        }
        (FieldValue::Span(span), value) => at_least(value, span.low) && at_most(value, span.high),
        (FieldValue::Texts(Texts(list)), Value::String(text)) => list.contains(text),
        _ => true,
    };
    if fits { None } else { bad }
}

/// Whether a number, whole or not, is no smaller than a bound; what is no number has none.
fn at_least(value: &Value, least: u64) -> bool {
    value.as_f64().is_none_or(|number| number >= bound(least))
}

fn at_most(value: &Value, most: u64) -> bool {
    value.as_f64().is_none_or(|number| number <= bound(most))
}

/// No source states a bound that a float does not hold exactly.
fn bound(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}
