//! Files for programs: the catalog, each listing, the comparison and the API as JSON, plain texts
//! for language models, and what search engines look for.

use askama::Template;
use serde::Serialize;
use serde_json::{Value, json};

use crate::catalog::{Difference, Fact, Level, Seller, Subject};
use crate::contract::{self, Contract};
use crate::pricing::{self, catalog_stamp};
use crate::show::{self, known};
use crate::site::escape::{harmless, harmless_json};
use crate::site::family_index::MAX_ANSWERS;
use crate::site::pages::BOOK;
use crate::site::pages::changes::ChangesFeed;
use crate::site::{Site, SiteError, urls};

mod api;
pub(crate) mod calculator;
mod plain_text;
mod sitemap;

/// A file for programs that can be made.
#[derive(Debug, Clone, Copy)]
pub(crate) enum DataFile<'c> {
    Catalog,
    Listing(&'c Subject),
    Comparison,
    Changes,
    Api,
    Contract(&'c Subject),
    Llms,
    LlmsFull,
    Sitemap,
    SitemapPart(usize),
    Robots,
    Book,
    Feed,
}

/// The most sellers that a listing's file names for a field on which they differ from it.
const MAX_OTHERS: usize = 12;

/// The address of the whole catalog for programs.
pub(crate) const CATALOG: &str = "/api/v1/catalog.json";
/// The address of the default job's comparison.
pub(crate) const COMPARISON: &str = "/api/v1/comparison.json";
/// The address of the changes for programs.
pub(crate) const CHANGES: &str = "/api/v1/changes.json";
/// The address of our own API's description.
pub(crate) const API: &str = "/api/v1/openapi.json";

impl<'c> DataFile<'c> {
    /// Every file for programs of a site.
    pub(crate) fn all(site: &Site<'c>) -> Vec<Self> {
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
        for listing in site.catalog.listings.values() {
            all.push(Self::Listing(listing));
            if site.has_contract(listing) {
                all.push(Self::Contract(listing));
            }
        }
        all
    }

    /// Its address within the site.
    pub(crate) fn href(self) -> String {
        match self {
            Self::Catalog => CATALOG.to_owned(),
            Self::Listing(listing) => urls::api(listing),
            Self::Comparison => COMPARISON.to_owned(),
            Self::Changes => CHANGES.to_owned(),
            Self::Api => API.to_owned(),
            Self::Contract(listing) => urls::openapi(listing),
            Self::Llms => "/llms.txt".to_owned(),
            Self::LlmsFull => "/llms-full.txt".to_owned(),
            Self::Sitemap => "/sitemap.xml".to_owned(),
            Self::SitemapPart(part) => sitemap::part_href(part),
            Self::Robots => "/robots.txt".to_owned(),
            Self::Book => BOOK.to_owned(),
            Self::Feed => "/changes.xml".to_owned(),
        }
    }
}

/// Makes a file for programs.
pub(crate) fn render<'c>(site: &Site<'c>, document: DataFile<'c>) -> Result<Vec<u8>, SiteError> {
    let bytes = match document {
        DataFile::Catalog => line(&CatalogDocument::of(site)),
        DataFile::Listing(listing) => site.listing_document(listing),
        DataFile::Comparison => line(&site.comparison_document()),
        DataFile::Changes => line(&site.changes_document()),
        DataFile::Api => line(&api::document(site)),
        DataFile::Contract(listing) => line(&site.contract_document(listing)),
        DataFile::Llms => Ok(plain_text::short(site).into_bytes()),
        DataFile::LlmsFull => Ok(plain_text::full(site).into_bytes()),
        DataFile::Robots => Ok(plain_text::robots(site).into_bytes()),
        DataFile::Book => line(&site.book()),
        DataFile::Feed => {
            let fail = |source| SiteError::Render { path: document.href(), source };
            let text = ChangesFeed::of(site).render().map_err(fail)?;
            return Ok(harmless(text).into_bytes());
        }
        DataFile::Sitemap => return sitemap::render(site, &document.href(), None),
        DataFile::SitemapPart(part) => return sitemap::render(site, &document.href(), Some(part)),
    };
    bytes.map_err(|source| SiteError::Json { path: document.href(), source })
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
struct ListingDocument<'s> {
    #[serde(flatten)]
    shown: show::Document<'s>,
    quote: Option<pricing::Row<'s>>,
    links: DocumentLinks,
}

/// A listing in the file of all listings.
#[derive(Serialize)]
struct CatalogEntry<'s> {
    id: &'s str,
    provider: &'s str,
    model: &'s str,
    family: &'s str,
    head: show::Head<'s>,
    quote: Option<pricing::Row<'s>>,
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
    catalog: pricing::Stamp<'s>,
    as_of: String,
    title: &'s str,
    page: String,
    job: Value,
    currency: String,
    links: Value,
    listings: CatalogEntries<'s, 'c>,
}

struct CatalogEntries<'s, 'c>(&'s Site<'c>);

impl Serialize for CatalogEntries<'_, '_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let site = self.0;
        serializer.collect_seq(site.catalog.listings.values().map(|listing| site.entry(listing)))
    }
}

impl<'s, 'c> CatalogDocument<'s, 'c> {
    fn of(site: &'s Site<'c>) -> Self {
        let whole = |href: &str| json!(site.whole(href));
        let (terms, job) = (&site.index.terms, &site.index.job);
        Self {
            format: 1,
            catalog: catalog_stamp(site.catalog),
            as_of: site.settings.as_of.to_string(),
            title: &site.catalog.site.title,
            page: site.whole("/"),
            job: pricing::job_keys(job),
            currency: terms.currency.code().to_owned(),
            links: json!({
                "comparison": whole(COMPARISON), "changes": whole(CHANGES), "api": whole(API),
            }),
            listings: CatalogEntries(site),
        }
    }
}

impl<'c> Site<'c> {
    /// Whether what a listing's endpoint promises is known.
    pub(crate) fn has_contract(&self, listing: &'c Subject) -> bool {
        let endpoint = listing.head("endpoint").and_then(|id| self.catalog.endpoints.get(id));
        endpoint.is_some_and(|endpoint| !endpoint.clauses.is_empty())
            && Contract::of(self.catalog, listing, self.settings.as_of).is_some()
    }

    /// The comparison of the default job, as `compare --format json` gives it.
    fn comparison_document(&self) -> Value {
        let index = &self.index;
        pricing::document(self.catalog, &index.terms, &index.job, &index.family)
    }

    /// What `show --format json` gives, with the quote of the default job and the links.
    fn listing_document(&self, listing: &'c Subject) -> serde_json::Result<Vec<u8>> {
        let mut shown = known(self.catalog, listing, self.settings.as_of);
        let differing = shown.facts.iter().filter_map(|fact| self.difference(listing, fact));
        shown.differences = differing.collect();
        line(&ListingDocument {
            shown: shown.document(self.catalog),
            quote: self.row(listing),
            links: self.document_links(listing),
        })
    }

    /// What others of the family say differently of a field, and whether these are all of them: in
    /// a large family there are too many to name them with each listing.
    fn difference(&self, listing: &'c Subject, fact: &Fact<'c>) -> Option<Difference<'c>> {
        let (catalog, as_of) = (self.catalog, self.settings.as_of);
        let (family, provider) = (catalog.family(listing), listing.provider());
        let sayings: Vec<_> = self.rivals().differing(family, provider, fact).collect();
        let all: usize = sayings.iter().map(|saying| saying.count(provider)).sum();
        let each = sayings.iter().flat_map(|it| it.others(provider).take(MAX_OTHERS));
        let mut others: Vec<_> = each.collect();
        others.sort_by_key(|other| (other.level, &other.id));
        others.truncate(MAX_OTHERS);
        let others = others.into_iter().filter_map(|subject| {
            let fact = match subject.level {
                Level::Listing => catalog.fact(subject, fact.key, as_of),
                _ => catalog.fact_of(subject, fact.key, as_of),
            };
            fact.map(|fact| Seller { subject, fact })
        });
        let others: Vec<_> = others.collect();
        let complete = all <= MAX_OTHERS && sayings.len() < MAX_ANSWERS;
        let complete = Some(complete);
        (!others.is_empty()).then(|| Difference { fact: fact.clone(), others, complete })
    }

    /// A listing among all listings: who it is, what the default job costs, where the rest is.
    fn entry<'s>(&'s self, listing: &'c Subject) -> CatalogEntry<'s> {
        CatalogEntry {
            id: &listing.id,
            provider: listing.provider(),
            model: listing.model(),
            family: self.catalog.family(listing),
            head: show::Head(listing),
            quote: self.row(listing),
            links: self.document_links(listing),
        }
    }

    /// A row of the comparison of all listings.
    fn row(&self, listing: &Subject) -> Option<pricing::Row<'_>> {
        self.index.row(listing).map(|(rank, quote)| pricing::row(*rank, quote))
    }

    fn document_links(&self, listing: &'c Subject) -> DocumentLinks {
        let page = urls::of(listing);
        let contract = self.has_contract(listing).then(|| self.whole(&urls::openapi(listing)));
        DocumentLinks {
            markdown: self.whole(&format!("{page}index.md")),
            page: self.whole(&page),
            data: self.whole(&urls::api(listing)),
            openapi: contract,
        }
    }

    /// The contract of a listing as a document, with the data it was made from.
    fn contract_document(&self, listing: &'c Subject) -> Value {
        let contract = Contract::of(self.catalog, listing, self.settings.as_of);
        let mut document = contract.map_or(Value::Null, |contract| contract::openapi(&contract));
        if !document.is_null() {
            document["x-catalog"] = json!(catalog_stamp(self.catalog));
        }
        document
    }

    /// The catalog as a data set, for the home page's own data.
    pub(crate) fn dataset(&self) -> Value {
        let data = |name: &str, href: &str| {
            json!({
                "@type": "DataDownload", "name": name, "encodingFormat": "application/json",
                "contentUrl": self.whole(href),
            })
        };
        let providers = self.catalog.providers.values();
        let measured = "price, sizes, quality modes, latency, limits";
        json!({
            "@context": "https://schema.org",
            "@type": "Dataset",
            "name": format!("{}, the catalog", self.catalog.site.title),
            "description": format!(
                "What every source says of {} listings of image models: {measured}; each with its \
                 source and date, and with what sources dispute.",
                self.catalog.listings.len()
            ),
            "url": self.whole("/"),
            "identifier": self.catalog.digest,
            "version": self.edition(),
            "dateModified": self.newest(None).map(|day| day.to_string()),
            "isAccessibleForFree": true,
            "keywords": providers.filter_map(|p| p.head("name")).take(20).collect::<Vec<_>>(),
            "distribution": [
                data("The catalog", CATALOG),
                data("The comparison of the default job", COMPARISON),
                data("The changes", CHANGES),
            ],
        })
    }

    /// The newest day on which anything was read of a listing, or of anything at all.
    pub(crate) fn newest(&self, listing: Option<&'c Subject>) -> Option<jiff::civil::Date> {
        let days = |subject: &'c Subject| {
            let statements = subject.statements.iter();
            statements.flat_map(|s| [Some(s.seen), s.corrected]).flatten()
        };
        let until = |day: &jiff::civil::Date| *day <= self.settings.as_of;
        match listing {
            Some(subject) if subject.level == Level::Listing => {
                self.catalog.levels(subject).flat_map(days).filter(until).max()
            }
            Some(subject) => days(subject).filter(until).max(),
            None => self.catalog.subjects().flat_map(days).filter(until).max(),
        }
    }
}
