//! On what terms a price table is made: the currency of its totals, and exchange rates.

use jiff::civil::Date;

use super::rates::{GivenRate, UsedRate};
use crate::catalog::{Catalog, Currency, Overflow};

/// The currency of all totals, and the rates that come before the catalog's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PricingTerms {
    pub currency: Currency,
    pub rates: Vec<GivenRate>,
}

impl PricingTerms {
    /// What one of `from` is worth on a day: the rate given, else the newest official one.
    /// `None` where there is neither.
    pub fn rate(
        &self,
        catalog: &Catalog,
        from: Currency,
        as_of: Date,
    ) -> Result<Option<UsedRate>, Overflow> {
        let pair = (from, self.currency);
        let given = self.rates.iter().find_map(|given| {
            UsedRate::new(pair, (given.from, given.value, given.to), (None, "--rate"))
        });
        if let Some(rate) = given {
            return rate.map(Some);
        }
        let dated = catalog.rates.iter().filter(|rate| rate.official && rate.date <= as_of);
        let fits = |(one, of)| (one, of) == pair || (of, one) == pair;
        let newest = dated.filter(|rate| fits((rate.one, rate.of))).max_by_key(|rate| rate.date);
        let rate = newest.and_then(|rate| {
            let said = (Some(rate.date), rate.source.as_str());
            UsedRate::new(pair, (rate.one, rate.value, rate.of), said)
        });
        rate.transpose()
    }
}
