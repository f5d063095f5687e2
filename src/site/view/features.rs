//! What each listing can do, side by side: yes, no, disputed, or that no source states it.

use crate::catalog::{DeliveryMode, EntityKind, Fact, Field, FieldValue, Listing, Sizes};
use crate::site::context::SiteContext;
use crate::site::link::Link;
use crate::site::view::fact;

/// What is asked of each listing.
pub(crate) const FEATURES: [&str; 6] =
    ["hd quality", "Sizes", "Batch price", "Webhook", "Own key", "Seed"];

/// One answer.
#[derive(Debug)]
pub(crate) struct FeatureCell {
    pub(crate) text: String,
    /// `good`, `warn`, or nothing.
    pub(crate) class: &'static str,
}

/// The answers of one listing.
#[derive(Debug)]
pub(crate) struct FeatureRow {
    pub(crate) listing: Link,
    pub(crate) cells: Vec<FeatureCell>,
}

/// The answers of some listings; who states nothing of any of these is left out.
pub(crate) fn feature_rows<'c>(
    site: &SiteContext<'c>,
    listings: impl Iterator<Item = &'c Listing>,
) -> Vec<FeatureRow> {
    let row = |listing: &'c Listing| FeatureRow {
        listing: Link::to(&listing.entity),
        cells: cells(site, listing),
    };
    let mut rows: Vec<_> = listings.map(row).collect();
    rows.retain(|row| row.cells.iter().any(|cell| cell.text != UNKNOWN));
    rows
}

const UNKNOWN: &str = "–";

fn cells<'c>(site: &SiteContext<'c>, listing: &'c Listing) -> Vec<FeatureCell> {
    // What is known of a model is not offered by a seller.
    let offered =
        |field| site.fact(listing, field).filter(|fact| fact.level() != EntityKind::Model);
    let capability = |name| flag(site.fact_named(listing, Field::Capabilities, name).as_ref());
    let qualities = offered(Field::Qualities);
    let has_hd = qualities.as_ref().map(|fact| {
        let sides = fact.effective_claims();
        let with = sides
            .iter()
            .filter(|side| fact::texts(std::slice::from_ref(side)).any(|it| it == "hd"));
        (with.count(), sides.len())
    });
    let price = offered(Field::Price);
    let tables = price.iter().flat_map(Fact::effective_claims);
    let tables = tables.filter_map(|claim| claim.value.try_as_price_ref());
    let has_batch =
        tables.flat_map(|table| &table.0).any(|row| row.when.mode == Some(DeliveryMode::Batch));
    vec![
        match has_hd {
            None => cell(UNKNOWN, ""),
            Some((0, _)) => cell("no", ""),
            Some((with, all)) if with == all => cell("yes", "good"),
            Some(_) => cell("disputed", "warn"),
        },
        sizes(offered(Field::Sizes).as_ref()),
        if has_batch { cell("yes", "good") } else { cell(UNKNOWN, "") },
        capability("webhook"),
        capability("byok"),
        capability("seed"),
    ]
}

fn cell(text: &str, class: &'static str) -> FeatureCell {
    FeatureCell { text: text.to_owned(), class }
}

fn flag(fact: Option<&Fact<'_>>) -> FeatureCell {
    match fact.map(Fact::value) {
        None => cell(UNKNOWN, ""),
        Some(Some(FieldValue::Flag(true))) => cell("yes", "good"),
        Some(Some(_)) => cell("no", ""),
        Some(None) => cell("disputed", "warn"),
    }
}

fn sizes(fact: Option<&Fact<'_>>) -> FeatureCell {
    let Some(fact) = fact else { return cell(UNKNOWN, "") };
    match fact.value().map(FieldValue::try_as_sizes_ref) {
        None => cell("disputed", "warn"),
        Some(Some(Sizes::List(list))) => cell(&list.len().to_string(), "good"),
        Some(_) => cell("any", "good"),
    }
}
