//! A listing for reading: head, disputes, facts and sources; and with `--all` its contract, other
//! sellers' terms, what pages say of themselves, and what was said before.

use anyhow::Result;

use super::probed::LatestVerdicts;
use super::source_list::SourceList;
use super::{contract, disputes, facts, head};
use crate::cli::output::{DIM, Output, plural};
use cogdex::catalog::{Catalog, Entity, EntityKind, Fact, FactState, SourcePlace};
use cogdex::contract::Contract;
use cogdex::pricing::PriceTable;
use cogdex::show::ListingDetails;

/// What is needed to print a listing.
pub(super) struct ListingPrinter<'p, 'c> {
    pub(super) output: &'p mut Output,
    pub(super) table: &'p PriceTable<'c>,
    pub(super) verbose: bool,
    pub(super) probed: LatestVerdicts,
    pub(super) sources: SourceList<'c>,
}

impl<'p, 'c> ListingPrinter<'p, 'c> {
    pub(super) fn new(
        output: &'p mut Output,
        catalog: &'c Catalog,
        table: &'p PriceTable<'c>,
        verbose: bool,
        probed: LatestVerdicts,
    ) -> Self {
        Self { output, table, verbose, probed, sources: SourceList::new(catalog) }
    }

    pub(super) fn print(&mut self, details: &ListingDetails<'c>, all: bool) -> Result<()> {
        head::print(self, details)?;
        disputes::print(self, details)?;
        let agreed = details.facts.iter().filter(|fact| fact.state() == FactState::Agreed);
        let agreed: Vec<_> = agreed.collect();
        if details.facts.is_empty() {
            self.output.line("")?;
            let nothing = "Nothing is known: no source with a public address states anything.";
            self.output.wrapped("", "", nothing)?;
        }
        let verbose = self.verbose.then(|| self.sources.catalog());
        let page = (details.as_of, EntityKind::Listing);
        facts::print(self.output, &mut self.sources, &agreed, page, verbose)?;
        if all {
            if let Some(contract) = &details.contract {
                contract::print(self, contract)?;
            }
            self.differences(details)?;
            self.pages(details)?;
            self.past(details)?;
        } else {
            self.rest(details)?;
        }
        self.sources.print(self.output)
    }

    /// What `--all` would add.
    fn rest(&mut self, details: &ListingDetails<'_>) -> Result<()> {
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
        self.output.line("")?;
        let text = format!("--all also shows {}", parts.join(", "));
        self.output.wrapped_in(DIM, "", "  ", &text)
    }

    fn differences(&mut self, details: &ListingDetails<'_>) -> Result<()> {
        if details.differences.is_empty() {
            return Ok(());
        }
        self.output.heading("Differences from other sellers")?;
        for difference in &details.differences {
            let (key, mine) = (&difference.fact.key, values(&difference.fact));
            self.output.wrapped("", "  ", &format!("{key}: {mine} here"))?;
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
                    self.sources.catalog().is_one_maker(key, &[mine.clone(), theirs.clone()]);
                let one = if is_one { " (the same maker)" } else { "" };
                let names: Vec<_> = sellers.iter().map(|seller| name(seller)).collect();
                let text = format!("{theirs}{one}: {}", names.join(", "));
                self.output.wrapped("  ", "    ", &text)?;
            }
        }
        Ok(())
    }

    fn pages(&mut self, details: &ListingDetails<'_>) -> Result<()> {
        if details.pages.is_empty() {
            return Ok(());
        }
        self.output.heading("Other claims")?;
        for fact in &details.pages {
            for claim in &fact.claims {
                let sides = SourcePlace::list(&claim.sides());
                let text = format!("{}: {} ({sides})", fact.key, claim.value);
                self.output.wrapped("", "  ", &text)?;
            }
        }
        Ok(())
    }

    fn past(&mut self, details: &ListingDetails<'_>) -> Result<()> {
        if details.past.is_empty() {
            return Ok(());
        }
        self.output.heading("Said before")?;
        for (entity, statement) in &details.past {
            let stated = statement.stated.iter().map(|s| format!("{}: {}", s.key, s.value));
            let stated: Vec<_> = stated.collect();
            let head = format!("{} {}, {}", statement.seen, statement.side(), name(entity));
            self.output.wrapped("", "  ", &format!("{head}: {}", stated.join("; ")))?;
        }
        Ok(())
    }
}

/// `29 promises, 5 disputed`.
pub(super) fn promises(contract: &Contract<'_>) -> String {
    let disputed = contract.promises.iter().filter(|promise| promise.is_disputed()).count();
    format!("{} promises, {disputed} disputed", contract.promises.len())
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
