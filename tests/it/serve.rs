//! `cogdex serve`, spoken to in plain HTTP over sockets of our own.

mod attack;
mod bounds;
mod console;
mod files;
mod long;
mod questions;
mod stop;
mod watch;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::served::{Answer, write_catalog};
use crate::support::program;

/// A running server on the two small contracts; it is ended when the test is done with it.
pub(crate) struct Server {
    child: Child,
    /// `127.0.0.1:` and the port.
    pub(crate) address: String,
    /// The catalog.
    pub(crate) folder: tempfile::TempDir,
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::with(arguments, &[])
    }

    pub(crate) fn with(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_catalog(folder.path());
        let catalog = folder.path().to_owned();
        Self::on(folder, &catalog, arguments, variables)
    }

    /// A server of a catalog that lies in a folder, or is reached by a link within it.
    pub(crate) fn on(
        folder: tempfile::TempDir,
        catalog: &Path,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let mut child = Command::new(program())
            .arg("--catalog")
            .arg(catalog)
            .args(["serve", "--addr", "127.0.0.1:0", "--stop-after", "2m"])
            .args(arguments)
            .env("XDG_DATA_HOME", folder.path().join("data"))
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.as_mut().unwrap());
        out.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").map(str::to_owned);
        let address = address.unwrap_or_else(|| panic!("{}", rest(&mut child)));
        Self { child, address, folder }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Bytes of memory that the server has now.
    pub(crate) fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let kib: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
        kib * 1024
    }

    pub(crate) fn connect(&self) -> TcpStream {
        connect(&self.address)
    }

    /// Sends bytes as they are and reads to the end of the connection.
    pub(crate) fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        let mut socket = self.connect();
        // A server may refuse in the middle of what is sent.
        let _ = socket.write_all(bytes);
        let mut read = Vec::new();
        let _ = socket.read_to_end(&mut read);
        read
    }

    /// One request without a body.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[&str]) -> Answer {
        self.send(method, path, headers, "")
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    pub(crate) fn send(&self, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
        let mut lines: Vec<_> = headers.iter().map(|line| format!("{line}\r\n")).collect();
        if !headers.iter().any(|line| line.starts_with("host:")) {
            lines.push(format!("host: {}\r\n", self.address));
        }
        if !body.is_empty() {
            lines.push(format!("content-length: {}\r\n", body.len()));
        }
        let lines = lines.concat();
        let text = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n{lines}\r\n{body}");
        Answer::parse(&self.raw(text.as_bytes()))
    }

    /// Asks again and again until an answer is as it should be; fails after a while.
    pub(crate) fn until(&self, path: &str, what: impl Fn(&Answer) -> bool) -> Answer {
        poll(|| Some(self.get(path)).filter(&what))
    }

    /// Ends the server, and gives what it wrote to stderr.
    pub(crate) fn end(mut self) -> String {
        let _ = self.child.kill();
        rest(&mut self.child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn rest(child: &mut Child) -> String {
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    text
}

/// A connection that does not wait for ever.
pub(crate) fn connect(address: &str) -> TcpStream {
    let socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    socket
}

/// Tries until there is something; the bound is far beyond what is needed.
pub(crate) fn poll<T>(mut there: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = there() {
            return found;
        }
        assert!(start.elapsed() < Duration::from_mins(1), "it never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The value of a header, in lower case.
pub(crate) fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let lines = answer.headers.lines();
    lines.filter_map(|line| line.split_once(": ")).find(|(n, _)| *n == name).map(|(_, v)| v)
}

/// What every answer says, so that nothing is guessed, framed or loaded from elsewhere.
pub(crate) fn assert_safe(answer: &Answer) {
    let policy = header(answer, "content-security-policy").unwrap_or_default();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{}", answer.headers);
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(header(answer, "x-content-type-options"), Some("nosniff"), "{}", answer.headers);
    assert_eq!(header(answer, "referrer-policy"), Some("no-referrer"));
}
