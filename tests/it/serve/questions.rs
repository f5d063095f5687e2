//! `/api/v1/compare` beside the command, and what a server says of itself.

use std::collections::BTreeSet;

use cogdex::history::{
    History, NewRun, Reservation, ReservationEnd, ReservationResult, VerdictRecord,
};

use super::{Server, assert_safe, header};
use crate::served::Answer;
use crate::support::{TODAY, cogdex_in, usd};

/// Flags with their values; the same as a query and as arguments.
const QUESTIONS: &[&[(&str, &str)]] = &[
    &[("model", "any")],
    &[("model", "m")],
    &[("model", "m"), ("images", "1000")],
    &[("model", "any"), ("images", "7"), ("size", "768x1344"), ("quality", "hd")],
    // The same for another number is answered from what was prepared for the first.
    &[("model", "any"), ("images", "1"), ("size", "768x1344"), ("quality", "hd")],
    &[("model", "any"), ("images", "64000"), ("size", "768x1344"), ("quality", "hd")],
    &[("images", "999999999"), ("model", "any"), ("size", "768x1344"), ("quality", "hd")],
    &[("model", "any"), ("size", "768x1344")],
    &[("model", "any"), ("budget", "5 USD")],
    &[("model", "any"), ("budget", "5 EUR"), ("rate", "USD/EUR=0.9")],
    &[("model", "any"), ("currency", "CNY"), ("rate", "USD/CNY=7.1"), ("rate", "EUR/CNY=8")],
    &[("model", "any"), ("images", "100"), ("reject-rate", "10%"), ("fail-rate", "2%")],
    &[("model", "any"), ("images", "100"), ("deadline", "10s"), ("concurrency", "4")],
    &[("model", "any"), ("require", "sync"), ("require", "streaming")],
    &[("model", "any"), ("seconds-per-image", "3")],
    &[("model", "any"), ("as-of", "2026-11-20")],
];

const BAD: &[(&str, &str)] = &[
    ("model=nobody", "--model"),
    ("model=any&images=0", "--images"),
    ("model=any&images=1&images=2", "--images"),
    ("model=any&images=1&budget=1+USD", "--images"),
    ("model=any&size=big", "--size"),
    ("model=any&size=17x17", "--size: no source knows `17x17`"),
    ("model=any&seconds-per-image=3&hardware=an+A100+%26+more", "--hardware: no listing"),
    ("model=any&colour=red", "--colour"),
    ("model=any&imagse=2", "did you mean `images`"),
    ("model=any&currency=XXQ", "--currency"),
    ("model=any&currency=credits", "--currency"),
    ("model=any&as-of=yesterday", "--as-of"),
    ("model=any&as-of=1999-01-01", "--as-of"),
    ("model=any&rate=USD", "--rate"),
    ("model=any&name=x", "--name"),
    ("model=%00%ff", "--model"),
];

#[test]
fn the_api_gives_what_the_command_gives() {
    let server = Server::start(&[]);
    for question in QUESTIONS {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let mut arguments = vec!["compare".to_owned(), "--format=json".to_owned()];
        for (key, value) in *question {
            query.append_pair(key, value);
            arguments.push(format!("--{key}={value}"));
        }
        let folder = server.folder.path();
        arguments.push(format!("--catalog={}", folder.display()));
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let told = cogdex_in(folder, &arguments);
        let path = format!("/api/v1/compare?{}", query.finish());
        let answer = server.get(&path);
        let said = String::from_utf8_lossy(&told.stderr);
        assert!(told.status.success(), "{question:?}: {said}");
        assert_eq!(answer.status, 200, "{question:?}");
        assert_safe(&answer);
        assert_eq!(header(&answer, "content-type"), Some("application/json"));
        let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
        // To the letter, the order of the keys too.
        let told = told.to_string();
        assert_eq!(told, String::from_utf8(answer.body).unwrap(), "{question:?}");
        // Asked again it is what was kept, and an old client gets it by another way.
        assert!(server.get(&path).body == told.as_bytes(), "{question:?}");
        let old = server.raw(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes());
        assert!(Answer::parse(&old).body == told.as_bytes(), "{question:?}");
    }
}

#[test]
fn a_bad_question_is_told_in_a_line_that_names_the_key() {
    let server = Server::start(&[]);
    for (query, named) in BAD {
        let answer = server.get(&format!("/api/v1/compare?{query}"));
        assert_eq!(answer.status, 400, "{query}");
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(named), "{query}: {error}");
        assert!(!error.contains('\n'), "{error}");
        assert_safe(&answer);
    }
    // A currency without a rate is a reason of each row, as the command has it.
    let answer = server.get("/api/v1/compare?model=any&currency=EUR");
    assert_eq!((answer.status, &answer.json()["rows"][0]["reason_code"]), (200, &"no-rate".into()));
    let long = format!("/api/v1/compare?model=any&hardware={}", "x".repeat(5000));
    assert_eq!(server.get(&long).status, 400);
}

#[test]
fn a_body_that_is_too_long_is_not_read() {
    let server = Server::start(&[]);
    let body = "x".repeat(100_000);
    assert_eq!(server.send("GET", "/api/v1/compare?model=any", &[], &body).status, 413);
}

#[test]
fn the_server_says_that_it_is_well() {
    let server = Server::start(&[]);
    let answer = server.get("/healthz");
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"ok\n"[..]));
    assert_eq!(header(&answer, "cache-control"), Some("no-store"));
    assert_safe(&answer);
}

/// The value of a series, where it stands.
fn series(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}

#[test]
fn metrics_count_what_was_answered() {
    let server = Server::start(&[]);
    for path in ["/", "/", "/index.md", "/nothing", "/api/v1/compare?model=any", "/healthz"] {
        server.get(path);
    }
    server.ask("GET", "/", &["if-none-match: *"]);
    server.get("/api/v1/compare?model=nobody");
    let answer = server.get("/metrics");
    assert_safe(&answer);
    assert!(header(&answer, "content-type").unwrap().starts_with("text/plain; version=0.0.4"));
    let text = String::from_utf8(answer.body).unwrap();
    let count = |kind: &str, status: u16| {
        let name = format!("cogdex_requests_total{{kind=\"{kind}\",status=\"{status}\"}}");
        series(&text, &name)
    };
    assert_eq!(count("page", 200), Some(2));
    assert_eq!(count("page", 304), Some(1));
    assert_eq!(count("twin", 200), Some(1));
    assert_eq!(count("other", 404), Some(1));
    assert_eq!(count("compare", 200), Some(1));
    assert_eq!(count("compare", 400), Some(1));
    assert_eq!(series(&text, "cogdex_answer_seconds_count{kind=\"compare\"}"), Some(2));
    let all = series(&text, "cogdex_answer_seconds_bucket{kind=\"compare\",le=\"+Inf\"}");
    assert_eq!(all, Some(2));
    assert_eq!(series(&text, "cogdex_connections_total"), Some(9));
    assert_eq!(series(&text, "cogdex_catalog_listings"), Some(2));
    assert_eq!(series(&text, "cogdex_reload_findings"), Some(0));
    assert!(text.contains("cogdex_catalog_info{edition=\"\",digest=\""), "{text}");
    assert_well_formed(&text);
}

/// As the reader of such a text has it: a type before its series, and no series twice.
fn assert_well_formed(text: &str) {
    let (mut seen, mut families) = (BTreeSet::new(), BTreeSet::new());
    let mut family = "";
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            family = rest.split(' ').next().unwrap();
            assert!(families.insert(family), "{family} stands there twice");
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with(family), "{name} is not of {family}");
            assert!(value.parse::<f64>().is_ok(), "{line}");
            assert!(seen.insert(name.to_owned()), "{name} stands there twice");
        }
    }
}

#[test]
fn metrics_tell_what_probes_saw_and_spent_with_labels_that_cannot_break_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.sqlite");
    let mut history = History::open(&path).unwrap();
    let hostile = "p/\"} 1\ncogdex_up 1\\";
    let now = jiff::Timestamp::now().as_millisecond();
    for (listing, judged) in [("p/l", true), (hostile, true), ("p/l", false)] {
        let run = history.begin(&NewRun {
            listing: listing.to_owned(),
            provider: "p".to_owned(),
            base_url: String::new(),
            as_of: TODAY,
            edition: None,
            digest: String::new(),
            started_ms: now - if judged { 3_600_000 } else { 1000 },
        });
        let run = run.unwrap();
        if judged {
            let verdict = |id: &str, verdict: &str| VerdictRecord {
                id: id.to_owned(),
                verdict: verdict.to_owned(),
                reason: String::new(),
                observed: String::new(),
                latency_ms: None,
                cost: None,
            };
            let all = [verdict("a", "holds"), verdict("b", "holds"), verdict("c", "broken")];
            history.judge(run, &all).unwrap();
        }
        let reservation = Reservation {
            run,
            listing: listing.to_owned(),
            what: "entry".to_owned(),
            amount: "0.05".parse().unwrap(),
            currency: usd(),
            limit: "1".parse().unwrap(),
            now_ms: now,
        };
        let ReservationResult::Yes(id) = history.reserve(&reservation).unwrap() else { panic!() };
        history.settle(id, ReservationEnd::Spent).unwrap();
        history.finish(run, now).unwrap();
    }
    let server = Server::start(&["--history", path.to_str().unwrap()]);
    let text = String::from_utf8(server.get("/metrics").body).unwrap();
    assert_well_formed(&text);
    let of = |name: &str, rest: &str| format!("{name}{{listing=\"p/l\",base_url=\"\"{rest}}}");
    assert_eq!(series(&text, &of("cogdex_probe_verdicts", ",verdict=\"holds\"")), Some(2));
    assert_eq!(series(&text, &of("cogdex_probe_verdicts", ",verdict=\"broken\"")), Some(1));
    // The newer run judged nothing: it is none of a probe.
    assert!(series(&text, &of("cogdex_probe_age_seconds", "")).unwrap() >= 3600, "{text}");
    assert!(
        text.contains("cogdex_spend{listing=\"p/l\",base_url=\"\",currency=\"USD\"} 0.1\n"),
        "{text}"
    );
    assert!(!text.lines().any(|line| line.starts_with("cogdex_up")), "{text}");
    assert!(text.contains("{listing=\"p/\\\"} 1cogdex_up 1\\\\\",base_url=\"\"}"), "{text}");
}
