//! Logs in JSON: objects in lines, which all cores take in turn, or documents with their rows in a
//! list, however deep. A row is an object that has the images (or the time, where those are set);
//! what stands around its list belongs to it, too.

use std::borrow::Cow;
use std::io::{self, BufReader, Read};
use std::sync::Mutex;

use memchr::memchr_iter;
use serde_json::{Map, Value};

use super::columns::{ColumnPath, Meaning, candidates};
use super::csv::{Block, Blocks, RowFormat, Scan, early_end_of, merge, scanned_by};
use super::dictionary::ReadOptions;
use super::input::EarlyEnd;
use super::json_place::text_at;
use super::progress::ReadProgress;
use super::row_error::RowErrorKind;
use super::row_plan::RowPlan;
use super::usage::{Usage, UsageError};

/// So many rows are looked at for the names of their fields.
const SAMPLE_ROWS: usize = 1000;

/// An object of a log.
type Row = Map<String, Value>;

/// Lists of rows that may be empty are called like this.
const LIST_NAMES: [&str; 2] = ["data", "results"];

/// Tells rows from what is around them.
struct RowFinder<'a> {
    /// One of these is in each row.
    marks: Vec<&'a str>,
    /// One of these is in a row that has lists of objects itself.
    times: Vec<&'a str>,
}

impl<'a> RowFinder<'a> {
    fn new(options: &'a ReadOptions) -> Self {
        let is_set = |meaning| options.constants.iter().any(|(of, _)| *of == meaning);
        let mark = if is_set(Meaning::Images) { Meaning::Time } else { Meaning::Images };
        Self { marks: candidates(options, mark), times: candidates(options, Meaning::Time) }
    }

    /// Whether an object that has lists is a row; one that counts the rows in its lists is none.
    fn is_row(&self, object: &Row) -> bool {
        Self::has_any(object, &self.marks) && Self::has_any(object, &self.times)
    }

    fn has_any(object: &Row, marks: &[&str]) -> bool {
        marks.iter().any(|mark| {
            let is_name = |name: &String| name.eq_ignore_ascii_case(mark);
            object.keys().any(is_name)
                || mark.split_once('.').is_some_and(|(name, _)| object.contains_key(name))
        })
    }

    /// Hands out the rows within a value, each with what stands around its list.
    fn rows(&self, value: Value, around: &Row, row: &mut impl FnMut(Row)) {
        match value {
            Value::Array(list) => list.into_iter().for_each(|it| self.rows(it, around, row)),
            Value::Object(object) => self.object(object, around, row),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => row(Row::new()),
        }
    }

    fn object(&self, object: Row, around: &Row, row: &mut impl FnMut(Row)) {
        let has_lists = object.iter().any(|(name, value)| has_rows(name, value));
        if !has_lists || self.is_row(&object) {
            let mut all = object;
            for (name, value) in around {
                all.entry(name.as_str()).or_insert_with(|| value.clone());
            }
            row(all);
            return;
        }
        let (lists, own): (Vec<_>, Vec<_>) =
            object.into_iter().partition(|(name, value)| has_rows(name, value));
        let mut around = around.clone();
        around.extend(own);
        for (_, list) in lists {
            self.rows(list, &around, row);
        }
    }
}

/// Whether a value may have rows in it.
fn has_rows(name: &str, value: &Value) -> bool {
    match value {
        Value::Array(list) if list.is_empty() => LIST_NAMES.contains(&name),
        Value::Array(list) => list.iter().all(Value::is_object),
        Value::Object(object) => object.iter().any(|(name, value)| has_rows(name, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The names of the fields of some rows, and where what is wanted of them is.
struct JsonPlan {
    names: Vec<String>,
    plan: RowPlan,
}

impl JsonPlan {
    fn new(rows: &[Row], options: &ReadOptions) -> Result<Self, UsageError> {
        let mut names: Vec<String> = Vec::new();
        for name in rows.iter().flat_map(Map::keys) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        if names.is_empty() {
            return Err(UsageError::Empty);
        }
        let plan = RowPlan::new(&names, options)?;
        if plan.has_quality() {
            return Ok(Self { names, plan });
        }
        // What no row at the beginning has may come later; all else a row has to have.
        names.push(Meaning::Quality.as_str().to_owned());
        let plan = RowPlan::new(&names, options)?;
        Ok(Self { names, plan })
    }

    fn text<'r>(&'r self, row: &'r Row, place: &'r ColumnPath) -> Cow<'r, str> {
        let value = self.names.get(place.at).and_then(|name| row.get(name));
        value.map_or(Cow::Borrowed(""), |value| text_at(value, &place.path))
    }

    fn add(&self, scan: &mut Scan<'_>, line: u64, row: &Row) -> Result<(), UsageError> {
        Ok(scan.gather(&self.plan, line, |place| self.text(row, place))?)
    }
}

/// Reads objects in lines, or a document, whichever the beginning looks like.
pub(super) fn read_json<R: Read + Send>(
    mut blocks: Blocks<R>,
    start: &[u8],
    options: &ReadOptions,
    progress: &ReadProgress,
) -> Result<Usage, UsageError> {
    let text = start.trim_ascii_start();
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let is_line = text.starts_with(b"{") && serde_json::from_slice::<Value>(line).is_ok();
    if !is_line && blocks.early_end.is_some() {
        return Ok(Usage { partial: blocks.early_end, ..Usage::default() });
    }
    if !is_line {
        return read_document(blocks.into_reader(), options, progress);
    }
    blocks.set_format(RowFormat::lines());
    let finder = RowFinder::new(options);
    let mut sample = Vec::new();
    for line in start.split(|byte| *byte == b'\n') {
        if let Ok(value) = serde_json::from_slice(line)
            && sample.len() < SAMPLE_ROWS
        {
            finder.rows(value, &Row::new(), &mut |row| sample.push(row));
        }
    }
    let plan = JsonPlan::new(&sample, options)?;
    let columns = plan.plan.gathered_columns();
    let shared = Mutex::new(blocks);
    let scans = rayon::broadcast(|_| {
        let mut scan = Scan::new(&columns, options, RowFormat::lines());
        scanned_by(&shared, &mut scan, progress, |scan, block| {
            read_lines(&plan, &finder, scan, block)
        })?;
        Ok(scan)
    });
    let scans = scans.into_iter().collect::<Result<Vec<_>, UsageError>>()?;
    merge(scans, 1, early_end_of(shared))
}

/// Reads the lines of a block.
fn read_lines(
    plan: &JsonPlan,
    finder: &RowFinder<'_>,
    scan: &mut Scan<'_>,
    block: &Block,
) -> Result<(), UsageError> {
    scan.begin(block);
    let bytes = &block.bytes[..block.end];
    let mut start = 0;
    for end in memchr_iter(b'\n', bytes) {
        let line = &bytes[start..end];
        let number = scan.next_line();
        start = end + 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Value>(line) {
            Ok(value) => {
                let mut added = Ok(());
                finder.rows(value, &Row::new(), &mut |row| {
                    if added.is_ok() {
                        added = plan.add(scan, number, &row);
                    }
                });
                added?;
            }
            Err(_) => scan.fail_at(number, RowErrorKind::BrokenJson, Some(line))?,
        }
    }
    Ok(scan.end(block)?)
}

/// Reads documents one after the other; each takes the memory that it needs.
fn read_document(
    log: impl Read,
    options: &ReadOptions,
    progress: &ReadProgress,
) -> Result<Usage, UsageError> {
    let finder = RowFinder::new(options);
    let (mut rows, mut early_end) = (Vec::new(), None);
    let documents = serde_json::Deserializer::from_reader(BufReader::new(log)).into_iter::<Value>();
    for document in documents {
        match document.map_err(io::Error::from) {
            Ok(document) => finder.rows(document, &Row::new(), &mut |row| rows.push(row)),
            Err(error) => {
                early_end = Some(EarlyEnd::from_error(&error).ok_or(error)?);
                break;
            }
        }
    }
    if early_end.is_some() && rows.is_empty() {
        return Ok(Usage { partial: early_end, ..Usage::default() });
    }
    let plan = JsonPlan::new(&rows, options)?;
    let columns = plan.plan.gathered_columns();
    let mut scan = Scan::new(&columns, options, RowFormat::lines());
    let block = Block::new();
    scan.begin(&block);
    for row in &rows {
        let number = scan.next_line();
        plan.add(&mut scan, number, row)?;
    }
    scan.end(&block)?;
    scan.ended = true;
    progress.scanned(rows.len() as u64);
    merge(vec![scan], 1, early_end)
}
