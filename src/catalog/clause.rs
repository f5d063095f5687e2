//! A clause: one checkable promise of an endpoint by one source. What a contract makes of clauses
//! is another module's business; here they are read, strictly, by one table of payloads.

use jiff::civil::Date;

use super::document::{Document, Item};
use super::field::Field;
use super::finding::Code;
use super::statement::Position;

/// What a clause speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClauseKind {
    /// A request that can be sent: method, address, whether it bills.
    Call,
    /// How a key is shown.
    Auth,
    /// A field of the request.
    Field,
    /// A field of an answer.
    Answer,
    /// The words for a task's states.
    Task,
    /// A refusal or failure.
    Error,
    /// Where an error's body has what.
    ErrorBody,
    /// What no source states.
    Unknown,
}

/// The form of a payload's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A string.
    Text,
    /// One of these strings.
    Word(&'static [&'static str]),
    /// Strings.
    Texts,
    /// A whole number.
    Count,
    /// Yes or no.
    Flag,
    /// The key of a catalog field.
    Fact,
}

/// One key of a payload: its name, its form, and whether it is required.
pub type PayloadKey = (&'static str, Form, bool);

const TYPES: Form = Form::Word(&["string", "integer", "number", "boolean", "object", "array"]);
const CALLS: Form = Form::Word(&["create", "poll", "result"]);
const ROLES: Form = Form::Word(&[
    "image-link",
    "image-base64",
    "created",
    "task-id",
    "task-status",
    "poll-link",
    "filter-role",
    "filter-level",
    "image-width",
    "image-height",
    "image-type",
    "message",
    "code",
]);
const WHEN: Form = Form::Word(&[
    "no-key",
    "wrong-key",
    "unknown-model",
    "bad-size",
    "bad-quality",
    "bad-request",
    "missing-prompt",
    "prompt-too-long",
    "no-funds",
    "rate-limit",
    "overloaded",
    "unsafe",
    "not-found",
    "server-error",
    "no-permission",
]);

impl ClauseKind {
    /// Every kind, in the order of a contract.
    pub const ALL: [Self; 8] = [
        Self::Call,
        Self::Auth,
        Self::Field,
        Self::Answer,
        Self::Task,
        Self::Error,
        Self::ErrorBody,
        Self::Unknown,
    ];

    /// The TOML key of the payload.
    pub fn key(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Auth => "auth",
            Self::Field => "field",
            Self::Answer => "answer",
            Self::Task => "task",
            Self::Error => "error",
            Self::ErrorBody => "error-body",
            Self::Unknown => "unknown",
        }
    }

    /// The keys of the payload.
    pub fn payload(self) -> &'static [PayloadKey] {
        match self {
            Self::Call => CALL,
            Self::Auth => AUTH,
            Self::Field => FIELD,
            Self::Answer => ANSWER,
            Self::Task => TASK,
            Self::Error => ERROR,
            Self::ErrorBody => ERROR_BODY,
            Self::Unknown => UNKNOWN,
        }
    }
}

const CALL: &[PayloadKey] = &[
    ("name", CALLS, true),
    ("method", Form::Word(&["GET", "POST"]), true),
    ("url", Form::Text, true),
    ("billable", Form::Flag, true),
    ("content-type", Form::Text, false),
];

const AUTH: &[PayloadKey] =
    &[("calls", Form::Texts, true), ("header", Form::Text, true), ("scheme", Form::Text, true)];

const FIELD: &[PayloadKey] = &[
    ("name", Form::Text, true),
    ("type", TYPES, true),
    ("required", Form::Flag, true),
    ("fact", Form::Fact, false),
    ("allowed", Form::Texts, false),
    ("min", Form::Count, false),
    ("max", Form::Count, false),
    ("default", Form::Text, false),
    ("example", Form::Text, false),
];

const ANSWER: &[PayloadKey] = &[
    ("call", CALLS, true),
    ("path", Form::Text, true),
    ("type", TYPES, true),
    ("required", Form::Flag, true),
    ("role", ROLES, false),
    ("allowed", Form::Texts, false),
    ("min", Form::Count, false),
    ("max", Form::Count, false),
    ("count", Form::Count, false),
    ("example", Form::Text, false),
    ("when", Form::Text, false),
];

const TASK: &[PayloadKey] = &[
    ("under-way", Form::Texts, false),
    ("done", Form::Texts, false),
    ("failed", Form::Texts, false),
];

const ERROR: &[PayloadKey] = &[
    ("status", Form::Count, false),
    ("when", WHEN, false),
    ("code", Form::Text, false),
    ("code-number", Form::Count, false),
    ("type", Form::Text, false),
    ("message", Form::Text, false),
    ("retryable", Form::Flag, false),
    ("charged", Form::Flag, false),
    ("retry-after", Form::Flag, false),
];

const ERROR_BODY: &[PayloadKey] = &[
    ("code", Form::Text, false),
    ("code-type", Form::Word(&["string", "integer", "null-or-string"]), false),
    ("message", Form::Text, false),
    ("type", Form::Text, false),
    ("param", Form::Text, false),
];

const UNKNOWN: &[PayloadKey] = &[("what", Form::Text, true)];

/// A value of a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// A string.
    Text(String),
    /// Strings.
    Texts(Vec<String>),
    /// A whole number.
    Count(u64),
    /// Yes or no.
    Flag(bool),
}

/// One promise of one source.
#[derive(Debug, Clone)]
pub struct Clause {
    /// What it is about; clauses with one id are the sides of one promise.
    pub id: String,
    /// The source's id.
    pub source: String,
    /// The place on the page.
    pub at: Option<String>,
    /// The day from which it holds.
    pub seen: Date,
    /// Our own words on it.
    pub note: Option<String>,
    /// What it speaks of.
    pub kind: ClauseKind,
    /// What it says, by key.
    pub says: Vec<(&'static str, Scalar)>,
    /// Where it begins.
    pub position: Position,
    /// Where its source is named.
    pub source_position: Position,
}

impl Clause {
    /// A string of the payload.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.says.iter().find_map(|(name, value)| match value {
            Scalar::Text(text) if *name == key => Some(text.as_str()),
            _ => None,
        })
    }

    /// The strings of the payload.
    pub fn texts(&self, key: &str) -> Option<&[String]> {
        self.says.iter().find_map(|(name, value)| match value {
            Scalar::Texts(texts) if *name == key => Some(texts.as_slice()),
            _ => None,
        })
    }

    /// A number of the payload.
    pub fn count(&self, key: &str) -> Option<u64> {
        self.says.iter().find_map(|(name, value)| match value {
            Scalar::Count(count) if *name == key => Some(*count),
            _ => None,
        })
    }

    /// A yes or no of the payload.
    pub fn flag(&self, key: &str) -> Option<bool> {
        self.says.iter().find_map(|(name, value)| match value {
            Scalar::Flag(flag) if *name == key => Some(*flag),
            _ => None,
        })
    }

    /// Source and place, which together are a side.
    pub fn side(&self) -> String {
        match &self.at {
            Some(at) => format!("{} @ {at}", self.source),
            None => self.source.clone(),
        }
    }
}

/// The keys of a clause that are no payload.
pub(crate) const CLAUSE_KEYS: [&str; 5] = ["id", "source", "at", "seen", "note"];

/// Reads one `[[clause]]`; `None` where it is unusable, and the findings say why.
pub(crate) fn clause<'i>(document: &mut Document<'i>, item: &Item<'i>) -> Option<Clause> {
    let table = document.table("clause", item)?;
    let position = position(document, item);
    let (mut id, mut source, mut at, mut seen, mut note) = (None, None, None, None, None);
    let (mut source_position, mut payloads) = (position, Vec::new());
    for (key, item) in table {
        match key.get_ref().as_ref() {
            "id" => id = document.text("id", item),
            "source" => {
                source_position = self::position(document, item);
                source = document.text("source", item);
            }
            "at" => at = document.text("at", item),
            "seen" => seen = document.date("seen", item),
            "note" => note = document.text("note", item),
            name => match ClauseKind::ALL.into_iter().find(|kind| kind.key() == name) {
                Some(kind) => payloads.extend(payload(document, kind, item).map(|p| (kind, p))),
                None => document.unknown_key(
                    key,
                    CLAUSE_KEYS.into_iter().chain(ClauseKind::ALL.map(ClauseKind::key)),
                ),
            },
        }
    }
    for (key, absent) in
        [("id", id.is_none()), ("source", source.is_none()), ("seen", seen.is_none())]
    {
        if absent && !table.contains_key(key) {
            document.missing_key(item.span(), key);
        }
    }
    let kinds: Vec<_> = ClauseKind::ALL.map(ClauseKind::key).into();
    let named = kinds.iter().filter(|kind| table.contains_key(**kind)).count();
    if named != 1 {
        let text = format!("a clause has one payload, not {named}");
        let hint = format!("one of: {}", kinds.join(", "));
        document.find(Code::MissingKey, item.span(), text, Some(hint));
    }
    let (kind, says) = payloads.pop()?;
    Some(Clause {
        id: id?.into_owned(),
        source: source?.into_owned(),
        at: at.map(Into::into),
        seen: seen?,
        note: note.map(Into::into),
        kind,
        says,
        position,
        source_position,
    })
}

fn position(document: &Document<'_>, item: &Item<'_>) -> Position {
    let (line, column) = document.line_column(item.span().start);
    Position { line, column }
}

fn payload<'i>(
    document: &mut Document<'i>,
    kind: ClauseKind,
    item: &Item<'i>,
) -> Option<Vec<(&'static str, Scalar)>> {
    let keys = kind.payload();
    let table = document.table(kind.key(), item)?;
    let mut says = Vec::new();
    for (key, item) in table {
        match keys.iter().find(|(name, ..)| name == key.get_ref()) {
            Some((name, form, _)) => says.push((*name, scalar(document, name, *form, item)?)),
            None => document.unknown_key(key, keys.iter().map(|(name, ..)| *name)),
        }
    }
    for (name, _, required) in keys {
        if *required && !table.contains_key(*name) {
            document.missing_key(item.span(), name);
        }
    }
    Some(says)
}

fn scalar<'i>(
    document: &mut Document<'i>,
    key: &str,
    form: Form,
    item: &Item<'i>,
) -> Option<Scalar> {
    Some(match form {
        Form::Text => Scalar::Text(document.text(key, item)?.into_owned()),
        Form::Texts => Scalar::Texts(
            document.each(key, item, |d, item| Some(d.text(key, item)?.into_owned()))?,
        ),
        Form::Count => Scalar::Count(document.count(key, item)?),
        Form::Flag => Scalar::Flag(document.flag(key, item)?),
        Form::Word(words) => {
            let text = document.text(key, item)?;
            let why = || format!("`{text}` is none of: {}", words.join(", "));
            let known = words.contains(&text.as_ref()).then(|| text.to_string());
            Scalar::Text(document.checked(item, known.ok_or_else(why))?)
        }
        Form::Fact => {
            let text = document.text(key, item)?;
            let field = Field::named(&text).map(|field| field.key().to_owned());
            let why = || format!("`{text}` is not a field");
            Scalar::Text(document.checked(item, field.ok_or_else(why))?)
        }
    })
}
