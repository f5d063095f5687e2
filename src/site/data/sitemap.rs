//! The sitemap: every page for readers, with the day of its newest statement; in parts where one
//! file may not list them all.

use askama::Template;

use crate::site::context::{SiteContext, SiteError};
use crate::site::escape::harmless;
use crate::site::page::Page;

/// As many addresses as the protocol lets one file have.
const PAGES_A_PART: usize = 50_000;

/// A page or a part of the sitemap.
struct SitemapEntry {
    address: String,
    day: String,
}

#[derive(Template)]
#[template(path = "feeds/sitemap.xml", config = "templates/askama.toml")]
struct Sitemap<'s> {
    edition: &'s str,
    digest: &'s str,
    pages: Vec<SitemapEntry>,
    parts: Vec<SitemapEntry>,
}

/// The address of a part.
pub(crate) fn part_href(part: usize) -> String {
    format!("/sitemap-{part}.xml")
}

/// How many parts stand beside the sitemap; none where it lists every page itself.
pub(crate) fn parts(site: &SiteContext<'_>) -> usize {
    let pages = listed(site).len();
    if pages > PAGES_A_PART { pages.div_ceil(PAGES_A_PART) } else { 0 }
}

/// Every page to read: neither the one for addresses where nothing is, nor the console.
fn listed<'c>(site: &SiteContext<'c>) -> Vec<Page<'c>> {
    let mut pages = Page::all(site);
    pages.retain(|page| !matches!(page, Page::NotFound | Page::Console));
    pages
}

/// Makes the sitemap, or one of its parts, from 1.
pub(crate) fn render(
    site: &SiteContext<'_>,
    path: &str,
    part: Option<usize>,
) -> Result<Vec<u8>, SiteError> {
    let newest = site.newest_day(None).map(|day| day.to_string()).unwrap_or_default();
    let (mut pages, mut parts) = (Vec::new(), Vec::new());
    match (part, self::parts(site)) {
        (None, count @ 1..) => {
            let entry = |part| SitemapEntry {
                address: site.absolute(&part_href(part)),
                day: newest.clone(),
            };
            parts.extend((1..=count).map(entry));
        }
        (part, _) => {
            let mut all = listed(site);
            all.sort_by_cached_key(|page| page.href());
            let of_part = all.chunks(PAGES_A_PART).nth(part.unwrap_or(1) - 1).unwrap_or_default();
            pages.extend(of_part.iter().map(|page| {
                let day = match page.entity() {
                    Some(entity) => site.newest_day(Some(entity)).map(|day| day.to_string()),
                    None => Some(newest.clone()),
                };
                SitemapEntry { address: site.absolute(&page.href()), day: day.unwrap_or_default() }
            }));
        }
    }
    let (edition, digest) = (site.edition(), site.catalog.digest.as_str());
    let text = Sitemap { edition, digest, pages, parts }.render();
    let fail = |source| SiteError::Render { path: path.to_owned(), source };
    Ok(harmless(text.map_err(fail)?).into_bytes())
}
