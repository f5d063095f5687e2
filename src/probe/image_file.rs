//! An image's own bytes, read to their end: kind, size, and whether anything of it is missing.
//! Pixels are unpacked where only that tells whether all are there, and never kept.

use std::fmt;

use imagesize::ImageType;

mod bmff;
mod jpeg;
mod png_chunks;
mod small;

/// What is wrong with an image's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageFault {
    EndsTooEarly,
    /// Its check sums or its packed data contradict it.
    Damaged,
    /// It says of itself that it is an image, of a kind that is not read.
    UnreadKind,
    NoImage,
}

impl fmt::Display for ImageFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::EndsTooEarly => "the image ends too early",
            Self::Damaged => "the image is damaged",
            Self::UnreadKind => "it is an image of a kind that is not read to its end",
            Self::NoImage => "it is no image that can be read",
        })
    }
}

/// Bytes of a file that is read from its start.
type Read<T> = Result<T, ImageFault>;

/// The kind of an image, and its size as it is shown, by its header alone.
pub fn image_header(bytes: &[u8]) -> (Option<&'static str>, Option<(u32, u32)>) {
    let kind = kind(bytes);
    let size = match kind {
        Some("jpeg") if jpeg::is_turned(bytes) => header_size(bytes).map(|(w, h)| (h, w)),
        Some("avif" | "heic") => bmff::size(bytes),
        Some("png" | "jpeg" | "webp" | "gif" | "bmp") => header_size(bytes),
        _ => None,
    };
    (kind, size)
}

/// What is wrong with an image, which is read to its end.
pub fn image_fault(bytes: &[u8]) -> Option<ImageFault> {
    let end = match kind(bytes) {
        Some("png") => png_chunks::read_to_end(bytes),
        Some("jpeg") => jpeg::read_to_end(bytes),
        Some("webp") => small::webp(bytes),
        Some("gif") => small::gif(bytes),
        Some("bmp") => small::bmp(bytes),
        Some("avif" | "heic") => bmff::read_to_end(bytes),
        Some(_) => return Some(ImageFault::UnreadKind),
        None => return Some(ImageFault::NoImage),
    };
    // A header without a size is no header.
    let has_size = || image_header(bytes).1.is_some();
    end.err().or_else(|| (!has_size()).then_some(ImageFault::EndsTooEarly))
}

/// The kind that the first bytes name.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    if let Some(kind) = bmff::kind(bytes) {
        return Some(kind);
    }
    match imagesize::image_type(bytes) {
        Ok(ImageType::Png) => return Some("png"),
        Ok(ImageType::Jpeg) => return Some("jpeg"),
        Ok(ImageType::Gif) => return Some("gif"),
        Ok(ImageType::Webp) => return Some("webp"),
        Ok(ImageType::Bmp) => return Some("bmp"),
        _ => {}
    }
    let starts: [(&[u8], &str); 6] = [
        (b"II*\0", "tiff"),
        (b"MM\0*", "tiff"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "jp2"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "jxl"),
        (b"\xff\x0a", "jxl"),
        (b"\xff\x4f\xff\x51", "jp2"),
    ];
    starts.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, kind)| *kind)
}

fn header_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let size = imagesize::blob_size(bytes).ok()?;
    Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?))
}

/// So many bytes at a place; a file that has fewer ends too early.
fn slice(bytes: &[u8], at: usize, length: usize) -> Read<&[u8]> {
    let end = at.checked_add(length).ok_or(ImageFault::Damaged)?;
    bytes.get(at..end).ok_or(ImageFault::EndsTooEarly)
}

/// A number of four bytes, the most significant first.
fn be32(bytes: &[u8], at: usize) -> Read<u32> {
    let four = slice(bytes, at, 4)?;
    Ok(u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
}

/// A number of two bytes, the most significant first.
fn be16(bytes: &[u8], at: usize) -> Read<u16> {
    let two = slice(bytes, at, 2)?;
    Ok(u16::from_be_bytes([two[0], two[1]]))
}

/// A number of four bytes, the least significant first.
fn le32(bytes: &[u8], at: usize) -> Read<u32> {
    Ok(be32(bytes, at)?.swap_bytes())
}

/// A length of a file as a place in memory.
fn place(number: u32) -> Read<usize> {
    usize::try_from(number).map_err(|_| ImageFault::Damaged)
}
