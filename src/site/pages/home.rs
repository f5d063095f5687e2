//! The home page: every listing in one table, and the calculator.

use super::super::head::{Head, Naming};
use super::super::{Site, address};
use super::forms;

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) href: String,
}

/// Every listing, ranked.
#[derive(Debug)]
pub(crate) struct HomePage {
    pub(crate) head: Head,
    pub(crate) rows: Vec<Row>,
}

impl HomePage {
    pub(crate) fn of(site: &Site<'_>) -> Self {
        let naming = Naming {
            title: "CogView-4, priced everywhere".to_owned(),
            description: "What CogView-4 costs on every listing, with every figure accounted for."
                .to_owned(),
            href: "/".to_owned(),
            ..Naming::default()
        };
        let listings = site.catalog.listings.values();
        let rows = listings.map(|l| Row { id: l.id.clone(), href: address::of(l) });
        Self { head: site.head(naming), rows: rows.collect() }
    }
}

forms!(HomePage, "pages/home.html", "pages/home.md");
