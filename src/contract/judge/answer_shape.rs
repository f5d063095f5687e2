//! The shape of an answer: where sources show different ones, which of them came is decided once
//! for an exchange.

use crate::catalog::{AnswerClause, CallName};
use crate::contract::{Contract, Exchange, Promise, each};

use super::fields::{Found, keeps};

/// The sources whose shape an answer has.
#[derive(Debug, Clone, Default)]
pub(super) struct AnswerShape<'c> {
    /// Those that show a shape of their own.
    all: Vec<&'c str>,
    /// Those of them whose shape it is; several where their shapes agree on it.
    own: Vec<&'c str>,
}

impl<'c> AnswerShape<'c> {
    /// Decides by the fields on which the sources differ: the shape of which most came, and of
    /// those the one of which most came as stated.
    pub(super) fn new(contract: &Contract<'c>, exchange: &Exchange) -> Self {
        let all = contract.answer_variants(CallName::Create);
        let scores: Vec<_> = all.iter().map(|source| score(contract, source, exchange)).collect();
        let best = scores.iter().max().copied().unwrap_or_default();
        let fitting = all.iter().zip(&scores).filter(|(_, score)| **score == best);
        let own = fitting.map(|(source, _)| *source).collect();
        Self { all, own }
    }

    /// Whether an answer of this shape has to have what a source states.
    pub(super) fn binds(&self, source: &str) -> bool {
        !self.all.contains(&source) || self.own.contains(&source)
    }

    /// A source whose shape it is.
    pub(super) fn source(&self) -> Option<&'c str> {
        self.own.first().copied()
    }
}

/// How many of the fields on which sources differ are where a source says, and how many as it says.
fn score(contract: &Contract<'_>, source: &str, exchange: &Exchange) -> (usize, usize) {
    let disputed = contract.promises.iter().filter(|promise| promise.is_disputed());
    let (mut present, mut kept) = (0, 0);
    for promise in disputed {
        let sides: Vec<_> = Promise::typed::<AnswerClause>(promise)
            .filter(|side| side.clause.source == source && side.call == CallName::Create)
            .collect();
        let is_there = |path: &str| each(&exchange.body, path).iter().any(Option::is_some);
        present += usize::from(sides.iter().any(|side| is_there(&side.path)));
        let keeps = |side: &AnswerClause| {
            matches!(keeps(side, &exchange.body, exchange.asked_at), Found::AsStated(_))
        };
        kept += usize::from(sides.iter().any(|side| keeps(side)));
    }
    (present, kept)
}
