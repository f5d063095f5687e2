//! The console: a listing is tried through the server, which alone holds the key.

use serde_json::{Value, json};

use crate::catalog::{Field, FieldMeaning, Listing};
use crate::contract::Contract;
use crate::site::assets::{self, Asset};
use crate::site::context::SiteContext;
use crate::site::format::distinct;
use crate::site::page::Page;
use crate::site::page_meta::{self, EmbeddedJson, PageHead, PageMeta};
use crate::site::pages::forms;
use crate::site::view::fact;

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
        let mut listings: Vec<_> = site.catalog.listings.values().filter(keyed).collect();
        // The first is the one that is asked for: of what has no price nothing is sent.
        let has_price = |listing: &Listing| {
            site.index.quote(listing).is_some_and(|quote| quote.total.is_some())
        };
        listings.sort_by_key(|listing| !has_price(listing));
        let listings = listings.into_iter().filter_map(|listing| choices(site, listing));
        let listings: Vec<Value> = listings.take(MAX_LISTINGS).collect();
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
    let fact = |field, meaning| {
        let taken = contract.takes(meaning).and_then(|_| contract.fact(field));
        taken.map(|fact| fact.effective_claims().to_vec()).unwrap_or_default()
    };
    let sizes = fact(Field::Sizes, FieldMeaning::Size);
    let sizes = distinct(fact::sizes(&sizes).map(|size| size.to_string()));
    let qualities = fact(Field::Qualities, FieldMeaning::Quality);
    let qualities = distinct(fact::texts(&qualities));
    Some(json!({ "id": listing.id, "sizes": sizes, "qualities": qualities }))
}

forms!(ConsolePage, "pages/console.html", "pages/console.md");
