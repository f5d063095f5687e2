//! What was stated over time, statement by statement: what a source said first, what it changed,
//! what vanished, and what only we had got wrong.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::catalog::{Clause, Entity, Field, FieldKey, Position, Stated, Statement};
use crate::pricing::{CatalogStamp, catalog_stamp};
use crate::site::context::SiteContext;
use crate::site::urls;
use crate::site::view::promise::says;

/// What became of a fact, or of a whole statement: the weightiest of its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub(crate) enum ChangeKind {
    #[strum(serialize = "seen-again")]
    Again,
    #[strum(serialize = "first-seen")]
    First,
    Changed,
    Withdrawn,
    Corrected,
}

impl ChangeKind {
    /// The word in the JSON.
    pub(crate) fn word(self) -> &'static str {
        self.into()
    }
}

/// What a change is of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ChangedItem<'c> {
    Fact(&'c FieldKey),
    /// A clause of a contract, by its id.
    Clause(&'c str),
}

/// What became of one fact, or of one clause of a contract.
#[derive(Debug)]
pub(crate) struct FieldChange<'c> {
    pub(crate) what: ChangedItem<'c>,
    pub(crate) how: ChangeKind,
    pub(crate) old: String,
    pub(crate) new: String,
}

/// One statement as an event, the correction of one, or what a source says of a contract.
#[derive(Debug)]
pub(crate) struct StatementChange<'c> {
    pub(crate) day: Date,
    pub(crate) how: ChangeKind,
    pub(crate) entity: &'c Entity,
    pub(crate) source: &'c str,
    pub(crate) at: Option<&'c str>,
    pub(crate) seen: Date,
    position: Position,
    pub(crate) items: Vec<FieldChange<'c>>,
    pub(crate) anchor: String,
}

impl FieldChange<'_> {
    /// Whether it is a price, or what stands between a price and money.
    pub(crate) fn is_money(&self) -> bool {
        matches!(self.what, ChangedItem::Fact(key) if key.field.is_money())
    }
}

impl StatementChange<'_> {
    /// Whether anything moved: what was read for the first time, or again, did not.
    pub(crate) fn is_change(&self) -> bool {
        matches!(self.how, ChangeKind::Changed | ChangeKind::Withdrawn | ChangeKind::Corrected)
    }

    /// Whether it is money that moved.
    pub(crate) fn is_of_price(&self) -> bool {
        self.items.iter().any(|item| item.is_money() && item.how == self.how)
    }
}

/// Every statement up to the day, newest first.
pub(crate) fn changes<'c>(site: &SiteContext<'c>) -> Vec<StatementChange<'c>> {
    let as_of = site.settings.as_of;
    let mut changes = Vec::new();
    for entity in site.catalog.entities() {
        for statement in entity.statements.iter().filter(|it| it.seen <= as_of) {
            changes.push(stated(entity, statement));
            if let Some(day) = statement.corrected.filter(|day| *day <= as_of) {
                changes.push(corrected(entity, statement, day));
            }
        }
        promised(entity, as_of, &mut changes);
    }
    changes.sort_by(|a, b| {
        let place = |it: &StatementChange<'c>| (it.entity.kind, &it.entity.id, it.position);
        b.day.cmp(&a.day).then_with(|| place(a).cmp(&place(b))).then_with(|| a.how.cmp(&b.how))
    });
    let mut taken: BTreeMap<String, u32> = BTreeMap::new();
    for change in &mut changes {
        let count = taken.entry(change.anchor.clone()).or_default();
        *count += 1;
        if *count > 1 {
            change.anchor = format!("{}.{count}", change.anchor);
        }
    }
    changes
}

/// The document of `api/v1/changes.json`: every statement over time.
pub(crate) fn document<'c>(site: &SiteContext<'c>) -> impl Serialize {
    let log = changes(site);
    let change = |change: StatementChange<'c>| ChangeDocument {
        address: site.absolute(&format!("/changes/#{}", change.anchor)),
        change,
    };
    ChangesDocument {
        format: 1,
        catalog: catalog_stamp(site.catalog),
        as_of: site.settings.as_of,
        changes: log.into_iter().map(change).collect(),
    }
}

/// What was stated over time.
#[derive(serde::Serialize)]
struct ChangesDocument<'c> {
    format: u8,
    catalog: CatalogStamp<'c>,
    as_of: Date,
    changes: Vec<ChangeDocument<'c>>,
}

struct ChangeDocument<'c> {
    address: String,
    change: StatementChange<'c>,
}

impl Serialize for ChangeDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { address, change } = self;
        let items: Vec<_> = change.items.iter().map(FieldChangeDocument::new).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &change.anchor)?;
        map.serialize_entry("address", address)?;
        map.serialize_entry("date", &change.day)?;
        map.serialize_entry("change", change.how.word())?;
        map.serialize_entry("level", change.entity.kind.as_str())?;
        map.serialize_entry("subject", &*change.entity.id)?;
        map.serialize_entry("source", change.source)?;
        map.serialize_entry("at", &change.at)?;
        map.serialize_entry("seen", &change.seen)?;
        map.serialize_entry("items", &items)?;
        map.end()
    }
}

#[derive(serde::Serialize)]
struct FieldChangeDocument<'s> {
    fact: Option<String>,
    clause: Option<&'s str>,
    change: &'static str,
    old: Option<&'s str>,
    new: Option<&'s str>,
}

impl<'s> FieldChangeDocument<'s> {
    fn new(item: &'s FieldChange<'_>) -> Self {
        let (fact, clause) = match item.what {
            ChangedItem::Fact(key) => (Some(key.to_string()), None),
            ChangedItem::Clause(id) => (None, Some(id)),
        };
        let (old, new) = (text(&item.old), text(&item.new));
        Self { fact, clause, change: item.how.word(), old, new }
    }
}

fn text(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// A change of an entity by a source at a place, without its items.
fn change<'c>(
    entity: &'c Entity,
    source: &'c str,
    at: Option<&'c str>,
    seen: Date,
    position: Position,
) -> StatementChange<'c> {
    let parts = [&*seen.to_string(), entity.kind.as_str(), &*entity.id, source];
    let parts = parts.into_iter().chain(at).map(urls::anchor);
    let anchor = parts.collect::<Vec<_>>().join(".");
    let (how, items) = (ChangeKind::Again, Vec::new());
    StatementChange { day: seen, how, entity, source, at, seen, position, items, anchor }
}

/// What the same source said of a field before, at the same place where it said it there.
fn before<'c>(entity: &'c Entity, now: &Statement, field: Field) -> Option<&'c Statement> {
    let earlier = entity
        .statements
        .iter()
        .filter(|it| it.source == now.source && it.seen < now.seen && it.speaks_of(field));
    earlier.max_by_key(|it| (it.at == now.at, it.seen))
}

fn stated<'c>(entity: &'c Entity, statement: &'c Statement) -> StatementChange<'c> {
    let mut items = Vec::new();
    for stated in &statement.stated {
        let field = stated.key.field;
        let old = before(entity, statement, field).and_then(|old| old.states(&stated.key));
        let how = match old {
            Some(old) if old.value == stated.value => ChangeKind::Again,
            Some(_) => ChangeKind::Changed,
            None => ChangeKind::First,
        };
        let old = old.map(|old| old.value.to_string()).unwrap_or_default();
        let what = ChangedItem::Fact(&stated.key);
        items.push(FieldChange { what, how, old, new: stated.value.to_string() });
    }
    let mut fields: Vec<Field> = statement.stated.iter().map(|it| it.key.field).collect();
    fields.extend(statement.withdrawn.iter().map(|(field, _)| *field));
    fields.sort();
    fields.dedup();
    for field in fields {
        let Some(old) = before(entity, statement, field) else { continue };
        let gone = old
            .stated
            .iter()
            .filter(|it| it.key.field == field && statement.states(&it.key).is_none());
        items.extend(gone.map(|gone| FieldChange {
            what: ChangedItem::Fact(&gone.key),
            how: ChangeKind::Withdrawn,
            old: gone.value.to_string(),
            new: String::new(),
        }));
    }
    let Statement { source, at, seen, position, .. } = statement;
    let made = change(entity, source, at.as_deref(), *seen, *position);
    StatementChange { how: weightiest(&items), items, ..made }
}

fn weightiest(items: &[FieldChange<'_>]) -> ChangeKind {
    items.iter().map(|item| item.how).max().unwrap_or(ChangeKind::Again)
}

fn corrected<'c>(entity: &'c Entity, statement: &'c Statement, day: Date) -> StatementChange<'c> {
    let item = |stated: &'c Stated| FieldChange {
        what: ChangedItem::Fact(&stated.key),
        how: ChangeKind::Corrected,
        old: String::new(),
        new: stated.value.to_string(),
    };
    let items = statement.stated.iter().map(item).collect();
    let Statement { source, at, seen, position, .. } = statement;
    let made = change(entity, source, at.as_deref(), day, *position);
    let anchor = format!("{}.corrected", made.anchor);
    StatementChange { how: ChangeKind::Corrected, seen: *seen, items, anchor, ..made }
}

/// What each source says of a contract on each day, all its clauses in one change.
fn promised<'c>(entity: &'c Entity, as_of: Date, changes: &mut Vec<StatementChange<'c>>) {
    let mut groups: BTreeMap<(Date, &'c str), Vec<&'c Clause>> = BTreeMap::new();
    for clause in entity.clauses.iter().filter(|clause| clause.seen <= as_of) {
        groups.entry((clause.seen, &clause.source)).or_default().push(clause);
    }
    for ((seen, source), clauses) in groups {
        let earlier = |clause: &Clause| {
            let same = entity.clauses.iter().filter(|it| {
                it.source == clause.source && it.id == clause.id && it.seen < clause.seen
            });
            same.max_by_key(|it| (it.at == clause.at, it.seen)).map(says)
        };
        let item = |clause: &&'c Clause| {
            let (old, new) = (earlier(clause), says(clause));
            let how = match &old {
                None => ChangeKind::First,
                Some(old) if *old == new => ChangeKind::Again,
                Some(_) => ChangeKind::Changed,
            };
            let what = ChangedItem::Clause(&clause.id);
            FieldChange { what, how, old: old.unwrap_or_default(), new }
        };
        let items: Vec<FieldChange<'c>> = clauses.iter().map(item).collect();
        let Some(first) = clauses.first() else { continue };
        let made = change(entity, source, None, seen, first.position);
        let anchor = format!("{}.contract", made.anchor);
        changes.push(StatementChange { how: weightiest(&items), items, anchor, ..made });
    }
}
