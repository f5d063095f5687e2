//! Two words of a row by number, found together: nearly every log has a size and a quality in each
//! row, and few pairs of them.

use super::super::batch::FAULT;
use super::delimiters::FieldEnds;
use super::string_cache::{MISSED, Registers, hash, registers, same};

/// How many pairs there is room for, as a power of two; a quarter of them is remembered, so that a
/// pair is nearly always where it belongs.
const BITS: u32 = 10;
const ROOM: usize = 1 << BITS;

/// A pair with what its words mean; no word is without bytes, since one follows it.
#[derive(Clone, Copy)]
struct PairSlot {
    pair: [Registers; 2],
    cells: [u64; 2],
}

const FREE: PairSlot = PairSlot { pair: [[0; 2]; 2], cells: [MISSED; 2] };

/// What pairs of short words mean; those that were not met yet are asked for word by word.
pub(super) struct PairCache {
    slots: Vec<PairSlot>,
    used: usize,
}

/// From where to where a field goes.
type FieldRange = (usize, usize);

#[inline]
fn pair_of(bytes: &[u8], (first, second): (FieldRange, FieldRange)) -> Option<[Registers; 2]> {
    Some([registers(bytes, first.0, first.1)?, registers(bytes, second.0, second.1)?])
}

impl PairCache {
    pub(super) fn new() -> Self {
        Self { slots: vec![FREE; ROOM], used: 0 }
    }

    /// Puts what the words of pairs mean into `cells`, or [`MISSED`]; whether none was missed. Not
    /// inlined, so that all that the loop needs stays in registers.
    #[inline(never)]
    pub(super) fn cells(
        &self,
        bytes: &[u8],
        [sizes, qualities]: [FieldEnds<'_>; 2],
        [first, second]: [&mut [u64]; 2],
    ) -> bool {
        let mut missed = 0;
        let cells = first.iter_mut().zip(second);
        for ((first, second), fields) in cells.zip(sizes.zip(qualities)) {
            let slot = pair_of(bytes, fields).map(|pair| &self.slots[self.place(pair)]);
            [*first, *second] = slot.map_or([MISSED; 2], |slot| slot.cells);
            missed |= *first;
        }
        missed != MISSED
    }

    /// Remembers what the words of a pair mean, unless one is long or there are too many.
    pub(super) fn learn(
        &mut self,
        bytes: &[u8],
        fields: (FieldRange, FieldRange),
        cells: [u64; 2],
    ) {
        let Some(pair) = pair_of(bytes, fields) else { return };
        let place = self.place(pair);
        let slot = &mut self.slots[place];
        if self.used * 4 < ROOM && cells.iter().all(|cell| *cell < FAULT) {
            *slot = PairSlot { pair, cells };
            self.used += 1;
        }
    }

    /// Where a pair is, or is to be put.
    #[inline]
    fn place(&self, pair: [Registers; 2]) -> usize {
        let [first, second] = pair;
        let mixed = [first[0] ^ second[0].rotate_left(23), first[1] ^ second[1].rotate_left(41)];
        let mut at = hash(mixed, BITS);
        loop {
            let slot = &self.slots[at % ROOM];
            if same(slot.pair[0], first) && same(slot.pair[1], second) || slot.cells[0] == MISSED {
                return at % ROOM;
            }
            at += 1;
        }
    }
}
