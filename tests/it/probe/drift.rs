//! Answers that differ from their contract in one thing: what is there is judged, and what no check
//! is about is at least told.

use serde_json::{Value, json};

use super::behaviours::png;
use super::recorder::{Recorder, say};
use super::{Bench, KEY, Seen};
use crate::served::Mock;

/// Probes a listing, once with the key, through a server that changes every answer of a mock.
fn changed(listing: &str, change: impl Fn(&mut Value) + Send + Sync + 'static) -> Seen {
    limited(listing, "0.5 USD", change)
}

fn limited(
    listing: &str,
    limit: &str,
    change: impl Fn(&mut Value) + Send + Sync + 'static,
) -> Seen {
    let provider = listing.split('/').next().unwrap();
    let mock = Mock::start(&[provider]);
    let server = Recorder::before(&mock, move |reply| {
        if let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body)
            && body.get("error").is_none()
        {
            change(&mut body);
            reply.body = body.to_string().into_bytes();
        }
    });
    Bench::new().run(&server.base(provider), &[listing, "--spend-limit", limit])
}

/// The checks that are broken, with their reasons.
fn broken(seen: &Seen) -> String {
    seen.with("broken").join("\n")
}

fn observations(seen: &Seen) -> String {
    seen.document()["observations"].to_string()
}

#[test]
fn a_filter_level_outside_its_bounds_is_broken() {
    for listing in ["bigmodel/cogview-4-250304", "zai/cogview-4-250304"] {
        for (level, is_lawful) in [(0, true), (3, true), (4, false), (9, false), (-1, false)] {
            let seen = limited(listing, "0.01 USD", move |body| {
                body["content_filter"] = json!([
                    { "role": "assistant", "level": 3 },
                    { "role": "user", "level": level },
                ]);
            });
            let wanted = format!(
                "answer.content-filter.level: \"`content_filter[].level` is the number `{level}`, \
                 outside its bounds\""
            );
            assert_eq!(broken(&seen), if is_lawful { "" } else { &wanted }, "{listing}");
        }
    }
}

#[test]
fn a_filter_role_that_nobody_lists_is_broken() {
    for (role, is_lawful) in [("history", true), ("user", true), ("narrator", false), ("", false)] {
        let seen = limited("bigmodel/cogview-4-250304", "0.01 USD", move |body| {
            body["content_filter"] = json!([{ "role": role, "level": 3 }]);
        });
        let wanted = format!(
            "answer.content-filter.role: \"`content_filter[].role` is the text `{role}`, none of \
             assistant, user, history\""
        );
        assert_eq!(broken(&seen), if is_lawful { "" } else { &wanted });
    }
}

#[test]
fn a_sample_code_that_comes_as_another_is_an_observation() {
    for (code, shown) in [
        (json!(200), None),
        (json!(0), Some("the number `0`")),
        (json!(500), Some("the number `500`")),
    ] {
        let seen = limited("apiin/cogview-4", "0.04 USD", move |body| {
            if body["data"]["status"] == "IN_PROGRESS" {
                body["code"] = code.clone();
            }
        });
        assert_eq!(broken(&seen), "");
        let told = observations(&seen);
        let wanted = shown.map(|shown| format!("`code` is {shown}, where apiin-docs shows `200`"));
        assert_eq!(told.contains("where apiin-docs shows"), wanted.is_some(), "{told}");
        assert!(told.contains(&wanted.unwrap_or_default()), "{told}");
    }
}

#[test]
fn a_documented_field_that_came_in_no_answer_is_an_observation() {
    let seen = changed("bigmodel/cogview-4-250304", |body| {
        body.as_object_mut().unwrap().remove("content_filter");
    });
    assert_eq!(broken(&seen), "");
    let told = observations(&seen);
    let wanted = "`content_filter` came in no answer, though bigmodel-docs";
    assert_eq!(told.matches("came in no answer").count(), 1, "the field and not its parts: {told}");
    assert!(told.contains(wanted), "{told}");
    // One answer that has it is enough.
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let seen = changed("bigmodel/cogview-4-250304", move |body| {
        if calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst) != 1 {
            body.as_object_mut().unwrap().remove("content_filter");
        }
    });
    assert!(!observations(&seen).contains("came in no answer"), "{}", seen.stdout);
}

#[test]
fn a_field_that_only_a_later_answer_has_is_judged_there() {
    let id = "answer.data.b64-json";
    let faithful = limited("aigateway/cogview4", "9 USD", |_| {}).check(id);
    assert_eq!(faithful["verdict"], "holds", "{faithful}");
    assert!(faithful["observed"].to_string().contains("`response-format.b64_json`"), "{faithful}");
    let seen = limited("aigateway/cogview4", "9 USD", |body| {
        for item in body["data"].as_array_mut().into_iter().flatten() {
            if item.get("b64_json").is_some_and(Value::is_string) {
                item["b64_json"] = json!({ "bytes": 7 });
            }
        }
    });
    assert_eq!(seen.check(id)["verdict"], "broken", "{}", seen.check(id));
}

#[test]
fn a_kind_that_the_answer_names_is_held_against_the_bytes() {
    let item = |more: &str| format!(r#"{{"created":@NOW,"data":[{{"url":"@LINK"{more}}}]}}"#);
    let outer = r#"{"created":@NOW,"output_format":"jpeg","data":[{"url":"@LINK"}]}"#;
    for (body, wanted) in [
        (item(""), ""),
        (item(r#","content_type":"image/png""#), ""),
        (item(r#","mimeType":"image/PNG; q=1","format":"url""#), ""),
        (item(r#","content_type":"image/jpeg""#), "the answer names JPEG what is a PNG"),
        (item(r#","mime_type":"image/webp""#), "the answer names WEBP what is a PNG"),
        (item(r#","format":".jpg""#), "the answer names JPEG what is a PNG"),
        (item(r#","type":"image/gif""#), "the answer names GIF what is a PNG"),
        (outer.to_owned(), "the answer names JPEG what is a PNG"),
        (
            r#"{"created":@NOW,"files":[{"link":"@LINK","contentType":"image/jpeg"}]}"#.to_owned(),
            "the answer names JPEG what is a PNG",
        ),
    ] {
        let own = body.clone();
        let server = Recorder::start(move |request, socket| {
            let link = format!("http://{}/image", socket.local_addr().unwrap());
            let now = jiff::Timestamp::now().as_second().to_string();
            if request.starts_with("GET") {
                super::behaviours::picture("image/png", png(1024, 1024)).write(socket);
            } else if request.contains(KEY) {
                let body = own.replace("@LINK", &link).replace("@NOW", &now);
                say(socket, 200, "", body.as_bytes());
            } else {
                say(socket, 401, "", br#"{"error":{"code":"1002","message":"no"}}"#);
            }
        });
        let seen = Bench::small().run(&server.base("p"), &["p/l", "--spend-limit", "0.01 USD"]);
        assert_eq!(broken(&seen), "", "{body}");
        let told = observations(&seen);
        assert_eq!(told.contains("the answer names"), !wanted.is_empty(), "{body}: {told}");
        assert!(told.contains(wanted), "{body}: {told}");
    }
}

#[test]
fn a_kind_that_a_page_promises_to_name_is_broken_where_the_bytes_are_another() {
    for (named, is_lawful) in [("image/png", true), ("image/jpeg", false), ("image/webp", false)] {
        let seen = limited("fal/cogview4", "0.2 USD", move |body| {
            for image in body["images"].as_array_mut().into_iter().flatten() {
                image["content_type"] = json!(named);
            }
        });
        let told = seen.check("image.plain");
        assert_eq!(told["verdict"] == "holds", is_lawful, "{told}");
        assert_eq!(told["reason"].to_string().contains("what is a PNG"), !is_lawful, "{told}");
        assert!(!observations(&seen).contains("the answer names"));
    }
}

#[test]
fn an_image_that_is_late_is_asked_again_when_its_server_says() {
    // Of each header the requests that leave for an image that never comes, within three seconds.
    for (headers, times) in [("retry-after: 2\r\n", 2), ("retry-after: 3600\r\n", 1)] {
        for status in [404, 503, 429] {
            let server = Recorder::start(move |request, socket| {
                let link = format!("http://{}/image", socket.local_addr().unwrap());
                if request.starts_with("GET") {
                    say(socket, status, headers, b"{}");
                } else if request.contains(KEY) {
                    let body = format!(r#"{{"created":1,"data":[{{"url":"{link}"}}]}}"#);
                    say(socket, 200, "", body.as_bytes());
                } else {
                    say(socket, 401, "", br#"{"error":{"code":"1002","message":"no"}}"#);
                }
            });
            let once = ["p/l", "--spend-limit", "0.01 USD", "--timeout", "3s"];
            let seen = Bench::small().run(&server.base("p"), &once);
            let asked = server.asked().into_iter().filter(|request| request.starts_with("GET"));
            assert_eq!(asked.count(), times, "{status} {headers}");
            let verdict = if status == 404 { "broken" } else { "inconclusive" };
            assert_eq!(seen.check("image.plain")["verdict"], verdict);
        }
    }
}

#[test]
fn an_image_that_is_there_after_the_pause_that_was_asked_for_holds() {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let server = Recorder::start(move |request, socket| {
        let link = format!("http://{}/image", socket.local_addr().unwrap());
        let now = jiff::Timestamp::now().as_second();
        if request.starts_with("GET") {
            if asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 {
                return say(socket, 503, "retry-after: 1\r\n", b"{}");
            }
            super::behaviours::picture("image/png", png(1024, 1024)).write(socket);
        } else if request.contains(KEY) {
            let body = format!(r#"{{"created":{now},"data":[{{"url":"{link}"}}]}}"#);
            say(socket, 200, "", body.as_bytes());
        } else {
            say(socket, 401, "", br#"{"error":{"code":"1002","message":"no"}}"#);
        }
    });
    let seen = Bench::small().run(&server.base("p"), &["p/l", "--spend-limit", "0.01 USD"]);
    assert_eq!(seen.check("image.plain")["verdict"], "holds", "{}", seen.stdout);
}
