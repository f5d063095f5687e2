//! The client: one request, one answer, no key where none belongs, and no server too rude for it.

mod images;
mod keys;
mod rude;

use std::io::Write;
use std::time::Duration;

use cogdex::probe::{
    ANSWER_BYTES, ApiKey, Client, HttpResponse, KeyHeader, Outcome, OutgoingRequest, Redactor,
    Trust,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::served::Mock;
use rude::{Rude, Then, hang};

const KEY: &str = "sk-live-Zt/9+Qw_47=xYb.00";

/// Long enough for a busy machine, where no time runs out.
const LONG: Duration = Duration::from_mins(1);

/// Where the time has to run out, and still enough for a request to arrive on a busy machine.
const SHORT: Duration = Duration::from_secs(2);

fn key() -> ApiKey {
    ApiKey::new(KEY.to_owned()).unwrap()
}

/// A client that trusts these hosts with [`KEY`].
fn client(hosts: &[String]) -> Client {
    let redactor = Redactor::new([&key()]).unwrap();
    Client::new(redactor, Trust::new(hosts).unwrap()).unwrap()
}

/// Sends a POST with the key.
async fn post(client: &Client, url: &str, timeout: Duration) -> Outcome {
    let (key, json) = (key(), json!({ "prompt": "a cat" }));
    let out = OutgoingRequest {
        method: "POST",
        url,
        headers: Vec::new(),
        key: Some((&key, KeyHeader { name: "authorization", scheme: "Bearer" })),
        json: Some(&json),
        timeout,
        cap_bytes: ANSWER_BYTES,
        alone: true,
    };
    client.send(out).await
}

/// Posts to a server that is trusted.
async fn posted(server: &Rude, timeout: Duration) -> Outcome {
    post(&client(&[server.host()]), &server.url(), timeout).await
}

fn answered(outcome: Outcome) -> HttpResponse {
    match outcome {
        Outcome::Answered(answered) => answered,
        other => panic!("no answer: {other:?}"),
    }
}

/// What was said of a request that was not sent.
fn refused<T: std::fmt::Debug>(outcome: Outcome<T>) -> String {
    match outcome {
        Outcome::Refused(why) => why,
        other => panic!("not refused: {other:?}"),
    }
}

fn is_cut(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Cut(_))
}

#[tokio::test]
async fn a_request_carries_the_key_and_the_body_and_its_answer_comes_back_whole() {
    let server = Rude::with("X-One: two\r\n", br#"{"created":1}"#);
    let answer = answered(posted(&server, LONG).await);
    assert_eq!((answer.status, answer.body.as_slice()), (200, &br#"{"created":1}"#[..]));
    assert!(answer.headers.contains(&("x-one".to_owned(), "two".to_owned())));
    assert!(!answer.key_echoed && !answer.truncated && answer.ttfb_ms <= answer.latency_ms);
    let [request] = &server.asked()[..] else { panic!("not one request") };
    assert!(request.starts_with("POST /v1/images HTTP/1.1\r\n"), "{request}");
    assert!(request.contains(&format!("authorization: Bearer {KEY}\r\n")), "{request}");
    assert!(request.contains("content-type: application/json\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n{\"prompt\":\"a cat\"}"), "{request}");
    assert!(!request.contains("referer"), "{request}");
}

#[tokio::test]
async fn every_request_has_a_connection_of_its_own() {
    let server = Rude::start(|socket| {
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
        Then::Keep
    });
    let client = client(&[server.host()]);
    for _ in 0..3 {
        answered(post(&client, &server.url(), LONG).await);
    }
    assert_eq!((server.asked().len(), server.connections()), (3, 3));
}

#[tokio::test]
async fn a_closed_port_is_the_one_failure_after_which_nothing_was_sent() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    drop(listener);
    let outcome =
        post(&client(std::slice::from_ref(&host)), &format!("http://{host}/"), LONG).await;
    assert!(matches!(outcome, Outcome::ConnectFailed(_)), "{outcome:?}");
}

#[tokio::test]
async fn a_server_that_hangs_or_drips_is_left_when_the_time_is_over() {
    let server = Rude::start(hang);
    assert_eq!(posted(&server, SHORT).await, Outcome::TimedOut);
    assert_eq!(server.asked().len(), 1, "asked again after a timeout");

    let server = Rude::start(|socket| {
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
        while socket.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
        Then::Close
    });
    assert_eq!(posted(&server, SHORT).await, Outcome::TimedOut);
    assert_eq!(server.asked().len(), 1, "asked again after a drip");
}

#[tokio::test]
async fn what_breaks_after_a_byte_left_is_cut_and_never_sent_again() {
    let rude = [
        ("closed without a word", Rude::start(|_| Then::Close)),
        ("reset without a word", Rude::unread(|_| Then::Close)),
        ("no HTTP", Rude::saying("SSH-2.0-OpenSSH_9.2\r\n")),
        ("half a head", Rude::saying("HTTP/1.1 200 OK\r\ncontent-")),
        ("half a body", Rude::saying("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"a\":")),
        (
            "no last chunk",
            Rude::saying("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{\"a\r\n"),
        ),
        ("no gzip", Rude::with("content-encoding: gzip\r\n", b"plain")),
        ("half a gzip", Rude::with("content-encoding: gzip\r\n", &gzip(b"{}")[..12])),
    ];
    for (what, server) in rude {
        let outcome = posted(&server, LONG).await;
        assert!(is_cut(&outcome), "{what}: {outcome:?}");
        assert_eq!(server.asked().len(), 1, "{what}: asked again");
    }
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_never_asked_for_again() {
    for status in [408, 425, 429, 500, 502, 503, 504] {
        let server = Rude::saying(format!(
            "HTTP/1.1 {status} No\r\nretry-after: 0\r\ncontent-length: 2\r\n\r\n{{}}"
        ));
        assert_eq!(answered(posted(&server, LONG).await).status, status);
        assert_eq!(server.asked().len(), 1, "{status}: asked again");
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_body_is_read_up_to_its_cap_after_unpacking_and_no_further() {
    let most = vec![b' '; ANSWER_BYTES];
    let server = Rude::with("content-encoding: gzip\r\n", &gzip(&most));
    assert_eq!(answered(posted(&server, LONG).await).body.len(), ANSWER_BYTES);
    let server = Rude::with("content-encoding: gzip\r\n", &gzip(&[&most[..], b" "].concat()));
    assert_eq!(posted(&server, LONG).await, Outcome::TooLarge);
}

#[tokio::test]
async fn neither_an_endless_body_nor_an_endless_bomb_is_read_to_its_end() {
    let endless = Rude::start(|socket| {
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while socket.write_all(&[b' '; 4096]).is_ok() {}
        Then::Close
    });
    // It unpacks to a thousand times of what is sent, and never ends: only a cap stops it.
    let bomb = Rude::start(|socket| {
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n");
        let mut encoder = GzEncoder::new(socket, Compression::fast());
        while encoder.write_all(&[b' '; 1 << 12]).is_ok() {}
        Then::Close
    });
    for server in [endless, bomb] {
        assert_eq!(posted(&server, LONG).await, Outcome::TooLarge);
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_flood_of_headers_is_cut_and_a_long_header_is_shortened() {
    let flood = Rude::start(|socket| {
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\n");
        while socket.write_all(b"x-more: and more\r\n").is_ok() {}
        Then::Close
    });
    let outcome = posted(&flood, LONG).await;
    assert!(is_cut(&outcome), "{outcome:?}");
    let long = Rude::with(&format!("x-long: {}{KEY}\r\n", "a".repeat(4080)), b"{}");
    let answer = answered(posted(&long, LONG).await);
    let value = &answer.headers.iter().find(|(name, _)| name == "x-long").unwrap().1;
    assert!(answer.key_echoed && value.len() < 4100 && !value.contains("sk-"), "{value}");
}

#[tokio::test]
async fn a_redirect_is_reported_and_the_other_host_sees_nothing() {
    for status in [301, 302, 303, 307, 308] {
        let other = Rude::with("", b"{}");
        let location = other.url();
        let server = Rude::saying(format!(
            "HTTP/1.1 {status} Elsewhere\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"
        ));
        let both = client(&[server.host(), other.host()]);
        let answer = answered(post(&both, &server.url(), LONG).await);
        assert_eq!(answer.status, status);
        assert!(answer.headers.contains(&("location".to_owned(), location)));
        assert_eq!((server.asked().len(), other.connections()), (1, 0));
    }
}

#[tokio::test]
async fn every_fault_of_the_mocks_delivery_has_its_outcome() {
    let mock = Mock::small(&[]);
    let client = client(std::slice::from_ref(&mock.address));
    let url = format!("http://{}/p/v1/images", mock.address);
    let good = ApiKey::new("mock-key-of-the-tests".to_owned()).unwrap();
    let json: Value = json!({ "model": "maker/model-l", "prompt": "a cat" });
    let with = async |fault: &str, timeout| {
        let out = OutgoingRequest {
            method: "POST",
            url: &url,
            headers: vec![("x-cogdex-fault", fault.to_owned())],
            key: Some((&good, KeyHeader { name: "Authorization", scheme: "Bearer" })),
            json: Some(&json),
            timeout,
            cap_bytes: ANSWER_BYTES,
            alone: true,
        };
        client.send(out).await
    };
    assert_eq!(with("hang", SHORT).await, Outcome::TimedOut);
    assert!(is_cut(&with("reset", LONG).await));
    assert_eq!(with("gzip-bomb", LONG).await, Outcome::TooLarge);
    assert_eq!(with("endless-body", LONG).await, Outcome::TooLarge);
    for (fault, status) in [("redirect", 307), ("truncated-json", 200), ("no-funds", 429)] {
        assert_eq!(answered(with(fault, LONG).await).status, status, "{fault}");
    }
    let counts: Value =
        serde_json::from_slice(&mock.ask("GET", "/_mock/counts", &[], "").body).unwrap();
    assert_eq!(counts["asked"]["p/images"], 7, "each was sent once: {counts}");
}
