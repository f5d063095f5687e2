//! The exchange rates that figures were converted at.

use jiff::civil::Date;

use crate::catalog::{Listing, days_between};
use crate::pricing::{UsedRate, amount};
use crate::site::context::SiteContext;
use crate::site::format::plural;
use crate::site::link::Link;

/// One rate, with its day, its age and its source.
#[derive(Debug)]
pub(crate) struct RateView {
    pub(crate) pair: String,
    pub(crate) value: String,
    /// The equation as its source gives it: `1 USD = 7.0197 CNY`.
    pub(crate) stated: String,
    pub(crate) date: String,
    pub(crate) source: Link,
    /// `322 days old`; empty for a rate without a day.
    pub(crate) age: String,
    /// Whether it is too old to be relied on.
    pub(crate) is_old: bool,
}

/// The rates for the templates.
pub(crate) fn rate_views(site: &SiteContext<'_>, rates: &[UsedRate]) -> Vec<RateView> {
    let as_of = site.index.as_of;
    let view = |rate: &UsedRate| RateView {
        pair: rate.pair.clone(),
        value: amount(rate.value),
        stated: rate.stated.clone(),
        date: rate.date.map(|day| day.to_string()).unwrap_or_default(),
        source: site.source_link(&rate.source),
        age: rate.date.map(|day| age(day, as_of)).unwrap_or_default(),
        is_old: rate.old_days(as_of).is_some(),
    };
    rates.iter().map(view).collect()
}

/// The rates that the default job on some listings was converted at, each once.
pub(crate) fn rates_of(site: &SiteContext<'_>, listings: &[&Listing]) -> Vec<RateView> {
    let mut rates: Vec<UsedRate> = Vec::new();
    for quote in listings.iter().filter_map(|listing| site.index.quote(listing)) {
        for rate in quote.rates.iter().filter(|_| quote.total.is_some()) {
            if !rates.contains(rate) {
                rates.push(rate.clone());
            }
        }
    }
    rate_views(site, &rates)
}

/// How old a day is: `1 day old`, `322 days old`.
pub(crate) fn age(day: Date, as_of: Date) -> String {
    let days = usize::try_from(days_between(day, as_of)).unwrap_or_default();
    format!("{} old", plural(days, "day"))
}
