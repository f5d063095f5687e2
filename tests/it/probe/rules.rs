//! The rest of a probe's rules: what is free, what is tried again, and what a poll may do.

use std::collections::BTreeMap;

use cogdex::history::History;
use serde_json::json;

use super::recorder::{Recorder, say};
use super::{Bench, KEY, Seen, VARIABLE};
use crate::served::Mock;

const LIMIT: [&str; 2] = ["--spend-limit", "0.01 USD"];

/// How often each body was posted with the key.
fn times(server: &Recorder) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for body in server.posted_with(KEY) {
        *times.entry(body).or_default() += 1;
    }
    times
}

/// A server that refuses strangers, and answers every paid request with a 429.
fn limiting(headers: &'static str, code: &'static str) -> Recorder {
    Recorder::start(move |request, socket| {
        let (status, headers, code) =
            if request.contains(KEY) { (429, headers, code) } else { (401, "", "1002") };
        let body = json!({ "error": { "code": code, "message": "x" } });
        say(socket, status, headers, body.to_string().as_bytes());
    })
}

/// What a source says of every 429, and of no code.
const ANY_429: &str = "[[clause]]\nid = \"error.429.any\"\nsource = \"page\"\nseen = 2026-11-20\n\
    error = { status = 429, message = \"too often\", retryable = true }\n";

#[test]
fn a_429_is_tried_again_once_and_only_where_the_contract_and_the_server_allow_it() {
    for (headers, code, most) in [
        ("retry-after: 0\r\n", "1302", 2),
        ("", "1302", 1),
        // No money comes by waiting.
        ("retry-after: 0\r\n", "1113", 1),
        ("retry-after: 0\r\n", "9999", 1),
        // A clause of this status without a code speaks for no answer.
        ("retry-after: 0\r\n", "", 1),
        ("retry-after: 86400\r\n", "1302", 1),
        ("retry-after: -1\r\n", "1302", 1),
        ("retry-after: 99999999999999999999999\r\n", "1302", 1),
        ("retry-after: Fri, 31 Dec 1999 23:59:59 GMT\r\n", "1302", 2),
        ("retry-after: Fri, 31 Dec 1999 23:59:59 GMT\r\n", "1113", 1),
        ("retry-after: Thu, 31 Dec 2899 23:59:59 GMT\r\n", "1302", 1),
        ("retry-after: some day\r\n", "1302", 1),
    ] {
        let server = limiting(headers, code);
        let bench = Bench::small();
        let path = bench.path("catalog").join("endpoints/p/images.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text + ANY_429).unwrap();
        let seen = bench.run(&server.base("p"), &["p/l", LIMIT[0], "0.02 USD"]);
        let times = times(&server);
        assert!(!times.is_empty());
        assert_eq!(times.values().max(), Some(&most), "{headers} {code}: {times:?}");
        assert_eq!(seen.with("broken"), Vec::<String>::new(), "{headers} {code}");
        assert_eq!(seen.with("looser"), Vec::<String>::new());
        assert_eq!(seen.check("accepted")["verdict"], "inconclusive", "{headers} {code}");
    }
}

#[test]
fn a_429_and_then_no_answer_are_two_calls_that_are_booked_as_spent() {
    let server = Recorder::start(|request, socket| {
        let first = !request.contains(KEY);
        if first {
            say(socket, 401, "", br#"{"error":{"code":"1002","message":"no"}}"#);
        }
    });
    let calls = std::sync::Arc::<std::sync::atomic::AtomicUsize>::default();
    let limited = Recorder::start(move |request, socket| {
        if !request.contains(KEY) {
            return say(socket, 401, "", br#"{"error":{"code":"1002","message":"no"}}"#);
        }
        if calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 {
            let body = br#"{"error":{"code":"1302","message":"x"}}"#;
            say(socket, 429, "retry-after: 0\r\n", body);
        }
    });
    for (server, limit, posts) in [(server, "0.01 USD", 1), (limited, "0.02 USD", 2)] {
        let seen = Bench::small().run(&server.base("p"), &["p/l", LIMIT[0], limit]);
        assert_eq!(server.posted_with(KEY).len(), posts);
        assert_eq!(seen.document()["spend"]["calls_billable"], posts);
        assert_eq!(seen.document()["spend"]["spent"], format!("0.0{posts}"));
        assert_eq!(seen.check("accepted")["verdict"], "inconclusive");
    }
}

#[test]
fn a_poll_that_no_clause_calls_free_is_not_sent() {
    let (bench, mock) = (Bench::small(), Mock::small(&[]));
    let path = bench.path("catalog").join("endpoints/q/images.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("billable = false", "billable = true")).unwrap();
    let relay = Recorder::before(&mock, |_| {});
    let seen = bench.run(&relay.base("q"), &["q/l", LIMIT[0], LIMIT[1]]);
    assert_eq!(relay.posted_with(KEY).len(), 1);
    assert!(relay.asked().iter().all(|request| request.starts_with("POST")));
    assert_eq!(seen.with("broken"), Vec::<String>::new());
    let check = seen.check("task.ends");
    assert!(check["observed"].to_string().contains("may bill"), "{check}");
}

/// Probes `q/l` at a server whose polls are answered in one way.
fn polled(answer: fn(&mut std::net::TcpStream), most: &str) -> (Seen, Recorder) {
    let server = Recorder::start(move |request, socket| {
        if !request.contains(KEY) {
            say(socket, 401, "", br#"{"error":{"code":401,"message":"no","type":"x"}}"#);
        } else if request.starts_with("POST") {
            say(socket, 200, "", br#"{"data":{"task_id":"n48_77","status":"IN_PROGRESS"}}"#);
        } else {
            answer(socket);
        }
    });
    let limits = ["q/l", LIMIT[0], LIMIT[1], "--timeout", "500ms", "--task-timeout", most];
    let seen = Bench::small().run(&server.base("q"), &limits);
    assert_eq!(server.posted_with(KEY).len(), 1, "it was submitted once");
    (seen, server)
}

#[test]
fn a_poll_that_cannot_be_served_now_breaks_nothing() {
    let says: [fn(&mut std::net::TcpStream); 4] = [
        |socket| say(socket, 503, "", b"{}"),
        |socket| say(socket, 429, "", b"{}"),
        |_| {},
        |socket| drop(std::io::Read::read(socket, &mut [0; 1])),
    ];
    for (number, answer) in says.into_iter().enumerate() {
        let (seen, _) = polled(answer, "1s");
        assert_eq!(seen.with("broken"), Vec::<String>::new(), "{number}");
        assert_eq!(seen.check("task.ends")["verdict"], "inconclusive", "{number}");
        assert_eq!(seen.code, 3, "{number}");
    }
}

#[test]
fn a_poll_that_is_refused_or_makes_no_sense_is_broken() {
    let says: [fn(&mut std::net::TcpStream); 5] = [
        |socket| say(socket, 410, "", b"gone"),
        |socket| say(socket, 307, "location: http://127.0.0.1:1/x\r\n", b"{}"),
        |socket| say(socket, 200, "", b"<html>"),
        |socket| say(socket, 200, "", b"{\"data\":{\"status\":\"compl"),
        |socket| {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
            let _ = std::io::Write::write_all(socket, head.as_bytes());
            while std::io::Write::write_all(socket, &[b' '; 1 << 14]).is_ok() {}
        },
    ];
    for (number, answer) in says.into_iter().enumerate() {
        let (seen, server) = polled(answer, "20s");
        assert_eq!(seen.check("task.ends")["verdict"], "broken", "{number}: {}", seen.stdout);
        assert_eq!(seen.code, 1, "{number}");
        assert!(server.asked().len() < 12, "{number}: {:?}", server.asked());
    }
}

#[test]
fn a_task_that_is_not_found_to_the_end_is_broken_and_asked_for_ever_more_seldom() {
    let lost = |socket: &mut std::net::TcpStream| say(socket, 404, "", b"{}");
    let (seen, server) = polled(lost, "1s");
    assert_eq!(seen.check("task.ends")["verdict"], "broken", "{}", seen.stdout);
    assert!(server.asked().len() < 30, "{}", server.asked().len());
}

#[test]
fn a_redirected_poll_takes_the_key_nowhere() {
    let elsewhere = Recorder::saying(200, r#"{"data":{"status":"completed"}}"#);
    let location = format!("location: http://127.0.0.1:{}/x\r\n", elsewhere.port);
    let server = Recorder::start(move |request, socket| {
        if request.starts_with("POST") {
            say(socket, 200, "", br#"{"data":{"task_id":"n48_77","status":"IN_PROGRESS"}}"#);
        } else {
            say(socket, 302, &location, b"{}");
        }
    });
    Bench::small().run(&server.base("q"), &["q/l", LIMIT[0], LIMIT[1]]);
    assert!(server.asked().iter().any(|request| request.starts_with("GET")));
    assert_eq!(elsewhere.asked(), Vec::<String>::new());
}

#[test]
fn a_record_that_has_no_catalog_to_go_to_fails_before_anything_is_sent() {
    let server = Recorder::saying(200, "{}");
    let bench = Bench::new();
    let limits = ["apiin/cogview-4", LIMIT[0], LIMIT[1], "--record"];
    let seen = bench.run(&server.base("apiin"), &limits);
    assert_eq!(seen.code, 2, "{}", seen.stdout);
    assert!(seen.stderr.contains("--catalog"), "{}", seen.stderr);
    assert_eq!(server.asked(), Vec::<String>::new());
}

#[test]
fn a_catalog_that_is_not_valid_fails_before_anything_is_sent() {
    let server = Recorder::saying(200, "{}");
    for (file, text) in [
        ("listings/p/l.toml", "model = \"m\"\nendpoint = \"p/images\"\nunheard-of = 1\n"),
        ("listings/p/l.toml", "model = \n"),
        ("endpoints/p/images.toml", "name = \"Without a contract\"\n"),
    ] {
        let bench = Bench::small();
        std::fs::write(bench.path("catalog").join(file), text).unwrap();
        let seen = bench.run(&server.base("p"), &["p/l", LIMIT[0], LIMIT[1]]);
        assert!([1, 2].contains(&seen.code), "{text}: {}", seen.stdout);
        assert_ne!(seen.stderr, "", "{text}");
    }
    assert_eq!(server.asked(), Vec::<String>::new());
}

#[test]
fn a_key_of_unusual_shape_is_used_with_a_warning() {
    for key in ["mock 7f3a9c with spaces", "mock-schlüssel-7f3a9c", "mock7f"] {
        let server = Recorder::saying(401, r#"{"error":{"code":"1002","message":"no"}}"#);
        let bench = Bench::small();
        let mut command = bench.command(&server.base("p"), &["p/l", LIMIT[0], LIMIT[1]]);
        command.env(VARIABLE, key);
        let seen = Seen::of(command);
        assert!(seen.stderr.contains("unusual"), "{key}: {}", seen.stderr);
        assert!(!seen.stderr.contains(key), "{}", seen.stderr);
        assert_eq!(server.posted_with(&format!("Bearer {key}")).len(), 1, "{key}");
    }
}

#[test]
fn wrong_keys_are_new_in_each_run_and_have_nothing_of_the_real_one() {
    let mut wrong = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let server = Recorder::saying(401, r#"{"error":{"code":"1002","message":"no"}}"#);
        Bench::small().run(&server.base("p"), &["p/l"]);
        let asked = server.asked();
        let shown = asked.iter().filter_map(|request| {
            request.lines().find_map(|line| line.strip_prefix("authorization: Bearer "))
        });
        let shown: Vec<_> = shown.collect();
        assert_eq!((asked.len(), shown.len()), (2, 1), "{asked:?}");
        let parts = KEY.as_bytes().windows(6).map(|part| std::str::from_utf8(part).unwrap());
        assert!(parts.into_iter().all(|part| !shown[0].contains(part)));
        assert!(wrong.insert(shown[0].to_owned()), "it was used before");
    }
}

#[test]
fn a_task_is_known_before_its_first_poll() {
    let bench = Bench::small();
    let path = bench.path("h.sqlite");
    let known = std::sync::Arc::<std::sync::Mutex<Vec<Vec<String>>>>::default();
    let noted = std::sync::Arc::clone(&known);
    let server = Recorder::start(move |request, socket| {
        if request.starts_with("POST") {
            return say(socket, 200, "", br#"{"data":{"task_id":"n48_77","status":"pending"}}"#);
        }
        let open = History::open(&path).unwrap().unfinished("q/l").unwrap();
        noted.lock().unwrap().push(open.into_iter().map(|task| task.opened.task).collect());
        say(socket, 200, "", br#"{"data":{"status":"failed"}}"#);
    });
    bench.run(&server.base("q"), &["q/l", LIMIT[0], LIMIT[1]]);
    let known = known.lock().unwrap();
    assert!(known.first().is_some_and(|first| first == &["n48_77"]), "{known:?}");
}
