//! A statement: what one source said on one date about the file it stands in.

use std::fmt;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::FRESH_DAYS;
use super::field::Field;
use super::value::FieldValue;

/// A field, or one key of a field that is a table: `price`, `capabilities.streaming`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldKey {
    pub field: Field,
    /// The key within the field's table.
    pub name: Option<String>,
}

impl FieldKey {
    /// The key of a field that is no table.
    pub fn new(field: Field) -> Self {
        Self { field, name: None }
    }

    /// One key of a field's table.
    pub fn named(field: Field, name: &str) -> Self {
        Self { field, name: Some(name.to_owned()) }
    }

    /// Reads `price` or `capabilities.streaming`.
    pub fn parse(text: &str) -> Option<Self> {
        let (field, name) = match text.split_once('.') {
            Some((field, name)) => (Field::named(field)?, Some(name.to_owned())),
            None => (Field::named(text)?, None),
        };
        Some(Self { field, name })
    }
}

impl fmt::Display for FieldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) if f.width().is_none() => {
                f.write_str(self.field.key())?;
                f.write_str(".")?;
                f.write_str(name)
            }
            Some(name) => f.pad(&format!("{}.{name}", self.field)),
            None => f.pad(self.field.key()),
        }
    }
}

/// Line and column in the entity's file, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

impl Position {
    /// The first character of a file.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// One value, and where it is written.
#[derive(Debug, Clone)]
pub struct Stated {
    pub key: FieldKey,
    pub value: FieldValue,
    pub position: Position,
}

/// The words of the page around a figure.
#[derive(Debug, Clone)]
pub struct Excerpt {
    pub field: Field,
    /// The words, at most 60 characters.
    pub text: String,
    pub position: Position,
}

/// What one source said on one date.
#[derive(Debug, Clone)]
pub struct Statement {
    pub source: String,
    /// The place on the page, for a source that contradicts itself.
    pub at: Option<String>,
    /// The day from which it holds, from 00:00 UTC.
    pub seen: Date,
    /// The last day on which its excerpts were found on the page.
    pub checked: Option<Date>,
    /// The date the page itself shows.
    pub page_date: Option<Date>,
    /// The earliest day that the copy can be of, where something on it alone dates it.
    pub not_before: Option<Date>,
    /// The day on which our own slip was mended.
    pub corrected: Option<Date>,
    /// Why an unusual figure is right.
    pub confirmed: Option<String>,
    /// What vanished from the page.
    pub withdrawn: Vec<(Field, Position)>,
    pub stated: Vec<Stated>,
    /// What it states in a form that was not understood; in a catalog without errors, nothing.
    pub unread: Vec<Field>,
    /// The page's own words, by field.
    pub excerpts: Vec<Excerpt>,
    pub position: Position,
    /// Where its source is named.
    pub source_position: Position,
}

impl Statement {
    /// Whether it says anything of `field`, be it that the field vanished.
    pub fn speaks_of(&self, field: Field) -> bool {
        self.stated.iter().any(|stated| stated.key.field == field)
            || self.unread.contains(&field)
            || self.withdraws(field)
    }

    /// Whether it says that `field` vanished.
    pub fn withdraws(&self, field: Field) -> bool {
        self.withdrawn.iter().any(|(gone, _)| *gone == field)
    }

    /// What it states of `key`.
    pub fn states(&self, key: &FieldKey) -> Option<&Stated> {
        self.stated.iter().find(|stated| stated.key == *key)
    }

    /// The day from which its age counts on the day `as_of`: the last on which it was checked,
    /// else the page's own, else the earliest that it can be of, else the day it was seen.
    pub fn dated(&self, as_of: Date) -> Date {
        let checked = self.checked.filter(|day| *day <= as_of);
        checked.or(self.page_date).or(self.not_before).unwrap_or(self.seen)
    }

    /// How old the statement is on the day `as_of`.
    pub fn age(&self, as_of: Date) -> StatementAge {
        let days = days_between(self.dated(as_of), as_of);
        let undated = self.page_date.is_none() && self.not_before.is_none();
        StatementAge { days, undated }
    }

    /// Source and place, which together are a side of a dispute.
    pub fn side(&self) -> SourcePlace {
        SourcePlace { source: self.source.clone(), at: self.at.clone() }
    }

    /// The excerpt of a field.
    pub fn excerpt(&self, field: Field) -> Option<&str> {
        self.excerpts.iter().find(|e| e.field == field).map(|e| e.text.as_str())
    }
}

/// A source, and the place in it where one is named: `apiin-docs @ Call contract`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourcePlace {
    /// The source's id; `--rate` for a rate that was given.
    pub source: String,
    pub at: Option<String>,
}

impl SourcePlace {
    /// Several of them in one text.
    pub fn list(places: &[Self]) -> String {
        places.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for SourcePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.at {
            Some(at) => f.pad(&format!("{} @ {at}", self.source)),
            None => f.pad(&self.source),
        }
    }
}

impl Serialize for SourcePlace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How old a statement is on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementAge {
    /// Days since the page's own date, else since it was seen.
    pub days: i32,
    /// Whether the page shows no date of its own.
    pub undated: bool,
}

impl StatementAge {
    /// Whether it is older than 180 days.
    pub fn is_stale(self) -> bool {
        self.days > FRESH_DAYS
    }
}

/// Whether what was seen on a day is older than 180 days on another.
pub fn is_stale(seen: Date, as_of: Date) -> bool {
    days_between(seen, as_of) > FRESH_DAYS
}

/// Whole days from one date to another.
pub(crate) fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}

/// A recorded human decision on a dispute; it lapses as soon as a side moves.
#[derive(Debug, Clone)]
pub struct Ruling {
    pub key: FieldKey,
    /// The value it decides for, as it is displayed.
    pub decides: String,
    /// The day it was made, from which it holds.
    pub date: Date,
    pub reason: String,
    /// Every side with its value, as they stood.
    pub sides: Vec<(String, String)>,
    pub position: Position,
}
