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

    /// Reads up to `most` numbers of one run, and tells each with how often it comes. Gives how
    /// many that were; `None` where the bytes end too early.
    pub(super) fn some(&mut self, most: usize, mut tell: impl FnMut(u32, usize)) -> Option<usize> {
        if matches!(self.run, Run::Same(_, 0) | Run::Packed(0, _)) {
            self.header()?;
        }
        match &mut self.run {
            Run::Same(number, left) => {
                let taken = most.min(*left);
                *left -= taken;
                tell(*number, taken);
                Some(taken)
            }
            Run::Packed(left, bit) => {
                let taken = most.min(*left);
                let end = unpack(&self.bytes, *bit, self.width, taken, |number| tell(number, 1))?;
                (*left, *bit) = (*left - taken, end);
                Some(taken)
            }
        }
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

/// Reads so many numbers from a bit on, and gives the bit after them.
fn unpack(
    bytes: &[u8],
    mut bit: usize,
    width: u32,
    mut count: usize,
    mut tell: impl FnMut(u32),
) -> Option<usize> {
    let mask = (1_u64 << width) - 1;
    let step = width as usize;
    // What eight bytes hold is taken from one register.
    let each = if width == 0 { 8 } else { 56 / step };
    while count > 0 {
        let from = bit / 8;
        let mut word = match bytes.get(from..).and_then(<[u8]>::first_chunk::<8>) {
            Some(word) => u64::from_le_bytes(*word),
            None => {
                let rest = bytes.get(from..)?;
                let mut word = [0; 8];
                word[..rest.len()].copy_from_slice(rest);
                if rest.len() * 8 < bit % 8 + step {
                    return None;
                }
                u64::from_le_bytes(word)
            }
        } >> (bit % 8);
        let taken = each.clamp(1, count);
        for _ in 0..taken {
            tell(u32::try_from(word & mask).ok()?);
            word >>= step;
        }
        count -= taken;
        bit += taken * step;
    }
    Some(bit)
}
