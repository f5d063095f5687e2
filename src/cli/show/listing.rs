//! A listing for reading: head, disputes, facts and sources; and with `--all` its contract, other
//! sellers' terms, what pages say of themselves, and what was said before.

use anyhow::Result;

use super::contract::promises;
use super::printer::ListingPrinter;
use super::{contract, disputes, facts, head};
use crate::cli::output::{DIM, plural};
use cogdex::catalog::{Entity, EntityKind, Fact, FactState, SourcePlace};
use cogdex::show::ListingDetails;

/// Prints a listing; with all that is known of it where that is asked for.
pub(super) fn print<'c>(
    printer: &mut ListingPrinter<'_, 'c>,
    details: &ListingDetails<'c>,
    all: bool,
) -> Result<()> {
    head::print(printer, details)?;
    disputes::print(printer, details)?;
    let agreed = details.facts.iter().filter(|fact| fact.state() == FactState::Agreed);
    let agreed: Vec<_> = agreed.collect();
    if details.facts.is_empty() {
        printer.output.line("")?;
        let nothing = "Nothing is known: no source with a public address states anything.";
        printer.output.wrapped("", "", nothing)?;
    }
    let verbose = printer.verbose.then(|| printer.sources.catalog());
    let page = (details.as_of, EntityKind::Listing);
    facts::print(printer.output, &mut printer.sources, &agreed, page, verbose)?;
    if all {
        if let Some(contract) = &details.contract {
            contract::print(printer, contract)?;
        }
        other_sellers(printer, details)?;
        page_claims(printer, details)?;
        older_statements(printer, details)?;
    } else {
        hidden_parts(printer, details)?;
    }
    printer.sources.print(printer.output)
}

/// What `--all` would add.
fn hidden_parts(printer: &mut ListingPrinter<'_, '_>, details: &ListingDetails<'_>) -> Result<()> {
    let mut parts = Vec::new();
    if let Some(contract) = &details.contract {
        parts.push(format!("the contract ({})", promises(contract)));
    }
    if !details.differences.is_empty() {
        let count = plural(details.differences.len(), "fact");
        parts.push(format!("{count} on which other sellers differ"));
    }
    let counts = [(details.pages.len(), "claim"), (details.past.len(), "older statement")];
    for (count, word) in counts.into_iter().filter(|(count, _)| *count > 0) {
        parts.push(plural(count, word));
    }
    if parts.is_empty() {
        return Ok(());
    }
    printer.output.line("")?;
    let text = format!("--all also shows {}", parts.join(", "));
    printer.output.wrapped_in(DIM, "", "  ", &text)
}

fn other_sellers(printer: &mut ListingPrinter<'_, '_>, details: &ListingDetails<'_>) -> Result<()> {
    if details.differences.is_empty() {
        return Ok(());
    }
    printer.output.heading("Differences from other sellers")?;
    for difference in &details.differences {
        let (key, mine) = (&difference.fact.key, values(&difference.fact));
        printer.output.wrapped("", "  ", &format!("{key}: {mine} here"))?;
        let mut groups: Vec<(&Fact<'_>, Vec<&Entity>)> = Vec::new();
        for other in &difference.others {
            match groups.iter_mut().find(|(fact, _)| fact.says_the_same(&other.fact)) {
                Some((_, sellers)) => sellers.push(other.entity),
                None => groups.push((&other.fact, vec![other.entity])),
            }
        }
        for (fact, sellers) in groups {
            let theirs = values(fact);
            let is_one =
                printer.sources.catalog().is_one_maker(key, &[mine.clone(), theirs.clone()]);
            let one = if is_one { " (the same maker)" } else { "" };
            let names: Vec<_> = sellers.iter().map(|seller| name(seller)).collect();
            let text = format!("{theirs}{one}: {}", names.join(", "));
            printer.output.wrapped("  ", "    ", &text)?;
        }
    }
    Ok(())
}

fn page_claims(printer: &mut ListingPrinter<'_, '_>, details: &ListingDetails<'_>) -> Result<()> {
    if details.pages.is_empty() {
        return Ok(());
    }
    printer.output.heading("Other claims")?;
    for fact in &details.pages {
        for claim in &fact.claims {
            let sides = SourcePlace::list(&claim.sides());
            let text = format!("{}: {} ({sides})", fact.key, claim.value);
            printer.output.wrapped("", "  ", &text)?;
        }
    }
    Ok(())
}

fn older_statements(
    printer: &mut ListingPrinter<'_, '_>,
    details: &ListingDetails<'_>,
) -> Result<()> {
    if details.past.is_empty() {
        return Ok(());
    }
    printer.output.heading("Said before")?;
    for (entity, statement) in &details.past {
        let stated = statement.stated.iter().map(|s| format!("{}: {}", s.key, s.value));
        let stated: Vec<_> = stated.collect();
        let head = format!("{} {}, {}", statement.seen, statement.side(), name(entity));
        printer.output.wrapped("", "  ", &format!("{head}: {}", stated.join("; ")))?;
    }
    Ok(())
}

fn name(entity: &Entity) -> String {
    if entity.kind == EntityKind::Listing {
        return entity.id.to_string();
    }
    format!("{} {}", entity.kind, entity.id)
}

fn values(fact: &Fact<'_>) -> String {
    let values = fact.effective_claims().iter().map(|claim| claim.value.to_string());
    values.collect::<Vec<_>>().join(" or ")
}
