//! One column of a Parquet file as cells: numbers that mean a day, a count or a word, or a fault.
//! A word is looked up once for each dictionary; a row then costs a look into a table.

use bytes::Bytes;
use parquet::basic::{ConvertedType, Encoding, LogicalType, TimeUnit, Type};
use parquet::column::page::{Page, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::ColumnDescriptor;

use super::hybrid::Hybrid;
use crate::reprice::batch::{MAX_IMAGES, parse_count};
use crate::reprice::batch::{cell, day_cell};
use crate::reprice::columns::Meaning;
use crate::reprice::dictionary::{Dictionary, ReadOptions};
use crate::reprice::row_error::RowErrorKind;
use crate::reprice::timestamp::{day_of, day_of_number, within};

/// Places or levels that are read at a time.
const SOME: usize = 1024;

/// Times that are held against one day together.
const ALIKE: usize = 64;

/// The file is damaged.
fn eof() -> ParquetError {
    ParquetError::EOF("a page ends too early".to_owned())
}

/// What the numbers of a column count.
#[derive(Debug, Clone, Copy)]
enum Scale {
    /// So many a day.
    PerDay(i64),
    /// Seconds or milliseconds, by how large they are.
    Plain,
    /// Images.
    Count,
}

/// How a column's values are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    meaning: Meaning,
    physical: Type,
    scale: Scale,
    nullable: bool,
}

impl Kind {
    /// How to read a column; an error where its type says nothing of what is asked.
    pub(super) fn of(column: &ColumnDescriptor, meaning: Meaning) -> Result<Self> {
        let unfit = |why: &str| {
            let name = column.path().string();
            Err(ParquetError::General(format!("`{name}` can't be the {meaning}: {why}")))
        };
        if column.max_rep_level() > 0 || column.max_def_level() > 1 {
            return unfit("it is nested");
        }
        let physical = column.physical_type();
        let numbers = matches!(meaning, Meaning::Time | Meaning::Images);
        let fits = match physical {
            Type::BYTE_ARRAY => true,
            Type::INT32 | Type::INT64 => numbers,
            Type::INT96 => meaning == Meaning::Time,
            _ => false,
        };
        if !fits {
            return unfit(&format!("it is of type {physical}"));
        }
        let scale = if meaning == Meaning::Images { Scale::Count } else { per_day(column) };
        Ok(Self { meaning, physical, scale, nullable: column.max_def_level() == 1 })
    }
}

fn per_day(column: &ColumnDescriptor) -> Scale {
    const DAY: i64 = 86_400;
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Scale::PerDay(1),
        (Some(LogicalType::Timestamp(stamp)), _) => Scale::PerDay(match stamp.unit {
            TimeUnit::MILLIS => DAY * 1000,
            TimeUnit::MICROS => DAY * 1_000_000,
            TimeUnit::NANOS => DAY * 1_000_000_000,
        }),
        (None, ConvertedType::TIMESTAMP_MILLIS) => Scale::PerDay(DAY * 1000),
        (None, ConvertedType::TIMESTAMP_MICROS) => Scale::PerDay(DAY * 1_000_000),
        _ => Scale::Plain,
    }
}

/// The values of a page that are still to be read.
enum Values {
    Places(Hybrid),
    Plain(Bytes),
}

/// The cells of one column that are still to be read.
pub(super) struct ColumnDecoder<'a> {
    pages: Box<dyn PageReader>,
    kind: Kind,
    reading: &'a ReadOptions,
    dictionary: Vec<u64>,
    levels: Option<Hybrid>,
    values: Values,
    /// Rows left in the page.
    left: usize,
    /// The day that was met last, from its first moment to its end.
    day: (i64, i64, u64),
}

impl<'a> ColumnDecoder<'a> {
    pub(super) fn new(pages: Box<dyn PageReader>, kind: Kind, reading: &'a ReadOptions) -> Self {
        let values = Values::Plain(Bytes::new());
        let (dictionary, levels) = (Vec::new(), None);
        Self { pages, kind, reading, dictionary, levels, values, left: 0, day: (1, 0, 0) }
    }

    /// Puts the cells of the next rows into `cells`.
    pub(super) fn fill(
        &mut self,
        names: &mut Dictionary,
        rows: usize,
        cells: &mut Vec<u64>,
    ) -> Result<()> {
        cells.clear();
        while cells.len() < rows {
            if self.left == 0 {
                self.page(names)?;
                continue;
            }
            let wanted = (rows - cells.len()).min(self.left);
            let run = match &mut self.levels {
                None => Some((1, wanted)),
                Some(levels) => levels.same(wanted),
            };
            if let Some((level, rows)) = run {
                self.left -= rows;
                self.take(names, level > 0, rows, cells)?;
                continue;
            }
            let mut some = [0; SOME];
            let some = &mut some[..wanted.min(SOME)];
            let taken =
                self.levels.as_mut().and_then(|levels| levels.some(some)).ok_or_else(eof)?;
            self.left -= taken;
            for run in some[..taken].chunk_by(|a, b| a == b) {
                self.take(names, run[0] > 0, run.len(), cells)?;
            }
        }
        Ok(())
    }

    /// Takes so many values that are there, or nulls.
    fn take(
        &mut self,
        names: &mut Dictionary,
        present: bool,
        rows: usize,
        cells: &mut Vec<u64>,
    ) -> Result<()> {
        if !present {
            let needed = matches!(self.kind.meaning, Meaning::Time | Meaning::Images);
            let null = if needed { Err(RowErrorKind::MissingValue) } else { self.word(names, b"") };
            cells.extend(std::iter::repeat_n(cell(null), rows));
            return Ok(());
        }
        let end = cells.len() + rows;
        match &mut self.values {
            Values::Places(places) => {
                let dictionary = self.dictionary.as_slice();
                let mut some = [0; SOME];
                while cells.len() < end {
                    let most = (end - cells.len()).min(SOME);
                    let taken = places.some(&mut some[..most]).ok_or_else(eof)?;
                    let found = some[..taken].iter().map(|place| dictionary.get(*place as usize));
                    // A place that the dictionary does not have is a value that is missing.
                    cells.extend(found.map(|cell| cell.copied().unwrap_or(u64::MAX)));
                }
                Ok(())
            }
            Values::Plain(bytes) => {
                let mut bytes = std::mem::take(bytes);
                self.plain(names, &mut bytes, rows, cells)?;
                self.values = Values::Plain(bytes);
                Ok(())
            }
        }
    }

    fn word(&self, names: &mut Dictionary, text: &[u8]) -> std::result::Result<u64, RowErrorKind> {
        match self.kind.meaning {
            Meaning::Time => day_of(text).map(|day| u64::from(day.cast_unsigned())),
            Meaning::Images => parse_count(text),
            meaning => names.number(self.reading, meaning, text).map(u64::from),
        }
    }

    /// Whether all of these are of the day that was met last.
    #[inline]
    fn is_one_day(&self, values: &[[u8; 8]]) -> bool {
        let (start, last) = (self.day.0, self.day.1.wrapping_sub(1));
        // One of the two is below zero where the number lies without.
        let within = |number: i64| number.wrapping_sub(start) | last.wrapping_sub(number);
        let each = values.iter().map(|value| within(i64::from_le_bytes(*value)));
        each.fold(0, |any, within| any | within) >= 0
    }

    fn number(&mut self, number: i64) -> u64 {
        let day = match self.kind.scale {
            Scale::Count => {
                let images = u64::try_from(number).ok().filter(|n| (1..=MAX_IMAGES).contains(n));
                return cell(images.ok_or(RowErrorKind::NotACount));
            }
            Scale::PerDay(each) => {
                if self.day.0 <= number && number < self.day.1 {
                    return self.day.2;
                }
                let day = number.div_euclid(each);
                let start = day.saturating_mul(each);
                self.day = (start, start.saturating_add(each), 0);
                within(day)
            }
            Scale::Plain => u64::try_from(number)
                .map_err(|_| RowErrorKind::TimeOutOfRange)
                .and_then(day_of_number),
        };
        let cell = day_cell(day);
        self.day.2 = cell;
        cell
    }

    /// Reads values that stand one after the other.
    fn plain(
        &mut self,
        names: &mut Dictionary,
        bytes: &mut Bytes,
        rows: usize,
        cells: &mut Vec<u64>,
    ) -> Result<()> {
        let width = match self.kind.physical {
            Type::INT32 => 4,
            Type::INT64 => 8,
            Type::INT96 => 12,
            _ => {
                for _ in 0..rows {
                    let length = bytes.first_chunk::<4>().ok_or_else(eof)?;
                    let length = u32::from_le_bytes(*length) as usize;
                    let text = bytes.get(4..4 + length).ok_or_else(eof)?;
                    cells.push(cell(self.word(names, text)));
                    *bytes = bytes.slice(4 + length..);
                }
                return Ok(());
            }
        };
        let values = bytes.get(..width * rows).ok_or_else(eof)?;
        match width {
            4 => cells.extend(
                values
                    .as_chunks::<4>()
                    .0
                    .iter()
                    .map(|value| self.number(i32::from_le_bytes(*value).into())),
            ),
            8 => {
                for some in values.as_chunks::<8>().0.chunks(ALIKE) {
                    if self.is_one_day(some) {
                        cells.extend(std::iter::repeat_n(self.day.2, some.len()));
                    } else {
                        let each = some.iter().map(|value| i64::from_le_bytes(*value));
                        cells.extend(each.map(|number| self.number(number)));
                    }
                }
            }
            // Nanoseconds of a day, and the day by the count of astronomers.
            _ => cells.extend(values.as_chunks::<12>().0.iter().map(|value| {
                let day = u32::from_le_bytes([value[8], value[9], value[10], value[11]]);
                day_cell(within(i64::from(day) - 2_440_588))
            })),
        }
        *bytes = bytes.slice(width * rows..);
        Ok(())
    }

    /// Goes to the next page.
    fn page(&mut self, names: &mut Dictionary) -> Result<()> {
        match self.pages.get_next_page()?.ok_or_else(eof)? {
            Page::DictionaryPage { mut buf, num_values, .. } => {
                let mut dictionary = Vec::new();
                self.plain(names, &mut buf, num_values as usize, &mut dictionary)?;
                self.dictionary = dictionary;
            }
            Page::DataPage { mut buf, num_values, encoding, .. } => {
                self.levels = None;
                if self.kind.nullable {
                    let length = buf.first_chunk::<4>().ok_or_else(eof)?;
                    let end = (u32::from_le_bytes(*length) as usize).saturating_add(4);
                    if end > buf.len() {
                        return Err(eof());
                    }
                    self.levels = Some(Hybrid::new(buf.slice(4..end), 1));
                    buf = buf.slice(end..);
                }
                self.begin(buf, num_values, encoding)?;
            }
            Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let from = rep_levels_byte_len as usize;
                let to = from.saturating_add(def_levels_byte_len as usize);
                if to > buf.len() {
                    return Err(eof());
                }
                self.levels = self.kind.nullable.then(|| Hybrid::new(buf.slice(from..to), 1));
                self.begin(buf.slice(to..), num_values, encoding)?;
            }
        }
        Ok(())
    }

    fn begin(&mut self, values: Bytes, rows: u32, encoding: Encoding) -> Result<()> {
        self.left = rows as usize;
        self.values = match encoding {
            Encoding::PLAIN => Values::Plain(values),
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => match values.first() {
                Some(width) => Values::Places(Hybrid::new(values.slice(1..), (*width).into())),
                // A page of nulls alone.
                None => Values::Plain(values),
            },
            other => {
                let why = format!(
                    "the {} is encoded as {other}; write the file with plain values or dictionaries",
                    self.kind.meaning
                );
                return Err(ParquetError::NYI(why));
            }
        };
        Ok(())
    }
}
