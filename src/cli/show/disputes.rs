//! Facts on which a listing's own sources differ: each side with who is on it, and what decides.

use anyhow::Result;

use super::printer::ListingPrinter;
use super::{facts, probed};
use crate::cli::output::YELLOW;
use cogdex::catalog::{Fact, Settlement};
use cogdex::show::ListingDetails;

/// Prints every disputed fact.
pub(super) fn print<'c>(
    printer: &mut ListingPrinter<'_, 'c>,
    details: &ListingDetails<'c>,
) -> Result<()> {
    let disputes: Vec<_> = details.disputes().collect();
    if !disputes.is_empty() {
        printer.output.heading("Disputes")?;
    }
    for fact in disputes {
        dispute(printer, fact, details)?;
    }
    Ok(())
}

fn dispute<'c>(
    printer: &mut ListingPrinter<'_, 'c>,
    fact: &Fact<'c>,
    details: &ListingDetails<'c>,
) -> Result<()> {
    let open = if fact.settled.is_none() { ": nothing settles it" } else { "" };
    let from = format!("{} ({} {}){open}", fact.key, fact.level(), fact.entity.id);
    printer.output.styled_line(YELLOW, &from)?;
    for claim in &fact.claims {
        let value = claim.value.to_string();
        let mut sides = Vec::new();
        for side in &claim.sides {
            let own = side.stated.value.to_string();
            let words = if own == value { String::new() } else { format!("{own}: ") };
            sides.push(format!("{words}{}", printer.sources.place(side.statement, details.as_of)));
        }
        let text = format!("{value}, says {}", sides.join("; "));
        printer.output.wrapped("  ", "    ", &text)?;
        if printer.verbose {
            facts::proof(printer.output, printer.table.catalog(), fact, claim)?;
        }
    }
    probed::print(printer, &fact.key.to_string(), "  ")?;
    let Some((claim, by)) = fact.settled else { return Ok(()) };
    let by = match by {
        Settlement::Probe(statement) => format!("a probe, {}", statement.side()),
        Settlement::Invoice(statement) => format!("an invoice, {}", statement.side()),
        Settlement::Ruling(ruling) => {
            format!("the ruling of {}: {}", ruling.date, ruling.reason)
        }
    };
    let text = format!("settled: {}, by {by}", fact.claims[claim].value);
    printer.output.wrapped("  ", "    ", &text)
}
