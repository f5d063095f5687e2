//! Which column of a log means what: by its header, or by what the user says of it.

use std::fmt;
use std::str::FromStr;

use super::dictionary::ReadOptions;
use super::log_kind::LogKind;
use crate::catalog::is_dangerous;

/// What a column of a log may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// When the images were drawn.
    Time,
    Images,
    Size,
    /// The sides of a size, where these are two columns.
    Width,
    Height,
    Quality,
    Listing,
    /// By which model, where no listing is given.
    Model,
    /// For what, in the user's own words.
    Tag,
}

/// Each meaning with the headers it is known by; the first is its word on the command line.
const HEADERS: [(Meaning, &[&str]); 9] = [
    (Meaning::Time, &["time", "timestamp", "ts", "date", "datetime", "created_at", "created"]),
    (Meaning::Images, &["images", "n", "image_count", "num_images", "count", "quantity"]),
    (Meaning::Size, &["size", "resolution", "image_size"]),
    (Meaning::Width, &["width", "image_width"]),
    (Meaning::Height, &["height", "image_height"]),
    (Meaning::Quality, &["quality"]),
    (Meaning::Listing, &["listing"]),
    (Meaning::Model, &["model"]),
    (Meaning::Tag, &["tag", "tags", "project", "team"]),
];

/// Headers that mean the time where none of the others is there.
const LATE_TIMES: [&str; 3] = ["start_time", "day", "dt"];

/// More names than this are not listed in a message, nor more of a name.
const MAX_NAMES: usize = 20;
const MAX_NAME_CHARS: usize = 40;

impl Meaning {
    /// Returns the word of the command line.
    pub fn as_str(self) -> &'static str {
        let row = HEADERS.iter().find(|(meaning, _)| *meaning == self);
        row.map_or("", |(_, headers)| headers[0])
    }

    /// Whether it is neither a time nor a count.
    pub(super) fn is_word(self) -> bool {
        !matches!(self, Self::Time | Self::Images)
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Meaning {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = HEADERS.iter().find(|(_, headers)| headers[0] == text);
        known.map(|(meaning, _)| *meaning).ok_or_else(|| {
            let all: Vec<_> = HEADERS.iter().map(|(_, headers)| headers[0]).collect();
            format!("`{text}` is none of: {}", all.join(", "))
        })
    }
}

/// Says why a log's columns can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnError {
    #[error(
        "no column says the {0}; the log has: {1}; name one with --map {0}=COLUMN, or say it of all \
         rows with --set {0}=VALUE{2}"
    )]
    Missing(Meaning, String, String),
    #[error("`{1}` and `{2}` may both be the {0}; name one with --map {0}=COLUMN")]
    Several(Meaning, String, String),
    /// Several headers are the same word, so that not even `--map` can name one.
    #[error("two columns are called `{1}`, and either may be the {0}; give one another name")]
    Alike(Meaning, String),
    #[error("--map names two columns for the {0}: {1} and {2}")]
    MappedTwice(Meaning, String, String),
    /// The user named a column that is not there, or that is there twice.
    #[error("--map {0}={1}: the log has not one such column; it has: {2}")]
    NotOne(Meaning, String, String),
    #[error("--set {0}: --map names a column for the {1}; leave out one of the two")]
    SetAndMapped(Meaning, Meaning),
    #[error("--set {0} is given twice")]
    SetTwice(Meaning),
    #[error("--where {0}: the log has no such column; it has: {1}")]
    NoCondition(String, String),
}

impl ColumnError {
    /// Says that rows can't be told apart by a column that is not there.
    pub(super) fn no_condition(column: &str, names: &[String]) -> Self {
        Self::NoCondition(shown(column), listed(names))
    }
}

/// A column, or a place within one that holds JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnPath {
    pub(super) at: usize,
    pub(super) path: Vec<String>,
}

/// Says that no column has a meaning, and which kind of log it looks like.
pub(super) fn missing(meaning: Meaning, names: &[String]) -> ColumnError {
    let kind = LogKind::from_names(names);
    let hint = kind.map_or_else(String::new, |kind| {
        format!("; it looks like a log of {0}: give --log {0}", kind.as_str())
    });
    ColumnError::Missing(meaning, listed(names), hint)
}

/// The names that a column of a meaning may have.
pub(super) fn candidates(options: &ReadOptions, meaning: Meaning) -> Vec<&str> {
    let mapped = options.map.iter().filter(|(mapped, _)| *mapped == meaning);
    let mapped: Vec<&str> = mapped.map(|(_, name)| name.as_str()).collect();
    if !mapped.is_empty() {
        return mapped;
    }
    let of_kind = options.kind.map_or(&[][..], |kind| kind.columns(meaning));
    let late: &[&str] = if meaning == Meaning::Time { &LATE_TIMES } else { &[] };
    [of_kind, headers(meaning), late].concat()
}

fn headers(meaning: Meaning) -> &'static [&'static str] {
    HEADERS.iter().find(|(known, _)| *known == meaning).map_or(&[], |(_, headers)| headers)
}

/// The columns of a log, by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    pub count: usize,
    pub time: usize,
    pub images: usize,
    pub size: usize,
    pub quality: Option<usize>,
    /// The listing's, or the model's.
    pub listing: Option<usize>,
    pub tag: Option<usize>,
}

/// The names of a log's columns.
pub(super) struct ColumnNames {
    /// Those of the log itself, then those that the names of its folders have.
    pub(super) all: Vec<String>,
    /// How many the log itself has.
    pub(super) own: usize,
}

impl ColumnNames {
    fn parts(&self) -> [(usize, &[String]); 2] {
        let (own, folders) = self.all.split_at(self.own);
        [(0, own), (self.own, folders)]
    }

    /// Finds the one column of a name; or a place within a column, whose name a dot ends.
    pub(super) fn named(&self, wanted: &str) -> Option<ColumnPath> {
        self.parts().into_iter().find_map(|(first, names)| {
            let found = find_named(names, wanted)?;
            Some(ColumnPath { at: first + found.at, ..found })
        })
    }

    /// Finds the column of a meaning: the one that the user names, that the kind of the log has, or
    /// that is known by its header.
    pub(super) fn find(
        &self,
        options: &ReadOptions,
        meaning: Meaning,
    ) -> Result<Option<ColumnPath>, ColumnError> {
        let map = options.map.as_slice();
        let mut mapped = map.iter().filter(|(mapped, _)| *mapped == meaning);
        if let Some((_, wanted)) = mapped.next() {
            if let Some((_, other)) = mapped.find(|(_, other)| other != wanted) {
                return Err(ColumnError::MappedTwice(meaning, wanted.clone(), other.clone()));
            }
            let missing = || ColumnError::NotOne(meaning, wanted.clone(), listed(&self.all));
            return self.named(wanted).ok_or_else(missing).map(Some);
        }
        let of_kind = options.kind.map_or(&[][..], |kind| kind.columns(meaning));
        if let Some(column) = of_kind.iter().find_map(|name| self.named(name)) {
            return Ok(Some(column));
        }
        let late: &[&str] = if meaning == Meaning::Time { &LATE_TIMES } else { &[] };
        for (first, names) in self.parts() {
            for known in [headers(meaning), late] {
                if let Some(found) = find_header(names, map, meaning, known)? {
                    return Ok(Some(ColumnPath { at: first + found.at, ..found }));
                }
            }
        }
        Ok(None)
    }
}

fn find_named(names: &[String], wanted: &str) -> Option<ColumnPath> {
    let places: Vec<usize> = (0..names.len()).filter(|at| names[*at].trim() == wanted).collect();
    match places.as_slice() {
        [one] => return Some(ColumnPath { at: *one, path: Vec::new() }),
        [] => {}
        [_, _, ..] => return None,
    }
    let mut dots = wanted.match_indices('.').map(|(at, _)| at).rev();
    dots.find_map(|dot| {
        let at = names.iter().position(|name| name.trim() == &wanted[..dot])?;
        let path = wanted[dot + 1..].split('.').map(str::to_owned).collect();
        Some(ColumnPath { at, path })
    })
}

/// Finds the one column that is known by its header, and that nothing else was named for.
fn find_header(
    names: &[String],
    map: &[(Meaning, String)],
    meaning: Meaning,
    known: &[&str],
) -> Result<Option<ColumnPath>, ColumnError> {
    let taken = |name: &str| map.iter().any(|(_, taken)| taken == name);
    let fits = |at: &usize| {
        let name = names[*at].trim();
        !taken(name) && known.iter().any(|header| header.eq_ignore_ascii_case(name))
    };
    let places: Vec<usize> = (0..names.len()).filter(fits).collect();
    match places.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(ColumnPath { at: *one, path: Vec::new() })),
        [one, other, ..] if names[*one].trim() == names[*other].trim() => {
            Err(ColumnError::Alike(meaning, shown(names[*one].trim())))
        }
        [one, other, ..] => {
            let name = |at: &usize| shown(names[*at].trim());
            Err(ColumnError::Several(meaning, name(one), name(other)))
        }
    }
}

/// The names of a header in a message.
fn listed(names: &[String]) -> String {
    let mut shown: Vec<String> =
        names.iter().take(MAX_NAMES).map(|name| shown(name.trim())).collect();
    if names.len() > MAX_NAMES {
        shown.push(format!("and {} more", names.len() - MAX_NAMES));
    }
    shown.join(", ")
}

/// A name in a message. What is no log at all has a name of any length, with anything in it.
fn shown(name: &str) -> String {
    let harmless = |c: char| if is_dangerous(c) { char::REPLACEMENT_CHARACTER } else { c };
    let mut shown: String = name.chars().take(MAX_NAME_CHARS).map(harmless).collect();
    if shown.len() < name.len() && name.chars().nth(MAX_NAME_CHARS).is_some() {
        shown.push('…');
    }
    shown
}
