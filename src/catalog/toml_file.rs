//! One TOML file under reading: its tables with places, and every finding made on the way.
//! The only module that touches the TOML library.

use std::borrow::Cow;
use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{DiagnosticCode, Finding, FindingPlace, in_brief};
use super::statement::Position;

/// A value with its place in the file.
pub(crate) type TomlItem<'i> = Spanned<DeValue<'i>>;

/// Finds lines and columns, and collects findings.
pub(crate) struct TomlFile<'i> {
    path: &'i str,
    text: &'i str,
    newlines: Vec<u32>,
    /// How many characters stand before every block of bytes; nothing where each byte is one.
    blocks: Vec<u32>,
    findings: Vec<Finding>,
}

/// Characters are counted once for so many bytes, so that a place in a line of megabytes is found
/// as soon as another.
const BLOCK_BYTES: usize = 512;

/// Files of more bytes that are no TOML tell their first fault alone: a parser that goes on needs
/// memory for each of millions.
const MAX_RECOVERED_BYTES: usize = 64 << 10;

/// Faults of syntax that a file tells; what follows is mostly their consequence.
const MAX_SYNTAX_FINDINGS: usize = 100;

/// Few files have shorter lines on average, so that places for their ends are made once.
const BYTES_A_LINE: usize = 24;

impl<'i> TomlFile<'i> {
    /// Parses `bytes`; `None` where it is no TOML at all, and the findings say why.
    pub(crate) fn parse(path: &'i str, bytes: &'i [u8]) -> (Self, Option<DeTable<'i>>) {
        let decoded = std::str::from_utf8(bytes);
        let text = decoded.unwrap_or("");
        // Some editors begin a file with a mark that is no part of its text.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut newlines = Vec::with_capacity(text.len() / BYTES_A_LINE);
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        newlines.extend(ends.map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX)));
        let blocks = if text.is_ascii() { Vec::new() } else { blocks(text.as_bytes()) };
        let mut document = Self { path, text, newlines, blocks, findings: Vec::new() };
        if decoded.is_err() {
            document.find(DiagnosticCode::NotUtf8, 0..0, "the file is not UTF-8", None);
            return (document, None);
        }
        if text.trim().is_empty() {
            document.find(DiagnosticCode::EmptyFile, 0..0, "the file is empty", None);
            return (document, None);
        }
        let first = match DeTable::parse(text) {
            Ok(table) => return (document, Some(table.into_inner())),
            Err(error) => error,
        };
        let errors = if text.len() > MAX_RECOVERED_BYTES {
            vec![first]
        } else {
            DeTable::parse_recoverable(text).1
        };
        for error in errors.iter().take(MAX_SYNTAX_FINDINGS) {
            let span = error.span().unwrap_or(0..0);
            document.find(DiagnosticCode::Syntax, span, error.message(), None);
        }
        (document, None)
    }

    /// Records a finding at a span of the file.
    pub(crate) fn find(
        &mut self,
        code: DiagnosticCode,
        span: Range<usize>,
        text: impl Into<String>,
        hint: Option<String>,
    ) {
        let (place, text) = (self.place(span.start), in_brief(text.into()));
        self.findings.push(Finding { place, code, text, hint });
    }

    /// The place of a byte offset.
    pub(crate) fn place(&self, offset: usize) -> FindingPlace {
        let Position { line, column } = self.position(offset);
        FindingPlace { path: self.path.to_owned(), line, column }
    }

    /// Line and column of a byte offset.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.newlines.partition_point(|&newline| (newline as usize) < offset);
        let start = if line == 0 { 0 } else { self.newlines[line - 1] as usize + 1 };
        let column = self.chars_before(offset) - self.chars_before(start);
        let one_based = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
        Position { line: one_based(line), column: one_based(column) }
    }

    /// Characters that begin before a byte offset.
    fn chars_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK_BYTES;
        match self.blocks.get(block) {
            Some(before) => {
                let rest = &self.text.as_bytes()[block * BLOCK_BYTES..offset];
                *before as usize + chars(rest)
            }
            None => offset,
        }
    }

    /// Whether anything was found so far.
    pub(crate) fn has_findings(&self) -> bool {
        !self.findings.is_empty()
    }

    /// What was found so far.
    pub(crate) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    /// A string of whatever characters, or a finding.
    pub(crate) fn string(&mut self, key: &str, item: &TomlItem<'i>) -> Option<Cow<'i, str>> {
        if let DeValue::String(text) = item.get_ref() {
            return Some(text.clone());
        }
        self.wrong_type(key, item, "a string");
        None
    }

    /// Words in one line, or a finding. Nothing is unknown by being empty: it is left out.
    pub(crate) fn text(&mut self, key: &str, item: &TomlItem<'i>) -> Option<Cow<'i, str>> {
        let text = self.string(key, item)?;
        let fault = if text.trim().is_empty() {
            Some("says nothing; leave it out")
        } else if text.contains(char::is_control) {
            Some("is one line, without control characters")
        } else {
            None
        };
        self.checked(item, fault.map_or(Ok(text), |fault| Err(format!("`{key}` {fault}"))))
    }

    /// The words of a key, where it stands; or a finding.
    pub(crate) fn text_of(&mut self, table: &DeTable<'i>, key: &str) -> Option<String> {
        self.text(key, table.get(key)?).map(Cow::into_owned)
    }

    /// The address of a public page, or a finding.
    pub(crate) fn address(&mut self, key: &str, item: &TomlItem<'i>) -> Option<String> {
        let address = self.text(key, item)?;
        let is_public = ["https://", "http://"].iter().any(|start| address.starts_with(start));
        let why = || format!("`{key}` is a public address, such as https://example.com");
        self.checked(item, is_public.then(|| address.into_owned()).ok_or_else(why))
    }

    /// A string in a form, or a finding.
    pub(crate) fn parsed<T: std::str::FromStr<Err = String>>(
        &mut self,
        key: &str,
        item: &TomlItem<'i>,
    ) -> Option<T> {
        let text = self.text(key, item)?;
        self.checked(item, text.parse())
    }

    /// The value, or a finding with the reason that it is none.
    pub(crate) fn checked<T>(
        &mut self,
        item: &TomlItem<'i>,
        value: Result<T, String>,
    ) -> Option<T> {
        value.map_err(|why| self.find(DiagnosticCode::BadValue, item.span(), why, None)).ok()
    }

    /// A boolean, or a finding.
    pub(crate) fn flag(&mut self, key: &str, item: &TomlItem<'i>) -> Option<bool> {
        if let DeValue::Boolean(yes) = item.get_ref() {
            return Some(*yes);
        }
        self.wrong_type(key, item, "true or false");
        None
    }

    /// A whole number that is not negative, or a finding.
    pub(crate) fn count(&mut self, key: &str, item: &TomlItem<'i>) -> Option<u64> {
        if let DeValue::Integer(integer) = item.get_ref() {
            let value = u64::from_str_radix(integer.as_str(), integer.radix());
            let form = |_| format!("`{integer}` is not a whole number from 0 on");
            return self.checked(item, value.map_err(form));
        }
        self.wrong_type(key, item, "a whole number");
        None
    }

    /// A local date without time, or a finding.
    pub(crate) fn date(&mut self, key: &str, item: &TomlItem<'i>) -> Option<Date> {
        let DeValue::Datetime(datetime) = item.get_ref() else {
            self.wrong_type(key, item, "a date such as 2026-11-20, without quotes");
            return None;
        };
        let date = datetime.date.filter(|_| datetime.time.is_none() && datetime.offset.is_none());
        let date = date.and_then(|date| {
            let year = i16::try_from(date.year).ok()?;
            Date::new(year, date.month.cast_signed(), date.day.cast_signed()).ok()
        });
        self.checked(item, date.ok_or_else(|| format!("`{datetime}` is not a date alone")))
    }

    /// The items of an array, or a finding.
    pub(crate) fn array<'a>(
        &mut self,
        key: &str,
        item: &'a TomlItem<'i>,
    ) -> Option<&'a [TomlItem<'i>]> {
        if let DeValue::Array(array) = item.get_ref() {
            return Some(array);
        }
        self.wrong_type(key, item, "an array");
        None
    }

    /// A table, or a finding.
    pub(crate) fn table<'a>(
        &mut self,
        key: &str,
        item: &'a TomlItem<'i>,
    ) -> Option<&'a DeTable<'i>> {
        if let DeValue::Table(table) = item.get_ref() {
            return Some(table);
        }
        self.wrong_type(key, item, "a table");
        None
    }

    /// A table that has each of the required keys and no other, with a finding for each fault.
    pub(crate) fn strict_table<'a>(
        &mut self,
        name: &str,
        item: &'a TomlItem<'i>,
        required: &[&str],
        optional: &[&str],
    ) -> Option<&'a DeTable<'i>> {
        let table = self.table(name, item)?;
        let known = || required.iter().chain(optional).copied();
        for key in table.keys().filter(|key| known().all(|name| name != key.get_ref().as_ref())) {
            self.unknown_key(key, known());
        }
        for key in required.iter().filter(|key| !table.contains_key(**key)) {
            self.missing_key(item.span(), key);
        }
        Some(table)
    }

    /// Every item of an array read by `read`; findings for those that can't be.
    pub(crate) fn each<T>(
        &mut self,
        key: &str,
        item: &TomlItem<'i>,
        mut read: impl FnMut(&mut Self, &TomlItem<'i>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let items = self.array(key, item)?;
        let mut values = Vec::with_capacity(items.len());
        values.extend(items.iter().filter_map(|item| read(self, item)));
        (values.len() == items.len()).then_some(values)
    }

    /// A finding that says which type the key has.
    pub(crate) fn wrong_type(&mut self, key: &str, item: &TomlItem<'i>, wanted: &str) {
        let found = item.get_ref().type_str();
        self.find(
            DiagnosticCode::WrongType,
            item.span(),
            format!("`{key}` is {wanted}, not of type {found}"),
            None,
        );
    }

    /// A finding for a key that the format does not have, with the nearest that it has.
    pub(crate) fn unknown_key<'k>(
        &mut self,
        key: &Spanned<Cow<'i, str>>,
        known: impl Iterator<Item = &'k str>,
    ) {
        let hint = nearest(key.get_ref(), known).map(|near| format!("did you mean `{near}`?"));
        let text = format!("there is no key `{}` here", key.get_ref());
        self.find(DiagnosticCode::UnknownKey, key.span(), text, hint);
    }

    /// A finding for a required key that is absent; `span` is that of the table.
    pub(crate) fn missing_key(&mut self, span: Range<usize>, key: &str) {
        self.find(DiagnosticCode::MissingKey, span, format!("`{key}` is missing"), None);
    }
}

/// How many characters begin in some bytes of a text.
fn chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
}

/// How many characters stand before every block of a text.
fn blocks(text: &[u8]) -> Vec<u32> {
    let mut before = 0;
    let mut blocks: Vec<u32> = Vec::with_capacity(text.len() / BLOCK_BYTES + 2);
    for block in text.chunks(BLOCK_BYTES) {
        blocks.push(u32::try_from(before).unwrap_or(u32::MAX));
        before += chars(block);
    }
    blocks.push(u32::try_from(before).unwrap_or(u32::MAX));
    blocks
}

/// The known word nearest to `word`, where one is near.
pub fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let length = word.chars().count();
    known
        .filter_map(|near| {
            let letters = near.chars().count();
            let most = letters.max(3) / 3;
            // A word of a megabyte is near to nothing, and would be long in measuring.
            let comparable = length.abs_diff(letters) <= most;
            let edits = comparable.then(|| strsim::damerau_levenshtein(word, near))?;
            (edits <= most).then_some((edits, near))
        })
        .min()
        .map(|(_, near)| near)
}
