//! `cogdex history`: what probes saw of each promise over time, and what they spent by day.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use super::output::{DIM, Output, clean, plural, table};
use super::{Exit, Format, Global, open, probe, show};
use cogdex::history::{ClauseHistory, History};
use cogdex::pricing::amount;

/// Flags of `history`.
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// The listing's id; all that were probed where absent
    listing: Option<String>,
    /// The file of runs [default: in the user's data folder]
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
}

impl HistoryArgs {
    pub(crate) fn run(&self, global: &Global, output: &mut Output, today: Date) -> Result<Exit> {
        let path = self.history.clone().map_or_else(probe::default_history, Ok)?;
        if !path.exists() {
            anyhow::bail!("there is no history at {}; `cogdex probe` makes one", path.display());
        }
        let history = History::open(&path)?;
        let runs = history.runs(self.listing.as_deref())?;
        if let Some(id) = self.listing.as_ref().filter(|_| runs.is_empty()) {
            // What left the catalog may still have a past; what has neither is a slip of the hand.
            show::listing(&open::catalog(global, output, today)?, id)?;
        }
        let mut listings: Vec<&str> = runs.iter().map(|run| run.begun.listing.as_str()).collect();
        listings.sort_unstable();
        listings.dedup();
        if global.format == Format::Json {
            return self.json(&history, &listings, output);
        }
        for listing in &listings {
            output.heading(listing)?;
            let count = runs.iter().filter(|run| run.begun.listing == *listing).count();
            output.styled_line(DIM, &plural(count as u64, "run"))?;
            let header = ["Check", "Last", "First seen", "Last seen", "Flips"];
            let mut rows = table(output.width, &header, &[4], 0);
            for clause in history.timeline(listing, None)? {
                rows.add_row([
                    clean(&clause.id),
                    clean(&clause.last),
                    seen(&clause, clause.first_seen_ms),
                    seen(&clause, clause.last_seen_ms),
                    clause.flips.to_string(),
                ]);
            }
            output.line(&rows.trim_fmt())?;
        }
        if listings.is_empty() {
            return output.line("Nothing was probed.").map(|()| Exit::Done);
        }
        output.heading("Spent at most")?;
        let mut rows = table(output.width, &["Day", "Listing", "Amount"], &[2], 1);
        for spend in history.spend_by_day()? {
            if self.listing.as_ref().is_none_or(|listing| *listing == spend.listing) {
                let paid = format!("{} {}", amount(spend.amount), spend.currency);
                rows.add_row([spend.day.to_string(), clean(&spend.listing), paid]);
            }
        }
        output.line(&rows.trim_fmt())?;
        Ok(Exit::Done)
    }

    fn json(&self, history: &History, listings: &[&str], output: &mut Output) -> Result<Exit> {
        let mut told = Vec::new();
        for listing in listings {
            let clauses = history.timeline(listing, None)?.into_iter().map(|clause| {
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
            told.push(json!({ "listing": listing, "checks": clauses.collect::<Vec<_>>() }));
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
            })
        });
        let spend: Vec<_> = spend.collect();
        output.json(&json!({ "format": 1, "listings": told, "spend": spend }), false)?;
        Ok(Exit::Done)
    }
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
