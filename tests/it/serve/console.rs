//! The console: who may use it, what it may spend, and that no key ever comes out of it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use cogdex::probe::ApiKey;
use cogdex::server::{
    Console, ConsoleAuth, ConsoleTarget, ServerOptions, SharedSnapshot, SnapshotLoader,
    SpendPolicy, listen, serve,
};
use cogdex::site::ConsoleFeature;
use serde_json::{Value, json};

use super::{Server, assert_safe, connect, header};
use crate::served::{Answer, write_catalog};
use crate::support::{TODAY, stdout, usd};

const WISH: &str = r#"{"listing":"p/l","prompt":"a cat","size":"768x1344","quality":"hd"}"#;

/// The token in the console's page.
pub(crate) fn token(page: &str) -> String {
    let data =
        page.split("id=\"console-data\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: Value = serde_json::from_str(data).unwrap();
    data["token"].as_str().unwrap().to_owned()
}

/// A console with a mock, and what its own page sends along.
fn open(limit: &str, more: &[&str]) -> (Server, Vec<String>) {
    let mut flags = vec!["--mock", "--spend-limit", limit];
    flags.extend(more);
    let server = Server::start(&flags);
    let headers = own_headers(&server);
    (server, headers)
}

fn own_headers(server: &Server) -> Vec<String> {
    let page = String::from_utf8(server.get("/console/").body).unwrap();
    vec![
        format!("host: {}", server.address),
        format!("origin: http://{}", server.address),
        format!("x-console-token: {}", token(&page)),
        "content-type: application/json".to_owned(),
    ]
}

fn post(server: &Server, path: &str, headers: &[String], body: &str) -> Answer {
    let headers: Vec<_> = headers.iter().map(String::as_str).collect();
    server.send("POST", path, &headers, body)
}

/// The headers with one of them replaced, or left out where nothing stands in its place.
fn with(headers: &[String], name: &str, line: &str) -> Vec<String> {
    let others = headers.iter().filter(|it| !it.starts_with(&format!("{name}:"))).cloned();
    others.chain((!line.is_empty()).then(|| line.to_owned())).collect()
}

/// What the mock behind a console counted: `asked` and `billed` by endpoint.
fn counts(server: &Server, headers: &[String]) -> Value {
    let plan = post(server, "/console/plan", headers, WISH).json();
    let url = plan["url"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
    let address = url.split('/').next().unwrap();
    let mut socket = connect(address);
    let text = "GET /_mock/counts HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    socket.write_all(text.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).unwrap();
    Answer::parse(&bytes).json()
}

#[test]
fn without_a_limit_there_is_no_console() {
    let server = Server::start(&[]);
    for (method, path) in [
        ("GET", "/console/"),
        ("GET", "/console"),
        ("POST", "/console/plan"),
        ("POST", "/console/send"),
        ("GET", "/console/images/0"),
    ] {
        assert_eq!(server.send(method, path, &[], "").status, 404, "{path}");
    }
}

#[test]
fn a_plan_shows_the_request_and_its_worst_case_and_sends_nothing() {
    let (server, headers) = open("1 USD", &[]);
    let answer = post(&server, "/console/plan", &headers, WISH);
    assert_eq!(answer.status, 200);
    assert_safe(&answer);
    assert_eq!(header(&answer, "cache-control"), Some("no-store"));
    let plan = answer.json();
    let body =
        json!({ "model": "maker/model-l", "prompt": "a cat", "size": "768x1344", "quality": "hd" });
    assert_eq!(plan["body"], body);
    assert_eq!(plan["method"], "POST");
    assert!(plan["url"].as_str().unwrap().ends_with("/p/v1/images"), "{plan}");
    assert_eq!(plan["headers"][1], json!({ "name": "Authorization", "value": "Bearer [key]" }));
    assert_eq!((&plan["worst"], &plan["sendable"]), (&json!("0.01"), &json!(true)));
    assert_eq!(counts(&server, &headers)["asked"], json!({}));
}

#[test]
fn a_request_is_sent_once_under_the_ledger_and_its_image_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let history = folder.path().join("history.sqlite");
    let history = history.to_str().unwrap();
    let (server, headers) = open("1 USD", &["--history", history]);
    let answer = post(&server, "/console/send", &headers, WISH);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    assert_safe(&answer);
    let came = answer.json();
    assert_eq!((&came["status"], &came["spent"]), (&json!(200), &json!("0.01")));
    assert_eq!(
        (&came["images"][0]["width"], &came["images"][0]["height"]),
        (&json!(768), &json!(1344))
    );
    let image = server.get(came["images"][0]["address"].as_str().unwrap());
    assert_eq!((image.status, header(&image, "content-type")), (200, Some("image/png")));
    assert_safe(&image);
    assert!(image.body.starts_with(b"\x89PNG"));
    assert_eq!(counts(&server, &headers)["billed"], json!({ "p/images": 1 }));
    let told = stdout(&["history", "--history", history]);
    assert!(told.contains("0.01"), "{told}");
}

#[test]
fn a_listing_with_a_price_comes_first_and_the_mock_needs_none() {
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path());
    let (catalog, listings) = (folder.path().to_owned(), folder.path().join("listings/p"));
    let priced = std::fs::read_to_string(listings.join("l.toml")).unwrap();
    let lines: Vec<_> = priced.lines().filter(|line| !line.starts_with("price")).collect();
    std::fs::write(listings.join("a.toml"), lines.join("\n").replace("model-l", "model-a"))
        .unwrap();
    let server = Server::on(folder, &catalog, &["--mock", "--spend-limit", "1 USD"], &[]);
    let page = String::from_utf8(server.get("/console/").body).unwrap();
    let place = |id: &str| page.find(&format!("\"id\":\"{id}\"")).expect(id);
    assert!(place("p/l") < place("q/l") && place("q/l") < place("p/a"), "{page}");
    let wish = WISH.replace("p/l", "p/a");
    let plan = post(&server, "/console/plan", &own_headers(&server), &wish).json();
    assert_eq!((&plan["worst"], &plan["sendable"]), (&json!("0"), &json!(true)), "{plan}");
}

#[test]
fn a_task_is_followed_to_its_image() {
    let (server, headers) = open("1 USD", &[]);
    let wish = r#"{"listing":"q/l","prompt":"a cat"}"#;
    let came = post(&server, "/console/send", &headers, wish).json();
    assert_eq!((&came["task"], &came["status"]), (&json!("done"), &json!(200)), "{came}");
    let image = server.get(came["images"][0]["address"].as_str().unwrap());
    assert_eq!(header(&image, "content-type"), Some("image/png"));
}

#[test]
fn beyond_the_limit_nothing_is_sent() {
    let (server, headers) = open("0.025 USD", &[]);
    for sent in 1..=2 {
        assert_eq!(post(&server, "/console/send", &headers, WISH).status, 200, "{sent}");
    }
    let plan = post(&server, "/console/plan", &headers, WISH).json();
    assert_eq!((&plan["used"], &plan["sendable"]), (&json!("0.02"), &json!(false)));
    let answer = post(&server, "/console/send", &headers, WISH);
    assert_eq!(answer.status, 409);
    let why = answer.json()["error"].as_str().unwrap().to_owned();
    assert!(why.contains("nothing was sent") && why.contains("0.02 of 0.025 USD"), "{why}");
    assert_eq!(counts(&server, &headers)["asked"], json!({ "p/images": 2 }));
}

#[test]
fn only_its_own_page_may_ask() {
    let (server, headers) = open("1 USD", &[]);
    let own = &server.address;
    let port = own.rsplit(':').next().unwrap();
    let strangers = [
        with(&headers, "host", "host: evil.example"),
        with(&headers, "host", &format!("host: evil.example:{port}")),
        with(&headers, "host", "host: 127.0.0.1:1"),
        with(&headers, "origin", "origin: http://evil.example"),
        with(&headers, "origin", "origin: null"),
        with(&headers, "origin", ""),
        with(&headers, "origin", &format!("origin: http://{own}.evil.example")),
        with(&headers, "origin", &format!("origin: ftp://{own}")),
        with(&headers, "origin", &format!("origin: http://localhost:{port}")),
        with(&headers, "x-console-token", ""),
        with(&headers, "x-console-token", "x-console-token: "),
        with(&headers, "x-console-token", &format!("x-console-token: {}", "0".repeat(32))),
        with(&headers, "sec-fetch-site", "sec-fetch-site: cross-site"),
        with(&headers, "sec-fetch-site", "sec-fetch-site: same-site"),
    ];
    for stranger in &strangers {
        for path in ["/console/plan", "/console/send"] {
            assert_eq!(post(&server, path, stranger, WISH).status, 403, "{path} {stranger:?}");
        }
    }
    // A name that an attacker points at this machine is not told the token either.
    let rebound = server.ask("GET", "/console/", &[&format!("host: evil.example:{port}")]);
    assert_eq!(rebound.status, 403);
    assert!(!String::from_utf8(rebound.body).unwrap().contains("token\":\""));
    let image = server.ask("GET", "/console/images/0", &["host: evil.example"]);
    assert_eq!(image.status, 403);
    assert_eq!(counts(&server, &headers)["asked"], json!({}));
    let local = with(&headers, "host", &format!("host: localhost:{port}"));
    let local = with(&local, "origin", &format!("origin: http://localhost:{port}"));
    assert_eq!(post(&server, "/console/plan", &local, WISH).status, 200);
}

#[test]
fn a_wish_that_makes_no_sense_is_refused() {
    let (server, headers) = open("1 USD", &[]);
    let long = format!(r#"{{"listing":"p/l","prompt":"{}"}}"#, "x".repeat(5000));
    let bodies = [
        "",
        "[]",
        "{",
        r#"{"listing":"p/l"}"#,
        r#"{"listing":"p/l","prompt":" "}"#,
        r#"{"listing":"no/such","prompt":"a"}"#,
        r#"{"listing":"p/l","prompt":7}"#,
        r#"{"listing":"p/l","prompt":"a","size":"big"}"#,
        &long,
        r#"{"listing":"p/l","prompt":"a","url":"http://evil.example"}"#,
    ];
    for body in bodies {
        for path in ["/console/plan", "/console/send"] {
            assert_eq!(post(&server, path, &headers, body).status, 400, "{path} {body}");
        }
    }
    let form = with(&headers, "content-type", "content-type: text/plain");
    assert_eq!(post(&server, "/console/send", &form, WISH).status, 415);
    let large = format!(r#"{{"listing":"p/l","prompt":"{}"}}"#, "x".repeat(100_000));
    assert_eq!(post(&server, "/console/send", &headers, &large).status, 413);
    assert_eq!(server.get("/console/images/none").status, 404);
    assert_eq!(counts(&server, &headers)["asked"], json!({}));
}

#[test]
fn the_page_holds_the_token_as_data_and_is_kept_by_nobody() {
    let (server, _) = open("0.50 USD", &[]);
    let page = server.get("/console/");
    assert_eq!(header(&page, "cache-control"), Some("no-store"));
    assert_eq!(header(&page, "etag"), None);
    assert_safe(&page);
    let text = String::from_utf8(page.body).unwrap();
    let token = token(&text);
    assert_eq!(token.len(), 32);
    assert_eq!(text.matches(&token).count(), 1);
    let home = String::from_utf8(server.get("/").body).unwrap();
    assert!(home.contains("href=\"/console/\"") && !home.contains(&token));
    let (other, _) = open("0.50 USD", &[]);
    let page = String::from_utf8(other.get("/console/").body).unwrap();
    assert_ne!(super::console::token(&page), token);
}

#[test]
fn a_key_of_the_environment_stays_there() {
    const KEY: &str = "sk-very-secret-0123456789abcdef";
    let folder = tempfile::tempdir().unwrap();
    let history = folder.path().join("h.sqlite");
    let flags = ["--spend-limit", "1 USD", "--history", history.to_str().unwrap()];
    let names = ["APIIN_API_KEY", "ZAI_API_KEY", "BIGMODEL_API_KEY", "ZHIPUAI_API_KEY"];
    let variables: Vec<_> = names.iter().map(|name| (*name, KEY)).collect();
    let server = Server::with(&flags, &variables);
    let page = String::from_utf8(server.get("/console/").body).unwrap();
    // The listings of this catalog are no provider's of the built-in one: there is no key for them.
    assert!(!page.contains("\"id\":\"p/l\"") && !page.contains(KEY), "{page}");
    for path in ["/", "/metrics", "/live.json", "/api/v1/compare?model=any", "/nothing"] {
        let body = String::from_utf8(server.get(path).body).unwrap();
        assert!(!body.contains(KEY), "{path}");
    }
}

/// An endpoint that gives back whatever it was sent, the key too, in several forms.
fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for socket in listener.incoming().take(8) {
            let mut socket = socket.unwrap();
            socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            let mut read = vec![0; 16384];
            let taken = socket.read(&mut read).unwrap_or(0);
            let asked = String::from_utf8_lossy(&read[..taken]).into_owned();
            let mut lines = asked.lines();
            let key = lines.find_map(|line| line.strip_prefix("authorization: Bearer "));
            let key = key.unwrap_or_default();
            let turned: String = key.chars().rev().collect();
            let body =
                json!({ "created": 1, "data": [], "you": asked, "key": key, "turned": turned });
            let body = body.to_string();
            let length = body.len();
            let _ = write!(
                socket,
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: {key}\r\n\
                 connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
            );
        }
    });
    address
}

#[test]
fn a_key_that_an_endpoint_gives_back_is_taken_out() {
    const KEY: &str = "sk-very-secret-0123456789abcdef";
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path());
    let origin = format!("http://{}", echo());
    let offer = ConsoleFeature {
        token: "t".to_owned(),
        limit: "1 USD".to_owned(),
        mock: true,
        providers: None,
    };
    let mut loader =
        SnapshotLoader { folder: Some(folder.path().to_owned()), ..SnapshotLoader::default() };
    loader.features.console = Some(offer);
    let snapshot = SharedSnapshot::new(loader.load(TODAY).unwrap());
    let (tell, told) = std::sync::mpsc::channel();
    let history = folder.path().join("history.sqlite");
    let spend_limit =
        SpendPolicy { limit: "1".parse().unwrap(), currency: usd(), rates: Vec::new(), history };
    std::thread::spawn(move || {
        let clock = || jiff::Timestamp::now().as_millisecond();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
            let address = listener.local_addr().unwrap();
            let bases = BTreeMap::from([("p/images".to_owned(), origin.clone())]);
            let place =
                ConsoleTarget::Mock { origin, bases, key: ApiKey::new(KEY.to_owned()).unwrap() };
            let auth = ConsoleAuth::new(address, &[], "t".to_owned()).unwrap();
            let console = Console::new(auth, place, spend_limit, clock).unwrap();
            tell.send(address.to_string()).unwrap();
            let options = ServerOptions {
                stop_after: Some(Duration::from_mins(2)),
                ..ServerOptions::new(clock)
            };
            serve(listener, snapshot, Some(console), options).await.unwrap();
        });
    });
    let address = told.recv().unwrap();
    let mut socket = connect(&address);
    let body = json!({ "listing": "p/l", "prompt": "a lighthouse" }).to_string();
    write!(
        socket,
        "POST /console/send HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\n\
         x-console-token: t\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).unwrap();
    let answer = Answer::parse(&bytes);
    let text = String::from_utf8(answer.body.clone()).unwrap();
    assert_eq!(answer.status, 200, "{text}");
    assert_eq!(answer.json()["body"]["key"], "[key]", "{text}");
    let turned: String = KEY.chars().rev().collect();
    assert!(!text.contains(KEY) && !text.contains(&turned), "{text}");
    assert!(text.contains("[key]"));
}

#[test]
fn a_door_that_others_can_reach_needs_a_name() {
    let open: SocketAddr = "0.0.0.0:8080".parse().unwrap();
    assert!(ConsoleAuth::new(open, &[], "t".to_owned()).is_err());
    assert!(ConsoleAuth::new(open, &["console.example.com".to_owned()], "t".to_owned()).is_ok());
    assert!(ConsoleAuth::new(open, &["console.example.com/".to_owned()], "t".to_owned()).is_err());
}
