//! Evidence: one JSON document for each exchange, so that a run can be judged again at no cost.
//! What comes here is redacted already.

use rusqlite::{Connection, params};
use serde_json::Value;

use super::error::HistoryFault;
use super::id::RunId;

/// One exchange of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    pub run: RunId,
    /// Which exchange of the run, in the order in which they were sent.
    pub number: u32,
    /// What was asked.
    pub ask: String,
    /// What was sent and what came back.
    pub body: Value,
}

pub(super) fn record(connection: &Connection, evidence: &Evidence) -> Result<(), HistoryFault> {
    let body = evidence.body.to_string();
    // A document that can be written and not read, for its depth, would be lost unnoticed.
    read_body(&body)?;
    connection.execute(
        "INSERT INTO exchanges (run, number, ask, body) VALUES (?1, ?2, ?3, ?4)",
        params![evidence.run, evidence.number, evidence.ask, body],
    )?;
    Ok(())
}

pub(super) fn load(connection: &Connection, run: RunId) -> Result<Vec<Evidence>, HistoryFault> {
    let mut statement = connection
        .prepare("SELECT number, ask, body FROM exchanges WHERE run = ?1 ORDER BY number")?;
    let mut rows = statement.query([run])?;
    let mut exchanges = Vec::new();
    while let Some(row) = rows.next()? {
        let body = read_body(&row.get::<_, String>(2)?)?;
        exchanges.push(Evidence { run, number: row.get(0)?, ask: row.get(1)?, body });
    }
    Ok(exchanges)
}

fn read_body(text: &str) -> Result<Value, HistoryFault> {
    serde_json::from_str(text)
        .map_err(|why| HistoryFault::refused(format!("the evidence is bad: {why}")))
}
