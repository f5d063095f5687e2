//! Keys: found in every form, sent to nobody who was not named, and never printed.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use cogdex::probe::{
    ANSWER_BYTES, ApiKey, Client, KeyHeader, Outcome, OutgoingRequest, Redactor, Trust, clean,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::rude::Rude;
use super::{KEY, LONG, answered, client, key, post, posted, refused};
use crate::served::Mock;

fn percent(key: &str, kept: &str, upper: bool) -> String {
    key.bytes().fold(String::new(), |mut text, byte| {
        let stays = byte.is_ascii_alphanumeric() && !kept.is_empty() || kept.contains(byte as char);
        match (stays, upper) {
            (true, _) => text.push(byte as char),
            (false, true) => write!(text, "%{byte:02X}").unwrap(),
            (false, false) => write!(text, "%{byte:02x}").unwrap(),
        }
        text
    })
}

fn each(key: &str, of: impl Fn(char) -> String) -> String {
    key.chars().map(of).collect()
}

fn quoted(text: &str) -> String {
    let text = Value::from(text).to_string();
    text[1..text.len() - 1].to_owned()
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Every form in which a server may give a key back, by name.
fn forms(key: &str) -> Vec<(&'static str, String)> {
    let bearer = format!("Bearer {key}");
    vec![
        ("raw", key.to_owned()),
        ("upper", key.to_ascii_uppercase()),
        ("lower", key.to_ascii_lowercase()),
        ("percent, all", percent(key, "", true)),
        ("percent, all, lower", percent(key, "", false)),
        ("percent, component", percent(key, "-_.!~*'()", true)),
        ("percent, form, lower", percent(key, "-_.~", false)),
        ("percent, address", percent(key, "-_.!~*'();/?:@&=+$,#", true)),
        ("percent, twice", percent(&percent(key, "-_.~", true), "-_.~", true)),
        ("JSON", quoted(key)),
        ("JSON with slashes", quoted(key).replace('/', "\\/")),
        ("JSON, all", each(key, |c| format!("\\u{:04x}", c as u32))),
        ("JSON, all, upper", each(key, |c| format!("\\u{:04X}", c as u32))),
        ("JSON in JSON", quoted(&quoted(key))),
        ("JSON of an address", quoted(&percent(key, "-_.~", true)).replace('/', "\\/")),
        ("hexadecimal escapes", each(key, |c| format!("\\x{:02x}", c as u32))),
        ("HTML", html(key)),
        ("HTML, decimal", each(key, |c| format!("&#{};", c as u32))),
        ("HTML, padded", each(key, |c| format!("&#{:05};", c as u32))),
        ("HTML, hexadecimal", each(key, |c| format!("&#x{:x};", c as u32))),
        ("HTML, hexadecimal, upper", each(key, |c| format!("&#X{:X};", c as u32))),
        ("HTML in JSON", quoted(&html(key))),
        ("base64", STANDARD.encode(key)),
        ("base64 for addresses", URL_SAFE.encode(key)),
        ("base64 of a header", STANDARD.encode(&bearer)),
        ("base64 of a user", URL_SAFE_NO_PAD.encode(format!("u:{key}"))),
        ("base64 of a pair", STANDARD.encode(format!("{key}:"))),
        ("base64 in an address", percent(&STANDARD.encode(&bearer), "-_.~", true)),
        ("base64 in JSON", STANDARD.encode(&bearer).replace('/', "\\/")),
        ("digits", key.bytes().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))),
        (
            "digits, upper",
            key.bytes().fold(String::new(), |text, byte| text + &format!("{byte:02X}")),
        ),
        ("reversed", key.chars().rev().collect()),
    ]
}

fn redactor(key: &str) -> Redactor {
    Redactor::new([&ApiKey::new(key.to_owned()).unwrap()]).unwrap()
}

/// Takes a key out of all its forms; what stands around them stays.
fn taken_out(key: &str) {
    let redactor = redactor(key);
    for (name, form) in forms(key) {
        let (seen, found) = redactor.redact(format!("<{form}>").as_bytes());
        let seen = String::from_utf8(seen).unwrap();
        assert!(found, "{key}: {name} was not found: {form}");
        // Of base64 the padding stays, and the digits of what stood before the key.
        if name.starts_with("base64") {
            assert!(seen.len() < 30 && seen.contains("[key]"), "{key}: {name}: {seen}");
        } else {
            assert_eq!(seen, "<[key]>", "{key}: {name}");
        }
    }
}

#[test]
fn a_key_that_looks_like_escapes_leaves_nothing_behind() {
    for key in ["a\\a0a%00", "\\\\\\aaaa\\%00"] {
        taken_out(key);
    }
}

proptest! {
    #[test]
    fn a_key_is_found_in_every_form_and_what_stands_around_it_stays(key in "[!-~]{8,60}") {
        taken_out(&key);
    }

    #[test]
    fn a_key_of_nothing_but_escapes_is_found_in_every_form(key in "[\\\\%&#;ux0a2/\"{}]{8,24}") {
        taken_out(&key);
    }

    #[test]
    fn a_key_is_found_where_each_of_its_characters_has_another_form(
        key in "[A-Za-z0-9._+/=:~-]{8,60}", ways in prop::collection::vec(0..7u8, 60),
    ) {
        let mixed: String = key.chars().zip(&ways).map(|(c, way)| match way {
            0 => format!("%{:02x}", c as u32),
            1 => format!("\\u{:04x}", c as u32),
            2 => format!("&#{};", c as u32),
            3 => format!("&#x{:X};", c as u32),
            4 => format!("%25{:02X}", c as u32),
            5 => format!("{c}\u{200b}"),
            _ => c.to_string(),
        }).collect();
        let seen = redactor(&key).redact_text(&format!("({mixed})"));
        prop_assert!(seen == "([key])" || seen == "([key]\u{200b})", "{}", seen);
    }

    #[test]
    fn json_stays_json_and_no_string_in_it_holds_the_key(key in "[A-Za-z0-9\"\\\\/%&é-]{8,40}") {
        let form = format!("Bearer {key}");
        let body = json!({ "a": form, "b": [{ "c": format!("x{key}y") }], &key: "name", "n": 1.5 });
        let (seen, found) = redactor(&key).redact(body.to_string().as_bytes());
        prop_assert!(found);
        let seen: Value = serde_json::from_slice(&seen).unwrap();
        prop_assert_eq!(&seen["n"], &json!(1.5));
        let strings = [&seen["a"], &seen["b"][0]["c"], &seen["[key]"]];
        prop_assert_eq!(strings.map(|s| s.as_str().unwrap()), ["Bearer [key]", "x[key]y", "name"]);
    }

    #[test]
    fn what_holds_no_key_is_not_touched(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let (seen, found) = redactor(KEY).redact(&bytes);
        prop_assert!(!found);
        prop_assert_eq!(seen, bytes);
    }

    #[test]
    fn a_cleaned_text_is_one_line_that_hides_nothing(text in "\\PC{0,9}[\\x00-\\x{2100}]{0,40}") {
        let line = clean(&text, 20);
        prop_assert!(line.chars().count() <= 20);
        prop_assert!(!line.chars().any(char::is_control), "{:?}", line);
        prop_assert!(!line.contains(['\u{202e}', '\u{200f}', '\u{2066}', '\u{200b}']), "{:?}", line);
    }
}

#[test]
fn a_key_is_found_between_characters_that_are_not_printed() {
    let wide: Vec<u8> = KEY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(redactor(KEY).redact(&wide), (b"[key]\0".to_vec(), true));
    for hidden in ["\u{1b}", "\\u0000", "\u{202e}", "\u{ad}", "%00", "&#8203;"] {
        let text = KEY.chars().map(|c| c.to_string()).collect::<Vec<_>>().join(hidden);
        assert_eq!(redactor(KEY).redact_text(&text), "[key]", "{hidden:?}");
    }
}

#[test]
fn a_long_piece_of_a_key_is_as_secret_as_the_key() {
    let key = "sk-aig-Wild0987654321zyx";
    let whole = redactor(key);
    for cut in [&key[..20], &key[4..], &key[6..18].to_uppercase()] {
        let text = whole.redact_text(&format!(r#"{{"message":"bad key {cut}…"}}"#));
        assert_eq!(text, r#"{"message":"bad key [key]…"}"#, "{cut}");
        assert!(!whole.finds(cut.as_bytes()), "{cut}");
    }
    assert_eq!(whole.redact_text(&key[..11]), &key[..11]);
}

#[test]
fn several_keys_are_found_though_they_overlap_or_are_very_short() {
    let keys = ["abcdefgh", "efghijkl", "ab"].map(|key| ApiKey::new(key.to_owned()).unwrap());
    let redactor = Redactor::new(&keys).unwrap();
    assert_eq!(redactor.redact_text("-abcdefghijkl-ABx-efghijkl"), "-[key]-[key]x-[key]");
    let none = Redactor::new([]).unwrap();
    assert_eq!(none.redact(b"%41 abc"), (b"%41 abc".to_vec(), false));
}

#[test]
fn a_key_of_unusual_shape_is_a_warning_and_one_that_no_header_carries_an_error() {
    let unusual = |key: &str| ApiKey::new(key.to_owned()).unwrap().unusual();
    assert_eq!(unusual(KEY), None);
    assert_eq!(unusual("two words here"), Some("the key holds a space"));
    assert_eq!(unusual("schlüssel-1"), Some("the key holds a character outside ASCII"));
    assert_eq!(unusual("1234567"), Some("the key is shorter than 8 characters"));
    for bad in ["", "key\n", "a\0b", "\u{7f}", &"k".repeat(5000)] {
        let why = ApiKey::new(bad.to_owned()).unwrap_err().to_string();
        assert!(bad.is_empty() || !why.contains(bad), "{why}");
    }
}

#[tokio::test]
async fn a_wrong_key_comes_from_its_seed_alone() {
    let server = Rude::with("", b"{}");
    let client = client(&[server.host()]);
    for seed in [1, 1, 2] {
        let wrong = ApiKey::invalid_example(seed);
        assert_eq!(wrong.unusual(), None);
        let url = server.url();
        let out = OutgoingRequest {
            key: Some((&wrong, KeyHeader { name: "x-key", scheme: "" })),
            ..bare(&url)
        };
        answered(client.send(out).await);
    }
    let sent = server.asked().into_iter().map(|request| {
        let (_, rest) = request.split_once("x-key: ").unwrap();
        rest.lines().next().unwrap().to_owned()
    });
    let sent: Vec<String> = sent.collect();
    assert!(sent[0] == sent[1] && sent[1] != sent[2], "{sent:?}");
    assert!(sent[2].len() == 48 && sent[2].bytes().all(|b| b.is_ascii_hexdigit()), "{sent:?}");
}

#[test]
fn no_key_is_printed_by_accident() {
    let (key, url) = (key(), String::from("https://api.example.com"));
    let out = OutgoingRequest {
        key: Some((&key, KeyHeader { name: "authorization", scheme: "Bearer" })),
        ..bare(&url)
    };
    let printed = format!("{out:?} {key:?} {:?} {:?}", redactor(KEY), client(&[]));
    assert!(printed.contains("Key(…)") && printed.contains("Redactor(…)"), "{printed}");
    assert!(!printed.contains(KEY), "{printed}");
}

/// A POST with nothing in it.
fn bare(url: &str) -> OutgoingRequest<'_> {
    OutgoingRequest {
        method: "POST",
        url,
        headers: Vec::new(),
        key: None,
        json: None,
        timeout: LONG,
        cap_bytes: ANSWER_BYTES,
        alone: true,
    }
}

#[tokio::test]
async fn a_key_that_comes_back_in_body_or_header_is_taken_out_and_told() {
    for (name, form) in forms(KEY) {
        let body = format!("{{\"error\":{}}}", Value::from(form.as_str()));
        let inside = Rude::with("", body.as_bytes());
        let above = Rude::with(&format!("x-debug: {form}\r\n"), b"{}");
        for server in [inside, above] {
            let answer = answered(posted(&server, LONG).await);
            assert!(answer.key_echoed, "{name}");
            let text = format!("{:?} {}", answer.headers, String::from_utf8_lossy(&answer.body));
            assert!(!text.contains(&form) && text.contains("[key]"), "{name}: {text}");
        }
    }
}

#[tokio::test]
async fn the_mocks_echo_is_taken_out_of_every_place() {
    let mock = Mock::small(&["--fault", "key-echo"]);
    let secret = ApiKey::new("mock-0123456789abcdef".to_owned()).unwrap();
    let hosts = Trust::new([&mock.address]).unwrap();
    let client = Client::new(Redactor::new([&secret]).unwrap(), hosts).unwrap();
    let json = json!({ "model": "maker/model-l", "prompt": "a cat" });
    let url = format!("http://{}/p/v1/images", mock.address);
    let key = Some((&secret, KeyHeader { name: "authorization", scheme: "Bearer" }));
    let out = OutgoingRequest { key, json: Some(&json), ..bare(&url) };
    let answer = answered(client.send(out).await);
    assert!(answer.key_echoed && answer.status == 200);
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(body["debug"]["headers"]["authorization"], "Bearer [key]");
    assert!(answer.headers.contains(&("x-debug-key".to_owned(), "Bearer [key]".to_owned())));
}

#[tokio::test]
async fn the_key_goes_to_no_host_that_nobody_named() {
    let server = Rude::with("", b"{}");
    let (port, url) = (server.port, server.url());
    for hosts in [vec![], vec!["127.0.0.1".to_owned()], vec![format!("localhost:{port}")]] {
        let why = refused(post(&client(&hosts), &url, LONG).await);
        assert_eq!(why, "the key does not go to `127.0.0.1`, which nobody named");
    }
    // Without TLS everybody on the way would read it.
    let named = client(&["api.example.com".to_owned()]);
    refused(post(&named, "http://api.example.com/v1", LONG).await);
    refused(post(&named, "https://api.example.com.evil.example/v1", LONG).await);
    refused(post(&named, "https://api.example.com:8443/v1", LONG).await);
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_key_in_an_address_a_header_or_a_body_stays_at_home_too() {
    let server = Rude::with("", b"{}");
    let (url, in_url) = (server.url(), format!("{}?key={KEY}", server.url()));
    let json = json!({ "user_id": KEY });
    let nobody = client(&[]);
    for out in [
        bare(&in_url),
        OutgoingRequest { headers: vec![("x-key", KEY.to_owned())], ..bare(&url) },
        OutgoingRequest { json: Some(&json), ..bare(&url) },
    ] {
        let why = refused(nobody.send(out).await);
        assert!(why.starts_with("the key does not go"), "{why}");
    }
    // Without any key, an address that is not public is refused for itself.
    let why = refused(nobody.send(bare(&url)).await);
    assert!(why.contains("not a public address"), "{why}");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_host_is_a_host_and_nothing_more() {
    for good in ["api.example.com", "[::1]:80", "127.0.0.1:8080", "http://10.0.0.1:80/"] {
        assert!(Trust::new([good]).is_ok(), "{good}");
    }
    for bad in ["", "http://", "ftp://a", "a/b", "me@a", "a b", "a:99999", "::1", "a?b"] {
        let why = Trust::new([bad]).unwrap_err().to_string();
        assert!(why.starts_with(&format!("`{bad}` is not a host")), "{why}");
    }
}

#[tokio::test]
async fn what_no_header_can_carry_is_refused_before_anything_is_sent() {
    let server = Rude::with("", b"{}");
    let url = server.url();
    let out = OutgoingRequest { headers: vec![("x-a", "line\nbreak".to_owned())], ..bare(&url) };
    let outcome = client(&[server.host()]).send(out).await;
    assert_eq!(outcome, Outcome::Refused("no header can carry the value of `x-a`".to_owned()));
    assert_eq!(server.connections(), 0);
}
