//! Pictures of the size asked for: real PNG files that say what they are, small whatever their size.

use serde_json::json;

use super::response::MockResponse;
use crate::catalog::Size;

/// More pixels than any seller draws; a larger picture is not made.
const MAX_PIXELS: u64 = 1 << 26;

/// The letters and digits of a picture's label: columns of seven pixels, the lowest bit on top.
const GLYPHS: [(char, [u8; 5]); 19] = [
    ('0', [0x3e, 0x51, 0x49, 0x45, 0x3e]),
    ('1', [0x00, 0x42, 0x7f, 0x40, 0x00]),
    ('2', [0x62, 0x51, 0x49, 0x49, 0x46]),
    ('3', [0x41, 0x49, 0x49, 0x49, 0x36]),
    ('4', [0x18, 0x14, 0x12, 0x7f, 0x10]),
    ('5', [0x27, 0x45, 0x45, 0x45, 0x39]),
    ('6', [0x3e, 0x49, 0x49, 0x49, 0x30]),
    ('7', [0x01, 0x71, 0x09, 0x05, 0x03]),
    ('8', [0x36, 0x49, 0x49, 0x49, 0x36]),
    ('9', [0x06, 0x49, 0x49, 0x49, 0x3e]),
    ('m', [0x7c, 0x04, 0x78, 0x04, 0x78]),
    ('o', [0x38, 0x44, 0x44, 0x44, 0x38]),
    ('c', [0x38, 0x44, 0x44, 0x44, 0x44]),
    ('k', [0x7f, 0x10, 0x28, 0x44, 0x00]),
    ('i', [0x00, 0x44, 0x7d, 0x40, 0x00]),
    ('a', [0x20, 0x54, 0x54, 0x54, 0x78]),
    ('g', [0x0c, 0x52, 0x52, 0x52, 0x3e]),
    ('e', [0x38, 0x54, 0x54, 0x54, 0x18]),
    ('x', [0x44, 0x28, 0x10, 0x28, 0x44]),
];

/// A PNG with its own name on it, or nothing where it would be larger than anyone draws.
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
    let mut pixels = vec![0xFF; line * size.height as usize];
    draw_label(&mut pixels, line, size);
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

/// Writes `mock image 1024x1024` into the middle, black on white, as large as it fits.
fn draw_label(pixels: &mut [u8], line: usize, size: Size) {
    let glyph = |c| GLYPHS.iter().find(|(known, _)| *known == c).map_or([0; 5], |(_, it)| *it);
    let text = format!("mock image {size}");
    let columns: Vec<u8> = text.chars().flat_map(|c| glyph(c).into_iter().chain([0])).collect();
    let (width, height) = (size.width as usize, size.height as usize);
    // No letter is drawn where the picture is too small for it.
    let scale = (width / (columns.len() + 12)).min(height / 9);
    let (left, top) = ((width - columns.len() * scale) / 2, (height - 7 * scale) / 2);
    for y in 0..7 * scale {
        for x in (0..columns.len() * scale).filter(|x| columns[x / scale] >> (y / scale) & 1 == 1) {
            let x = left + x;
            pixels[(top + y) * line + x / 8] &= !(0x80 >> (x % 8));
        }
    }
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
