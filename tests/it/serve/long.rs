//! Bodies that are longer than what a connection buffers: whole and in order, however
//! slowly they are taken.

use std::io::{Read, Write};
use std::time::Duration;

use super::Server;
use crate::served::Answer;

/// A page of the site that is short, and how long what is handed out may be.
const SHORT: &str = "/listings/p/l/index.md";
const LONG: std::ops::RangeInclusive<usize> = 16 * 1024..=64 * 1024;

/// A page that is handed out apart from its head.
fn long(server: &Server) -> (&'static str, Vec<u8>) {
    let path = "/listings/p/l/";
    let body = server.get(path).body;
    assert!(LONG.contains(&body.len()), "{}", body.len());
    (path, body)
}

#[test]
fn a_long_file_is_the_same_by_every_way() {
    let server = Server::start(&[]);
    let (path, body) = long(&server);
    let old = Answer::parse(&server.raw(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()));
    assert!(old.body == body);
    let length = |answer: &Answer| super::header(answer, "content-length").map(str::to_owned);
    let head = server.ask("HEAD", path, &[]);
    assert_eq!((head.body.len(), length(&head)), (0, Some(body.len().to_string())));
    super::assert_safe(&head);
    let page = server.get(path);
    super::assert_safe(&page);
    assert_eq!(length(&page), length(&head));
    let tag = super::header(&page, "etag").unwrap().to_owned();
    let known = server.ask("GET", path, &[&format!("if-none-match: {tag}")]);
    assert_eq!((known.status, known.body.len()), (304, 0));
    let packed = server.ask("GET", path, &["accept-encoding: gzip"]);
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&packed.body[..]).read_to_end(&mut unpacked).unwrap();
    assert!(unpacked == body);
}

#[test]
fn long_and_short_files_come_in_order_to_one_who_reads_late() {
    let server = Server::start(&[]);
    let (path, long) = long(&server);
    let short = server.get(SHORT).body;
    // More than both ends hold for each other, so that the server has to wait within a body: nothing
    // is read before all is asked. The questions themselves find room.
    let times = (16 << 20) / long.len();
    let ask = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n");
    let last = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let mut socket = server.connect();
    socket.set_write_timeout(Some(Duration::from_secs(30))).unwrap();
    let questions = (ask(path) + &ask(SHORT)).repeat(times) + last;
    socket.write_all(questions.as_bytes()).unwrap();
    let mut all = Vec::new();
    socket.read_to_end(&mut all).unwrap();
    let mut rest = &all[..];
    for body in std::iter::repeat_n([&long, &short], times).flatten() {
        let end = rest.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        assert!(rest[end..].starts_with(body));
        rest = &rest[end + body.len()..];
    }
    assert!(
        rest.starts_with(b"HTTP/1.1 200 OK\r\n") && rest.trim_ascii_end().ends_with(b"</html>")
    );
}
