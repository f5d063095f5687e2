//! The history file: what is stored comes back, and what is not a history is refused by name.

mod ledger;
mod processes;

use std::error::Error;
use std::path::{Path, PathBuf};

use cogdex::history::{
    Evidence, History, HistoryError, NewRun, NewTask, Reservation, ReservationResult, RunId,
    VerdictRecord,
};
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use crate::support::{TODAY, usd};

/// A moment of today, in milliseconds.
const NOW: i64 = 1_795_219_200_000;

/// What a hostile server may send, and a database may trip over.
const HOSTILE: [&str; 5] =
    ["'; DROP TABLE runs; --", "a\"b\\c", "before\0after", "🦀\u{202e}é\u{feff}", ""];

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/cogdex/history.db");
    (folder, path)
}

fn new_run(listing: &str, started_ms: i64) -> NewRun {
    NewRun {
        listing: listing.to_owned(),
        provider: "p".to_owned(),
        base_url: "https://example.com".to_owned(),
        as_of: TODAY,
        edition: Some("2026-11-20".to_owned()),
        digest: "0f".to_owned(),
        started_ms,
    }
}

/// Dollars for a listing `p/l`.
fn reservation(run: RunId, amount: &str, limit: &str, now_ms: i64) -> Reservation {
    Reservation {
        run,
        listing: "p/l".to_owned(),
        what: "an image".to_owned(),
        amount: amount.parse().unwrap(),
        currency: usd(),
        limit: limit.parse().unwrap(),
        now_ms,
    }
}

fn verdict(id: &str, word: &str) -> VerdictRecord {
    VerdictRecord {
        id: id.to_owned(),
        verdict: word.to_owned(),
        reason: "a reason".to_owned(),
        observed: "200".to_owned(),
        latency_ms: Some(1200),
        cost: Some("0.10".parse().unwrap()),
    }
}

fn refusal(path: &Path) -> HistoryError {
    let error = History::open(path).unwrap_err();
    let full = std::path::absolute(path).unwrap();
    assert!(error.to_string().contains(&full.display().to_string()), "{error}");
    error
}

/// Does something to the file behind the program's back.
fn meddle(path: &Path, sql: &str) {
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn a_run_comes_back_as_it_was_begun_and_ends_once() {
    let (_folder, path) = place();
    let mut history = History::open(&path).unwrap();
    let first = NewRun { edition: None, ..new_run("p/l", NOW) };
    let (a, b) = (history.begin(&first).unwrap(), history.begin(&new_run("p/m", NOW)).unwrap());
    history.finish(a, NOW + 5).unwrap();
    let twice = history.finish(a, NOW + 6).unwrap_err().to_string();
    assert!(twice.contains("can't finish a run") && twice.contains("history.db"), "{twice}");

    let history = History::open(&path).unwrap();
    let run = history.run(a).unwrap().unwrap();
    assert_eq!((run.id, run.begun, run.finished_ms), (a, first, Some(NOW + 5)));
    assert_eq!(history.run(b).unwrap().unwrap().finished_ms, None);
    let none: RunId = "99".parse().unwrap();
    assert_eq!(history.run(none).unwrap(), None);
    assert_eq!(a.to_string().parse::<RunId>().unwrap(), a);
    assert!("0".parse::<RunId>().is_err() && "-1".parse::<RunId>().is_err());
}

#[test]
fn the_last_run_is_the_newest_by_number_though_the_clock_went_back() {
    let (_folder, path) = place();
    let mut history = History::open(&path).unwrap();
    let a = history.begin(&new_run("p/l", NOW)).unwrap();
    let b = history.begin(&new_run("p/l", NOW - 1000)).unwrap();
    let other = history.begin(&new_run("p/m", NOW)).unwrap();
    assert_eq!(history.runs(Some("p/l")).unwrap().pop().unwrap().id, b);
    assert_eq!(history.runs(Some("p/none")).unwrap(), []);
    let ids = |listing| history.runs(listing).unwrap().iter().map(|r| r.id).collect::<Vec<_>>();
    assert_eq!(ids(Some("p/l")), [a, b]);
    assert_eq!(ids(None), [a, b, other]);
}

#[test]
fn hostile_text_comes_back_as_it_was() {
    let (_folder, path) = place();
    let mut history = History::open(&path).unwrap();
    for (number, text) in (0..).zip(HOSTILE) {
        let run = history.begin(&new_run(text, NOW)).unwrap();
        let body = json!({ text: [text, 1.5, null, { "deep": text }], "z": 1, "a": 2 });
        let evidence = Evidence { run, number, ask: text.to_owned(), body };
        history.record(&evidence).unwrap();
        let said = VerdictRecord { observed: text.to_owned(), ..verdict(text, text) };
        history.judge(run, std::slice::from_ref(&said)).unwrap();
        let task = task(run, text, text);
        history.open_task(&task).unwrap();

        let history = History::open(&path).unwrap();
        assert_eq!(history.runs(Some(text)).unwrap().pop().unwrap().begun.listing, text);
        let read = history.evidence(run).unwrap();
        assert_eq!(read, [evidence]);
        // Keys keep their order: a document is evidence of that, too.
        assert!(read[0].body.to_string().ends_with(r#""z":1,"a":2}"#), "{}", read[0].body);
        assert_eq!(history.verdicts(run).unwrap(), [said]);
        assert_eq!(history.unfinished(text).unwrap()[0].opened, task);
        assert_eq!(history.timeline(text, None).unwrap()[0].id, text);
    }
    assert_eq!(history.runs(None).unwrap().len(), HOSTILE.len());
}

#[test]
fn evidence_comes_by_number_and_a_number_is_taken_once() {
    let (_folder, path) = place();
    let mut history = History::open(&path).unwrap();
    let run = history.begin(&new_run("p/l", NOW)).unwrap();
    let exchange = |number| Evidence { run, number, ask: "ask".to_owned(), body: json!(number) };
    for number in [7, 1, u32::MAX] {
        history.record(&exchange(number)).unwrap();
    }
    let taken = history.record(&exchange(7)).unwrap_err().to_string();
    assert!(taken.contains("can't record evidence"), "{taken}");
    assert_eq!(history.evidence(run).unwrap(), [1, 7, u32::MAX].map(exchange));
}

#[test]
fn evidence_too_deep_to_be_read_again_is_an_error_at_once() {
    let (_folder, path) = place();
    let mut history = History::open(&path).unwrap();
    let run = history.begin(&new_run("p/l", NOW)).unwrap();
    let nested = |depth| (0..depth).fold(json!(1), |inner, _| json!([inner]));
    let deep = |number, depth| Evidence { run, number, ask: "a".to_owned(), body: nested(depth) };
    history.record(&deep(1, 127)).unwrap();
    history.record(&deep(2, 128)).unwrap_err();
    assert_eq!(history.evidence(run).unwrap(), [deep(1, 127)]);
}

#[test]
fn what_belongs_to_no_run_is_not_written() {
    let (_folder, path) = place();
    let mut history = History::open(&path).unwrap();
    let run: RunId = "5".parse().unwrap();
    history.record(&Evidence { run, number: 1, ask: String::new(), body: json!(1) }).unwrap_err();
    history.judge(run, &[verdict("c", "holds")]).unwrap_err();
    history.open_task(&task(run, "p/l", "t")).unwrap_err();
    history.reserve(&reservation(run, "0.1", "1", NOW)).unwrap_err();
    history.finish(run, NOW).unwrap_err();
    assert!(history.evidence(run).unwrap().is_empty());
    assert!(history.used(None, usd(), NOW).unwrap().is_zero());
}

#[test]
fn verdicts_are_stored_all_or_none() {
    let (_folder, path) = place();
    let mut history = History::open(&path).unwrap();
    let run = history.begin(&new_run("p/l", NOW)).unwrap();
    let bare = VerdictRecord { latency_ms: None, cost: None, ..verdict("b", "skipped") };
    let stored = [verdict("z", "holds"), bare];
    history.judge(run, &stored).unwrap();
    let again = [verdict("new", "holds"), verdict("z", "broken")];
    history.judge(run, &again).unwrap_err();
    let endless = VerdictRecord { latency_ms: Some(u64::MAX), ..verdict("slow", "holds") };
    history.judge(run, &[verdict("new", "holds"), endless]).unwrap_err();
    assert_eq!(history.verdicts(run).unwrap(), stored);
}

#[test]
fn a_timeline_counts_flips_between_conclusive_verdicts_alone() {
    let (_folder, path) = place();
    let mut history = History::open(&path).unwrap();
    let words = ["skipped", "holds", "inconclusive", "holds", "broken", "skipped", "looser"];
    for (day, word) in (0..).zip(words) {
        let run = history.begin(&new_run("p/l", NOW + day)).unwrap();
        // What was skipped without an answer was not looked at.
        let never = VerdictRecord { latency_ms: None, ..verdict("never", "skipped") };
        history.judge(run, &[verdict("size", word), never]).unwrap();
    }
    let elsewhere = history.begin(&new_run("p/m", NOW + 50)).unwrap();
    history.judge(elsewhere, &[verdict("size", "holds")]).unwrap();
    let late = history.begin(&new_run("p/l", NOW + 9)).unwrap();
    history.judge(late, &[verdict("size", "inconclusive")]).unwrap();

    let timeline = history.timeline("p/l", None).unwrap();
    let [never, size] = timeline.as_slice() else { panic!("{timeline:?}") };
    assert_eq!((never.id.as_str(), never.flips, never.last.as_str()), ("never", 0, "skipped"));
    assert_eq!((size.id.as_str(), size.flips, size.last.as_str()), ("size", 2, "inconclusive"));
    assert_eq!((size.first_seen_ms, size.last_seen_ms), (NOW + 1, NOW + 9));
    let all: Vec<_> = size.all.iter().map(|j| (j.at_ms - NOW, j.verdict.as_str())).collect();
    assert_eq!(all[..3], [(0, "skipped"), (1, "holds"), (2, "inconclusive")]);
    assert_eq!(all.len(), 8);
    let checked = history.last_checked("p/l", None).unwrap();
    assert_eq!(checked.into_iter().collect::<Vec<_>>(), [("size".to_owned(), NOW + 6)]);
}

fn task(run: RunId, listing: &str, id: &str) -> NewTask {
    NewTask {
        run,
        reservation: None,
        listing: listing.to_owned(),
        base_url: "http://127.0.0.1:1".to_owned(),
        ask: "submit".to_owned(),
        task: id.to_owned(),
    }
}

#[test]
fn unfinished_tasks_survive_and_closed_ones_are_gone() {
    let (_folder, path) = place();
    let mut history = History::open(&path).unwrap();
    let run = history.begin(&new_run("p/l", NOW)).unwrap();
    let ReservationResult::Yes(id) = history.reserve(&reservation(run, "0.1", "1", NOW)).unwrap()
    else {
        panic!("there was room")
    };
    let paid = NewTask { reservation: Some(id), ..task(run, "p/l", "t-1") };
    let first = history.open_task(&paid).unwrap();
    let second = history.open_task(&task(run, "p/l", "t-2")).unwrap();
    history.open_task(&task(run, "p/m", "t-3")).unwrap();
    drop(history);

    let mut history = History::open(&path).unwrap();
    let open = history.unfinished("p/l").unwrap();
    assert_eq!(open.iter().map(|t| t.id).collect::<Vec<_>>(), [first, second]);
    assert_eq!(open[0].opened, paid);
    history.close_task(first).unwrap();
    history.close_task(first).unwrap_err();
    let left = history.unfinished("p/l").unwrap();
    assert_eq!(left.iter().map(|t| t.opened.task.as_str()).collect::<Vec<_>>(), ["t-2"]);
}

#[test]
fn a_newer_file_and_another_programs_are_refused_and_left_alone() {
    let (_folder, path) = place();
    drop(History::open(&path).unwrap());
    meddle(&path, "PRAGMA user_version = 99");
    let error = refusal(&path);
    assert!(matches!(error, HistoryError::Newer { found: 99, known: 1, .. }), "{error}");
    assert!(error.to_string().contains("use a newer one"), "{error}");

    let foreign = path.with_file_name("other.db");
    meddle(&foreign, "CREATE TABLE t (a); PRAGMA user_version = 1;");
    let before = std::fs::read(&foreign).unwrap();
    let error = refusal(&foreign);
    assert!(matches!(error, HistoryError::Foreign(_)), "{error}");
    assert_eq!(std::fs::read(&foreign).unwrap(), before);
}

#[test]
fn what_is_no_database_is_an_error_that_names_the_path() {
    let (folder, path) = place();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database at all, but long enough to be read as one. ".repeat(20))
        .unwrap();
    let source = refusal(&text).source().unwrap().to_string();
    assert!(source.contains("not a database"), "{source}");
    let below_a_file = text.join("history.db");
    assert!(matches!(refusal(&below_a_file), HistoryError::Folder { .. }));
    refusal(folder.path());
    assert!(!path.exists());
}

#[test]
fn a_path_of_nothing_is_refused() {
    // SQLite would make a database that vanishes, and with it the ledger.
    let error = History::open(Path::new("")).unwrap_err();
    assert!(matches!(error, HistoryError::Folder { .. }), "{error}");
}

#[test]
fn a_file_with_damaged_pages_or_amounts_never_counts_as_empty() {
    let (_folder, path) = place();
    let mut history = History::open(&path).unwrap();
    let run = history.begin(&new_run("p/l", NOW)).unwrap();
    history.reserve(&reservation(run, "0.1", "1", NOW)).unwrap();
    drop(history);

    for amount in ["", "x", "-1", "1e3", "NaN"] {
        meddle(&path, &format!("UPDATE reservations SET amount = '{amount}'"));
        let mut history = History::open(&path).unwrap();
        let error = history.reserve(&reservation(run, "0.1", "1", NOW)).unwrap_err().to_string();
        assert!(error.contains("can't reserve an amount"), "{error}");
        history.used(None, usd(), NOW).unwrap_err();
        history.spend_by_day().unwrap_err();
    }
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096..].fill(0xA5);
    std::fs::write(&path, bytes).unwrap();
    let failed =
        History::open(&path).and_then(|history| history.used(None, usd(), NOW)).unwrap_err();
    assert!(failed.source().unwrap().to_string().contains("malformed"), "{failed:?}");
}

#[test]
fn the_file_keeps_a_write_ahead_log_and_its_tables_keep_their_types() {
    let (_folder, path) = place();
    let _history = History::open(&path).unwrap();
    let connection = Connection::open(&path).unwrap();
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    let loose = "SELECT count(*) FROM pragma_table_list
                 WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' AND strict = 0";
    let loose: u32 = connection.query_row(loose, [], |row| row.get(0)).unwrap();
    assert_eq!(loose, 0);
}
