//! Exchange rates that were used, as pages show them.

use crate::pricing::{UsedRate, amount};
use crate::site::context::SiteContext;
use crate::site::link::Link;

/// An exchange rate that a total rests on.
#[derive(Debug)]
pub(crate) struct RateView {
    pub(crate) pair: String,
    pub(crate) value: String,
    pub(crate) date: String,
    pub(crate) source: Link,
    /// How old it is, where it is old.
    pub(crate) age: String,
}

/// The rates for the templates.
pub(crate) fn rate_views(site: &SiteContext<'_>, rates: &[UsedRate]) -> Vec<RateView> {
    let view = |rate: &UsedRate| RateView {
        pair: rate.pair.clone(),
        value: amount(rate.value),
        date: rate.date.map(|day| day.to_string()).unwrap_or_default(),
        source: site.source_link(&rate.source),
        age: rate
            .old_days(site.index.as_of)
            .map(|days| format!("{days} days old"))
            .unwrap_or_default(),
    };
    rates.iter().map(view).collect()
}
