//! One change as the page of changes and the feed show it.

use crate::catalog::Field;
use crate::site::changelog::{ChangeKind, FieldChange, StatementChange};
use crate::site::context::SiteContext;
use crate::site::format::{capability, count_of, key_text, phrase};
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
    let weighs = |item: &&FieldChange| {
        item.is_money() || matches!(item.how, ChangeKind::Changed | ChangeKind::Withdrawn)
    };
    let (moves, others): (Vec<&FieldChange>, Vec<&FieldChange>) =
        change.items.iter().partition(weighs);
    let shown = |item: &&FieldChange| ShownChange {
        label: if item.field.is_some() { key_text(&item.name) } else { item.name.clone() },
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
fn names(items: &[&FieldChange]) -> Vec<String> {
    let facts = || items.iter().filter(|item| item.field.is_some());
    let mut tables: Vec<(&str, Vec<String>)> = Vec::new();
    for item in facts() {
        let (table, name) = item.name.split_once('.').unwrap_or((&item.name, ""));
        let inner = match name {
            "" => Vec::new(),
            name if table == Field::Capabilities.key() => vec![capability(name).to_owned()],
            name => vec![phrase(name)],
        };
        match tables.iter_mut().find(|(known, _)| *known == table) {
            Some((_, names)) => names.extend(inner),
            None => tables.push((table, inner)),
        }
    }
    let written = |(table, inner): &(&str, Vec<String>)| match inner.as_slice() {
        [] => key_text(table),
        inner => format!("{} ({})", key_text(table), inner.join(", ")),
    };
    let mut names: Vec<_> = tables.iter().map(written).collect();
    let clauses = items.len() - facts().count();
    if clauses > 0 {
        names.push(format!("{} of the contract", count_of(clauses, "clause")));
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
