//! The sources of what is shown: numbered when they first come up, and listed once at the end.

use anyhow::Result;
use jiff::civil::Date;

use crate::cli::output::{DIM, Output, YELLOW, clean, styled};
use cogdex::catalog::{Catalog, ClaimSide, Statement};

/// A source as it was read on a day.
struct NumberedSource<'c> {
    id: &'c str,
    dated: Date,
    /// `read 2026-11-20`, with an age that is too high.
    when: String,
    is_stale: bool,
}

/// Sources in the order in which they first came up.
pub(super) struct SourceList<'c> {
    catalog: &'c Catalog,
    entries: Vec<NumberedSource<'c>>,
}

impl<'c> SourceList<'c> {
    pub(super) fn new(catalog: &'c Catalog) -> Self {
        Self { catalog, entries: Vec::new() }
    }

    pub(super) fn catalog(&self) -> &'c Catalog {
        self.catalog
    }

    /// The numbers of some statements' sources, each once: `[1][2]`.
    pub(super) fn marks(&mut self, sides: &[ClaimSide<'c>], as_of: Date) -> String {
        let mut numbers: Vec<usize> =
            sides.iter().map(|side| self.number(side.statement, as_of)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let marks: Vec<_> = numbers.into_iter().map(|number| format!("[{number}]")).collect();
        marks.concat()
    }

    /// The number of a statement's source and its place there: `[2] @ Pricing`.
    pub(super) fn place(&mut self, statement: &'c Statement, as_of: Date) -> String {
        let number = self.number(statement, as_of);
        let at = statement.at.as_ref().map(|at| format!(" @ {at}")).unwrap_or_default();
        format!("[{number}]{at}")
    }

    fn number(&mut self, statement: &'c Statement, as_of: Date) -> usize {
        let (id, dated) = (statement.source.as_str(), statement.dated(as_of));
        let known = self.entries.iter().position(|entry| entry.id == id && entry.dated == dated);
        if let Some(at) = known {
            return at + 1;
        }
        let age = statement.age(as_of);
        let when = if age.undated { format!("read {dated}") } else { format!("of {dated}") };
        let old = if age.is_stale() { format!(", {} days old", age.days) } else { String::new() };
        let entry =
            NumberedSource { id, dated, when: format!("{when}{old}"), is_stale: age.is_stale() };
        self.entries.push(entry);
        self.entries.len()
    }

    /// Prints the list: number, id, date and address.
    pub(super) fn print(&self, output: &mut Output) -> Result<()> {
        if self.entries.is_empty() {
            return Ok(());
        }
        output.heading("Sources")?;
        for (at, entry) in self.entries.iter().enumerate() {
            let address = self.catalog.address(entry.id).unwrap_or("no address");
            let when =
                if entry.is_stale { styled(YELLOW, &entry.when) } else { styled(DIM, &entry.when) };
            let number = format!("{:<5}", format!("[{}]", at + 1));
            let text = format!("{}, {when}: {}", clean(entry.id), clean(address));
            output.wrapped_styled(&number, "     ", &text)?;
        }
        Ok(())
    }
}
