//! A server that has one answer for everything, and costs the client as little as a server can.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

/// When it was asked, as far as the answer goes.
pub(crate) const ASKED_AT: i64 = 1_763_683_200;

/// The head of an image stands in the link itself: nothing else is fetched.
pub(crate) const BODY: &str = r#"{"created":1763683200,"data":[{"url":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAABAAAAAQACAYAAAB/HSuD"}],"content_filter":[{"role":"assistant","level":3}]}"#;

pub(crate) struct Server(SocketAddr);

impl Server {
    /// Answers every connection until the program ends.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
        let address = listener.local_addr().expect("it has an address");
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                let socket = socket.expect("it is there");
                std::thread::spawn(move || serve(socket));
            }
        });
        Self(address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0
    }

    pub(crate) fn host(&self) -> String {
        self.0.to_string()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1/images/generations", self.0)
    }

    /// Where each answer is the last of its connection.
    pub(crate) fn closing_url(&self) -> String {
        format!("http://{}/close", self.0)
    }
}

/// The answer, to the byte.
pub(crate) fn answer() -> String {
    let length = BODY.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{BODY}"
    )
}

/// A request as a client without a library would write it.
pub(crate) fn request(body: &str) -> String {
    let length = body.len();
    format!(
        "POST /v1/images/generations HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\n\
         authorization: Bearer mock-7f3a9c+E5b/2Qd8=xW41\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
}

/// Answers each request; its body ends with the only brace that closes it, and holds no other.
fn serve(mut socket: TcpStream) {
    let answer = answer();
    let closing = answer.replacen("\r\n\r\n", "\r\nconnection: close\r\n\r\n", 1);
    let mut read = [0; 4096];
    let mut request = Vec::new();
    while let Ok(length @ 1..) = socket.read(&mut read) {
        request.extend_from_slice(&read[..length]);
        if !request.ends_with(b"}") {
            continue;
        }
        let closes = request.starts_with(b"POST /close");
        let text = if closes { &closing } else { &answer };
        if socket.write_all(text.as_bytes()).is_err() || closes {
            return;
        }
        request.clear();
    }
}
