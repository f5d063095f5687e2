//! Words of a log by number. A word of up to 15 bytes is found by comparing two registers, so that
//! nothing is allocated or hashed byte by byte for a row whose words were met before.

use super::delimiters::FieldEnds;

/// Room after the bytes of a block, so that two registers can be read anywhere within it.
pub(super) const PADDING: usize = 64;

/// The longest word that two registers hold, with the byte behind it.
const SHORT: usize = 15;

/// More different words than this of a column are looked up the long way.
const MAX_ENTRIES: usize = 1 << 16;

/// What is kept of the first eight bytes of a word of each length, and of the next eight: the word
/// and the comma or line end behind it, which tells where it ends.
const MASKS: [Registers; SHORT + 1] = {
    let mut masks = [[0, 0]; SHORT + 1];
    let mut length = 0;
    while length <= SHORT {
        let (low, high) = if length < 8 { (length + 1, 0) } else { (8, length - 7) };
        masks[length] = [ones(low), ones(high)];
        length += 1;
    }
    masks
};

const fn ones(bytes: usize) -> u64 {
    if bytes == 8 { u64::MAX } else { (1 << (8 * bytes)) - 1 }
}

/// A word with what it means; no word is without bytes, since one follows it.
#[derive(Clone, Copy)]
struct WordSlot {
    word: Registers,
    meaning: u32,
}

const FREE: WordSlot = WordSlot { word: [0, 0], meaning: 0 };

/// The cell of a word that is still to be looked up.
pub(super) const MISSED: u64 = u64::MAX;

/// What short words mean; those that were not met yet are asked for elsewhere.
pub(super) struct StringCache {
    slots: Vec<WordSlot>,
    /// There are two to the power of this.
    bits: u32,
    used: usize,
}

/// The bytes of a word and the one behind it.
pub(super) type Registers = [u64; 2];

/// A word's registers; `None` where it is longer than they are.
#[inline]
pub(super) fn registers(bytes: &[u8], start: usize, end: usize) -> Option<Registers> {
    let masks = MASKS.get(end.wrapping_sub(start))?;
    let (low, high) = bytes.get(start..start + 16)?.split_at(8);
    let read = |half: &[u8]| half.try_into().map_or(0, u64::from_le_bytes);
    Some([read(low) & masks[0], read(high) & masks[1]])
}

/// Whether two words are one. Written out, it stays in registers; a comparison of arrays goes
/// through memory, and waits for it.
#[inline]
pub(super) fn same(one: Registers, other: Registers) -> bool {
    (one[0] ^ other[0]) | (one[1] ^ other[1]) == 0
}

/// A number of so many bits that depends on all of a word.
#[inline]
pub(super) fn hash([low, high]: Registers, bits: u32) -> usize {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    // The highest bits of a product depend on all bits of its factors.
    let mixed = (low ^ high.rotate_left(29)).wrapping_mul(MIX);
    usize::try_from(mixed >> (64 - bits)).unwrap_or(0)
}

impl StringCache {
    pub(super) fn new() -> Self {
        Self { slots: vec![FREE; 256], bits: 8, used: 0 }
    }

    /// Puts what words mean into `cells`, or [`MISSED`]; whether none was missed. Not inlined, so
    /// that all that the loop needs stays in registers.
    #[inline(never)]
    pub(super) fn cells(&self, bytes: &[u8], fields: FieldEnds<'_>, cells: &mut [u64]) -> bool {
        let mut missed = 0;
        for (cell, (from, to)) in cells.iter_mut().zip(fields) {
            *cell = self.meaning(bytes, from, to).map_or(MISSED, u64::from);
            missed |= *cell;
        }
        missed != MISSED
    }

    /// What the word in `bytes[start..end]` means, where it was met before.
    #[inline]
    pub(super) fn meaning(&self, bytes: &[u8], start: usize, end: usize) -> Option<u32> {
        let word = registers(bytes, start, end)?;
        let slot = self.slots.get(self.place(word))?;
        same(slot.word, word).then_some(slot.meaning)
    }

    /// Remembers what a word means, unless it is long or there are too many.
    pub(super) fn learn(&mut self, bytes: &[u8], start: usize, end: usize, meaning: u32) {
        let Some(word) = registers(bytes, start, end) else { return };
        if self.used >= MAX_ENTRIES {
            return;
        }
        // At most a quarter is taken, so that a word is nearly always where it belongs.
        if self.used * 4 >= self.slots.len() {
            self.bits += 1;
            let wider = vec![FREE; 1 << self.bits];
            for slot in std::mem::replace(&mut self.slots, wider) {
                if slot.word != FREE.word {
                    self.put(slot);
                }
            }
        }
        self.put(WordSlot { word, meaning });
        self.used += 1;
    }

    fn put(&mut self, slot: WordSlot) {
        let place = self.place(slot.word);
        self.slots[place] = slot;
    }

    /// Where a word is, or is to be put.
    #[inline]
    fn place(&self, word: Registers) -> usize {
        let mut at = hash(word, self.bits);
        while !same(self.slots[at].word, word) && !same(self.slots[at].word, FREE.word) {
            at = (at + 1) % self.slots.len();
        }
        at
    }
}
