//! Images: of any format, behind links that fail in every way, and never called what they are not.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::recorder::{Recorder, Reply, say};
use super::{Bench, KEY};
use crate::served::Mock;

/// Width and height in the header of a PNG.
fn of_png(png: &[u8]) -> Option<(u16, u16)> {
    let side = |at: usize| {
        let bytes = png.get(at..at + 4)?.try_into().ok()?;
        u16::try_from(u32::from_be_bytes(bytes)).ok()
    };
    png.starts_with(b"\x89PNG").then(|| side(16).zip(side(20)))?
}

/// The smallest file that says of itself that it is a JPEG of a size.
fn jpeg((width, height): (u16, u16)) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec();
    bytes.extend(b"\xff\xc0\x00\x11\x08");
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend(b"\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01\xff\xd9");
    bytes
}

/// Makes a JPEG of every image in an answer or behind a link.
fn as_jpeg(reply: &mut Reply, declared: &str) -> bool {
    if let Some(size) = of_png(&reply.body) {
        reply.body = jpeg(size);
        reply.head = reply.head.replace("image/png", declared);
        return true;
    }
    let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body) else { return false };
    // An answer that names the kind of its images names this one.
    for image in body["images"].as_array_mut().into_iter().flatten() {
        image["content_type"] = declared.into();
        reply.body = Vec::new();
    }
    if reply.body.is_empty() {
        reply.body = body.to_string().into_bytes();
        return false;
    }
    let Some(images) = body["data"].as_array_mut() else { return false };
    let mut changed = false;
    for image in images {
        let png = image["b64_json"].as_str().and_then(|text| STANDARD.decode(text).ok());
        if let Some(size) = png.as_deref().and_then(of_png) {
            image["b64_json"] = STANDARD.encode(jpeg(size)).into();
            changed = true;
        }
    }
    reply.body = body.to_string().into_bytes();
    changed
}

#[test]
fn jpeg_images_are_lawful_behind_a_link_and_in_the_answer() {
    for declared in ["image/jpeg", "Image/JPEG; q=1", "image/jpg"] {
        let mock = Mock::start(&[]);
        for (listing, changes) in [
            ("bigmodel/cogview-4-250304", 1),
            ("apiin/cogview-4", 1),
            ("fal/cogview4", 1),
            ("aigateway/cogview4", 2),
        ] {
            let changed = std::sync::Arc::<std::sync::atomic::AtomicUsize>::default();
            let counted = std::sync::Arc::clone(&changed);
            let relay = Recorder::before(&mock, move |reply| {
                let one = usize::from(as_jpeg(reply, declared));
                counted.fetch_add(one, std::sync::atomic::Ordering::SeqCst);
            });
            let price = format!("{listing}=0.01 USD");
            let limits = [listing, "--spend-limit", "50 USD", "--assume-price", &price];
            let provider = listing.split('/').next().unwrap();
            let seen = Bench::new().run(&relay.base(provider), &limits);
            seen.all_is_well(listing);
            assert_eq!(seen.with("inconclusive"), Vec::<String>::new(), "{listing}");
            assert_eq!(seen.check("image.plain")["verdict"], "holds", "{listing}");
            let changed = changed.load(std::sync::atomic::Ordering::SeqCst);
            assert!(changed >= changes, "{listing} had {changed} images");
        }
    }
}

#[test]
fn a_jpeg_of_another_size_or_another_name_is_broken() {
    let mock = Mock::small(&[]);
    for (declared, size, check) in [
        ("image/png", None, "image.plain"),
        ("image/webp", None, "image.plain"),
        ("text/html", None, "image.plain"),
        ("image/jpeg", Some((512, 512)), "size.1024x1024"),
    ] {
        let relay = Recorder::before(&mock, move |reply| {
            if as_jpeg(reply, declared)
                && let Some(size) = size
            {
                reply.body = jpeg(size);
            }
        });
        let seen = Bench::small().run(&relay.base("p"), &["p/l", "--spend-limit", "0.1 USD"]);
        assert_eq!(seen.check(check)["verdict"], "broken", "{declared} {size:?}");
    }
}

/// Probes `p/l`, whose one image is behind a link that a server answers in its own way.
fn behind(link: &str, answer: fn(&mut std::net::TcpStream)) -> (Value, Recorder) {
    let link = link.to_owned();
    let server = Recorder::start(move |request, socket| {
        if request.starts_with("GET") {
            return answer(socket);
        }
        let own = format!("http://{}/image", socket.local_addr().unwrap());
        let link = if link.is_empty() { &own } else { &link };
        let now = jiff::Timestamp::now().as_second();
        let body = serde_json::json!({ "created": now, "data": [{ "url": link }] });
        if request.contains(KEY) {
            say(socket, 200, "", body.to_string().as_bytes());
        } else {
            say(socket, 401, "", br#"{"error":{"code":"1002","message":"no"}}"#);
        }
    });
    let limits = ["p/l", "--spend-limit", "0.01 USD", "--timeout", "2s"];
    let seen = Bench::small().run(&server.base("p"), &limits);
    (seen.check("image.plain"), server)
}

#[test]
fn an_image_that_cannot_be_served_now_is_not_called_broken() {
    let says: [fn(&mut std::net::TcpStream); 5] = [
        |socket| say(socket, 500, "", b"{}"),
        |socket| say(socket, 503, "retry-after: 1\r\n", b"{}"),
        |socket| say(socket, 429, "", b"{}"),
        |_| {},
        |socket| drop(std::io::Read::read(socket, &mut [0; 1])),
    ];
    for (number, answer) in says.into_iter().enumerate() {
        let (check, _) = behind("", answer);
        assert_eq!(check["verdict"], "inconclusive", "{number}: {check}");
    }
}

#[test]
fn a_link_that_leads_to_no_image_is_broken() {
    let says: [fn(&mut std::net::TcpStream); 4] = [
        |socket| say(socket, 404, "", b"{}"),
        |socket| say(socket, 403, "", b"{}"),
        |socket| say(socket, 302, "location: http://127.0.0.1:1/x\r\n", b""),
        |socket| say(socket, 200, "", b"<html>"),
    ];
    for (number, answer) in says.into_iter().enumerate() {
        let (check, _) = behind("", answer);
        assert_eq!(check["verdict"], "broken", "{number}: {check}");
    }
    for link in [
        "nonsense",
        "ftp://127.0.0.1/x.png",
        "file:///etc/hostname",
        "http://someone:word@127.0.0.1/x.png",
        "data:image/png;base64,????",
        "data:image/png,plain",
        "http://10.0.0.1/x.png",
        "http://169.254.169.254/latest/meta-data",
    ] {
        let (check, server) = behind(link, |socket| say(socket, 200, "", b"{}"));
        assert_eq!(check["verdict"], "broken", "{link}: {check}");
        assert!(server.asked().iter().all(|request| request.starts_with("POST")), "{link}");
    }
}

#[test]
fn an_image_on_a_private_address_that_nobody_named_is_not_fetched() {
    let other = Recorder::saying(200, "{}");
    let (check, _) = behind(&format!("http://127.0.0.1:{}/x.png", other.port), |_| {});
    assert_eq!(check["verdict"], "broken", "{check}");
    assert!(check["reason"].to_string().contains("not a public address"), "{check}");
    assert_eq!(other.asked(), Vec::<String>::new());
}

#[test]
fn an_image_without_end_is_too_large_and_that_is_broken() {
    let (check, _) = behind("", |socket| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n\r\n";
        let _ = std::io::Write::write_all(socket, head.as_bytes());
        while std::io::Write::write_all(socket, &[0; 1 << 14]).is_ok() {}
    });
    assert_eq!(check["verdict"], "broken", "{check}");
    assert!(check["reason"].to_string().contains("too large"), "{check}");
}

#[test]
fn images_are_fetched_without_the_key() {
    let mock = Mock::small(&[]);
    let relay = Recorder::before(&mock, |_| {});
    Bench::small().run(&relay.base("p"), &["p/l", "--spend-limit", "0.1 USD"]);
    let asked = relay.asked();
    let fetched: Vec<_> = asked.iter().filter(|request| request.starts_with("GET")).collect();
    assert!(!fetched.is_empty());
    assert!(fetched.iter().all(|request| !request.to_lowercase().contains("authorization")));
    assert!(fetched.iter().all(|request| !request.contains(KEY)));
}
