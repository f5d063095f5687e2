//! Image links: fetched without a key, from public addresses or hosts that were named, and
//! measured by what they are.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cogdex::probe::{Client, ImageFetch, Outcome, PICTURE_BYTES, is_public};
use serde_json::json;

use super::rude::{Rude, Then};
use super::{KEY, LONG, SHORT, client, post, refused};
use crate::served::Mock;

/// Of machines, networks and reserves, first and last ones.
const PRIVATE: &str = "0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.255.0.1
    169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1 192.168.1.1 198.18.0.1
    198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 ::
    ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1
    64:ff9b:1::1 2002:7f00:1:: 2001::1 2001:db8::1 3fff::1 fc00::1 fd00:ec2::254 fe80::1
    fec0::1 ff02::1 100::1 5f00::1";

/// Their neighbours.
const PUBLIC: &str =
    "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 172.15.255.255
    172.32.0.1 192.0.1.1 192.167.1.1 192.169.0.1 198.17.0.1 198.20.0.1 223.255.255.255
    ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808:: 2001:4860:4860::8888 2606:4700::1111
    2a00::1 3ffe::1";

async fn image(client: &Client, link: &str) -> ImageFetch {
    client.image(link, PICTURE_BYTES, LONG).await
}

/// A PNG of one pixel's bytes whose header says another size.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x02\0\0\0");
    bytes
}

#[tokio::test]
async fn an_image_of_half_the_size_is_reported_with_its_real_size() {
    let mock = Mock::small(&["--fault", "wrong-size"]);
    let body = r#"{"model":"maker/model-l","prompt":"a cat","size":"1024x1024"}"#;
    let link = mock.post("/p/v1/images", body).json()["data"][0]["url"].clone();
    let client = client(std::slice::from_ref(&mock.address));
    let picture = image(&client, link.as_str().unwrap()).await;
    assert_eq!(picture.outcome, Outcome::Answered(Some(200)));
    assert_eq!(picture.size, Some((512, 512)));
    assert_eq!(picture.kind.as_deref(), Some("png"));
    assert_eq!(picture.content_type.as_deref(), Some("image/png"));
    assert_eq!(picture.link, link);
}

#[tokio::test]
async fn a_page_or_nothing_behind_a_link_is_no_image() {
    let mock = Mock::small(&[]);
    let client = client(std::slice::from_ref(&mock.address));
    let at = |path: &str| format!("http://{}/_mock/images/0/{path}", mock.address);
    let page = image(&client, &at("64x64.html")).await;
    assert_eq!((page.outcome, page.kind, page.size), (Outcome::Answered(Some(200)), None, None));
    assert_eq!(page.content_type.as_deref(), Some("text/html"));
    let dead = image(&client, &at("64x64.dead")).await;
    assert_eq!((dead.outcome, dead.size), (Outcome::Answered(Some(404)), None));
}

#[tokio::test]
async fn an_image_is_fetched_without_the_key_even_from_the_host_that_knows_it() {
    let server = Rude::with("content-type: image/png\r\n", &png(640, 480));
    let client = client(&[server.host()]);
    post(&client, &server.url(), LONG).await;
    assert_eq!(image(&client, &server.url()).await.size, Some((640, 480)));
    let asked = server.asked();
    assert!(asked[0].contains(KEY) && asked[1].starts_with("GET "), "{asked:?}");
    let second = asked[1].to_lowercase();
    assert!(!second.contains("authorization") && !second.contains("cookie"), "{second}");
    assert!(!second.contains("referer"), "{second}");
}

#[tokio::test]
async fn a_link_that_holds_the_key_is_not_followed_and_not_printed() {
    let server = Rude::with("", &png(1, 1));
    let client = client(&[server.host()]);
    for key in [KEY.to_owned(), KEY.replace('/', "%2F").replace('+', "%2b")] {
        let picture = image(&client, &format!("{}?key={key}", server.url())).await;
        assert_eq!(refused(picture.outcome), "the link holds the key");
        assert!(picture.link.ends_with("?key=[masked]"), "{}", picture.link);
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_private_address_is_refused_in_every_spelling_unless_it_was_named() {
    let server = Rude::with("", &png(8, 9));
    let port = server.port;
    let nobody = client(&[]);
    for host in
        ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "[::ffff:127.0.0.1]", "0"]
    {
        let picture = image(&nobody, &format!("http://{host}:{port}/")).await;
        let why = refused(picture.outcome);
        assert!(why.ends_with("is not a public address, and nobody named it"), "{host}: {why}");
    }
    // Another port of a named host is another server.
    let other = client(&["127.0.0.1:9".to_owned()]);
    refused(image(&other, &server.url()).await.outcome);
    assert_eq!(server.connections(), 0);
    assert_eq!(image(&client(&[server.host()]), &server.url()).await.size, Some((8, 9)));
}

#[tokio::test]
async fn a_name_of_a_private_address_is_refused_unless_it_was_named() {
    let server = Rude::with("", &png(8, 9));
    let link = format!("http://localhost:{}/", server.port);
    let why = refused(image(&client(&[]), &link).await.outcome);
    assert!(why.starts_with("`localhost ("), "{why}");
    // The address was named, and the name was not.
    refused(image(&client(&[server.host()]), &link).await.outcome);
    assert_eq!(server.connections(), 0);
    let named = client(&[format!("localhost:{}", server.port)]);
    assert_eq!(image(&named, &link).await.size, Some((8, 9)));
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_reported_and_not_followed() {
    let hidden = Rude::with("", &png(8, 9));
    let server = Rude::saying(format!(
        "HTTP/1.1 302 Found\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n",
        hidden.url()
    ));
    let picture = image(&client(&[server.host()]), &server.url()).await;
    assert_eq!(picture.outcome, Outcome::Answered(Some(302)));
    assert_eq!(picture.location, Some(hidden.url()));
    assert_eq!(hidden.connections(), 0);
}

/// A server that points elsewhere.
fn pointing(to: &str, status: u16) -> Rude {
    let head = format!("HTTP/1.1 {status} Found\r\nlocation: {to}\r\n");
    Rude::saying(format!("{head}content-length: 0\r\n\r\n"))
}

#[tokio::test]
async fn a_redirect_to_a_host_that_was_named_is_followed_without_the_key() {
    for status in [301, 302, 303, 307, 308] {
        let store = Rude::with("content-type: image/png\r\n", &png(8, 9));
        let server = pointing(&store.url(), status);
        let picture = image(&client(&[server.host(), store.host()]), &server.url()).await;
        assert_eq!(picture.outcome, Outcome::Answered(Some(200)), "{status}");
        assert_eq!((picture.size, picture.location), (Some((8, 9)), None));
        assert!(store.asked().iter().all(|asked| !asked.to_lowercase().contains("authorization")));
    }
}

#[tokio::test]
async fn redirects_without_end_or_with_the_key_are_left() {
    let server = pointing("/again", 302);
    let picture = image(&client(&[server.host()]), &server.url()).await;
    assert_eq!(picture.outcome, Outcome::Answered(Some(302)));
    assert_eq!(server.asked().len(), 5);
    let store = Rude::with("", &png(8, 9));
    let server = pointing(&format!("{}?key={KEY}", store.url()), 302);
    let picture = image(&client(&[server.host(), store.host()]), &server.url()).await;
    assert_eq!(picture.outcome, Outcome::Answered(Some(302)));
    assert!(!picture.location.unwrap().contains(KEY));
    assert_eq!(store.connections(), 0);
}

#[tokio::test]
async fn other_schemes_and_addresses_with_a_user_are_refused() {
    let client = client(&[]);
    for link in
        ["file:///etc/passwd", "ftp://example.com/a.png", "javascript:alert(1)", "a.png", ""]
    {
        refused(image(&client, link).await.outcome);
    }
    let why = refused(image(&client, "http://me:secret@127.0.0.1/").await.outcome);
    assert_eq!(why, "the address holds a user or a password");
}

#[tokio::test]
async fn an_image_is_capped_in_size_and_time() {
    let server = Rude::with("", &[png(8, 9), vec![0; 1000]].concat());
    let client = client(&[server.host()]);
    let picture = client.image(&server.url(), 1000, LONG).await;
    assert_eq!((picture.outcome, picture.size), (Outcome::TooLarge, None));
    let slow = Rude::start(super::hang);
    let picture = super::client(&[slow.host()]).image(&slow.url(), 1000, SHORT).await;
    assert_eq!(picture.outcome, Outcome::TimedOut);
    let endless = Rude::start(|socket| {
        let _ = std::io::Write::write_all(socket, b"HTTP/1.1 200 OK\r\n\r\n");
        while std::io::Write::write_all(socket, &[0; 1 << 12]).is_ok() {}
        Then::Close
    });
    let picture = super::client(&[endless.host()]).image(&endless.url(), usize::MAX, LONG).await;
    assert_eq!(picture.outcome, Outcome::TooLarge);
}

#[tokio::test]
async fn an_image_within_its_link_is_measured_here() {
    let client = client(&[]);
    let text = STANDARD.encode(png(1024, 768));
    let picture = image(&client, &format!("data:image/png;base64,{text}")).await;
    assert_eq!(picture.outcome, Outcome::Answered(None));
    assert_eq!((picture.size, picture.body.len()), (Some((1024, 768)), 29));
    assert_eq!(picture.content_type.as_deref(), Some("image/png"));
    for link in ["data:image/png;base64,!", "data:image/png,raw", "data:", "data:é"] {
        refused(image(&client, link).await.outcome);
    }
    let large = format!("data:image/png;base64,{}", "A".repeat(4000));
    assert_eq!(client.image(&large, 2999, LONG).await.outcome, Outcome::TooLarge);
    assert_eq!(client.image(&large, 3000, LONG).await.outcome, Outcome::Answered(None));
}

#[test]
fn only_addresses_of_the_public_internet_are_public() {
    for (addresses, public) in [(PRIVATE, false), (PUBLIC, true)] {
        for address in addresses.split_whitespace() {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }
}

#[tokio::test]
async fn bytes_that_only_begin_like_an_image_have_no_size() {
    let client = client(&[]);
    for start in
        [&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff\xe0\xff\xff", b"GIF89a", b"RIFF\0\0\0\0WEBP"]
    {
        let picture = image(&client, &format!("data:;base64,{}", STANDARD.encode(start))).await;
        assert_eq!((picture.outcome, picture.size), (Outcome::Answered(None), None), "{start:?}");
    }
    let json = json!({ "error": "no" }).to_string();
    let picture = image(&client, &format!("data:;base64,{}", STANDARD.encode(json))).await;
    assert_eq!((picture.kind, picture.size), (None, None));
}
