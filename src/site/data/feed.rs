//! The newest changes as a feed.

use crate::site::changelog;
use crate::site::context::SiteContext;
use crate::site::view::change::{ChangeView, change_view};

/// So many entries stand in the feed.
const MAX_FED: usize = 100;

/// The newest changes as an Atom feed.
#[derive(Debug, askama::Template)]
#[template(path = "feeds/changes.xml", config = "templates/askama.toml")]
pub(crate) struct ChangesFeed {
    pub(crate) edition: String,
    pub(crate) digest: String,
    pub(crate) site: String,
    pub(crate) address: String,
    pub(crate) page: String,
    pub(crate) updated: String,
    pub(crate) entries: Vec<ChangeView>,
}

impl ChangesFeed {
    pub(crate) fn new(site: &SiteContext<'_>) -> Self {
        let log = changelog::changes(site);
        let newest = log.first().map_or(site.settings.as_of, |change| change.day);
        Self {
            edition: site.edition().to_owned(),
            digest: site.catalog.digest.clone(),
            site: site.catalog.site.title.clone(),
            address: site.absolute("/changes.xml"),
            page: site.absolute("/changes/"),
            updated: newest.to_string(),
            entries: log.iter().take(MAX_FED).map(|change| change_view(site, change)).collect(),
        }
    }
}
