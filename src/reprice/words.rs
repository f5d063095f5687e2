//! Words of a log by number. A word of up to 15 bytes is found by comparing two registers, so that
//! nothing is allocated or hashed byte by byte for a row whose words were met before.

/// Room after the bytes of a block, so that two registers can be read anywhere within it.
pub(super) const PADDING: usize = 64;

/// The longest word that two registers hold, with the byte behind it.
const SHORT: usize = 15;

/// More different words than this of a column are looked up the long way.
const MOST: usize = 1 << 16;

/// What is kept of the first eight bytes of a word of each length, and of the next eight: the word
/// and the comma or line end behind it, which tells where it ends.
const MASKS: [[u64; 2]; SHORT + 1] = {
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
#[derive(Clone, Copy, PartialEq)]
struct Slot {
    word: [u64; 2],
    meaning: u32,
}

const FREE: Slot = Slot { word: [0, 0], meaning: 0 };

/// The cell of a word that is still to be looked up.
pub(super) const MISSED: u64 = u64::MAX;

/// What short words mean; those that were not met yet are asked for elsewhere.
pub(super) struct Words {
    slots: Vec<Slot>,
    used: usize,
}

/// A word's registers; `None` where it is longer than they are.
#[inline]
fn registers(bytes: &[u8], start: usize, end: usize) -> Option<[u64; 2]> {
    let masks = MASKS.get(end.wrapping_sub(start))?;
    let (low, high) = bytes.get(start..)?.first_chunk::<16>()?.split_at(8);
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

    /// Puts what words mean into `cells`, or [`MISSED`]; whether any was missed.
    pub(super) fn cells(
        &self,
        bytes: &[u8],
        fields: impl Iterator<Item = (usize, usize)>,
        cells: &mut Vec<u64>,
    ) -> bool {
        let (slots, last) = (self.slots.as_slice(), self.slots.len() - 1);
        let mut missed = 0;
        cells.clear();
        // A word is nearly always where it belongs; this looks nowhere else.
        cells.extend(fields.map(|(from, to)| {
            let met = registers(bytes, from, to)
                .and_then(|word| slots.get(hash(word) & last).filter(|slot| slot.word == word));
            let cell = met.map_or(MISSED, |slot| slot.meaning.into());
            missed |= cell;
            cell
        }));
        missed == MISSED
    }

    /// What the word in `bytes[start..end]` means, where it was met before.
    pub(super) fn meaning(&self, bytes: &[u8], start: usize, end: usize) -> Option<u32> {
        let word = registers(bytes, start, end)?;
        let slot = self.slots.get(self.place(word))?;
        (slot.word == word).then_some(slot.meaning)
    }

    /// Remembers what a word means, unless it is long or there are too many.
    pub(super) fn learn(&mut self, bytes: &[u8], start: usize, end: usize, meaning: u32) {
        let Some(word) = registers(bytes, start, end) else { return };
        if self.used >= MOST {
            return;
        }
        // At most a quarter is taken, so that a word is nearly always where it belongs.
        if self.used * 4 >= self.slots.len() {
            let wider = vec![FREE; self.slots.len() * 2];
            for slot in std::mem::replace(&mut self.slots, wider) {
                if slot != FREE {
                    self.put(slot);
                }
            }
        }
        self.put(Slot { word, meaning });
        self.used += 1;
    }

    fn put(&mut self, slot: Slot) {
        let place = self.place(slot.word);
        self.slots[place] = slot;
    }

    /// Where a word is, or is to be put.
    fn place(&self, word: [u64; 2]) -> usize {
        let last = self.slots.len() - 1;
        let mut at = hash(word) & last;
        while self.slots[at] != FREE && self.slots[at].word != word {
            at = (at + 1) & last;
        }
        at
    }
}
