//! Keeps what is served true: made anew when the day changes, and when a watched folder does. What
//! has errors is not served; what was served before goes on.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use notify::{Config, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;

use super::Clock;
use super::loader::{LoadError, SnapshotLoader};
use super::snapshot::SharedSnapshot;

/// An editor writes a file in several steps; so long nothing may have happened.
const QUIET: Duration = Duration::from_millis(100);

/// A folder that never rests is looked at all the same.
const LONGEST_UNREST: Duration = Duration::from_secs(2);

/// How often a folder is looked at where the system tells nothing.
const POLL: Duration = Duration::from_secs(1);

/// A clock may be set, and a machine may sleep over midnight.
const LONGEST_DAY_WAIT: Duration = Duration::from_secs(30);

/// What became of looking anew.
#[derive(Debug)]
pub enum ReloadEvent {
    /// Something else is served now.
    Exchanged,
    /// What is served stays, and why; told once for each change.
    Refused(Vec<String>),
    /// The folder can't be watched.
    Blind(String),
}

/// Keeps on for ever; `tell` is given what happens.
pub async fn keep_current(
    live: SharedSnapshot,
    recipe: SnapshotLoader,
    watch: bool,
    clock: Clock,
    mut tell: impl FnMut(ReloadEvent),
) {
    let recipe = Arc::new(recipe);
    let changed = Arc::new(Notify::new());
    let folder = recipe.folder.clone().filter(|_| watch);
    let watcher = folder.as_deref().map(|folder| watcher(folder, &changed));
    if let Some(Err(why)) = &watcher {
        tell(ReloadEvent::Blind(why.to_string()));
    }
    if watcher.is_some() {
        // What changed between the first look and now was told to nobody.
        changed.notify_one();
    }
    loop {
        tokio::select! {
            () = changed.notified() => rest(&changed).await,
            () = tokio::time::sleep(until_midnight(clock)) => {
                if day(clock) == live.now().today {
                    continue;
                }
            }
        }
        let (recipe, today) = (Arc::clone(&recipe), day(clock));
        let served = live.kept();
        let made = tokio::task::spawn_blocking(move || recipe.make_anew(&served, today)).await;
        let Ok(made) = made else { continue };
        match made {
            Ok(None) => live.settle(),
            Ok(Some(loaded)) => {
                live.exchange(loaded);
                tell(ReloadEvent::Exchanged);
            }
            Err(fault) => refuse(&live, &fault, &mut tell),
        }
    }
}

fn refuse(live: &SharedSnapshot, fault: &LoadError, tell: &mut impl FnMut(ReloadEvent)) {
    let lines = fault.lines();
    let known = live.findings();
    live.refuse(lines.clone());
    if *known != lines {
        tell(ReloadEvent::Refused(lines));
    }
}

/// Waits until nothing happens any more.
async fn rest(changed: &Notify) {
    let end = tokio::time::Instant::now() + LONGEST_UNREST;
    while tokio::time::Instant::now() < end {
        if tokio::time::timeout(QUIET, changed.notified()).await.is_err() {
            return;
        }
    }
}

/// Tells of every change in a folder; by looking again and again where the system does not tell.
fn watcher(folder: &Path, changed: &Arc<Notify>) -> notify::Result<Box<dyn Watcher + Send>> {
    let teller = || {
        let changed = Arc::clone(changed);
        move |event: notify::Result<notify::Event>| {
            // To read a file is no change, and each look would be the cause of the next.
            if !event.is_ok_and(|event| matches!(event.kind, EventKind::Access(_))) {
                changed.notify_one();
            }
        }
    };
    let told = RecommendedWatcher::new(teller(), Config::default()).and_then(|mut watcher| {
        watcher.watch(folder, RecursiveMode::Recursive)?;
        Ok(Box::new(watcher) as Box<dyn Watcher + Send>)
    });
    told.or_else(|_| {
        let config = Config::default().with_poll_interval(POLL).with_compare_contents(true);
        let mut watcher = PollWatcher::new(teller(), config)?;
        watcher.watch(folder, RecursiveMode::Recursive)?;
        Ok(Box::new(watcher) as Box<dyn Watcher + Send>)
    })
}

/// The day of a clock, in UTC.
fn day(clock: Clock) -> Date {
    let now = jiff::Timestamp::from_millisecond(clock()).unwrap_or_default();
    now.to_zoned(TimeZone::UTC).date()
}

fn until_midnight(clock: Clock) -> Duration {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let left = DAY - clock().rem_euclid(DAY);
    Duration::from_millis(left.unsigned_abs() + 1).min(LONGEST_DAY_WAIT)
}
