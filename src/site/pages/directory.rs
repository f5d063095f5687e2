//! The lists that the menu leads to: all offers, sellers, models, endpoints, and all pairs that
//! are compared.

use crate::catalog::{EntityKind, Listing};
use crate::site::context::SiteContext;
use crate::site::format::plural;
use crate::site::link::Link;
use crate::site::listing_pairs;
use crate::site::page::{Directory, Page};
use crate::site::page_meta::{self, PageHead, PageMeta};
use crate::site::pages::{compare, forms};
use crate::site::urls;
use crate::site::view::features::{self, FEATURES, FeatureRow};
use crate::site::view::price_row::{self, PriceRow};
use crate::site::view::rate::{self, RateView};
use crate::site::view::ways_out;

/// So many entries stand on a page; all of them are in the data for programs.
const MAX_ENTRIES: usize = 2_000;

/// One entry of a list.
#[derive(Debug)]
pub(crate) struct DirectoryEntry {
    pub(crate) link: Link,
    pub(crate) text: String,
    pub(crate) ways: Vec<Link>,
}

/// A list of pages of one kind.
#[derive(Debug)]
pub(crate) struct DirectoryPage {
    pub(crate) head: PageHead,
    pub(crate) entries: Vec<DirectoryEntry>,
    pub(crate) more: usize,
    pub(crate) prices: Vec<PriceRow>,
    pub(crate) rates: Vec<RateView>,
    pub(crate) features: [&'static str; 6],
    pub(crate) matrix: Vec<FeatureRow>,
}

impl DirectoryPage {
    pub(crate) fn new(site: &SiteContext<'_>, directory: Directory) -> Self {
        let (title, description) = match directory {
            Directory::Listings => (
                "All offers",
                "Every model that a seller offers, with its price and what it can do.",
            ),
            Directory::Providers => {
                ("Sellers", "Who sells calls to image models, what they ask, and where to go.")
            }
            Directory::Models => {
                ("Models", "The image models that are sold, who made them, and from what price.")
            }
            Directory::Endpoints => {
                ("Endpoints", "The APIs through which images are made, and what is sold on each.")
            }
            Directory::Pairs => {
                ("Compare", "Two offers side by side: which one costs less, and how they differ.")
            }
        };
        let meta = PageMeta::new(Page::Directory(directory).href(), title, description);
        let mut entries = entries(site, directory);
        let more = entries.len().saturating_sub(MAX_ENTRIES);
        entries.truncate(MAX_ENTRIES);
        let listings: Vec<&Listing> = match directory {
            Directory::Listings => site.catalog.listings.values().take(MAX_ENTRIES).collect(),
            Directory::Providers | Directory::Models | Directory::Endpoints | Directory::Pairs => {
                Vec::new()
            }
        };
        let more = if listings.is_empty() {
            more
        } else {
            site.catalog.listings.len().saturating_sub(MAX_ENTRIES)
        };
        Self {
            head: page_meta::head(site, meta),
            entries,
            more,
            prices: price_row::price_rows(site, &listings),
            rates: rate::rates_of(site, &listings),
            features: FEATURES,
            matrix: features::feature_rows(site, listings.into_iter()),
        }
    }
}

forms!(DirectoryPage, "pages/directory.html", "pages/directory.md");

fn entries(site: &SiteContext<'_>, directory: Directory) -> Vec<DirectoryEntry> {
    let (index, catalog) = (&site.index, site.catalog);
    // How many offers there are, and from what to what one image costs.
    let offers = |listings: Option<&Vec<&Listing>>| {
        let listings = listings.map_or(&[][..], Vec::as_slice);
        let cost = price_row::cost_text(site, listings);
        let cost =
            cost.map_or_else(|| "no public price".to_owned(), |cost| format!("{cost} an image"));
        format!("{}; {cost}", plural(listings.len(), "offer"))
    };
    match directory {
        Directory::Listings => Vec::new(),
        Directory::Providers => catalog
            .providers
            .values()
            .map(|provider| DirectoryEntry {
                link: Link::named(&provider.entity),
                text: offers(index.by_provider.get(provider.id.as_str())),
                ways: ways_out::of_provider(site, provider),
            })
            .collect(),
        Directory::Models => catalog
            .models
            .values()
            .map(|model| {
                let offers = offers(index.by_model.get(model.id.as_str()));
                let maker = site.maker(model.id.as_str());
                let maker = maker.map_or_else(String::new, |maker| format!("by {}; ", maker.name));
                DirectoryEntry {
                    link: Link::named(&model.entity),
                    text: format!("{maker}{offers}"),
                    ways: Vec::new(),
                }
            })
            .collect(),
        Directory::Endpoints => catalog
            .endpoints
            .values()
            .map(|endpoint| DirectoryEntry {
                link: Link {
                    label: endpoint.id.to_string(),
                    href: urls::page_of(EntityKind::Endpoint, &endpoint.id),
                },
                text: offers(index.by_endpoint.get(endpoint.id.as_str())),
                ways: Vec::new(),
            })
            .collect(),
        Directory::Pairs => listing_pairs::all(site)
            .into_iter()
            .take(MAX_ENTRIES)
            .map(|pair| DirectoryEntry {
                link: Link {
                    label: format!("{} or {}", pair.one.id, pair.other.id),
                    href: urls::pair(pair.one, pair.other),
                },
                text: compare::verdict(site, pair.one, pair.other),
                ways: Vec::new(),
            })
            .collect(),
    }
}
