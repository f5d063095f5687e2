//! What is old in a catalog, as a list of pages to read again: each source once, with its address
//! and with what rests on it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use jiff::civil::Date;

use crate::cli::output::{BOLD, DIM, Output, YELLOW, clean, plural, styled};
use crate::cli::text_table::{Column, TextTable};
use cogdex::catalog::{Catalog, DiagnosticCode, Entity, FRESH_DAYS, Finding, Rate, Statement};
use cogdex::pricing::old_rate_days;

/// A source that was last read long ago.
struct StaleSource<'c> {
    address: &'c str,
    days: i32,
    facts: usize,
    listings: BTreeSet<&'c str>,
}

/// The sources of all findings of age, by id.
pub(super) struct StaleSources<'c>(BTreeMap<&'c str, StaleSource<'c>>);

impl<'c> StaleSources<'c> {
    /// Sorts findings into the sources of those of age, and the others.
    pub(super) fn new<'f>(
        catalog: &'c Catalog,
        findings: Vec<&'f Finding>,
        today: Date,
    ) -> (Self, Vec<&'f Finding>) {
        let is_stale = |finding: &&Finding| finding.code == DiagnosticCode::Stale;
        let (stale, mut others): (Vec<_>, Vec<_>) = findings.into_iter().partition(is_stale);
        let mut all = Self(BTreeMap::new());
        if stale.is_empty() {
            return (all, others);
        }
        let stated = StatedPlaces::new(catalog);
        for finding in stale {
            let place = &finding.place;
            match stated.at.get(&(place.path.as_str(), place.line, place.column)) {
                Some((entity, statement)) => {
                    all.add(catalog, statement, stated.users(entity), today);
                }
                None => others.push(finding),
            }
        }
        (all, others)
    }

    fn add(
        &mut self,
        catalog: &'c Catalog,
        statement: &'c Statement,
        users: &[&'c str],
        today: Date,
    ) {
        let source = self.0.entry(&statement.source).or_insert_with(|| {
            let source = catalog.sources.get(&statement.source);
            let address = source.map_or("", |source| source.address.as_str());
            StaleSource { address, days: 0, facts: 0, listings: BTreeSet::new() }
        });
        source.days = source.days.max(statement.age(today).days);
        source.facts += statement.stated.len();
        source.listings.extend(users);
    }

    /// Prints the table.
    pub(super) fn print(&self, output: &mut Output) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let count = plural(self.0.len() as u64, "source");
        let title = format!("warning[stale]: {count} last read more than {FRESH_DAYS} days ago");
        output.wrapped_in(YELLOW, "", "  ", &title)?;
        let mut rows = TextTable::new([
            Column::left("Source").title(),
            Column::right("Days old").named("", "days old"),
            Column::left("Used by").named("used by", ""),
            Column::left("Page"),
        ]);
        let mut sources: Vec<_> = self.0.iter().collect();
        sources.sort_by_key(|(_, source)| -source.days);
        for (id, source) in sources {
            let listings = plural(source.listings.len() as u64, "listing");
            let facts = plural(source.facts as u64, "fact");
            rows.add_row([
                clean(id),
                styled(YELLOW, &source.days.to_string()),
                format!("{listings}, {facts}"),
                clean(source.address),
            ]);
        }
        rows.print(output, 2)?;
        let help = "help: read each page again, and add a statement with today's date";
        output.wrapped_in(DIM, "  ", "    ", help)?;
        output.line("")
    }
}

/// A file, a line and a column.
type Place<'c> = (&'c str, u32, u32);

/// Where each statement stands, and which listings rest on each entity.
struct StatedPlaces<'c> {
    at: BTreeMap<Place<'c>, (&'c Entity, &'c Statement)>,
    users: BTreeMap<&'c str, Vec<&'c str>>,
}

impl<'c> StatedPlaces<'c> {
    fn new(catalog: &'c Catalog) -> Self {
        let (mut at, mut users) = (BTreeMap::new(), BTreeMap::<_, Vec<_>>::new());
        for entity in catalog.entities() {
            for statement in &entity.statements {
                let position = statement.position;
                let place = (entity.path.as_str(), position.line, position.column);
                at.insert(place, (entity, statement));
            }
        }
        for listing in catalog.listings.values() {
            for level in catalog.levels(listing) {
                users.entry(level.path.as_str()).or_default().push(listing.id.as_str());
            }
        }
        Self { at, users }
    }

    fn users(&self, entity: &Entity) -> &[&'c str] {
        self.users.get(entity.path.as_str()).map_or(&[], Vec::as_slice)
    }
}

/// Prints the newest rate of each two currencies, where it is old.
pub(super) fn print_old_rates(catalog: &Catalog, output: &mut Output, today: Date) -> Result<()> {
    let pair = |rate: &Rate| (rate.one.min(rate.of), rate.one.max(rate.of));
    let is_newest = |rate: &&Rate| {
        let others = catalog.rates.iter().filter(|other| other.official && other.date <= today);
        !others.into_iter().any(|other| pair(other) == pair(rate) && other.date > rate.date)
    };
    let known = catalog.rates.iter().filter(|rate| rate.official && rate.date <= today);
    let old: Vec<_> = known
        .filter(is_newest)
        .filter_map(|rate| Some((rate, old_rate_days(rate.date, today)?)))
        .collect();
    if old.is_empty() {
        return Ok(());
    }
    output.styled_line(BOLD, "Old exchange rates")?;
    for (rate, days) in old {
        let address = catalog.sources.get(&rate.source).map(|source| source.address.as_str());
        let text = format!(
            "1 {} = {} {} is of {}, {days} days old: {} {}",
            rate.one,
            rate.value,
            rate.of,
            rate.date,
            rate.source,
            address.unwrap_or_default()
        );
        output.wrapped_in(YELLOW, "  ", "    ", &text)?;
    }
    output.line("")
}
