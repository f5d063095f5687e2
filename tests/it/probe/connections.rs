//! What may bill has a connection of its own; what costs nothing shares those that are open.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use super::{Bench, KEY};

/// Each connection with the requests that came over it.
type Heard = Arc<Mutex<BTreeMap<usize, Vec<String>>>>;

/// How many requests a server answers on one connection before it closes it.
#[derive(Clone, Copy)]
enum Patience {
    /// As many as come.
    Endless,
    /// One; the next is read and never answered.
    One,
}

/// A server that keeps its connections open and refuses whatever is asked.
fn server(patience: Patience) -> (String, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    let heard = Heard::default();
    let memory = Arc::clone(&heard);
    std::thread::spawn(move || {
        for (number, socket) in listener.incoming().enumerate() {
            let memory = Arc::clone(&memory);
            std::thread::spawn(move || serve(number, socket.unwrap(), patience, &memory));
        }
    });
    (host, heard)
}

fn serve(number: usize, mut socket: TcpStream, patience: Patience, heard: &Heard) {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    let mut answered = 0;
    while let Ok(length @ 1..) = socket.read(&mut chunk) {
        bytes.extend_from_slice(&chunk[..length]);
        // Every body ends with the brace that closes it, and a poll has none.
        let whole = bytes.ends_with(b"}") || (bytes.starts_with(b"GET") && ended(&bytes));
        if !whole {
            continue;
        }
        let text = String::from_utf8(std::mem::take(&mut bytes)).unwrap();
        // A key that is refused would end the paid part, and so would equal refusals.
        let own = format!("12{:02}", 14 + number % 80);
        let (status, code) = if text.contains(KEY) { (400, &*own) } else { (401, "1002") };
        heard.lock().unwrap().entry(number).or_default().push(text);
        if answered > 0 && matches!(patience, Patience::One) {
            return;
        }
        answered += 1;
        let body = format!(r#"{{"error":{{"code":"{code}","message":"no"}}}}"#);
        let start = "content-type: application/json\r\ncontent-length: 40\r\n\r\n";
        socket.write_all(format!("HTTP/1.1 {status} X\r\n{start}{body}").as_bytes()).unwrap();
    }
}

fn ended(bytes: &[u8]) -> bool {
    bytes.ends_with(b"\r\n\r\n")
}

#[test]
fn what_may_bill_has_a_connection_of_its_own() {
    let (host, heard) = server(Patience::Endless);
    let seen = Bench::small().run(&format!("{host}/p"), &["p/l", "--spend-limit", "9 USD"]);
    assert_eq!(seen.check("auth.wrong-key")["verdict"], "holds", "{}", seen.stdout);
    let heard = heard.lock().unwrap();
    let billed = |text: &String| text.contains(KEY);
    let with_key: Vec<_> = heard.values().filter(|requests| requests.iter().any(billed)).collect();
    assert!(with_key.len() > 3, "{heard:?}");
    assert!(with_key.iter().all(|requests| requests.len() == 1), "{heard:?}");
}

#[test]
fn what_costs_nothing_shares_a_connection_with_its_like() {
    let (host, heard) = server(Patience::Endless);
    let bench = Bench::small();
    // One at a time, so that there is one to be shared.
    let named = ["p/l", "q/l", "--concurrency", "1"];
    bench.run(&format!("{host}/p"), &named);
    let heard = heard.lock().unwrap();
    let counts: Vec<_> = heard.values().map(Vec::len).collect();
    assert_eq!(counts, [2, 2], "each listing has a client of its own");
}

#[test]
fn a_free_call_whose_shared_connection_was_closed_is_sent_again() {
    let (host, heard) = server(Patience::One);
    let bench = Bench::small();
    let seen = bench.run(&format!("{host}/p"), &["p/l", "--concurrency", "1"]);
    assert_eq!(seen.with("inconclusive"), Vec::<String>::new(), "{}", seen.stdout);
    assert_eq!(seen.check("auth.no-key")["verdict"], "holds");
    assert_eq!(seen.check("auth.wrong-key")["verdict"], "holds");
    // The second was lost on the first connection, and has another.
    let counts: Vec<_> = heard.lock().unwrap().values().map(Vec::len).collect();
    assert_eq!(counts, [2, 1]);
}
