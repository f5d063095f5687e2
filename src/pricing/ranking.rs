//! All listings side by side, cheapest first; what has no total has no rank.

use std::cmp::Reverse;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::job::Job;
use super::quote::{Quote, QuoteError};
use super::rates::UsedRate;
use super::table::PriceTable;
use crate::catalog::Listing;

/// One job on many listings.
#[derive(Debug)]
pub struct Comparison {
    /// The day whose facts count.
    pub as_of: Date,
    /// Ranked quotes first, from the cheapest; then the others by id.
    pub quotes: Vec<(Option<usize>, Quote)>,
    /// Every rate that was used.
    pub rates: Vec<UsedRate>,
}

/// Makes and ranks the quotes: by the highest total, then the lowest, then the id; with a budget
/// by the fewest images it is sure to give, from the most.
pub fn compare(
    table: &PriceTable<'_>,
    listings: &[&Listing],
    job: &Job,
    as_of: Date,
) -> Result<Comparison, QuoteError> {
    let quotes = listings.iter().map(|listing| table.quote(listing, as_of, job));
    let mut quotes: Vec<Quote> = quotes.collect::<Result<_, _>>()?;
    let mut rates: Vec<UsedRate> = Vec::new();
    for rate in quotes.iter().flat_map(|quote| &quote.rates) {
        if !rates.contains(rate) {
            rates.push(rate.clone());
        }
    }
    quotes.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.listing.cmp(&b.listing)));
    let ranked = quotes.into_iter().enumerate();
    let quotes = ranked.map(|(i, quote)| (quote.total.map(|_| i + 1), quote)).collect();
    Ok(Comparison { as_of, quotes, rates })
}

/// Whether there is no total, the images bought from the most, and the total from the cheapest.
type Rank = (bool, Reverse<(u64, u64)>, Option<(Decimal, Decimal)>);

fn order(quote: &Quote) -> Rank {
    let images = quote.images.map_or((0, 0), |images| (images.low, images.high));
    let total = quote.total.map(|total| (total.high, total.low));
    // With a budget every total is near the budget, and says nothing.
    let total = total.filter(|_| quote.images.is_none());
    (quote.total.is_none(), Reverse(images), total)
}
