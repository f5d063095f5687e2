//! Pictures of the size asked for: real PNG files, small whatever their size.

use serde_json::json;

use super::response::MockResponse;
use crate::catalog::Size;

/// More pixels than any seller draws; a larger picture is not made.
const MAX_PIXELS: u64 = 1 << 26;

/// A PNG of one grey, or nothing where it would be larger than anyone draws.
pub(super) fn png(size: Size) -> Option<Vec<u8>> {
    if size.pixels() > MAX_PIXELS {
        return None;
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size.width, size.height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.set_compression(png::Compression::Fast);
    let line = size.width.div_ceil(8) as usize;
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&vec![0xAA; line * size.height as usize]).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

/// `0/1024x1024.png`: a picture, a page, or nothing.
pub(super) fn image(path: &str) -> MockResponse {
    let name = path.rsplit('/').next().unwrap_or_default();
    let (size, kind) = name.rsplit_once('.').unwrap_or((name, ""));
    let picture = size.parse().ok().and_then(png);
    match (kind, picture) {
        ("png", Some(bytes)) => MockResponse::bytes("image/png", bytes),
        ("html", _) => MockResponse::bytes("text/html", b"<h1>Not an image</h1>".to_vec()),
        _ => MockResponse::json(404, &json!({ "error": "there is no such image" })),
    }
}
