//! PNG: every chunk to the last one, with its check sum, and as much packed data as the size needs.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{ImageFault, Read, be32, place, slice};

/// The file's signature.
const START: usize = 8;

/// As much as is unpacked at once.
const BLOCK: usize = 1 << 15;

/// As much as is unpacked of one image: 8,192 pixels squared of four bytes. What a header claims
/// beyond it costs a stranger nothing, and is not looked at.
const MAX_UNPACKED_BYTES: u64 = 1 << 28;

/// The passes of an interlaced image: where each begins and how far its pixels stand apart.
const PASSES: [[u64; 4]; 7] = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
];

/// The header of a PNG.
#[derive(Debug, Clone, Copy)]
struct PngHeader {
    width: u64,
    height: u64,
    bits_per_pixel: u64,
    is_interlaced: bool,
}

/// Reads all chunks.
pub(super) fn read_to_end(bytes: &[u8]) -> Read<()> {
    let (mut at, mut header, mut data) = (START, None, Inflated::new());
    loop {
        let length = place(be32(bytes, at)?)?;
        let named = slice(bytes, at + 4, length.checked_add(4).ok_or(ImageFault::Damaged)?)?;
        let sum = be32(bytes, at + 8 + length)?;
        let (name, body) = named.split_at(4);
        // A chunk that is not needed for the image may be damaged, as every viewer holds it.
        if name[0].is_ascii_uppercase() {
            let mut crc = Crc::new();
            crc.update(named);
            if crc.sum() != sum {
                return Err(ImageFault::Damaged);
            }
        }
        match name {
            b"IHDR" => header = Some(PngHeader::new(body)?),
            b"IDAT" => data.add(body, header.ok_or(ImageFault::Damaged)?.unpacked())?,
            b"IEND" => break,
            _ => {}
        }
        at = at.checked_add(length + 12).ok_or(ImageFault::Damaged)?;
    }
    let header = header.ok_or(ImageFault::Damaged)?;
    if data.length < header.unpacked() { Err(ImageFault::EndsTooEarly) } else { Ok(()) }
}

impl PngHeader {
    fn new(body: &[u8]) -> Read<Self> {
        let rest = slice(body, 8, 5).map_err(|_| ImageFault::Damaged)?;
        let channels = match rest[1] {
            0 | 3 => 1,
            2 => 3,
            4 => 2,
            6 => 4,
            _ => return Err(ImageFault::Damaged),
        };
        Ok(Self {
            width: be32(body, 0)?.into(),
            height: be32(body, 4)?.into(),
            bits_per_pixel: channels * u64::from(rest[0]),
            is_interlaced: rest[4] == 1,
        })
    }

    /// How many bytes the packed data has to give, as far as they are looked at: each row has one
    /// for its filter.
    fn unpacked(&self) -> u64 {
        let rows = |width: u64, height: u64| {
            let row = if width == 0 { 0 } else { 1 + (width * self.bits_per_pixel).div_ceil(8) };
            height.saturating_mul(row).min(MAX_UNPACKED_BYTES)
        };
        if !self.is_interlaced {
            return rows(self.width, self.height);
        }
        let part = |side: u64, start: u64, step: u64| side.saturating_sub(start).div_ceil(step);
        let pass =
            |[x, y, dx, dy]: [u64; 4]| rows(part(self.width, x, dx), part(self.height, y, dy));
        PASSES.into_iter().map(pass).sum::<u64>().min(MAX_UNPACKED_BYTES)
    }
}

/// Packed data as it is unpacked, of which only the length is kept.
struct Inflated {
    state: Decompress,
    block: Vec<u8>,
    length: u64,
    is_done: bool,
}

impl Inflated {
    fn new() -> Self {
        Self { state: Decompress::new(true), block: vec![0; BLOCK], length: 0, is_done: false }
    }

    /// Unpacks a chunk, and no more in all than an image of its size has.
    fn add(&mut self, mut packed: &[u8], most: u64) -> Read<()> {
        while !self.is_done && self.length <= most && !packed.is_empty() {
            let (before_in, before_out) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(packed, &mut self.block, FlushDecompress::None);
            let status = status.map_err(|_| ImageFault::Damaged)?;
            let read = usize::try_from(self.state.total_in() - before_in).unwrap_or(packed.len());
            self.length += self.state.total_out() - before_out;
            packed = &packed[read.min(packed.len())..];
            self.is_done = status == Status::StreamEnd;
            if read == 0 && self.state.total_out() == before_out {
                break;
            }
        }
        Ok(())
    }
}
