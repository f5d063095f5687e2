//! Opens a history file: makes it where there is none, refuses what is not ours, and brings its
//! tables up to date.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, TransactionBehavior};

use super::error::{HistoryError, HistoryFault};
use super::migrations::{APPLICATION, MIGRATIONS};

/// How long to wait for another process; its transactions take milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait between two tries that the database does not repeat by itself.
const PAUSE: Duration = Duration::from_millis(5);

/// Opens the file, and gives its full path too.
pub(super) fn open(path: &Path) -> Result<(PathBuf, Connection), HistoryError> {
    let folder_fails = |source| HistoryError::Folder { path: path.to_owned(), source };
    // SQLite takes `` and `:memory:` for databases that vanish, a full path never.
    let path = std::path::absolute(path).map_err(folder_fails)?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(folder_fails)?;
    }
    let fails = |fault: HistoryFault| fault.during("open the database", &path);
    let mut connection = connect(&path).map_err(fails)?;
    // Without the right to write, SQLite opens a file for reading, and says nothing.
    if connection.is_readonly(MAIN_DB).map_err(|error| fails(error.into()))? {
        return Err(HistoryError::ReadOnly(path));
    }
    let (application, found) = identity(&connection).map_err(fails)?;
    if application.is_some_and(|application| application != APPLICATION) {
        return Err(HistoryError::Foreign(path));
    }
    let missing =
        MIGRATIONS.pending_migrations(&connection).map_err(|error| fails(error.into()))?;
    if missing < 0 {
        return Err(HistoryError::Newer { path, found, known: found + i64::from(missing) });
    }
    set_up(&mut connection).map_err(fails)?;
    Ok((path, connection))
}

/// No `SQLITE_OPEN_URI`: a file may be named like an address.
fn connect(path: &Path) -> Result<Connection, HistoryFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_transaction_behavior(TransactionBehavior::Immediate);
    Ok(connection)
}

/// Whose file this is, `None` for an empty one, and the format of its tables.
fn identity(connection: &Connection) -> Result<(Option<i64>, i64), HistoryFault> {
    let sql = "SELECT (SELECT application_id FROM pragma_application_id),
                      (SELECT user_version FROM pragma_user_version),
                      (SELECT count(*) FROM sqlite_schema)";
    let read = || {
        connection.query_row(sql, [], |row| {
            let (application, tables): (i64, i64) = (row.get(0)?, row.get(2)?);
            let is_empty = application == 0 && tables == 0;
            Ok(((!is_empty).then_some(application), row.get(1)?))
        })
    };
    Ok(patiently(read)?)
}

fn set_up(connection: &mut Connection) -> Result<(), HistoryFault> {
    // A write-ahead log lets one process read while another writes.
    let mode = patiently(|| {
        connection
            .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0))
    })?;
    if mode != "wal" {
        return Err(HistoryFault::refused("the place of the file allows no write-ahead log"));
    }
    // Survives the end of the process; a loss of power too, from the next firm write on.
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    match MIGRATIONS.to_latest(connection) {
        // Another process was faster with the same step.
        Err(_) if MIGRATIONS.pending_migrations(connection) == Ok(0) => Ok(()),
        result => Ok(result?),
    }
}

/// Tries again while the file is busy: to switch to a write-ahead log, the database does not wait.
fn patiently<T>(attempt: impl Fn() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    let began = Instant::now();
    loop {
        match attempt() {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && began.elapsed() < PATIENCE =>
            {
                sleep(PAUSE);
            }
            result => return result,
        }
    }
}
