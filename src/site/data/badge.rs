//! A listing's price as a small picture for other pages: `apiin/cogview-4 | 0.008–0.04 USD`.

use crate::catalog::Listing;
use crate::pricing::{QuoteState, amount};
use crate::site::context::SiteContext;

/// How wide a character is drawn at most, and what is left free on both sides of a text.
const CHARACTER: usize = 7;
const MARGIN: usize = 16;

/// The picture.
#[derive(Debug, askama::Template)]
#[template(path = "feeds/badge.svg", config = "templates/askama.toml")]
pub(crate) struct Badge {
    name: String,
    price: String,
    /// The colour behind the price.
    colour: &'static str,
    name_width: usize,
    width: usize,
    name_middle: usize,
    price_middle: usize,
}

impl Badge {
    pub(crate) fn new(site: &SiteContext<'_>, listing: &Listing) -> Self {
        let quote = site.index.quote(listing);
        let total = quote.and_then(|quote| quote.total);
        let state = quote.map_or(QuoteState::Unknown, |quote| quote.state);
        let code = site.index.currency.code();
        let figure = total.map(|total| match (amount(total.low), amount(total.high)) {
            (low, high) if low == high => format!("{low} {code}"),
            (low, high) => format!("{low}–{high} {code}"),
        });
        let (price, colour) = match (figure, state) {
            (Some(figure), QuoteState::Disputed) => (format!("{figure}, disputed"), "#7a4b00"),
            (Some(figure), _) => (figure, "#14595b"),
            (None, _) => ("no public price".to_owned(), "#55605c"),
        };
        let name = listing.id.to_string();
        let wide = |text: &str| text.chars().count() * CHARACTER + MARGIN;
        let (name_width, price_width) = (wide(&name), wide(&price));
        Self {
            name,
            price,
            colour,
            name_width,
            width: name_width + price_width,
            name_middle: name_width / 2,
            price_middle: name_width + price_width / 2,
        }
    }
}
