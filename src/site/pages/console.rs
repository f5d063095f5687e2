//! The console: a listing is tried through the server, which alone holds the key.

use serde_json::{Value, json};

use crate::catalog::{Fact, Field, FieldMeaning, Listing, Sizes, Texts, Value as Stated};
use crate::contract::Contract;
use crate::site::assets::{self, Asset};
use crate::site::context::SiteContext;
use crate::site::page::Page;
use crate::site::page_meta::{self, EmbeddedJson, PageHead, PageMeta};
use crate::site::pages::forms;

/// More listings than anybody has keys for.
const MAX_LISTINGS: usize = 2000;

/// A form, and the data that its script needs.
#[derive(Debug)]
pub(crate) struct ConsolePage {
    pub(crate) head: PageHead,
    pub(crate) limit: String,
    pub(crate) mock: bool,
    pub(crate) empty: bool,
    pub(crate) data: EmbeddedJson,
    pub(crate) script: &'static Asset,
}

impl ConsolePage {
    pub(crate) fn new(site: &SiteContext<'_>) -> Self {
        let meta = PageMeta::new(
            Page::Console.href(),
            "Console",
            "Try a listing with the server's key, under a limit.",
        );
        let offer = site.features.console.as_ref();
        let keyed = |listing: &&Listing| {
            let providers = offer.and_then(|offer| offer.providers.as_ref());
            providers.is_none_or(|known| known.contains(listing.provider.as_str()))
        };
        let listings: Vec<Value> = site
            .catalog
            .listings
            .values()
            .filter(keyed)
            .filter_map(|listing| choices(site, listing))
            .take(MAX_LISTINGS)
            .collect();
        let token = offer.map(|offer| offer.token.as_str()).unwrap_or_default();
        Self {
            head: PageHead { twin: String::new(), ..page_meta::head(site, meta) },
            limit: offer.map(|offer| offer.limit.clone()).unwrap_or_default(),
            mock: offer.is_some_and(|offer| offer.mock),
            empty: listings.is_empty(),
            data: EmbeddedJson::new(&json!({ "token": token, "listings": listings })),
            script: &assets::CONSOLE,
        }
    }
}

/// A listing with its sizes and qualities; `None` where no contract says how it is called.
fn choices(site: &SiteContext<'_>, listing: &Listing) -> Option<Value> {
    let contract = Contract::new(site.catalog, listing, site.settings.as_of)?;
    let (mut sizes, mut qualities) = (Vec::new(), Vec::new());
    for view in contract.fact(Field::Sizes).iter().flat_map(Fact::counting) {
        if let Stated::Sizes(Sizes::List(list)) = view.value {
            sizes.extend(list.iter().map(ToString::to_string));
        }
    }
    for view in contract.fact(Field::Qualities).iter().flat_map(Fact::counting) {
        if let Stated::Texts(Texts(list)) = view.value {
            qualities.extend(list.iter().cloned());
        }
    }
    if contract.takes(FieldMeaning::Size).is_none() {
        sizes.clear();
    }
    if contract.takes(FieldMeaning::Quality).is_none() {
        qualities.clear();
    }
    for list in [&mut sizes, &mut qualities] {
        let mut seen = std::collections::BTreeSet::new();
        list.retain(|word| seen.insert(word.clone()));
    }
    Some(json!({ "id": listing.id, "sizes": sizes, "qualities": qualities }))
}

forms!(ConsolePage, "pages/console.html", "pages/console.md");
