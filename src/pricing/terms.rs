//! On what terms a price table is made: the currency of its totals, and exchange rates.

use jiff::civil::Date;

use super::rates::{Equation, GivenRate, UsedRate};
use crate::catalog::{Catalog, Currency, Overflow, Rate};

/// The currency of all totals, and the rates that come before the catalog's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PricingTerms {
    pub currency: Currency,
    pub rates: Vec<GivenRate>,
}

impl From<&Rate> for Equation {
    fn from(rate: &Rate) -> Self {
        Self { one: rate.one, value: rate.value, of: rate.of }
    }
}

impl PricingTerms {
    /// What one of `from` is worth on a day: the rate given, else that of the newest official day,
    /// stated or crossed through one other currency of the same source and day; on one day a
    /// stated pair goes before a cross. `None` where there is none.
    pub fn rate(
        &self,
        catalog: &Catalog,
        from: Currency,
        as_of: Date,
    ) -> Result<Option<UsedRate>, Overflow> {
        let pair = (from, self.currency);
        let given = self.rates.iter().find_map(|given| {
            let equation = Equation { one: given.from, value: given.value, of: given.to };
            UsedRate::new(pair, &[equation], (None, "--rate"))
        });
        if let Some(rate) = given {
            return rate.map(Some);
        }
        let official = || catalog.rates.iter().filter(|rate| rate.official && rate.date <= as_of);
        let mut newest: Option<(Date, bool, Vec<&Rate>)> = None;
        for first in official().filter(|rate| rate.one == from || rate.of == from) {
            let between = if first.one == from { first.of } else { first.one };
            let ways = if between == self.currency {
                vec![vec![first]]
            } else {
                let seconds = official().filter(|second| {
                    let ends = (second.one, second.of);
                    second.date == first.date
                        && second.source == first.source
                        && (ends == (between, self.currency) || ends == (self.currency, between))
                });
                seconds.map(|second| vec![first, second]).collect()
            };
            for way in ways {
                let rank = (first.date, way.len() == 1);
                if newest.as_ref().is_none_or(|(date, direct, _)| rank >= (*date, *direct)) {
                    newest = Some((rank.0, rank.1, way));
                }
            }
        }
        let rate = newest.and_then(|(date, _, way)| {
            let equations: Vec<Equation> = way.iter().map(|rate| Equation::from(*rate)).collect();
            let source = way.first().map_or("", |rate| rate.source.as_str());
            UsedRate::new(pair, &equations, (Some(date), source))
        });
        rate.transpose()
    }
}
