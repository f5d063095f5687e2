//! Which listings have a page side by side: all of a family that have a price, where they are few,
//! else each with its neighbours in the ranking, so that the number of pages grows with that of the
//! listings. What has no price is compared with nothing.

use std::cmp::Ordering;

use crate::catalog::Listing;
use crate::site::context::SiteContext;
use crate::site::link::Link;
use crate::site::urls;

/// Up to so many priced listings of one family, every two have a page.
const FEW: usize = 8;

/// Beyond [`FEW`], each has a page with so many that come next in the ranking.
const NEXT: usize = 3;

/// Two listings of one family, in the order of their ids.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListingPair<'c> {
    pub(crate) one: &'c Listing,
    pub(crate) other: &'c Listing,
}

impl<'c> ListingPair<'c> {
    fn new(a: &'c Listing, b: &'c Listing) -> Self {
        let (one, other) = if a.id <= b.id { (a, b) } else { (b, a) };
        Self { one, other }
    }
}

/// Every pair that has a page.
pub(crate) fn all<'c>(site: &SiteContext<'c>) -> Vec<ListingPair<'c>> {
    let mut pairs = Vec::new();
    for ranked in site.index.ranked.values() {
        let reach = if ranked.len() <= FEW { FEW } else { NEXT };
        for (at, listing) in ranked.iter().enumerate() {
            let next = ranked.iter().skip(at + 1).take(reach);
            pairs.extend(next.map(|other| ListingPair::new(listing, other)));
        }
    }
    pairs
}

/// The pages on which a listing stands beside a third, the cheapest first.
pub(crate) fn links<'c>(
    site: &SiteContext<'c>,
    listing: &'c Listing,
    except: &Listing,
) -> Vec<Link> {
    let ranked = site.index.ranked.get(site.catalog.family(listing)).map_or(&[][..], Vec::as_slice);
    let place = |listing: &Listing| site.index.place(listing);
    let Ok(at) = ranked.binary_search_by_key(&place(listing), |it| place(it)) else {
        return Vec::new();
    };
    let reach = if ranked.len() <= FEW { FEW } else { NEXT };
    let near = &ranked[at.saturating_sub(reach)..ranked.len().min(at + reach + 1)];
    let others = near.iter().filter(|other| other.id != listing.id && other.id != except.id);
    let link = |other: &&'c Listing| {
        let pair = ListingPair::new(listing, other);
        Link { label: other.id.to_string(), href: urls::pair(pair.one, pair.other) }
    };
    others.map(link).collect()
}

/// How two ranges, each from its lowest to its highest, stand to each other; `None` where they
/// leave it open.
pub(crate) fn order<T: Ord + Copy>(one: (T, T), other: (T, T)) -> Option<Ordering> {
    if one.1 < other.0 {
        Some(Ordering::Less)
    } else if other.1 < one.0 {
        Some(Ordering::Greater)
    } else {
        (one == other && one.0 == one.1).then_some(Ordering::Equal)
    }
}
