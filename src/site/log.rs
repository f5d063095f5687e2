//! What was stated over time, statement by statement: what a source said first, what it changed,
//! what vanished, and what only we had got wrong.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Site, address};
use crate::catalog::{Field, Key, Statement, Subject};
use crate::compare::catalog_stamp;

/// What became of a fact, or of a whole statement: the weightiest of its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// The source says it still.
    Again,
    /// The source says it for the first time that we know of.
    First,
    /// The source changed it.
    Changed,
    /// It vanished from the source.
    Withdrawn,
    /// The source never moved: we had transcribed it wrong.
    Corrected,
}

impl How {
    /// The word in the JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Again => "seen-again",
            Self::First => "first-seen",
            Self::Changed => "changed",
            Self::Withdrawn => "withdrawn",
            Self::Corrected => "corrected",
        }
    }
}

/// What became of one fact.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) key: Key,
    pub(crate) how: How,
    /// What the source said before; nothing where it is not known.
    pub(crate) old: String,
    /// What it says now; nothing where it vanished.
    pub(crate) new: String,
}

/// One statement as an event, or the correction of one.
#[derive(Debug)]
pub(crate) struct Change<'c> {
    pub(crate) day: Date,
    pub(crate) how: How,
    pub(crate) subject: &'c Subject,
    pub(crate) statement: &'c Statement,
    pub(crate) items: Vec<Item>,
    /// Its id within the page of changes.
    pub(crate) anchor: String,
}

impl Change<'_> {
    /// Whether a price moved, or what stands between a price and money.
    pub(crate) fn is_of_price(&self) -> bool {
        let money = |item: &Item| {
            matches!(item.key.field, Field::Price | Field::Credits | Field::Fee)
                && item.how == self.how
        };
        self.items.iter().any(money)
    }
}

impl<'c> Site<'c> {
    /// Every statement up to the day, newest first.
    pub(crate) fn log(&self) -> Vec<Change<'c>> {
        let as_of = self.settings.as_of;
        let mut changes = Vec::new();
        for subject in self.catalog.subjects() {
            for statement in subject.statements.iter().filter(|it| it.seen <= as_of) {
                changes.push(stated(subject, statement));
                if let Some(day) = statement.corrected.filter(|day| *day <= as_of) {
                    changes.push(corrected(subject, statement, day));
                }
            }
        }
        changes.sort_by(|a, b| {
            let place = |it: &Change<'c>| (it.subject.level, &it.subject.id, it.statement.position);
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
    pub fn changes_document(&self) -> Value {
        let item = |item: &Item| {
            json!({
                "field": item.key.to_string(), "change": item.how.word(),
                "old": text(&item.old), "new": text(&item.new),
            })
        };
        let change = |change: &Change<'_>| {
            json!({
                "id": change.anchor,
                "address": self.whole(&format!("/changes/#{}", change.anchor)),
                "date": change.day.to_string(),
                "change": change.how.word(),
                "level": change.subject.level.to_string(),
                "subject": change.subject.id,
                "source": change.statement.source,
                "at": change.statement.at,
                "seen": change.statement.seen.to_string(),
                "corrected": change.statement.corrected.map(|day| day.to_string()),
                "facts": change.items.iter().map(item).collect::<Vec<_>>(),
            })
        };
        json!({
            "format": 1,
            "catalog": catalog_stamp(self.catalog),
            "as_of": self.settings.as_of.to_string(),
            "changes": self.log().iter().map(change).collect::<Vec<_>>(),
        })
    }
}

fn text(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn anchor(subject: &Subject, statement: &Statement, day: Date, word: &str) -> String {
    let at = statement.at.as_deref().unwrap_or_default();
    let parts = [&day.to_string(), &subject.level.to_string(), &subject.id, &statement.source];
    let parts = parts.into_iter().map(String::as_str).chain([at, word]);
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).map(address::anchor).collect();
    parts.join(".")
}

/// What the same source said of a field before, at the same place where it said it there.
fn before<'c>(subject: &'c Subject, now: &Statement, field: Field) -> Option<&'c Statement> {
    let earlier = subject
        .statements
        .iter()
        .filter(|it| it.source == now.source && it.seen < now.seen && it.speaks_of(field));
    earlier.max_by_key(|it| (it.at == now.at, it.seen))
}

fn stated<'c>(subject: &'c Subject, statement: &'c Statement) -> Change<'c> {
    let mut items = Vec::new();
    for stated in &statement.stated {
        let field = stated.key.field;
        let old = before(subject, statement, field).and_then(|old| old.states(&stated.key));
        let how = match old {
            Some(old) if old.value == stated.value => How::Again,
            Some(_) => How::Changed,
            None => How::First,
        };
        let old = old.map(|old| old.value.to_string()).unwrap_or_default();
        items.push(Item { key: stated.key.clone(), how, old, new: stated.value.to_string() });
    }
    let mut fields: Vec<Field> = statement.stated.iter().map(|it| it.key.field).collect();
    fields.extend(statement.withdrawn.iter().map(|(field, _)| *field));
    fields.sort();
    fields.dedup();
    for field in fields {
        let Some(old) = before(subject, statement, field) else { continue };
        let gone = old
            .stated
            .iter()
            .filter(|it| it.key.field == field && statement.states(&it.key).is_none());
        items.extend(gone.map(|gone| Item {
            key: gone.key.clone(),
            how: How::Withdrawn,
            old: gone.value.to_string(),
            new: String::new(),
        }));
    }
    let how = items.iter().map(|item| item.how).max().unwrap_or(How::Again);
    let anchor = anchor(subject, statement, statement.seen, "");
    Change { day: statement.seen, how, subject, statement, items, anchor }
}

fn corrected<'c>(subject: &'c Subject, statement: &'c Statement, day: Date) -> Change<'c> {
    let item = |stated: &crate::catalog::Stated| Item {
        key: stated.key.clone(),
        how: How::Corrected,
        old: String::new(),
        new: stated.value.to_string(),
    };
    let items = statement.stated.iter().map(item).collect();
    let anchor = anchor(subject, statement, day, "corrected");
    Change { day, how: How::Corrected, subject, statement, items, anchor }
}
