//! Endpoints that answer every call alike: the paid part ends as soon as no later call can tell
//! anything.

use super::{Behaviour, html, json_answer};
use crate::probe::recorder::{Recorder, say};
use crate::probe::{Bench, KEY};

/// What every call with the key is answered, how many of them leave, and what is broken.
const ALIKE: [(&str, u16, &str, u32, &[&str]); 14] = [
    (
        "an empty balance without a code",
        400,
        r#"{"error":{"message":"Insufficient balance: 0.003 USD left"}}"#,
        1,
        &[],
    ),
    (
        "an empty balance under the code of whatever is wrong",
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}}"#,
        1,
        &[],
    ),
    ("an empty balance in Chinese", 403, r#"{"message":"用户额度不足, 剩余额度: 0.0"}"#, 1, &[]),
    ("an empty balance as plain text", 400, "Not enough credits", 1, &[]),
    (
        "a refusal with a code",
        400,
        r#"{"error":{"code":"1221","message":"gone"}}"#,
        3,
        &["accepted"],
    ),
    ("a refusal without a code", 400, r#"{"error":{"message":"no"}}"#, 3, &["accepted"]),
    ("a refusal with status 200", 200, r#"{"error":{"message":"no"}}"#, 3, &["accepted"]),
    (
        "a refusal with the request's id",
        422,
        r#"{"error":{"message":"no channel (request id: @NOW@ID)"}}"#,
        3,
        &["accepted"],
    ),
    (
        "a list of faults",
        422,
        r#"{"detail":[{"loc":["body"],"msg":"Field required"}]}"#,
        3,
        &["accepted"],
    ),
    ("an unknown model", 404, r#"{"error":{"code":"1211","message":"x"}}"#, 3, &["accepted"]),
    ("a conflict without a body", 409, "", 3, &["accepted"]),
    ("gone", 410, "gone", 3, &["accepted"]),
    ("too large", 413, "<h1>413</h1>", 2, &[]),
    ("a teapot", 418, r#""teapot""#, 3, &["accepted"]),
];

#[test]
fn an_endpoint_that_answers_every_call_alike_is_paid_for_as_long_as_that_may_tell_something() {
    for (name, status, body, calls, broken) in ALIKE {
        let number = std::sync::atomic::AtomicU32::new(0);
        let paid = Behaviour::paid(move |_| {
            let id = number.fetch_add(7, std::sync::atomic::Ordering::SeqCst).to_string();
            if body.starts_with('<') {
                html(status, "", body)
            } else {
                json_answer(status, &body.replace("@ID", &id))
            }
        });
        let seen = Behaviour { name, paid, ..Behaviour::default() }.probed("9 USD");
        let document = seen.document();
        let about = format!("{name}: {}", document["causes"]);
        assert_eq!(document["spend"]["calls_billable"], calls, "{about}");
        let all: Vec<_> = seen.with("broken").iter().map(|id| id[..8].to_owned()).collect();
        assert_eq!(all, broken, "{about}");
        assert_eq!(seen.with("looser"), Vec::<String>::new(), "{about}");
        let held = seen.with("holds");
        assert!(held.iter().all(|id| id.contains("auth") || id.contains("error-body")), "{held:?}");
        assert!(seen.with("skipped").join("").contains("the paid part stopped"), "{about}");
        assert_eq!(seen.code, if broken.is_empty() { 3 } else { 1 }, "{about}");
    }
}

#[test]
fn refusals_of_their_own_after_that_of_the_plainest_end_nothing() {
    let number = std::sync::atomic::AtomicU32::new(0);
    let paid = Behaviour::paid(move |_| {
        let code = number.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        json_answer(400, &format!(r#"{{"error":{{"code":"9{code}","message":"no"}}}}"#))
    });
    let seen = Behaviour { paid, ..Behaviour::default() }.probed("9 USD");
    assert!(!seen.with("skipped").join("").contains("the paid part stopped"), "{}", seen.stdout);
}

#[test]
fn a_server_that_takes_another_spelling_of_the_model_alone_is_asked_on() {
    // Of the plainest request and two spellings, which leave next, the last is taken.
    for (taken, is_asked_on) in [("CogView-4-250304", true), ("none", false)] {
        let server = Recorder::start(move |request, socket| {
            let own = format!("http://{}/image", socket.local_addr().unwrap());
            let link = format!(r#"{{"created":1,"data":[{{"url":"{own}"}}]}}"#);
            if request.starts_with("GET") {
                super::picture("image/png", super::png(1024, 1024)).write(socket);
            } else if !request.contains(KEY) {
                say(socket, 401, "", br#"{"error":{"code":"1002","message":"no"}}"#);
            } else if request.contains(&format!("\"{taken}\"")) {
                say(socket, 200, "", link.as_bytes());
            } else {
                say(socket, 400, "", br#"{"error":{"code":"1211","message":"unknown model"}}"#);
            }
        });
        let listing = "zai/cogview-4-250304";
        let seen = Bench::new().run(&server.base("zai"), &[listing, "--spend-limit", "9 USD"]);
        let posted = server.posted_with(KEY);
        let models = ["\"cogview-4-250304\"", "\"cogView-4-250304\"", "\"CogView-4-250304\""];
        for (body, model) in posted.iter().zip(models) {
            assert!(body.contains(model) && !body.contains("size"), "{body}");
        }
        let told = seen.check("model-code");
        assert_eq!(told["verdict"] == "holds", is_asked_on, "{told}");
        assert_eq!(posted.len() > 3, is_asked_on, "{posted:?}");
        assert!(posted.len() < 7, "then the listing's own spelling is refused again and again");
    }
}
