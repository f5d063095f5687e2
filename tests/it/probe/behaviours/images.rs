//! Images: read to their end, and called what they are.

use super::{Answer, Behaviour, picture, png};

/// The first bytes of a file, as a store that was cut has them.
fn part(bytes: &[u8], eighths: usize) -> Vec<u8> {
    bytes[..bytes.len() * eighths / 8].to_vec()
}

/// A JPEG of a size, with a scan and an end.
fn jpeg() -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec();
    bytes.extend(b"\xff\xc0\x00\x0b\x08\x04\x00\x04\x00\x01\x01\x11\0");
    bytes.extend(b"\xff\xda\x00\x08\x01\x01\0\0\x3f\0");
    bytes.extend([b"\x55\xff\x00\xaa".as_slice(); 64].concat());
    bytes.extend(b"\xff\xd9");
    bytes
}

/// The same, stored turned by a quarter as its notes say.
fn turned_jpeg() -> Vec<u8> {
    let mut bytes = jpeg();
    let notes =
        b"\xff\xe1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    bytes.splice(2..2, notes.iter().copied());
    bytes
}

fn gif() -> Vec<u8> {
    let mut bytes = b"GIF89a\x00\x04\x00\x04\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    bytes.extend(b"\x2c\0\0\0\0\x00\x04\x00\x04\0\x02\x04\x84\x8f\xa9\xcb\0\x3b");
    bytes
}

fn bmp() -> Vec<u8> {
    let pixels = vec![0; 1024 * 128];
    let length = u32::try_from(pixels.len() + 62).unwrap().to_le_bytes();
    let side = 1024_u32.to_le_bytes();
    let head = [b"BM".as_slice(), &length, &[0; 4], &[62, 0, 0, 0], &[40, 0, 0, 0], &side, &side];
    let depth = [1, 0, 1, 0].into_iter().chain([0; 24]).chain([0, 0, 0, 0, 255, 255, 255, 0]);
    [head.concat(), depth.collect(), pixels].concat()
}

fn webp() -> Vec<u8> {
    // A lossless image, whose header holds each side less one in 14 bits.
    let size = 1023_u32 | (1023 << 14);
    let mut chunk = b"VP8L\x20\0\0\0\x2f".to_vec();
    chunk.extend(size.to_le_bytes());
    chunk.extend([0; 27]);
    let length = u32::try_from(chunk.len() + 4).unwrap();
    [b"RIFF".as_slice(), &length.to_le_bytes(), b"WEBP", &chunk].concat()
}

fn file_box(name: &[u8], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 8).unwrap();
    [&length.to_be_bytes(), name, body].concat()
}

fn avif(brand: &[u8]) -> Vec<u8> {
    let ispe = file_box(b"ispe", b"\0\0\0\0\0\0\x04\0\0\0\x04\0");
    let properties = file_box(b"iprp", &file_box(b"ipco", &ispe));
    let meta = file_box(b"meta", &[b"\0\0\0\0".as_slice(), &properties].concat());
    let brands = file_box(b"ftyp", &[brand, b"\0\0\0\0mif1"].concat());
    [brands, meta, file_box(b"mdat", &[7; 500])].concat()
}

/// One byte of a file turned over.
fn damaged(mut bytes: Vec<u8>, from_end: usize) -> Vec<u8> {
    let at = bytes.len() - from_end;
    bytes[at] ^= 0x40;
    bytes
}

#[test]
fn an_image_that_is_not_whole_is_broken() {
    let whole = png(1024, 1024);
    for (name, kind, body, words) in [
        ("half a PNG", "image/png", part(&whole, 4), "ends too early"),
        ("the header of a PNG", "image/png", whole[..33].to_vec(), "ends too early"),
        (
            "a PNG without its end",
            "image/png",
            whole[..whole.len() - 12].to_vec(),
            "ends too early",
        ),
        ("a PNG with a damaged chunk", "image/png", damaged(whole.clone(), 20), "damaged"),
        ("half a JPEG", "image/jpeg", part(&jpeg(), 4), "ends too early"),
        (
            "a JPEG without its end",
            "image/jpeg",
            jpeg()[..jpeg().len() - 2].to_vec(),
            "ends too early",
        ),
        ("half a GIF", "image/gif", part(&gif(), 7), "ends too early"),
        ("half a WebP", "image/webp", part(&webp(), 6), "ends too early"),
        ("half an AVIF", "image/avif", part(&avif(b"avif"), 4), "ends too early"),
        ("nothing", "image/png", Vec::new(), "no image"),
        ("a page", "image/png", b"<html>".to_vec(), "no image"),
    ] {
        let image = picture(kind, body);
        let behaviour = Behaviour { name, image, ..Behaviour::default() };
        let check = behaviour.probed("0.01 USD").check("image.plain");
        assert_eq!(check["verdict"], "broken", "{name}: {check}");
        assert!(check["reason"].as_str().unwrap().contains(words), "{name}: {check}");
    }
}

#[test]
fn a_png_with_too_little_data_is_broken() {
    // The header of a larger one before the data of a smaller.
    let (small, large) = (png(1024, 512), png(1024, 1024));
    let image = picture("image/png", [&large[..33], &small[33..]].concat());
    let check = Behaviour { image, ..Behaviour::default() }.probed("0.01 USD").check("image.plain");
    assert_eq!(
        (&check["verdict"], check["reason"].to_string().contains("early")),
        (&"broken".into(), true)
    );
}

#[test]
fn an_image_that_opens_holds_whatever_it_is_and_what_is_odd_is_told() {
    for (name, image, words) in [
        ("a JPEG", picture("image/jpeg", jpeg()), ""),
        ("a JPEG that is stored turned", picture("image/jpeg", turned_jpeg()), ""),
        ("a WebP", picture("image/webp", webp()), ""),
        ("a GIF", picture("image/gif", gif()), "of the kind gif"),
        ("an AVIF", picture("image/avif", avif(b"avif")), "of the kind avif"),
        ("a HEIC", picture("image/heic", avif(b"heic")), "of the kind heic"),
        (
            "a PNG from a store",
            picture("application/octet-stream", png(1024, 1024)),
            "a PNG is declared as application/octet-stream",
        ),
        (
            "a PNG from another store",
            picture("binary/octet-stream", png(1024, 1024)),
            "binary/octet-stream",
        ),
        ("a PNG without a type", picture("", png(1024, 1024)), "declared as nothing"),
        ("a BMP by its older name", picture("image/x-ms-bmp", bmp()), "of the kind bmp"),
        ("a HEIC in a sequence's name", picture("image/heif-sequence", avif(b"heic")), "kind heic"),
        (
            "an AVIF in a sequence's name",
            picture("image/avif-sequence", avif(b"avis")),
            "kind avif",
        ),
        (
            "a PNG with more behind it",
            picture("image/png", [png(1024, 1024), vec![0; 9]].concat()),
            "",
        ),
    ] {
        Behaviour { name, image, told: ("", words), ..Behaviour::default() }.holds();
    }
}

#[test]
fn an_image_that_is_declared_as_another_is_named() {
    for (kind, body, words) in [
        ("image/png", jpeg(), "a JPEG is declared as image/png"),
        ("image/jpeg", png(1024, 1024), "a PNG is declared as image/jpeg"),
        ("text/html", png(1024, 1024), "a PNG is declared as text/html"),
    ] {
        let image = Answer { kind, ..picture("", body) };
        let broken = &["image.plain", "image.prompt.longest"];
        let told = ("accepted", words);
        Behaviour { name: kind, image, broken, told, ..Behaviour::default() }.holds();
    }
}

#[test]
fn an_image_for_which_a_cdn_wants_a_browser_is_inconclusive() {
    let image = super::html(403, "cf-mitigated: challenge\r\n", "<title>Just a moment...</title>");
    let check = Behaviour { image, ..Behaviour::default() }.probed("0.01 USD").check("image.plain");
    assert_eq!(check["verdict"], "inconclusive", "{check}");
    assert!(check["reason"].to_string().contains("CDN"), "{check}");
}

#[test]
fn one_image_for_two_is_told() {
    let paid = Behaviour::paid(|request| {
        let item = r#"{"url":"@LINK"}"#;
        let items = if request.contains("\"n\":2") { [item, item].join(",") } else { item.into() };
        super::json_answer(200, &format!(r#"{{"created":@NOW,"data":[{items}]}}"#))
    });
    let seen = Behaviour { paid, ..Behaviour::default() }.probed("5 USD");
    let told = seen.document()["observations"].to_string();
    assert!(told.contains("2 images came, 1 of them a copy of another"), "{told}");
}

#[test]
fn an_image_of_a_kind_that_is_not_read_is_inconclusive() {
    let image = picture("image/tiff", b"II*\0\x08\0\0\0\0\0\0\0".to_vec());
    let check = Behaviour { image, ..Behaviour::default() }.probed("0.01 USD").check("image.plain");
    assert_eq!(check["verdict"], "inconclusive", "{check}");
}
