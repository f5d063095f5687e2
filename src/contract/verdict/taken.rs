//! What is taken and what is refused, held against each side of a dispute as a whole.

use super::{Verdict, no_answer};
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
) -> Verdict {
    let (mut met, mut words) = (Vec::new(), Vec::new());
    for (ask, value) in values {
        let Some(exchange) = seen.get(*ask).and_then(Option::as_ref) else {
            return Verdict::skipped("it was not asked");
        };
        if let Some(verdict) = no_answer(exchange) {
            return verdict;
        }
        let status = exchange.status.unwrap_or(0);
        if (401..=403).contains(&status) {
            let why = "the key or its balance was refused";
            return Verdict::unclear(why, format!("status {status}"));
        }
        let is_taken = taken_by(exchange);
        words.push(format!("{value} {}", if is_taken { "taken" } else { "refused" }));
        met.push(is_taken);
    }
    let words = words.join(", ");
    match sides.iter().find(|(_, says)| fits(says, &met)) {
        Some((side, _)) => Verdict::holds(format!("{side}: {words}")),
        None => Verdict::broken("what is taken fits no side as a whole", words),
    }
}
