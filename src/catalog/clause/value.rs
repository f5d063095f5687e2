//! The types that keys of clauses have: how each is read, and how it is shown.

use super::words::{AnswerRole, CallName, CodeType, Condition, HttpMethod, JsonType};
use super::{PayloadForm, Scalar};
use crate::catalog::field::Field;
use crate::catalog::toml_file::{TomlFile, TomlItem};

/// A type that a key of a clause can have.
pub(super) trait ClauseValue: Sized {
    const FORM: PayloadForm;

    fn read<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<Self>;

    fn scalar(&self) -> Scalar;
}

impl ClauseValue for String {
    const FORM: PayloadForm = PayloadForm::Text;

    fn read<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<Self> {
        document.text(key, item).map(Into::into)
    }

    fn scalar(&self) -> Scalar {
        Scalar::Text(self.clone())
    }
}

impl ClauseValue for Vec<String> {
    const FORM: PayloadForm = PayloadForm::Texts;

    fn read<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<Self> {
        document.each(key, item, |document, item| String::read(document, key, item))
    }

    fn scalar(&self) -> Scalar {
        Scalar::Texts(self.clone())
    }
}

impl ClauseValue for Vec<CallName> {
    const FORM: PayloadForm = PayloadForm::Texts;

    fn read<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<Self> {
        document.each(key, item, |document, item| CallName::read(document, key, item))
    }

    fn scalar(&self) -> Scalar {
        Scalar::Texts(self.iter().map(ToString::to_string).collect())
    }
}

impl ClauseValue for u64 {
    const FORM: PayloadForm = PayloadForm::Count;

    fn read<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<Self> {
        document.count(key, item)
    }

    fn scalar(&self) -> Scalar {
        Scalar::Count(*self)
    }
}

impl ClauseValue for bool {
    const FORM: PayloadForm = PayloadForm::Flag;

    fn read<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<Self> {
        document.flag(key, item)
    }

    fn scalar(&self) -> Scalar {
        Scalar::Flag(*self)
    }
}

impl ClauseValue for Field {
    const FORM: PayloadForm = PayloadForm::Fact;

    fn read<'i>(document: &mut TomlFile<'i>, key: &str, item: &TomlItem<'i>) -> Option<Self> {
        let text = document.text(key, item)?;
        let field = Self::named(&text).ok_or_else(|| format!("`{text}` is not a field"));
        document.checked(item, field)
    }

    fn scalar(&self) -> Scalar {
        Scalar::Text(self.key().to_owned())
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
