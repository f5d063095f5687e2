//! The types that keys of clauses have: how each is read, and how it is shown.

use super::words::{AnswerRole, AuthScheme, CallName, CodeType, Condition, HttpMethod, JsonType};
use super::{PayloadForm, Scalar};
use crate::catalog::field::Field;
use crate::catalog::toml_file::{TomlFile, TomlItem};

/// A type that a key of a clause can have.
pub(super) trait ClauseValue: Sized {
    const FORM: PayloadForm;

    fn read<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<Self>;

    fn scalar(&self) -> Scalar;
}

macro_rules! clause_values {
    ($($type:ty, $form:ident: $read:expr, $scalar:expr;)*) => {$(
        impl ClauseValue for $type {
            const FORM: PayloadForm = PayloadForm::$form;

            fn read<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<Self> {
                $read(document, key, item)
            }

            fn scalar(&self) -> Scalar {
                $scalar(self)
            }
        }
    )*};
}

clause_values! {
    String, Text: words, |text: &Self| Scalar::Text(text.clone());
    Vec<String>, Texts: each, |texts: &Self| Scalar::Texts(texts.clone());
    Vec<CallName>, Texts: each, |calls: &Self| {
        Scalar::Texts(calls.iter().map(ToString::to_string).collect())
    };
    u64, Count: TomlFile::count, |count: &Self| Scalar::Count(*count);
    bool, Flag: TomlFile::flag, |flag: &Self| Scalar::Flag(*flag);
    Field, Fact: field, |field: &Self| Scalar::Text(field.key().to_owned());
}

fn words<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<String> {
    document.text(key, item).map(Into::into)
}

fn each<'i, T: ClauseValue>(
    document: &mut TomlFile<'i>,
    key: &str,
    item: &TomlItem<'i>,
) -> Option<Vec<T>> {
    document.each(key, item, |document, item| T::read(document, key, item))
}

fn field<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<Field> {
    let text = document.text(key, item)?;
    let field = Field::named(&text).ok_or_else(|| format!("`{text}` is not a field"));
    document.checked(item, field)
}

impl ClauseValue for AuthScheme {
    const FORM: PayloadForm = PayloadForm::Text;

    fn read<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<Self> {
        document.text(key, item).map(|text| Self::parse(&text))
    }

    fn scalar(&self) -> Scalar {
        Scalar::Text(self.to_string())
    }
}

macro_rules! word_values {
    ($($name:ident)*) => {$(
        impl ClauseValue for $name {
            const FORM: PayloadForm = PayloadForm::Word(Self::WORDS);

            fn read<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<Self> {
                let text = document.text(key, item)?;
                let word = Self::ALL.iter().find(|word| word.as_str() == text).copied();
                let why = || format!("`{text}` is none of: {}", Self::WORDS.join(", "));
                document.checked(item, word.ok_or_else(why))
            }

            fn scalar(&self) -> Scalar {
                Scalar::Text(self.to_string())
            }
        }
    )*};
}

word_values! { AnswerRole CallName CodeType Condition HttpMethod JsonType }
