//! Tasks: each is known before it is polled, and is polled on, never submitted anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::money::until;
use super::recorder::{Recorder, say};
use super::{Bench, KEY, base, counts};
use crate::served::Mock;

const SUBMITTED: &[u8] = br#"{"data":{"task_id":"n48_77","status":"IN_PROGRESS"}}"#;

/// A server whose tasks are under way until it is told otherwise.
fn slow(done: &Arc<AtomicBool>) -> Recorder {
    let done = Arc::clone(done);
    Recorder::start(move |request, socket| {
        if !request.contains(KEY) {
            say(socket, 401, "", br#"{"error":{"code":401,"message":"no","type":"x"}}"#);
        } else if request.starts_with("POST") {
            say(socket, 200, "", SUBMITTED);
        } else if done.load(Ordering::SeqCst) {
            say(socket, 200, "", br#"{"data":{"status":"failed"}}"#);
        } else {
            say(socket, 200, "", br#"{"data":{"status":"IN_PROGRESS"}}"#);
        }
    })
}

fn polls(server: &Recorder) -> usize {
    server.asked().iter().filter(|request| request.starts_with("GET /q/api/tasks/n48_77")).count()
}

#[test]
fn a_killed_run_leaves_its_task_to_the_next_which_submits_nothing_anew() {
    let done = Arc::<AtomicBool>::default();
    let (bench, server) = (Bench::small(), slow(&done));
    let limits = ["q/l", "--spend-limit", "0.01 USD", "--task-timeout", "2m"];
    let mut run = bench.start(&server.base("q"), &limits);
    until(|| polls(&server) > 0);
    run.kill().unwrap();
    run.wait().unwrap();
    let submitted = server.posted_with(KEY);
    assert_eq!(submitted.len(), 1);
    let polled = polls(&server);
    done.store(true, Ordering::SeqCst);
    let limits = ["q/l", "--spend-limit", "9 USD", "--task-timeout", "2m"];
    let seen = bench.run(&server.base("q"), &limits);
    assert!(polls(&server) > polled);
    let later = server.posted_with(KEY);
    let again = later.iter().skip(1).filter(|body| **body == submitted[0]).count();
    assert_eq!(again, 0, "it was submitted anew: {later:?}");
    assert_eq!(seen.with("broken"), Vec::<String>::new());
    assert!(seen.check("task.ends")["observed"].to_string().contains("failed"));
}

#[test]
fn a_task_that_a_later_run_sees_through_is_judged_by_what_is_still_to_be_seen() {
    let (bench, mock) = (Bench::new(), Mock::start(&[]));
    // Polls are held back, so that the first run never sees the end.
    let relay = Recorder::before(&mock, |reply| {
        let text = String::from_utf8_lossy(&reply.body).replace("completed", "IN_PROGRESS");
        if text.contains("IN_PROGRESS") {
            reply.body = text.into_bytes();
        }
    });
    let listing = "apiin/cogview-4";
    let once = [listing, "--spend-limit", "0.04 USD", "--task-timeout", "200ms"];
    let first = bench.run(&relay.base("apiin"), &once);
    assert_eq!(first.code, 3, "{}", first.stdout);
    let billed = counts(&mock, "apiin/images").1;
    assert_eq!(billed, 1);
    assert_eq!(first.check("task.ends")["verdict"], "inconclusive");
    // Run after run polls it on while it has no end, and submits nothing.
    for _ in 0..2 {
        let again = bench.run(&relay.base("apiin"), &once);
        assert_eq!(again.with("broken"), Vec::<String>::new());
        assert_eq!(again.check("task.ends")["verdict"], "inconclusive");
        assert_eq!(counts(&mock, "apiin/images").1, billed);
    }
}

#[test]
fn a_task_whose_id_is_a_number_is_broken_for_that_and_polled() {
    let server = Recorder::start(|request, socket| {
        if !request.contains(KEY) {
            say(socket, 401, "", br#"{"error":{"code":401,"message":"no","type":"x"}}"#);
        } else if request.starts_with("POST") {
            say(socket, 200, "", br#"{"data":{"task_id":77,"status":"IN_PROGRESS"}}"#);
        } else {
            say(socket, 200, "", br#"{"data":{"status":"failed"}}"#);
        }
    });
    let seen = Bench::small().run(&server.base("q"), &["q/l", "--spend-limit", "0.01 USD"]);
    let asked = server.asked();
    assert!(asked.iter().any(|it| it.starts_with("GET /q/api/tasks/77 ")), "{asked:?}");
    assert_eq!(seen.check("answer.task-id")["verdict"], "broken");
    assert!(seen.check("task.ends")["observed"].to_string().contains("failed"));
}

#[test]
fn a_task_without_end_is_given_up_in_time() {
    let (bench, mock) = (Bench::small(), Mock::small(&["--fault", "task-never-ends"]));
    let limits = ["q/l", "--spend-limit", "0.01 USD", "--task-timeout", "100ms"];
    let seen = bench.run(&base(&mock, "q"), &limits);
    assert_eq!(seen.check("task.ends")["verdict"], "inconclusive");
    assert_eq!(seen.code, 3);
    assert_eq!(counts(&mock, "q/images").1, 1);
}

#[test]
fn a_strange_state_is_seen_though_others_follow_it() {
    let words = ["IN_PROGRESS", "IN_PROGRESS", "thinking", "IN_PROGRESS", "failed"];
    let polled = std::sync::atomic::AtomicUsize::default();
    let server = Recorder::start(move |request, socket| {
        if !request.contains(KEY) {
            return say(socket, 401, "", br#"{"error":{"code":401,"message":"no","type":"x"}}"#);
        }
        if request.starts_with("POST") {
            return say(socket, 200, "", SUBMITTED);
        }
        let word = words[polled.fetch_add(1, Ordering::SeqCst).min(4)];
        let body = serde_json::json!({ "data": { "status": word } });
        say(socket, 200, "", body.to_string().as_bytes());
    });
    let seen = Bench::small().run(&server.base("q"), &["q/l", "--spend-limit", "0.01 USD"]);
    let check = seen.check("task.under-way");
    assert_eq!(check["verdict"], "broken", "{check}");
    assert!(check["reason"].to_string().contains("thinking"), "{check}");
}

#[test]
fn a_poll_that_asks_for_an_endless_pause_ends_the_wait_and_not_the_run() {
    let server = Recorder::start(|request, socket| {
        if !request.contains(KEY) {
            say(socket, 401, "", br#"{"error":{"code":401,"message":"no","type":"x"}}"#);
        } else if request.starts_with("POST") {
            say(socket, 200, "", SUBMITTED);
        } else {
            // Time has passed by then, and the sum of both has to be one, too.
            std::thread::sleep(std::time::Duration::from_millis(1100));
            let endless = "retry-after: 18446744073709551615\r\n";
            say(socket, 200, endless, br#"{"data":{"status":"IN_PROGRESS"}}"#);
        }
    });
    let limits = ["q/l", "--spend-limit", "0.01 USD", "--task-timeout", "1m"];
    let seen = Bench::small().run(&server.base("q"), &limits);
    assert_eq!(seen.check("task.ends")["verdict"], "inconclusive");
    assert_eq!(polls(&server), 2, "one with the key, and one without");
}
