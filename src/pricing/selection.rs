//! Which listings are meant by a name: an id, a model, a family, a provider, or the code that goes
//! on the wire. One rule for every command.

use crate::catalog::{Catalog, Field, FieldValue, Listing, ListingId, ProviderId, nearest};

/// Which listings take part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    Any,
    /// Those that a name stands for.
    Named(String),
}

/// The family that is meant where no model is named.
const DEFAULT_FAMILY: &str = "cogview-4";

impl Default for Selection {
    fn default() -> Self {
        Self::Named(DEFAULT_FAMILY.to_owned())
    }
}

/// The listings of a selection, by id; an error where its name stands for nothing.
pub fn select<'c>(catalog: &'c Catalog, selection: &Selection) -> Result<Vec<&'c Listing>, String> {
    match selection {
        Selection::Any => Ok(catalog.listings.values().collect()),
        Selection::Named(name) => named_listings(catalog, name)
            .ok_or_else(|| format!("there is no model `{name}`{}", hint(catalog, name))),
    }
}

/// The one listing that a name stands for; an error that names the nearest, or all of several.
pub fn select_one<'c>(catalog: &'c Catalog, name: &str) -> Result<&'c Listing, String> {
    match named_listings(catalog, name).as_deref() {
        Some([listing]) => Ok(listing),
        None => Err(format!("there is no listing `{name}`{}", hint(catalog, name))),
        Some([]) => Err(format!("nobody sells `{name}`")),
        Some(several) => {
            let ids: Vec<_> = several.iter().map(|listing| listing.id.as_str()).collect();
            let (verb, ids) = (verb(catalog, name), ids.join(", "));
            Err(format!("`{name}` {verb} {}: {ids}; name one of them", several.len()))
        }
    }
}

fn verb(catalog: &Catalog, name: &str) -> &'static str {
    let is_model = catalog.models.values().any(|it| it.id == name || it.family() == name);
    if !is_model && catalog.providers.contains_key(name) { "has" } else { "is sold by" }
}

/// The listings that a name stands for, by id; `None` where it stands for nothing. A listing's id
/// goes before a model or family, that before a provider, and all of them before a code.
pub fn named_listings<'c>(catalog: &'c Catalog, name: &str) -> Option<Vec<&'c Listing>> {
    if let Some(listing) = catalog.listings.get(name) {
        return Some(vec![listing]);
    }
    let all = |fits: &dyn Fn(&Listing) -> bool| {
        catalog.listings.values().filter(|listing| fits(listing)).collect::<Vec<_>>()
    };
    if catalog.models.values().any(|model| model.family.as_deref() == Some(name)) {
        return Some(all(&|listing| catalog.family(listing) == name));
    }
    if catalog.models.contains_key(name) {
        return Some(all(&|listing| listing.model == name));
    }
    if catalog.providers.contains_key(name) {
        return Some(all(&|listing| listing.provider == name));
    }
    let coded = all(&|listing| codes(listing).any(|code| code == name));
    (!coded.is_empty()).then_some(coded)
}

/// What a listing is called besides its id: the code on the wire, as its sources spell it, and the
/// last part of the id.
fn codes(listing: &Listing) -> impl Iterator<Item = &str> {
    let stated = listing.entity.statements.iter().flat_map(|statement| &statement.stated);
    let written = stated.filter(|stated| stated.key.field == Field::ModelCode);
    let written = written.filter_map(|it| FieldValue::try_as_text_ref(&it.value));
    let last = listing.id.rsplit('/').next();
    [Some(listing.slug()), last].into_iter().flatten().chain(written.map(String::as_str))
}

/// `; did you mean …?`, where anything is near. Who names a provider means one of its listings.
fn hint(catalog: &Catalog, name: &str) -> String {
    let provider = name.split_once('/').map(|(provider, _)| provider);
    let own = catalog.listings.keys().map(ListingId::as_str).filter(|id| {
        provider.is_some() && id.split_once('/').map(|(provider, _)| provider) == provider
    });
    let own: Vec<_> = own.collect();
    if let (Some(provider), Some(first)) = (provider, own.first()) {
        let near = nearest(name, own.iter().copied());
        return match near.or((own.len() == 1).then_some(*first)) {
            Some(near) => format!("; did you mean `{near}`?"),
            None => format!("; `{provider}` has {}: {}", own.len(), own.join(", ")),
        };
    }
    let models = catalog.models.values().flat_map(|model| [model.id.as_str(), model.family()]);
    let providers = catalog.providers.keys().map(ProviderId::as_str);
    let ids = catalog.listings.keys().map(ListingId::as_str);
    let codes = catalog.listings.values().flat_map(codes);
    let near = nearest(name, models.chain(ids).chain(providers).chain(codes));
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
