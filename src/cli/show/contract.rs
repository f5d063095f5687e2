//! The contract's section of `cogdex show`: each promise in brief, and each dispute with its sides.

use anyhow::Result;

use super::Printer;
use crate::cli::output::{DIM, YELLOW, clean, styled};
use cogdex::catalog::{Clause, ClauseKind};
use cogdex::contract::{Contract, Promise};
use cogdex::show::{views, words};

impl Printer<'_> {
    pub(super) fn contract(&mut self, contract: &Contract<'_>) -> Result<()> {
        let heading = format!("Contract of endpoint {}", clean(&contract.endpoint.id));
        self.output.heading(&heading)?;
        let disputed = contract.promises.iter().filter(|promise| promise.is_disputed()).count();
        let count = contract.promises.len();
        self.output.line(&styled(DIM, &format!("{count} promises, {disputed} disputed")))?;
        for &kind in ClauseKind::ALL {
            let mut promises =
                contract.promises.iter().filter(|promise| promise.kind == kind).peekable();
            if promises.peek().is_some() {
                self.output.line(&styled(DIM, title(kind)))?;
            }
            let mut by = String::new();
            for promise in promises {
                if promise.is_disputed() {
                    by.clear();
                    self.disputed(contract, promise)?;
                } else {
                    self.agreed(contract, promise, &mut by)?;
                }
            }
        }
        Ok(())
    }

    /// A promise under the names of those who make it, which stand once for those that follow.
    fn agreed(
        &mut self,
        contract: &Contract<'_>,
        promise: &Promise<'_>,
        by: &mut String,
    ) -> Result<()> {
        let sides: Vec<_> = promise.sides.iter().map(|clause| clause.side()).collect();
        let sides = sides.join("; ");
        if *by != sides {
            self.output.wrapped("  ", "    ", &clean(&format!("{sides}:")))?;
            *by = sides;
        }
        let text = format!("{}: {}", promise.id, words(promise.sides[0]));
        self.output.wrapped("    ", "      ", &clean(&text))?;
        for clause in &promise.sides {
            self.clause_proof(contract, clause)?;
        }
        Ok(())
    }

    fn disputed(&mut self, contract: &Contract<'_>, promise: &Promise<'_>) -> Result<()> {
        self.output.line(&styled(YELLOW, &clean(&format!("  {} (disputed)", promise.id))))?;
        for view in views(promise) {
            self.output.wrapped("    ", "      ", &clean(&words(view[0])))?;
            for clause in view {
                let seen = format!("{} (seen {})", clause.side(), clause.seen);
                self.output.wrapped("      says ", "        ", &clean(&seen))?;
                self.clause_proof(contract, clause)?;
            }
        }
        self.saw(promise.id, "    ")
    }

    /// With `-v`: where it is written, and our note on it.
    fn clause_proof(&mut self, contract: &Contract<'_>, clause: &Clause) -> Result<()> {
        if !self.verbose {
            return Ok(());
        }
        let address = self.catalog.sources.get(&clause.source).map(|s| s.address.as_str());
        let (path, line) = (&contract.endpoint.entity.path, clause.position.line);
        let text = format!("{path}:{line} {}", address.unwrap_or_default());
        self.output.wrapped("        ", "        ", &clean(&text))?;
        match &clause.note {
            Some(note) => self.output.wrapped("        ", "        ", &clean(note)),
            None => Ok(()),
        }
    }
}

fn title(kind: ClauseKind) -> &'static str {
    match kind {
        ClauseKind::Call => "calls",
        ClauseKind::Auth => "the key",
        ClauseKind::Field => "fields of the request",
        ClauseKind::Answer => "fields of the answers",
        ClauseKind::Task => "words of a task's states",
        ClauseKind::Error => "refusals",
        ClauseKind::ErrorBody => "the body of a refusal",
        ClauseKind::Unknown => "what no source states",
    }
}
