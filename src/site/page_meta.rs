//! What every page has above its own content: names, addresses, the way back, data for readers
//! that are programs, and which data it was made from.

use std::fmt;

use serde::Serialize;
use serde_json::json;

use crate::site::assets::{self, Asset};
use crate::site::context::SiteContext;
use crate::site::link::Link;
use crate::site::urls;

/// The head of a page, for `base.html` and `base.md`.
#[derive(Debug)]
pub(crate) struct PageHead {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) canonical: String,
    pub(crate) twin: String,
    pub(crate) crumbs: Vec<Link>,
    pub(crate) structured: Vec<EmbeddedJson>,
    pub(crate) site: String,
    pub(crate) edition: String,
    pub(crate) digest: String,
    pub(crate) as_of: String,
    pub(crate) live: Option<&'static Asset>,
    pub(crate) console: bool,
    /// Whether there is anything to tell of probes.
    pub(crate) has_probes: bool,
    /// Where the catalog is kept, for reports; empty where nobody says.
    pub(crate) repository: String,
    pub(crate) links: Vec<Link>,
    pub(crate) logo: String,
    /// The publisher's colours; empty for the site's own.
    pub(crate) theme: String,
    /// The publisher's own style sheet.
    pub(crate) stylesheet: String,
    /// The picture for pages that link here.
    pub(crate) picture: String,
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
    pub(crate) crumbs: Vec<Link>,
    pub(crate) structured: Vec<EmbeddedJson>,
}

impl PageMeta {
    pub(crate) fn new(
        href: String,
        title: impl Into<String>,
        description: impl Into<String>,
    ) -> Self {
        let (title, description) = (title.into(), description.into());
        Self { title, description, href, ..Self::default() }
    }
}

/// Completes the head of a page.
pub(crate) fn head(site: &SiteContext<'_>, meta: PageMeta) -> PageHead {
    let PageMeta { title, description, href, mut crumbs, mut structured } = meta;
    let own = &site.catalog.site;
    if href != "/" {
        crumbs.insert(0, Link { label: "Home".to_owned(), href: "/".to_owned() });
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
        live: site.features.live.then(|| &*assets::LIVE),
        console: site.features.console.is_some(),
        has_probes: !site.records.0.is_empty(),
        repository: own.repository.clone().unwrap_or_default(),
        links: own
            .links
            .iter()
            .map(|(label, href)| Link { label: label.clone(), href: href.clone() })
            .collect(),
        logo: own.logo.clone().unwrap_or_default(),
        theme: own.accent.as_ref().map(|_| urls::THEME.to_owned()).unwrap_or_default(),
        stylesheet: own.stylesheet.clone().unwrap_or_default(),
        picture: site.absolute(&assets::PICTURE.href()),
        style: &assets::STYLE,
        script: &assets::SCRIPT,
        icon: &assets::ICON,
    }
}

fn breadcrumbs(site: &SiteContext<'_>, crumbs: &[Link], title: &str, href: &str) -> EmbeddedJson {
    let names = crumbs.iter().map(|crumb| (crumb.label.as_str(), crumb.href.as_str()));
    let item = |(at, (name, href)): (usize, (&str, &str))| {
        json!({
            "@type": "ListItem", "position": at + 1, "name": name, "item": site.absolute(href),
        })
    };
    EmbeddedJson::new(&json!({
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": names.chain([(title, href)]).enumerate().map(item).collect::<Vec<_>>(),
    }))
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
