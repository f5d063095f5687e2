//! Tasks of a provider: each is stored before its first poll, so that a run that was killed is
//! polled on by the next, and nothing is submitted twice.

use rusqlite::{Connection, params};

use super::error::HistoryFault;
use super::id::{ReservationId, RunId, TaskId};

/// A task that was submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTask {
    /// The run that submitted it.
    pub run: RunId,
    /// What was reserved for it.
    pub reservation: Option<ReservationId>,
    pub listing: String,
    /// Where it was submitted; it is known nowhere else.
    pub base_url: String,
    /// What was asked.
    pub ask: String,
    /// The provider's id of the task.
    pub task: String,
}

/// A task whose end was not seen yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTask {
    pub id: TaskId,
    /// What was stored of it.
    pub opened: NewTask,
}

pub(super) fn open(connection: &Connection, task: &NewTask) -> Result<TaskId, HistoryFault> {
    connection.execute(
        "INSERT INTO tasks (run, reservation, listing, base_url, ask, task)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![task.run, task.reservation, task.listing, task.base_url, task.ask, task.task],
    )?;
    Ok(TaskId(connection.last_insert_rowid()))
}

pub(super) fn close(connection: &Connection, id: TaskId) -> Result<(), HistoryFault> {
    let sql = "UPDATE tasks SET is_open = 0 WHERE id = ?1 AND is_open = 1";
    match connection.execute(sql, [id])? {
        1 => Ok(()),
        _ => Err(HistoryFault::refused(format!("task {id} is not open"))),
    }
}

pub(super) fn unfinished(
    connection: &Connection,
    listing: &str,
) -> Result<Vec<OpenTask>, HistoryFault> {
    let mut statement = connection.prepare(
        "SELECT id, run, reservation, base_url, ask, task FROM tasks
         WHERE listing = ?1 AND is_open = 1 ORDER BY id",
    )?;
    let mut rows = statement.query([listing])?;
    let mut tasks = Vec::new();
    while let Some(row) = rows.next()? {
        let opened = NewTask {
            run: row.get(1)?,
            reservation: row.get(2)?,
            listing: listing.to_owned(),
            base_url: row.get(3)?,
            ask: row.get(4)?,
            task: row.get(5)?,
        };
        tasks.push(OpenTask { id: row.get(0)?, opened });
    }
    Ok(tasks)
}
