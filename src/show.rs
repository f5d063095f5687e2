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
            facts.iter().map(|fact| self.fact(catalog, fact)).collect::<Value>()
        };
        let difference = |difference: &Difference<'_>| {
            let others = difference.others.iter().map(|other| {
                let (level, id) = (other.subject.level.to_string(), &other.subject.id);
                let document = json!({ "level": level, "id": id, "views": null });
                filled(document, [("views", self.views(catalog, &other.fact))])
            });
            let key = difference.fact.key.to_string();
            let views = self.views(catalog, &difference.fact);
            let document = json!({ "field": key, "views": null, "others": null });
            filled(document, [("views", views), ("others", others.collect())])
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
        let document = json!({
            "format": 1,
            "catalog": catalog_stamp(catalog),
            "as_of": self.as_of.to_string(),
            "listing": self.listing.id,
            "provider": self.listing.provider(),
            "head": head,
            "facts": null,
            "contract": self.contract.as_ref().map(|c| promise::document(catalog, c)),
            "pages": null,
            "differences": null,
            "past": null,
        });
        let parts = [
            ("facts", facts(&self.facts)),
            ("pages", facts(&self.pages)),
            ("differences", self.differences.iter().map(difference).collect()),
            ("past", self.past.iter().map(past).collect()),
        ];
        filled(document, parts)
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
        let document = json!({
            "field": fact.key.to_string(),
            "level": fact.level().to_string(),
            "from": fact.subject.id,
            "state": state_word(fact.state()),
            "views": null,
            "settled": settled,
        });
        filled(document, [("views", self.views(catalog, fact))])
    }

    fn views(&self, catalog: &Catalog, fact: &Fact<'_>) -> Value {
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
            sides.collect::<Value>()
        };
        let view = |view: &View<'_>| {
            let document = json!({ "value": view.value.to_string(), "sides": null });
            filled(document, [("sides", side(view))])
        };
        fact.views.iter().map(view).collect()
    }
}

/// Puts parts that were made before in their places: `json!` copies what it is given, once for
/// each level above it.
fn filled<const N: usize>(mut document: Value, parts: [(&str, Value); N]) -> Value {
    for (key, part) in parts {
        document[key] = part;
    }
    document
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
