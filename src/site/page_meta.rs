//! What every page has above its own content: names, addresses, the way back, data for readers
//! that are programs, and which data it was made from.

use std::fmt;

use serde::Serialize;

use crate::site::assets::{self, Asset};
use crate::site::context::SiteContext;

/// One step of the way from the home page.
#[derive(Debug)]
pub(crate) struct Crumb {
    pub(crate) name: String,
    pub(crate) href: String,
}

/// The head of a page, for `base.html` and `base.md`.
#[derive(Debug)]
pub(crate) struct PageHead {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) canonical: String,
    pub(crate) twin: String,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) structured: Vec<EmbeddedJson>,
    pub(crate) site: String,
    pub(crate) edition: String,
    pub(crate) digest: String,
    pub(crate) as_of: String,
    pub(crate) live: Option<&'static Asset>,
    pub(crate) console: bool,
    pub(crate) style: &'static Asset,
    pub(crate) script: &'static Asset,
    pub(crate) icon: &'static Asset,
}

/// A page's own part of its head.
#[derive(Debug, Default)]
pub(crate) struct PageMeta {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) href: String,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) structured: Vec<EmbeddedJson>,
}

/// Completes the head of a page.
pub(crate) fn head(site: &SiteContext<'_>, naming: PageMeta) -> PageHead {
    let PageMeta { title, description, href, mut crumbs, mut structured } = naming;
    if href != "/" {
        crumbs.insert(0, Crumb { name: "Home".to_owned(), href: "/".to_owned() });
        structured.push(breadcrumbs(site, &crumbs, &title, &href));
    }
    PageHead {
        title,
        description,
        canonical: site.absolute(&href),
        twin: format!("{href}index.md"),
        crumbs,
        structured,
        site: site.catalog.site.title.clone(),
        edition: site.edition().to_owned(),
        digest: site.catalog.digest.clone(),
        as_of: site.settings.as_of.to_string(),
        live: site.features.live.then(assets::live),
        console: site.features.console.is_some(),
        style: assets::style(),
        script: assets::script(),
        icon: assets::icon(),
    }
}

fn breadcrumbs(site: &SiteContext<'_>, crumbs: &[Crumb], title: &str, href: &str) -> EmbeddedJson {
    let names = crumbs.iter().map(|crumb| (crumb.name.as_str(), crumb.href.as_str()));
    let step = |(at, (name, href)): (usize, (_, &str))| BreadcrumbItem {
        kind: "ListItem",
        position: at + 1,
        name,
        item: site.absolute(href),
    };
    EmbeddedJson::new(&Breadcrumbs {
        context: "https://schema.org",
        kind: "BreadcrumbList",
        steps: names.chain([(title, href)]).enumerate().map(step).collect(),
    })
}

#[derive(Serialize)]
struct Breadcrumbs<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "itemListElement")]
    steps: Vec<BreadcrumbItem<'a>>,
}

#[derive(Serialize)]
struct BreadcrumbItem<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    position: usize,
    name: &'a str,
    item: String,
}

/// JSON that can stand in an element of HTML: nothing in it ends the element or begins another.
#[derive(Debug)]
pub(crate) struct EmbeddedJson(String);

impl EmbeddedJson {
    pub(crate) fn new(value: &impl Serialize) -> Self {
        // Text keys and plain values alone: there is nothing that could fail.
        let text = serde_json::to_string(value).unwrap_or_default();
        if !text.contains(['<', '>', '&']) {
            return Self(text);
        }
        Self(text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
    }
}

impl fmt::Display for EmbeddedJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Its characters of HTML are written as escapes of JSON.
impl askama::filters::HtmlSafe for EmbeddedJson {}
