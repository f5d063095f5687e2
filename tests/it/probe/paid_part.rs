//! The paid part: what stops it, what it costs when nothing comes of it, and what the run then says.

use cogdex::history::History;
use serde_json::json;

use super::recorder::{Recorder, say};
use super::{Bench, KEY, Seen, base};
use crate::served::Mock;

const ALL: [&str; 3] = ["p/l", "--spend-limit", "9 USD"];

/// A server that refuses strangers, and answers whoever has the key in one way.
fn answering(status: u16, headers: &str, body: &str) -> Recorder {
    let (headers, body) = (headers.to_owned(), body.to_owned());
    Recorder::start(move |request, socket| {
        if request.contains(KEY) {
            say(socket, status, &headers, body.as_bytes());
        } else {
            say(socket, 401, "", br#"{"error":{"code":"1002","message":"no"}}"#);
        }
    })
}

fn error(code: &str) -> String {
    json!({ "error": { "code": code, "message": "x" } }).to_string()
}

fn skipped(seen: &Seen) -> String {
    seen.with("skipped").join("\n")
}

#[test]
fn an_answer_that_cannot_change_ends_the_paid_part_at_once() {
    for (status, headers, code) in [
        (401, "", "1002"),
        (402, "", "9"),
        (429, "", "1113"),
        (429, "retry-after: 1\r\n", "1113"),
        (302, "location: http://127.0.0.1:1/\r\n", "9"),
    ] {
        let server = answering(status, headers, &error(code));
        let seen = Bench::small().run(&server.base("p"), &ALL);
        assert_eq!(server.posted_with(KEY).len(), 1, "{status} {code}");
        let skipped = skipped(&seen);
        assert!(skipped.contains("the paid part stopped after `plain`"), "{skipped}");
        assert_ne!(seen.code, 0, "{status} {code}");
    }
}

#[test]
fn two_answers_in_a_row_that_tell_nothing_end_the_paid_part() {
    let html = "<html>502 Bad Gateway</html>";
    for (status, headers, body) in
        [(500, "", "{}"), (503, "", html), (429, "", "{}"), (429, "retry-after: 0\r\n", html)]
    {
        let server = answering(status, headers, body);
        let seen = Bench::small().run(&server.base("p"), &ALL);
        let posted = server.posted_with(KEY);
        assert_eq!(posted.len(), 2, "{status}: {posted:?}");
        assert_ne!(posted[0], posted[1], "no body is sent twice");
        assert!(skipped(&seen).contains("answers in a row tell nothing"));
        assert_eq!(seen.code, 3, "{status}");
    }
    let hanging = Recorder::hanging();
    Bench::small().run(&hanging.base("p"), &[&ALL[..], &["--timeout", "300ms"]].concat());
    assert_eq!(hanging.posted_with(KEY).len(), 2);
}

#[test]
fn tasks_that_never_end_are_not_paid_for_over_and_over() {
    let (bench, mock) = (Bench::small(), Mock::small(&["--fault", "task-never-ends"]));
    let relay = Recorder::before(&mock, |_| {});
    bench.run(&relay.base("q"), &["q/l", ALL[1], ALL[2], "--task-timeout", "100ms"]);
    assert_eq!(relay.posted_with(KEY).len(), 2);
}

#[test]
fn one_bad_answer_among_good_ones_ends_nothing() {
    let mock = Mock::small(&[]);
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let address = mock.address.clone();
    let server = Recorder::start(move |request, socket| {
        let paid = request.starts_with("POST") && request.contains(KEY);
        if paid && calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst).is_multiple_of(2) {
            return say(socket, 503, "", b"{}");
        }
        let _ = super::recorder::Reply::from(&address, request, "", socket).write(socket);
    });
    let seen = Bench::small().run(&server.base("p"), &ALL);
    assert!(server.posted_with(KEY).len() > 4);
    assert!(!skipped(&seen).contains("the paid part stopped"), "{}", skipped(&seen));
}

#[test]
fn a_longer_pause_than_a_run_makes_ends_the_paid_part() {
    let server = answering(429, "retry-after: 3600\r\n", &error("1302"));
    let seen = Bench::small().run(&server.base("p"), &ALL);
    assert_eq!(server.posted_with(KEY).len(), 1);
    assert!(skipped(&seen).contains("longer pause than a run makes"));
}

#[test]
fn a_retry_is_a_call_of_its_own_under_the_same_limit() {
    for (limit, posts) in [("0.01 USD", 1), ("0.02 USD", 2), ("0.03 USD", 3)] {
        let server = answering(429, "retry-after: 0\r\n", &error("1302"));
        let seen = Bench::small().run(&server.base("p"), &["p/l", "--spend-limit", limit]);
        assert_eq!(server.posted_with(KEY).len(), posts, "{limit}");
        let spend = &seen.document()["spend"];
        assert_eq!(spend["calls_billable"], posts, "{limit}");
        assert_eq!(spend["reserved"], format!("0.0{posts}"), "{limit}");
    }
}

#[test]
fn where_no_byte_left_nothing_is_booked_and_the_next_run_has_the_whole_limit() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nowhere = format!("http://{}/p", listener.local_addr().unwrap());
    drop(listener);
    let (bench, mock) = (Bench::small(), Mock::small(&[]));
    let limits = ["p/l", "--spend-limit", "0.02 USD"];
    // Neither a closed port nor TLS with a server that has none.
    let plain = Recorder::start(|_, _| {}).base("p").replace("http://", "https://");
    for base in [nowhere, plain] {
        let seen = bench.run(&base, &limits);
        let spend = &seen.document()["spend"];
        assert_eq!((&spend["spent"], &spend["calls_billable"]), (&"0".into(), &0.into()), "{base}");
        assert_eq!(seen.code, 3);
    }
    assert_eq!(History::open(&bench.path("h.sqlite")).unwrap().spend_by_day().unwrap(), []);
    let seen = bench.run(&base(&mock, "p"), &limits);
    assert_eq!(seen.document()["spend"]["spent"], "0.02");
    assert_eq!(seen.check("accepted")["verdict"], "holds");
}

#[test]
fn a_server_that_takes_the_connection_and_never_shakes_hands_got_no_byte_of_the_request() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("https://{}/p", listener.local_addr().unwrap());
    let bench = Bench::small();
    let seen = bench.run(&base, &["p/l", "--spend-limit", "0.02 USD", "--timeout", "1s"]);
    assert_eq!(seen.document()["spend"]["spent"], "0", "{}", seen.document());
    drop(listener);
}

#[test]
fn a_run_that_paid_for_nothing_it_was_asked_to_check_exits_3() {
    let (bench, mock) = (Bench::small(), Mock::small(&[]));
    let own = base(&mock, "p");
    let limits = ["p/l", "--spend-limit", "0.01 USD"];
    assert_eq!(bench.run(&own, &limits).code, 0);
    // The limit is used up; so it is where the free part is not due, and nothing at all is sent.
    assert_eq!(bench.run(&own, &limits).code, 3);
    let due = bench.run(&own, &[&limits[..], &["--due", "7d"]].concat());
    assert_eq!(due.code, 3, "{}", due.stdout);
    // The ledger has another currency.
    let other = ["p/l", "--spend-limit", "9 CNY", "--rate", "USD/CNY=7"];
    let seen = bench.run(&own, &other);
    assert!(skipped(&seen).contains("the ledger has amounts in USD"), "{}", skipped(&seen));
    assert_eq!(seen.code, 3);
    // A limit that is too low for anything, and a run that was not asked to pay.
    assert_eq!(Bench::small().run(&own, &["p/l", "--spend-limit", "0.001 USD"]).code, 3);
    assert_eq!(Bench::small().run(&own, &["p/l"]).code, 0);
}

#[test]
fn a_run_that_kept_no_cause_of_a_skip_is_still_strict_in_a_replay() {
    let (bench, mock) = (Bench::small(), Mock::small(&[]));
    bench.run(&base(&mock, "p"), &["p/l"]);
    let connection = rusqlite::Connection::open(bench.path("h.sqlite")).unwrap();
    let sql = "UPDATE exchanges SET body = json_remove(body, '$.skip')";
    assert!(connection.execute(sql, []).unwrap() > 2);
    let replayed = |more: &[&str]| {
        let arguments = [&["--replay", "1"], more].concat();
        Seen::of(bench.bare(&arguments))
    };
    assert_eq!(replayed(&[]).code, 0);
    let strict = replayed(&["--strict"]);
    assert_eq!(strict.code, 3, "{}", strict.stdout);
}
