//! Writes the day on which every excerpt of a statement was confirmed into a catalog's folder, and
//! nothing else: comments and order stay.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use jiff::civil::Date;
use toml_edit::{DocumentMut, Item, Table, Value};

use crate::cli::open;
use crate::cli::output::{Output, plural};

use cogdex::catalog::Statement;
use cogdex::verify::{Figure, FigureFinding, FigureVerdict, SourceReport};

/// A statement's file, its place among the statements of the file, and itself.
type Place<'c> = (&'c str, usize);

/// The figures of a statement with what was found of them.
#[derive(Default)]
struct StatementFindings<'r> {
    figures: Vec<(&'r Figure<'r>, &'r FigureFinding)>,
    day: Date,
}

/// Writes `checked` where it is newer, and says how often.
pub(super) fn record(
    folder: &Path,
    reports: &[(&SourceReport<'_>, Date)],
    output: &mut Output,
) -> Result<()> {
    let mut files: BTreeMap<&str, DocumentMut> = BTreeMap::new();
    let mut count = 0;
    for ((path, place), found) in by_statement(reports) {
        let Some((first, _)) = found.figures.first() else { continue };
        if !is_confirmed(first.statement, &found) {
            continue;
        }
        let document = match files.remove(path) {
            Some(document) => document,
            None => read(folder, path)?,
        };
        let document = files.entry(path).or_insert(document);
        let table = statement(document, place).ok_or_else(|| {
            anyhow!("{path}: its statements are no `[[statement]]` tables, and are left alone")
        })?;
        if first.statement.checked.is_none_or(|checked| checked < found.day) {
            set_checked(table, found.day)?;
            count += 1;
        }
    }
    let changed = files.iter().filter(|_| count > 0);
    for (path, document) in changed {
        open::replace(&folder.join(path), document.to_string().as_bytes())?;
    }
    let statements = plural(count, "statement");
    output.note(&format!("{statements} in {} recorded as checked", folder.display()));
    Ok(())
}

/// What was found, by statement.
fn by_statement<'r>(
    reports: &'r [(&'r SourceReport<'r>, Date)],
) -> BTreeMap<Place<'r>, StatementFindings<'r>> {
    let mut statements: BTreeMap<Place<'_>, StatementFindings<'_>> = BTreeMap::new();
    for (report, day) in reports {
        for (figure, finding) in report.planned.figures.iter().zip(&report.findings) {
            let mut all = figure.entity.statements.iter();
            let place = all.position(|it| it.position == figure.statement.position);
            let place = (figure.entity.path.as_str(), place.unwrap_or(usize::MAX));
            let found = statements.entry(place).or_default();
            found.figures.push((figure, finding));
            found.day = *day;
        }
    }
    statements
}

/// Whether every excerpt of a statement was looked for, and is there.
fn is_confirmed(statement: &Statement, found: &StatementFindings<'_>) -> bool {
    found.figures.len() == statement.excerpts.len()
        && found.figures.iter().all(|(_, it)| it.verdict == FigureVerdict::Confirmed)
        && found.day >= statement.seen
}

pub(super) fn read(folder: &Path, path: &str) -> Result<DocumentMut> {
    let file = folder.join(path);
    let text = std::fs::read_to_string(&file);
    let text = text.with_context(|| format!("can't read {}", file.display()))?;
    text.parse().with_context(|| format!("can't read {}", file.display()))
}

/// The table of a statement.
pub(super) fn statement(document: &mut DocumentMut, place: usize) -> Option<&mut Table> {
    document.get_mut("statement")?.as_array_of_tables_mut()?.get_mut(place)
}

/// Puts `checked` behind `seen`, or in the place where it stands.
fn set_checked(table: &mut Table, day: Date) -> Result<()> {
    let date: toml_edit::Datetime = day.to_string().parse()?;
    if let Some(Item::Value(old)) = table.get_mut("checked") {
        let decor = old.decor().clone();
        *old = Value::from(date);
        *old.decor_mut() = decor;
        return Ok(());
    }
    let order: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    table.insert("checked", toml_edit::value(date));
    let behind = order.iter().position(|key| key == "seen").unwrap_or(0);
    let rank = |key: &str| match order.iter().position(|known| known == key) {
        Some(at) => 2 * at,
        None => 2 * behind + 1,
    };
    table.sort_values_by(|a, _, b, _| rank(a.get()).cmp(&rank(b.get())));
    Ok(())
}
