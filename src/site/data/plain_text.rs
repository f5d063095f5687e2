//! Plain texts: an outline of the site for language models, all of its facts for the same
//! readers, and the rules for crawlers.

use std::fmt::Write;

use crate::catalog::{Claim, FactState, FieldPart, Listing, SourcePlace};
use crate::pricing::{self, Quote, amount};
use crate::site::context::SiteContext;
use crate::site::escape::steers;
use crate::site::urls::{self, API, CATALOG, CHANGES, COMPARISON};

/// So many listings have a line in the outline, which is for readers that pay for every word.
const LISTINGS_IN_OUTLINE: usize = 200;

/// `robots.txt`: everything may be read.
pub(crate) fn robots(site: &SiteContext<'_>) -> String {
    let sitemap = site.absolute("/sitemap.xml");
    format!("# {}\nUser-agent: *\nAllow: /\nSitemap: {sitemap}\n", stamp(site))
}

/// `llms.txt`: what the site is, where its data is, and the listings from the cheapest.
pub(crate) fn short(site: &SiteContext<'_>) -> String {
    let mut text = opening(site);
    let link = |text: &mut String, name: &str, href: &str, what: &str| {
        let _ = writeln!(text, "- [{}]({}): {what}", label(name), site.absolute(href));
    };
    text.push_str("\n## Data\n\n");
    link(&mut text, "Catalog", CATALOG, "every listing with the price of one image, as JSON");
    link(&mut text, "Comparison", COMPARISON, "what one image costs, line by line, as JSON");
    link(&mut text, "Changes", CHANGES, "what changed in the data, as JSON");
    link(&mut text, "API", API, "the data's own description in the OpenAPI format");
    link(&mut text, "Everything", "/llms-full.txt", "every fact of every listing in one text");
    text.push_str("\n## Reading\n\n");
    link(
        &mut text,
        "How to read this",
        "/reading/index.md",
        "what statements, facts, disputes \
        and unknowns are",
    );
    text.push_str("\n## Listings\n\n");
    let quotes = &site.index.everything.quotes;
    for (_, quote) in quotes.iter().take(LISTINGS_IN_OUTLINE) {
        let Some(listing) = site.catalog.listings.get(quote.listing.as_str()) else { continue };
        let twin = format!("{}index.md", urls::page(&listing.entity));
        link(&mut text, &listing.id, &twin, &cost(site, quote));
    }
    let more = quotes.len().saturating_sub(LISTINGS_IN_OUTLINE);
    if more > 0 {
        let _ = writeln!(text, "\n{more} more stand in the catalog.");
    }
    text
}

/// `llms-full.txt`: every fact of every listing, a line each.
pub(crate) fn full(site: &SiteContext<'_>) -> String {
    let mut text = opening(site);
    for listing in site.catalog.listings.values() {
        let _ = writeln!(text, "\n## {}\n", label(&listing.id));
        let _ = writeln!(text, "- page: {}", site.absolute(&urls::page(&listing.entity)));
        for (key, value) in listing.head() {
            let _ = writeln!(text, "- {key}: {}", label(value));
        }
        if let Some(quote) = site.index.quote(listing) {
            let _ = writeln!(text, "- the default job: {}", cost(site, quote));
        }
        facts(site, listing, &mut text);
    }
    text
}

fn facts<'c>(site: &SiteContext<'c>, listing: &'c Listing, text: &mut String) {
    let facts = site.catalog.facts(listing, site.settings.as_of).into_iter();
    for fact in facts.filter(|fact| fact.key.field.info().part != FieldPart::Page) {
        let _ = write!(text, "- {}: {}", fact.key, label(&fact.words()));
        let sources: Vec<_> = fact.effective_claims().iter().flat_map(Claim::sides).collect();
        let _ = match fact.state() {
            FactState::Agreed => writeln!(text, " ({})", label(&SourcePlace::list(&sources))),
            FactState::Disputed => {
                writeln!(text, " (disputed: {})", label(&SourcePlace::list(&sources)))
            }
            FactState::Settled => {
                writeln!(text, " (settled: {})", label(&SourcePlace::list(&sources)))
            }
        };
    }
}

/// The title, what the site is, and the data it was made from.
fn opening(site: &SiteContext<'_>) -> String {
    let count = site.catalog.listings.len();
    format!(
        "# {}\n\n> What {count} listings of image models cost and promise, as their sources state \
         it: every figure with its source, what sources dispute with every side, and what none \
         states as unknown.\n\n{}. Prices are of the default job, one image of {}, in {}; facts \
         are of {}.\n",
        label(&site.catalog.site.title),
        stamp(site),
        site.index.job.size,
        site.index.currency.code(),
        site.settings.as_of,
    )
}

/// The line by which a text says what it was made from.
fn stamp(site: &SiteContext<'_>) -> String {
    format!("Catalog edition {}, digest {}", label(site.edition()), site.catalog.digest)
}

/// What the default job costs, or that this is unknown.
fn cost(site: &SiteContext<'_>, quote: &Quote) -> String {
    let Some(total) = quote.total else {
        return if quote.state == pricing::QuoteState::Refused {
            "no price for this image"
        } else {
            "no price known"
        }
        .to_owned();
    };
    let (low, high) = (amount(total.low), amount(total.high));
    let range = if low == high { low } else { format!("{low} to {high}") };
    format!("{range} {}, {}", site.index.currency.code(), quote.state.as_str())
}

/// Foreign text in one line, without what could steer a screen or be a link of its own.
fn label(text: &str) -> String {
    let harmless = |c: char| match c {
        '\n' | '\t' => ' ',
        '[' => '(',
        ']' => ')',
        c if steers(c) => '\u{fffd}',
        c => c,
    };
    text.chars().map(harmless).collect()
}
