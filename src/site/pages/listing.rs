//! A listing's page: everything that is known of one model code sold by one provider.

use super::super::fact::FactView;
use super::super::head::{Crumb, Head, Naming};
use super::super::{Site, address};
use super::forms;
use crate::catalog::{Level, Subject};
use crate::show::show;

/// Everything that is known of a listing.
#[derive(Debug)]
pub(crate) struct ListingPage {
    pub(crate) head: Head,
    pub(crate) id: String,
    pub(crate) facts: Vec<FactView>,
}

impl ListingPage {
    pub(crate) fn of<'c>(site: &Site<'c>, listing: &'c Subject) -> Self {
        let provider = listing.provider();
        let naming = Naming {
            title: listing.id.clone(),
            description: format!("What {} costs, and how to call it.", listing.id),
            href: address::of(listing),
            crumbs: vec![Crumb {
                name: provider.to_owned(),
                href: address::at(Level::Provider, provider),
            }],
            ..Naming::default()
        };
        let shown = show(site.catalog, listing, site.settings.as_of);
        let facts = shown.facts.iter().map(|fact| site.view(fact)).collect();
        Self { head: site.head(naming), id: listing.id.clone(), facts }
    }
}

forms!(ListingPage, "pages/listing.html", "pages/listing.md");
