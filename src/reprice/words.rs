//! Words of a log by number. A word of up to 16 bytes is found by comparing two registers, so that
//! nothing is allocated or hashed byte by byte for a row whose words were met before.

/// Room after the bytes of a block, so that two registers can be read anywhere within it.
pub(super) const PADDING: usize = 64;

/// The longest word that two registers hold.
const SHORT: usize = 16;

/// More different words than this of a column are looked up the long way.
const MOST: usize = 1 << 16;

/// What is kept of the first eight bytes of a word of each length, and of the next eight.
const MASKS: [[u64; 2]; SHORT + 1] = {
    let mut masks = [[0, 0]; SHORT + 1];
    let mut length = 1;
    while length <= SHORT {
        let (low, high) = if length < 8 { (length, 0) } else { (8, length - 8) };
        masks[length] = [ones(low), ones(high)];
        length += 1;
    }
    masks
};

const fn ones(bytes: usize) -> u64 {
    if bytes == 8 { u64::MAX } else { (1 << (8 * bytes)) - 1 }
}

#[derive(Clone, Copy)]
struct Slot {
    word: [u64; 2],
    /// Above any length where the slot is free.
    length: u32,
    meaning: u32,
}

const FREE: Slot = Slot { word: [0, 0], length: u32::MAX, meaning: 0 };

/// What short words mean; those that were not met yet are asked for elsewhere.
pub(super) struct Words {
    slots: Vec<Slot>,
    used: usize,
}

/// A word's registers; `None` where it is longer than they are.
#[inline]
fn registers(bytes: &[u8], start: usize, end: usize) -> Option<[u64; 2]> {
    let masks = MASKS.get(end.wrapping_sub(start))?;
    let chunk = bytes.get(start..)?.first_chunk::<SHORT>()?;
    let (low, high) = chunk.split_at(8);
    let read = |half: &[u8]| half.try_into().map_or(0, u64::from_le_bytes);
    Some([read(low) & masks[0], read(high) & masks[1]])
}

#[inline]
fn hash([low, high]: [u64; 2]) -> usize {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let mixed = (low ^ high.rotate_left(29)).wrapping_mul(MIX);
    // The high bits of a product depend on all bits of its factors.
    usize::try_from(mixed >> 40).unwrap_or(0)
}

impl Words {
    pub(super) fn new() -> Self {
        Self { slots: vec![FREE; 256], used: 0 }
    }

    /// What the word in `bytes[start..end]` means, where it was met before.
    #[inline]
    pub(super) fn meaning(&self, bytes: &[u8], start: usize, end: usize) -> Option<u32> {
        let word = registers(bytes, start, end)?;
        let length = end - start;
        let last = self.slots.len() - 1;
        let mut at = hash(word) & last;
        loop {
            let slot = self.slots.get(at)?;
            if slot.word == word && slot.length as usize == length {
                return Some(slot.meaning);
            }
            if slot.length == u32::MAX {
                return None;
            }
            at = (at + 1) & last;
        }
    }

    /// Remembers what a word means, unless it is long or there are too many.
    pub(super) fn learn(&mut self, bytes: &[u8], start: usize, end: usize, meaning: u32) {
        let Some(word) = registers(bytes, start, end) else { return };
        let Ok(length) = u32::try_from(end - start) else { return };
        if self.used >= MOST {
            return;
        }
        // At most a quarter is taken, so that a word is nearly always where it belongs.
        if self.used * 4 >= self.slots.len() {
            let wider = vec![FREE; self.slots.len() * 2];
            for slot in std::mem::replace(&mut self.slots, wider) {
                if slot.length != u32::MAX {
                    self.put(slot);
                }
            }
        }
        self.put(Slot { word, length, meaning });
        self.used += 1;
    }

    fn put(&mut self, slot: Slot) {
        let last = self.slots.len() - 1;
        let mut at = hash(slot.word) & last;
        while self.slots[at].length != u32::MAX {
            at = (at + 1) & last;
        }
        self.slots[at] = slot;
    }
}
