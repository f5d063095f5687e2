//! Everything that is known of one listing, as a value: facts with their sides, disputes,
//! what its endpoint promises, differences from other sellers, matters of the pages, and what was
//! said before.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::catalog::{
    Catalog, Difference, Fact, Part, Position, Settlement, State, Statement, Subject, View,
};
use crate::compare::catalog_stamp;
use crate::contract::Contract;

mod promise;

pub use promise::{views, words};

/// What is known of a listing on a day.
#[derive(Debug)]
pub struct Shown<'c> {
    /// The listing.
    pub listing: &'c Subject,
    /// The day.
    pub as_of: Date,
    /// Its terms and what it is said to be, in the order of the fields.
    pub facts: Vec<Fact<'c>>,
    /// Matters of the pages alone.
    pub pages: Vec<Fact<'c>>,
    /// Fields on which other sellers say something else.
    pub differences: Vec<Difference<'c>>,
    /// Statements that no longer count, or not yet, oldest first, with their subject.
    pub past: Vec<(&'c Subject, &'c Statement)>,
    /// What its endpoint promises, where that is known.
    pub contract: Option<Contract<'c>>,
}

/// Looks up all that is known of a listing, and what other sellers say of the same.
pub fn show<'c>(catalog: &'c Catalog, listing: &'c Subject, as_of: Date) -> Shown<'c> {
    Shown { differences: catalog.differences(listing, as_of), ..known(catalog, listing, as_of) }
}

/// Looks up all that is known of a listing, without a look at any other.
pub fn known<'c>(catalog: &'c Catalog, listing: &'c Subject, as_of: Date) -> Shown<'c> {
    let keys = catalog.keys(listing, as_of).into_iter();
    let facts = keys.filter_map(|key| catalog.fact(listing, &key, as_of));
    let (pages, facts) = facts.partition(|fact| fact.key.field.info().part == Part::Page);
    let mut shown = Shown {
        listing,
        as_of,
        facts,
        pages,
        differences: Vec::new(),
        past: Vec::new(),
        contract: Contract::of(catalog, listing, as_of),
    };
    let statements = catalog
        .levels(listing)
        .flat_map(|subject| subject.statements.iter().map(move |statement| (subject, statement)));
    shown.past = statements.filter(|(subject, s)| is_past(catalog, subject, s, as_of)).collect();
    shown.past.sort_by_key(|(_, statement)| statement.seen);
    shown
}

/// Whether something that a statement states is no longer current on the day.
fn is_past(catalog: &Catalog, subject: &Subject, statement: &Statement, as_of: Date) -> bool {
    statement.seen <= as_of
        && statement.stated.iter().any(|stated| {
            let fact = catalog.fact_of(subject, &stated.key, as_of);
            let mut sides = fact.iter().flat_map(|fact| &fact.views).flat_map(|view| &view.sides);
            !sides.any(|side| std::ptr::eq(side.statement, statement))
        })
}

impl<'c> Shown<'c> {
    /// The facts on which the listing's own sources differ, settled ones among them.
    pub fn disputes(&self) -> impl Iterator<Item = &Fact<'c>> {
        self.facts.iter().filter(|fact| fact.state() != State::Agreed)
    }

    /// The document of `show --format json`.
    pub fn document(&self, catalog: &Catalog) -> Value {
        let head: Map<String, Value> = self
            .listing
            .head
            .iter()
            .map(|(key, text, _)| ((*key).to_owned(), json!(text)))
            .collect();
        let facts = |facts: &[Fact<'_>]| {
            facts.iter().map(|fact| self.fact(catalog, fact)).collect::<Vec<_>>()
        };
        let difference = |difference: &Difference<'_>| {
            let others = difference.others.iter().map(|other| {
                json!({
                    "level": other.subject.level.to_string(),
                    "id": other.subject.id,
                    "views": self.views(catalog, &other.fact),
                })
            });
            json!({
                "field": difference.fact.key.to_string(),
                "views": self.views(catalog, &difference.fact),
                "others": others.collect::<Vec<_>>(),
            })
        };
        let past = |(subject, statement): &(&Subject, &Statement)| {
            let stated = statement.stated.iter();
            json!({
                "source": statement.source, "at": statement.at,
                "seen": statement.seen.to_string(),
                "place": place(subject, statement.position),
                "stated": stated.map(|s| (s.key.to_string(), json!(s.value.to_string())))
                    .collect::<Map<_, _>>(),
            })
        };
        let differences: Vec<_> = self.differences.iter().map(difference).collect();
        let past: Vec<_> = self.past.iter().map(past).collect();
        json!({
            "format": 1,
            "catalog": catalog_stamp(catalog),
            "as_of": self.as_of.to_string(),
            "listing": self.listing.id,
            "provider": self.listing.provider(),
            "head": head,
            "facts": facts(&self.facts),
            "contract": self.contract.as_ref().map(|c| promise::document(catalog, c)),
            "pages": facts(&self.pages),
            "differences": differences,
            "past": past,
        })
    }

    fn fact(&self, catalog: &Catalog, fact: &Fact<'_>) -> Value {
        let settled = fact.settled.map(|(view, by)| {
            let by = match by {
                Settlement::Probe(statement) => format!("probe {}", statement.source),
                Settlement::Invoice(statement) => format!("invoice {}", statement.source),
                Settlement::Ruling(ruling) => {
                    format!("ruling of {}: {}", ruling.date, ruling.reason)
                }
            };
            json!({ "value": fact.views[view].value.to_string(), "by": by })
        });
        json!({
            "field": fact.key.to_string(),
            "level": fact.level().to_string(),
            "from": fact.subject.id,
            "state": state_word(fact.state()),
            "views": self.views(catalog, fact),
            "settled": settled,
        })
    }

    fn views(&self, catalog: &Catalog, fact: &Fact<'_>) -> Vec<Value> {
        let side = |view: &View<'_>| {
            let sides = view.sides.iter().map(|side| {
                let statement = side.statement;
                let age = statement.age(self.as_of);
                json!({
                    "source": statement.source,
                    "at": statement.at,
                    "address": catalog.sources.get(&statement.source).map(|s| s.address.as_str()),
                    "seen": statement.seen.to_string(),
                    "page_date": statement.page_date.map(|date| date.to_string()),
                    "age_days": age.days,
                    "stale": age.is_stale(),
                    "undated": age.undated,
                    "excerpt": statement.excerpt(fact.key.field),
                    "place": place(fact.subject, side.stated.position),
                })
            });
            sides.collect::<Vec<_>>()
        };
        let view =
            |view: &View<'_>| json!({ "value": view.value.to_string(), "sides": side(view) });
        fact.views.iter().map(view).collect()
    }
}

/// The word for a fact's state.
pub fn state_word(state: State) -> &'static str {
    match state {
        State::Agreed => "agreed",
        State::Disputed => "disputed",
        State::Settled => "settled",
    }
}

fn place(subject: &Subject, position: Position) -> String {
    format!("{}:{}:{}", subject.path, position.line, position.column)
}
