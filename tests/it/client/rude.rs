//! A server by hand on a free port of loopback, which can be as rude as a test wants.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What becomes of the connection after an answer.
#[derive(PartialEq, Eq)]
pub(crate) enum Then {
    Close,
    Keep,
}

/// A server that remembers what it was asked; its threads end with the tests.
pub(crate) struct Rude {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
}

impl Rude {
    /// Gives each request, head and body, to `answer`, which writes what it likes.
    pub(crate) fn start(answer: impl Fn(&mut TcpStream) -> Then + Send + Sync + 'static) -> Self {
        Self::reading(true, answer)
    }

    /// Reads the head alone: what lies unread when the socket is closed makes a reset of it.
    pub(crate) fn unread(answer: impl Fn(&mut TcpStream) -> Then + Send + Sync + 'static) -> Self {
        Self::reading(false, answer)
    }

    /// Answers with these bytes.
    pub(crate) fn saying(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::start(move |socket| {
            let _ = socket.write_all(&bytes);
            Then::Close
        })
    }

    /// Answers 200 with these headers, each with its line break, and a body.
    pub(crate) fn with(headers: &str, body: &[u8]) -> Self {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
        Self::saying([head.as_bytes(), body].concat())
    }

    fn reading(
        whole: bool,
        answer: impl Fn(&mut TcpStream) -> Then + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, connections) =
            (Arc::<Mutex<Vec<String>>>::default(), Arc::<Mutex<usize>>::default());
        let (memory, count, answer) =
            (Arc::clone(&asked), Arc::clone(&connections), Arc::new(answer));
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                *count.lock().unwrap() += 1;
                let (memory, answer) = (Arc::clone(&memory), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let mut socket = socket.unwrap();
                    while let Some(request) = read(&socket, whole) {
                        memory.lock().unwrap().push(request);
                        if answer(&mut socket) == Then::Close {
                            break;
                        }
                    }
                });
            }
        });
        Self { port, asked, connections }
    }

    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1/images", self.host())
    }

    /// Every request so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

/// A head, and where wanted as much body as it announces; `None` at the end of the connection.
fn read(socket: &TcpStream, whole: bool) -> Option<String> {
    let mut reader = BufReader::with_capacity(1, socket);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length = length.map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; if whole { length } else { 0 }];
    reader.read_exact(&mut body).ok()?;
    Some(head + &String::from_utf8(body).unwrap())
}

/// Says nothing until the client goes away.
pub(crate) fn hang(socket: &mut TcpStream) -> Then {
    let _ = socket.read(&mut [0; 1]);
    Then::Close
}
