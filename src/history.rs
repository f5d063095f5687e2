//! The history: runs with their evidence and verdicts, tasks under way, and the ledger of what
//! was spent, in one `SQLite` file that processes share.
//!
//! No clock: now is an argument, in milliseconds since 1970. No network, and nothing is judged
//! here. Whatever is written survives a kill. What is written before something leaves, which is a
//! reservation or a task, is on the disk when its call returns, and all before it: what a loss of
//! power can take makes no call look cheaper. A write that fails is an error, on which the caller
//! stops sending.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rust_decimal::Decimal;

use crate::catalog::Currency;
use error::HistoryFault;

mod address;
mod error;
mod evidence;
mod file;
mod future;
mod id;
mod ledger;
mod migrations;
mod pages;
mod run;
mod task;
mod verdict;

pub use address::{is_loopback, is_one_origin};
pub use error::HistoryError;
pub use evidence::Evidence;
pub use future::FutureEntries;
pub use id::{ReservationId, RunId, TaskId};
pub use ledger::{DaySpend, Reservation, ReservationEnd, ReservationResult};
pub use pages::{FigureRecord, PageCopy, PageStore};
pub use run::{NewRun, Run};
pub use task::{NewTask, OpenTask};
pub use verdict::{ClauseHistory, TimedVerdict, VerdictRecord};

/// What every question to a history answers.
pub type Result<T> = std::result::Result<T, HistoryError>;

/// One connection to a history file.
#[derive(Debug)]
pub struct History {
    path: PathBuf,
    connection: Connection,
}

impl History {
    /// Opens a file; makes it and its folders where there are none, and updates its tables.
    ///
    /// A file that is read-only, damaged, another program's, or a newer cogdex's is refused.
    pub fn open(path: &Path) -> Result<Self> {
        let (path, connection) = file::open(path)?;
        Ok(Self { path, connection })
    }

    /// Stores a run that begins.
    pub fn begin(&mut self, run: &NewRun) -> Result<RunId> {
        self.firmly("begin a run", |connection| run::begin(connection, run))
    }

    /// Ends a run; an error where it is not under way.
    pub fn finish(&mut self, run: RunId, now_ms: i64) -> Result<()> {
        self.firmly("finish a run", |connection| run::finish(connection, run, now_ms))
    }

    /// The run of a number.
    pub fn run(&self, run: RunId) -> Result<Option<Run>> {
        run::by_id(&self.connection, run).map_err(self.during("read a run"))
    }

    /// Every run, or those of one listing, oldest first.
    pub fn runs(&self, listing: Option<&str>) -> Result<Vec<Run>> {
        run::all(&self.connection, listing).map_err(self.during("read the runs"))
    }

    /// Reserves an amount if it fits under its limit, together with all that anyone who shares
    /// the file reserved at the run's address within 24 hours and did not release.
    ///
    /// The ledger's now is the newest time it ever saw, so a clock that goes back frees nothing.
    /// A negative amount, and a sum beyond the decimal range, are errors.
    pub fn reserve(&mut self, reservation: &Reservation) -> Result<ReservationResult> {
        self.firmly("reserve an amount", |connection| ledger::reserve(connection, reservation))
    }

    /// Settles a reservation, once; one that never is counts as spent.
    pub fn settle(&mut self, id: ReservationId, how: ReservationEnd) -> Result<()> {
        let settled = ledger::settle(&mut self.connection, id, how);
        settled.map_err(self.during("settle a reservation"))
    }

    /// What counts against a limit now: all of this currency within 24 hours, save the released; at
    /// one address, if it is named.
    pub fn used(&self, base_url: Option<&str>, currency: Currency, now_ms: i64) -> Result<Decimal> {
        let used = ledger::used(&self.connection, base_url, currency, now_ms);
        used.map_err(self.during("sum the ledger"))
    }

    /// What is dated in the future, if anything is.
    pub fn future(&self, now_ms: i64) -> Result<Option<FutureEntries>> {
        future::find(&self.connection, now_ms).map_err(self.during("look for future entries"))
    }

    /// Dates now what is dated in the future.
    pub fn settle_future(&mut self, now_ms: i64) -> Result<()> {
        self.firmly("settle future entries", |connection| future::settle(connection, now_ms))
    }

    /// Where a listing was probed, the latest first, and this machine's own addresses last.
    pub fn addresses(&self, listing: &str) -> Result<Vec<String>> {
        let mut addresses: Vec<String> = Vec::new();
        for run in self.runs(Some(listing))?.into_iter().rev() {
            if !addresses.contains(&run.begun.base_url) {
                addresses.push(run.begun.base_url);
            }
        }
        addresses.sort_by_key(|address| is_loopback(address));
        Ok(addresses)
    }

    /// What was spent, or may be, by day, listing, address and currency.
    pub fn spend_by_day(&self) -> Result<Vec<DaySpend>> {
        ledger::spend_by_day(&self.connection).map_err(self.during("sum the ledger"))
    }

    /// Stores an exchange; an error where its number is taken, or where its JSON is nested more
    /// than 127 deep, and could not be read again.
    pub fn record(&mut self, evidence: &Evidence) -> Result<()> {
        evidence::record(&self.connection, evidence).map_err(self.during("record evidence"))
    }

    /// The exchanges of a run, by number.
    pub fn evidence(&self, run: RunId) -> Result<Vec<Evidence>> {
        evidence::load(&self.connection, run).map_err(self.during("read evidence"))
    }

    /// Stores verdicts, all or none; an error where the run has one of a clause already.
    pub fn judge(&mut self, run: RunId, verdicts: &[VerdictRecord]) -> Result<()> {
        let judged = verdict::judge(&mut self.connection, run, verdicts);
        judged.map_err(self.during("store verdicts"))
    }

    /// The verdicts of a run, in the order in which they were stored.
    pub fn verdicts(&self, run: RunId) -> Result<Vec<VerdictRecord>> {
        verdict::load(&self.connection, run).map_err(self.during("read verdicts"))
    }

    /// The newest conclusive verdict on each clause of a listing, without latency and cost, and
    /// the run that came to it; one of this machine's own addresses only where there is no other.
    pub fn newest(&self, listing: &str) -> Result<BTreeMap<String, (RunId, VerdictRecord)>> {
        verdict::newest(&self.connection, listing).map_err(self.during("read verdicts"))
    }

    /// Every clause of a listing that was ever judged, by id; at one address, if it is named.
    pub fn timeline(&self, listing: &str, base_url: Option<&str>) -> Result<Vec<ClauseHistory>> {
        verdict::timeline(&self.connection, listing, base_url)
            .map_err(self.during("read the timeline"))
    }

    /// When each clause of a listing was last judged conclusively; at one address, if it is named.
    pub fn last_checked(
        &self,
        listing: &str,
        base_url: Option<&str>,
    ) -> Result<BTreeMap<String, i64>> {
        verdict::last_checked(&self.connection, listing, base_url)
            .map_err(self.during("read the timeline"))
    }

    /// Stores a task, before it is polled.
    pub fn open_task(&mut self, task: &NewTask) -> Result<TaskId> {
        self.firmly("store a task", |connection| task::open(connection, task))
    }

    /// Notes that the end of a task was seen; an error where it is not open.
    pub fn close_task(&mut self, id: TaskId) -> Result<()> {
        task::close(&self.connection, id).map_err(self.during("close a task"))
    }

    /// The tasks of a listing whose end nobody saw, oldest first.
    pub fn unfinished(&self, listing: &str) -> Result<Vec<OpenTask>> {
        task::unfinished(&self.connection, listing).map_err(self.during("read the tasks"))
    }

    /// Writes what has to survive a loss of power before anything else is done. All that was
    /// written before it is in the same log, and is on the disk with it.
    fn firmly<T>(
        &mut self,
        operation: &'static str,
        write: impl FnOnce(&mut Connection) -> std::result::Result<T, HistoryFault>,
    ) -> Result<T> {
        let level = |connection: &Connection, level: &str| {
            connection.pragma_update(None, "synchronous", level).map_err(HistoryFault::from)
        };
        let written = level(&self.connection, "full").and_then(|()| write(&mut self.connection));
        // A level that stays too high costs time and nothing else.
        drop(level(&self.connection, "normal"));
        written.map_err(self.during(operation))
    }

    fn during(&self, operation: &'static str) -> impl FnOnce(HistoryFault) -> HistoryError {
        move |fault| fault.during(operation, &self.path)
    }
}
