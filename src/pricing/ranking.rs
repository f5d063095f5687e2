//! All listings side by side, cheapest first; what has no total has no rank.

use std::cmp::Reverse;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::job::Job;
use super::quote::Quote;
use super::rates::UsedRate;
use super::reason::WarningCode;
use super::table::PriceTable;
use crate::catalog::Listing;

/// By what quotes are ranked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, strum::EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum RankBy {
    #[default]
    Total,
    /// What has to be paid first; the total where any amount can be paid.
    FirstPayment,
}

/// One job on many listings.
#[derive(Debug)]
pub struct Comparison {
    /// The day whose facts count.
    pub as_of: Date,
    /// By what the quotes are ranked.
    pub rank_by: RankBy,
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
    rank_by: RankBy,
) -> Comparison {
    let quotes = listings.iter().map(|listing| table.quote(listing, as_of, job));
    let mut quotes: Vec<Quote> = quotes.collect();
    let mut rates: Vec<UsedRate> = Vec::new();
    for rate in quotes.iter().flat_map(|quote| &quote.rates) {
        if !rates.contains(rate) {
            rates.push(rate.clone());
        }
    }
    quotes.sort_by(|a, b| {
        order(a, rank_by).cmp(&order(b, rank_by)).then_with(|| a.listing.cmp(&b.listing))
    });
    let ranked = quotes.into_iter().enumerate();
    let quotes = ranked.map(|(i, quote)| (quote.total.map(|_| i + 1), quote)).collect();
    Comparison { as_of, rank_by, quotes, rates }
}

/// Whether there is no total, whether it may miss the deadline, the images bought from the most,
/// and the total from the cheapest.
type Rank = (bool, bool, Reverse<(u64, u64)>, Option<(Decimal, Decimal)>);

fn order(quote: &Quote, rank_by: RankBy) -> Rank {
    let images = quote.images.map_or((0, 0), |images| (images.low, images.high));
    let amount = quote.ranked_amount(rank_by);
    let amount = amount.map(|amount| (amount.high, amount.low));
    // With a budget every total is near the budget, and says nothing.
    let amount = amount.filter(|_| quote.images.is_none());
    let has = |code: WarningCode| quote.warnings.iter().any(|it| it.code == code);
    let is_open = rank_by == RankBy::FirstPayment && has(WarningCode::FirstPaymentOpen);
    let may_miss = has(WarningCode::DeadlineNotSure) || is_open;
    let may_miss = may_miss && quote.total.is_some();
    (quote.total.is_none(), may_miss, Reverse(images), amount)
}
