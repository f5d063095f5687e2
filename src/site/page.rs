//! Which pages there are, what each is about, and where it stands; `pages` makes them.

use crate::catalog::{Endpoint, Entity, Listing, Model, Provider};
use crate::site::context::SiteContext;
use crate::site::listing_pairs::{self, ListingPair};
use crate::site::urls;

/// Which of the twins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageForm {
    Html,
    Markdown,
}

/// A list of pages of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Directory {
    Listings,
    Providers,
    Models,
    Endpoints,
    Pairs,
}

impl Directory {
    const ALL: [Self; 5] =
        [Self::Listings, Self::Providers, Self::Models, Self::Endpoints, Self::Pairs];
}

/// A page that can be made.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Page<'c> {
    Home,
    Faq,
    Listing(&'c Listing),
    Endpoint(&'c Endpoint),
    Provider(&'c Provider),
    Model(&'c Model),
    Compare(ListingPair<'c>),
    Directory(Directory),
    Disputes,
    Sources,
    Changes,
    Status,
    Reading,
    NotFound,
    Console,
}

impl<'c> Page<'c> {
    /// Every page of a site.
    pub(crate) fn all(site: &SiteContext<'c>) -> Vec<Self> {
        let mut pages = vec![Self::Home, Self::Faq, Self::Reading, Self::NotFound];
        pages.extend([Self::Disputes, Self::Sources, Self::Changes, Self::Status]);
        pages.extend(Directory::ALL.map(Self::Directory));
        pages.extend(site.catalog.listings.values().map(Self::Listing));
        pages.extend(site.catalog.endpoints.values().map(Self::Endpoint));
        pages.extend(site.catalog.providers.values().map(Self::Provider));
        pages.extend(site.catalog.models.values().map(Self::Model));
        pages.extend(listing_pairs::all(site).into_iter().map(Self::Compare));
        pages
    }

    /// The one thing it is about, where it is about one.
    pub(crate) fn entity(self) -> Option<&'c Entity> {
        match self {
            Self::Listing(listing) => Some(&listing.entity),
            Self::Endpoint(endpoint) => Some(&endpoint.entity),
            Self::Provider(provider) => Some(&provider.entity),
            Self::Model(model) => Some(&model.entity),
            Self::Compare(pair) => Some(&pair.one.entity),
            Self::Home
            | Self::Directory(_)
            | Self::Console
            | Self::Disputes
            | Self::Sources
            | Self::Changes
            | Self::Status
            | Self::Faq
            | Self::Reading
            | Self::NotFound => None,
        }
    }

    /// Its address within the site.
    pub(crate) fn href(self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Listing(listing) => urls::page(&listing.entity),
            Self::Endpoint(endpoint) => urls::page(&endpoint.entity),
            Self::Provider(provider) => urls::page(&provider.entity),
            Self::Model(model) => urls::page(&model.entity),
            Self::Compare(pair) => urls::pair(pair.one, pair.other),
            Self::Directory(Directory::Listings) => "/listings/".to_owned(),
            Self::Directory(Directory::Providers) => "/providers/".to_owned(),
            Self::Directory(Directory::Models) => "/models/".to_owned(),
            Self::Directory(Directory::Endpoints) => "/endpoints/".to_owned(),
            Self::Directory(Directory::Pairs) => "/compare/".to_owned(),
            Self::Disputes => "/disputes/".to_owned(),
            Self::Sources => "/sources/".to_owned(),
            Self::Changes => "/changes/".to_owned(),
            Self::Status => "/status/".to_owned(),
            Self::Faq => "/faq/".to_owned(),
            Self::Reading => "/reading/".to_owned(),
            Self::NotFound => "/404.html".to_owned(),
            Self::Console => "/console/".to_owned(),
        }
    }
}
