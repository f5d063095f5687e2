//! Which column of a log means what: by its header, or by what the user says of it.

use std::fmt;
use std::str::FromStr;

use super::dictionary::ReadOptions;
use crate::catalog::is_dangerous;

/// What a column of a log may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// When the images were drawn.
    Time,
    Images,
    Size,
    Quality,
    Listing,
    /// By which model, where no listing is given.
    Model,
    /// For what, in the user's own words.
    Tag,
}

/// Each meaning with the headers it is known by; the first is its word on the command line.
const HEADERS: [(Meaning, &[&str]); 7] = [
    (Meaning::Time, &["time", "timestamp", "ts", "date", "datetime", "created_at", "created"]),
    (Meaning::Images, &["images", "n", "image_count", "num_images", "count", "quantity"]),
    (Meaning::Size, &["size", "resolution", "image_size"]),
    (Meaning::Quality, &["quality"]),
    (Meaning::Listing, &["listing"]),
    (Meaning::Model, &["model"]),
    (Meaning::Tag, &["tag", "tags", "project", "team"]),
];

/// More names than this are not listed in a message, nor more of a name.
const MAX_NAMES: usize = 20;
const MAX_NAME_CHARS: usize = 40;

impl Meaning {
    /// Returns the word of the command line.
    pub fn as_str(self) -> &'static str {
        let row = HEADERS.iter().find(|(meaning, _)| *meaning == self);
        row.map_or("", |(_, headers)| headers[0])
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
    #[error("no column says the {0}; the log has: {1}; name one with --map {0}=COLUMN")]
    Missing(Meaning, String),
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

impl Columns {
    /// Finds the columns by the names in the header, after those that the user names.
    pub fn find(names: &[String], options: &ReadOptions) -> Result<Self, ColumnError> {
        let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
        let map = options.map.as_slice();
        let of = |meaning| one(&names, map, meaning);
        // What nobody asks for can't be in doubt.
        let of_wanted = |meaning, is_wanted: bool| {
            let is_mapped = map.iter().any(|(mapped, _)| *mapped == meaning);
            if is_wanted || is_mapped { of(meaning) } else { Ok(None) }
        };
        let needed =
            |meaning| of(meaning)?.ok_or_else(|| ColumnError::Missing(meaning, listed(&names)));
        let listing = of_wanted(Meaning::Listing, options.by_listing)?;
        let model = of_wanted(Meaning::Model, options.by_listing && listing.is_none())?;
        Ok(Self {
            count: names.len(),
            time: needed(Meaning::Time)?,
            images: needed(Meaning::Images)?,
            size: needed(Meaning::Size)?,
            quality: of(Meaning::Quality)?,
            listing: listing.or(model),
            tag: of_wanted(Meaning::Tag, options.by_tag)?,
        })
    }

    /// The column that tells rows apart by `meaning`, or an error that names it.
    pub(super) fn require(
        column: Option<usize>,
        meaning: Meaning,
        names: &[String],
    ) -> Result<usize, ColumnError> {
        column.ok_or_else(|| ColumnError::Missing(meaning, listed(names)))
    }
}

fn one(
    names: &[String],
    map: &[(Meaning, String)],
    meaning: Meaning,
) -> Result<Option<usize>, ColumnError> {
    let places = |wanted: &dyn Fn(&str) -> bool| -> Vec<usize> {
        (0..names.len()).filter(|at| wanted(&names[*at])).collect()
    };
    let mut mapped = map.iter().filter(|(mapped, _)| *mapped == meaning);
    if let Some((_, wanted)) = mapped.next() {
        if let Some((_, other)) = mapped.find(|(_, other)| other != wanted) {
            return Err(ColumnError::MappedTwice(meaning, wanted.clone(), other.clone()));
        }
        return match places(&|name| name == wanted).as_slice() {
            [one] => Ok(Some(*one)),
            _ => Err(ColumnError::NotOne(meaning, wanted.clone(), listed(names))),
        };
    }
    let known = HEADERS.iter().find(|(known, _)| *known == meaning);
    let known = known.map_or(&[][..], |(_, headers)| headers);
    let taken = |name: &str| map.iter().any(|(_, taken)| taken == name);
    let fits =
        |name: &str| !taken(name) && known.iter().any(|header| header.eq_ignore_ascii_case(name));
    match places(&fits).as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        [one, other, ..] if names[*one] == names[*other] => {
            Err(ColumnError::Alike(meaning, shown(&names[*one])))
        }
        [one, other, ..] => {
            let name = |at: &usize| shown(&names[*at]);
            Err(ColumnError::Several(meaning, name(one), name(other)))
        }
    }
}

/// The names of a header in a message.
fn listed(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(MAX_NAMES).map(|name| shown(name)).collect();
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
