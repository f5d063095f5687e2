//! The page for addresses where nothing is.

use crate::site::context::SiteContext;
use crate::site::page::Page;
use crate::site::page_meta::{self, PageHead, PageMeta};
use crate::site::pages::forms;

/// Says that nothing is here, and where everything is.
#[derive(Debug)]
pub(crate) struct NotFoundPage {
    pub(crate) head: PageHead,
}

impl NotFoundPage {
    pub(crate) fn new(site: &SiteContext<'_>) -> Self {
        let meta = PageMeta::new(
            Page::NotFound.href(),
            "Page not found",
            "There is no page at this address.",
        );
        Self { head: PageHead { twin: String::new(), ..page_meta::head(site, meta) } }
    }
}

forms!(NotFoundPage, "pages/not_found.html", "pages/not_found.md");
