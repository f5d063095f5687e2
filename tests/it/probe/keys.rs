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
    let skipped = seen.with("skipped").join("\n");
    assert!(skipped.contains("the key does not go to `127.0.0.1`"), "{skipped}");
    assert_eq!(seen.with("holds"), Vec::<String>::new());
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
