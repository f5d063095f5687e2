//! A clause: one checkable promise of an endpoint by one source, read strictly into typed values.
//! What a contract makes of clauses is another module's business.

use jiff::civil::Date;
use toml::de::DeTable;

use super::diagnostic::DiagnosticCode;
use super::statement::{Position, SourcePlace};
use super::toml_file::{TomlFile, TomlItem};

mod body;
mod value;
mod words;

pub use body::{
    AnswerClause, AuthClause, CallClause, ClauseBody, ClauseKind, ClauseKindBody, ErrorBodyClause,
    ErrorClause, FieldClause, FieldMeaning, TaskClause, TypedClause, UnknownClause,
};
pub use words::{
    AnswerRole, AuthScheme, CallName, CodeType, Condition, HttpMethod, JsonType, TaskState,
};

/// The form of a value in TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayloadForm {
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
pub type PayloadKey = (&'static str, PayloadForm, bool);

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

/// The keys of a clause that are no payload. `by` stands in place of `source`, `at` and `seen`
/// where several sources make the same promise.
pub(crate) const CLAUSE_KEYS: [&str; 6] = ["id", "source", "at", "seen", "note", "by"];

/// The keys of one source of a clause, as an item of `by` has them.
pub(crate) const CLAUSE_SOURCE_KEYS: [&str; 4] = ["source", "at", "seen", "note"];

/// The keys of a row of `[[errors]]` that are no payload of an error.
pub(crate) const ERROR_ROW_KEYS: [&str; 2] = ["id", "note"];

/// Who says a clause, and where.
#[derive(Debug)]
struct ClauseSource {
    source: String,
    at: Option<String>,
    seen: Date,
    note: Option<String>,
    position: Position,
    /// Where its item of `by` begins.
    item_position: Option<Position>,
}

impl ClauseSource {
    fn read<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Option<Self> {
        let table = document.strict_table("by", item, &[], &CLAUSE_SOURCE_KEYS)?;
        let source = Self::from_table(document, item, table)?;
        Some(Self { item_position: Some(document.position(item.span().start)), ..source })
    }

    /// Reads what a table says of its source, whatever else stands in it.
    fn from_table<'i>(
        document: &mut TomlFile<'i>,
        item: &TomlItem<'i>,
        table: &DeTable<'i>,
    ) -> Option<Self> {
        let at = document.text_of(table, "at");
        let note = document.text_of(table, "note");
        let named = required(document, item, table, "source");
        let seen = required(document, item, table, "seen");
        let seen = seen.and_then(|seen| document.date("seen", seen));
        let named = named?;
        let position = document.position(named.span().start);
        let source = document.text("source", named)?.into_owned();
        Some(Self { source, at, seen: seen?, note, position, item_position: None })
    }

    /// What this source says under an id.
    fn clause(&self, id: &str, body: ClauseBody, position: Position) -> Clause {
        Clause {
            id: id.to_owned(),
            source: self.source.clone(),
            at: self.at.clone(),
            seen: self.seen,
            note: self.note.clone(),
            body,
            position: self.item_position.unwrap_or(position),
            source_position: self.position,
        }
    }
}

/// Reads one `[[clause]]`: a clause for each source that makes it. Where there is none, the
/// findings say why.
pub(crate) fn clauses<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Vec<Clause> {
    let Some(table) = document.table("clause", item) else { return Vec::new() };
    let position = document.position(item.span().start);
    let mut bodies = Vec::new();
    for (key, item) in table {
        let name = key.get_ref().as_ref();
        if let Some(kind) = ClauseKind::ALL.iter().find(|kind| kind.key() == name) {
            bodies.extend(kind.read(document, item));
        } else if !CLAUSE_KEYS.contains(&name) {
            let kinds = ClauseKind::ALL.iter().map(|kind| kind.key());
            document.unknown_key(key, CLAUSE_KEYS.into_iter().chain(kinds));
        }
    }
    let id = required(document, item, table, "id").and_then(|id| document.text("id", id));
    let sources = sources(document, item, table);
    let kinds: Vec<_> = ClauseKind::ALL.iter().map(|kind| kind.key()).collect();
    let named = kinds.iter().filter(|kind| table.contains_key(**kind)).count();
    if named != 1 {
        let text = format!("a clause has one payload, not {named}");
        let hint = format!("one of: {}", kinds.join(", "));
        document.find(DiagnosticCode::MissingKey, item.span(), text, Some(hint));
    }
    let (Some(id), Some(body)) = (id, bodies.pop()) else { return Vec::new() };
    sources.into_iter().map(|source| source.clause(&id, body.clone(), position)).collect()
}

/// Who makes a clause: the sources of `by`, or the one whose keys stand in the clause itself.
fn sources<'i>(
    document: &mut TomlFile<'i>,
    item: &TomlItem<'i>,
    table: &DeTable<'i>,
) -> Vec<ClauseSource> {
    let Some(by) = table.get("by") else {
        return ClauseSource::from_table(document, item, table).into_iter().collect();
    };
    for key in ["source", "at", "seen"] {
        if let Some((key, _)) = table.get_key_value(key) {
            let text = format!("`{}` stands beside `by`", key.get_ref());
            let hint = "name each source in `by`, or the only one without it".to_owned();
            document.find(DiagnosticCode::UnknownKey, key.span(), text, Some(hint));
        }
    }
    let note = document.text_of(table, "note");
    let items = document.array("by", by).unwrap_or_default();
    if items.is_empty() {
        let text = "`by` names no source".to_owned();
        document.find(DiagnosticCode::BadValue, by.span(), text, None);
    }
    let mut sources: Vec<_> =
        items.iter().filter_map(|item| ClauseSource::read(document, item)).collect();
    for source in &mut sources {
        source.note = source.note.take().or_else(|| note.clone());
    }
    sources
}

/// Reads one `[[errors]]`: a source's list of errors, a clause for each row.
pub(crate) fn error_rows<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Vec<Clause> {
    let table = document.strict_table("errors", item, &["rows"], &CLAUSE_SOURCE_KEYS);
    let Some(table) = table else { return Vec::new() };
    let source = ClauseSource::from_table(document, item, table);
    let rows = table.get("rows").and_then(|rows| document.array("rows", rows)).unwrap_or_default();
    let mut clauses = Vec::with_capacity(rows.len());
    for row in rows {
        let read = error_row(document, row);
        if let (Some((id, note, body)), Some(source)) = (read, &source) {
            let position = document.position(row.span().start);
            let mut clause = source.clause(&id, ClauseBody::Error(body), position);
            clause.note = note.or(clause.note);
            clauses.push(clause);
        }
    }
    clauses
}

/// The id, note and payload of a row. An id that is not given is made of status and code.
fn error_row<'i>(
    document: &mut TomlFile<'i>,
    item: &TomlItem<'i>,
) -> Option<(String, Option<String>, ErrorClause)> {
    let table = document.table("rows", item)?;
    let body = ErrorClause::read_beside(document, item, &ERROR_ROW_KEYS)?;
    let note = document.text_of(table, "note");
    if table.contains_key("id") {
        return Some((document.text_of(table, "id")?, note, body));
    }
    let id = match (body.status, body.code_text()) {
        (Some(status), Some(code)) => format!("error.{status}.{code}"),
        (Some(status), None) => format!("error.{status}"),
        (None, Some(code)) => format!("error.{code}"),
        (None, None) => {
            document.missing_key(item.span(), "id");
            return None;
        }
    };
    Some((id, note, body))
}

/// The value of a key, or a finding where it is absent.
fn required<'a, 'i>(
    document: &mut TomlFile<'i>,
    item: &TomlItem<'i>,
    table: &'a DeTable<'i>,
    key: &str,
) -> Option<&'a TomlItem<'i>> {
    let found = table.get(key);
    if found.is_none() {
        document.missing_key(item.span(), key);
    }
    found
}
