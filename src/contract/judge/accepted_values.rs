//! What is taken and what is refused, held against each side of a dispute as a whole.

use super::{Assessment, told};
use crate::contract::Exchange;

/// Whether a request was taken; one that was not is taken for refused.
pub(in crate::contract) fn taken_by(exchange: &Exchange) -> bool {
    exchange.status.is_some_and(|status| (200..300).contains(&status))
}

/// Whether what was met is all that a side says; it may say nothing of some.
pub(in crate::contract) fn fits(says: &[Option<bool>], met: &[bool]) -> bool {
    says.len() == met.len()
        && says.iter().zip(met).all(|(says, met)| says.is_none_or(|says| says == *met))
}

/// Values that were asked for, and of each side which of them it says are taken.
pub(super) fn taken(
    values: &[(usize, String)],
    sides: &[(String, Vec<Option<bool>>)],
    seen: &[Option<Exchange>],
) -> Assessment {
    let (mut met, mut words) = (Vec::new(), Vec::new());
    for (ask, value) in values {
        let exchange = match told(*ask, seen) {
            Ok(exchange) => exchange,
            Err(verdict) => return verdict,
        };
        let is_taken = taken_by(exchange);
        words.push(format!("{value} {}", if is_taken { "taken" } else { "refused" }));
        met.push(is_taken);
    }
    let words = words.join(", ");
    match sides.iter().find(|(_, says)| fits(says, &met)) {
        Some((side, _)) => Assessment::holds(format!("{side}: {words}")),
        None => Assessment::broken("what is taken fits no side as a whole", words),
    }
}
