//! What clauses say: one table of kinds, from which come the structs, their reading, the schema
//! and the list of a clause's entries. A key that stands in no kind is a finding.

use std::ops::Deref;

use super::value::ClauseValue;
use super::words::{
    AnswerRole, AuthScheme, CallName, CodeType, Condition, HttpMethod, JsonType, TaskState,
};
use super::{Clause, PayloadKey, Scalar};
use crate::catalog::field::Field;
use crate::catalog::toml_file::{TomlFile, TomlItem};

/// A struct that stands in a clause.
pub trait ClauseKindBody: Sized + 'static {
    /// The struct in a body of this kind.
    fn in_body(body: &ClauseBody) -> Option<&Self>;
}

/// A key that has to stand there, or may.
macro_rules! slot {
    (@type required $type:ty) => { $type };
    (@type optional $type:ty) => { Option<$type> };
    (@value required $value:expr) => { $value? };
    (@value optional $value:expr) => { $value };
    (@is_required required) => { true };
    (@is_required optional) => { false };
    (@entry required $value:expr) => { Some($value.scalar()) };
    (@entry optional $value:expr) => { $value.as_ref().map(ClauseValue::scalar) };
}

macro_rules! clause_kinds {
    ($(
        $(#[$doc:meta])*
        $kind:ident $body:ident $toml:literal {
            $($need:ident $field:ident $key:literal $type:ty,)*
        }
    )*) => {
        /// What a clause speaks of, in the order of a contract.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum ClauseKind {
            $($kind,)*
        }

        impl ClauseKind {
            /// Every kind, in the order of a contract.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The TOML key of the payload.
            pub fn key(self) -> &'static str {
                match self { $(Self::$kind => $toml,)* }
            }

            /// The keys of the payload.
            pub fn payload(self) -> &'static [PayloadKey] {
                match self { $(Self::$kind => $body::KEYS,)* }
            }

            pub(super) fn read<'i>(
                self,
                document: &mut TomlFile<'i>,
                item: &TomlItem<'i>,
            ) -> Option<ClauseBody> {
                match self { $(Self::$kind => $body::read(document, item).map(ClauseBody::$kind),)* }
            }
        }

        /// What a clause says.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum ClauseBody {
            $($kind($body),)*
        }

        impl ClauseBody {
            /// What it speaks of.
            pub fn kind(&self) -> ClauseKind {
                match self { $(Self::$kind(_) => ClauseKind::$kind,)* }
            }

            /// Its keys with their values, in the order of the schema.
            pub fn entries(&self) -> Vec<(&'static str, Scalar)> {
                match self { $(Self::$kind(body) => body.entries(),)* }
            }

            /// The same by key, as documents have them.
            pub fn sorted_entries(&self) -> Vec<(&'static str, Scalar)> {
                let mut entries = self.entries();
                entries.sort_by_key(|(key, _)| *key);
                entries
            }
        }

        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct $body {
                $(pub $field: slot!(@type $need $type),)*
            }

            impl $body {
                const KEYS: &[PayloadKey] =
                    &[$(($key, <$type as ClauseValue>::FORM, slot!(@is_required $need)),)*];

                fn read<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Option<Self> {
                    Self::read_beside(document, item, &[])
                }

                /// Reads the payload out of a table that has these keys, too.
                pub(super) fn read_beside<'i>(
                    document: &mut TomlFile<'i>,
                    item: &TomlItem<'i>,
                    others: &[&str],
                ) -> Option<Self> {
                    let table = document.table($toml, item)?;
                    let mut is_good = true;
                    $(let mut $field = None;)*
                    for (key, item) in table {
                        match key.get_ref().as_ref() {
                            $($key => {
                                $field = <$type as ClauseValue>::read(document, $key, item);
                                is_good &= $field.is_some();
                            })*
                            name if others.contains(&name) => {}
                            _ => {
                                let known = Self::KEYS.iter().map(|(name, ..)| *name);
                                document.unknown_key(key, known.chain(others.iter().copied()));
                            }
                        }
                    }
                    for (name, _, required) in Self::KEYS {
                        if *required && !table.contains_key(*name) {
                            document.missing_key(item.span(), name);
                        }
                    }
                    is_good.then_some(())?;
                    Some(Self { $($field: slot!(@value $need $field),)* })
                }

                fn entries(&self) -> Vec<(&'static str, Scalar)> {
                    let entries = [$(($key, slot!(@entry $need self.$field)),)*];
                    entries.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
                }
            }

            impl ClauseKindBody for $body {
                fn in_body(body: &ClauseBody) -> Option<&Self> {
                    if let ClauseBody::$kind(body) = body { Some(body) } else { None }
                }
            }
        )*
    };
}

clause_kinds! {
    /// A request that can be sent: method, address, whether it bills.
    Call CallClause "call" {
        required name "name" CallName,
        required method "method" HttpMethod,
        required url "url" String,
        required billable "billable" bool,
        optional content_type "content-type" String,
    }

    /// How a key is shown.
    Auth AuthClause "auth" {
        required calls "calls" Vec<CallName>,
        required header "header" String,
        optional scheme "scheme" AuthScheme,
    }

    /// A field of the request.
    Field FieldClause "field" {
        required name "name" String,
        required json_type "type" JsonType,
        required required "required" bool,
        optional fact "fact" Field,
        optional allowed "allowed" Vec<String>,
        optional min "min" u64,
        optional max "max" u64,
        optional default "default" String,
        optional example "example" String,
    }

    /// A field of an answer.
    Answer AnswerClause "answer" {
        required call "call" CallName,
        required path "path" String,
        required json_type "type" JsonType,
        required required "required" bool,
        optional role "role" AnswerRole,
        optional allowed "allowed" Vec<String>,
        optional min "min" u64,
        optional max "max" u64,
        optional count "count" u64,
        optional example "example" String,
        optional when "when" String,
    }

    /// The words for a task's states.
    Task TaskClause "task" {
        optional under_way "under-way" Vec<String>,
        optional done "done" Vec<String>,
        optional failed "failed" Vec<String>,
    }

    /// A refusal or failure.
    Error ErrorClause "error" {
        optional status "status" u64,
        optional when "when" Condition,
        optional code "code" String,
        optional code_number "code-number" u64,
        optional error_type "type" String,
        optional message "message" String,
        optional retryable "retryable" bool,
        optional charged "charged" bool,
        optional retry_after "retry-after" bool,
    }

    /// Where an error's body has what.
    ErrorBody ErrorBodyClause "error-body" {
        optional code "code" String,
        optional code_type "code-type" CodeType,
        optional message "message" String,
        optional error_type "type" String,
        optional param "param" String,
    }

    /// What no source states.
    Unknown UnknownClause "unknown" {
        required what "what" String,
    }
}

/// What a field of a request is for, where many endpoints have such a field under names of their
/// own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldMeaning {
    Model,
    Prompt,
    Size,
    Quality,
    /// How many images are drawn.
    Count,
    ResponseFormat,
    UserId,
}

/// The catalog's fields that tell what a field of a request is for, whatever its name.
const MEANINGS: [(Field, FieldMeaning); 9] = [
    (Field::ModelCode, FieldMeaning::Model),
    (Field::PromptLimit, FieldMeaning::Prompt),
    (Field::Sizes, FieldMeaning::Size),
    (Field::DefaultSize, FieldMeaning::Size),
    (Field::Qualities, FieldMeaning::Quality),
    (Field::DefaultQuality, FieldMeaning::Quality),
    (Field::ImagesPerAnswer, FieldMeaning::Count),
    (Field::ResponseFormats, FieldMeaning::ResponseFormat),
    (Field::UserIdLength, FieldMeaning::UserId),
];

/// The names in the format that most endpoints follow, for fields without a catalog field.
const USUAL_NAMES: [(&str, FieldMeaning); 7] = [
    ("model", FieldMeaning::Model),
    ("prompt", FieldMeaning::Prompt),
    ("size", FieldMeaning::Size),
    ("quality", FieldMeaning::Quality),
    ("n", FieldMeaning::Count),
    ("response_format", FieldMeaning::ResponseFormat),
    ("user_id", FieldMeaning::UserId),
];

impl AuthClause {
    /// The word that stands before the key; empty where the key, or a payment, stands alone.
    pub fn word(&self) -> &str {
        match &self.scheme {
            Some(AuthScheme::Word(word)) => word,
            Some(AuthScheme::X402) | None => "",
        }
    }
}

impl FieldClause {
    /// What the field is for: by the catalog field that it names, else by its own name.
    pub fn meaning(&self) -> Option<FieldMeaning> {
        let by_fact = MEANINGS.iter().find(|(field, _)| Some(*field) == self.fact);
        let by_name = || USUAL_NAMES.iter().find(|(name, _)| *name == self.name);
        by_fact.map(|(_, meaning)| *meaning).or_else(|| by_name().map(|(_, meaning)| *meaning))
    }
}

impl TaskClause {
    /// The words for a state; `None` where the clause names none.
    pub fn words(&self, state: TaskState) -> Option<&[String]> {
        match state {
            TaskState::UnderWay => self.under_way.as_deref(),
            TaskState::Done => self.done.as_deref(),
            TaskState::Failed => self.failed.as_deref(),
        }
    }

    /// Whether a word is one for a state.
    pub fn has_word(&self, state: TaskState, word: &str) -> bool {
        self.words(state).is_some_and(|words| words.iter().any(|known| known == word))
    }
}

impl ErrorClause {
    /// The code, as text where it is a number.
    pub fn code_text(&self) -> Option<String> {
        self.code.clone().or_else(|| self.code_number.map(|number| number.to_string()))
    }
}

/// A clause with its body, to which it dereferences.
#[derive(Debug)]
pub struct TypedClause<'c, B> {
    /// The clause, for its source and its place.
    pub clause: &'c Clause,
    /// What it says.
    pub body: &'c B,
}

impl<B> Clone for TypedClause<'_, B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<B> Copy for TypedClause<'_, B> {}

impl<B> Deref for TypedClause<'_, B> {
    type Target = B;

    fn deref(&self) -> &B {
        self.body
    }
}
