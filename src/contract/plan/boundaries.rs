//! Values at and beyond the bounds that sources state: what a plan requests for to see where they lie.

use super::PROMPT;
use crate::catalog::{Fact, Size, SizeRule, Sizes};
use crate::contract::ImageRequest;

pub(super) fn with(name: &str, value: serde_json::Value) -> ImageRequest {
    ImageRequest { fields: vec![(name.to_owned(), value)], ..ImageRequest::prompt(PROMPT) }
}

/// The longest text that is sent, whatever a source says may be; bodies have their own limit.
const MAX_CHARS: usize = 1 << 20;

/// A prompt of exactly so many characters.
pub(super) fn long_prompt(chars: u64) -> String {
    let chars = PROMPT.chars().chain(", and a gull".chars().cycle()).take(sent(chars));
    chars.collect()
}

/// A user's id of exactly so many characters.
pub(super) fn user_id(length: u64) -> String {
    "cogdex-probe-".chars().cycle().take(sent(length)).collect()
}

fn sent(chars: u64) -> usize {
    usize::try_from(chars).unwrap_or(usize::MAX).min(MAX_CHARS)
}

/// A length beyond a bound; none where so long a text is not sent.
pub(super) fn beyond(most: u64) -> Option<u64> {
    most.checked_add(1).filter(|beyond| *beyond <= MAX_CHARS as u64)
}

/// Every size that is listed, or the corners of a rule.
pub(super) fn offered(fact: &Fact<'_>) -> Vec<Size> {
    let mut sizes = Vec::new();
    for stated in fact.effective_claims().iter().filter_map(|it| it.value.try_as_sizes_ref()) {
        let new: Vec<Size> = match stated {
            Sizes::List(list) => list.clone(),
            Sizes::Rule(rule) => corners(*rule),
        };
        for size in new {
            if !sizes.contains(&size) {
                sizes.push(size);
            }
        }
    }
    sizes
}

/// The smallest size that a rule allows, and the largest along its longest side.
pub(super) fn corners(rule: SizeRule) -> Vec<Size> {
    let near = |width, height| rule.nearest(Size { width, height });
    let mut corners: Vec<Size> =
        [near(1, 1), near(1 << 14, 1 << 14)].into_iter().flatten().collect();
    if let (Some(max), Some(pixels)) = (rule.max, rule.max_pixels) {
        let height = u32::try_from(pixels / u64::from(max.max(1))).unwrap_or(max);
        let widest = Size { width: max, height };
        corners.extend(rule.allows(widest).then_some(widest));
    }
    corners.sort();
    corners.dedup();
    corners
}

/// Sizes that no side offers, one for each bound that can be crossed alone.
pub(super) fn outside(fact: &Fact<'_>) -> Vec<Size> {
    let stated =
        || fact.effective_claims().iter().filter_map(|claim| claim.value.try_as_sizes_ref());
    let offers = |size: Size| stated().any(|sizes| sizes.offers(size));
    let rule = stated().find_map(|sizes| match sizes {
        Sizes::Rule(rule) => Some(*rule),
        Sizes::List(_) => None,
    });
    let Some(rule) = rule else {
        let odd = Size { width: 1000, height: 1000 };
        return if offers(odd) { Vec::new() } else { vec![odd] };
    };
    let step = rule.divisor.unwrap_or(1);
    let mut sizes = Vec::new();
    if let Some(min) = rule.min.filter(|min| *min > step) {
        sizes.push(Size { width: min - step, height: 1024 });
    }
    if let Some(width) = rule.max.and_then(|max| max.checked_add(step)) {
        sizes.push(Size { width, height: rule.min.unwrap_or(512) });
    }
    if step > 1 {
        sizes.push(Size { width: 1024 + step / 2, height: 1024 });
    }
    if let (Some(max), Some(pixels)) = (rule.max, rule.max_pixels)
        && let Ok(height) = u32::try_from(pixels / u64::from(max.max(1)))
        && let Some(height) = height.checked_add(step)
    {
        sizes.push(Size { width: max, height });
    }
    sizes.retain(|size| !offers(*size));
    sizes
}
