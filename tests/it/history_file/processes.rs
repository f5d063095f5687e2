//! Several processes and one file: races, a kill, and a user without the right to write.
//!
//! A test that needs another process runs itself there, with [`PART`] set.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Barrier;

use cogdex::history::{History, ReservationResult};
use rust_decimal::Decimal;

use super::{NOW, new_run, place, reservation};
use crate::support::usd;

/// Names the history to a test that runs in a process of its own.
const PART: &str = "COGDEX_TEST_HISTORY";

fn part() -> Option<PathBuf> {
    std::env::var_os(PART).map(PathBuf::from)
}

/// This test of this program as a process, its output piped.
fn oneself(program: &Path, test: &str, history: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["--exact", &format!("history_file::processes::{test}"), "--nocapture"]);
    command.env(PART, history).stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

fn this_program() -> PathBuf {
    std::env::current_exe().unwrap()
}

/// The lines that begin with a word, without it; other lines are the test harness's.
fn said(child: &mut Child, word: &'static str) -> impl Iterator<Item = String> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.filter_map(move |line| {
        let line = line.unwrap();
        line.split_once(&format!("{word}: ")).map(|(_, rest)| rest.to_owned())
    })
}

fn say(word: &str, rest: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{word}: {rest}").unwrap();
    out.flush().unwrap();
}

/// Reserves a tenth so many times, and tells each that fits.
fn reserve_tenths(path: &Path, times: u32) {
    let mut history = History::open(path).unwrap();
    let run = history.begin(&new_run("p/l", NOW)).unwrap();
    for time in 0..times {
        let asked = reservation(run, "0.1", "7.7", NOW + i64::from(time));
        if let ReservationResult::Yes(id) = history.reserve(&asked).unwrap() {
            say("reserved", &id.to_string());
        }
    }
}

#[test]
fn processes_that_race_for_one_limit_never_exceed_it() {
    if let Some(path) = part() {
        return reserve_tenths(&path, 50);
    }
    let (_folder, path) = place();
    // The file is not there yet: they race for making it too.
    let name = "processes_that_race_for_one_limit_never_exceed_it";
    let racers = [(); 3].map(|()| oneself(&this_program(), name, &path).spawn().unwrap());
    let mut ids = Vec::new();
    for mut racer in racers {
        ids.extend(said(&mut racer, "reserved"));
        assert!(racer.wait().unwrap().success());
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 77);
    let used = History::open(&path).unwrap().used(None, usd(), NOW).unwrap();
    assert_eq!(used, Decimal::new(77, 1));
}

#[test]
fn connections_of_one_process_that_race_never_exceed_the_limit() {
    let (_folder, path) = place();
    let reserve = || {
        let mut history = History::open(&path).unwrap();
        let run = history.begin(&new_run("p/l", NOW)).unwrap();
        let asked = reservation(run, "0.100000000001", "5.000000000049", NOW);
        (0..50)
            .filter(|_| matches!(history.reserve(&asked).unwrap(), ReservationResult::Yes(_)))
            .count()
    };
    let fitted: usize = std::thread::scope(|scope| {
        let threads = [(); 2].map(|()| scope.spawn(reserve));
        threads.map(|thread| thread.join().unwrap()).iter().sum()
    });
    // Fifty would need one unit of the last decimal more.
    assert_eq!(fitted, 49);
}

#[test]
fn a_new_file_can_be_opened_by_many_at_once() {
    for _ in 0..10 {
        let (_folder, path) = place();
        let start = Barrier::new(6);
        let open = || {
            start.wait();
            History::open(&path).unwrap().begin(&new_run("p/l", NOW)).unwrap()
        };
        std::thread::scope(|scope| {
            let threads = [(); 6].map(|()| scope.spawn(open));
            for thread in threads {
                thread.join().unwrap();
            }
        });
        assert_eq!(History::open(&path).unwrap().runs(None).unwrap().len(), 6);
    }
}

#[test]
fn what_a_killed_process_reserved_stays_spent() {
    if let Some(path) = part() {
        return reserve_tenths(&path, 1_000_000);
    }
    let (_folder, path) = place();
    let name = "what_a_killed_process_reserved_stays_spent";
    let mut victim = oneself(&this_program(), name, &path).spawn().unwrap();
    let told = said(&mut victim, "reserved").take(20).count();
    victim.kill().unwrap();
    assert!(!victim.wait().unwrap().success());
    assert_eq!(told, 20);

    let mut history = History::open(&path).unwrap();
    let used = history.used(None, usd(), NOW).unwrap();
    // It went on after it told of the twentieth; what it told of is there, and the limit held.
    assert!(used >= Decimal::from(2) && used <= Decimal::new(77, 1), "{used}");
    let run = history.begin(&new_run("p/l", NOW)).unwrap();
    let rest = Decimal::new(77, 1) - used;
    let more = reservation(run, &(rest + Decimal::new(1, 12)).to_string(), "7.7", NOW);
    assert_eq!(history.reserve(&more).unwrap(), ReservationResult::OverLimit { used });
    let fits = reservation(run, &rest.to_string(), "7.7", NOW);
    assert!(matches!(history.reserve(&fits).unwrap(), ReservationResult::Yes(_)));
    assert_eq!(history.runs(Some("p/l")).unwrap().pop().unwrap().id, run);
    assert_eq!(history.runs(None).unwrap()[0].finished_ms, None);
}

#[test]
fn a_file_or_folder_that_may_not_be_written_is_refused_by_name() {
    if let Some(path) = part() {
        for path in [path.clone(), path.with_file_name("new.db"), path.with_file_name("a/new.db")] {
            say("error", &History::open(&path).unwrap_err().to_string());
        }
        return;
    }
    let (folder, path) = place();
    drop(History::open(&path).unwrap());
    let inner = path.parent().unwrap();
    let may = |path: &Path, mode| {
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    };
    // Someone else's process has to reach the program and the file.
    let program = folder.path().join("program");
    std::fs::copy(this_program(), &program).unwrap();
    may(&program, 0o755);
    may(folder.path(), 0o755);
    may(&path, 0o444);
    may(inner, 0o555);
    let name = "a_file_or_folder_that_may_not_be_written_is_refused_by_name";
    let mut command = oneself(&program, name, &path);
    if std::fs::OpenOptions::new().write(true).open(&path).is_ok() {
        // Root may write everywhere; nobody may not.
        command.uid(65534).current_dir("/");
    }
    let mut child = command.spawn().unwrap();
    let errors: Vec<_> = said(&mut child, "error").collect();
    assert!(child.wait().unwrap().success());
    may(inner, 0o755);
    let named = |name: &str| inner.join(name).display().to_string();
    assert_eq!(
        errors,
        [
            format!("the history `{}` is read-only", named("history.db")),
            format!("can't open the database in the history `{}`", named("new.db")),
            format!("can't make the folder of the history `{}`", named("a/new.db")),
        ]
    );
}

#[test]
fn a_path_that_sqlite_takes_for_memory_is_a_file_like_any_other() {
    let names = [":memory:", "file:x.db?mode=memory", "plain.db"];
    if part().is_some() {
        for name in names {
            drop(History::open(Path::new(name)).unwrap());
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "a_path_that_sqlite_takes_for_memory_is_a_file_like_any_other";
    let mut command = oneself(&this_program(), name, folder.path());
    let output = command.current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let is_there = names.map(|name| folder.path().join(name).is_file());
    assert_eq!(is_there, [true; 3]);
}
