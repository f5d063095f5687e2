//! Links and polls of tasks whose shape no source shows: what is fetched, what is never asked, and
//! what is waited for.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::recorder::{Recorder, say};
use super::{Bench, KEY, Seen, VARIABLE, base};
use crate::served::Mock;

/// A whole PNG.
fn png() -> Vec<u8> {
    super::behaviours::png(1024, 1024)
}

/// Writes a PNG.
fn picture(socket: &mut TcpStream) {
    let png = png();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\nconnection: close\r\n";
    let _ = std::io::Write::write_all(
        socket,
        &[format!("{head}content-length: {}\r\n\r\n", png.len()).as_bytes(), &png].concat(),
    );
}

/// What a server says to a GET, by its path and how often the path was asked.
type Answer = dyn Fn(&str, usize, &mut TcpStream) + Send + Sync;

/// A seller of tasks of this id whose GETs are answered as a test wants.
fn seller(id: &'static str, answer: Arc<Answer>) -> Recorder {
    let asked = Arc::<std::sync::Mutex<Vec<String>>>::default();
    Recorder::start(move |request, socket| {
        let path = request.split(' ').nth(1).unwrap().to_owned();
        if request.starts_with("POST") && request.contains(KEY) {
            let body = json!({ "data": { "task_id": id, "status": "IN_PROGRESS" } });
            say(socket, 200, "", body.to_string().as_bytes());
        } else if request.starts_with("POST") || path.contains("/tasks/") && !request.contains(KEY)
        {
            say(socket, 401, "", br#"{"error":{"code":401,"message":"no","type":"x"}}"#);
        } else {
            let mut asked = asked.lock().unwrap();
            let count = asked.iter().filter(|known| **known == path).count();
            asked.push(path.clone());
            drop(asked);
            answer(&path, count, socket);
        }
    })
}

/// The address of the server behind a socket.
fn own(socket: &TcpStream) -> String {
    format!("http://{}", socket.local_addr().unwrap())
}

const ONCE: [&str; 3] = ["q/l", "--spend-limit", "0.01 USD"];

/// Probes a seller whose tasks are done at once with a body, and whose images are there.
fn done(body: impl Fn(&str) -> Value + Send + Sync + 'static) -> (Seen, Recorder) {
    let server = seller(
        "n48",
        Arc::new(move |path, _, socket| {
            if path.contains("/tasks/n48") {
                let mut body = body(&own(socket));
                body["status"] = "completed".into();
                say(socket, 200, "", json!({ "data": body }).to_string().as_bytes());
            } else if path.contains("/img") {
                picture(socket);
            } else {
                say(socket, 404, "", b"{}");
            }
        }),
    );
    let seen =
        Bench::small().run(&server.base("q"), &[&ONCE[..], &["--task-timeout", "1s"]].concat());
    (seen, server)
}

fn got(server: &Recorder) -> Vec<String> {
    let asked = server.asked().into_iter().filter(|request| request.starts_with("GET"));
    let paths = asked.map(|request| request.split(' ').nth(1).unwrap().to_owned());
    paths.filter(|path| !path.contains("/tasks/n48")).collect()
}

#[test]
fn links_that_name_another_action_are_never_asked() {
    let (seen, server) = done(|own| {
        json!({
            "cancel_url": format!("{own}/a"),
            "cancelUrl": format!("{own}/b"),
            "webhook": format!("{own}/c"),
            "status_url": format!("{own}/d"),
            "links": [{ "rel": "cancel", "href": format!("{own}/e") }, format!("{own}/x/cancel")],
            "help": { "docs": format!("{own}/f") },
            "thumbnail": format!("{own}/img/small"),
            "logo": format!("{own}/img/logo"),
            "zz_url": format!("{own}/img/1"),
        })
    });
    assert_eq!(got(&server), ["/img/1"]);
    assert_eq!(seen.check("image.plain")["verdict"], "holds", "{}", seen.check("image.plain"));
    let told = seen.document()["observations"].to_string();
    assert!(told.contains("`data.zz_url`"), "{told}");
}

#[test]
fn links_are_tried_in_turn_and_all_images_of_one_place_count() {
    let (seen, server) = done(|own| {
        json!({
            "about": format!("{own}/page"),
            "zz": [{ "url": format!("{own}/img/1") }, { "url": format!("{own}/img/2") }],
        })
    });
    assert_eq!(got(&server), ["/page", "/img/1", "/img/2"]);
    assert_eq!(seen.check("image.plain")["verdict"], "holds");
    assert_eq!(seen.with("broken"), Vec::<String>::new());
}

#[test]
fn an_image_in_the_answer_of_another_service_that_is_handed_on_as_a_text_is_found() {
    let (seen, server) = done(|own| {
        let inner = json!({ "resultUrls": [format!("{own}/img/1")], "cancel": format!("{own}/x") });
        json!({ "resultJson": inner.to_string(), "log": "[not] {JSON" })
    });
    assert_eq!(got(&server), ["/img/1"]);
    assert_eq!(seen.check("image.plain")["verdict"], "holds", "{}", seen.check("image.plain"));
    let told = seen.document()["observations"].to_string();
    assert!(told.contains("`data.resultJson.resultUrls[]`"), "{told}");
}

#[test]
fn where_no_link_is_an_image_it_could_not_be_told() {
    let (seen, _) = done(|own| json!({ "url": format!("{own}/page") }));
    let check = seen.check("image.plain");
    assert_eq!(check["verdict"], "inconclusive", "{check}");
    assert_eq!(seen.with("broken"), Vec::<String>::new());
}

#[test]
fn images_within_a_task_are_found() {
    let base64 = STANDARD.encode(png());
    let data = format!("data:image/png;base64,{base64}");
    for body in [json!({ "images": [{ "b64": base64 }] }), json!({ "output": [data] })] {
        let (seen, server) = done(move |_| body.clone());
        assert_eq!(got(&server), Vec::<String>::new());
        assert_eq!(seen.check("image.plain")["verdict"], "holds", "{}", seen.check("image.plain"));
    }
}

/// Probes a seller of tasks of this id whose polls are answered as a test wants, until they are
/// done.
fn polled(id: &'static str, more: &[&str], answer: Arc<Answer>) -> (Seen, Recorder) {
    let server = seller(
        id,
        Arc::new(move |path, count, socket| {
            if path.starts_with("/img/") { picture(socket) } else { answer(path, count, socket) }
        }),
    );
    let seen = Bench::small().run(&server.base("q"), &[&ONCE[..], more].concat());
    (seen, server)
}

fn say_done(word: &str, socket: &mut TcpStream) {
    let url = format!("{}/img/1", own(socket));
    let body = json!({ "data": { "status": word, "images": [{ "url": url }] } });
    say(socket, 200, "", body.to_string().as_bytes());
}

#[test]
fn ids_of_tasks_are_one_segment_of_an_address() {
    for (id, sent) in [
        ("img:0001", "img:0001"),
        ("YWJj==", "YWJj=="),
        ("a/b", "a%2Fb"),
        ("a b?c#d", "a%20b%3Fc%23d"),
        ("../x", "..%2Fx"),
        ("Aufgabe-ä", "Aufgabe-%C3%A4"),
    ] {
        let (seen, server) =
            polled(id, &[], Arc::new(|_, _, socket| say_done("completed", socket)));
        let wanted = format!("/q/api/tasks/{sent}");
        assert!(
            got(&server).contains(&wanted) || server.asked().join("").contains(&wanted),
            "{id}: {:?}",
            got(&server)
        );
        assert_eq!(seen.check("task.ends")["verdict"], "holds", "{id}");
        assert_eq!(seen.check("image.plain")["verdict"], "holds", "{id}");
    }
    // A step up or down is no name of a task.
    for id in [".", "..", ""] {
        let (seen, server) =
            polled(id, &[], Arc::new(|_, _, socket| say_done("completed", socket)));
        assert_ne!(seen.check("task.ends")["verdict"], "holds", "{id}");
        assert_eq!(got(&server), Vec::<String>::new(), "{id}");
    }
}

#[test]
fn many_misses_are_waited_out_where_they_pass_in_time() {
    let statuses: [u16; 6] = [404, 429, 503, 502, 425, 408];
    for status in statuses {
        let answer = move |_: &str, count: usize, socket: &mut TcpStream| {
            if count < 8 { say(socket, status, "", b"{}") } else { say_done("completed", socket) }
        };
        let (seen, _) = polled("n48", &[], Arc::new(answer));
        assert_eq!(seen.check("task.ends")["verdict"], "holds", "{status}");
        assert_eq!(seen.check("image.plain")["verdict"], "holds", "{status}");
    }
    // Six that make no sense, of which no five stand in a row.
    let answer = |_: &str, count: usize, socket: &mut TcpStream| match count {
        3 => say(socket, 200, "", br#"{"data":{"status":"IN_PROGRESS"}}"#),
        0..7 => say(socket, 200, "", b"<html>"),
        _ => say_done("completed", socket),
    };
    let (seen, _) = polled("n48", &[], Arc::new(answer));
    assert_eq!(seen.check("task.ends")["verdict"], "holds", "{}", seen.check("task.ends"));
}

#[test]
fn a_task_that_is_not_there_at_once_is_not_called_broken() {
    let answer = |_: &str, _: usize, socket: &mut TcpStream| say(socket, 404, "", b"{}");
    let slow = ["--task-timeout", "40ms"];
    let (seen, _) = polled("n48", &slow, Arc::new(answer));
    assert_eq!(seen.check("task.ends")["verdict"], "inconclusive", "{}", seen.check("task.ends"));
    assert_eq!(seen.with("broken"), Vec::<String>::new());
}

#[test]
fn a_poll_comes_no_sooner_than_the_server_asks() {
    for status in [200, 429] {
        let answer = move |_: &str, _: usize, socket: &mut TcpStream| {
            let body = br#"{"data":{"status":"IN_PROGRESS"}}"#;
            say(socket, status, "retry-after: 60\r\n", body);
        };
        let (_, server) = polled("n48", &["--task-timeout", "2s"], Arc::new(answer));
        let polls =
            server.asked().iter().filter(|r| r.starts_with("GET") && r.contains(KEY)).count();
        assert_eq!(polls, 1, "{status}");
    }
}

#[test]
fn a_word_in_another_case_is_broken_and_its_image_is_looked_at() {
    let answer = |_: &str, _: usize, socket: &mut TcpStream| say_done("COMPLETED", socket);
    let (seen, server) = polled("n48", &[], Arc::new(answer));
    assert_eq!(seen.check("image.plain")["verdict"], "holds");
    assert!(got(&server).contains(&"/img/1".to_owned()));
    let broken = seen.with("broken");
    assert!(broken.iter().any(|check| check.contains("COMPLETED")), "{broken:?}");
}

/// Probes `p/l` at a server whose images are answered as a test wants.
fn fetched(link: &str, answer: impl Fn(usize, &mut TcpStream) + Send + Sync + 'static) -> Seen {
    let (link, count) = (link.to_owned(), AtomicUsize::new(0));
    let server = Recorder::start(move |request, socket| {
        if request.starts_with("GET") {
            return answer(count.fetch_add(1, Ordering::SeqCst), socket);
        }
        let link = format!("{}{link}", own(socket));
        let now = jiff::Timestamp::now().as_second();
        let body = json!({ "created": now, "data": [{ "url": link }] }).to_string();
        if request.contains(KEY) {
            say(socket, 200, "", body.as_bytes());
        } else {
            say(socket, 401, "", br#"{"error":{"code":"1002","message":"no"}}"#);
        }
    });
    Bench::small().run(&server.base("p"), &["p/l", "--spend-limit", "0.01 USD"])
}

#[test]
fn an_image_that_lags_is_asked_for_again() {
    for status in [403, 404, 425, 500, 503] {
        let seen = fetched("/i.png", move |count, socket| {
            if count < 2 { say(socket, status, "", b"{}") } else { picture(socket) }
        });
        assert_eq!(seen.check("image.plain")["verdict"], "holds", "{status}");
    }
}

#[test]
fn an_image_behind_a_redirect_of_its_own_host_holds() {
    let seen = fetched("/i.png", |count, socket| {
        if count == 0 { say(socket, 302, "location: /real.png\r\n", b"") } else { picture(socket) }
    });
    assert_eq!(seen.check("image.plain")["verdict"], "holds", "{}", seen.check("image.plain"));
    let observed = seen.document()["observations"].to_string();
    assert!(observed.contains("an image's link redirects to it (plain)"), "{observed}");
}

#[test]
fn a_link_in_a_refusal_with_a_good_status_is_not_followed() {
    let server = Recorder::start(|request, socket| {
        let own = own(socket);
        let error = json!({ "error": { "code": "9", "message": "no", "url": format!("{own}/x") } });
        let status = if request.contains(KEY) { 200 } else { 401 };
        say(socket, status, "", error.to_string().as_bytes());
    });
    let seen = Bench::small().run(&server.base("p"), &["p/l", "--spend-limit", "0.01 USD"]);
    assert_eq!(got(&server), Vec::<String>::new());
    assert_eq!(seen.check("accepted")["verdict"], "broken", "{}", seen.check("accepted"));
}

#[test]
fn a_byte_order_mark_hides_no_image() {
    let server = Recorder::start(|request, socket| {
        if request.starts_with("GET") {
            return picture(socket);
        }
        let now = jiff::Timestamp::now().as_second();
        let link = format!("{}/i.png", own(socket));
        let body = json!({ "created": now, "data": [{ "url": link }] }).to_string();
        if request.contains(KEY) {
            say(socket, 200, "", format!("\u{feff}{body}").as_bytes());
        } else {
            say(socket, 401, "", br#"{"error":{"code":"1002","message":"no"}}"#);
        }
    });
    let seen = Bench::small().run(&server.base("p"), &["p/l", "--spend-limit", "0.01 USD"]);
    assert_eq!(seen.check("image.plain")["verdict"], "holds", "{}", seen.check("image.plain"));
}

#[test]
fn a_link_that_holds_the_key_is_broken_and_not_fetched() {
    let seen = fetched(&format!("/i.png?k={KEY}"), |_, socket| picture(socket));
    let check = seen.check("image.plain");
    assert_eq!(check["verdict"], "broken", "{check}");
    assert!(check["reason"].to_string().contains("the link holds the key"), "{check}");
    assert!(!seen.stdout.contains(KEY));
}

#[test]
fn a_key_that_is_a_word_of_every_link_spoils_none() {
    for (listing, provider) in [("p/l", "p"), ("q/l", "q")] {
        let (bench, mock) = (Bench::small(), Mock::small(&[]));
        let mut command = bench.command(&base(&mock, provider), &[listing, ONCE[1], "9 USD"]);
        command.env(VARIABLE, "mock");
        let seen = Seen::of(command);
        seen.all_is_well(listing);
        assert_eq!(seen.code, 0, "{}", seen.stdout);
    }
}

#[test]
fn neither_half_of_a_key_stands_in_anything_that_is_written() {
    let (id, secret) = ("mock1111bbbb2222", "WildSecret998877");
    let key = format!("{id}.{secret}");
    let shown = key.clone();
    let server = Recorder::start(move |request, socket| {
        let status = if request.contains(&shown) { 400 } else { 401 };
        let body = json!({ "error": { "code": secret, "message": id } });
        say(socket, status, &format!("x-request-id: {secret}\r\n"), body.to_string().as_bytes());
    });
    let bench = Bench::small();
    let report = format!("json={}", bench.text("report.json"));
    let mut command =
        bench.command(&server.base("p"), &["p/l", ONCE[1], "9 USD", "--report", &report]);
    command.env(VARIABLE, &key);
    let seen = Seen::of(command);
    assert!(server.posted_with(&key).len() > 1);
    let all =
        [seen.stdout.into_bytes(), seen.stderr.into_bytes(), super::bytes_of(bench.folder.path())];
    for text in all {
        for half in [id, secret] {
            let found = text.windows(half.len()).any(|part| part == half.as_bytes());
            assert!(!found, "{half} in {}", String::from_utf8_lossy(&text));
        }
    }
}

#[test]
fn a_path_that_would_stand_twice_is_warned_of() {
    let bench = Bench::small();
    for (path, doubled) in [
        ("", None),
        ("/p", None),
        ("/v1/", Some("/v1")),
        ("/x/v1", Some("/v1")),
        ("/v1/images", Some("/v1/images")),
    ] {
        let base = format!("http://127.0.0.1:1{path}");
        let seen = bench.run(&base, &["p/l", "--plan"]);
        let warned = seen.stderr.contains("--base-url ends in");
        assert_eq!(warned, doubled.is_some(), "{path}: {}", seen.stderr);
        assert!(doubled.is_none_or(|path| seen.stderr.contains(&format!("`{path}`"))), "{path}");
    }
    for base in [
        "http://me:hunter2@127.0.0.1:1",
        "http://127.0.0.1:1/?hunter2",
        "http://127.0.0.1:1/#hunter2",
    ] {
        let seen = bench.run(base, &["p/l", "--plan"]);
        assert_eq!(seen.code, 2, "{base}");
        assert!(!format!("{}{}", seen.stdout, seen.stderr).contains("hunter2"), "{}", seen.stderr);
    }
}
