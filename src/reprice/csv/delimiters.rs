//! Where the fields of rows end: delimiters and newlines are found 64 bytes at a time, as wide as the
//! processor can. Whether each row has the fields it should have is looked at for many rows
//! together.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, u8x64};

/// Rows whose marks are kept, and marks that are kept: few enough that they stay in a core's own
/// cache, and that a header of thousands of columns takes no memory.
const BATCH: usize = 512;
const MAX_PLACES: usize = 1 << 14;

/// Rows that are looked at together after one that is not as it should be.
const FEW: usize = 8;

/// How many marks are written without a look at how many there are.
const BLIND: usize = 8;

/// The marks of 64 bytes, and as many as may be written behind them.
const MORE: usize = 64 + 16;

/// The marks of some rows.
pub(super) struct DelimiterIndex {
    fields: usize,
    /// The place before the first row; then the place after each field, row by row.
    places: Vec<u32>,
    pub(super) rows: usize,
    /// How many rows are looked at together now, and at most.
    room: usize,
    most: usize,
    returns: bool,
    delimiter: u8,
    level: Level,
}

/// What some bytes have.
struct Found {
    marks: usize,
    newlines: usize,
}

impl DelimiterIndex {
    pub(super) fn new(fields: usize, delimiter: u8) -> Self {
        let most = (MAX_PLACES / fields).clamp(1, BATCH);
        let places = vec![0; 1 + most * fields + MORE];
        let level = Level::new();
        Self { fields, places, rows: 0, room: most, most, returns: false, delimiter, level }
    }

    /// Finds the rows from `from` on that have the fields they should have; each byte
    /// before `to` belongs to a whole row. Gives where the first row begins that is not like that,
    /// or for which there is no room.
    pub(super) fn find(&mut self, bytes: &[u8], from: usize, to: usize) -> usize {
        let (level, most, delimiter) = (self.level, self.room * self.fields, self.delimiter);
        let places = self.places.as_mut_slice();
        places[0] = narrow(from).wrapping_sub(1);
        let found = dispatch!(level, simd => mark(simd, delimiter, bytes, from..to, most, places));
        let wanted = (found.marks / self.fields).min(self.room);
        self.rows = self.whole(bytes, wanted, &found);
        // Where bad rows are many, few are looked at in vain.
        let room = if self.rows < wanted { FEW.max(self.rows) } else { self.room * 2 };
        self.room = room.min(self.most);
        self.end(self.rows)
    }

    /// Where the row after so many begins.
    fn end(&self, rows: usize) -> usize {
        self.places[rows * self.fields].wrapping_add(1) as usize
    }

    /// How many of the first rows have the fields they should have, and end alike.
    fn whole(&mut self, bytes: &[u8], rows: usize, found: &Found) -> usize {
        let byte = |place: u32| bytes.get(place as usize).copied();
        let marks = &self.places[1..=found.marks];
        let Some(first) = marks.get(self.fields - 1) else { return 0 };
        self.returns = byte(first.wrapping_sub(1)) == Some(b'\r');
        let ends = |row: &[u32]| {
            let end = row[self.fields - 1];
            let returns = byte(end.wrapping_sub(1)) == Some(b'\r');
            byte(end) == Some(b'\n') && returns == self.returns
        };
        let (whole, rest) = marks.split_at(rows * self.fields);
        let behind = rest.iter().filter(|place| byte(**place) == Some(b'\n')).count();
        let mut each = whole.chunks_exact(self.fields);
        if found.newlines == rows + behind && each.clone().all(ends) {
            return rows;
        }
        let delimiter = Some(self.delimiter);
        let are_split = |row: &[u32]| row[..row.len() - 1].iter().all(|it| byte(*it) == delimiter);
        each.position(|row| !ends(row) || !are_split(row)).unwrap_or(rows)
    }

    /// Marks one row by the ends of its fields; `None` if there are not as many as there should be.
    pub(super) fn one(&mut self, start: usize, ends: &[u32]) -> Option<()> {
        let places = self.places.get_mut(1..=ends.len()).filter(|_| ends.len() == self.fields)?;
        places.copy_from_slice(ends);
        self.places[0] = narrow(start).wrapping_sub(1);
        (self.rows, self.returns) = (1, false);
        Some(())
    }

    /// Marks rows one after the other by the ends of their fields.
    pub(super) fn set(&mut self, ends: &[u32]) {
        let Some(places) = self.places.get_mut(1..=ends.len()) else { return };
        places.copy_from_slice(ends);
        self.places[0] = u32::MAX;
        (self.rows, self.returns) = (ends.len() / self.fields, false);
    }

    /// From where to where the field of a column goes, in each row.
    #[inline]
    pub(super) fn fields(&self, column: usize) -> FieldEnds<'_> {
        let places = self.places.get(column..=self.rows * self.fields).unwrap_or_default();
        let last = column + 1 == self.fields;
        FieldEnds { places, step: self.fields, less: u32::from(self.returns && last) }
    }
}

/// The fields of one column that are still to come. Of a column there is no more to keep than this:
/// a loop over two of them has all in registers.
#[derive(Debug, Clone)]
pub(super) struct FieldEnds<'a> {
    places: &'a [u32],
    step: usize,
    less: u32,
}

impl Iterator for FieldEnds<'_> {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let [before, end] = *self.places.first_chunk::<2>()?;
        self.places = self.places.get(self.step..).unwrap_or_default();
        Some((before.wrapping_add(1) as usize, end.wrapping_sub(self.less) as usize))
    }
}

/// A place within a block.
fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Marks every delimiter and newline of `range`, until there are `most` or more, from `places[1]` on.
/// There is room for those of 64 bytes more, and behind `range` there is padding.
#[expect(clippy::inline_always, reason = "a processor's instructions are used within one function")]
#[inline(always)]
fn mark<S: Simd>(
    simd: S,
    delimiter: u8,
    bytes: &[u8],
    range: Range<usize>,
    most: usize,
    places: &mut [u32],
) -> Found {
    let (delimiter, newline) = (u8x64::splat(simd, delimiter), u8x64::splat(simd, b'\n'));
    let (mut marks, mut newlines) = (0, 0);
    let (mut at, mut base) = (range.start, narrow(range.start));
    while at < range.end && marks < most {
        let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<64>) else { break };
        let chunk = u8x64::from_slice(simd, chunk);
        let ends = chunk.simd_eq(newline);
        let mut either = (chunk.simd_eq(delimiter) | ends).to_bitmask();
        let mut ends = ends.to_bitmask();
        if range.end - at < 64 {
            let within = (1 << (range.end - at)) - 1;
            (either, ends) = (either & within, ends & within);
        }
        newlines += ends.count_ones() as usize;
        let found = either.count_ones() as usize;
        let Some(slots) = places.get_mut(1 + marks..) else { break };
        put(either, found, base, slots);
        marks += found;
        (at, base) = (at + 64, base.wrapping_add(64));
    }
    Found { marks, newlines }
}

/// Puts the places of the bits of a mask into `slots`, from `base` on; `count` is how many they
/// are. Behind them anything may stand.
#[inline]
fn put(mut mask: u64, count: usize, base: u32, slots: &mut [u32]) {
    let Some((blind, others)) = slots.split_first_chunk_mut::<BLIND>() else { return };
    for slot in blind {
        *slot = base.wrapping_add(mask.trailing_zeros());
        mask &= mask.wrapping_sub(1);
    }
    if count > BLIND {
        for slot in others.iter_mut().take(count - BLIND) {
            *slot = base.wrapping_add(mask.trailing_zeros());
            mask &= mask.wrapping_sub(1);
        }
    }
}
