//! Files for programs: the catalog, each listing, the comparison and the API as JSON, plain texts
//! for language models, and what search engines look for.

use crate::site::changelog;
use askama::Template;
use serde::Serialize;
use serde_json::{Value, json};

use crate::catalog::{EntityKind, Fact, Listing, OtherSeller, SellerDifference};
use crate::contract::{self, Contract};
use crate::pricing::{self, catalog_stamp};
use crate::show::{self, known};
use crate::site::context::{SiteContext, SiteError};
use crate::site::escape::{harmless, harmless_json};
use crate::site::family_index::MAX_ANSWERS;
use crate::site::urls;

mod api;
mod badge;
pub(crate) mod calculator;
mod feed;
mod plain_text;
mod sitemap;

/// A file for programs that can be made.
#[derive(Debug, Clone, Copy)]
pub(crate) enum DataFile<'c> {
    Catalog,
    Listing(&'c Listing),
    Comparison,
    Changes,
    Api,
    Contract(&'c Listing),
    Llms,
    LlmsFull,
    Sitemap,
    SitemapPart(usize),
    Robots,
    Book,
    Feed,
    Badge(&'c Listing),
    /// The publisher's colours.
    Theme,
}

/// The most sellers that a listing's file names for a field on which they differ from it.
const MAX_OTHERS: usize = 12;

impl<'c> DataFile<'c> {
    /// Every file for programs of a site.
    pub(crate) fn all(site: &SiteContext<'c>) -> Vec<Self> {
        let mut all = vec![
            Self::Catalog,
            Self::Comparison,
            Self::Changes,
            Self::Api,
            Self::Llms,
            Self::LlmsFull,
            Self::Sitemap,
            Self::Robots,
            Self::Book,
            Self::Feed,
        ];
        all.extend((1..=sitemap::parts(site)).map(Self::SitemapPart));
        all.extend(site.catalog.site.accent.iter().map(|_| Self::Theme));
        for listing in site.catalog.listings.values() {
            all.extend([Self::Listing(listing), Self::Badge(listing)]);
            if has_contract(site, listing) {
                all.push(Self::Contract(listing));
            }
        }
        all
    }

    /// Its address within the site.
    pub(crate) fn href(self) -> String {
        match self {
            Self::Catalog => urls::CATALOG.to_owned(),
            Self::Listing(listing) => urls::api(listing),
            Self::Comparison => urls::COMPARISON.to_owned(),
            Self::Changes => urls::CHANGES.to_owned(),
            Self::Api => urls::API.to_owned(),
            Self::Contract(listing) => urls::openapi(listing),
            Self::Llms => "/llms.txt".to_owned(),
            Self::LlmsFull => "/llms-full.txt".to_owned(),
            Self::Sitemap => "/sitemap.xml".to_owned(),
            Self::SitemapPart(part) => sitemap::part_href(part),
            Self::Robots => "/robots.txt".to_owned(),
            Self::Book => urls::CALCULATOR.to_owned(),
            Self::Feed => "/changes.xml".to_owned(),
            Self::Badge(listing) => urls::badge(listing),
            Self::Theme => urls::THEME.to_owned(),
        }
    }
}

/// Makes a file for programs.
pub(crate) fn render<'c>(
    site: &SiteContext<'c>,
    document: DataFile<'c>,
) -> Result<Vec<u8>, SiteError> {
    let bytes = match document {
        DataFile::Catalog => line(&CatalogDocument::new(site)),
        DataFile::Listing(listing) => listing_document(site, listing),
        DataFile::Comparison => line(&comparison_document(site)),
        DataFile::Changes => line(&changelog::document(site)),
        DataFile::Api => api::document(site).and_then(|document| line(&document)),
        DataFile::Contract(listing) => line(&contract_document(site, listing)),
        DataFile::Llms => Ok(plain_text::short(site).into_bytes()),
        DataFile::LlmsFull => Ok(plain_text::full(site).into_bytes()),
        DataFile::Robots => Ok(plain_text::robots(site).into_bytes()),
        DataFile::Book => line(&calculator::document(site)),
        DataFile::Feed => {
            let fail = |source| SiteError::Render { path: document.href(), source };
            let text = feed::ChangesFeed::new(site).render().map_err(fail)?;
            return Ok(harmless(text).into_bytes());
        }
        DataFile::Badge(listing) => {
            let fail = |source| SiteError::Render { path: document.href(), source };
            let text = badge::Badge::new(site, listing).render().map_err(fail)?;
            return Ok(harmless(text).into_bytes());
        }
        DataFile::Theme => Ok(theme(site).into_bytes()),
        DataFile::Sitemap => return sitemap::render(site, &document.href(), None),
        DataFile::SitemapPart(part) => return sitemap::render(site, &document.href(), Some(part)),
    };
    bytes.map_err(|source| SiteError::Json { path: document.href(), source })
}

/// The publisher's colour, which is lighter on a dark ground.
fn theme(site: &SiteContext<'_>) -> String {
    let accent = site.catalog.site.accent.as_deref().unwrap_or_default();
    format!(
        ":root {{ --accent: light-dark({accent}, color-mix(in srgb, {accent} 45%, white)); }}\n"
    )
}

/// JSON in one line.
fn line(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    // More than most have, so that few grow.
    let mut bytes = Vec::with_capacity(64 << 10);
    serde_json::to_writer(&mut bytes, value)?;
    bytes.push(b'\n');
    Ok(harmless_json(bytes))
}

/// A listing's own file.
#[derive(Serialize)]
struct ListingLine<'s> {
    #[serde(flatten)]
    shown: show::ListingDocument<'s>,
    quote: Option<pricing::QuoteRow<'s>>,
    links: DocumentLinks,
}

/// A listing in the file of all listings.
#[derive(Serialize)]
struct CatalogEntry<'s> {
    id: &'s str,
    provider: &'s str,
    model: &'s str,
    family: &'s str,
    head: show::ListingHead<'s>,
    quote: Option<pricing::QuoteRow<'s>>,
    links: DocumentLinks,
}

/// Where the rest is, as whole addresses.
#[derive(Serialize)]
struct DocumentLinks {
    page: String,
    markdown: String,
    data: String,
    openapi: Option<String>,
}

/// The whole catalog; its listings are made one after the other, so that a large one takes no
/// more memory than its text.
#[derive(Serialize)]
struct CatalogDocument<'s, 'c> {
    format: u8,
    catalog: pricing::CatalogStamp<'s>,
    as_of: String,
    title: &'s str,
    page: String,
    job: Value,
    currency: String,
    links: Value,
    listings: CatalogEntries<'s, 'c>,
}

struct CatalogEntries<'s, 'c>(&'s SiteContext<'c>);

impl Serialize for CatalogEntries<'_, '_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let site = self.0;
        serializer
            .collect_seq(site.catalog.listings.values().map(|listing| catalog_entry(site, listing)))
    }
}

impl<'s, 'c> CatalogDocument<'s, 'c> {
    fn new(site: &'s SiteContext<'c>) -> Self {
        let whole = |href: &str| json!(site.absolute(href));
        let (index, job) = (&site.index, &site.index.job);
        Self {
            format: 1,
            catalog: catalog_stamp(site.catalog),
            as_of: site.settings.as_of.to_string(),
            title: &site.catalog.site.title,
            page: site.absolute("/"),
            job: pricing::job_keys(job),
            currency: index.currency.code().to_owned(),
            links: json!({
                "comparison": whole(urls::COMPARISON), "changes": whole(urls::CHANGES), "api": whole(urls::API),
            }),
            listings: CatalogEntries(site),
        }
    }
}

/// Whether what a listing's endpoint promises is known.
pub(crate) fn has_contract<'c>(site: &SiteContext<'c>, listing: &'c Listing) -> bool {
    let endpoint = listing.endpoint.as_deref().and_then(|id| site.catalog.endpoints.get(id));
    endpoint.is_some_and(|endpoint| !endpoint.entity.clauses.is_empty())
        && Contract::new(site.catalog, listing, site.settings.as_of).is_some()
}

/// The comparison of the default job, as `compare --format json` gives it.
fn comparison_document(site: &SiteContext<'_>) -> Value {
    let index = &site.index;
    pricing::document(&index.table, &index.job, &index.family)
}

/// What `show --format json` gives, with the quote of the default job and the links.
fn listing_document<'c>(
    site: &SiteContext<'c>,
    listing: &'c Listing,
) -> serde_json::Result<Vec<u8>> {
    let mut shown = known(site.catalog, listing, site.settings.as_of);
    let differing = shown.facts.iter().filter_map(|fact| difference(site, listing, fact));
    shown.differences = differing.collect();
    line(&ListingLine {
        shown: show::ListingDocument::new(&shown, site.catalog),
        quote: quote_row(site, listing),
        links: document_links(site, listing),
    })
}

/// What others of the family say differently of a field, and whether these are all of them: in
/// a large family there are too many to name them with each listing.
fn difference<'c>(
    site: &SiteContext<'c>,
    listing: &'c Listing,
    fact: &Fact<'c>,
) -> Option<SellerDifference<'c>> {
    let (catalog, as_of) = (site.catalog, site.settings.as_of);
    let (family, provider) = (catalog.family(listing), listing.provider.as_str());
    let sayings: Vec<_> = site.family_index().differing(family, provider, fact).collect();
    let all: usize = sayings.iter().map(|saying| saying.count(provider)).sum();
    let each = sayings.iter().flat_map(|it| it.others(provider).take(MAX_OTHERS));
    let mut others: Vec<_> = each.collect();
    others.sort_by_key(|other| (other.kind, &other.id));
    others.truncate(MAX_OTHERS);
    let others = others.into_iter().filter_map(|entity| {
        let fact = match catalog.listings.get(&*entity.id) {
            Some(listing) if entity.kind == EntityKind::Listing => {
                catalog.fact(listing, fact.key, as_of)
            }
            Some(_) | None => catalog.fact_of(entity, fact.key, as_of),
        };
        fact.map(|fact| OtherSeller { entity, fact })
    });
    let others: Vec<_> = others.collect();
    let complete = all <= MAX_OTHERS && sayings.len() < MAX_ANSWERS;
    let complete = Some(complete);
    (!others.is_empty()).then(|| SellerDifference { fact: fact.clone(), others, complete })
}

/// A listing among all listings: who it is, what the default job costs, where the rest is.
fn catalog_entry<'s, 'c>(site: &'s SiteContext<'c>, listing: &'c Listing) -> CatalogEntry<'s> {
    CatalogEntry {
        id: &listing.id,
        provider: listing.provider.as_str(),
        model: listing.model.as_str(),
        family: site.catalog.family(listing),
        head: show::ListingHead(listing),
        quote: quote_row(site, listing),
        links: document_links(site, listing),
    }
}

/// A row of the comparison of all listings.
fn quote_row<'s>(site: &'s SiteContext<'_>, listing: &Listing) -> Option<pricing::QuoteRow<'s>> {
    site.index.row(listing).map(|(rank, quote)| pricing::QuoteRow::new(*rank, quote))
}

fn document_links<'c>(site: &SiteContext<'c>, listing: &'c Listing) -> DocumentLinks {
    let page = urls::page(&listing.entity);
    let contract = has_contract(site, listing).then(|| site.absolute(&urls::openapi(listing)));
    DocumentLinks {
        markdown: site.absolute(&format!("{page}index.md")),
        page: site.absolute(&page),
        data: site.absolute(&urls::api(listing)),
        openapi: contract,
    }
}

/// The contract of a listing as a document, with the data it was made from.
fn contract_document<'c>(site: &SiteContext<'c>, listing: &'c Listing) -> Value {
    let contract = Contract::new(site.catalog, listing, site.settings.as_of);
    let mut document = contract.map_or(Value::Null, |contract| contract::openapi(&contract));
    if !document.is_null() {
        document["x-catalog"] = json!(catalog_stamp(site.catalog));
    }
    document
}
