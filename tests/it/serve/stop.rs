//! Beginning and end: flags, addresses that are taken, and stopping without breaking off.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;

use super::{Server, connect, poll};
use crate::served::Answer;
use crate::support::cogdex;

fn signal(server: &Server, name: &str) {
    let done = Command::new("kill").args([name, &server.child.id().to_string()]).status().unwrap();
    assert!(done.success());
}

#[test]
fn a_signal_ends_the_server_once_what_is_under_way_is_answered() {
    for name in ["-TERM", "-INT"] {
        let mut server = Server::start(&["--mock", "--spend-limit", "1 USD"]);
        let idle = server.connect();
        let mut under_way = server.connect();
        let page = String::from_utf8(server.get("/console/").body).unwrap();
        let token = super::console::token(&page);
        let body = r#"{"listing":"p/l","prompt":"a lighthouse"}"#;
        let host = &server.address;
        let head = format!(
            "POST /console/plan HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\n\
             x-console-token: {token}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{}",
            body.len(),
            &body[..10]
        );
        under_way.write_all(head.as_bytes()).unwrap();
        // The head has to be read before the end: a connection that has not begun is not under way.
        poll(|| {
            let text = String::from_utf8(server.get("/metrics").body).unwrap();
            text.contains("\ncogdex_connections 3\n").then_some(())
        });
        signal(&server, name);
        poll(|| TcpStream::connect(&server.address).err());
        under_way.write_all(&body.as_bytes()[10..]).unwrap();
        let mut bytes = Vec::new();
        under_way.read_to_end(&mut bytes).unwrap();
        assert_eq!(Answer::parse(&bytes).status, 200, "{name}");
        let mut none = Vec::new();
        let _ = { idle }.read_to_end(&mut none);
        assert!(none.is_empty());
        let status = server.child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "{name}");
    }
}

#[test]
fn it_stops_by_itself_after_its_time() {
    let output = cogdex(&["serve", "--addr", "127.0.0.1:0", "--stop-after", "1ms"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        String::from_utf8(output.stdout).unwrap().starts_with("listening on http://127.0.0.1:")
    );
}

#[test]
fn an_address_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = cogdex(&["serve", "--addr", &address]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains(&format!("can't serve on {address}")), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn bad_flags_are_told_in_a_line() {
    let table: &[(&[&str], &str)] = &[
        (&["--addr", "nowhere"], "--addr"),
        (&["--addr", "127.0.0.1"], "--addr"),
        (&["--threads", "0"], "--threads"),
        (&["--stop-after", "soon"], "--stop-after"),
        (&["--watch"], "--catalog"),
        (&["--mock"], "--spend-limit"),
        (&["--console-host", "a"], "--spend-limit"),
        (&["--rate", "CNY/USD=0.14"], "--spend-limit"),
        (&["--spend-limit", "much"], "--spend-limit"),
        (&["--spend-limit", "5 credits"], "--spend-limit"),
        (&["--mock", "--spend-limit", "1 USD", "--rate", "CNY"], "--rate"),
        (&["--mock", "--spend-limit", "1 USD", "--console-host", "a/b"], "a/b"),
        (&["--mock", "--spend-limit", "1 USD", "--addr", "0.0.0.0:0"], "--console-host"),
        (&["--mock", "--spend-limit", "1 USD", "--history", "/dev/null/x"], "/dev/null"),
        (&["--history", "/dev/null/x"], "/dev/null"),
        (&["--catalog", "/nowhere"], "/nowhere"),
    ];
    for (flags, named) in table {
        let mut arguments = vec!["serve"];
        if !flags.contains(&"--addr") {
            arguments.extend(["--addr", "127.0.0.1:0"]);
        }
        if !flags.contains(&"--stop-after") {
            // One that begins to serve is wrong, and must not serve for ever.
            arguments.extend(["--stop-after", "1s"]);
        }
        arguments.extend(*flags);
        let output = cogdex(&arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{flags:?}: {said}");
        assert!(said.contains(named), "{flags:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{flags:?}: {said}");
    }
}

#[test]
fn it_serves_on_as_many_threads_as_it_is_told() {
    for threads in ["1", "3"] {
        let server = Server::start(&["--threads", threads]);
        let mut socket = connect(&server.address);
        let text = "GET / HTTP/1.1\r\nhost: a\r\n\r\nGET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        socket.write_all(text.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        socket.read_to_end(&mut bytes).unwrap();
        assert!(bytes.ends_with(b"ok\n"), "{threads}");
    }
}
