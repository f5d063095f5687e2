//! `cogdex verify` against a server of our own: charsets, redirects, bodies without end, robots,
//! and pages that did not change. Every request is counted.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Output;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::filler;
use crate::support::{folder, program};

/// What a server does with a request for a path, which is given with the whole head.
type Handler = fn(&str, &str, &mut TcpStream);

/// A server that writes down what it was asked.
struct Site {
    address: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Site {
    fn start(handler: Handler) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let asked = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, asked) = (stream.unwrap(), Arc::clone(&asked));
                std::thread::spawn(move || {
                    let mut head = Vec::new();
                    let mut byte = [0];
                    while !head.ends_with(b"\r\n\r\n") {
                        if stream.read(&mut byte).unwrap_or(0) == 0 {
                            return;
                        }
                        head.push(byte[0]);
                    }
                    let head = String::from_utf8(head).unwrap();
                    let path = head.split(' ').nth(1).unwrap().to_owned();
                    asked.lock().unwrap().push(path.clone());
                    handler(&path, &head, &mut stream);
                });
            }
        });
        Self { address, seen }
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// A catalog of one listing, whose source stands here.
    fn catalog(&self, path: &str, more: &str) -> tempfile::TempDir {
        let source = format!(
            "[page]\naddress = \"http://{}{path}\"\ntitle = \"A page\"\nkind = \"page\"\n{more}",
            self.address
        );
        let listing = "model = \"m\"\nslug = \"cogview-4\"\n\
            [[statement]]\nsource = \"page\"\nseen = 2026-11-20\nprice = \"0.06 CNY / image\"\n\
            excerpt = { price = \"¥0.06 每次\" }\n";
        folder(&[("sources.toml", &source), ("listings/p/l.toml", listing)])
    }

    /// Runs `verify` here, with a store in `home`; gives the exit code and the document.
    fn verify(&self, catalog: &Path, home: &Path, flags: &[&str]) -> (Option<i32>, Value) {
        let output = self.run(catalog, home, flags);
        let document = serde_json::from_slice(&output.stdout);
        let said = String::from_utf8_lossy(&output.stderr);
        (output.status.code(), document.unwrap_or_else(|_| panic!("{said}")))
    }

    fn run(&self, catalog: &Path, home: &Path, flags: &[&str]) -> Output {
        std::process::Command::new(program())
            .args(["verify", "--format", "json", "--pause", "1ms", "--catalog"])
            .arg(catalog)
            .arg("--history")
            .arg(home.join("history.sqlite"))
            .args(["--trust-host", &self.address])
            .args(flags)
            .output()
            .unwrap()
    }
}

fn reply(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n",
        body.len()
    );
    drop(stream.write_all(&[head.as_bytes(), body].concat()));
}

fn page() -> String {
    format!("<html><body><h1>CogView-4</h1><p>{}</p>¥<b>0.06</b> 每次</body></html>", filler())
}

fn missing(stream: &mut TcpStream) {
    reply(stream, "404 Not Found", "", b"");
}

fn reason(document: &Value) -> &str {
    document["sources"][0]["reason"].as_str().unwrap_or_default()
}

#[test]
fn a_page_in_gbk_behind_a_redirect() {
    let site = Site::start(|path, head, stream| match path {
        "/page" => reply(stream, "302 Found", "location: /moved?x=1\r\n", b""),
        "/moved?x=1" => {
            assert!(head.contains("user-agent: cogdex/") && !head.contains("cookie"));
            let (gbk, _, _) = encoding_rs::GBK.encode("CogView-4 的价格：￥0.06 每次。");
            reply(stream, "200 OK", "content-type: text/html; charset=gbk\r\n", &gbk);
        }
        _ => missing(stream),
    });
    let (catalog, home) = (site.catalog("/page", ""), tempfile::tempdir().unwrap());
    let (code, document) = site.verify(catalog.path(), home.path(), &[]);
    assert_eq!(code, Some(0), "{document}");
    assert_eq!(document["sources"][0]["figures"][0]["found"], "￥0.06 每次");
    assert_eq!(site.seen(), ["/robots.txt", "/page", "/moved?x=1"]);
}

#[test]
fn an_unchanged_page_costs_nothing_and_is_judged_by_what_was_kept() {
    let site = Site::start(|path, head, stream| match path {
        "/page" if head.contains("if-none-match: \"v1\"") => {
            reply(stream, "304 Not Modified", "", b"");
        }
        "/page" => {
            let headers = "content-type: text/html\r\netag: \"v1\"\r\n";
            reply(stream, "200 OK", headers, page().as_bytes());
        }
        _ => missing(stream),
    });
    let (catalog, home) = (site.catalog("/page", ""), tempfile::tempdir().unwrap());
    let first = site.verify(catalog.path(), home.path(), &[]).1;
    assert_eq!(first["sources"][0]["status"], "read");
    let (code, second) = site.verify(catalog.path(), home.path(), &[]);
    assert_eq!(code, Some(0));
    assert_eq!(second["sources"][0]["status"], "unchanged");
    assert_eq!(second["summary"]["confirmed"], 1);
    assert_eq!(site.seen().len(), 4);
    // What was just read is not due, and a replay asks nobody.
    let (_, none) = site.verify(catalog.path(), home.path(), &["--due", "7d"]);
    assert_eq!(none["sources"].as_array().unwrap().len(), 0);
    let (code, again) = site.verify(catalog.path(), home.path(), &["--replay"]);
    assert_eq!((code, &again["summary"]["confirmed"]), (Some(0), &1.into()));
    assert_eq!(site.seen().len(), 4);
    let pages = std::process::Command::new(program())
        .args(["history", "--pages", "--format", "json", "--history"])
        .arg(home.path().join("history.sqlite"))
        .output()
        .unwrap();
    let pages: Value = serde_json::from_slice(&pages.stdout).unwrap();
    assert_eq!(pages["figures"][0]["verdict"], "confirmed");
    assert!(pages["figures"][0]["confirmed"].is_string());
}

#[test]
fn what_changed_around_a_figure_is_shown() {
    static CHANGED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
    let site = Site::start(|path, _, stream| match path {
        "/page" => {
            let changed = CHANGED.load(std::sync::atomic::Ordering::SeqCst);
            let page = if changed { page().replace("0.06", "0.08") } else { page() };
            reply(stream, "200 OK", "content-type: text/html\r\n", page.as_bytes());
        }
        _ => missing(stream),
    });
    let (catalog, home) = (site.catalog("/page", ""), tempfile::tempdir().unwrap());
    assert_eq!(site.verify(catalog.path(), home.path(), &[]).0, Some(0));
    CHANGED.store(true, std::sync::atomic::Ordering::SeqCst);
    let (code, document) = site.verify(catalog.path(), home.path(), &[]);
    assert_eq!(code, Some(1));
    let figure = &document["sources"][0]["figures"][0];
    assert_eq!(figure["found"], "¥0.08 每次");
    assert_eq!(figure["change"]["before"], "¥0.06 每次");
    assert_eq!(figure["change"]["now"], "¥0.08 每次");
}

#[test]
fn robots_are_heeded_and_asked_once() {
    let site = Site::start(|path, _, stream| match path {
        "/robots.txt" => {
            let rules =
                b"User-agent: *\nDisallow: /\n\nUser-agent: Cogdex\nDisallow: /priv*/\nAllow: /\n";
            reply(stream, "200 OK", "content-type: text/plain\r\n", rules);
        }
        "/page" => reply(stream, "302 Found", "location: /private/page\r\n", b""),
        _ => missing(stream),
    });
    let (catalog, home) = (site.catalog("/page", ""), tempfile::tempdir().unwrap());
    let (code, document) = site.verify(catalog.path(), home.path(), &[]);
    assert_eq!((code, reason(&document)), (Some(3), "its robots.txt keeps it from programs"));
    assert_eq!(site.seen(), ["/robots.txt", "/page"]);
}

#[test]
fn bodies_without_end_and_answers_without_body_end() {
    let site = Site::start(|path, _, stream| match path {
        "/endless" => {
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n"));
            while stream.write_all(&[b'a'; 1 << 14]).is_ok() {}
        }
        "/slow" => {
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n"));
            // The client leaves first, which ends the read.
            drop(stream.read(&mut [0; 64]));
        }
        "/trap" => reply(stream, "302 Found", "location: /trap\r\n", b""),
        "/inside" => reply(stream, "302 Found", "location: http://10.0.0.1/\r\n", b""),
        "/error" => reply(stream, "503 Busy", "", b"CogView-4"),
        "/cut" => {
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\nCogView"));
        }
        "/pdf" => reply(stream, "200 OK", "content-type: application/pdf\r\n", b"%PDF"),
        _ => missing(stream),
    });
    let home = tempfile::tempdir().unwrap();
    for (path, words) in [
        ("/endless", "8 MiB"),
        ("/slow", "too long to answer"),
        ("/trap", "redirects without end"),
        ("/inside", "not a public address"),
        ("/error", "status 503"),
        ("/cut", "body"),
        ("/pdf", "PDF"),
        ("/none", "status 404"),
    ] {
        let catalog = site.catalog(path, "");
        let flags = ["--timeout", "2s"];
        let (code, document) = site.verify(catalog.path(), home.path(), &flags);
        assert_eq!(code, Some(3), "{path}: {document}");
        assert!(reason(&document).contains(words), "{path}: {}", reason(&document));
    }
    assert_eq!(site.seen().iter().filter(|path| *path == "/trap").count(), 6);
}

#[test]
fn a_private_address_is_only_asked_where_it_is_named() {
    let site = Site::start(|_, _, stream| missing(stream));
    let (catalog, home) = (site.catalog("/page", ""), tempfile::tempdir().unwrap());
    let output = std::process::Command::new(program())
        .args(["verify", "--format", "json", "--catalog"])
        .arg(catalog.path())
        .arg("--history")
        .arg(home.path().join("h"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8(output.stdout).unwrap().contains("not a public address"));
    assert!(site.seen().is_empty());
}

#[test]
fn a_better_place_to_read_and_a_page_for_browsers() {
    let site = Site::start(|path, _, stream| match path {
        "/page.md" => reply(stream, "200 OK", "content-type: text/markdown\r\n", page().as_bytes()),
        _ => missing(stream),
    });
    let home = tempfile::tempdir().unwrap();
    let more = format!("read-at = \"http://{}/page.md\"\n", site.address);
    let catalog = site.catalog("/page", &more);
    assert_eq!(site.verify(catalog.path(), home.path(), &[]).0, Some(0));
    assert_eq!(site.seen(), ["/robots.txt", "/page.md"]);
    let catalog = site.catalog("/page", "browser = true\n");
    let (code, document) = site.verify(catalog.path(), home.path(), &[]);
    assert_eq!((code, reason(&document).contains("--browser PATH")), (Some(3), true));
    assert_eq!(site.seen().len(), 2);
}

#[cfg(unix)]
#[test]
fn a_browser_gives_the_text_that_it_sees() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::start(|_, _, stream| missing(stream));
    let home = tempfile::tempdir().unwrap();
    let browser = home.path().join("browser");
    std::fs::write(&browser, "#!/bin/sh\necho '<p>CogView-4 <b>¥0.06</b> 每次</p>'\n").unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    let catalog = site.catalog("/page", "browser = true\n");
    let flags = ["--browser", browser.to_str().unwrap()];
    assert_eq!(site.verify(catalog.path(), home.path(), &flags).0, Some(0));
    assert_eq!(site.seen(), ["/robots.txt"]);
}
