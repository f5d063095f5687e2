//! From blocks of rows to sums of images. The places of all commas and newlines are found first, 64
//! bytes at a time; then a row is a few comparisons of registers. Rows with quotes go a longer way,
//! and so does every word, time or number of a shape that is rare. No allocation for a row.

use wide::u8x16;

use super::bad::Fault;
use super::blocks::Block;
use super::columns::{Columns, Meaning};
use super::day::day_of;
use super::names::{Names, Reading};
use super::row;
use super::tally::{Full, Tally, Together};
use super::words::{PADDING, Words};

/// More images than anyone draws in a row of a log; as for a job.
pub(super) const MOST_IMAGES: u64 = 1_000_000_000_000;

/// How many bad rows are kept, of those of one thread.
const FIRST: usize = 20;

/// The time that was read last: most logs are in order.
#[derive(Debug, Clone, Copy)]
struct LastDay {
    /// The first eight bytes of its date, and the last eight.
    date: [u64; 2],
    day: i32,
    period: i32,
}

/// What one thread has read.
pub(super) struct Scan<'a> {
    columns: &'a Columns,
    reading: &'a Reading,
    pub(super) names: Names,
    pub(super) tally: Tally,
    /// Rows that count.
    pub(super) rows: u64,
    /// The first and the last day of them; the other way round where there are none.
    pub(super) days: (i32, i32),
    /// The first bad rows: block, line within it from 0, and what is wrong.
    pub(super) bad: Vec<(usize, u64, Fault)>,
    /// How many bad rows of each fault.
    pub(super) faults: [u64; Fault::ALL.len()],
    /// How many lines each block has.
    pub(super) lines: Vec<(usize, u64)>,
    /// Why the sums can't be held, where they can't.
    pub(super) full: Option<Full>,
    /// Whether it met the end of the log.
    pub(super) ended: bool,
    block: usize,
    line: u64,
    last: LastDay,
    sizes: Words,
    qualities: Words,
    listings: Words,
    tags: Words,
    ends: Vec<u32>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(columns: &'a Columns, reading: &'a Reading) -> Self {
        Self {
            columns,
            reading,
            names: Names::default(),
            tally: Tally::new(),
            rows: 0,
            days: (i32::MAX, i32::MIN),
            bad: Vec::new(),
            faults: [0; Fault::ALL.len()],
            lines: Vec::new(),
            full: None,
            ended: false,
            block: 0,
            line: 0,
            // No text has such a date.
            last: LastDay { date: [u64::MAX; 2], day: 0, period: 0 },
            sizes: Words::new(),
            qualities: Words::new(),
            listings: Words::new(),
            tags: Words::new(),
            ends: Vec::new(),
        }
    }

    /// Reads every row of a block.
    pub(super) fn block(&mut self, block: &Block) {
        (self.block, self.line) = (block.number, 0);
        if block.dropped {
            self.fail(Fault::TooLong);
            self.line += 1;
        }
        let rows = &block.bytes[..block.end];
        let text = rows.is_ascii() || std::str::from_utf8(rows).is_ok();
        let mut at = 0;
        for quoted in &block.quoted {
            self.plain(&block.bytes, at, quoted.start, text);
            self.quoted(&block.bytes[quoted.clone()]);
            at = quoted.end;
        }
        self.plain(&block.bytes, at, block.end, text);
        self.lines.push((block.number, self.line));
    }

    /// Reads rows that have no quotes. `text` says that they are known to be UTF-8.
    fn plain(&mut self, bytes: &[u8], from: usize, to: usize, text: bool) {
        let mut ends = std::mem::take(&mut self.ends);
        marks(bytes, from, to, &mut ends);
        let count = self.columns.count;
        let (mut rest, mut start) = (ends.as_slice(), from);
        while let Some(end) = rest.first() {
            let shaped = rest.split_at_checked(count).filter(|(row, _)| {
                let newline = |end: &u32| bytes.get(*end as usize) == Some(&b'\n');
                let (last, others) = row.split_last().unwrap_or((end, &[]));
                newline(last) && !others.iter().fold(false, |any, end| any | newline(end))
            });
            let read = match shaped {
                Some((row, after)) if text => {
                    rest = after;
                    self.row(bytes, start, row)
                }
                _ => {
                    let newline = |end: &u32| bytes[*end as usize] == b'\n';
                    let fields = rest.iter().position(newline).map_or(rest.len(), |at| at + 1);
                    let (row, after) = rest.split_at(fields);
                    rest = after;
                    self.odd(bytes, start, row)
                }
            };
            if let Err(fault) = read {
                self.fail(fault);
            }
            self.line += 1;
            let last = ends.len() - rest.len() - 1;
            start = ends[last] as usize + 1;
        }
        self.ends = ends;
    }

    /// A row that may lack fields, or text.
    fn odd(&mut self, bytes: &[u8], start: usize, ends: &[u32]) -> Result<(), Fault> {
        let end = ends.last().map_or(start, |end| *end as usize);
        let row = &bytes[start..end];
        if row.is_empty() || row == b"\r" {
            return Ok(());
        }
        std::str::from_utf8(row).map_err(|_| Fault::NotUtf8)?;
        match ends.len().cmp(&self.columns.count) {
            std::cmp::Ordering::Less => Err(Fault::MissingColumns),
            std::cmp::Ordering::Equal => self.row(bytes, start, ends),
            std::cmp::Ordering::Greater => Err(Fault::ExtraColumns),
        }
    }

    /// Reads one row that has quotes: as plain a row as it would be without them.
    fn quoted(&mut self, row: &[u8]) {
        let read = row::fields(row).and_then(|fields| {
            if std::str::from_utf8(row).is_err() {
                return Err(Fault::NotUtf8);
            }
            match fields.len().cmp(&self.columns.count) {
                std::cmp::Ordering::Less => return Err(Fault::MissingColumns),
                std::cmp::Ordering::Equal => {}
                std::cmp::Ordering::Greater => return Err(Fault::ExtraColumns),
            }
            let (mut plain, mut ends) = (Vec::with_capacity(row.len() + PADDING), Vec::new());
            for field in &fields {
                plain.extend_from_slice(field);
                ends.push(u32::try_from(plain.len()).map_err(|_| Fault::TooLong)?);
                plain.push(b'\n');
            }
            plain.resize(plain.len() + PADDING, 0);
            self.row(&plain, 0, &ends)
        });
        if let Err(fault) = read {
            self.fail(fault);
        }
        self.line += memchr::memchr_iter(b'\n', row).count() as u64;
    }

    /// Counts a bad row.
    fn fail(&mut self, fault: Fault) {
        self.faults[fault as usize] += 1;
        if self.bad.len() < FIRST {
            self.bad.push((self.block, self.line, fault));
        }
    }

    /// Adds up one row, of which each field ends where `ends` says.
    #[inline]
    fn row(&mut self, bytes: &[u8], start: usize, ends: &[u32]) -> Result<(), Fault> {
        let columns = self.columns;
        let field = |column: usize| {
            let from = match column.checked_sub(1) {
                Some(before) => ends.get(before).map_or(start, |end| *end as usize + 1),
                None => start,
            };
            let mut to = ends.get(column).map_or(from, |end| *end as usize);
            // A field ends before the return of a line that ends in both.
            if column + 1 == ends.len() && to > from && bytes.get(to - 1) == Some(&b'\r') {
                to -= 1;
            }
            (from, to)
        };
        let (from, to) = field(columns.images);
        let images = count(bytes.get(from..to).unwrap_or_default())?;
        let (from, to) = field(columns.time);
        let (day, period) = self.day(bytes, from, to)?;
        let (from, to) = field(columns.size);
        let size = match self.sizes.meaning(bytes, from, to) {
            Some(size) => size,
            None => {
                let size = self.names.size(self.reading, &bytes[from..to])?;
                self.sizes.learn(bytes, from, to, size);
                size
            }
        };
        let reading = self.reading;
        let mut word = |column: Option<usize>, meaning| {
            let Some(column) = column else { return Ok(0) };
            let (from, to) = field(column);
            self.word(meaning, bytes, from, to)
        };
        let quality = word(columns.quality, Meaning::Quality)?;
        let by_listing = columns.listing.filter(|_| reading.by_listing);
        let listing = word(by_listing, Meaning::Listing)?;
        let tag = word(columns.tag.filter(|_| reading.by_tag), Meaning::Tag)?;
        self.rows += 1;
        self.days = (self.days.0.min(day), self.days.1.max(day));
        let together = Together::new(period, size, quality, listing, tag);
        if let Err(full) = self.tally.add(together, 1, images) {
            self.full = Some(full);
        }
        Ok(())
    }

    /// The number of a quality, listing or tag.
    #[inline]
    fn word(
        &mut self,
        meaning: Meaning,
        bytes: &[u8],
        from: usize,
        to: usize,
    ) -> Result<u32, Fault> {
        let words = match meaning {
            Meaning::Quality => &mut self.qualities,
            Meaning::Tag => &mut self.tags,
            _ => &mut self.listings,
        };
        if let Some(number) = words.meaning(bytes, from, to) {
            return Ok(number);
        }
        let number = self.names.word(self.reading, meaning, &bytes[from..to])?;
        words.learn(bytes, from, to, number);
        Ok(number)
    }

    /// The day of a time, and the first day of its period.
    #[inline]
    fn day(&mut self, bytes: &[u8], from: usize, to: usize) -> Result<(i32, i32), Fault> {
        let shape = bytes.get(from..).and_then(<[u8]>::first_chunk::<24>);
        let Some(shape) = shape.filter(|shape| is_common(shape, to - from)) else {
            let day = day_of(&bytes[from..to])?;
            return Ok((day, self.reading.periods.of(day)));
        };
        let date = [eight(shape, 0), eight(shape, 2)];
        if date != self.last.date {
            let day = day_of(&bytes[from..to])?;
            self.last = LastDay { date, day, period: self.reading.periods.of(day) };
        }
        Ok((self.last.day, self.last.period))
    }
}

#[inline]
fn eight<const N: usize>(bytes: &[u8; N], at: usize) -> u64 {
    let eight = bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok());
    eight.map_or(0, u64::from_le_bytes)
}

/// Whether these are `…T23:59:59Z` or `… 23:59:59`, with whatever date of ten bytes before. Such a
/// time is within the day that is written.
#[inline]
fn is_common(text: &[u8; 24], length: usize) -> bool {
    const CLOCK: u64 = u64::from_le_bytes(*b"00:00:00");
    /// What, added to a digit or colon as it may be at most, does not reach the high bit.
    const ROOM: u64 = u64::from_le_bytes([0x7d, 0x76, 0x7f, 0x7a, 0x76, 0x7f, 0x7a, 0x76]);
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let ends = (length == 20 && text[19] == b'Z') || length == 19;
    let clock = eight(text, 11) ^ CLOCK;
    let digits = (clock | clock.wrapping_add(ROOM)) & HIGH == 0;
    let hour = (clock & 0xff) * 10 + (clock >> 8 & 0xff);
    ends && matches!(text[10], b'T' | b' ') && digits && hour < 24
}

/// The images of a row: a whole number above zero.
#[inline]
pub(super) fn count(text: &[u8]) -> Result<u64, Fault> {
    if let [digit @ b'1'..=b'9'] = text {
        return Ok(u64::from(digit - b'0'));
    }
    if text.is_empty() || text.len() > 15 {
        return Err(Fault::NotACount);
    }
    let mut number: u64 = 0;
    for digit in text {
        if !digit.is_ascii_digit() {
            return Err(Fault::NotACount);
        }
        number = number * 10 + u64::from(digit - b'0');
    }
    if (1..=MOST_IMAGES).contains(&number) { Ok(number) } else { Err(Fault::NotACount) }
}

/// Puts the places of all commas and newlines of `bytes[from..to]` into `ends`.
fn marks(bytes: &[u8], from: usize, to: usize, ends: &mut Vec<u32>) {
    const LANES: usize = 16;
    ends.clear();
    let (comma, newline) = (u8x16::splat(b','), u8x16::splat(b'\n'));
    for base in (from..to).step_by(4 * LANES) {
        // Behind every block there is padding.
        let Some(chunk) = bytes.get(base..).and_then(<[u8]>::first_chunk::<64>) else { return };
        let mut mask: u64 = 0;
        for (lane, part) in chunk.chunks_exact(LANES).enumerate() {
            let part = u8x16::new(part.try_into().unwrap_or([0; LANES]));
            let found = part.simd_eq(comma) | part.simd_eq(newline);
            mask |= u64::from(found.to_bitmask()) << (lane * LANES);
        }
        if to - base < 64 {
            mask &= (1 << (to - base)) - 1;
        }
        while mask != 0 {
            let at = u32::try_from(base).unwrap_or(u32::MAX) + mask.trailing_zeros();
            ends.push(at);
            mask &= mask - 1;
        }
    }
}
