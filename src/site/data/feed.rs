//! The newest changes as a feed; what was merely read for the first time is none.

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
        let mut moved = log.iter().filter(|change| change.is_change()).peekable();
        // A feed without entries is as old as what was read.
        let newest = moved.peek().map(|change| change.day).or_else(|| site.newest_day(None));
        Self {
            edition: site.edition().to_owned(),
            digest: site.catalog.digest.clone(),
            site: site.catalog.site.title.clone(),
            address: site.absolute("/changes.xml"),
            page: site.absolute("/changes/"),
            updated: newest.unwrap_or(site.settings.as_of).to_string(),
            entries: moved.take(MAX_FED).map(|change| change_view(site, change)).collect(),
        }
    }
}
