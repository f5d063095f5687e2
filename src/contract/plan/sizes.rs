//! Sizes that are promised, by a list, by a rule or by an example: each is drawn once.

use super::super::check::Test;
use super::super::reach::offered;
use super::{Contract, Draw, PROMPT, Plan, Who, of_fact, of_promise};
use crate::catalog::{ClauseKind, Fact, Field, Size, State, Value as Known};

impl<'c> Plan<'c> {
    pub(super) fn sizes(&mut self, contract: &Contract<'c>) {
        if contract.takes("size").is_none() {
            return;
        }
        let Some(fact) = contract.fact(Field::Sizes) else { return };
        let mut drawn = Vec::new();
        for size in offered(&fact) {
            let id = format!("size.{size}");
            let ask = self.sized(contract, size);
            drawn.push((ask, size));
            if fact.state() != State::Disputed {
                self.check(&id, vec![ask], of_fact(&fact), Test::Drawn(vec![size]));
            }
        }
        if fact.state() == State::Disputed {
            let default = contract.fact(Field::DefaultSize);
            let default = match default.as_ref().and_then(Fact::value) {
                Some(Known::Size(size)) => *size,
                _ => Size { width: 1024, height: 1024 },
            };
            let asks = drawn.iter().map(|(ask, _)| *ask).collect();
            self.check("sizes", asks, of_fact(&fact), Test::AllSizes(drawn, default));
        }
        // Beside a rule, a page may name some sizes; each is a promise of its own.
        if let Some(fact) = contract.fact(Field::RecommendedSizes) {
            for size in offered(&fact) {
                let ask = self.sized(contract, size);
                self.check(
                    &format!("size.{size}"),
                    vec![ask],
                    of_fact(&fact),
                    Test::Drawn(vec![size]),
                );
            }
        }
    }

    fn sized(&mut self, contract: &Contract<'c>, size: Size) -> usize {
        let id = format!("size.{size}");
        let draw = Draw { size: Some(size), ..Draw::prompt(PROMPT) };
        let ask = self.ask(contract, &id, Who::Owner, draw, false);
        self.picture(contract, ask, &id);
        ask
    }

    /// A size or a number of which a page shows an example and no bounds.
    pub(super) fn examples(&mut self, contract: &Contract<'c>) {
        for promise in contract.promises.iter().filter(|p| p.kind == ClauseKind::Field) {
            let clause = promise.sides[0];
            let (name, example) = (clause.text("name"), clause.text("example"));
            let evidence = of_promise(contract, promise);
            if clause.text("fact") == Some("sizes")
                && contract.fact(Field::Sizes).is_none()
                && let Some(size) = example.and_then(|text| text.parse().ok())
            {
                let ask = self.sized(contract, size);
                self.check(&format!("size.{size}"), vec![ask], evidence, Test::Drawn(vec![size]));
            } else if name == Some("n") && contract.fact(Field::ImagesPerAnswer).is_none() {
                let draw = Draw { n: Some(2), ..Draw::prompt(PROMPT) };
                let ask = self.ask(contract, "n.2", Who::Owner, draw, false);
                self.picture(contract, ask, "n.2");
                self.check("n.2.images", vec![ask], evidence, Test::Count(2, 2));
            }
        }
    }
}
