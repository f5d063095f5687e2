//! Keeps what is served current: loaded anew when the day changes, when a watched folder changes,
//! and after a load that failed for a reason that may pass. A catalog with errors is not served;
//! what was served before goes on.

use std::any::Any;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use notify_debouncer_full::file_id::{FileId, get_file_id};
use notify_debouncer_full::notify::{self, Config, PollWatcher, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, NoCache, new_debouncer_opt};
use tokio::sync::Notify;

use super::Clock;
use super::loader::SnapshotLoader;
use super::snapshot::SharedSnapshot;

/// An editor writes a file in several steps; a file is quiet for this long before it is read.
const QUIET: Duration = Duration::from_millis(100);

/// How often a folder is looked at where the system reports nothing.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// How often it is checked that the watched folder is still the one at its path, and how long a
/// load that failed waits for its next try.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// A clock may be set, and a machine may sleep over midnight.
const MAX_DAY_WAIT: Duration = Duration::from_secs(30);

/// What became of a load.
#[derive(Debug)]
pub enum ReloadEvent {
    /// Another snapshot is served now.
    Exchanged,
    /// What is served stays, for these reasons; reported once for each change of them.
    Refused(Vec<String>),
    /// The folder can't be watched now; it is tried again.
    Blind(String),
}

/// Keeps the snapshot current for ever, and reports what happens.
pub async fn keep_current(
    snapshot: SharedSnapshot,
    loader: SnapshotLoader,
    watch: bool,
    clock: Clock,
    mut report: impl FnMut(ReloadEvent),
) {
    let mut watched = loader.folder.clone().filter(|_| watch).map(WatchedFolder::new);
    let loader = Arc::new(loader);
    let mut is_due = false;
    loop {
        // Watched first and loaded then, so that no change falls between the two.
        if let Some(folder) = &mut watched {
            is_due |= folder.refresh(&mut report);
        }
        if is_due || today(clock) != snapshot.current().today {
            is_due = !load(&snapshot, &loader, today(clock), &mut report).await;
        }
        let wait = if is_due { CHECK_INTERVAL } else { until_midnight(clock) };
        match &mut watched {
            Some(folder) => is_due |= folder.has_changed(wait.min(CHECK_INTERVAL)).await,
            None => tokio::time::sleep(wait).await,
        }
    }
}

/// Loads once; false where it failed for a reason that may pass by itself.
async fn load(
    snapshot: &SharedSnapshot,
    loader: &Arc<SnapshotLoader>,
    today: Date,
    report: &mut impl FnMut(ReloadEvent),
) -> bool {
    let (loader, served) = (Arc::clone(loader), snapshot.current());
    let result = tokio::task::spawn_blocking(move || loader.load_if_changed(&served, today)).await;
    match result {
        Ok(Ok(None)) => snapshot.clear_findings(),
        Ok(Ok(Some(next))) => {
            snapshot.exchange(next);
            report(ReloadEvent::Exchanged);
        }
        Ok(Err(error)) => {
            let lines = error.lines();
            if *snapshot.findings() != lines {
                snapshot.refuse(lines.clone());
                report(ReloadEvent::Refused(lines));
            }
            return !error.is_transient();
        }
        Err(_) => return false,
    }
    true
}

/// A folder with its watcher, which is made anew whenever it may have lost sight of the path.
struct WatchedFolder {
    path: PathBuf,
    /// Lives as long as changes are to be reported.
    watcher: Option<Box<dyn Any + Send>>,
    /// The folder that the watcher sees.
    identity: Option<Identity>,
    changes: Arc<Notify>,
    is_blind: bool,
}

/// What tells a folder from another that later stands at its path.
type Identity = (FileId, Option<SystemTime>);

impl WatchedFolder {
    fn new(path: PathBuf) -> Self {
        Self { path, watcher: None, identity: None, changes: Arc::default(), is_blind: false }
    }

    /// Watches what stands at the path now; true where that is to be loaded.
    fn refresh(&mut self, report: &mut impl FnMut(ReloadEvent)) -> bool {
        let identity = identity(&self.path);
        if self.watcher.is_some() && identity == self.identity {
            return false;
        }
        let vanished = self.identity.is_some() && identity.is_none();
        self.identity = identity;
        match watcher(&self.path, &self.changes) {
            Ok(watcher) => {
                self.watcher = Some(watcher);
                self.is_blind = false;
                true
            }
            Err(error) => {
                self.watcher = None;
                if !std::mem::replace(&mut self.is_blind, true) {
                    report(ReloadEvent::Blind(error.to_string()));
                }
                vanished
            }
        }
    }

    /// Waits for a change, at most for so long.
    async fn has_changed(&mut self, wait: Duration) -> bool {
        let has_changed = tokio::time::timeout(wait, self.changes.notified()).await.is_ok();
        if has_changed {
            // What was added, replaced or linked anew is seen by a new watcher.
            self.watcher = None;
        }
        has_changed
    }
}

fn identity(folder: &Path) -> Option<Identity> {
    let created = std::fs::metadata(folder).and_then(|metadata| metadata.created()).ok();
    Some((get_file_id(folder).ok()?, created))
}

/// Reports every change in a folder; by polling where the system does not report it.
fn watcher(folder: &Path, changes: &Arc<Notify>) -> notify::Result<Box<dyn Any + Send>> {
    let handler = || {
        let changes = Arc::clone(changes);
        move |result: DebounceEventResult| {
            // To read a file is no change, and each load would be the cause of the next.
            if !result.is_ok_and(|events| events.iter().all(|event| event.kind.is_access())) {
                changes.notify_one();
            }
        }
    };
    let config = Config::default();
    let native =
        new_debouncer_opt::<_, RecommendedWatcher, _>(QUIET, None, handler(), NoCache, config);
    let native = native.and_then(|mut debouncer| {
        debouncer.watch(folder, RecursiveMode::Recursive)?;
        Ok(Box::new(debouncer) as Box<dyn Any + Send>)
    });
    native.or_else(|_| {
        let config = config.with_poll_interval(POLL_INTERVAL).with_compare_contents(true);
        let mut debouncer =
            new_debouncer_opt::<_, PollWatcher, _>(QUIET, None, handler(), NoCache, config)?;
        debouncer.watch(folder, RecursiveMode::Recursive)?;
        Ok(Box::new(debouncer) as Box<dyn Any + Send>)
    })
}

/// The day of a clock, in UTC.
fn today(clock: Clock) -> Date {
    let now = jiff::Timestamp::from_millisecond(clock()).unwrap_or_default();
    now.to_zoned(TimeZone::UTC).date()
}

fn until_midnight(clock: Clock) -> Duration {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let left = DAY_MS - clock().rem_euclid(DAY_MS);
    Duration::from_millis(left.unsigned_abs() + 1).min(MAX_DAY_WAIT)
}
