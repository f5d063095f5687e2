//! Sizes that are promised, by a list, by a rule or by an example: each is drawn once.

use super::super::expectation::Expectation;
use super::boundaries::offered;
use super::{Contract, Credential, ImageRequest, PROMPT, Plan, of_fact, of_promise};
use crate::catalog::{Claim, Fact, FactState, Field, FieldClause, FieldMeaning, FieldValue, Size};

pub(super) fn sizes<'c>(plan: &mut Plan<'c>, contract: &Contract<'c>) {
    if contract.takes(FieldMeaning::Size).is_none() {
        return;
    }
    let Some(fact) = contract.fact(Field::Sizes) else { return };
    let mut drawn = Vec::new();
    for size in offered(&fact) {
        let id = format!("size.{size}");
        let request = sized(plan, contract, size);
        drawn.push((request, size));
        if fact.state() != FactState::Disputed {
            plan.check(&id, vec![request], of_fact(&fact), Expectation::Drawn(vec![size]));
        }
    }
    if fact.state() == FactState::Disputed {
        let default = contract.fact(Field::DefaultSize);
        let default = default.as_ref().and_then(Fact::value).and_then(FieldValue::try_as_size_ref);
        let default = default.copied().unwrap_or(Size { width: 1024, height: 1024 });
        let requests = drawn.iter().map(|(request, _)| *request).collect();
        drawn.retain(|(_, size)| *size != default);
        let side = |claim: &Claim<'_>| {
            let offered = claim.value.try_as_sizes_ref();
            let says = drawn.iter().map(|(_, size)| offered.map(|sizes| sizes.offers(*size)));
            (claim.value.to_string(), says.collect())
        };
        let sides = fact.claims.iter().map(side).collect();
        let expectation = Expectation::AllSizes(default, drawn, sides);
        plan.check("sizes", requests, of_fact(&fact), expectation);
    }
    // Beside a rule, a page may name some sizes; each is a promise of its own.
    if let Some(fact) = contract.fact(Field::RecommendedSizes) {
        for size in offered(&fact) {
            let request = sized(plan, contract, size);
            plan.check(
                &format!("size.{size}"),
                vec![request],
                of_fact(&fact),
                Expectation::Drawn(vec![size]),
            );
        }
    }
}

/// The sizes that the sides of a fact name.
pub(super) fn named(fact: &Fact<'_>) -> Vec<Size> {
    fact.claims.iter().filter_map(|claim| claim.value.try_as_size_ref()).copied().collect()
}

fn sized<'c>(plan: &mut Plan<'c>, contract: &Contract<'c>, size: Size) -> usize {
    let id = format!("size.{size}");
    let image = ImageRequest { size: Some(size), ..ImageRequest::prompt(PROMPT) };
    let request = plan.request(contract, &id, Credential::Operator, image, false);
    plan.picture(contract, request, &id);
    request
}

/// A size or a number of which a page shows an example and no bounds.
pub(super) fn examples<'c>(plan: &mut Plan<'c>, contract: &Contract<'c>) {
    for promise in &contract.promises {
        let Some(field) = promise.typed::<FieldClause>().next() else { continue };
        let evidence = of_promise(contract, promise);
        if field.fact == Some(Field::Sizes)
            && contract.fact(Field::Sizes).is_none()
            && let Some(size) = field.example.as_ref().and_then(|text| text.parse().ok())
        {
            let request = sized(plan, contract, size);
            plan.check(
                &format!("size.{size}"),
                vec![request],
                evidence,
                Expectation::Drawn(vec![size]),
            );
        } else if field.meaning() == Some(FieldMeaning::Count)
            && contract.fact(Field::ImagesPerAnswer).is_none()
        {
            let image = ImageRequest { n: Some(2), ..ImageRequest::prompt(PROMPT) };
            let request = plan.request(contract, "n.2", Credential::Operator, image, false);
            plan.picture(contract, request, "n.2");
            plan.check("n.2.images", vec![request], evidence, Expectation::Count(2, 2));
        }
    }
}
