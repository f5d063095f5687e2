//! One change as the page of changes and the feed show it.

use crate::catalog::Field;
use crate::site::changelog::{ChangeKind, ChangedItem, FieldChange, StatementChange};
use crate::site::context::SiteContext;
use crate::site::format::{capability, key_text, phrase, plural};
use crate::site::link::Link;

/// One fact of a change.
#[derive(Debug)]
pub(crate) struct ShownChange {
    pub(crate) label: String,
    pub(crate) old: String,
    pub(crate) new: String,
}

/// One change.
#[derive(Debug)]
pub(crate) struct ChangeView {
    pub(crate) anchor: String,
    pub(crate) day: String,
    /// `price changed`, `our correction`, `first seen`.
    pub(crate) word: String,
    pub(crate) class: &'static str,
    pub(crate) level: String,
    pub(crate) subject: Link,
    pub(crate) source: Link,
    pub(crate) at: String,
    pub(crate) moves: Vec<ShownChange>,
    pub(crate) others: String,
    pub(crate) sentence: String,
    pub(crate) address: String,
}

/// A change for the templates.
pub(crate) fn change_view(site: &SiteContext<'_>, change: &StatementChange<'_>) -> ChangeView {
    let weighs = |item: &&FieldChange<'_>| {
        item.is_money() || matches!(item.how, ChangeKind::Changed | ChangeKind::Withdrawn)
    };
    let (moves, others): (Vec<_>, Vec<_>) = change.items.iter().partition(weighs);
    let shown = |item: &&FieldChange<'_>| ShownChange {
        label: match item.what {
            ChangedItem::Fact(key) => key_text(&key.to_string()),
            ChangedItem::Clause(id) => id.to_owned(),
        },
        old: if item.how == ChangeKind::Again { String::new() } else { item.old.clone() },
        new: item.new.clone(),
    };
    let moves: Vec<ShownChange> = moves.iter().map(shown).collect();
    let others = names(&others);
    let (word, class) = word(change);
    let source = site.source_link(change.source);
    let sentence = sentence(&moves, &others, &source.label);
    ChangeView {
        address: site.absolute(&format!("/changes/#{}", change.anchor)),
        anchor: change.anchor.clone(),
        day: change.day.to_string(),
        word,
        class,
        level: change.entity.kind.to_string(),
        subject: Link::to(change.entity),
        source,
        at: change.at.unwrap_or_default().to_owned(),
        moves,
        others: others.join(", "),
        sentence,
    }
}

/// Facts by name, those of a table together, clauses by number: a contract has a hundred.
fn names(items: &[&FieldChange<'_>]) -> Vec<String> {
    let mut tables: Vec<(Field, Vec<String>)> = Vec::new();
    let mut clauses = 0;
    for item in items {
        let ChangedItem::Fact(key) = item.what else {
            clauses += 1;
            continue;
        };
        let inner = key.name.as_deref().map(|name| match key.field {
            Field::Capabilities => capability(name).to_owned(),
            _ => phrase(name),
        });
        match tables.iter_mut().find(|(known, _)| *known == key.field) {
            Some((_, names)) => names.extend(inner),
            None => tables.push((key.field, inner.into_iter().collect())),
        }
    }
    let written = |(table, inner): &(Field, Vec<String>)| match inner.as_slice() {
        [] => key_text(table.key()),
        inner => format!("{} ({})", key_text(table.key()), inner.join(", ")),
    };
    let mut names: Vec<_> = tables.iter().map(written).collect();
    if clauses > 0 {
        names.push(format!("{} of the contract", plural(clauses, "clause")));
    }
    names
}

/// The words for a change, and the class of their badge.
fn word(change: &StatementChange<'_>) -> (String, &'static str) {
    let (word, class) = match change.how {
        ChangeKind::Again => return ("seen again".to_owned(), ""),
        ChangeKind::First => return ("first seen".to_owned(), ""),
        ChangeKind::Corrected => return ("our correction".to_owned(), "settled"),
        ChangeKind::Changed => ("changed", "warn"),
        ChangeKind::Withdrawn => ("vanished", "bad"),
    };
    (if change.is_of_price() { format!("price {word}") } else { word.to_owned() }, class)
}

fn sentence(moves: &[ShownChange], others: &[String], source: &str) -> String {
    let part = |it: &ShownChange| match (it.old.as_str(), it.new.as_str()) {
        (old, "") => format!("{} vanished, was {old}", it.label),
        ("", new) => format!("{} {new}", it.label),
        (old, new) => format!("{} from {old} to {new}", it.label),
    };
    let mut parts: Vec<_> = moves.iter().map(part).collect();
    if !others.is_empty() {
        let also = if parts.is_empty() { "states" } else { "also states" };
        parts.push(format!("{also} {}", others.join(", ")));
    }
    format!("{source}: {}.", parts.join("; "))
}
