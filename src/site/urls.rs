//! Where each page stands: paths from the root of the site, as links and as files.

use crate::catalog::{Entity, EntityKind, Listing};

/// The address of the whole catalog for programs.
pub(crate) const CATALOG: &str = "/api/v1/catalog.json";
/// The address of the default job's comparison.
pub(crate) const COMPARISON: &str = "/api/v1/comparison.json";
/// The address of the changes for programs.
pub(crate) const CHANGES: &str = "/api/v1/changes.json";
/// The address of our own API's description.
pub(crate) const API: &str = "/api/v1/openapi.json";

/// Where the publisher's colours stand.
pub(crate) const THEME: &str = "/static/theme.css";

/// Where the data of the calculator stands.
pub(crate) const CALCULATOR: &str = "/api/v1/book.json";

/// The address of an entity's page: `/listings/apiin/cogview-4/`.
pub(crate) fn page(entity: &Entity) -> String {
    format!("/{}/{}/", entity.kind.folder(), entity.id)
}

/// The address of a listing, endpoint, provider or model by its id.
pub(crate) fn page_of(level: EntityKind, id: &str) -> String {
    format!("/{}/{id}/", level.folder())
}

/// The address of two listings side by side.
pub(crate) fn pair(one: &Listing, other: &Listing) -> String {
    format!("/compare/{}/vs/{}/", one.id, other.id)
}

/// The place of a source among all sources.
pub(crate) fn source(id: &str) -> String {
    format!("/sources/#{}", anchor(id))
}

/// The contract of a listing as `OpenAPI`.
pub(crate) fn openapi(listing: &Listing) -> String {
    format!("/openapi/{}.json", listing.id)
}

/// The badge of a listing, for other pages to show.
pub(crate) fn badge(listing: &Listing) -> String {
    format!("/badges/{}.svg", listing.id)
}

/// A listing for programs.
pub(crate) fn api(listing: &Listing) -> String {
    format!("/api/v1/listings/{}.json", listing.id)
}

/// An id for a place within a page: what could not stand in one becomes a hyphen.
pub(crate) fn anchor(text: &str) -> String {
    let mut id = String::with_capacity(text.len());
    id.extend(text.chars().map(|c| if stands(c) { c } else { '-' }));
    id
}

/// Whether a character can stand in an id.
fn stands(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// The file of an address: `/listings/a/b/` is `listings/a/b/index.html`.
pub(crate) fn file(address: &str, name: &str) -> String {
    format!("{}{name}", address.trim_start_matches('/'))
}
