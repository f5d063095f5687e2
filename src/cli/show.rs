//! `cogdex show`: everything that is known of one listing, for reading or as JSON.

use anyhow::{Result, anyhow, bail};
use clap::Args;
use jiff::civil::Date;

use super::output::{BOLD, DIM, Output, YELLOW, clean};
use super::{Exit, Format, Global, open, probe};
use cogdex::catalog::{
    Catalog, Claim, Entity, EntityKind, Fact, FactState, Listing, ListingId, Settlement,
    SourcePlace, Statement, nearest,
};
use cogdex::history::History;
use cogdex::show::{ListingDetails, ListingDocument, show};

mod contract;
mod probed;

use probed::LatestVerdicts;

/// Flags of `show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The listing's id, such as apiin/cogview-4
    listing: String,
    /// The day whose facts count [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = super::date, allow_hyphen_values = true)]
    as_of: Option<Date>,
    /// The file of runs, for what probes saw of disputes [default: in the user's data folder]
    #[arg(long, value_name = "FILE")]
    history: Option<std::path::PathBuf>,
}

impl ShowArgs {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let catalog = open::catalog(global, output, today)?;
        let listing = listing(&catalog, &self.listing)?;
        let as_of = self.as_of.unwrap_or(today);
        if let Some(first) = catalog.first_day().filter(|first| as_of < *first) {
            bail!("--as-of: nothing was stated by {as_of}; the first is of {first}");
        }
        let shown = show(&catalog, listing, as_of);
        let probed = self.probed(&listing.id)?;
        if global.format == Format::Json {
            let mut document = serde_json::json!(ListingDocument::new(&shown, &catalog));
            probed::beside(&mut document, &probed);
            output.json(&document, false)?;
        } else {
            let verbose = global.verbose;
            Printer { output, catalog: &catalog, verbose, probed }.print(&shown)?;
        }
        Ok(Exit::Done)
    }

    /// What probes saw last, by check; nothing where there is no history.
    fn probed(&self, listing: &str) -> Result<LatestVerdicts> {
        let named = self.history.is_some();
        let path = self.history.clone().or_else(|| probe::default_history().ok());
        let Some(path) = path.filter(|path| named || path.exists()) else {
            return Ok(LatestVerdicts::default());
        };
        probed::newest(&History::open(&path)?, listing)
    }
}

/// The listing of an id; an error that names the nearest where there is none.
pub(crate) fn listing<'c>(catalog: &'c Catalog, id: &str) -> Result<&'c Listing> {
    catalog.listings.get(id).ok_or_else(|| {
        let near = nearest(id, catalog.listings.keys().map(ListingId::as_str));
        let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        anyhow!("there is no listing `{id}`{hint}")
    })
}

struct Printer<'a> {
    output: &'a mut Output,
    catalog: &'a Catalog,
    verbose: bool,
    probed: LatestVerdicts,
}

impl Printer<'_> {
    fn print(&mut self, shown: &ListingDetails<'_>) -> Result<()> {
        let edition = self.catalog.edition().map_or("under edit", |e| e.name.as_str());
        let head = format!("as of {}, catalog {}", shown.as_of, clean(edition));
        self.output.styled_line(BOLD, &shown.listing.id)?;
        self.output.styled_line(DIM, &head)?;
        for (key, text) in shown.listing.head() {
            self.output.wrapped(&format!("{key:<10} "), "           ", text)?;
        }
        let disputes: Vec<_> = shown.disputes().collect();
        if !disputes.is_empty() {
            self.output.heading("Disputes")?;
        }
        for fact in disputes {
            self.dispute(fact, shown.as_of)?;
        }
        self.output.heading("Facts")?;
        for fact in shown.facts.iter().filter(|fact| fact.state() == FactState::Agreed) {
            self.fact(fact, shown.as_of)?;
        }
        if shown.facts.is_empty() {
            self.output
                .line("Nothing is known: no source with a public address states anything.")?;
        }
        if let Some(contract) = &shown.contract {
            contract::print(self, contract)?;
        }
        self.differences(shown)?;
        self.pages(shown)?;
        self.past(shown)
    }

    fn fact(&mut self, fact: &Fact<'_>, as_of: Date) -> Result<()> {
        for view in &fact.claims {
            let key = format!("{:<18} ", fact.key.to_string());
            self.output.wrapped(&key, "                   ", &view.value.to_string())?;
            let sides: Vec<_> = view.sides.iter().map(|s| side(s.statement, as_of)).collect();
            let from = if fact.entity.kind == EntityKind::Listing {
                String::new()
            } else {
                format!(", {} {}", fact.level(), fact.entity.id)
            };
            let text = format!("{}{from}", sides.join("; "));
            self.output.wrapped("                     ", "                     ", &text)?;
            self.proof(fact, view)?;
        }
        Ok(())
    }

    /// With `-v`: where it is written, and the page's own words.
    fn proof(&mut self, fact: &Fact<'_>, view: &Claim<'_>) -> Result<()> {
        if !self.verbose {
            return Ok(());
        }
        for side in &view.sides {
            let line = side.stated.position.line;
            let excerpt = side.statement.excerpt(fact.key.field);
            let words = excerpt.map(|words| format!(" \"{words}\"")).unwrap_or_default();
            let address =
                self.catalog.sources.get(&side.statement.source).map(|s| s.address.as_str());
            let text =
                format!("{}:{line}{words} {}", fact.entity.path, address.unwrap_or_default());
            self.output.wrapped("                     ", "                     ", &text)?;
        }
        Ok(())
    }

    fn dispute(&mut self, fact: &Fact<'_>, as_of: Date) -> Result<()> {
        let from = format!("{} ({} {})", fact.key, fact.level(), fact.entity.id);
        self.output.styled_line(YELLOW, &from)?;
        for view in &fact.claims {
            self.output.wrapped("  ", "    ", &view.value.to_string())?;
            for side in &view.sides {
                let own = side.stated.value.to_string();
                let words =
                    if own == view.value.to_string() { String::new() } else { format!("{own}: ") };
                let text = format!("{words}{}", self::side(side.statement, as_of));
                self.output.wrapped("    says ", "      ", &text)?;
            }
            self.proof(fact, view)?;
        }
        probed::print(self, &fact.key.to_string(), "  ")?;
        let Some((view, by)) = fact.settled else {
            return self.output.line("  nothing settles it");
        };
        let by = match by {
            Settlement::Probe(statement) => format!("a probe, {}", statement.side()),
            Settlement::Invoice(statement) => format!("an invoice, {}", statement.side()),
            Settlement::Ruling(ruling) => {
                format!("the ruling of {}: {}", ruling.date, ruling.reason)
            }
        };
        let text = format!("settled: {}, by {by}", fact.claims[view].value);
        self.output.wrapped("  ", "    ", &text)
    }

    fn differences(&mut self, shown: &ListingDetails<'_>) -> Result<()> {
        if shown.differences.is_empty() {
            return Ok(());
        }
        self.output.heading("Differences from other sellers")?;
        for difference in &shown.differences {
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
                let one = self.catalog.is_one_maker(key, &[mine.clone(), theirs.clone()]);
                let one = if one { " (the same maker)" } else { "" };
                let names: Vec<_> = sellers.iter().map(|seller| name(seller)).collect();
                let text = format!("{theirs}{one}: {}", names.join(", "));
                self.output.wrapped("  ", "    ", &text)?;
            }
        }
        Ok(())
    }

    fn pages(&mut self, shown: &ListingDetails<'_>) -> Result<()> {
        if shown.pages.is_empty() {
            return Ok(());
        }
        self.output.heading("Matters of the pages alone")?;
        for fact in &shown.pages {
            for view in &fact.claims {
                let text =
                    format!("{}: {} ({})", fact.key, view.value, SourcePlace::list(&view.sides()));
                self.output.wrapped("", "  ", &text)?;
            }
        }
        Ok(())
    }

    fn past(&mut self, shown: &ListingDetails<'_>) -> Result<()> {
        if shown.past.is_empty() {
            return Ok(());
        }
        self.output.heading("Said before")?;
        for (entity, statement) in &shown.past {
            let stated = statement.stated.iter().map(|s| format!("{}: {}", s.key, s.value));
            let stated: Vec<_> = stated.collect();
            let head = format!("{} {}, {}", statement.seen, statement.side(), name(entity));
            self.output.wrapped("", "  ", &format!("{head}: {}", stated.join("; ")))?;
        }
        Ok(())
    }
}

fn name(entity: &Entity) -> String {
    if entity.kind == EntityKind::Listing {
        return entity.id.to_string();
    }
    format!("{} {}", entity.kind, entity.id)
}

fn values(fact: &Fact<'_>) -> String {
    let values: Vec<_> =
        fact.effective_claims().iter().map(|view| view.value.to_string()).collect();
    values.join(" or ")
}

/// Source, place and date of a statement, with what its age says.
fn side(statement: &Statement, as_of: Date) -> String {
    let age = statement.age(as_of);
    let date = match statement.page_date {
        Some(date) => format!("of {date}"),
        None => format!("seen {}", statement.seen),
    };
    let stale = if age.is_stale() { ", stale" } else { "" };
    let undated = if age.undated { ", undated" } else { "" };
    let mended = statement.corrected.map(|date| format!(", corrected {date}"));
    format!("{} ({date}{undated}{stale}{})", statement.side(), mended.unwrap_or_default())
}
