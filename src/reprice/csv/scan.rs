//! From blocks of rows to sums of images. The places of all commas and newlines are found first, 64
//! bytes at a time; then each column of some hundred rows is read in a loop of its own. Rows with
//! quotes go a longer way, and so does every word, time or number of a rare shape. No allocation
//! for a row.

use std::borrow::Cow;
use std::cmp::Ordering;

use memchr::{memchr, memchr_iter};
use strum::EnumCount;

use super::super::aggregate::AggregateError;
use super::super::batch::{Aggregator, ColumnBatch, cell, parse_count};
use super::super::columns::{ColumnPath, Columns, Meaning};
use super::super::dictionary::ReadOptions;
use super::super::json_place::text_within;
use super::super::row_error::{BadRow, MAX_FIRST, RowErrorKind, shown_value};
use super::super::row_plan::{LeftOut, RowPlan};
use super::blocks::Block;
use super::delimiters::DelimiterIndex;
use super::pair_cache::PairCache;
use super::row::{self, RowFormat};
use super::row_buffer::RowBuffer;
use super::string_cache::{MISSED, PADDING, StringCache};
use super::time_cache::TimeCache;

/// The columns that are words, with the places of their cells.
const WORDS: [(Meaning, usize); 4] =
    [(Meaning::Size, 2), (Meaning::Quality, 3), (Meaning::Listing, 4), (Meaning::Tag, 5)];

/// What one thread has read.
pub(in crate::reprice) struct Scan<'a> {
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
    pub(in crate::reprice) ended: bool,
    pub(super) left_out: LeftOut,
    /// Where fields come from, where they are no plain columns.
    plan: Option<&'a RowPlan>,
    buffer: RowBuffer,
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
    pub(in crate::reprice) fn new(
        columns: &'a Columns,
        reading: &'a ReadOptions,
        format: RowFormat,
    ) -> Self {
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
            left_out: LeftOut::default(),
            plan: None,
            buffer: RowBuffer::default(),
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

    /// Gathers fields by a plan before they are read.
    pub(super) fn with_plan(self, plan: Option<&'a RowPlan>) -> Self {
        Self { plan, ..self }
    }

    /// Begins a block.
    pub(in crate::reprice) fn begin(&mut self, block: &Block) {
        (self.block, self.line) = (block.number, 0);
        if block.dropped {
            self.fail(0, RowErrorKind::TooLong, None);
            self.line += 1;
        }
    }

    /// Ends a block.
    pub(in crate::reprice) fn end(&mut self, block: &Block) -> Result<(), AggregateError> {
        self.flush()?;
        self.lines.push((block.number, self.line));
        self.sums.tally.settle()
    }

    /// Goes to the next line of the block, and gives the number of this one.
    pub(in crate::reprice) fn next_line(&mut self) -> u64 {
        self.line += 1;
        self.line - 1
    }

    /// Counts a row of the block that is bad as a whole.
    pub(in crate::reprice) fn fail_at(
        &mut self,
        line: u64,
        kind: RowErrorKind,
        value: Option<&[u8]>,
    ) -> Result<(), AggregateError> {
        // Rows before it come first.
        self.flush()?;
        self.add_bad(line, kind, value);
        Ok(())
    }

    /// Gathers a row by a plan, and reads it with others when they are enough.
    pub(in crate::reprice) fn gather<'r>(
        &mut self,
        plan: &'r RowPlan,
        line: u64,
        value: impl Fn(&'r ColumnPath) -> Cow<'r, str>,
    ) -> Result<(), AggregateError> {
        let Some(fields) = plan.gather(&mut self.left_out, value) else { return Ok(()) };
        self.buffer.push(line, &fields);
        if self.buffer.is_full() { self.flush() } else { Ok(()) }
    }

    /// Reads the rows that were gathered.
    fn flush(&mut self) -> Result<(), AggregateError> {
        if self.buffer.lines.is_empty() {
            return Ok(());
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.pad();
        self.marks.set(&buffer.ends);
        let added = self.rows(&buffer.bytes, Some(&buffer.lines));
        buffer.clear();
        self.buffer = buffer;
        added
    }

    /// Reads every row of a block.
    pub(super) fn block(&mut self, block: &Block) -> Result<(), AggregateError> {
        self.begin(block);
        let mut at = 0;
        for quoted in &block.quoted {
            self.plain(&block.bytes, at, quoted.start)?;
            self.quoted(&block.bytes[quoted.clone()])?;
            at = quoted.end;
        }
        self.plain(&block.bytes, at, block.end)?;
        self.end(block)
    }

    /// Reads rows that have no quotes.
    fn plain(&mut self, bytes: &[u8], from: usize, to: usize) -> Result<(), AggregateError> {
        let mut at = from;
        if let Some(plan) = self.plan {
            for end in memchr_iter(b'\n', &bytes[from..to]).map(|end| from + end + 1) {
                self.gather_row(plan, &bytes[at..end])?;
                at = end;
            }
            return Ok(());
        }
        while at < to {
            let end = self.marks.find(bytes, at, to);
            if end > at {
                self.rows(bytes, None)?;
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
        let fault = if self.marks.one(start, &ends).is_some() {
            return self.rows(bytes, None);
        } else if ends.len() < self.columns.count {
            RowErrorKind::MissingColumns
        } else {
            RowErrorKind::ExtraColumns
        };
        self.fail(0, fault, None);
        self.line += 1;
        Ok(())
    }

    /// The fields of a row, each text, and as many as there should be.
    fn fields(&self, row: &[u8]) -> Result<Vec<Vec<u8>>, RowErrorKind> {
        let fields = row::fields(row, self.format)?;
        let count = self.plan.map_or(self.columns.count, |plan| plan.count);
        match fields.len().cmp(&count) {
            Ordering::Less => Err(RowErrorKind::MissingColumns),
            Ordering::Equal => Ok(fields),
            Ordering::Greater => Err(RowErrorKind::ExtraColumns),
        }
    }

    /// Gathers a row by the plan.
    fn gather_row(&mut self, plan: &RowPlan, row: &[u8]) -> Result<(), AggregateError> {
        let line = self.line;
        self.line += memchr_iter(b'\n', row).count() as u64;
        if matches!(row, b"\n" | b"\r\n") {
            return Ok(());
        }
        match self.fields(row) {
            Err(kind) => self.fail_at(line, kind, None),
            Ok(fields) => self.gather(plan, line, |column| {
                let text = fields.get(column.at).map_or(&b""[..], Vec::as_slice);
                let text = String::from_utf8_lossy(text);
                if column.path.is_empty() {
                    text
                } else {
                    Cow::Owned(text_within(&text, &column.path))
                }
            }),
        }
    }

    /// Reads one row that has quotes: as plain a row as it would be without them.
    fn quoted(&mut self, row: &[u8]) -> Result<(), AggregateError> {
        if let Some(plan) = self.plan {
            return self.gather_row(plan, row);
        }
        let (first, lines) = (self.line, memchr_iter(b'\n', row).count() as u64);
        match self.fields(row) {
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
                    self.rows(&plain, None)?;
                }
            }
        }
        self.line = first + lines;
        Ok(())
    }

    /// Counts a bad row, so many lines on.
    fn fail(&mut self, lines: u64, kind: RowErrorKind, value: Option<&[u8]>) {
        self.add_bad(self.line + lines, kind, value);
    }

    fn add_bad(&mut self, line: u64, kind: RowErrorKind, value: Option<&[u8]>) {
        self.kinds[kind as usize] += 1;
        if self.bad.len() < MAX_FIRST {
            let value = value.map(shown_value);
            self.bad.push((self.block, BadRow { file: None, line, kind, value, column: None }));
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

    /// Adds up the rows that are marked, each a line, unless their `lines` are given.
    fn rows(&mut self, bytes: &[u8], lines: Option<&[u64]>) -> Result<(), AggregateError> {
        let mut cells = std::mem::take(&mut self.cells);
        for cells in &mut cells {
            cells.resize(self.marks.rows, 0);
        }
        let [times, counts, ..] = &mut cells;
        self.last.cells(self.reading, bytes, self.marks.fields(self.columns.time), times);
        for (cell, (from, to)) in counts.iter_mut().zip(self.marks.fields(self.columns.images)) {
            *cell = match bytes.get(from) {
                Some(digit @ b'1'..=b'9') if to - from == 1 => u64::from(digit - b'0'),
                _ => long_count(bytes.get(from..to).unwrap_or_default(), self.reading),
            };
        }
        self.words(bytes, &mut cells);
        let mut bad = Vec::new();
        let fault = |row, column, kind| bad.push((row, column, kind));
        let added = self.sums.add(self.reading, &cells, fault);
        for (row, column, kind) in bad {
            let value = self.field(bytes, row, column);
            let line = lines.and_then(|lines| lines.get(row).copied());
            self.add_bad(line.unwrap_or(self.line + row as u64), kind, value);
        }
        if lines.is_none() {
            self.line += self.marks.rows as u64;
        }
        self.cells = cells;
        added
    }
}

/// The images of a row that has not one digit alone.
#[cold]
#[inline(never)]
fn long_count(text: &[u8], options: &ReadOptions) -> u64 {
    parse_count(text, options)
}
