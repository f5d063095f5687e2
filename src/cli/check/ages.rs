//! What is old in a catalog, as a list of pages to read again: each source once, with its address
//! and with what rests on it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use jiff::civil::Date;

use crate::cli::output::{BOLD, DIM, Output, YELLOW, clean, plural, styled};
use crate::cli::text_table::{Column, TextTable};
use cogdex::catalog::{Catalog, FRESH_DAYS, FieldKey, Rate};
use cogdex::pricing::old_rate_days;

/// A source that was last read long ago.
#[derive(Default)]
struct StaleSource<'c> {
    days: i32,
    facts: BTreeSet<(&'c str, &'c FieldKey)>,
    listings: BTreeSet<&'c str>,
}

/// The sources on which stale facts rest, by id.
pub(super) struct StaleSources<'c> {
    catalog: &'c Catalog,
    by_id: BTreeMap<&'c str, StaleSource<'c>>,
}

impl<'c> StaleSources<'c> {
    pub(super) fn new(catalog: &'c Catalog, today: Date) -> Self {
        let mut users = BTreeMap::<&str, Vec<&str>>::new();
        for listing in catalog.listings.values() {
            for level in catalog.levels(listing) {
                users.entry(&level.path).or_default().push(&listing.id);
            }
        }
        let mut by_id = BTreeMap::<&str, StaleSource<'_>>::new();
        for (entity, statement, keys) in catalog.stale_statements(today) {
            let source = by_id.entry(&statement.source).or_default();
            source.days = source.days.max(statement.age(today).days);
            source.facts.extend(keys.into_iter().map(|key| (entity.path.as_str(), key)));
            source.listings.extend(users.get(entity.path.as_str()).into_iter().flatten());
        }
        Self { catalog, by_id }
    }

    /// Prints the table.
    pub(super) fn print(&self, output: &mut Output) -> Result<()> {
        if self.by_id.is_empty() {
            return Ok(());
        }
        let count = plural(self.by_id.len(), "source");
        let title = format!("warning[stale]: {count} last read more than {FRESH_DAYS} days ago");
        output.wrapped_in(YELLOW, "", "  ", &title)?;
        let mut rows = TextTable::new([
            Column::left("Source").title(),
            Column::right("Days old").named("", "days old"),
            Column::left("Used by").named("used by", ""),
            Column::left("Page"),
        ]);
        let mut sources: Vec<_> = self.by_id.iter().collect();
        sources.sort_by_key(|(_, source)| -source.days);
        for (id, source) in sources {
            let listings = plural(source.listings.len(), "listing");
            let facts = plural(source.facts.len(), "fact");
            rows.add_row([
                clean(id),
                styled(YELLOW, &source.days.to_string()),
                format!("{listings}, {facts}"),
                clean(self.catalog.address(id).unwrap_or_default()),
            ]);
        }
        rows.print(output, 2)?;
        let help = "help: read each page again, and add a statement with today's date";
        output.wrapped_in(DIM, "  ", "    ", help)?;
        output.line("")
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
        let text = format!(
            "1 {} = {} {} is of {}, {days} days old: {} {}",
            rate.one,
            rate.value,
            rate.of,
            rate.date,
            rate.source,
            catalog.address(&rate.source).unwrap_or_default()
        );
        output.wrapped_in(YELLOW, "  ", "    ", &text)?;
    }
    output.line("")
}
