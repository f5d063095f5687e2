//! `cogdex history`: what probes saw of each promise over time, and what they spent by day.

use std::io::IsTerminal;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use super::output::{DIM, Output, clean, plural, styled};
use super::text_table::{Column, TextTable};
use super::{Exit, Format, Global, now_ms, open, probe};
use cogdex::contract::Verdict;
use cogdex::history::{ClauseHistory, History, is_loopback};
use cogdex::pricing::amount;
use cogdex::pricing::money_at_most;

mod pages;

/// Flags of `history`.
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// Listing, or source with --pages [default: all]
    listing: Option<String>,
    /// File with probe results [default: in your data folder]
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// Re-date entries that a wrong clock dated in the future to now; asks first
    #[arg(long)]
    settle_future: bool,
    /// Show when each figure of a source was last confirmed by its page
    #[arg(long, conflicts_with = "settle_future")]
    pages: bool,
    /// Don't ask
    #[arg(long, requires = "settle_future")]
    yes: bool,
}

impl HistoryArgs {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let path = self.history.clone().map_or_else(open::default_history, Ok)?;
        if self.pages {
            return pages::print(&path, self.listing.as_deref(), global, output);
        }
        if !path.exists() {
            anyhow::bail!("there is no history at {}; `cogdex probe` makes one", path.display());
        }
        let mut history = History::open(&path)?;
        if self.settle_future {
            return self.settle_future(&mut history, output);
        }
        if let Some(future) = history.future(now_ms())? {
            output.warn(&future.to_string());
        }
        let mut wanted = self.listing.clone();
        let mut runs = history.runs(wanted.as_deref())?;
        if let Some(name) = self.listing.as_ref().filter(|_| runs.is_empty()) {
            // What left the catalog may still have a past; what has neither is a slip of the hand.
            let id = open::listing(&open::catalog(global, output, today)?, name)?.id.to_string();
            runs = history.runs(Some(&id))?;
            wanted = Some(id);
        }
        let mut listings: Vec<&str> = runs.iter().map(|run| run.begun.listing.as_str()).collect();
        listings.sort_unstable();
        listings.dedup();
        if global.format == Format::Json {
            return self.json(&history, &listings, output);
        }
        for listing in &listings {
            for address in history.addresses(listing)? {
                let own = runs
                    .iter()
                    .filter(|run| run.begun.listing == *listing && run.begun.base_url == address);
                let runs = plural(own.count(), "run");
                Self::section(&history, (listing, &address), &runs, output)?;
            }
        }
        if listings.is_empty() {
            return output.line("Nothing was probed.").map(|()| Exit::Done);
        }
        output.heading("Spent at most")?;
        let mut rows = TextTable::new([
            Column::left("Day").title(),
            Column::left("Listing").title(),
            Column::right("Amount"),
            Column::left("At"),
        ]);
        for spend in history.spend_by_day()? {
            if wanted.as_ref().is_none_or(|listing| *listing == spend.listing) {
                let paid = money_at_most(spend.amount, spend.currency);
                let at = clean(&spend.base_url);
                rows.add_row([spend.day.to_string(), clean(&spend.listing), paid, at]);
            }
        }
        rows.print(output, 0)?;
        Ok(Exit::Done)
    }

    /// What probes of a listing saw at one address.
    fn section(
        history: &History,
        (listing, address): (&str, &str),
        runs: &str,
        output: &mut Output,
    ) -> Result<()> {
        output.heading(listing)?;
        let place = if is_loopback(address) { ", which is this machine's own" } else { "" };
        output.styled_line(DIM, &format!("{runs} at {address}{place}"))?;
        let mut rows = TextTable::new([
            Column::left("Check").title(),
            Column::left("Last"),
            Column::left("First seen").named("since", ""),
            Column::left("Last seen").named("until", ""),
            Column::right("Flips").named("", "flips"),
        ]);
        for clause in history.timeline(listing, Some(address))? {
            rows.add_row([
                clean(&clause.id),
                verdict(&clause.last),
                seen(&clause, clause.first_seen_ms),
                seen(&clause, clause.last_seen_ms),
                clause.flips.to_string(),
            ]);
        }
        rows.print(output, 0)
    }

    /// Dates now what is dated in the future, if whoever runs it agrees.
    fn settle_future(&self, history: &mut History, output: &mut Output) -> Result<Exit> {
        let Some(future) = history.future(now_ms())? else {
            return output.line("Nothing is dated in the future.").map(|()| Exit::Done);
        };
        if !self.yes {
            if !std::io::stdin().is_terminal() {
                anyhow::bail!("{future}; add --yes where nobody can be asked");
            }
            output.text(&format!("{future}. Now? [y/N] "))?;
            output.flush()?;
            let mut answer = String::new();
            std::io::stdin().read_line(&mut answer)?;
            if !["y", "yes"].contains(&answer.trim().to_lowercase().as_str()) {
                return output.line("Nothing was changed.").map(|()| Exit::No);
            }
        }
        history.settle_future(now_ms())?;
        let (reservations, runs) = (future.reservations, future.runs);
        let text = format!("{reservations} amounts and {runs} runs are now dated today.");
        output.line(&text).map(|()| Exit::Done)
    }

    fn json(&self, history: &History, listings: &[&str], output: &mut Output) -> Result<Exit> {
        let mut told = Vec::new();
        let mut places = Vec::new();
        for listing in listings {
            places.extend(history.addresses(listing)?.into_iter().map(|at| (*listing, at)));
        }
        for (listing, address) in places {
            let clauses = history.timeline(listing, Some(&address))?.into_iter().map(|clause| {
                let all = clause.all.iter().map(|judged| {
                    json!({
                        "run": judged.run.to_string(),
                        "at": instant(judged.at_ms),
                        "verdict": judged.verdict,
                    })
                });
                json!({
                    "id": clause.id,
                    "last": clause.last,
                    "first_seen": instant(clause.first_seen_ms),
                    "last_seen": instant(clause.last_seen_ms),
                    "flips": clause.flips,
                    "verdicts": all.collect::<Vec<_>>(),
                })
            });
            let checks: Vec<_> = clauses.collect();
            told.push(json!({ "listing": listing, "checks": checks, "base_url": address }));
        }
        let spend = history
            .spend_by_day()?
            .into_iter()
            .filter(|spend| self.listing.as_ref().is_none_or(|listing| *listing == spend.listing));
        let spend = spend.map(|spend| {
            json!({
                "day": spend.day.to_string(),
                "listing": spend.listing,
                "amount": amount(spend.amount),
                "currency": spend.currency.code(),
                "base_url": spend.base_url,
            })
        });
        let spend: Vec<_> = spend.collect();
        output.json(&json!({ "format": 1, "listings": told, "spend": spend }), false)?;
        Ok(Exit::Done)
    }
}

/// A verdict in its colour; a word that this program does not know has none.
fn verdict(word: &str) -> String {
    let known = word.parse::<Verdict>();
    known.map_or_else(|_| clean(word), |verdict| styled(probe::verdict_style(verdict), word))
}

/// The day on which a clause was looked at; nothing for one that never was.
fn seen(clause: &ClauseHistory, ms: i64) -> String {
    if clause.last == "skipped" { String::new() } else { day(ms) }
}

fn instant(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map(|at| at.to_string()).unwrap_or_default()
}

fn day(ms: i64) -> String {
    instant(ms).split('T').next().unwrap_or_default().to_owned()
}
