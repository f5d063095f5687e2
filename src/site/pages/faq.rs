//! Frequent questions: those about the site, and the way to those of each listing.

use std::collections::BTreeSet;

use crate::site::context::SiteContext;
use crate::site::faq::{FaqAnswer, answers, general, structured};
use crate::site::listing::context::ListingContext;
use crate::site::page::Page;
use crate::site::page_meta::{self, PageHead, PageMeta};
use crate::site::pages::forms;
use crate::site::urls;

/// The most listings whose questions are linked one by one; a page for ten thousand would be read
/// by nobody.
const MAX_LISTINGS: usize = 30;

/// A question of a listing.
#[derive(Debug)]
pub(crate) struct QuestionLink {
    pub(crate) question: String,
    pub(crate) href: String,
    pub(crate) is_stale: bool,
}

/// The questions of one listing.
#[derive(Debug)]
pub(crate) struct ListingQuestions {
    pub(crate) id: String,
    pub(crate) href: String,
    pub(crate) questions: Vec<QuestionLink>,
}

/// The general questions with their answers, and an index of the others.
#[derive(Debug)]
pub(crate) struct FaqPage {
    pub(crate) head: PageHead,
    pub(crate) answers: Vec<FaqAnswer>,
    pub(crate) listings: Vec<ListingQuestions>,
    pub(crate) others: usize,
}

impl FaqPage {
    pub(crate) fn new(site: &SiteContext<'_>) -> Self {
        let general = general(site);
        // The family that is compared comes first, in the order of its ranking.
        let ids = || site.index.family.quotes.iter().map(|(_, quote)| quote.listing.as_str());
        let ranked = ids().filter_map(|id| site.catalog.listings.get(id));
        let mut listings: Vec<_> = ranked.take(MAX_LISTINGS).collect();
        let family: BTreeSet<&str> = ids().collect();
        let rest = site.catalog.listings.values();
        let rest = rest.filter(|listing| !family.contains(listing.id.as_str()));
        listings.extend(rest.take(MAX_LISTINGS - listings.len()));
        let listed = listings.iter().map(|listing| {
            let href = urls::page(&listing.entity);
            let link = |answer: FaqAnswer| QuestionLink {
                href: format!("{href}#{}", answer.anchor),
                question: answer.question,
                is_stale: !answer.stale.is_empty(),
            };
            let questions =
                answers(&ListingContext::new(site, listing)).into_iter().map(link).collect();
            ListingQuestions { id: listing.id.to_string(), questions, href }
        });
        let listed: Vec<_> = listed.collect();
        let meta = PageMeta {
            structured: vec![structured(&general)],
            ..PageMeta::new(
                Page::Faq.href(),
                "Frequent questions",
                "What disputed, unknown and stale mean, how prices are compared, and \
                          the questions of each listing.",
            )
        };
        Self {
            head: page_meta::head(site, meta),
            answers: general,
            others: site.catalog.listings.len() - listed.len(),
            listings: listed,
        }
    }
}

forms!(FaqPage, "pages/faq.html", "pages/faq.md");
