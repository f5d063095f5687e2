//! JPEG: every segment to the end marker, and whether the camera's note turns the image.

use super::{ImageFault, Read, be16, slice};

const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;
const APP1: u8 = 0xe1;

/// Reads all segments, and the packed data between them.
pub(super) fn read_to_end(bytes: &[u8]) -> Read<()> {
    let mut at = 2;
    loop {
        let (marker, next) = marker(bytes, at)?;
        at = match marker {
            END_OF_IMAGE => return Ok(()),
            // Markers without a length.
            0x01 | 0xd0..=0xd8 => next,
            _ => {
                let length = usize::from(be16(bytes, next)?);
                slice(bytes, next, length)?;
                if marker == START_OF_SCAN {
                    after_scan(bytes, next + length)
                } else {
                    next + length
                }
            }
        };
    }
}

/// The marker at a place, and what follows it; any number of bytes `0xff` may fill the gap.
fn marker(bytes: &[u8], at: usize) -> Read<(u8, usize)> {
    if slice(bytes, at, 2)?[0] != 0xff {
        return Err(ImageFault::Damaged);
    }
    let filled = bytes[at..].iter().take_while(|byte| **byte == 0xff).count();
    let marker = slice(bytes, at + filled, 1)?[0];
    Ok((marker, at + filled + 1))
}

/// Where packed data ends: at a marker that is neither a stuffed byte nor a restart.
fn after_scan(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let ends = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff);
    rest.windows(2).position(ends).map_or(bytes.len(), |found| at + found)
}

/// Whether the image is shown turned by a quarter.
pub(super) fn is_turned(bytes: &[u8]) -> bool {
    orientation(bytes).is_ok_and(|turn| (5..=8).contains(&turn))
}

/// The orientation that the first Exif segment notes.
fn orientation(bytes: &[u8]) -> Read<u16> {
    let mut at = 2;
    loop {
        let (marker, next) = marker(bytes, at)?;
        let length = usize::from(be16(bytes, next)?);
        let body = slice(bytes, next, length)?;
        if marker == START_OF_SCAN || marker == END_OF_IMAGE {
            return Err(ImageFault::NoImage);
        }
        if marker == APP1 && body.get(2..8) == Some(b"Exif\0\0") {
            return noted(&body[8..]);
        }
        at = next + length;
    }
}

/// The orientation in a block of notes, which begins with the order of its bytes.
fn noted(notes: &[u8]) -> Read<u16> {
    const ORIENTATION: u16 = 0x0112;
    let is_little = notes.starts_with(b"II");
    let number = |at: usize| {
        let number = be16(notes, at)?;
        Ok(if is_little { number.swap_bytes() } else { number })
    };
    let (low, high) = if is_little { (4, 6) } else { (6, 4) };
    let first = usize::from(number(low)?) | (usize::from(number(high)?) << 16);
    let entries = usize::from(number(first)?);
    for entry in 0..entries {
        let at = first + 2 + entry * 12;
        if number(at)? == ORIENTATION {
            return number(at + 8);
        }
    }
    Err(ImageFault::NoImage)
}
