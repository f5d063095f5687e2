//! Facts in groups, each in a line with the numbers of its sources.

use anyhow::Result;
use jiff::civil::Date;

use super::source_list::SourceList;
use crate::cli::output::{BOLD, DIM, Output, YELLOW, clean, styled};
use cogdex::catalog::{Catalog, Claim, EntityKind, Fact, FactState, FieldTopic};
use strum::VariantArray;

/// The widest that the column of names may be.
const MAX_NAME: usize = 26;

/// From so many columns on, names have a column of their own.
const MIN_COLUMNS: usize = 72;

/// Prints facts on which sources agree, below the headings of what they are about.
pub(super) fn print<'c>(
    output: &mut Output,
    sources: &mut SourceList<'c>,
    facts: &[&Fact<'c>],
    (as_of, page): (Date, EntityKind),
    verbose: Option<&Catalog>,
) -> Result<()> {
    let names = facts.iter().map(|fact| fact.key.to_string().chars().count());
    let name_width = names.max().unwrap_or_default().min(MAX_NAME);
    if !facts.is_empty() {
        output.line("")?;
    }
    for topic in FieldTopic::VARIANTS {
        let is_own = |fact: &&&Fact<'_>| fact.key.field.info().topic == *topic;
        let own: Vec<_> = facts.iter().filter(is_own).collect();
        if own.is_empty() {
            continue;
        }
        output.styled_line(BOLD, &topic.to_string())?;
        for fact in own {
            let (first, rest) = name(output, &clean(&fact.key.to_string()), name_width);
            for claim in &fact.claims {
                let marks = sources.marks(&claim.sides, as_of);
                let value = clean(&claim.value.to_string());
                let from = if fact.level() == page { "" } else { from(fact) };
                let text = format!("{value} {marks}{from}");
                let is_inherited = fact.level() == EntityKind::Model && page != EntityKind::Model;
                let text = if is_inherited { styled(DIM, &text) } else { text };
                let state = state(fact, as_of);
                let state = if state.is_empty() { String::new() } else { styled(YELLOW, state) };
                output.wrapped_styled(&first, &rest, &format!("{text}{state}"))?;
                if let Some(catalog) = verbose {
                    proof(output, catalog, fact, claim)?;
                }
            }
        }
    }
    Ok(())
}

/// What stands before a fact's first line, and before the others: `  price            `, or
/// `  price: ` where there is little room.
fn name(output: &Output, key: &str, width: usize) -> (String, String) {
    if output.width.is_some_and(|columns| columns < MIN_COLUMNS) {
        return (format!("  {key}: "), " ".repeat(6));
    }
    (format!("  {key:<width$}  "), " ".repeat(width + 4))
}

/// What has to be known of a fact's answers.
fn state(fact: &Fact<'_>, as_of: Date) -> &'static str {
    match fact.state() {
        FactState::Disputed => ", disputed",
        FactState::Agreed | FactState::Settled if fact.is_stale(as_of) => ", old",
        FactState::Agreed | FactState::Settled => "",
    }
}

/// From where a fact comes that is not stated of the listing itself.
fn from(fact: &Fact<'_>) -> &'static str {
    match fact.level() {
        EntityKind::Listing => "",
        EntityKind::Endpoint => " of the endpoint",
        EntityKind::Provider => " of the provider",
        EntityKind::Model => " of the model, not the seller",
    }
}

/// With `-v`: where it is written, and the page's own words.
pub(super) fn proof(
    output: &mut Output,
    catalog: &Catalog,
    fact: &Fact<'_>,
    claim: &Claim<'_>,
) -> Result<()> {
    for side in &claim.sides {
        let line = side.stated.position.line;
        let excerpt = side.statement.excerpt(fact.key.field);
        let words = excerpt.map(|words| format!(" \"{words}\"")).unwrap_or_default();
        let address = catalog.address(&side.statement.source).unwrap_or_default();
        let text = format!("{}:{line}{words} {address}", fact.entity.path);
        output.wrapped("      ", "      ", &text)?;
    }
    Ok(())
}
