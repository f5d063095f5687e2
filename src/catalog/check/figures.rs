//! Checks of figures against the words of their page and against their own past.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::Checking;
use super::histories::grouped;
use crate::catalog::billing::FeeAmount;
use crate::catalog::condition::ConditionRow;
use crate::catalog::diagnostic::DiagnosticCode;
use crate::catalog::entity::Entity;
use crate::catalog::field::Field;
use crate::catalog::money::product;
use crate::catalog::price::Price;
use crate::catalog::source::Rate;
use crate::catalog::statement::{Excerpt, FieldKey, Position, Statement};
use crate::catalog::value::{ExcerptFigures, FieldValue, numbers};

/// An excerpt is a label with its figure; more would be somebody's sentence.
const EXCERPT_CHARS: usize = 60;

/// How far units slip: a decimal place, cents, thousands, millions.
const SLIPS: [u32; 4] = [10, 100, 1_000, 1_000_000];

/// The factor between two figures where one is the other with its unit mistaken.
pub(super) fn slip(a: Decimal, b: Decimal) -> Option<u32> {
    SLIPS.into_iter().find(|factor| {
        let times = |x: Decimal| product(x, Decimal::from(*factor)).ok();
        !a.is_zero() && !b.is_zero() && (times(a) == Some(b) || times(b) == Some(a))
    })
}

pub(super) fn excerpts(check: &mut Checking<'_>, entity: &Entity) {
    for statement in &entity.statements {
        // Of what was not understood nobody can say which figures it has.
        let read = |excerpt: &&Excerpt| !statement.unread.contains(&excerpt.field);
        for excerpt in statement.excerpts.iter().filter(read) {
            excerpt_of(check, entity, statement, excerpt);
        }
    }
}

/// Says that an excerpt is more than a label with its figure, where it is.
fn length(check: &mut Checking<'_>, path: &str, at: Position, of: &str, excerpt: &str) {
    let length = excerpt.chars().count();
    if length > EXCERPT_CHARS || excerpt.contains(['\n', '\r']) {
        let text = format!("the excerpt of `{of}` has {length} characters, or several lines");
        check.find(path, at, DiagnosticCode::ExcerptTooLong, text, None);
    }
}

pub(super) fn excerpt_of_rate(check: &mut Checking<'_>, rate: &Rate) {
    let Some(excerpt) = &rate.excerpt else { return };
    length(check, "rates.toml", rate.position, "rate", excerpt);
    if !numbers(excerpt).contains(&rate.value) {
        let text = format!("the excerpt of `rate` does not show {}", rate.value);
        let code = DiagnosticCode::ExcerptLacksFigure;
        check.find("rates.toml", rate.position, code, text, None);
    }
}

fn excerpt_of(check: &mut Checking<'_>, entity: &Entity, statement: &Statement, it: &Excerpt) {
    let (path, at, field) = (&entity.path, it.position, it.field);
    length(check, path, at, field.key(), &it.text);
    let figures = figures_of(statement, field);
    let (wanted, all) = match &figures {
        ExcerptFigures::None => {
            let text = format!("`{field}` is stated without a figure, or not at all");
            let hint = Some("delete the excerpt");
            return check.find(path, at, DiagnosticCode::ExcerptOnProse, text, hint);
        }
        ExcerptFigures::All(wanted) => (wanted, true),
        ExcerptFigures::Any(wanted) => (wanted, false),
    };
    let shown = numbers(&it.text);
    let lacking: Vec<_> = wanted.iter().filter(|figure| !shown.contains(figure)).collect();
    if lacking.is_empty() || (!all && lacking.len() < wanted.len()) {
        return;
    }
    let slipped = lacking.iter().find_map(|figure| {
        shown.iter().find_map(|shown| Some((**figure, *shown, slip(**figure, *shown)?)))
    });
    if let Some((figure, shown, factor)) = slipped {
        let text = format!("`{field}` says {figure}, its excerpt {shown}: {factor} times off");
        check.find(path, at, DiagnosticCode::OffItsExcerpt, text, Some("look at the unit"));
    } else {
        let text = format!("the excerpt of `{field}` does not show {}", lacking[0]);
        check.find(path, at, DiagnosticCode::ExcerptLacksFigure, text, None);
    }
}

/// The figures of a field, or of all keys of a table together.
fn figures_of(statement: &Statement, field: Field) -> ExcerptFigures {
    let mut stated = statement.stated.iter().filter(|stated| stated.key.field == field);
    if !field.info().kind.is_keyed() {
        return stated.next().map_or(ExcerptFigures::None, |stated| stated.value.figures());
    }
    let any: Vec<_> = stated
        .flat_map(|stated| match stated.value.figures() {
            ExcerptFigures::All(figures) | ExcerptFigures::Any(figures) => figures,
            ExcerptFigures::None => Vec::new(),
        })
        .collect();
    if any.is_empty() { ExcerptFigures::None } else { ExcerptFigures::Any(any) }
}

pub(super) fn pasts(check: &mut Checking<'_>, entity: &Entity) {
    for mut group in grouped(entity, |it| (it.source.as_str(), it.at.as_deref())) {
        group.sort_by_key(|statement| statement.seen);
        let mut past = BTreeMap::new();
        // What was seen on one day is no past of each other.
        for day in group.chunk_by(|a, b| a.seen == b.seen) {
            for statement in day.iter().filter(|statement| statement.confirmed.is_none()) {
                moves(check, entity, statement, &past);
            }
            for stated in day.iter().flat_map(|statement| &statement.stated) {
                past.insert(&stated.key, (day[0].seen, &stated.value));
            }
        }
    }
}

fn moves(
    check: &mut Checking<'_>,
    entity: &Entity,
    statement: &Statement,
    past: &BTreeMap<&FieldKey, (Date, &FieldValue)>,
) {
    for stated in &statement.stated {
        let Some((seen, past)) = past.get(&stated.key) else { continue };
        let Some(text) = moved(past, &stated.value, *seen) else { continue };
        let text = format!("`{}` {text}", stated.key);
        let hint = "look at the unit, or say `confirmed = \"reason\"`";
        let (path, at) = (&entity.path, stated.position);
        check.find(path, at, DiagnosticCode::OffItsPast, text, Some(hint));
    }
}

/// Says that a figure of money moved by a slip's factor since `seen`, where it did.
fn moved(past: &FieldValue, now: &FieldValue, seen: Date) -> Option<String> {
    let pairs: Vec<(Decimal, Decimal)> = match (past, now) {
        (FieldValue::Price(past), FieldValue::Price(now)) => {
            let single = |row: &ConditionRow<Price>| row.value.single().copied();
            let rows = now.0.iter().filter_map(|row| {
                let same = past
                    .0
                    .iter()
                    .find(|past| (&past.when, past.up_to) == (&row.when, row.up_to))?;
                let (past, now) = (single(same)?, single(row)?);
                let unit = (past.currency, past.unit, past.per);
                (unit == (now.currency, now.unit, now.per)).then_some((past.amount, now.amount))
            });
            rows.collect()
        }
        (FieldValue::Credits(past), FieldValue::Credits(now)) => {
            past.of_one().ok().zip(now.of_one().ok()).into_iter().collect()
        }
        (FieldValue::Fees(past), FieldValue::Fees(now)) => {
            let both = past.0.iter().zip(&now.0).filter(|(past, now)| past.on == now.on);
            let rates = both.filter_map(|(past, now)| match (past.amount, now.amount) {
                (FeeAmount::Rate(past), FeeAmount::Rate(now)) => Some((past.0, now.0)),
                (FeeAmount::PerCall(past, of), FeeAmount::PerCall(now, currency)) => {
                    (of == currency).then_some((past, now))
                }
                (FeeAmount::Rate(_), FeeAmount::PerCall(..))
                | (FeeAmount::PerCall(..), FeeAmount::Rate(_)) => None,
            });
            rates.collect()
        }
        (FieldValue::Count(past), FieldValue::Count(now)) => vec![((*past).into(), (*now).into())],
        (FieldValue::Days(past), FieldValue::Days(now)) => vec![(past.0.into(), now.0.into())],
        _ => Vec::new(),
    };
    pairs.into_iter().find_map(|(past, now)| {
        let factor = slip(past, now)?;
        Some(format!("was {past} on {seen} and is {now}: {factor} times off"))
    })
}
