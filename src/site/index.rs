//! What all pages share, worked out once: the quotes of the default job, and who belongs to whom.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use crate::catalog::{Catalog, Currency, Listing};
use crate::pricing::{
    Comparison, Job, Offer, PriceRange, PriceTable, PricingTerms, Quote, RankBy, Reason, Selection,
    Variant, compare, select,
};
use crate::site::urls;
use crate::site::view::ways_out::is_web;

/// Lists by provider, endpoint, family and maker, and the comparison of all listings.
#[derive(Debug)]
pub(crate) struct SiteIndex<'c> {
    /// One image of the default size in each listing's own quality, in dollars: every listing.
    pub(crate) everything: Comparison,
    /// Places in `everything` by listing.
    places: BTreeMap<String, usize>,
    /// The listings of the family that is compared where none is named, ranked.
    pub(crate) family: Comparison,
    pub(crate) by_provider: BTreeMap<&'c str, Vec<&'c Listing>>,
    pub(crate) by_endpoint: BTreeMap<&'c str, Vec<&'c Listing>>,
    pub(crate) by_model: BTreeMap<&'c str, Vec<&'c Listing>>,
    pub(crate) by_family: BTreeMap<&'c str, Vec<&'c Listing>>,
    pub(crate) by_maker: BTreeMap<&'c str, Vec<&'c Listing>>,
    /// The listings of each family that have a price, in the order of `everything`.
    pub(crate) ranked: BTreeMap<&'c str, Vec<&'c Listing>>,
    sources: HashMap<&'c str, (&'c str, String, &'c str)>,
    pub(crate) table: PriceTable<'c>,
    pub(crate) currency: Currency,
    pub(crate) as_of: Date,
    pub(crate) job: Job,
}

/// A source by its title and its place among all sources.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SourceLink<'s> {
    pub(crate) title: &'s str,
    pub(crate) href: &'s str,
    /// Its own address; empty where it can't be followed from a page.
    pub(crate) out: &'s str,
}

impl<'c> SiteIndex<'c> {
    pub(crate) fn new(catalog: &'c Catalog, as_of: Date) -> Self {
        let currency = Currency::DOLLARS;
        let table = PriceTable::new(catalog, PricingTerms { currency, rates: Vec::new() });
        let job = Job::default();
        let all: Vec<_> = catalog.listings.values().collect();
        // A catalog without that family has nothing to rank, and still has pages.
        let family = select(catalog, &Selection::default()).unwrap_or_default();
        let everything = compare(&table, &all, &job, as_of, RankBy::Total);
        let family = compare(&table, &family, &job, as_of, RankBy::Total);
        let quotes = everything.quotes.iter().enumerate();
        let places = quotes.map(|(at, (_, quote))| (quote.listing.clone(), at)).collect();
        let by = |key: fn(&'c Catalog, &'c Listing) -> Option<&'c str>| {
            let mut map: BTreeMap<&'c str, Vec<&'c Listing>> = BTreeMap::new();
            for listing in catalog.listings.values() {
                if let Some(key) = key(catalog, listing) {
                    map.entry(key).or_default().push(listing);
                }
            }
            map
        };
        let mut ranked: BTreeMap<&'c str, Vec<&'c Listing>> = BTreeMap::new();
        for (_, quote) in everything.quotes.iter().filter(|(_, quote)| quote.total.is_some()) {
            if let Some(listing) = catalog.listings.get(quote.listing.as_str()) {
                ranked.entry(catalog.family(listing)).or_default().push(listing);
            }
        }
        Self {
            everything,
            ranked,
            places,
            family,
            by_provider: by(|_, listing| Some(listing.provider.as_str())),
            by_endpoint: by(|_, listing| listing.endpoint.as_deref()),
            by_model: by(|_, listing| Some(listing.model.as_str())),
            by_family: by(|catalog, listing| Some(catalog.family(listing))),
            sources: catalog
                .sources
                .iter()
                .map(|(id, it)| {
                    let out = if is_web(&it.address) { it.address.as_str() } else { "" };
                    (id.as_str(), (it.title.as_str(), urls::source(id), out))
                })
                .collect(),
            by_maker: by(|catalog, listing| catalog.models.get(&listing.model)?.maker.as_deref()),
            table,
            currency,
            as_of,
            job,
        }
    }

    /// A source; its id, without a place, where it is not known.
    pub(crate) fn source<'s>(&'s self, id: &'s str) -> SourceLink<'s> {
        let known = self.sources.get(id);
        known.map_or(SourceLink { title: id, href: "/sources/", out: "" }, |(title, href, out)| {
            SourceLink { title, href, out }
        })
    }

    /// A listing's place in `everything`.
    pub(crate) fn place(&self, listing: &Listing) -> usize {
        self.places.get(listing.id.as_str()).copied().unwrap_or(usize::MAX)
    }

    /// The default job on a listing, with its rank among all.
    pub(crate) fn row(&self, listing: &Listing) -> Option<&(Option<usize>, Quote)> {
        self.places.get(listing.id.as_str()).map(|at| &self.everything.quotes[*at])
    }

    /// What a listing asks for an image of the default job.
    pub(crate) fn offer(&self, listing: &Listing) -> Offer {
        self.table.offer(listing, self.as_of, &Variant::from(&self.job))
    }

    /// What so many images of the default job cost on a listing, or why they have no price.
    pub(crate) fn amount(&self, listing: &Listing, images: u64) -> Result<PriceRange, Reason> {
        self.offer(listing).amount(images)
    }

    /// The quote of the default job on a listing.
    pub(crate) fn quote(&self, listing: &Listing) -> Option<&Quote> {
        self.places.get(listing.id.as_str()).map(|at| &self.everything.quotes[*at].1)
    }
}
