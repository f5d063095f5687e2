//! Pictures of the size asked for: real PNG files, small whatever their size.

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
