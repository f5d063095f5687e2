//! The answer to the question that people come with: who is cheapest, for how much, and how sure
//! that is.

use rust_decimal::Decimal;

use crate::catalog::{Fact, Field, Listing};
use crate::pricing::{PriceRange, Quote, QuoteState, grouped, money_range};
use crate::site::context::SiteContext;
use crate::site::link::Link;
use crate::site::view::rate;

/// One sentence, with the way to the listing that it is about.
#[derive(Debug)]
pub(crate) struct HomeSentence {
    pub(crate) before: String,
    pub(crate) link: Link,
    pub(crate) after: String,
}

/// The cheapest sure price; the cheapest in the page's own currency, where that is another one;
/// and what would be cheaper by one side of a dispute, or by a price of long ago.
pub(crate) fn sentences(
    site: &SiteContext<'_>,
    quotes: &[(Option<usize>, Quote)],
    images: u64,
) -> Vec<HomeSentence> {
    let priced: Vec<_> = quotes.iter().filter_map(|(_, quote)| Priced::new(site, quote)).collect();
    let sure = |it: &&Priced<'_, '_>| !it.is_disputed() && it.old.is_empty();
    let Some(first) = priced.iter().find(sure) else {
        return priced
            .first()
            .map(|it| it.sentence(site, "Cheapest known price: ", images))
            .into_iter()
            .collect();
    };
    let mut sentences = vec![first.sentence(site, "Cheapest: ", images)];
    let is_own = |it: &&Priced<'_, '_>| it.quote.rates.is_empty() && !it.is_disputed();
    let code = site.index.currency.code();
    let own = priced.iter().find(is_own).filter(|_| !first.quote.rates.is_empty());
    sentences.extend(own.map(|it| it.sentence(site, &format!("In {code}: "), images)));
    let is_told =
        |it: &&Priced<'_, '_>| own.is_none_or(|own| own.quote.listing != it.quote.listing);
    let may_be_less = |it: &&Priced<'_, '_>| it.total.low < first.total.high && !sure(it);
    let others = priced.iter().filter(may_be_less).filter(is_told).take(2);
    sentences.extend(others.map(|it| it.sentence(site, "", images)));
    sentences
}

/// A listing with its total.
struct Priced<'c, 'q> {
    listing: &'c Listing,
    quote: &'q Quote,
    total: PriceRange,
    /// On which day its price was last checked, and how old that is where it is too old.
    checked: String,
    old: String,
}

impl<'c, 'q> Priced<'c, 'q> {
    fn new(site: &SiteContext<'c>, quote: &'q Quote) -> Option<Self> {
        let listing = site.catalog.listings.get(quote.listing.as_str())?;
        let as_of = site.settings.as_of;
        let price = site.fact(listing, Field::Price);
        let day = price.as_ref().and_then(|price: &Fact<'_>| price.supported_on(as_of));
        let old = price.as_ref().is_some_and(|price| price.is_stale(as_of));
        Some(Self {
            listing,
            quote,
            total: quote.total?,
            checked: day.map(|day| day.to_string()).unwrap_or_default(),
            old: day.filter(|_| old).map(|day| rate::age(day, as_of)).unwrap_or_default(),
        })
    }

    fn is_disputed(&self) -> bool {
        self.quote.state == QuoteState::Disputed
    }

    fn sentence(&self, site: &SiteContext<'_>, before: &str, images: u64) -> HomeSentence {
        let currency = site.index.currency;
        let seller = Link::provider(site.catalog, self.listing.provider.as_str()).label;
        let total = money_range(self.total, currency);
        let many = format!("for {} images", grouped(Decimal::from(images)));
        let one = site.index.quote(self.listing);
        let own = one.and_then(Quote::own_cost);
        let cost = match own {
            Some((own, own_currency)) => {
                format!("{} an image (≈ {total} {many})", money_range(own, own_currency))
            }
            None if self.quote.rates.is_empty() => format!("{total} {many}"),
            None => format!("≈ {total} {many}"),
        };
        let after = if before.is_empty() {
            format!(" may be cheaper: {cost}")
        } else {
            format!(", {cost}")
        };
        let why = match (self.is_disputed(), self.old.is_empty()) {
            (true, _) => "; its own pages disagree.".to_owned(),
            (false, false) => {
                format!("; but that price was last checked on {}, {}.", self.checked, self.old)
            }
            (false, true) if before.is_empty() => ".".to_owned(),
            (false, true) => format!(", checked {}.", self.checked),
        };
        let href = crate::site::urls::page(&self.listing.entity);
        HomeSentence {
            before: before.to_owned(),
            link: Link { label: seller, href },
            after: after + &why,
        }
    }
}
