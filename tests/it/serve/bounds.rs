//! Who is served, for how long, and how many at once: a server with small bounds, in this process.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use cogdex::server::{ServerOptions, SharedSnapshot, SnapshotLoader, listen, serve};

use super::{connect, poll};
use crate::served::{Answer, write_catalog};
use crate::support::TODAY;

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A server within this process; it ends with the test's process, or by itself.
pub(super) fn start(change: impl FnOnce(&mut ServerOptions)) -> String {
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path());
    let loader =
        SnapshotLoader { folder: Some(folder.path().to_owned()), ..SnapshotLoader::default() };
    let snapshot = SharedSnapshot::new(loader.load(TODAY).unwrap());
    let stop_after = Some(Duration::from_mins(2));
    let mut options = ServerOptions { stop_after, ..ServerOptions::new(now_ms) };
    change(&mut options);
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
            tell.send(listener.local_addr().unwrap().to_string()).unwrap();
            serve(listener, snapshot, None, options).await.unwrap();
        });
    });
    told.recv().unwrap()
}

pub(super) fn ask(address: &str, path: &str) -> Answer {
    let mut socket = connect(address);
    let text = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    socket.write_all(text.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).unwrap();
    Answer::parse(&bytes)
}

/// Reads to the end of what the server says; panics where it does not end.
fn to_the_end(mut socket: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    match socket.read_to_end(&mut bytes) {
        Ok(_) => {}
        Err(why) => assert_eq!(why.kind(), std::io::ErrorKind::ConnectionReset, "{why}"),
    }
    bytes
}

#[test]
fn who_sends_nothing_or_too_slowly_is_cut() {
    let address = start(|options| options.idle_timeout = Duration::from_millis(300));
    let silent = connect(&address);
    assert!(to_the_end(silent).is_empty());
    let mut half = connect(&address);
    half.write_all(b"GET / HTTP/1.1\r\nhost: a").unwrap();
    assert!(to_the_end(half).is_empty());
    // The same after an answer of a file, and after one of a route.
    for path in ["/", "/healthz"] {
        let mut kept = connect(&address);
        let text = format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\nGET / HT");
        kept.write_all(text.as_bytes()).unwrap();
        let answer = to_the_end(kept);
        let text = String::from_utf8_lossy(&answer);
        assert!(text.starts_with("HTTP/1.1 200 OK"), "{path}: {text}");
        assert!(!text.contains("HTTP/1.1 200 OK\r\n\r\nHTTP"), "{path}");
    }
    // A head that trickles in has no longer than one that does not begin.
    let mut slow = connect(&address);
    let writer = slow.try_clone().unwrap();
    let trickle = std::thread::spawn(move || {
        let mut writer = writer;
        let mut sent = 0;
        while sent < 4000 && writer.write_all(b"x").is_ok() {
            sent += 1;
            std::thread::sleep(Duration::from_millis(10));
        }
        sent
    });
    let mut bytes = Vec::new();
    let _ = slow.read_to_end(&mut bytes);
    drop(slow);
    assert!(trickle.join().unwrap() < 4000);
}

#[test]
fn who_reads_nothing_is_cut() {
    let address = start(|options| options.idle_timeout = Duration::from_millis(300));
    for path in ["/", "/listings/p/l/", "/metrics"] {
        let mut greedy = connect(&address);
        greedy.set_write_timeout(Some(Duration::from_secs(30))).unwrap();
        let text = format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n").repeat(100);
        // Asks until nothing is taken any more; a server that kept all of it would be asked for ever.
        let refused = (0..100_000).find_map(|_| greedy.write_all(text.as_bytes()).err());
        let why = refused.expect("the server took everything");
        assert_ne!(why.kind(), std::io::ErrorKind::WouldBlock, "{path}: it hangs");
    }
    poll(|| {
        let text = String::from_utf8(ask(&address, "/metrics").body).unwrap();
        text.contains("\ncogdex_connections 1\n").then_some(())
    });
}

#[test]
fn a_head_that_is_too_long_is_refused() {
    let address = start(|_| {});
    let many = "x: y\r\n".repeat(200);
    let long = format!("x: {}\r\n", "y".repeat(40_000));
    let path = "x".repeat(40_000);
    for head in [
        format!("GET / HTTP/1.1\r\nhost: a\r\n{many}\r\n"),
        format!("GET / HTTP/1.1\r\nhost: a\r\n{long}\r\n"),
        format!("GET /{path} HTTP/1.1\r\nhost: a\r\n\r\n"),
    ] {
        let mut socket = connect(&address);
        let _ = socket.write_all(head.as_bytes());
        let mut bytes = Vec::new();
        let _ = socket.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        // A reset may overtake the words.
        let refused = ["HTTP/1.1 431", "HTTP/1.1 414", "HTTP/1.1 400"];
        assert!(bytes.is_empty() || refused.iter().any(|r| text.starts_with(r)), "{text}");
    }
    assert_eq!(ask(&address, "/").status, 200);
}

#[test]
fn a_head_that_is_no_head_is_refused_like_anything_else() {
    let address = start(|_| {});
    let file = "GET /listings/p/l/index.md HTTP/1.1\r\nhost: a\r\n\r\n";
    let heads = [
        ("GET / HTTP/1.1\r\nhost: a\r\nno colon\r\n\r\n".to_owned(), 400),
        ("G\u{0}T / HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/9.9\r\nhost: a\r\n\r\n".to_owned(), 400),
        ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n".to_owned(), 400),
        (format!("GET / HTTP/1.1\r\nhost: a\r\n{}\r\n", "x: y\r\n".repeat(200)), 431),
    ];
    // On a fresh connection, and on one that was given a file.
    for (head, status) in heads {
        for before in ["", file] {
            let mut socket = connect(&address);
            socket.write_all((before.to_owned() + &head).as_bytes()).unwrap();
            let bytes = to_the_end(socket);
            let at = bytes.windows(9).rposition(|nine| nine == b"HTTP/1.1 ").unwrap();
            assert_eq!(at > 0, !before.is_empty());
            let answer = Answer::parse(&bytes[at..]);
            assert_eq!(answer.status, status, "{head}");
            super::assert_safe(&answer);
            assert_eq!(super::header(&answer, "connection"), Some("close"));
            assert_eq!(super::header(&answer, "cache-control"), Some("no-store"));
            assert!(super::header(&answer, "date").is_some());
            assert!(answer.json()["error"].as_str().unwrap().contains("head"), "{head}");
        }
    }
}

#[test]
fn many_are_served_at_once() {
    let address = start(|_| {});
    let mut sockets: Vec<_> = (0..300).map(|_| connect(&address)).collect();
    for socket in &mut sockets {
        let text = "GET /listings/p/l/ HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        socket.write_all(text.as_bytes()).unwrap();
    }
    let page = ask(&address, "/listings/p/l/").body;
    for socket in sockets {
        assert!(Answer::parse(&to_the_end(socket)).body == page);
    }
}

#[test]
fn who_asks_when_too_many_ask_is_sent_away_for_a_while() {
    let address = start(|options| options.questions = 0);
    for path in ["/api/v1/compare?model=any", "/metrics"] {
        let answer = ask(&address, path);
        assert_eq!((answer.status, super::header(&answer, "retry-after")), (503, Some("1")));
    }
    // Pages and health are nobody's turn.
    assert_eq!(ask(&address, "/").status, 200);
    assert_eq!(ask(&address, "/healthz").status, 200);
}

#[test]
fn an_answer_that_takes_too_long_is_given_up() {
    let address = start(|options| options.answer_timeout = Duration::ZERO);
    // Only what waits can be late: metrics of a history do.
    let path = tempfile::tempdir().unwrap();
    let history = Some(path.path().join("history.sqlite"));
    let late = start(|options| {
        options.answer_timeout = Duration::ZERO;
        options.history = history;
    });
    let answer = ask(&late, "/metrics");
    assert_eq!((answer.status, super::header(&answer, "retry-after")), (503, Some("1")));
    assert_eq!(ask(&address, "/healthz").status, 200);
}
