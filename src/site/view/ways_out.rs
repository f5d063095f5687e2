//! The ways to a seller: its own site, its price page, and where an account is opened. Addresses
//! are facts; where nobody states one, the page that a price was read on leads there.

use crate::catalog::{Fact, Field, FieldKey, FieldValue, Listing, Provider};
use crate::site::context::SiteContext;
use crate::site::link::Link;

/// What leads to a seller, and the words for it; the name of the seller comes after the first.
const WAYS: [(Field, &str); 3] =
    [(Field::Website, "Open at"), (Field::PricingPage, "Price page"), (Field::Signup, "Get a key")];

/// The ways out of a listing's page, its seller's site first.
pub(crate) fn of_listing<'c>(site: &SiteContext<'c>, listing: &'c Listing) -> Vec<Link> {
    let name = Link::provider(site.catalog, &listing.provider).label;
    let mut ways = ways(&name, |field| site.fact(listing, field));
    if ways.is_empty() {
        ways.extend(page_of(site, listing));
    }
    ways
}

/// The ways out of a provider's page.
pub(crate) fn of_provider<'c>(site: &SiteContext<'c>, provider: &'c Provider) -> Vec<Link> {
    let (entity, as_of) = (&provider.entity, site.settings.as_of);
    let mut ways =
        ways(entity.label(), |field| site.catalog.fact_of(entity, &FieldKey::new(field), as_of));
    if ways.is_empty() {
        let mut listings = site.index.by_provider.get(provider.id.as_str()).into_iter().flatten();
        ways.extend(listings.find_map(|listing| page_of(site, listing)));
    }
    ways
}

/// The document that tells of a listing's price, or of anything of it.
fn page_of<'c>(site: &SiteContext<'c>, listing: &'c Listing) -> Option<Link> {
    let price = site.fact(listing, Field::Price);
    let of_price = price.iter().flat_map(Fact::effective_sides).map(|side| &side.statement.source);
    let own = listing.entity.statements.iter().map(|statement| &statement.source);
    let sources = of_price.chain(own).filter_map(|id| site.catalog.sources.get(id));
    let mut linked = sources.filter(|source| is_web(&source.address));
    linked.next().map(|source| Link {
        label: format!("Read {}", source.title),
        href: source.address.clone(),
    })
}

/// Whether an address can be followed from a page.
pub(crate) fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

fn ways<'c>(name: &str, fact: impl Fn(Field) -> Option<Fact<'c>>) -> Vec<Link> {
    let way = |(field, words): (Field, &str)| {
        let fact = fact(field)?;
        let address = fact.value().and_then(FieldValue::try_as_text_ref)?;
        let label =
            if field == Field::Website { format!("{words} {name}") } else { words.to_owned() };
        is_web(address).then(|| Link { label, href: address.clone() })
    };
    WAYS.into_iter().filter_map(way).collect()
}
