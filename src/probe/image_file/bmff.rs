//! AVIF and HEIC: boxes within boxes, of which the outermost have to reach the file's end.

use super::{ImageFault, Read, be32, place, slice};

/// Boxes of boxes: no file of an image nests deeper.
const MAX_DEPTH: usize = 4;

/// One box: its name and what is in it.
struct FileBox<'b> {
    name: &'b [u8],
    body: &'b [u8],
    /// Where the next one begins.
    next: usize,
}

/// The kind that the file's brands name.
pub(super) fn kind(bytes: &[u8]) -> Option<&'static str> {
    if bytes.get(4..8)? != b"ftyp" {
        return None;
    }
    let length = place(be32(bytes, 0).ok()?).ok()?;
    let brands = bytes.get(8..length.min(bytes.len()))?;
    let has = |names: &[&[u8]]| brands.chunks(4).any(|brand| names.contains(&brand));
    if has(&[b"avif", b"avis"]) {
        Some("avif")
    } else if has(&[b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"]) {
        Some("heic")
    } else {
        None
    }
}

/// Whether all outer boxes are whole, and the image's data is among them.
pub(super) fn read_to_end(bytes: &[u8]) -> Read<()> {
    let (mut at, mut has_data) = (0, false);
    while at < bytes.len() {
        let outer = next_box(bytes, at)?;
        has_data |= outer.name == b"mdat" || (outer.name == b"meta" && holds(outer.body, b"idat"));
        at = outer.next;
    }
    if has_data { Ok(()) } else { Err(ImageFault::EndsTooEarly) }
}

/// The largest of all sizes that are named: parts of a grid are smaller than the image.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut sizes = Vec::new();
    let is_turned = properties(bytes, 0, &mut sizes);
    let largest = sizes.into_iter().max_by_key(|(w, h)| u64::from(*w) * u64::from(*h));
    largest.map(|(width, height)| if is_turned { (height, width) } else { (width, height) })
}

/// Collects the sizes within boxes; tells whether one turns the image by a quarter.
fn properties(bytes: &[u8], depth: usize, sizes: &mut Vec<(u32, u32)>) -> bool {
    let (mut at, mut is_turned) = (0, false);
    while let Ok(inner) = next_box(bytes, at) {
        match inner.name {
            b"ispe" => {
                sizes.extend(be32(inner.body, 4).ok().zip(be32(inner.body, 8).ok()));
            }
            b"irot" => is_turned |= inner.body.first().is_some_and(|turn| turn & 1 == 1),
            b"meta" if depth < MAX_DEPTH => {
                is_turned |= properties(inner.body.get(4..).unwrap_or_default(), depth + 1, sizes);
            }
            b"iprp" | b"ipco" if depth < MAX_DEPTH => {
                is_turned |= properties(inner.body, depth + 1, sizes);
            }
            _ => {}
        }
        at = inner.next;
    }
    is_turned
}

/// Whether a box of notes holds another.
fn holds(meta: &[u8], name: &[u8]) -> bool {
    let (inner, mut at) = (meta.get(4..).unwrap_or_default(), 0);
    while let Ok(found) = next_box(inner, at) {
        if found.name == name {
            return true;
        }
        at = found.next;
    }
    false
}

/// The box at a place; its length counts its own head, is 1 where it stands after the name in
/// eight bytes, and 0 where it reaches to the end.
fn next_box(bytes: &[u8], at: usize) -> Read<FileBox<'_>> {
    let short = place(be32(bytes, at)?)?;
    let name = slice(bytes, at + 4, 4)?;
    let (head, length) = match short {
        0 => (8, bytes.len() - at),
        1 if be32(bytes, at + 8)? == 0 => (16, place(be32(bytes, at + 12)?)?),
        1 => return Err(ImageFault::EndsTooEarly),
        length => (8, length),
    };
    let whole = slice(bytes, at, length)?;
    let body = whole.get(head..).ok_or(ImageFault::Damaged)?;
    Ok(FileBox { name, body, next: at + length })
}
