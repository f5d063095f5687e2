//! A statement: what one source said on one date about the file it stands in.

use std::fmt;

use jiff::civil::Date;

use super::field::Field;
use super::value::Value;

/// A field, or one key of a field that is a table: `price`, `capabilities.streaming`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The field.
    pub field: Field,
    /// The key within the field's table.
    pub name: Option<String>,
}

impl Key {
    /// The key of a field that is no table.
    pub fn of(field: Field) -> Self {
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

impl fmt::Display for Key {
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
    /// The line.
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
    /// Of what.
    pub key: Key,
    /// What.
    pub value: Value,
    /// Where.
    pub position: Position,
}

/// The words of the page around a figure.
#[derive(Debug, Clone)]
pub struct Excerpt {
    /// The field it belongs to.
    pub field: Field,
    /// The words, at most 60 characters.
    pub text: String,
    /// Where it is written.
    pub position: Position,
}

/// What one source said on one date.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The source's id.
    pub source: String,
    /// The place on the page, for a source that contradicts itself.
    pub at: Option<String>,
    /// The day from which it holds, from 00:00 UTC.
    pub seen: Date,
    /// The date the page itself shows.
    pub page_date: Option<Date>,
    /// The day on which our own slip was mended.
    pub corrected: Option<Date>,
    /// Why an unusual figure is right.
    pub confirmed: Option<String>,
    /// What vanished from the page.
    pub withdrawn: Vec<(Field, Position)>,
    /// What it states.
    pub stated: Vec<Stated>,
    /// What it states in a form that was not understood; in a catalog without errors, nothing.
    pub unread: Vec<Field>,
    /// The page's own words, by field.
    pub excerpts: Vec<Excerpt>,
    /// Where it begins.
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
    pub fn states(&self, key: &Key) -> Option<&Stated> {
        self.stated.iter().find(|stated| stated.key == *key)
    }

    /// The day from which its age counts: the page's own, else the day it was seen.
    pub fn dated(&self) -> Date {
        self.page_date.unwrap_or(self.seen)
    }

    /// Source and place, which together are a side of a dispute.
    pub fn side(&self) -> String {
        match &self.at {
            Some(at) => format!("{} @ {at}", self.source),
            None => self.source.clone(),
        }
    }

    /// The excerpt of a field.
    pub fn excerpt(&self, field: Field) -> Option<&str> {
        self.excerpts.iter().find(|e| e.field == field).map(|e| e.text.as_str())
    }
}

/// A recorded human decision on a dispute; it lapses as soon as a side moves.
#[derive(Debug, Clone)]
pub struct Ruling {
    /// Of what.
    pub key: Key,
    /// The value it decides for, as it is displayed.
    pub decides: String,
    /// The day it was made, from which it holds.
    pub date: Date,
    /// Why.
    pub reason: String,
    /// Every side with its value, as they stood.
    pub sides: Vec<(String, String)>,
    /// Where it is written.
    pub position: Position,
}
