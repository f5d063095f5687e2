//! `cogdex mock`: keeps contracts as they stand in the catalog, and has every named fault.

mod endpoints;

use serde_json::json;

use crate::served::{Answer, Mock};
use crate::support::{cogdex, stdout};

const PATH: &str = "/p/v1/images";
const GOOD: &str = r#"{"model":"maker/model-l","prompt":"a cat","size":"768x1344"}"#;

fn code(answer: &Answer) -> String {
    answer.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
}

/// Width and height in the head of a PNG.
fn size(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (side(16), side(20))
}

/// The path within a link of the mock.
fn path<'l>(mock: &Mock, link: &'l str) -> &'l str {
    link.strip_prefix(&format!("http://{}", mock.address)).expect(link)
}

fn link(answer: &Answer) -> String {
    answer.json()["data"][0]["url"].as_str().expect("a link").to_owned()
}

#[test]
fn a_good_request_gets_a_real_image_of_the_size_asked_for() {
    let mock = Mock::small(&[]);
    let answer = mock.post(PATH, GOOD);
    assert_eq!(answer.status, 200);
    assert!(answer.json()["created"].is_i64());
    let link = link(&answer);
    let picture = mock.ask("GET", path(&mock, &link), &[], "");
    assert!(picture.headers.contains("content-type: image/png"));
    assert_eq!(size(&picture.body), (768, 1344));
    // The picture says what it is.
    let (head, pixels) = (png::Decoder::new(std::io::Cursor::new(&picture.body)), 768 * 1344 / 8);
    let mut head = head.read_info().unwrap();
    let mut lines = vec![0; head.output_buffer_size().unwrap()];
    head.next_frame(&mut lines).unwrap();
    let black = lines.iter().map(|byte| byte.count_zeros()).sum::<u32>();
    assert!(lines.len() == pixels && (2000..30_000).contains(&black), "{black}");
    let head = mock.ask("HEAD", path(&mock, &link), &[], "");
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[test]
fn an_image_can_come_in_the_answer_and_two_can_be_asked_for() {
    let mock = Mock::small(&[]);
    let body = r#"{"model":"maker/model-l","prompt":"a cat","n":2,"response_format":"b64_json"}"#;
    let answer = mock.post(PATH, body).json();
    assert_eq!(answer["data"].as_array().unwrap().len(), 2);
    assert!(answer["data"][1]["b64_json"].as_str().unwrap().starts_with("iVBORw0KGgo"));
    assert!(answer["data"][0].get("url").is_none());
}

#[test]
fn a_key_is_asked_for_and_known_by_the_word_mock() {
    let mock = Mock::small(&[]);
    assert_eq!(mock.ask("POST", PATH, &[], GOOD).status, 401);
    let wrong = mock.ask("POST", PATH, &["authorization: Bearer sk-123"], GOOD);
    assert_eq!((wrong.status, code(&wrong)), (401, "1002".to_owned()));
    let scheme = mock.ask("POST", PATH, &["authorization: Basic mock"], GOOD);
    assert_eq!(scheme.status, 401);
    assert_eq!(mock.ask("POST", PATH, &["authorization: bearer mock"], GOOD).status, 200);
    assert_eq!(mock.ask("POST", PATH, &["authorization: Bearermock"], GOOD).status, 401);
    // A client may send a token that it signed: `{"api_key":"mock"}` between two dots.
    let signed = "authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJhcGlfa2V5IjoibW9jayJ9.c2ln";
    assert_eq!(mock.ask("POST", PATH, &[signed], GOOD).status, 200);
}

#[test]
fn each_documented_refusal_has_its_status_and_code() {
    let mock = Mock::small(&[]);
    let refused = |body: &str| {
        let answer = mock.post(PATH, body);
        (answer.status, code(&answer))
    };
    let (model, prompt) = (r#""model":"maker/model-l""#, r#""prompt":"a cat""#);
    assert_eq!(refused(r#"{"model":"nobody","prompt":"a cat"}"#), (404, "1211".to_owned()));
    for body in [
        format!("{{{model}}}"),
        format!(r#"{{{model},"prompt":"{}"}}"#, "x".repeat(21)),
        format!(r#"{{{model},{prompt},"size":"512x512"}}"#),
        format!(r#"{{{model},{prompt},"size":7}}"#),
        format!(r#"{{{model},{prompt},"quality":"ultra"}}"#),
        format!(r#"{{{model},{prompt},"n":3}}"#),
        format!(r#"{{{model},{prompt},"n":-1}}"#),
        format!(r#"{{{model},{prompt},"response_format":"png"}}"#),
        format!(r#"{{{model},{prompt},"user_id":"12345"}}"#),
        format!(r#"{{{model},{prompt},"user_id":"12345678901"}}"#),
        "not json".to_owned(),
        "[]".to_owned(),
    ] {
        assert_eq!(refused(&body).0, 400, "{body}");
    }
    for body in [
        format!(r#"{{{model},"prompt":"{}"}}"#, "x".repeat(20)),
        format!(r#"{{{model},{prompt},"user_id":"123456"}}"#),
        format!(r#"{{{model},{prompt},"something":"else"}}"#),
    ] {
        assert_eq!(mock.post(PATH, &body).status, 200, "{body}");
    }
    assert_eq!(mock.post("/p/elsewhere", GOOD).status, 404);
}

#[test]
fn a_task_is_under_way_and_then_done() {
    let mock = Mock::small(&[]);
    let key = ["authorization: Key mock-key"];
    let made = mock.ask("POST", "/q/api/images", &key, r#"{"prompt":"a cat","size":"768*1344"}"#);
    let body = made.json();
    assert_eq!(body["data"]["status"], "IN_PROGRESS");
    let id = body["data"]["task_id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("n48_"), "{id}");
    let poll = |key: &[&str]| mock.ask("GET", &format!("/q/api/tasks/{id}"), key, "");
    assert_eq!(poll(&[]).status, 401);
    assert_eq!(poll(&key).json()["data"]["status"], "IN_PROGRESS");
    let done = poll(&key);
    assert_eq!(done.json()["data"]["status"], "completed");
    // No source shows the finished body; the reply says that its shape is assumed.
    assert!(done.headers.contains("cogdex-assumed:"), "{}", done.headers);
    let link = done.json()["data"]["output"]["url"].as_str().unwrap().to_owned();
    let picture = mock.ask("GET", path(&mock, &link), &[], "");
    assert_eq!(size(&picture.body), (768, 1344));
    assert_eq!(mock.ask("GET", "/q/api/tasks/n48_99", &key, "").status, 404);
}

#[test]
fn either_side_of_a_dispute_can_be_asked_for() {
    let mock = Mock::small(&[]);
    let headers = ["authorization: Key mock-key", "x-cogdex-variant: other"];
    let body = mock.ask("POST", "/q/api/images", &headers, r#"{"prompt":"a cat"}"#).json();
    assert_eq!(body["status"], "pending");
    assert!(body["id"].is_string() && body.get("data").is_none(), "{body}");
    let headers = ["authorization: Bearer mock-key", "x-cogdex-variant: other"];
    assert!(mock.ask("POST", PATH, &headers, GOOD).json()["created"].is_string());
}

#[test]
fn what_was_asked_and_billed_is_counted() {
    let mock = Mock::small(&[]);
    mock.post(PATH, GOOD);
    mock.post(PATH, r#"{"model":"nobody","prompt":"a cat"}"#);
    let counts = mock.ask("GET", "/_mock/counts", &[], "").json();
    assert_eq!(counts, json!({ "asked": { "p/images": 2 }, "billed": { "p/images": 1 } }));
    // Billed is each image, as the price says, and not each call.
    mock.post(PATH, r#"{"model":"maker/model-l","prompt":"a cat","n":2}"#);
    let counts = mock.ask("GET", "/_mock/counts", &[], "").json();
    assert_eq!(counts, json!({ "asked": { "p/images": 3 }, "billed": { "p/images": 3 } }));
}

/// One request under one fault.
fn under(mock: &Mock, fault: &str) -> Answer {
    let fault = format!("x-cogdex-fault: {fault}");
    mock.ask("POST", PATH, &["authorization: Bearer mock-key", &fault], GOOD)
}

#[test]
fn faults_of_the_answer_do_what_they_are_named_for() {
    let mock = Mock::small(&[]);
    let picture = |fault: &str| {
        let answer = under(&mock, fault);
        mock.ask("GET", path(&mock, &link(&answer)), &[], "")
    };
    assert_eq!(size(&picture("wrong-size").body), (384, 672));
    assert_eq!(picture("dead-link").status, 404);
    assert!(picture("html-link").headers.contains("text/html"));
    assert_eq!(under(&mock, "missing-field").json(), json!({}));
    assert!(under(&mock, "wrong-type").json()["data"].is_string());
    let limited = under(&mock, "rate-limit");
    assert_eq!((limited.status, code(&limited)), (429, "1302".to_owned()));
    assert!(!limited.headers.contains("retry-after"));
    assert!(under(&mock, "rate-limit-retry-after").headers.contains("retry-after: 1"));
    assert_eq!(under(&mock, "rate-limit-retry-after").status, 200);
    let funds = under(&mock, "no-funds");
    assert_eq!((funds.status, code(&funds)), (429, "1113".to_owned()));
    assert_eq!(under(&mock, "error-after-generating").status, 500);
    let moved = under(&mock, "redirect");
    assert!(moved.status == 307 && moved.headers.contains("location: http://127.0.0.2:9/"));
    assert!(String::from_utf8_lossy(&under(&mock, "key-echo").body).contains("mock-key"));
    let anybody = mock.ask("POST", PATH, &["x-cogdex-fault: accepts-any-key"], GOOD);
    assert_eq!(anybody.status, 200);
}

#[test]
fn faults_of_delivery_do_what_they_are_named_for() {
    let mock = Mock::small(&[]);
    let whole = under(&mock, "none of them").body;
    let short = under(&mock, "truncated-json").body;
    assert!(
        short.len() < whole.len() && serde_json::from_slice::<serde_json::Value>(&short).is_err()
    );
    let cut = under(&mock, "reset");
    let promised =
        cut.headers.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert!(cut.body.len() < promised.parse().unwrap());
    let bomb = under(&mock, "gzip-bomb");
    assert!(bomb.headers.contains("content-encoding: gzip") && bomb.body.len() < 4 << 20);
}

#[test]
fn a_fault_of_the_command_line_is_in_every_answer() {
    let mock = Mock::small(&["--fault", "error-after-generating"]);
    assert_eq!(mock.post(PATH, GOOD).status, 500);
    assert_eq!(mock.post(PATH, GOOD).status, 500);
    assert_eq!(mock.ask("GET", "/_mock/counts", &[], "").json()["billed"]["p/images"], 2);
}

#[test]
fn tasks_can_fail_never_end_or_say_strange_words() {
    for (fault, word) in [
        ("task-fails", "failed"),
        ("task-never-ends", "IN_PROGRESS"),
        ("unknown-status", "somewhere"),
    ] {
        let mock = Mock::small(&["--fault", fault]);
        let key = ["authorization: Key mock-key"];
        let made = mock.ask("POST", "/q/api/images", &key, r#"{"prompt":"a cat"}"#).json();
        let id = made["data"]["task_id"].as_str().unwrap().to_owned();
        let poll = || mock.ask("GET", &format!("/q/api/tasks/{id}"), &key, "").json();
        poll();
        assert_eq!(poll()["data"]["status"], word, "{fault}");
    }
}

#[test]
fn documented_latency_is_kept_on_request() {
    let mock = Mock::small(&["--latency", "documented"]);
    let start = std::time::Instant::now();
    mock.post(PATH, GOOD);
    assert!(start.elapsed() >= std::time::Duration::from_secs(1));
}

#[test]
fn a_mock_stays_on_loopback_and_stops_by_itself() {
    let output = cogdex(&["mock", "--addr", "0.0.0.0:0", "--stop-after", "1s"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("loopback only"), "{said}");
    let mock = Mock::start(&["--stop-after", "100ms"]);
    assert!(mock.wait().success());
}

#[test]
fn faults_are_listed_by_name() {
    let list = stdout(&["mock", "--fault-list"]);
    assert!(list.lines().count() >= 18 && list.contains("gzip-bomb"));
    let output = cogdex(&["mock", "--fault", "gzip-bom"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean `gzip-bomb`?"));
}
