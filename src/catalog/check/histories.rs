//! Checks that hold a file's statements against each other: what is said twice, what vanished, what
//! is old. Each looks at every statement a fixed number of times, however many there are.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Checking;
use crate::catalog::diagnostic::DiagnosticCode;
use crate::catalog::entity::Entity;
use crate::catalog::field::Field;
use crate::catalog::is_stale;
use crate::catalog::statement::{FieldKey, Statement};

/// The statements of one file by a key, each group in the file's order.
pub(super) fn grouped<'c, K: Ord>(
    entity: &'c Entity,
    key: impl Fn(&'c Statement) -> K,
) -> impl Iterator<Item = Vec<&'c Statement>> {
    let mut groups: BTreeMap<K, Vec<&Statement>> = BTreeMap::new();
    for statement in &entity.statements {
        groups.entry(key(statement)).or_default().push(statement);
    }
    groups.into_values().filter(|group| group.len() > 1)
}

/// What a source says twice at one place on one date; each is held against the first alone.
pub(super) fn repetitions(check: &mut Checking<'_>, entity: &Entity) {
    for group in grouped(entity, |it| (it.seen, it.source.as_str(), it.at.as_deref())) {
        let mut first = BTreeMap::new();
        for statement in group {
            for stated in &statement.stated {
                let before = first.entry(&stated.key).or_insert(stated.position);
                if *before == stated.position {
                    continue;
                }
                let text = format!(
                    "`{}` states `{}` again for {}; first in line {}",
                    statement.side(),
                    stated.key,
                    statement.seen,
                    before.line
                );
                let hint = "a source that contradicts itself has one statement per place, `at`";
                let (path, at) = (&entity.path, stated.position);
                check.find(path, at, DiagnosticCode::DuplicateStatement, text, Some(hint));
            }
        }
    }
}

/// The fields of which a statement says anything, be it that they vanished.
fn fields(statement: &Statement) -> impl Iterator<Item = Field> {
    let stated = statement.stated.iter().map(|stated| stated.key.field);
    let withdrawn = statement.withdrawn.iter().map(|(field, _)| *field);
    stated.chain(statement.unread.iter().copied()).chain(withdrawn)
}

pub(super) fn withdrawals(check: &mut Checking<'_>, entity: &Entity) {
    if entity.statements.iter().all(|statement| statement.withdrawn.is_empty()) {
        return;
    }
    let mut first: BTreeMap<(&str, Field), Date> = BTreeMap::new();
    for it in &entity.statements {
        for field in fields(it).filter(|field| !it.withdraws(*field)) {
            let day = first.entry((&it.source, field)).or_insert(it.seen);
            *day = it.seen.min(*day);
        }
    }
    for statement in &entity.statements {
        for (field, at) in &statement.withdrawn {
            let stated_on = first.get(&(statement.source.as_str(), *field));
            let fault = if statement.stated.iter().any(|stated| stated.key.field == *field) {
                "states it in the same breath"
            } else if stated_on.is_none_or(|day| *day >= statement.seen) {
                "never stated it before"
            } else {
                continue;
            };
            let text = format!("`{field}` is withdrawn, and `{}` {fault}", statement.source);
            check.find(&entity.path, *at, DiagnosticCode::WithdrawnUnknown, text, None);
        }
    }
}

pub(super) fn ages(check: &mut Checking<'_>, entity: &Entity) {
    let today = check.today;
    for (statement, _) in stale_statements(entity, today) {
        let (side, age) = (statement.side(), statement.age(today));
        let text = format!("`{side}` is {} days old, of {}", age.days, statement.dated(today));
        let hint = "read the page again, and add a statement with today's date";
        check.find(&entity.path, statement.position, DiagnosticCode::Stale, text, Some(hint));
    }
}

/// The statements of one file on which a stale fact rests, each with the keys of those facts.
pub(crate) fn stale_statements(entity: &Entity, today: Date) -> Vec<(&Statement, Vec<&FieldKey>)> {
    let is_old = |it: &&Statement| it.seen <= today && it.age(today).is_stale();
    if !entity.statements.iter().any(|it| is_old(&it)) {
        return Vec::new();
    }
    // The day on which a source last spoke of a field: nothing older of it is current.
    let mut newest: BTreeMap<(&str, Field), Date> = BTreeMap::new();
    for it in entity.statements.iter().filter(|it| it.seen <= today) {
        for field in fields(it) {
            let day = newest.entry((&it.source, field)).or_insert(it.seen);
            *day = it.seen.max(*day);
        }
    }
    let is_newest = |statement: &Statement, field: Field| {
        newest.get(&(statement.source.as_str(), field)).is_some_and(|day| *day <= statement.seen)
            && !statement.withdraws(field)
    };
    // What a younger source supports is fresh, and what can't age always is.
    let mut youngest: BTreeMap<&FieldKey, Date> = BTreeMap::new();
    for statement in entity.statements.iter().filter(|it| it.seen <= today) {
        for stated in statement.stated.iter().filter(|it| is_newest(statement, it.key.field)) {
            let day = youngest.entry(&stated.key).or_insert(statement.dated(today));
            *day = statement.dated(today).max(*day);
        }
    }
    let is_stale = |key: &FieldKey| {
        key.field.can_age() && youngest.get(key).is_some_and(|day| is_stale(*day, today))
    };
    let stale = entity.statements.iter().filter(is_old).map(|statement| {
        let keys = statement.stated.iter().map(|stated| &stated.key);
        let keys = keys.filter(|key| is_newest(statement, key.field) && is_stale(key));
        (statement, keys.collect())
    });
    stale.filter(|(_, keys): &(_, Vec<_>)| !keys.is_empty()).collect()
}
