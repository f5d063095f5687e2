//! What a name on the command line means: a listing, a provider, a model, or a code that is sold.

use anyhow::Result;

use crate::cli::open;
use cogdex::catalog::{Catalog, Listing, Model, Provider};

/// What a name was found to be.
pub(super) enum NamedEntity<'c> {
    Listing(&'c Listing),
    Provider(&'c Provider),
    Model(&'c Model),
}

/// Looks for a listing, provider or model by its id, else for the one listing with such a code.
pub(super) fn find<'c>(catalog: &'c Catalog, name: &str) -> Result<NamedEntity<'c>> {
    if let Some(listing) = catalog.listings.get(name) {
        return Ok(NamedEntity::Listing(listing));
    }
    if let Some(provider) = catalog.providers.get(name) {
        return Ok(NamedEntity::Provider(provider));
    }
    if let Some(model) = catalog.models.get(name) {
        return Ok(NamedEntity::Model(model));
    }
    open::listing(catalog, name).map(NamedEntity::Listing)
}
