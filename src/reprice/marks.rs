//! Where the fields of rows end: commas and newlines are found 64 bytes at a time, from the beginning
//! of each row. Kept by column, so that a column is read in one pass.

use wide::u8x16;

/// Rows whose marks are kept: few enough that they stay in a core's own cache.
pub(super) const BATCH: usize = 512;

/// The marks of some rows.
pub(super) struct Marks {
    /// How many fields a row has.
    fields: usize,
    /// Of each row the place before it; then the place after each field, field by field.
    places: Vec<[u32; BATCH]>,
    /// How many rows there are.
    pub(super) rows: usize,
}

impl Marks {
    pub(super) fn new(fields: usize) -> Self {
        Self { fields, places: vec![[0; BATCH]; fields + 1], rows: 0 }
    }

    /// Finds the rows from `from` on that are as they should be; each byte before `to` belongs to a
    /// whole row. Gives where the first row begins that is not, or for which there is no room.
    pub(super) fn find(&mut self, bytes: &[u8], mut from: usize, to: usize) -> usize {
        self.rows = 0;
        while from < to && self.rows < BATCH {
            match self.row(bytes, from, self.rows) {
                Some(end) => from = end + 1,
                None => break,
            }
            self.rows += 1;
        }
        from
    }

    /// Marks one row, and gives its newline; `None` if it has not the fields it should have.
    #[inline]
    fn row(&mut self, bytes: &[u8], start: usize, row: usize) -> Option<usize> {
        // The rest of a division by a power of two needs no look whether it is within.
        let row = row % BATCH;
        let (first, rest) = self.places.split_first_mut()?;
        let mut base = u32::try_from(start).ok()?;
        first[row] = base.wrapping_sub(1);
        let mut rest = rest.iter_mut();
        let mut at = start;
        loop {
            // Behind every block there is padding.
            let (either, newlines) = masks(bytes.get(at..)?.first_chunk::<64>()?);
            let first = newlines & newlines.wrapping_neg();
            let mut mask = either & (first | first.wrapping_sub(1));
            while mask != 0 {
                rest.next()?[row] = base.wrapping_add(mask.trailing_zeros());
                mask &= mask - 1;
            }
            if first != 0 {
                let end = at + first.trailing_zeros() as usize;
                let returns = bytes.get(end.wrapping_sub(1)) == Some(&b'\r');
                return (rest.len() == 0 && !returns).then_some(end);
            }
            (at, base) = (at + 64, base.wrapping_add(64));
        }
    }

    /// Marks one row by the ends of its fields; `None` if there are not as many as there should be.
    pub(super) fn one(&mut self, start: usize, ends: &[u32]) -> Option<()> {
        if ends.len() != self.fields {
            return None;
        }
        let before = u32::try_from(start).ok()?.wrapping_sub(1);
        for (column, place) in self.places.iter_mut().zip([before].iter().chain(ends)) {
            column[0] = *place;
        }
        self.rows = 1;
        Some(())
    }

    /// From where to where the field of a column goes, in each row.
    #[inline]
    pub(super) fn fields(&self, column: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let places = |column: usize| {
            let places = self.places.get(column).and_then(|places| places.get(..self.rows));
            places.unwrap_or_default().iter()
        };
        let both = places(column).zip(places(column + 1));
        both.map(|(before, end)| (before.wrapping_add(1) as usize, *end as usize))
    }
}

/// Which of the bytes are commas or newlines, and which newlines.
#[inline]
fn masks(bytes: &[u8; 64]) -> (u64, u64) {
    let (comma, newline) = (u8x16::splat(b','), u8x16::splat(b'\n'));
    let (mut either, mut newlines) = (0, 0);
    for (lane, part) in bytes.as_chunks::<16>().0.iter().enumerate() {
        let part = u8x16::new(*part);
        let ends = part.simd_eq(newline);
        newlines |= u64::from(ends.to_bitmask()) << (16 * lane);
        either |= u64::from((part.simd_eq(comma) | ends).to_bitmask()) << (16 * lane);
    }
    (either, newlines)
}
