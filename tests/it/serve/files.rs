//! Files from memory: whole, unchanged, in each encoding, and to requests of every shape.

use std::io::{Read, Write};

use super::{Server, assert_safe, header};

const PAGE: &str = "/listings/p/l/";

#[test]
fn a_page_comes_whole_with_all_that_a_browser_needs_to_know() {
    let server = Server::start(&[]);
    let page = server.get(PAGE);
    assert_eq!(page.status, 200);
    assert_safe(&page);
    assert_eq!(header(&page, "content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(header(&page, "cache-control"), Some("no-cache"));
    assert_eq!(header(&page, "vary"), Some("accept-encoding"));
    assert!(header(&page, "date").unwrap().ends_with("gmt"));
    let length = page.body.len().to_string();
    assert_eq!(header(&page, "content-length"), Some(length.as_str()));
    let text = String::from_utf8(page.body).unwrap();
    assert!(text.starts_with("<!DOCTYPE html>") && text.trim_end().ends_with("</html>"));
    let style = text.split('"').find(|part| part.starts_with("/static/site-")).unwrap();
    let style = server.get(style);
    assert_eq!(header(&style, "cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(header(&style, "content-type"), Some("text/css; charset=utf-8"));
}

#[test]
fn who_holds_a_page_is_told_that_nothing_has_changed() {
    let server = Server::start(&[]);
    let tag = header(&server.get(PAGE), "etag").unwrap().to_owned();
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let answer = server.ask("GET", PAGE, &[&format!("if-none-match: {known}")]);
        assert_eq!((answer.status, answer.body.len()), (304, 0), "{known}");
        assert_eq!(header(&answer, "etag"), Some(tag.as_str()));
    }
    let answer = server.ask("GET", PAGE, &["if-none-match: \"other\""]);
    assert_eq!(answer.status, 200);
    // Each encoding has a tag of its own: a body of one is not the body of another.
    let packed = server.ask("GET", PAGE, &["accept-encoding: br"]);
    assert_ne!(header(&packed, "etag"), Some(tag.as_str()));
    let crossed = format!("if-none-match: {tag}");
    assert_eq!(server.ask("GET", PAGE, &["accept-encoding: br", &crossed]).status, 200);
}

#[test]
fn a_page_comes_in_the_best_encoding_that_is_taken() {
    let server = Server::start(&[]);
    let plain = server.get(PAGE).body;
    let table = [
        ("gzip, deflate, br, zstd", Some("br")),
        ("gzip", Some("gzip")),
        ("GZIP", Some("gzip")),
        ("gzip;q=0, br;q=0", None),
        ("br; q=0.000, gzip; q=0.001", Some("gzip")),
        ("br;Q=0, gzip;Q=0", None),
        ("identity", None),
        ("zstd", None),
        ("", None),
    ];
    for (taken, expected) in table {
        let answer = server.ask("GET", PAGE, &[&format!("accept-encoding: {taken}")]);
        assert_eq!(header(&answer, "content-encoding"), expected, "{taken}");
        let mut body = Vec::new();
        match expected {
            Some("br") => brotli::BrotliDecompress(&mut &answer.body[..], &mut body).unwrap(),
            Some(_) => {
                flate2::read::GzDecoder::new(&answer.body[..]).read_to_end(&mut body).unwrap();
            }
            None => body = answer.body,
        }
        assert!(body == plain, "{taken}");
    }
}

#[test]
fn head_has_the_head_of_the_page_and_nothing_more() {
    let server = Server::start(&[]);
    let without_date = |headers: &str| {
        headers.lines().filter(|l| !l.starts_with("date:")).collect::<Vec<_>>().join("\n")
    };
    for path in [PAGE, "/api/v1/compare?model=any", "/healthz", "/nothing"] {
        let (head, page) = (server.ask("HEAD", path, &[]), server.get(path));
        assert_eq!(head.body.len(), 0, "{path}");
        assert_eq!(without_date(&head.headers), without_date(&page.headers), "{path}");
    }
}

#[test]
fn requests_that_come_together_or_in_pieces_are_answered_in_order() {
    let server = Server::start(&[]);
    let host = &server.address;
    let paths = ["/", PAGE, "/healthz", "/index.md", "/nothing"];
    let heads = paths.map(|path| format!("HEAD {path} HTTP/1.1\r\nhost: {host}\r\n\r\n"));
    let last = format!("GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    let text = heads.concat() + &last;
    let together = server.raw(text.as_bytes());
    let mut socket = server.connect();
    for piece in text.as_bytes().chunks(7) {
        socket.write_all(piece).unwrap();
        socket.flush().unwrap();
    }
    let mut pieces = Vec::new();
    socket.read_to_end(&mut pieces).unwrap();
    for answers in [together, pieces] {
        let answers = String::from_utf8_lossy(&answers).into_owned();
        let statuses: Vec<_> =
            answers.lines().filter_map(|l| l.strip_prefix("HTTP/1.1 ")).collect();
        let words = ["200 OK", "200 OK", "200 OK", "200 OK", "404 Not Found", "200 OK"];
        assert_eq!(statuses, words);
        assert!(answers.trim_end().ends_with("</html>"));
    }
}

#[test]
fn a_body_that_comes_with_a_request_for_a_file_is_no_request() {
    let server = Server::start(&[]);
    let inner = format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", server.address);
    let answer = server.send("GET", PAGE, &[], &inner);
    assert_eq!(answer.status, 200);
    assert!(answer.body == server.get(PAGE).body);
    let chunked = format!(
        "GET / HTTP/1.1\r\nhost: {}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n\
         {:x}\r\n{inner}\r\n0\r\n\r\n",
        server.address,
        inner.len()
    );
    let text = String::from_utf8_lossy(&server.raw(chunked.as_bytes())).into_owned();
    assert_eq!(text.matches("HTTP/1.1 ").count(), 1, "{text}");
    assert!(text.starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn no_path_leads_anywhere_but_to_a_file_of_the_site() {
    let server = Server::start(&[]);
    let paths = [
        "/../Cargo.toml",
        "/listings/../index.html/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc/passwd",
        "//",
        "//evil.example/",
        "//evil.example/%2e%2e",
        "/listings//p/l/",
        "/listings/p/l/%00",
        "/%00",
        "/static/",
        "/console/",
        "/\\..\\..\\etc\\passwd",
        "/.",
        "/./",
    ];
    for path in paths {
        let answer = server.get(path);
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(header(&answer, "location").is_none(), "{path}");
    }
    let bytes = format!("GET /\0 HTTP/1.1\r\nhost: {}\r\n\r\n", server.address);
    assert!(server.raw(bytes.as_bytes()).starts_with(b"HTTP/1.1 400 "));
}

#[test]
fn a_page_is_found_without_its_slash_and_by_its_file() {
    let server = Server::start(&[]);
    for (path, there) in [("/listings/p/l", PAGE), ("/listings/p/l/index.html", PAGE)] {
        let answer = server.get(path);
        assert_eq!((answer.status, header(&answer, "location")), (301, Some(there)), "{path}");
        assert_safe(&answer);
    }
    assert_eq!(header(&server.get("/index.html"), "location"), Some("/"));
}

#[test]
fn what_is_nowhere_is_a_page_for_readers_and_json_for_programs() {
    let server = Server::start(&[]);
    let reader = ["accept: text/html,application/xhtml+xml", "accept-encoding: identity"];
    let page = server.ask("GET", "/nothing/", &reader);
    assert_eq!(page.status, 404);
    assert_safe(&page);
    assert!(page.body == server.get("/404.html").body);
    assert_eq!(header(&page, "etag"), None);
    let again = server.ask("GET", "/nothing/", &["accept: text/html", "if-none-match: *"]);
    assert_eq!(again.status, 404);
    for (path, accept) in [("/api/v1/nothing", "accept: text/html"), ("/nothing", "accept: */*")] {
        let answer = server.ask("GET", path, &[accept]);
        assert_eq!((answer.status, &answer.json()["format"]), (404, &serde_json::json!(1)));
        assert_safe(&answer);
    }
}

#[test]
fn a_request_that_names_no_host_or_none_that_can_be_is_refused() {
    let server = Server::start(&[]);
    for path in [PAGE, "/healthz"] {
        for hosts in [
            "",
            "host: a\r\nhost: b\r\n",
            "host: a b\r\n",
            "host: <script>\r\n",
            "host:\r\n",
            "host: a:b\r\n",
            "host: [::1\r\n",
            "host: a/b\r\n",
        ] {
            let text = format!("GET {path} HTTP/1.1\r\n{hosts}connection: close\r\n\r\n");
            let answer = server.raw(text.as_bytes());
            assert!(answer.starts_with(b"HTTP/1.1 400 "), "{path} {hosts:?}");
        }
        for host in ["localhost", "a.b-c.example:1", "[::1]:8080", "127.0.0.1"] {
            assert_eq!(server.ask("GET", path, &[&format!("host: {host}")]).status, 200, "{host}");
        }
        let old = server.raw(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes());
        assert!(old.starts_with(b"HTTP/1.0 200 "), "{}", String::from_utf8_lossy(&old));
    }
}

#[test]
fn other_methods_are_refused_with_those_that_are_not() {
    let server = Server::start(&[]);
    for path in [PAGE, "/api/v1/compare", "/healthz", "/metrics", "/live.json"] {
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "BREW"] {
            let answer = server.ask(method, path, &[]);
            assert_eq!(answer.status, 405, "{method} {path}");
            let allowed = header(&answer, "allow").unwrap();
            assert!(allowed.contains("get") && allowed.contains("head"), "{allowed}");
            assert_safe(&answer);
            assert_eq!(answer.json()["format"], 1);
        }
    }
}
