//! The contract's section of `cogdex show`: each promise in brief, and each dispute with its sides.

use anyhow::Result;

use super::printer::ListingPrinter;
use super::probed;
use crate::cli::output::{DIM, YELLOW, clean};
use cogdex::catalog::{Clause, ClauseKind};
use cogdex::contract::{Contract, Promise};
use cogdex::show::{views, words};

/// Prints what an endpoint promises.
pub(super) fn print(printer: &mut ListingPrinter<'_, '_>, contract: &Contract<'_>) -> Result<()> {
    let heading = format!("Contract of endpoint {}", clean(&contract.endpoint.id));
    printer.output.heading(&heading)?;
    printer.output.styled_line(DIM, &promises(contract))?;
    for &kind in ClauseKind::ALL {
        let mut promises =
            contract.promises.iter().filter(|promise| promise.kind == kind).peekable();
        if promises.peek().is_some() {
            printer.output.styled_line(DIM, title(kind))?;
        }
        let mut by = String::new();
        for promise in promises {
            if promise.is_disputed() {
                by.clear();
                print_disputed(printer, contract, promise)?;
            } else {
                print_agreed(printer, contract, promise, &mut by)?;
            }
        }
    }
    Ok(())
}

/// A promise under the names of those who make it, which stand once for those that follow.
fn print_agreed(
    printer: &mut ListingPrinter<'_, '_>,
    contract: &Contract<'_>,
    promise: &Promise<'_>,
    by: &mut String,
) -> Result<()> {
    let sides: Vec<_> = promise.sides.iter().map(|clause| clause.side()).collect();
    let sides = sides.join("; ");
    if *by != sides {
        printer.output.wrapped("  ", "    ", &format!("{sides}:"))?;
        *by = sides;
    }
    let text = format!("{}: {}", promise.id, words(promise.sides[0]));
    printer.output.wrapped("    ", "      ", &text)?;
    for clause in &promise.sides {
        print_proof(printer, contract, clause)?;
    }
    Ok(())
}

fn print_disputed(
    printer: &mut ListingPrinter<'_, '_>,
    contract: &Contract<'_>,
    promise: &Promise<'_>,
) -> Result<()> {
    printer.output.styled_line(YELLOW, &format!("  {} (disputed)", promise.id))?;
    for view in views(promise) {
        printer.output.wrapped("    ", "      ", &words(view[0]))?;
        for clause in view {
            let seen = format!("{} (seen {})", clause.side(), clause.seen);
            printer.output.wrapped("      says ", "        ", &seen)?;
            print_proof(printer, contract, clause)?;
        }
    }
    probed::print(printer, promise.id, "    ")
}

/// With `-v`: where it is written, and our note on it.
fn print_proof(
    printer: &mut ListingPrinter<'_, '_>,
    contract: &Contract<'_>,
    clause: &Clause,
) -> Result<()> {
    if !printer.verbose {
        return Ok(());
    }
    let address = printer.table.catalog().address(&clause.source);
    let (path, line) = (&contract.endpoint.entity.path, clause.position.line);
    let text = format!("{path}:{line} {}", address.unwrap_or_default());
    printer.output.wrapped("        ", "        ", &text)?;
    match &clause.note {
        Some(note) => printer.output.wrapped("        ", "        ", note),
        None => Ok(()),
    }
}

fn title(kind: ClauseKind) -> &'static str {
    match kind {
        ClauseKind::Call => "Calls",
        ClauseKind::Auth => "API key",
        ClauseKind::Field => "Request fields",
        ClauseKind::Answer => "Response fields",
        ClauseKind::Task => "Task status values",
        ClauseKind::Error => "Errors",
        ClauseKind::ErrorBody => "Error body",
        ClauseKind::Unknown => "Not documented",
    }
}

/// `29 promises, 5 disputed`.
pub(super) fn promises(contract: &Contract<'_>) -> String {
    let disputed = contract.promises.iter().filter(|promise| promise.is_disputed()).count();
    format!("{} promises, {disputed} disputed", contract.promises.len())
}
