//! WebP, GIF and BMP: their own lengths, and the blocks that have to end.

use super::{ImageFault, Read, le32, place, slice};

/// WebP says how long it is.
pub(super) fn webp(bytes: &[u8]) -> Read<()> {
    let length = place(le32(bytes, 4)?)?;
    slice(bytes, 8, length).map(drop)
}

/// BMP says how long it is; some writers leave that out.
pub(super) fn bmp(bytes: &[u8]) -> Read<()> {
    let length = place(le32(bytes, 2)?)?;
    slice(bytes, 0, length)?;
    let data = place(le32(bytes, 10)?)?;
    slice(bytes, data, 1).map(drop)
}

/// GIF is blocks up to a last one.
pub(super) fn gif(bytes: &[u8]) -> Read<()> {
    const EXTENSION: u8 = 0x21;
    const IMAGE: u8 = 0x2c;
    const TRAILER: u8 = 0x3b;
    let mut at = 13 + colours(slice(bytes, 10, 1)?[0]);
    let mut has_image = false;
    loop {
        match slice(bytes, at, 1)?[0] {
            TRAILER if has_image => return Ok(()),
            EXTENSION => at = after_blocks(bytes, at + 2)?,
            IMAGE => {
                has_image = true;
                let own = colours(slice(bytes, at + 9, 1)?[0]);
                at = after_blocks(bytes, at + 11 + own)?;
            }
            _ => return Err(ImageFault::Damaged),
        }
    }
}

/// The bytes of a table of colours, by the byte that announces it.
fn colours(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// What follows a run of blocks, each with its length before it, of which the last is empty.
fn after_blocks(bytes: &[u8], mut at: usize) -> Read<usize> {
    loop {
        let length = usize::from(slice(bytes, at, 1)?[0]);
        at += 1 + length;
        if length == 0 {
            return Ok(at);
        }
    }
}
