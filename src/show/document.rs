//! The document of `show --format json`. Its shapes borrow what they show and are written straight,
//! since a site has one for each of its listings; who wants a value to look into makes one of it.

use std::fmt::{self, Display};

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::ListingDetails;
use super::promise::ContractBody;
use super::text::{AsText, FilePlace};
use crate::catalog::{self, Catalog, Entity, EntityKind, FieldKey, FieldValue, Listing, Statement};
use crate::pricing::{CatalogStamp, catalog_stamp};

/// A listing, and of which data and day all is that is said of it.
#[derive(Debug, Serialize)]
pub struct ListingDocument<'s> {
    format: u8,
    catalog: CatalogStamp<'s>,
    as_of: Date,
    #[serde(flatten)]
    listing: ListingBody<'s>,
}

/// Everything that is known of a listing.
#[derive(Debug, Serialize)]
pub struct ListingBody<'s> {
    listing: &'s str,
    provider: &'s str,
    head: ListingHead<'s>,
    facts: Vec<FactBody<'s>>,
    contract: Option<ContractBody<'s>>,
    pages: Vec<FactBody<'s>>,
    /// None where nobody looked at other listings.
    #[serde(skip_serializing_if = "Option::is_none")]
    differences: Option<Vec<DifferenceBody<'s>>>,
    past: Vec<Past<'s>>,
}

impl<'s> ListingDocument<'s> {
    /// The document of `show --format json`.
    pub fn new(details: &'s ListingDetails<'s>, catalog: &'s Catalog) -> Self {
        let facts = Facts { catalog, as_of: details.as_of };
        let differences = details.differences.iter().map(|it| facts.difference(it));
        let differences = Some(differences.collect());
        Self {
            format: 1,
            catalog: catalog_stamp(catalog),
            as_of: details.as_of,
            listing: ListingBody { differences, ..ListingBody::new(details, catalog) },
        }
    }
}

impl<'s> ListingBody<'s> {
    /// A listing without a look at others, and without what stands once above a list of listings.
    pub fn new(details: &'s ListingDetails<'s>, catalog: &'s Catalog) -> Self {
        let facts = Facts { catalog, as_of: details.as_of };
        let all = |of: &'s [catalog::Fact<'s>]| of.iter().map(|fact| facts.fact(fact)).collect();
        Self {
            listing: &details.listing.id,
            provider: details.listing.provider.as_str(),
            head: ListingHead(details.listing),
            facts: all(&details.facts),
            contract: details.contract.as_ref().map(|it| ContractBody::new(catalog, it)),
            pages: all(&details.pages),
            differences: None,
            past: details.past.iter().map(|(subject, it)| Past::new(subject, it)).collect(),
        }
    }
}

/// Makes the shapes of facts as they stood on a day.
pub(super) struct Facts<'s> {
    pub(super) catalog: &'s Catalog,
    pub(super) as_of: Date,
}

impl<'s> Facts<'s> {
    pub(super) fn fact(&self, fact: &'s catalog::Fact<'s>) -> FactBody<'s> {
        let settled = fact.settled.map(|(view, by)| SettledBody {
            value: AsText(fact.claims[view].value),
            by: AsText(SettledBy(by)),
        });
        FactBody {
            field: AsText(fact.key),
            level: AsText(fact.level()),
            from: &fact.entity.id,
            state: fact.state().into(),
            views: self.views(fact),
            settled,
        }
    }

    fn difference(&self, difference: &'s catalog::SellerDifference<'s>) -> DifferenceBody<'s> {
        let others = difference.others.iter().map(|other| Other {
            level: AsText(other.entity.kind),
            id: &other.entity.id,
            views: self.views(&other.fact),
        });
        DifferenceBody {
            field: AsText(difference.fact.key),
            views: self.views(&difference.fact),
            others: others.collect(),
            complete: difference.complete,
        }
    }

    fn views(&self, fact: &'s catalog::Fact<'s>) -> Vec<ClaimBody<'s>> {
        let side = |side: &catalog::ClaimSide<'s>| {
            let statement = side.statement;
            let age = statement.age(self.as_of);
            SideBody {
                source: &statement.source,
                at: statement.at.as_deref(),
                address: self.catalog.address(&statement.source),
                seen: statement.seen,
                page_date: statement.page_date,
                age_days: age.days,
                stale: age.is_stale(),
                undated: age.undated,
                excerpt: statement.excerpt(fact.key.field),
                place: AsText(FilePlace(fact.entity, side.stated.position)),
            }
        };
        let view = |view: &catalog::Claim<'s>| ClaimBody {
            value: AsText(view.value),
            sides: view.sides.iter().map(side).collect(),
        };
        fact.claims.iter().map(view).collect()
    }
}

#[derive(Debug, Serialize)]
pub(super) struct FactBody<'s> {
    field: AsText<&'s FieldKey>,
    level: AsText<EntityKind>,
    from: &'s str,
    state: &'static str,
    views: Vec<ClaimBody<'s>>,
    settled: Option<SettledBody<'s>>,
}

#[derive(Debug, Serialize)]
struct ClaimBody<'s> {
    value: AsText<&'s FieldValue>,
    sides: Vec<SideBody<'s>>,
}

#[derive(Debug, Serialize)]
struct SideBody<'s> {
    source: &'s str,
    at: Option<&'s str>,
    address: Option<&'s str>,
    seen: Date,
    page_date: Option<Date>,
    age_days: i32,
    stale: bool,
    undated: bool,
    excerpt: Option<&'s str>,
    place: AsText<FilePlace<'s>>,
}

#[derive(Debug, Serialize)]
struct SettledBody<'s> {
    value: AsText<&'s FieldValue>,
    by: AsText<SettledBy<'s>>,
}

#[derive(Debug, Serialize)]
struct DifferenceBody<'s> {
    field: AsText<&'s FieldKey>,
    views: Vec<ClaimBody<'s>>,
    others: Vec<Other<'s>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    complete: Option<bool>,
}

#[derive(Debug, Serialize)]
struct Other<'s> {
    level: AsText<EntityKind>,
    id: &'s str,
    views: Vec<ClaimBody<'s>>,
}

#[derive(Debug, Serialize)]
struct Past<'s> {
    source: &'s str,
    at: Option<&'s str>,
    seen: Date,
    place: AsText<FilePlace<'s>>,
    stated: StatedValues<'s>,
}

impl<'s> Past<'s> {
    fn new(entity: &'s Entity, statement: &'s Statement) -> Self {
        Self {
            source: &statement.source,
            at: statement.at.as_deref(),
            seen: statement.seen,
            place: AsText(FilePlace(entity, statement.position)),
            stated: StatedValues(statement),
        }
    }
}

/// The keys above a listing's statements.
#[derive(Debug)]
pub struct ListingHead<'s>(pub &'s Listing);

impl Serialize for ListingHead<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.head())
    }
}

/// What a statement states, by key.
#[derive(Debug)]
struct StatedValues<'s>(&'s Statement);

impl Serialize for StatedValues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.stated.iter().map(|it| (AsText(&it.key), AsText(&it.value))))
    }
}

/// What decided a dispute, in words.
#[derive(Debug)]
struct SettledBy<'s>(catalog::Settlement<'s>);

impl Display for SettledBy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            catalog::Settlement::Probe(statement) => write!(f, "probe {}", statement.source),
            catalog::Settlement::Invoice(statement) => write!(f, "invoice {}", statement.source),
            catalog::Settlement::Ruling(ruling) => {
                write!(f, "ruling of {}: {}", ruling.date, ruling.reason)
            }
        }
    }
}
