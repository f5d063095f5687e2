//! Runs: which listing was probed, when, and with which catalog.

use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::HistoryFault;
use super::id::RunId;

/// A run that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    pub listing: String,
    pub provider: String,
    /// Where the calls go.
    pub base_url: String,
    /// The day whose facts are checked.
    pub as_of: Date,
    /// The catalog's edition; none while it is under edit.
    pub edition: Option<String>,
    pub digest: String,
    /// When it began, in milliseconds since 1970.
    pub started_ms: i64,
}

/// A run as it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub id: RunId,
    /// What was known when it began.
    pub begun: NewRun,
    /// When it was finished; none for a run that was killed, or is under way.
    pub finished_ms: Option<i64>,
}

const COLUMNS: &str =
    "id, listing, provider, base_url, as_of, edition, digest, started_ms, finished_ms";

pub(super) fn begin(connection: &Connection, run: &NewRun) -> Result<RunId, HistoryFault> {
    connection.execute(
        "INSERT INTO runs (listing, provider, base_url, as_of, edition, digest, started_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            run.listing,
            run.provider,
            run.base_url,
            run.as_of.to_string(),
            run.edition,
            run.digest,
            run.started_ms
        ],
    )?;
    Ok(RunId(connection.last_insert_rowid()))
}

pub(super) fn finish(connection: &Connection, run: RunId, now_ms: i64) -> Result<(), HistoryFault> {
    let sql = "UPDATE runs SET finished_ms = ?2 WHERE id = ?1 AND finished_ms IS NULL";
    match connection.execute(sql, params![run, now_ms])? {
        1 => Ok(()),
        _ => Err(HistoryFault::refused(format!("run {run} is not under way"))),
    }
}

pub(super) fn by_id(connection: &Connection, run: RunId) -> Result<Option<Run>, HistoryFault> {
    let sql = format!("SELECT {COLUMNS} FROM runs WHERE id = ?1");
    connection.query_row(&sql, [run], |row| Ok(read(row))).optional()?.transpose()
}

pub(super) fn all(
    connection: &Connection,
    listing: Option<&str>,
) -> Result<Vec<Run>, HistoryFault> {
    let sql = format!("SELECT {COLUMNS} FROM runs WHERE ?1 IS NULL OR listing = ?1 ORDER BY id");
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([listing], |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

fn read(row: &Row<'_>) -> Result<Run, HistoryFault> {
    let as_of: String = row.get(4)?;
    let as_of =
        as_of.parse().map_err(|_| HistoryFault::refused(format!("`{as_of}` is not a date")))?;
    let begun = NewRun {
        listing: row.get(1)?,
        provider: row.get(2)?,
        base_url: row.get(3)?,
        as_of,
        edition: row.get(5)?,
        digest: row.get(6)?,
        started_ms: row.get(7)?,
    };
    Ok(Run { id: row.get(0)?, begun, finished_ms: row.get(8)? })
}
