//! What is taken and what is refused, held against each side of a dispute as a whole.

use super::{Assessment, Judge};
use crate::contract::expectation::DisputeSide;

/// Whether what was met is all that a side says; it may say nothing of some.
pub(in crate::contract) fn fits(says: &[Option<bool>], met: &[bool]) -> bool {
    says.len() == met.len()
        && says.iter().zip(met).all(|(says, met)| says.is_none_or(|says| says == *met))
}

/// Values that were asked for, and of each side which of them it says are taken.
pub(super) fn taken(
    judge: &Judge<'_, '_>,
    values: &[(usize, String)],
    sides: &[DisputeSide],
) -> Assessment {
    let (mut met, mut words) = (Vec::new(), Vec::new());
    let among: Vec<usize> = values.iter().map(|(ask, _)| *ask).collect();
    for (ask, value) in values {
        let is_taken = match judge.taken(*ask, &among) {
            Ok(exchange) => exchange.is_some(),
            Err(verdict) => return verdict,
        };
        words.push(format!("{value} {}", if is_taken { "taken" } else { "refused" }));
        met.push(is_taken);
    }
    let words = words.join(", ");
    match sides.iter().find(|(_, says)| fits(says, &met)) {
        Some((side, _)) => Assessment::holds(format!("{side}: {words}")),
        None => Assessment::broken("what is taken fits no side as a whole", words),
    }
}
