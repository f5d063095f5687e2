//! Frequent questions about the site; those of an offer stand on its own page.

use crate::site::context::SiteContext;
use crate::site::faq::{FaqAnswer, general, structured};
use crate::site::page::Page;
use crate::site::page_meta::{self, PageHead, PageMeta};
use crate::site::pages::forms;

/// The general questions with their answers.
#[derive(Debug)]
pub(crate) struct FaqPage {
    pub(crate) head: PageHead,
    pub(crate) answers: Vec<FaqAnswer>,
}

impl FaqPage {
    pub(crate) fn new(site: &SiteContext<'_>) -> Self {
        let answers = general(site);
        let meta = PageMeta {
            structured: vec![structured(&answers)],
            ..PageMeta::new(
                Page::Faq.href(),
                "Frequent questions",
                "What a disputed or unknown price means, and how prices are compared.",
            )
        };
        Self { head: page_meta::head(site, meta), answers }
    }
}

forms!(FaqPage, "pages/faq.html", "pages/faq.md");
