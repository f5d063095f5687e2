//! What the mock and the server answer over HTTP, and what a probe of the mock finds.

use std::fmt::Write as _;
use std::process::Command;

use serde_json::Value;

use super::{DAY, Frozen, form};
use crate::serve::Server;
use crate::served::{Answer, Mock, write_catalog};
use crate::support::{cogdex_in, program};

const KEY: &str = "authorization: Bearer mock-key";
const IMAGES: &str = "/p/v1/images";
const TASKS: &str = "/q/api/images";

/// Requests to the mock of the two small contracts: a name, the key, method, path and body.
const SMALL: &[(&str, &[&str], &str, &str, &str)] = &[
    ("good", &[KEY], "POST", IMAGES, r#"{"model":"maker/model-l","prompt":"a cat"}"#),
    ("no key", &[], "POST", IMAGES, r#"{"model":"maker/model-l","prompt":"a cat"}"#),
    (
        "wrong key",
        &["authorization: Bearer sk-1"],
        "POST",
        IMAGES,
        r#"{"model":"maker/model-l","prompt":"a cat"}"#,
    ),
    ("unknown model", &[KEY], "POST", IMAGES, r#"{"model":"nobody","prompt":"a cat"}"#),
    ("no prompt", &[KEY], "POST", IMAGES, r#"{"model":"maker/model-l"}"#),
    (
        "long prompt",
        &[KEY],
        "POST",
        IMAGES,
        r#"{"model":"maker/model-l","prompt":"a cat that is far too long"}"#,
    ),
    (
        "unknown size",
        &[KEY],
        "POST",
        IMAGES,
        r#"{"model":"maker/model-l","prompt":"a cat","size":"1x1"}"#,
    ),
    (
        "unknown quality",
        &[KEY],
        "POST",
        IMAGES,
        r#"{"model":"maker/model-l","prompt":"a cat","quality":"x"}"#,
    ),
    (
        "two images",
        &[KEY],
        "POST",
        IMAGES,
        r#"{"model":"maker/model-l","prompt":"a cat","n":2,"size":"768x1344","quality":"hd"}"#,
    ),
    ("three images", &[KEY], "POST", IMAGES, r#"{"model":"maker/model-l","prompt":"a cat","n":3}"#),
    ("no JSON", &[KEY], "POST", IMAGES, "{"),
    ("wrong method", &[KEY], "GET", IMAGES, ""),
    ("unknown path", &[KEY], "GET", "/p/v1/nothing", ""),
    ("unknown provider", &[KEY], "GET", "/nobody", ""),
    (
        "a fault",
        &[KEY, "x-cogdex-fault: no-funds"],
        "POST",
        IMAGES,
        r#"{"model":"maker/model-l","prompt":"a cat"}"#,
    ),
    ("a task of another scheme", &[KEY], "POST", TASKS, r#"{"prompt":"a cat"}"#),
    ("a task", &["authorization: Key mock"], "POST", TASKS, r#"{"prompt":"a cat"}"#),
    ("no such task", &["authorization: Key mock"], "GET", "/q/api/tasks/none", ""),
    ("counts", &[], "GET", "/_mock/counts", ""),
];

/// Requests to the mock of the built-in catalog, all with a key.
const BUILT_IN: &[(&str, &str, &str)] = &[
    ("apiin", "/apiin/api/v1/images/generations", r#"{"model":"cogview-4","prompt":"a cat"}"#),
    ("apiin, unknown model", "/apiin/api/v1/images/generations", r#"{"model":"x","prompt":"a"}"#),
    (
        "bigmodel",
        "/bigmodel/api/paas/v4/images/generations",
        r#"{"model":"cogview-4","prompt":"a cat","size":"1024x1024"}"#,
    ),
    ("bigmodel, no model", "/bigmodel/api/paas/v4/images/generations", r#"{"prompt":"a cat"}"#),
    (
        "zai",
        "/zai/api/paas/v4/images/generations",
        r#"{"model":"cogview-4-250304","prompt":"a cat","quality":"hd"}"#,
    ),
    (
        "zai, size",
        "/zai/api/paas/v4/images/generations",
        r#"{"model":"cogview-4-250304","prompt":"a cat","size":"10x10"}"#,
    ),
    ("fal", "/fal/fal-ai/cogview4", r#"{"prompt":"a cat"}"#),
    ("fal, queue", "/fal/queue/fal-ai/cogview4", r#"{"prompt":"a cat"}"#),
    ("fal, no prompt", "/fal/fal-ai/cogview4", "{}"),
    ("wavespeed", "/wavespeed/api/v3/z-ai/cogview-4", r#"{"prompt":"a cat"}"#),
    (
        "aigateway",
        "/aigateway/v1/images/generations",
        r#"{"model":"zai-org/cogview4","prompt":"a cat"}"#,
    ),
];

/// An answer's status, type and body, without what differs from run to run.
fn written(answer: &Answer, address: &str) -> String {
    let header = |name: &str| {
        answer.headers.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned()
    };
    let mut text = format!("{} {}\n", answer.status, header("content-type"));
    if let Ok(value) = serde_json::from_slice(&answer.body) {
        text.push_str(&form::document(&steady(value, address).to_string()));
    }
    text
}

/// JSON without the address, days, times and durations, which differ from run to run.
pub(super) fn steady(value: Value, address: &str) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(|item| steady(item, address)).collect(),
        Value::Object(entries) => {
            let one = |(key, value): (String, Value)| {
                let value = match key.as_str() {
                    // What is stale on the day of the test is no answer of before.
                    "findings" => {
                        let mut findings = value.as_array().cloned().unwrap_or_default();
                        findings.retain(|finding| finding["code"] != "stale");
                        steady(Value::Array(findings), address)
                    }
                    // An edition may bear the name of the day of the test.
                    "edition" => value,
                    "latency_ms" | "run" | "as_of" | "at" | "first_seen" | "last_seen" => {
                        Value::String("…".to_owned())
                    }
                    _ => steady(value, address),
                };
                (key, value)
            };
            Value::Object(entries.into_iter().map(one).collect())
        }
        Value::Number(number) if number.as_f64().is_some_and(|number| number > 1e9) => {
            Value::String("a time".to_owned())
        }
        Value::String(text) if text.ends_with(" ms") => Value::String("… ms".to_owned()),
        Value::String(text) => {
            let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
            Value::String(text.replace(address, "ADDRESS").replace(&today, "TODAY"))
        }
        leaf => leaf,
    }
}

#[test]
fn the_mock_answers_as_before() {
    let (mut frozen, mut text) = (Frozen::default(), String::new());
    let mock = Mock::small(&[]);
    let mut task = String::new();
    for (name, key, method, path, body) in SMALL {
        let answer = mock.ask(method, path, key, body);
        let _ =
            write!(text, "{name}: {method} {path} {body}\n{}\n", written(&answer, &mock.address));
        if *name == "a task" {
            let id = &answer.json()["data"]["task_id"];
            id.as_str().unwrap_or_default().clone_into(&mut task);
        }
    }
    for poll in 1..=4 {
        let path = format!("/q/api/tasks/{task}");
        let answer = mock.ask("GET", &path, &["authorization: Key mock"], "");
        let _ = write!(text, "poll {poll}\n{}\n", written(&answer, &mock.address));
    }
    frozen.hold("mock/small.txt", &text);
    let (mock, mut text) = (Mock::start(&[]), String::new());
    for (name, path, body) in BUILT_IN {
        let keys = [KEY, "x-key: mock"];
        let key = if path.starts_with("/fal") { "authorization: Key mock" } else { keys[0] };
        let answer = mock.ask("POST", path, &[key, "content-type: application/json"], body);
        let _ = write!(text, "{name}: POST {path} {body}\n{}\n", written(&answer, &mock.address));
    }
    frozen.hold("mock/built-in.txt", &text);
    frozen.check();
}

/// Probes of the mock: a name, whether the catalog is the small one, the listing, and more flags.
const PROBES: &[(&str, bool, &str, &[&str])] = &[
    ("free", true, "p/l", &[]),
    ("paid", true, "p/l", &["--spend-limit", "1 USD"]),
    ("tasks", true, "q/l", &["--spend-limit", "1 USD"]),
    ("bigmodel", false, "bigmodel/cogview-4", &["--spend-limit", "0.01 USD", "--strict"]),
];

#[test]
fn a_probe_of_the_mock_finds_what_it_found_before() {
    let mut frozen = Frozen::default();
    let (small, large) = (Mock::small(&[]), Mock::start(&[]));
    for (name, is_small, listing, flags) in PROBES {
        let folder = tempfile::tempdir().unwrap();
        let catalog = folder.path().join("catalog");
        write_catalog(&catalog);
        let mock = if *is_small { &small } else { &large };
        let provider = listing.split('/').next().unwrap();
        let mut command = Command::new(program());
        command.current_dir(folder.path()).env_clear().env("HOME", folder.path());
        command.env("FROZEN_KEY", "mock-7f3a9c5b2d8e1f40").args(["--format", "json"]);
        if *is_small {
            command.arg("--catalog").arg(&catalog);
        }
        command.args(["probe", listing, "--key-env", "FROZEN_KEY", "--poll-interval", "10ms"]);
        command.args(["--history", "runs.sqlite"]).args(*flags);
        command.args(["--base-url", &format!("http://{}/{provider}", mock.address)]);
        let output = command.output().unwrap();
        let mut text = format!("exit {}\n", output.status.code().unwrap());
        let document = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        text.push_str(&form::document(&steady(document, &mock.address).to_string()));
        frozen.hold(&format!("probe/{name}.txt"), &text);
        if *name == "paid" {
            let arguments = ["history", "--history", "runs.sqlite", "--format", "json"];
            let catalog = format!("--catalog={}", catalog.display());
            let output = cogdex_in(folder.path(), &[&arguments[..], &[&catalog]].concat());
            let document = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
            let text = form::document(&steady(document, &mock.address).to_string());
            frozen.hold("history.txt", &text);
        }
    }
    frozen.check();
}

/// What is asked of the server.
const ASKED: &[&str] = &[
    "/healthz",
    "/api/v1/compare?as-of=DAY",
    "/api/v1/compare?as-of=DAY&model=any&images=10&size=768x1344&currency=CNY&rate=CNY/USD%3D0.14",
    "/api/v1/compare?as-of=DAY&model=any&budget=20+USD",
    "/api/v1/compare?as-of=DAY&quality=splendid",
    "/api/v1/compare?as-of=DAY&model=nobody",
    "/api/v1/compare?bogus=1",
    "/api/v1/compare?size=0x0",
    "/api/v1/nothing",
    "/index.html",
    "/",
    "/listings/p/l/",
    "/listings/p/l",
    "/robots.txt",
    "/metrics",
];

/// Headers that every client may count on, with their values.
const HEADERS: &[&str] = &[
    "cache-control",
    "content-security-policy",
    "content-type",
    "location",
    "referrer-policy",
    "vary",
    "x-content-type-options",
];

#[test]
fn the_server_answers_as_before() {
    let (mut frozen, mut text) = (Frozen::default(), String::new());
    let server = Server::start(&[]);
    for path in ASKED {
        let answer = server.ask("GET", &path.replace("DAY", DAY), &[]);
        let _ = writeln!(text, "GET {path}\n{}", answer.status);
        let mut headers: Vec<_> = answer
            .headers
            .lines()
            .filter(|line| HEADERS.iter().any(|name| line.starts_with(&format!("{name}:"))))
            .collect();
        headers.sort_unstable();
        let _ = writeln!(text, "{}", headers.join("\n"));
        if *path == "/metrics" {
            let body = String::from_utf8(answer.body).unwrap();
            let kinds: Vec<_> = body.lines().filter(|line| line.starts_with("# TYPE")).collect();
            let _ = writeln!(text, "{}", kinds.join("\n"));
        } else if let Ok(value) = serde_json::from_slice::<Value>(&answer.body) {
            text.push_str(&form::document(&value.to_string()));
        }
        text.push('\n');
    }
    frozen.hold("server.txt", &text);
    frozen.check();
}
