//! Keys: they go where the operator said, and stand in nothing that is written.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::fmt::Write;

use super::recorder::{Recorder, say};
use super::{Bench, KEY, Seen, bytes_of};
use crate::support::root;

/// Copies the catalog of the project into a bench, with `from` replaced in one file.
fn edited(bench: &mut Bench, file: &str, from: &str, to: &str) {
    let catalog = bench.path("catalog");
    copy(&root().join("catalog"), &catalog);
    let path = catalog.join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    std::fs::write(path, text.replace(from, to)).unwrap();
    bench.catalog = Some(catalog);
}

pub(super) fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_host_that_an_edited_catalog_names_gets_no_key() {
    let server = Recorder::saying(200, "{}");
    let mut bench = Bench::new();
    let host = format!("http://127.0.0.1:{}", server.port);
    edited(&mut bench, "endpoints/apiin/images.toml", "https://apiin.one", &host);
    let mut command = bench.bare(&["apiin/cogview-4", "--spend-limit", "9 USD"]);
    command.env("APIIN_API_KEY", KEY);
    let seen = Seen::of(command);
    assert!(server.asked().iter().all(|request| !request.contains(KEY)));
    // It was not asked at all, with whatever key, and that is no failure to reach it.
    assert!(server.asked().iter().all(|request| !request.contains("authorization")));
    let skipped = seen.with("skipped").join("\n");
    assert!(skipped.contains("the key does not go to `127.0.0.1`"), "{skipped}");
    for verdict in ["holds", "broken", "looser", "inconclusive"] {
        let odd: Vec<_> = seen.with(verdict);
        assert!(odd.iter().all(|id| id.starts_with("auth.no-key")), "{verdict}: {odd:?}");
    }
}

#[test]
fn a_host_that_is_not_trusted_is_told_apart_from_one_that_cannot_be_reached() {
    let server = Recorder::saying(200, "{}");
    let mut bench = Bench::new();
    let host = format!("127.0.0.1:{}", server.port);
    edited(
        &mut bench,
        "endpoints/apiin/images.toml",
        "https://apiin.one",
        &format!("http://{host}"),
    );
    let run = |bench: &Bench, more: &[&str]| {
        let limits = [&["apiin/cogview-4", "--spend-limit", "0.05 USD"], more].concat();
        let mut command = bench.bare(&limits);
        command.env("APIIN_API_KEY", KEY);
        Seen::of(command)
    };
    // Nobody named it: nothing could be sent.
    let seen = run(&bench, &[]);
    assert_eq!(seen.check("accepted")["verdict"], "skipped");
    assert_eq!(seen.with("inconclusive"), Vec::<String>::new());
    assert_eq!(seen.code, 2);
    let spend = &seen.document()["spend"];
    assert_eq!((&spend["spent"], &spend["calls_billable"]), (&"0".into(), &0.into()));
    // The operator names it, and it gets the key.
    let seen = run(&bench, &["--trust-host", &host]);
    assert!(server.asked().iter().any(|request| request.contains(KEY)));
    // It was asked, and no task is in its answer.
    assert_eq!(seen.check("accepted")["verdict"], "broken");
    // It is named, and nobody is there.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nowhere = listener.local_addr().unwrap().to_string();
    drop(listener);
    let mut bench = Bench::new();
    let there = format!("http://{nowhere}");
    edited(&mut bench, "endpoints/apiin/images.toml", "https://apiin.one", &there);
    let seen = run(&bench, &["--trust-host", &nowhere]);
    let check = seen.check("accepted");
    assert_eq!(check["verdict"], "inconclusive");
    assert!(check["reason"].to_string().contains("no connection"), "{check}");
    assert_eq!(seen.with("skipped").iter().filter(|id| id.contains("the key")).count(), 0);
    assert_eq!(seen.code, 3);
}

#[test]
fn polls_that_an_edited_catalog_leads_elsewhere_go_without_the_key() {
    let elsewhere = Recorder::saying(200, "{}");
    let mut bench = Bench::new();
    let there = format!("http://127.0.0.1:{}/api/v1/tasks", elsewhere.port);
    edited(&mut bench, "endpoints/apiin/images.toml", "https://apiin.one/api/v1/tasks", &there);
    let server = Recorder::start(|_, socket| {
        say(socket, 200, "", br#"{"data":{"task_id":"n48_77","status":"pending"}}"#);
    });
    let own = format!("http://127.0.0.1:{}", server.port);
    let path = bench.path("catalog").join("endpoints/apiin/images.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(path, text.replace("https://apiin.one", &own)).unwrap();
    let limits = ["apiin/cogview-4", "--spend-limit", "0.05 USD", "--task-timeout", "1s"];
    let mut command = bench.bare(&limits);
    command.args(["--trust-host", &format!("127.0.0.1:{}", server.port)]);
    command.env("APIIN_API_KEY", KEY);
    Seen::of(command);
    assert!(server.asked().iter().any(|request| request.contains(KEY)));
    assert!(elsewhere.asked().iter().all(|request| !request.contains("authorization")));
}

#[test]
fn a_variable_that_an_edited_catalog_names_is_not_read() {
    let server = Recorder::saying(200, "{}");
    let mut bench = Bench::new();
    edited(&mut bench, "providers/apiin.toml", "\"APIIN_API_KEY\"", "\"OTHER_SECRET\"");
    let base = server.base("apiin");
    let mut command =
        bench.bare(&["apiin/cogview-4", "--spend-limit", "9 USD", "--base-url", &base]);
    command.env("OTHER_SECRET", KEY);
    let seen = Seen::of(command);
    assert_eq!(seen.code, 2);
    assert!(seen.stderr.contains("APIIN_API_KEY"), "{}", seen.stderr);
    assert!(server.asked().is_empty());
}

#[test]
fn a_redirect_takes_nothing_elsewhere() {
    let elsewhere = Recorder::saying(200, "{}");
    let location = format!("location: http://127.0.0.1:{}/v1\r\n", elsewhere.port);
    let server = Recorder::start(move |_, socket| say(socket, 307, &location, b"{}"));
    let bench = Bench::small();
    let seen = bench.run(&server.base("p"), &["p/l", "--spend-limit", "9 USD"]);
    assert!(elsewhere.asked().is_empty());
    assert_eq!(seen.code, 1);
    assert!(seen.check("accepted")["reason"].to_string().contains("redirected"));
}

fn each(key: &str, form: impl Fn(u8) -> String) -> String {
    key.bytes().map(form).collect()
}

/// The key in every form in which a leak could be found.
fn forms() -> Vec<String> {
    let bearer = format!("Bearer {KEY}");
    let mut percent = String::new();
    for c in KEY.chars() {
        if c.is_ascii_alphanumeric() || "-._~".contains(c) {
            percent.push(c);
        } else {
            write!(percent, "%{:02X}", c as u32).unwrap();
        }
    }
    let mut forms = vec![
        KEY.to_owned(),
        percent,
        each(KEY, |byte| format!("{byte:02x}")),
        each(KEY, |byte| format!("\\u{byte:04x}")),
        KEY.replace('/', "\\/"),
        KEY.chars().rev().collect(),
    ];
    for text in [KEY, &bearer] {
        forms.push(STANDARD.encode(text));
        forms.push(STANDARD_NO_PAD.encode(text));
        forms.push(URL_SAFE_NO_PAD.encode(text));
    }
    forms
}

fn holds(heap: &[u8], form: &str) -> bool {
    heap.windows(form.len()).any(|window| window.eq_ignore_ascii_case(form.as_bytes()))
}

#[test]
fn a_key_that_polls_images_and_redirects_echo_stands_in_nothing_that_is_written() {
    let all = forms();
    let text = all.join(" ");
    let words = text.clone();
    let server = Recorder::start(move |request, socket| {
        let own = socket.local_addr().unwrap();
        let header = format!("x-request-id: {KEY}\r\nlocation: http://{own}/{KEY}\r\n");
        if request.starts_with("GET /image") {
            let header = format!("{header}content-type: image/{KEY}\r\n");
            return say(socket, 302, &header, words.as_bytes());
        }
        let body = if request.starts_with("POST") {
            serde_json::json!({ "data": { "task_id": "n48_77", "status": "pending", "x": words } })
        } else {
            let link = format!("http://{own}/image");
            let holding = format!("{link}?{KEY}");
            let links = [link, holding];
            serde_json::json!({ "data": { "status": "completed", "url": links, KEY: words } })
        };
        say(socket, 200, &header, body.to_string().as_bytes());
    });
    let bench = Bench::small();
    let mut arguments = vec!["q/l".to_owned(), "--spend-limit".to_owned(), "9 USD".to_owned()];
    for kind in ["json", "junit", "sarif", "github", "markdown", "prometheus"] {
        let file = bench.text(&format!("report.{kind}"));
        arguments.extend(["--report".to_owned(), format!("{kind}={file}")]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let seen = bench.run(&server.base("q"), &arguments);
    let replayed = bench.run(&server.base("q"), &["--replay", "1"]);
    assert!(server.asked().iter().any(|request| request.starts_with("GET /image")));
    let heap = bytes_of(bench.folder.path());
    let shown = [seen.stdout, seen.stderr, replayed.stdout, replayed.stderr].concat();
    let heap = [shown.as_bytes(), &heap].concat();
    assert!(heap.windows(5).any(|window| window == b"[key]"));
    for form in &all {
        assert!(!holds(&heap, form), "{form} stands in what was written");
    }
}

#[test]
fn a_key_within_the_address_stands_in_nothing_that_is_written() {
    let server = Recorder::start(move |request, socket| {
        let body: &[u8] = if request.starts_with("POST") {
            br#"{"data":{"task_id":"n48_77","status":"pending"}}"#
        } else {
            br#"{"data":{"status":"pending"}}"#
        };
        say(socket, 200, "", body);
    });
    let bench = Bench::small();
    let base = server.base(&format!("{KEY}/q"));
    let limits = ["q/l", "--spend-limit", "0.01 USD", "--task-timeout", "100ms"];
    let first = bench.run(&base, &limits);
    let submitted = server.posted_with("authorization: Key mock");
    let again = bench.run(&base, &limits);
    assert!(server.asked().iter().all(|request| request.contains(&format!(" /{KEY}/q/"))));
    assert!(first.document()["base_url"].to_string().ends_with("/[key]/q\""), "{}", first.stdout);
    // The next run still knows whose task it is.
    assert_eq!(again.check("task.ends")["verdict"], "inconclusive");
    assert_eq!(server.posted_with("authorization: Key mock"), submitted);
    let heap = bytes_of(bench.folder.path());
    let shown = [first.stdout, first.stderr, again.stdout, again.stderr].concat();
    assert!(!holds(&[shown.as_bytes(), &heap].concat(), KEY));
}

#[test]
fn a_key_that_is_echoed_everywhere_stands_in_nothing_that_is_written() {
    let all = forms();
    let text = all.join(" ");
    let header = format!("x-request-id: {KEY}\r\nretry-after: {KEY}\r\n");
    let fields: serde_json::Value = all.iter().map(|form| (form.clone(), form.clone())).collect();
    for status in [200, 400, 401, 429, 500] {
        let body = serde_json::json!({
            "created": text, "data": [{ "url": format!("http://127.0.0.1:1/{KEY}"), "x": fields }],
            "error": { "code": text, "message": text, "type": text }, "id": text,
            "data.task_id": text, KEY: 1,
        });
        let header = header.clone();
        let server = Recorder::start(move |_, socket| {
            say(socket, status, &header, body.to_string().as_bytes());
        });
        let bench = Bench::small();
        let mut arguments = vec!["p/l".to_owned(), "--spend-limit".to_owned(), "9 USD".to_owned()];
        for kind in ["json", "junit", "sarif", "github", "markdown", "prometheus"] {
            let file = bench.text(&format!("report.{kind}"));
            arguments.extend(["--report".to_owned(), format!("{kind}={file}")]);
        }
        arguments.push("-v".to_owned());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let seen = bench.run(&server.base("p"), &arguments);
        assert!(server.asked().iter().any(|request| request.contains(KEY)), "it was used");
        let told = seen.document()["observations"].to_string();
        assert!(told.contains("the key stood in the answer"), "{status}: {told}");
        let heap = [seen.stdout.as_bytes(), seen.stderr.as_bytes(), &bytes_of(bench.folder.path())];
        let heap = heap.concat();
        assert!(heap.windows(5).any(|window| window == b"[key]"), "{status}");
        for form in &all {
            assert!(!holds(&heap, form), "{status}: {form} stands in what was written");
        }
    }
}
