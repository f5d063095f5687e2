//! The description of our own API in the `OpenAPI` format, version 3.1: files that any host can
//! serve, and the one address that only a server has.

use serde_json::{Value, json};

use crate::pricing::catalog_stamp;
use crate::site::context::SiteContext;
use crate::site::data::has_contract;

/// The whole description; what belongs to one catalog is filled in.
const DESCRIPTION: &str = include_str!("../../../templates/data/openapi.json");

/// The address at which a server compares, with the flags of `compare`.
const COMPARE: &str = "/api/v1/compare";

/// The addresses of contracts, of which a catalog may have none.
const CONTRACTS: &str = "/openapi/{provider}/{code}.json";

pub(super) fn document(site: &SiteContext<'_>) -> serde_json::Result<Value> {
    let mut document: Value = serde_json::from_str(DESCRIPTION)?;
    document["info"]["title"] = json!(format!("{}, the data", site.catalog.site.title));
    document["servers"][0]["url"] = json!(site.absolute(""));
    document["x-catalog"] = json!(catalog_stamp(site.catalog));
    if let Some(paths) = document["paths"].as_object_mut() {
        if !site.settings.served {
            paths.shift_remove(COMPARE);
        }
        if !site.catalog.listings.values().any(|listing| has_contract(site, listing)) {
            paths.shift_remove(CONTRACTS);
        }
    }
    Ok(document)
}
