//! Questions about the site as a whole, answered from what its catalog holds.

use askama::Template;

use crate::catalog::{FRESH_DAYS, Field, Rate as Dated};
use crate::pricing::QuoteState;
use crate::site::context::SiteContext;
use crate::site::faq::fact_text::one_line;
use crate::site::faq::{FaqAnswer, FaqEvidence, answer_from};

/// The figures that the answers are filled with.
#[derive(Debug)]
struct SiteFigures {
    edition: String,
    as_of: String,
    listings: usize,
    priced: usize,
    disputed: usize,
    unknown: usize,
    currency: &'static str,
    size: String,
    fresh_days: i32,
    rate: String,
    rate_date: String,
    rate_source: String,
    probed: usize,
    sources: usize,
    example: String,
}

macro_rules! questions {
    ($($name:ident $anchor:literal $path:literal [$($label:literal $href:literal),*])*) => {
        $(
            #[derive(Template)]
            #[template(path = $path, escape = "none")]
            struct $name<'f> {
                f: &'f SiteFigures,
            }
        )*

        fn all(f: &SiteFigures) -> Vec<FaqAnswer> {
            let mut answers = Vec::new();
            $(
                let evidence = vec![$(FaqEvidence {
                    label: $label.to_owned(), href: $href.to_owned(),
                }),*];
                let text = $name { f }.render().unwrap_or_default();
                answers.extend(answer_from($anchor, &text, evidence, String::new()));
            )*
            answers
        }
    };
}

questions! {
    Disputes "faq-disputes" "faq/general/disputes.txt" ["all disputes" "/disputes/", "how to read this" "/reading/"]
    Compared "faq-compared" "faq/general/compared.txt" ["the comparison" "/", "how to read this" "/reading/"]
    Unknown "faq-unknown" "faq/general/unknown.txt" ["how to read this" "/reading/"]
    Rate "faq-rate" "faq/general/rate.txt" ["all sources" "/sources/"]
    Old "faq-stale" "faq/general/stale.txt" ["the changes" "/changes/", "how to read this" "/reading/"]
    Sources "faq-sources" "faq/general/sources.txt" ["all sources" "/sources/"]
    Probes "faq-probes" "faq/general/probes.txt" ["the probes" "/status/"]
    Again "faq-again" "faq/general/again.txt" ["the changes" "/changes/"]
}

/// The general questions.
pub(crate) fn general(site: &SiteContext<'_>) -> Vec<FaqAnswer> {
    let mut answers = all(&figures(site));
    // The newest rate also has a source of its own.
    let rate = answers.iter_mut().find(|answer| answer.anchor == "faq-rate");
    if let (Some(answer), Some(rate)) = (rate, newest(site)) {
        let label = one_line(site.source_title(&rate.source));
        answer
            .evidence
            .push(FaqEvidence { label, href: site.index.source(&rate.source).href.to_owned() });
    }
    answers
}

fn newest<'c>(site: &SiteContext<'c>) -> Option<&'c Dated> {
    let dated = site.catalog.rates.iter();
    dated.filter(|rate| rate.official && rate.date <= site.settings.as_of).max_by_key(|r| r.date)
}

fn figures(site: &SiteContext<'_>) -> SiteFigures {
    let quotes = || site.index.everything.quotes.iter().map(|(_, quote)| quote);
    let count =
        |states: &[QuoteState]| quotes().filter(|quote| states.contains(&quote.state)).count();
    let disputed = |id: &&String| {
        let listing = site.catalog.listings.get(id.as_str());
        let price = listing.and_then(|listing| site.fact(listing, Field::Price));
        let credits = listing.and_then(|listing| site.fact(listing, Field::Credits));
        price.into_iter().chain(credits).any(|fact| fact.value().is_none())
    };
    let ids =
        quotes().filter(|quote| quote.state == QuoteState::Disputed).map(|quote| &quote.listing);
    let rate = newest(site);
    SiteFigures {
        edition: one_line(site.edition()),
        as_of: site.settings.as_of.to_string(),
        listings: site.catalog.listings.len(),
        priced: count(&[QuoteState::Priced, QuoteState::Free]),
        disputed: count(&[QuoteState::Disputed]),
        unknown: count(&[QuoteState::Unknown, QuoteState::Refused]),
        currency: site.index.currency.code(),
        size: site.index.job.size.to_string(),
        fresh_days: FRESH_DAYS,
        rate: rate.map(|r| format!("1 {} = {} {}", r.one, r.value, r.of)).unwrap_or_default(),
        rate_date: rate.map(|rate| rate.date.to_string()).unwrap_or_default(),
        rate_source: rate.map(|r| one_line(site.source_title(&r.source))).unwrap_or_default(),
        probed: site.records.0.len(),
        sources: site.catalog.sources.len(),
        example: ids.into_iter().find(disputed).map(|id| one_line(id)).unwrap_or_default(),
    }
}
