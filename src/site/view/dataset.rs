//! The catalog and its sources as data sets of schema.org.

use serde_json::{Value, json};

use crate::site::context::SiteContext;
use crate::site::urls;

/// The catalog as a data set, for the home page's own data.
pub(crate) fn of_catalog(site: &SiteContext<'_>) -> Value {
    let data = |name: &str, href: &str| {
        json!({
            "@type": "DataDownload", "name": name, "encodingFormat": "application/json",
            "contentUrl": site.absolute(href),
        })
    };
    let providers = site.catalog.providers.values();
    let measured = "price, sizes, quality modes, latency, limits";
    json!({
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": format!("{}, the catalog", site.catalog.site.title),
        "description": format!(
            "What every source says of {} listings of image models: {measured}; each with its \
             source and date, and with what sources dispute.",
            site.catalog.listings.len()
        ),
        "url": site.absolute("/"),
        "identifier": site.catalog.digest,
        "version": site.edition(),
        "dateModified": site.newest_day(None).map(|day| day.to_string()),
        "isAccessibleForFree": true,
        "keywords": providers.filter_map(|p| p.entity.name.as_deref()).take(20).collect::<Vec<_>>(),
        "distribution": [
            data("The catalog", urls::CATALOG),
            data("The comparison of the default job", urls::COMPARISON),
            data("The changes", urls::CHANGES),
        ],
    })
}

/// What the sources say, as a data set, for the page of sources.
pub(crate) fn of_sources(site: &SiteContext<'_>) -> Value {
    let edition = site.catalog.edition();
    json!({
        "@context": "https://schema.org", "@type": "Dataset",
        "name": format!("{}: what sources say about CogView-4 listings", site.catalog.site.title),
        "description": "Prices, terms and contracts of CogView-4 listings, statement by statement, with source and date.",
        "url": site.absolute("/sources/"),
        "identifier": site.catalog.digest,
        "version": edition.map(|edition| edition.name.as_str()),
        "dateModified": edition.map(|edition| edition.date.to_string()),
        "isAccessibleForFree": true,
        "creator": { "@type": "Organization", "name": site.catalog.site.title, "url": site.absolute("/") },
        "distribution": [{
            "@type": "DataDownload", "encodingFormat": "application/json",
            "contentUrl": site.absolute("/api/v1/catalog.json"),
        }],
    })
}
