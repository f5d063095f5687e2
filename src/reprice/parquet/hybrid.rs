//! Parquet's mix of runs and packed bits: levels, and places in a dictionary.

use bytes::Bytes;

/// Numbers that are still to be read.
pub(super) struct Hybrid {
    bytes: Bytes,
    at: usize,
    /// Bits of a number; at most 32.
    width: u32,
    run: Run,
}

enum Run {
    /// One number, so many times.
    Same(u32, usize),
    /// So many numbers, each in its bits; the next of them begins at this bit.
    Packed(usize, usize),
}

impl Hybrid {
    pub(super) fn new(bytes: Bytes, width: u32) -> Self {
        Self { bytes, at: 0, width: width.min(32), run: Run::Same(0, 0) }
    }

    /// Fills the beginning of `out` with numbers of one run, and gives how many those are; `None`
    /// where the bytes end too early.
    pub(super) fn some(&mut self, out: &mut [u32]) -> Option<usize> {
        if matches!(self.run, Run::Same(_, 0) | Run::Packed(0, _)) {
            self.header()?;
        }
        match &mut self.run {
            Run::Same(number, left) => {
                let taken = out.len().min(*left);
                *left -= taken;
                out[..taken].fill(*number);
                Some(taken)
            }
            Run::Packed(left, bit) => {
                let taken = out.len().min(*left);
                *bit = unpack(&self.bytes, *bit, self.width, &mut out[..taken])?;
                *left -= taken;
                Some(taken)
            }
        }
    }

    /// The number that comes next, and how often, where that is known without a look at each.
    pub(super) fn same(&mut self, most: usize) -> Option<(u32, usize)> {
        let Run::Same(number, left) = &mut self.run else { return None };
        let taken = most.min(*left);
        *left -= taken;
        (taken > 0).then_some((*number, taken))
    }

    /// Begins the next run.
    fn header(&mut self) -> Option<()> {
        let (mut header, mut shift) = (0_u64, 0);
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            header |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
            shift += 7;
            if shift > 35 {
                return None;
            }
        }
        let count = usize::try_from(header >> 1).ok()?;
        if header & 1 == 1 {
            self.run = Run::Packed(count.checked_mul(8)?, self.at.checked_mul(8)?);
            // The last group may be cut short.
            let bytes = count.checked_mul(self.width as usize)?;
            self.at = self.at.checked_add(bytes)?.min(self.bytes.len());
        } else {
            let length = self.width.div_ceil(8) as usize;
            let mut number = [0; 4];
            number.get_mut(..length)?.copy_from_slice(self.bytes.get(self.at..self.at + length)?);
            self.run = Run::Same(u32::from_le_bytes(number), count);
            self.at += length;
        }
        // An empty run would be asked for its numbers for ever.
        (count > 0).then_some(())
    }
}

/// Reads numbers from a bit on, and gives the bit after them.
fn unpack(bytes: &[u8], mut bit: usize, width: u32, mut out: &mut [u32]) -> Option<usize> {
    if bit.is_multiple_of(8) {
        let unpacked = eights(bytes.get(bit / 8..)?, width, out);
        bit += unpacked * width as usize;
        out = out.get_mut(unpacked..)?;
    }
    let mask = (1_u64 << width) - 1;
    let step = width as usize;
    // What one register holds, after the bits of a byte that were read before.
    let each = if width == 0 { out.len().max(1) } else { 56 / step };
    for some in out.chunks_mut(each) {
        let rest = bytes.get(bit / 8..)?;
        let word = rest.first_chunk::<8>().copied().or_else(|| {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            (rest.len() * 8 >= bit % 8 + step * some.len()).then_some(word)
        })?;
        let mut word = u64::from_le_bytes(word) >> (bit % 8);
        bit += some.len() * step;
        for slot in some {
            *slot = u32::try_from(word & mask).unwrap_or(0);
            word >>= step;
        }
    }
    Some(bit)
}

/// Reads numbers of a few bits, eight at a time, and gives how many those are.
fn eights(bytes: &[u8], width: u32, out: &mut [u32]) -> usize {
    match width {
        1 => eights_of::<1>(bytes, out),
        2 => eights_of::<2>(bytes, out),
        3 => eights_of::<3>(bytes, out),
        4 => eights_of::<4>(bytes, out),
        5 => eights_of::<5>(bytes, out),
        6 => eights_of::<6>(bytes, out),
        7 => eights_of::<7>(bytes, out),
        8 => eights_of::<8>(bytes, out),
        _ => 0,
    }
}

/// Eight numbers of so many bits are as many bytes.
fn eights_of<const WIDTH: usize>(bytes: &[u8], out: &mut [u32]) -> usize {
    let mask = (1_u64 << WIDTH) - 1;
    let (bytes, out) = (bytes.as_chunks::<WIDTH>().0, out.as_chunks_mut::<8>().0);
    for (bytes, eight) in bytes.iter().zip(&mut *out) {
        let mut word = [0; 8];
        word[..WIDTH].copy_from_slice(bytes);
        let word = u64::from_le_bytes(word);
        for (at, slot) in eight.iter_mut().enumerate() {
            *slot = u32::try_from(word >> (at * WIDTH) & mask).unwrap_or(0);
        }
    }
    8 * bytes.len().min(out.len())
}
