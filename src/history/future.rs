//! What is dated in the future, because a clock was wrong: it would count against limits, and as
//! looked at, until that day comes.

use std::fmt;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::error::HistoryFault;

/// Clocks of machines that share a file differ by so much.
const MAX_SKEW_MS: i64 = 60_000;

/// Entries of a history that are dated in the future.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FutureEntries {
    pub reservations: i64,
    pub runs: i64,
    /// The date of the last of them, in milliseconds since 1970.
    pub newest_ms: i64,
}

impl fmt::Display for FutureEntries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let newest = Timestamp::from_millisecond(self.newest_ms);
        let newest = newest.map(|at| at.to_string()).unwrap_or_default();
        let day = newest.split('T').next().unwrap_or_default();
        let (reservations, runs) = (self.reservations, self.runs);
        write!(
            f,
            "{reservations} amounts and {runs} runs are dated in the future, up to {day}, and count \
             until then; `cogdex history --settle-future` sets them to now"
        )
    }
}

pub(super) fn find(
    connection: &Connection,
    now_ms: i64,
) -> Result<Option<FutureEntries>, HistoryFault> {
    let sql = "SELECT (SELECT count(*) FROM reservations WHERE at_ms > ?1),
                      (SELECT count(*) FROM runs WHERE started_ms > ?1),
                      max(coalesce((SELECT max(at_ms) FROM reservations), 0),
                          coalesce((SELECT max(started_ms) FROM runs), 0))";
    let found = connection.query_row(sql, [now_ms.saturating_add(MAX_SKEW_MS)], |row| {
        Ok(FutureEntries { reservations: row.get(0)?, runs: row.get(1)?, newest_ms: row.get(2)? })
    })?;
    Ok(Some(found).filter(|found| found.reservations + found.runs > 0))
}

pub(super) fn settle(connection: &mut Connection, now_ms: i64) -> Result<(), HistoryFault> {
    let transaction = connection.transaction()?;
    for sql in [
        "UPDATE reservations SET at_ms = ?1 WHERE at_ms > ?2",
        "UPDATE runs SET started_ms = ?1 WHERE started_ms > ?2",
        "UPDATE runs SET finished_ms = ?1 WHERE finished_ms > ?2",
    ] {
        transaction.execute(sql, params![now_ms, now_ms.saturating_add(MAX_SKEW_MS)])?;
    }
    Ok(transaction.commit()?)
}
