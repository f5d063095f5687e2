//! A clause: one checkable promise of an endpoint by one source, read strictly into typed values.
//! What a contract makes of clauses is another module's business.

use jiff::civil::Date;

use super::diagnostic::Code;
use super::statement::{Position, SourcePlace};
use super::toml_file::{TomlFile, TomlItem};

mod body;
mod value;
mod words;

pub use body::{
    AnswerClause, AuthClause, CallClause, ClauseBody, ClauseKind, ClauseKindBody, ErrorBodyClause,
    ErrorClause, FieldClause, FieldMeaning, TaskClause, TypedClause, UnknownClause,
};
pub use words::{AnswerRole, CallName, CodeType, Condition, HttpMethod, JsonType, TaskState};

/// The form of a value in TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    /// One of these strings.
    Word(&'static [&'static str]),
    Texts,
    /// A whole number that is not negative.
    Count,
    Flag,
    /// The key of a catalog field.
    Fact,
}

/// One key of a payload: its name, its form, and whether it is required.
pub type PayloadKey = (&'static str, Form, bool);

/// A value of a clause, for documents and pages that show it by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    Text(String),
    Texts(Vec<String>),
    Count(u64),
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
    /// What it says.
    pub body: ClauseBody,
    /// Where it begins.
    pub position: Position,
    /// Where its source is named.
    pub source_position: Position,
}

impl Clause {
    /// The clause with its body, if it is of that kind.
    pub fn typed<B: ClauseKindBody>(&self) -> Option<TypedClause<'_, B>> {
        B::in_body(&self.body).map(|body| TypedClause { clause: self, body })
    }

    /// Source and place, which together are a side.
    pub fn side(&self) -> String {
        SourcePlace { source: self.source.clone(), at: self.at.clone() }.to_string()
    }
}

/// The keys of a clause that are no payload.
pub(crate) const CLAUSE_KEYS: [&str; 5] = ["id", "source", "at", "seen", "note"];

/// Reads one `[[clause]]`; `None` where it is unusable, and the findings say why.
pub(crate) fn clause<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Option<Clause> {
    let table = document.table("clause", item)?;
    let position = position(document, item);
    let (mut id, mut source, mut at, mut seen, mut note) = (None, None, None, None, None);
    let (mut source_position, mut bodies) = (position, Vec::new());
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
            name => {
                if let Some(kind) = ClauseKind::ALL.iter().find(|kind| kind.key() == name) {
                    bodies.extend(kind.read(document, item));
                } else {
                    let kinds = ClauseKind::ALL.iter().map(|kind| kind.key());
                    document.unknown_key(key, CLAUSE_KEYS.into_iter().chain(kinds));
                }
            }
        }
    }
    for (key, absent) in
        [("id", id.is_none()), ("source", source.is_none()), ("seen", seen.is_none())]
    {
        if absent && !table.contains_key(key) {
            document.missing_key(item.span(), key);
        }
    }
    let kinds: Vec<_> = ClauseKind::ALL.iter().map(|kind| kind.key()).collect();
    let named = kinds.iter().filter(|kind| table.contains_key(**kind)).count();
    if named != 1 {
        let text = format!("a clause has one payload, not {named}");
        let hint = format!("one of: {}", kinds.join(", "));
        document.find(Code::MissingKey, item.span(), text, Some(hint));
    }
    Some(Clause {
        id: id?.into_owned(),
        source: source?.into_owned(),
        at: at.map(Into::into),
        seen: seen?,
        note: note.map(Into::into),
        body: bodies.pop()?,
        position,
        source_position,
    })
}

fn position(document: &TomlFile<'_>, item: &TomlItem<'_>) -> Position {
    let (line, column) = document.line_column(item.span().start);
    Position { line, column }
}
