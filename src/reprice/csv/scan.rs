//! From blocks of rows to sums of images. The places of all commas and newlines are found first, 64
//! bytes at a time; then each column of some hundred rows is read in a loop of its own. Rows with
//! quotes go a longer way, and so does every word, time or number of a rare shape. No allocation
//! for a row.

use std::cmp::Ordering;

use memchr::{memchr, memchr_iter};
use strum::EnumCount;

use super::super::aggregate::AggregateError;
use super::super::batch::{Aggregator, ColumnBatch, cell, parse_count};
use super::super::columns::{Columns, Meaning};
use super::super::dictionary::ReadOptions;
use super::super::row_error::{BadRow, MAX_FIRST, RowErrorKind, shown_value};
use super::blocks::Block;
use super::delimiters::DelimiterIndex;
use super::pair_cache::PairCache;
use super::row::{self, RowFormat};
use super::string_cache::{MISSED, PADDING, StringCache};
use super::time_cache::TimeCache;

/// The columns that are words, with the places of their cells.
const WORDS: [(Meaning, usize); 4] =
    [(Meaning::Size, 2), (Meaning::Quality, 3), (Meaning::Listing, 4), (Meaning::Tag, 5)];

/// What one thread has read.
pub(super) struct Scan<'a> {
    columns: &'a Columns,
    reading: &'a ReadOptions,
    format: RowFormat,
    pub(super) sums: Aggregator,
    /// The first bad rows by block, with their line within it from 0.
    pub(super) bad: Vec<(usize, BadRow)>,
    pub(super) kinds: [u64; RowErrorKind::COUNT],
    /// How many lines each block has.
    pub(super) lines: Vec<(usize, u64)>,
    /// Whether it met the end of the log.
    pub(super) ended: bool,
    block: usize,
    line: u64,
    last: TimeCache,
    /// The columns of [`WORDS`], where they are wanted.
    wanted: [Option<usize>; 4],
    words: [StringCache; 4],
    pairs: PairCache,
    cells: ColumnBatch,
    marks: DelimiterIndex,
}

impl<'a> Scan<'a> {
    pub(super) fn new(columns: &'a Columns, reading: &'a ReadOptions, format: RowFormat) -> Self {
        let listing = columns.listing.filter(|_| reading.by_listing);
        let tag = columns.tag.filter(|_| reading.by_tag);
        Self {
            columns,
            reading,
            format,
            sums: Aggregator::new(),
            bad: Vec::new(),
            kinds: [0; RowErrorKind::COUNT],
            lines: Vec::new(),
            ended: false,
            block: 0,
            line: 0,
            last: TimeCache::default(),
            wanted: [Some(columns.size), columns.quality, listing, tag],
            words: std::array::from_fn(|_| StringCache::new()),
            pairs: PairCache::new(),
            cells: ColumnBatch::default(),
            marks: DelimiterIndex::new(columns.count, format.delimiter),
        }
    }

    /// Reads every row of a block.
    pub(super) fn block(&mut self, block: &Block) -> Result<(), AggregateError> {
        (self.block, self.line) = (block.number, 0);
        if block.dropped {
            self.fail(0, RowErrorKind::TooLong, None);
            self.line += 1;
        }
        let mut at = 0;
        for quoted in &block.quoted {
            self.plain(&block.bytes, at, quoted.start)?;
            self.quoted(&block.bytes[quoted.clone()])?;
            at = quoted.end;
        }
        self.plain(&block.bytes, at, block.end)?;
        self.lines.push((block.number, self.line));
        self.sums.tally.settle()
    }

    /// Reads rows that have no quotes.
    fn plain(&mut self, bytes: &[u8], from: usize, to: usize) -> Result<(), AggregateError> {
        let mut at = from;
        while at < to {
            let end = self.marks.find(bytes, at, to);
            if end > at {
                self.rows(bytes)?;
                at = end;
                continue;
            }
            let length = memchr(b'\n', &bytes[at..to]).unwrap_or(to - at);
            self.odd(bytes, at, at + length)?;
            at += length + 1;
        }
        Ok(())
    }

    /// A row that may lack fields, or text, or that has a return before its newline as the row
    /// before it has not.
    fn odd(&mut self, bytes: &[u8], start: usize, end: usize) -> Result<(), AggregateError> {
        let row = bytes[start..end].strip_suffix(b"\r").unwrap_or(&bytes[start..end]);
        let narrow = |at: usize| u32::try_from(start + at).unwrap_or(u32::MAX);
        let mut ends: Vec<u32> = memchr_iter(self.format.delimiter, row).map(narrow).collect();
        ends.push(narrow(row.len()));
        if row.is_empty() {
            self.line += 1;
            return Ok(());
        }
        let fault = if std::str::from_utf8(row).is_err() {
            RowErrorKind::NotUtf8
        } else if self.marks.one(start, &ends).is_some() {
            return self.rows(bytes);
        } else if ends.len() < self.columns.count {
            RowErrorKind::MissingColumns
        } else {
            RowErrorKind::ExtraColumns
        };
        self.fail(0, fault, None);
        self.line += 1;
        Ok(())
    }

    /// Reads one row that has quotes: as plain a row as it would be without them.
    fn quoted(&mut self, row: &[u8]) -> Result<(), AggregateError> {
        let (first, lines) = (self.line, memchr_iter(b'\n', row).count() as u64);
        let fields = row::fields(row, self.format);
        let fields = fields.and_then(|fields| match fields.len().cmp(&self.columns.count) {
            _ if std::str::from_utf8(row).is_err() => Err(RowErrorKind::NotUtf8),
            Ordering::Less => Err(RowErrorKind::MissingColumns),
            Ordering::Equal => Ok(fields),
            Ordering::Greater => Err(RowErrorKind::ExtraColumns),
        });
        match fields {
            Err(fault) => self.fail(0, fault, None),
            Ok(fields) => {
                let (mut plain, mut ends) = (Vec::with_capacity(row.len() + PADDING), Vec::new());
                for field in &fields {
                    plain.extend_from_slice(field);
                    ends.push(u32::try_from(plain.len()).unwrap_or(u32::MAX));
                    plain.push(self.format.delimiter);
                }
                plain.resize(plain.len() + PADDING, 0);
                if self.marks.one(0, &ends).is_some() {
                    self.rows(&plain)?;
                }
            }
        }
        self.line = first + lines;
        Ok(())
    }

    /// Counts a bad row, so many lines on.
    fn fail(&mut self, lines: u64, kind: RowErrorKind, value: Option<&[u8]>) {
        self.kinds[kind as usize] += 1;
        if self.bad.len() < MAX_FIRST {
            let value = value.map(shown_value);
            self.bad.push((self.block, BadRow { line: self.line + lines, kind, value }));
        }
    }

    /// The field that a cell of the batch was read from.
    fn field<'b>(&self, bytes: &'b [u8], row: usize, column: usize) -> Option<&'b [u8]> {
        let words = column.checked_sub(2).and_then(|word| *self.wanted.get(word)?);
        let column = match column {
            0 => Some(self.columns.time),
            1 => Some(self.columns.images),
            _ => words,
        };
        let (from, to) = self.marks.fields(column?).nth(row)?;
        bytes.get(from..to)
    }

    /// Puts the words of the rows that are marked into their cells.
    fn words(&mut self, bytes: &[u8], cells: &mut ColumnBatch) {
        let missed = self.pairs(bytes, cells);
        for (at, (_, place)) in WORDS.iter().enumerate() {
            let cells = &mut cells[*place];
            let Some(column) = self.wanted[at] else { continue };
            let met = match &missed {
                Some(missed) if at < 2 => missed.is_empty(),
                _ => self.words[at].cells(bytes, self.marks.fields(column), cells),
            };
            if !met {
                self.look_up(bytes, at, column, cells);
            }
        }
        let Some(quality) = self.columns.quality else { return };
        for row in missed.unwrap_or_default() {
            let fields = [self.columns.size, quality].map(|it| self.marks.fields(it).nth(row));
            let [Some(size), Some(quality)] = fields else { continue };
            self.pairs.learn(bytes, (size, quality), [cells[2][row], cells[3][row]]);
        }
    }

    /// Puts sizes and qualities into their cells, where there are both, and gives the rows of which
    /// they are still to be looked up.
    fn pairs(&self, bytes: &[u8], cells: &mut ColumnBatch) -> Option<Vec<usize>> {
        let [_, _, sizes, qualities, ..] = cells;
        let fields = [self.columns.size, self.columns.quality?].map(|it| self.marks.fields(it));
        if self.pairs.cells(bytes, fields, [sizes, qualities]) {
            return Some(Vec::new());
        }
        Some((0..sizes.len()).filter(|row| sizes[*row] == MISSED).collect())
    }

    /// Looks up the words that were missed, of one of the columns of [`WORDS`].
    #[cold]
    fn look_up(&mut self, bytes: &[u8], at: usize, column: usize, cells: &mut [u64]) {
        let words = &mut self.words[at];
        let each = cells.iter_mut().zip(self.marks.fields(column));
        for (slot, (from, to)) in each.filter(|(slot, _)| **slot == MISSED) {
            let number = words.meaning(bytes, from, to).map_or_else(
                || {
                    let number =
                        self.sums.names.number(self.reading, WORDS[at].0, &bytes[from..to])?;
                    words.learn(bytes, from, to, number);
                    Ok(number)
                },
                Ok,
            );
            *slot = cell(number.map(u64::from));
        }
    }

    /// Adds up the rows that are marked, each a line.
    fn rows(&mut self, bytes: &[u8]) -> Result<(), AggregateError> {
        let mut cells = std::mem::take(&mut self.cells);
        for cells in &mut cells {
            cells.resize(self.marks.rows, 0);
        }
        let [times, counts, ..] = &mut cells;
        self.last.cells(self.reading, bytes, self.marks.fields(self.columns.time), times);
        for (cell, (from, to)) in counts.iter_mut().zip(self.marks.fields(self.columns.images)) {
            *cell = match bytes.get(from) {
                Some(digit @ b'1'..=b'9') if to - from == 1 => u64::from(digit - b'0'),
                _ => long_count(bytes, from, to),
            };
        }
        self.words(bytes, &mut cells);
        let mut bad = Vec::new();
        let fault = |row, column, kind| bad.push((row, column, kind));
        let added = self.sums.add(self.reading, &cells, fault);
        for (row, column, kind) in bad {
            let value = self.field(bytes, row, column);
            self.fail(row as u64, kind, value);
        }
        self.line += self.marks.rows as u64;
        self.cells = cells;
        added
    }
}

/// The images of a row that has not one digit alone.
#[cold]
#[inline(never)]
fn long_count(bytes: &[u8], from: usize, to: usize) -> u64 {
    cell(parse_count(bytes.get(from..to).unwrap_or_default()))
}
