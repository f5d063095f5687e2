//! What a name on the command line means: a listing, a provider, a model, or a code that is sold.

use anyhow::{Result, anyhow};

use cogdex::catalog::{
    Catalog, Field, FieldValue, Listing, ListingId, Model, ModelId, Provider, ProviderId, nearest,
};

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
    match with_code(catalog, name).as_slice() {
        [listing] => Ok(NamedEntity::Listing(listing)),
        [] => Err(unknown(catalog, name)),
        several => Err(ambiguous(name, "is sold as", several)),
    }
}

/// The listing that an id or a code means; an error names those that may be meant.
pub(crate) fn listing<'c>(catalog: &'c Catalog, name: &str) -> Result<&'c Listing> {
    if let Some(listing) = catalog.listings.get(name) {
        return Ok(listing);
    }
    match with_code(catalog, name).as_slice() {
        [listing] => Ok(listing),
        [] => Err(unknown(catalog, name)),
        several => Err(ambiguous(name, "is sold as", several)),
    }
}

/// The listings that go by a code, on the wire or on the seller's pages.
fn with_code<'c>(catalog: &'c Catalog, code: &str) -> Vec<&'c Listing> {
    let is_stated = |listing: &&Listing| {
        let stated = listing.entity.statements.iter().flat_map(|statement| &statement.stated);
        let mut codes = stated.filter(|stated| stated.key.field == Field::ModelCode);
        codes.any(|stated| matches!(&stated.value, FieldValue::Text(text) if text == code))
    };
    let fits = |listing: &&Listing| listing.slug() == code || is_stated(listing);
    catalog.listings.values().filter(fits).collect()
}

fn ambiguous(name: &str, verb: &str, listings: &[&Listing]) -> anyhow::Error {
    let ids: Vec<_> = listings.iter().map(|listing| listing.id.as_str()).collect();
    anyhow!("`{name}` {verb} {} listings: {}; name one", ids.len(), ids.join(", "))
}

/// Says that nothing has this name, and what may be meant: of the same provider rather than of
/// another.
fn unknown(catalog: &Catalog, name: &str) -> anyhow::Error {
    let seller = name.split('/').next().unwrap_or(name);
    let own: Vec<&Listing> =
        catalog.listings.values().filter(|listing| listing.provider == *seller).collect();
    if !own.is_empty() {
        let ids: Vec<_> = own.iter().map(|listing| listing.id.as_str()).collect();
        let near = nearest(name, ids.iter().copied());
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("{seller} has {}: {}", ids.len(), ids.join(", ")),
        };
        return anyhow!("there is no listing `{name}`; {hint}");
    }
    let listings = catalog.listings.keys().map(ListingId::as_str);
    let providers = catalog.providers.keys().map(ProviderId::as_str);
    let models = catalog.models.keys().map(ModelId::as_str);
    let sold = catalog.listings.values().filter(|listing| listing.model == *name);
    let sold: Vec<_> = sold.collect();
    if !sold.is_empty() {
        return ambiguous(name, "is a model that is sold as", &sold);
    }
    let near = nearest(name, listings.chain(providers).chain(models));
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    anyhow!("there is no listing `{name}`{hint}")
}
