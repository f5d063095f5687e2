//! Links with a signature or a token: fetched as they came, and written nowhere with their values.

use super::behaviours::png;
use super::recorder::{Recorder, say};
use super::{Bench, KEY, Seen, bytes_of};

/// What must be seen by the store of images alone.
const SECRET: &str = "s1gN4tUrE0123456789abcdef";

/// How links carry what opens them.
const QUERIES: [&str; 5] = [
    "?X-Amz-Signature=s1gN4tUrE0123456789abcdef&X-Amz-Date=20261127T000000Z",
    "?token=s1gN4tUrE0123456789abcdef",
    "?sv=2024&sig=s1gN4tUrE0123456789abcdef%3D",
    "?s1gN4tUrE0123456789abcdef",
    "?next=/x.png%3Fsig%3Ds1gN4tUrE0123456789abcdef#s=s1gN4tUrE0123456789abcdef",
];

/// Probes with all reports, and fails where the secret stands in anything that was written.
fn probed(bench: &Bench, base: &str, listing: &str, about: &str) -> Seen {
    let kinds = ["json", "junit", "sarif", "github", "markdown", "prometheus"];
    let report = |kind: &str| ["--report".to_owned(), format!("{kind}={}", bench.text(kind))];
    let reports: Vec<_> = kinds.into_iter().flat_map(report).collect();
    let mut arguments = vec![listing, "--spend-limit", "0.03 USD", "--task-timeout", "200ms"];
    arguments.extend(reports.iter().map(String::as_str));
    let seen = bench.run(base, &arguments);
    let table = Seen::of(bench.bare(&["--replay", "1", "--format", "table"]));
    let files = String::from_utf8_lossy(&bytes_of(bench.folder.path())).into_owned();
    let written = [&seen.stdout, &seen.stderr, &table.stdout, &table.stderr, &files];
    for text in written {
        let at = text.find(&SECRET[..12]).map(|at| &text[at.saturating_sub(80)..at + 12]);
        assert_eq!(at, None, "{about}");
    }
    assert!(files.contains("image"), "the history is looked at, too");
    seen
}

/// A server whose images open with the secret alone; `paid` answers calls with the key, with
/// `@LINK` in place of a signed link.
fn store(query: &'static str, status: u16, headers: &'static str, paid: &'static str) -> Recorder {
    Recorder::start(move |request, socket| {
        let link = format!("http://{}/image{query}", socket.local_addr().unwrap());
        let filled = |text: &str| text.replace("@LINK", &link).replace("@NOW", &now());
        if request.starts_with("GET") {
            let opens = request.lines().next().unwrap().contains(SECRET);
            let moved = format!("location: {link}\r\n");
            match (opens, request.contains("/moved")) {
                (_, true) => say(socket, 302, &moved, b""),
                (true, false) => say(socket, 200, "", &png(1024, 1024)),
                (false, false) => say(socket, 403, "", b"AccessDenied"),
            }
        } else if request.contains(KEY) {
            say(socket, status, &filled(headers), filled(paid).as_bytes());
        } else {
            say(socket, 401, "", br#"{"error":{"code":"1002","message":"no"}}"#);
        }
    })
}

fn now() -> String {
    jiff::Timestamp::now().as_second().to_string()
}

#[test]
fn a_signed_link_is_fetched_whole_and_written_without_its_values() {
    let good = r#"{"created":@NOW,"data":[{"url":"@LINK"}]}"#;
    for query in QUERIES {
        let server = store(query, 200, "", good);
        let bench = Bench::small();
        let seen = probed(&bench, &server.base("p"), "p/l", query);
        let told = seen.check("image.plain").to_string();
        // The bytes came; that they are declared as JSON is this server's doing.
        assert!(told.contains("a PNG is declared as application/json"), "{query}: {told}");
        assert!(told.contains("/image?"), "the link is named: {told}");
    }
}

#[test]
fn what_is_said_of_signed_links_holds_none_of_their_values() {
    for (about, status, headers, paid) in [
        ("a refusal", 400, "", r#"{"error":{"code":"9","message":"can't store at @LINK, sorry"}}"#),
        ("a refusal in words", 400, "", "can't store at @LINK"),
        ("a redirect", 302, "location: @LINK\r\n", ""),
        ("a header", 503, "x-request-id: @LINK\r\n", "{}"),
        ("half an answer", 200, "", r#"{"created":1,"data":[{"url":"@LINK"#),
        (
            "escaped slashes",
            200,
            "",
            r#"{"created":1,"data":[{"url":"https:\/\/127.0.0.1:1\/@LINK"#,
        ),
        ("another type", 200, "", r#"{"created":"@LINK","data":[{"url":"@LINK"}]}"#),
        ("another place", 200, "", r#"{"created":1,"output":{"image":"@LINK"}}"#),
        ("a field of its name", 200, "", r#"{"created":1,"@LINK":1,"data":[{"url":"@LINK"}]}"#),
        ("another scheme", 200, "", r#"{"created":1,"data":[{"url":"s3://b/x?@LINK"}]}"#),
        ("a user", 200, "", r#"{"data":[{"url":"http://u:s1gN4tUrE0123456789abcdef@h/x"}]}"#),
        ("base64 that is a link", 200, "", r#"{"data":[{"b64_json":"@LINK"}]}"#),
    ] {
        let server = store(QUERIES[0], status, headers, paid);
        probed(&Bench::small(), &server.base("p"), "p/l", about);
    }
}

#[test]
fn tasks_keep_no_value_of_a_signed_link() {
    for (about, body) in [
        ("done", r#"{"data":{"task_id":"n48_cv4","status":"completed","image":"@LINK"}}"#),
        ("failed", r#"{"data":{"task_id":"n48_cv4","status":"failed","error":"see @LINK"}}"#),
        ("a strange word", r#"{"data":{"task_id":"n48_cv4","status":"@LINK"}}"#),
    ] {
        let server = Recorder::start(move |request, socket| {
            let link = format!("http://{}/image{}", socket.local_addr().unwrap(), QUERIES[1]);
            if request.starts_with("GET /image") {
                let opens = request.contains(SECRET);
                say(socket, if opens { 200 } else { 403 }, "", &png(1024, 1024));
            } else if request.contains(KEY) {
                say(socket, 200, "", body.replace("@LINK", &link).as_bytes());
            } else {
                say(socket, 401, "", br#"{"error":{"code":401,"message":"no","type":"x"}}"#);
            }
        });
        let seen = probed(&Bench::small(), &server.base("q"), "q/l", about);
        if about == "done" {
            let told = seen.check("image.plain").to_string();
            assert!(told.contains("a PNG is declared as"), "{told}");
            assert!(seen.document()["observations"].to_string().contains("`data.image`"));
        }
    }
}
