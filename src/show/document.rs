//! The document of `show --format json`. Its shapes borrow what they show and are written straight,
//! since a site has one for each of its listings; who wants a value to look into makes one of it.

use std::fmt::{self, Display};

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::promise::Promises;
use super::{Shown, state_word};
use crate::catalog::{self, Catalog, Entity, EntityKind, Key, Listing, Position, Statement, Value};
use crate::pricing::{CatalogStamp, catalog_stamp};

/// A listing, and of which data and day all is that is said of it.
#[derive(Debug, Serialize)]
pub struct Document<'s> {
    format: u8,
    catalog: CatalogStamp<'s>,
    as_of: Date,
    #[serde(flatten)]
    listing: Body<'s>,
}

/// Everything that is known of a listing.
#[derive(Debug, Serialize)]
pub struct Body<'s> {
    listing: &'s str,
    provider: &'s str,
    head: Head<'s>,
    facts: Vec<Fact<'s>>,
    contract: Option<Promises<'s>>,
    pages: Vec<Fact<'s>>,
    /// None where nobody looked at other listings.
    #[serde(skip_serializing_if = "Option::is_none")]
    differences: Option<Vec<Difference<'s>>>,
    past: Vec<Past<'s>>,
}

impl<'s> Shown<'s> {
    /// The document of `show --format json`.
    pub fn document(&'s self, catalog: &'s Catalog) -> Document<'s> {
        let differences = self.differences.iter().map(|it| self.difference(catalog, it));
        let differences = Some(differences.collect());
        Document {
            format: 1,
            catalog: catalog_stamp(catalog),
            as_of: self.as_of,
            listing: Body { differences, ..self.alone(catalog) },
        }
    }

    /// The same without what stands above a list of listings once, and without a look at others.
    pub fn alone(&'s self, catalog: &'s Catalog) -> Body<'s> {
        let facts = |facts: &'s [catalog::Fact<'s>]| {
            facts.iter().map(|fact| self.fact(catalog, fact)).collect()
        };
        Body {
            listing: &self.listing.id,
            provider: self.listing.provider.as_str(),
            head: Head(self.listing),
            facts: facts(&self.facts),
            contract: self.contract.as_ref().map(|it| Promises::of(catalog, it)),
            pages: facts(&self.pages),
            differences: None,
            past: self.past.iter().map(|(entity, it)| Past::of(entity, it)).collect(),
        }
    }

    fn fact(&self, catalog: &'s Catalog, fact: &'s catalog::Fact<'s>) -> Fact<'s> {
        let settled = fact.settled.map(|(view, by)| Settled {
            value: Text(fact.views[view].value),
            by: Text(Settlement(by)),
        });
        Fact {
            field: Text(fact.key),
            level: Text(fact.level()),
            from: &fact.entity.id,
            state: state_word(fact.state()),
            views: self.views(catalog, fact),
            settled,
        }
    }

    fn difference(
        &self,
        catalog: &'s Catalog,
        difference: &'s catalog::Difference<'s>,
    ) -> Difference<'s> {
        let others = difference.others.iter().map(|other| Other {
            level: Text(other.entity.kind),
            id: &other.entity.id,
            views: self.views(catalog, &other.fact),
        });
        Difference {
            field: Text(difference.fact.key),
            views: self.views(catalog, &difference.fact),
            others: others.collect(),
            complete: difference.complete,
        }
    }

    fn views(&self, catalog: &'s Catalog, fact: &'s catalog::Fact<'s>) -> Vec<View<'s>> {
        let side = |side: &catalog::Side<'s>| {
            let statement = side.statement;
            let age = statement.age(self.as_of);
            Side {
                source: &statement.source,
                at: statement.at.as_deref(),
                address: catalog.sources.get(&statement.source).map(|it| it.address.as_str()),
                seen: statement.seen,
                page_date: statement.page_date,
                age_days: age.days,
                stale: age.is_stale(),
                undated: age.undated,
                excerpt: statement.excerpt(fact.key.field),
                place: Text(Place(fact.entity, side.stated.position)),
            }
        };
        let view = |view: &catalog::View<'s>| View {
            value: Text(view.value),
            sides: view.sides.iter().map(side).collect(),
        };
        fact.views.iter().map(view).collect()
    }
}

#[derive(Debug, Serialize)]
struct Fact<'s> {
    field: Text<&'s Key>,
    level: Text<EntityKind>,
    from: &'s str,
    state: &'static str,
    views: Vec<View<'s>>,
    settled: Option<Settled<'s>>,
}

#[derive(Debug, Serialize)]
struct View<'s> {
    value: Text<&'s Value>,
    sides: Vec<Side<'s>>,
}

#[derive(Debug, Serialize)]
struct Side<'s> {
    source: &'s str,
    at: Option<&'s str>,
    address: Option<&'s str>,
    seen: Date,
    page_date: Option<Date>,
    age_days: i32,
    stale: bool,
    undated: bool,
    excerpt: Option<&'s str>,
    place: Text<Place<'s>>,
}

#[derive(Debug, Serialize)]
struct Settled<'s> {
    value: Text<&'s Value>,
    by: Text<Settlement<'s>>,
}

#[derive(Debug, Serialize)]
struct Difference<'s> {
    field: Text<&'s Key>,
    views: Vec<View<'s>>,
    others: Vec<Other<'s>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    complete: Option<bool>,
}

#[derive(Debug, Serialize)]
struct Other<'s> {
    level: Text<EntityKind>,
    id: &'s str,
    views: Vec<View<'s>>,
}

#[derive(Debug, Serialize)]
struct Past<'s> {
    source: &'s str,
    at: Option<&'s str>,
    seen: Date,
    place: Text<Place<'s>>,
    stated: Stated<'s>,
}

impl<'s> Past<'s> {
    fn of(entity: &'s Entity, statement: &'s Statement) -> Self {
        Self {
            source: &statement.source,
            at: statement.at.as_deref(),
            seen: statement.seen,
            place: Text(Place(entity, statement.position)),
            stated: Stated(statement),
        }
    }
}

/// The keys above a listing's statements.
#[derive(Debug)]
pub struct Head<'s>(pub &'s Listing);

impl Serialize for Head<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.head())
    }
}

/// What a statement states, by key.
#[derive(Debug)]
struct Stated<'s>(&'s Statement);

impl Serialize for Stated<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.stated.iter().map(|it| (Text(&it.key), Text(&it.value))))
    }
}

/// Whatever can be displayed, as a text.
#[derive(Debug)]
pub(super) struct Text<T>(pub(super) T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A place in an entity's file: `listings/a/b.toml:3:1`.
#[derive(Debug)]
pub(super) struct Place<'s>(pub(super) &'s Entity, pub(super) Position);

impl Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(entity, position) = self;
        write!(f, "{}:{}:{}", entity.path, position.line, position.column)
    }
}

/// What decided a dispute, in words.
#[derive(Debug)]
struct Settlement<'s>(catalog::Settlement<'s>);

impl Display for Settlement<'_> {
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
