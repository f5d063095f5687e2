//! A server that remembers what it was asked, and answers as a test wants, or as a mock behind it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::served::Mock;

/// A running server; its threads end with the tests.
pub(super) struct Recorder {
    pub(super) port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

/// What a mock said, before it is handed on.
pub(super) struct Reply {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
    /// Whether the body leaves in pieces of a few bytes.
    pub(super) chunked: bool,
}

impl Recorder {
    /// Gives each request, head and body, to `answer`, which writes what it likes.
    pub(super) fn start(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let (memory, answer) = (Arc::clone(&asked), Arc::new(answer));
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                let (memory, answer) = (Arc::clone(&memory), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let mut socket = socket.unwrap();
                    if let Some(request) = read(&socket) {
                        memory.lock().unwrap().push(request.clone());
                        answer(&request, &mut socket);
                    }
                });
            }
        });
        Self { port, asked }
    }

    /// Answers everything with a status and a body of JSON.
    pub(super) fn saying(status: u16, body: &str) -> Self {
        let body = body.to_owned();
        Self::start(move |_, socket| say(socket, status, "", body.as_bytes()))
    }

    /// Takes every request and never answers.
    pub(super) fn hanging() -> Self {
        Self::start(|_, socket| {
            let _ = socket.read(&mut [0; 1]);
        })
    }

    /// Hands every request to a mock, and its answers back with a change.
    pub(super) fn before(mock: &Mock, change: impl Fn(&mut Reply) + Send + Sync + 'static) -> Self {
        Self::relay(mock, String::new(), change)
    }

    /// Hands every request to a mock with another header.
    pub(super) fn asking(mock: &Mock, header: &str) -> Self {
        Self::relay(mock, header.to_owned(), |_| {})
    }

    fn relay(
        mock: &Mock,
        header: String,
        change: impl Fn(&mut Reply) + Send + Sync + 'static,
    ) -> Self {
        let address = mock.address.clone();
        Self::start(move |request, socket| {
            let mut reply = Reply::from(&address, request, &header, socket);
            change(&mut reply);
            let _ = reply.write(socket);
        })
    }

    /// The address of a provider behind this server.
    pub(super) fn base(&self, provider: &str) -> String {
        format!("http://127.0.0.1:{}/{provider}", self.port)
    }

    /// Every request so far.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// The bodies of all POSTs that carried a text, such as a key.
    pub(super) fn posted_with(&self, text: &str) -> Vec<String> {
        let asked = self.asked().into_iter();
        let posts = asked.filter(|request| request.starts_with("POST") && request.contains(text));
        posts.map(|request| request.split_once("\r\n\r\n").unwrap().1.to_owned()).collect()
    }
}

impl Reply {
    /// What a mock says to a request, with links that lead through the asked socket as well.
    pub(super) fn from(mock: &str, request: &str, header: &str, asked: &TcpStream) -> Self {
        let own = asked.local_addr().unwrap().to_string();
        let (line, rest) = request.split_once("\r\n").unwrap();
        let mut behind = TcpStream::connect(mock).unwrap();
        let asked = format!("{line}\r\nconnection: close\r\n{header}{rest}");
        behind.write_all(asked.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        behind.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut body = bytes[end + 4..].to_vec();
        if let Ok(text) = String::from_utf8(body.clone()) {
            body = text.replace(mock, &own).into_bytes();
        }
        Self { head, body, chunked: false }
    }

    pub(super) fn write(&self, socket: &mut TcpStream) -> std::io::Result<()> {
        let own = |line: &&str| {
            let line = line.to_lowercase();
            !["content-length", "transfer-encoding", "connection"]
                .iter()
                .any(|n| line.starts_with(n))
        };
        let head: Vec<_> = self.head.split("\r\n").filter(own).collect();
        let head = head.join("\r\n");
        if !self.chunked {
            let length = self.body.len();
            write!(socket, "{head}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n")?;
            return socket.write_all(&self.body);
        }
        write!(socket, "{head}\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n")?;
        for piece in self.body.chunks(7) {
            write!(socket, "{:x}\r\n", piece.len())?;
            socket.write_all(piece)?;
            socket.write_all(b"\r\n")?;
        }
        socket.write_all(b"0\r\n\r\n")
    }
}

/// Writes an answer of JSON; `headers` each end with a line break.
pub(super) fn say(socket: &mut TcpStream, status: u16, headers: &str, body: &[u8]) {
    let length = body.len();
    let _ = write!(
        socket,
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {length}\r\n{headers}\r\n"
    );
    let _ = socket.write_all(body);
}

/// A head and as much body as it announces; `None` where the connection ends before.
fn read(socket: &TcpStream) -> Option<String> {
    let mut reader = BufReader::with_capacity(1, socket);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some(head + &String::from_utf8(body).unwrap())
}
